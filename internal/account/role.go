package account

import "slices"

// Role is what a member may do in the company.
type Role string

// The roles, from most to least.
const (
	Owner     Role = "owner"  // everything; a company always has one
	Admin     Role = "admin"  // people and invitations too, but not owners
	Ordinary  Role = "member" // tasks
	Guest     Role = "guest"  // reads
	roleNames      = "owner, admin, member, guest"
)

// Roles are the names, from most to least.
var Roles = []string{string(Owner), string(Admin), string(Ordinary), string(Guest)}

// rank orders the roles: a higher one may do all that a lower one may.
func (r Role) rank() int { return len(Roles) - slices.Index(Roles, string(r)) }

// AtLeast reports whether r may do all that other may.
func (r Role) AtLeast(other Role) bool { return r.rank() >= other.rank() }
