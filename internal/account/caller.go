package account

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Caller is the verified caller of a request: a member of a company, with a role. Its Scope reaches the company's rows
// until the caller's rights change; see db.Scope.
type Caller struct {
	db.Scope
	Session string
	Role    Role
	Company Company
	Grant   *Grant // nil: a person who has signed in, or an operator

	self     *Member
	members  *memberCache
	verifier Verifier
}

// Verifier verifies a caller again after db.ErrStale. Package auth implements it.
type Verifier interface {
	Again(ctx context.Context, who Caller) (Caller, error)
}

// Verified holds the rows that package auth has read about a caller.
type Verified struct {
	Session string
	Role    Role
	Company Company
	Grant   *Grant
	Member  Member // of an operator, who is no member: its id and username
	Epoch   int64  // of the company, at which all of it was read
}

// NewCaller makes the caller whom a verifier has verified. Only package auth calls it.
func (s *Service) NewCaller(verifier Verifier, scope db.Scope, v Verified) Caller {
	who := Caller{
		Scope: scope, Session: v.Session, Role: v.Role, Company: v.Company, Grant: v.Grant,
		self: &v.Member, members: s.membersAt(v.Company.ID, v.Epoch), verifier: verifier,
	}
	if scope.Operator() == 0 {
		who.members.remember(map[int64]*CachedMember{v.Member.ID: who.cached(who.self)})
	}
	return who
}

// Again verifies the caller again after db.ErrStale.
func (m Caller) Again(ctx context.Context) (Caller, error) { return m.verifier.Again(ctx, m) }

// Member returns the caller's row. Of an operator it has the id and the username alone.
func (m Caller) Member() Member { return *m.self }

// View returns the caller as the API shows it to itself.
func (m Caller) View() MemberView { return m.self.View(m.Company, true) }

// Username returns the name of the caller's account.
func (m Caller) Username() string { return m.self.Username }

// See returns a member as the caller may see it.
func (m Caller) See(c *CachedMember) *MemberView {
	if m.seesPrivate(c.private.ID) {
		return c.private
	}
	return c.public
}

// SeePublic returns a member as every member may see it. The log, which all members read, shows it so.
func (m Caller) SeePublic(c *CachedMember) *MemberView { return c.public }

// viewMember returns a member as the caller may see it.
func (m Caller) viewMember(p *Member) MemberView {
	return p.View(m.Company, m.seesPrivate(p.ID))
}

// seesPrivate reports whether the caller may see the address and telephone number of a member. A token without the
// scope for people finds them nowhere, not even in the assignee of a task.
func (m Caller) seesPrivate(id int64) bool {
	return m.Has(PeopleRead) && (m.Role.AtLeast(Admin) || id == m.Actor())
}

// PublicView returns a member as every member may see it.
func (m Caller) PublicView(p *Member) MemberView { return p.View(m.Company, false) }
