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

// User is a person as the API shows them: the account's name and, of one company, the member.
type User struct {
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

// Member is a verified caller: who they are, in which company, what they may do. Its Scope reaches the company's rows for as
// long as nothing of that has changed; see db.Scope.
type Member struct {
	db.Scope
	Session string
	Role    Role
	Company Company
	self    *Person
	people  *people
}

// User is the caller as they see themselves.
func (m Member) User() User { return m.self.user(m.Company, true) }

// Username is the caller's account name.
func (m Member) Username() string { return m.self.Username }

// See is a person as the caller may see them.
func (m Member) See(c *Colleague) *User {
	if m.Role.AtLeast(Admin) || c.private.ID == m.Actor() {
		return c.private
	}
	return c.public
}

// SeePublic is a person as any member may see them: for the log, which all members read.
func (m Member) SeePublic(c *Colleague) *User { return c.public }

// view is a row as the caller may see it.
func (m Member) view(p *Person) User {
	return p.user(m.Company, m.Role.AtLeast(Admin) || p.ID == m.Actor())
}

// public is a row as any member may see it.
func (m Member) public(p *Person) User { return p.user(m.Company, false) }

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
func (s *Service) Members(ctx context.Context, who Member, q MemberQuery) (list *page.List[User], err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		count, err := countMembers(tx, q.Search)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("members %d %s", tx.Company(), q.Search), page.Up, q.Page, count, func(p page.Slice) ([]User, error) {
			persons, err := listMembers(tx, q.Search, p)
			users := make([]User, len(persons))
			for i := range persons {
				users[i] = who.view(&persons[i])
			}
			return users, err
		}, func(u *User) int64 { return u.ID })
		return err
	})
	return list, err
}

// Get is one member; a removed one is not found.
func (s *Service) Get(ctx context.Context, who Member, id int64) (u User, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		p, err := findMember(tx, id)
		u = who.view(&p)
		return err
	})
	return u, err
}

// Change gives a member another role, deactivates or reactivates them. Admins change members and guests and each other; owners
// change everybody. The last active owner stays one. All of it holds from the member's next request on.
func (s *Service) Change(ctx context.Context, who Member, id int64, in MemberChange) (u User, err error) {
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
		u = who.view(&p)
		return changeMember(tx, who, old, p)
	})
	return u, err
}

// changeMember stores a changed role or state, with an event for each.
func changeMember(tx *db.Tx, who Member, old, p Person) (events []event.Event, err error) {
	if old.Role != p.Role {
		c := event.Changes{}
		event.Set(c, "role", old.Role, p.Role)
		events = append(events, memberEvent(event.MemberRole, who.public(&p), c, p.Name()+" is now "+string(p.Role)))
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
		events = append(events, memberEvent(kind, who.public(&p), c, p.Name()+what))
	}
	if len(events) == 0 {
		return nil, nil
	}
	return events, updateMember(tx, p)
}

// mayChange holds the rules of who changes whom from old to p.
func mayChange(tx *db.Tx, who Member, old, p Person) error {
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

// Removal is how a member is removed.
type Removal struct {
	ReassignTo form.Optional[int64]
}

// Read reads the query of a removal.
func (in *Removal) Read(f *form.Form) {
	in.ReassignTo = f.ID("reassign_to", form.Doc("The member who takes over the tasks; without it they become unassigned."))
}

// Remove takes a member out of the company. Their tasks stay, unassigned or handed to a named active member; so does what
// they wrote. It goes in steps that each are durable: the member is deactivated, the tasks are handed over, the member is
// removed. Broken off between them, it is finished by doing it again.
func (s *Service) Remove(ctx context.Context, who Member, id int64, in Removal) error {
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
		return changeMember(tx, who, old, p)
	})
	if err != nil {
		return err
	}
	// The first step has moved the company's epoch: the caller is verified again, and the rest goes on with today's rights.
	fresh := func() (err error) {
		if who, err = s.again(ctx, who); err == nil && !who.Role.AtLeast(Admin) {
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
			u := who.public(&p)
			return memberEvent(event.MemberRemoved, u, nil, p.Name()+" was removed"), updateMember(tx, p)
		})
		if !stale(err) {
			return err
		}
	}
}

func memberEvent(k event.Kind, u User, c event.Changes, message string) event.Event {
	return event.Event{Kind: k, ID: u.ID, Message: message, Changes: c, Data: u}
}

// ActiveMember is the member with this id if tasks may be given to them; otherwise a message on field that does not tell
// another company's person from one who does not exist.
func ActiveMember(tx *db.Tx, id int64, field string) (*Person, error) {
	p, err := findMember(tx, id)
	if fail.Is(err, fail.KindNotFound) || err == nil && p.State != active {
		return nil, NoSuchPerson(field, id)
	}
	return &p, err
}
