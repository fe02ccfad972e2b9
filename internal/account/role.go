package account

import "slices"

// Role says what a member may do in the company.
type Role string

// The roles, from most to least.
const (
	Owner    Role = "owner"  // everything; a company always has one
	Admin    Role = "admin"  // also people and invitations, but not owners
	Ordinary Role = "member" // also changes tasks
	Guest    Role = "guest"  // reads
)

var roles = []string{string(Owner), string(Admin), string(Ordinary), string(Guest)}

// Values returns all roles, from most to least. The caller must not change them.
func (Role) Values() []string { return roles }

// rank orders the roles: a higher one may do everything that a lower one may.
func (r Role) rank() int { return len(roles) - slices.Index(roles, string(r)) }

// MayInvite reports whether a member with this role may create invitations. Those who may can give every role that an
// invitation can have.
func (r Role) MayInvite() bool { return r.AtLeast(Admin) }

// AtLeast reports whether r may do everything that other may.
func (r Role) AtLeast(other Role) bool { return r.rank() >= other.rank() }
