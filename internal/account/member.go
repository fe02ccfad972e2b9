package account

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

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

// MemberView is a member as the API shows it.
type MemberView struct {
	ID         int64   `json:"id"`
	Username   string  `json:"username"`
	Email      string  `json:"email" doc:"Shown to admins, owners and the member itself; empty to others."`
	FirstName  string  `json:"first_name"`
	LastName   string  `json:"last_name"`
	Phone      string  `json:"phone" doc:"Shown to admins, owners and the member itself; empty to others."`
	Role       Role    `json:"role" enum:"owner,admin,member,guest"`
	IsActive   bool    `json:"is_active"`
	Company    Company `json:"company"`
	DateJoined db.Time `json:"date_joined"`

	encoded jsontext.Value // see encode
}

// The states of a membership. A removed member's row stays for the tasks and events that refer to it, and can be invited again.
const (
	active   = "active"
	inactive = "inactive"
	removed  = "removed"
)

// Caller is the verified caller of a request: a member of a company with a role. Its Scope reaches the company's rows until the
// caller's rights change; see db.Scope.
type Caller struct {
	db.Scope
	Session string
	Role    Role
	Company Company
	self    *Member
	people  *memberCache
}

// View returns the caller as the API shows it to itself.
func (m Caller) View() MemberView { return m.self.view(m.Company, true) }

// Username is the caller's account name.
func (m Caller) Username() string { return m.self.Username }

// See is a person as the caller may see them.
func (m Caller) See(c *CachedMember) *MemberView {
	if m.Role.AtLeast(Admin) || c.private.ID == m.Actor() {
		return c.private
	}
	return c.public
}

// SeePublic is a person as any member may see them: for the log, which all members read.
func (m Caller) SeePublic(c *CachedMember) *MemberView { return c.public }

// viewMember returns a member as the caller may see it.
func (m Caller) viewMember(p *Member) MemberView {
	return p.view(m.Company, m.Role.AtLeast(Admin) || p.ID == m.Actor())
}

// publicView returns a member as every member may see it.
func (m Caller) publicView(p *Member) MemberView { return p.view(m.Company, false) }

// MemberChange is what an admin changes of a member.
type MemberChange struct {
	Role     form.Optional[string]
	IsActive form.Optional[bool]
}

// Read reads the change from a body.
func (in *MemberChange) Read(f *form.Form) {
	in.Role = f.Choice("role", Roles, form.Doc("What the member may do: "+roleNames+"."))
	in.IsActive = f.Bool("is_active", form.Doc("false deactivates: signed out everywhere at once, tasks stay."))
}

// MemberQuery is which members are listed.
type MemberQuery struct {
	Page   page.Request
	Search string
}

// Read reads the query.
func (q *MemberQuery) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in the username or name.")).V
}

// Members lists the company's members, oldest first, the removed ones left out.
func (s *Service) Members(ctx context.Context, who Caller, q MemberQuery) (list *page.List[MemberView], err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		count, err := countMembers(tx, q.Search)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("members %d %s", tx.Company(), q.Search), page.Up, q.Page, count, func(p page.Slice) ([]MemberView, error) {
			persons, err := listMembers(tx, q.Search, p)
			users := make([]MemberView, len(persons))
			for i := range persons {
				users[i] = who.viewMember(&persons[i])
			}
			return users, err
		}, func(u *MemberView) int64 { return u.ID })
		return err
	})
	return list, err
}

// Member returns one member; a removed one is fail.NotFound.
func (s *Service) Member(ctx context.Context, who Caller, id int64) (u MemberView, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		p, err := findMember(tx, id)
		u = who.viewMember(&p)
		return err
	})
	return u, err
}

// ChangeMember gives a member another role, deactivates or reactivates them. Admins change members and guests and each other; owners
// change everybody. The last active owner stays one. All of it holds from the member's next request on.
func (s *Service) ChangeMember(ctx context.Context, who Caller, id int64, in MemberChange) (u MemberView, err error) {
	err = s.Log.RecordAll(ctx, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
		p, err := findMember(tx, id)
		if err != nil {
			return nil, err
		}
		old := p
		if in.Role.Set {
			p.Role = Role(in.Role.V)
		}
		if in.IsActive.Set {
			p.State = inactive
			if in.IsActive.V {
				p.State = active
			}
		}
		if err := mayChange(tx, who, old, p); err != nil {
			return nil, err
		}
		u = who.viewMember(&p)
		return recordChange(tx, who, old, p)
	})
	return u, err
}

// recordChange stores a changed role or state, and returns an event for each.
func recordChange(tx *db.Tx, who Caller, old, p Member) (events []event.Event, err error) {
	if old.Role != p.Role {
		c := event.Changes{}
		event.Set(c, "role", old.Role, p.Role)
		events = append(events, memberEvent(event.MemberRole, who.publicView(&p), c, p.Name()+" is now "+string(p.Role)))
	}
	if old.State != p.State {
		kind, what := event.MemberReactivated, " was reactivated"
		if p.State == inactive {
			kind, what = event.MemberDeactivated, " was deactivated"
			if err := endSessions(tx, p.ID, ""); err != nil {
				return nil, err
			}
		}
		c := event.Changes{}
		event.Set(c, "is_active", old.State == active, p.State == active)
		events = append(events, memberEvent(kind, who.publicView(&p), c, p.Name()+what))
	}
	if len(events) == 0 {
		return nil, nil
	}
	return events, updateMember(tx, p)
}

// mayChange holds the rules of who changes whom from old to p.
func mayChange(tx *db.Tx, who Caller, old, p Member) error {
	if who.Role != Owner && (old.Role == Owner || p.Role == Owner) {
		return fail.Forbidden()
	}
	if old.ID == who.Actor() && p.State != active {
		return fail.Conflict("You cannot deactivate or remove yourself: ask another owner or admin.")
	}
	loses := old.Role == Owner && old.State == active && (p.Role != Owner || p.State != active)
	if !loses {
		return nil
	}
	owners, err := countOwners(tx)
	if err != nil {
		return err
	}
	if owners <= 1 {
		return fail.Conflict("The company needs an owner: make somebody else one first.")
	}
	return nil
}

// MemberRemoval says how a member is removed.
type MemberRemoval struct {
	ReassignTo form.Optional[int64]
}

// Read reads the query of a removal.
func (in *MemberRemoval) Read(f *form.Form) {
	in.ReassignTo = f.ID("reassign_to", form.Doc("The member who takes over the tasks; without it they become unassigned."))
}

// RemoveMember takes a member out of the company. Their tasks stay, unassigned or handed to a named active member; so does what
// they wrote. It goes in steps that each are durable: the member is deactivated, the tasks are handed over, the member is
// removed. Broken off between them, it is finished by doing it again.
func (s *Service) RemoveMember(ctx context.Context, who Caller, id int64, in MemberRemoval) error {
	if in.ReassignTo.Set && in.ReassignTo.V == id {
		return fail.Invalid("reassign_to", "Name somebody else than the member who is removed.")
	}
	err := s.Log.RecordAll(ctx, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
		if in.ReassignTo.Set {
			if _, err := ActiveMember(tx, in.ReassignTo.V, "reassign_to"); err != nil {
				return nil, err
			}
		}
		p, err := findMember(tx, id)
		if err != nil {
			return nil, err
		}
		old := p
		p.State = inactive
		if err := mayChange(tx, who, old, p); err != nil {
			return nil, err
		}
		return recordChange(tx, who, old, p)
	})
	if err != nil {
		return err
	}
	// The first step has moved the company's epoch: the caller is verified again, and the rest goes on with today's rights.
	fresh := func() (err error) {
		if who, err = s.reverify(ctx, who); err == nil && !who.Role.AtLeast(Admin) {
			err = fail.Forbidden()
		}
		return err
	}
	for {
		if err := fresh(); err != nil {
			return err
		}
		if err := s.HandOver(ctx, who, id, in.ReassignTo.Ptr()); err != nil && !stale(err) {
			return err
		} else if stale(err) {
			continue
		}
		err := s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
			p, err := findMember(tx, id)
			if err != nil {
				return event.None, err
			}
			p.State = removed
			u := who.publicView(&p)
			return memberEvent(event.MemberRemoved, u, nil, p.Name()+" was removed"), updateMember(tx, p)
		})
		if !stale(err) {
			return err
		}
	}
}

func memberEvent(k event.Kind, u MemberView, c event.Changes, message string) event.Event {
	return event.Event{Kind: k, ID: u.ID, Message: message, Changes: c, Data: u}
}

// ActiveMember is the member with this id if tasks may be given to them; otherwise a message on field that does not tell
// another company's person from one who does not exist.
func ActiveMember(tx *db.Tx, id int64, field string) (*Member, error) {
	p, err := findMember(tx, id)
	if fail.Is(err, fail.KindNotFound) || err == nil && p.State != active {
		return nil, NoSuchPerson(field, id)
	}
	return &p, err
}
