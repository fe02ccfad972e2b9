package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// A service account is a member for a program: with a name and a role, without an address, a password and mails. A
// company always has an owner who can sign in, so a service account is never one.

// NewServiceAccount is the body of a request for a service account.
type NewServiceAccount struct {
	Name string
	Role Role
}

// Read reads it from a body.
func (in *NewServiceAccount) Read(f *form.Form) {
	in.Name = f.Text("name", form.Required, form.Max(150), form.Doc("Shown in lists, assignments and the history.")).V
	role := f.Choice("role", roles[1:], form.Default(Ordinary))
	if in.Role = Ordinary; role.Set {
		in.Role = Role(role.V)
	}
}

// ServiceAccountChange holds the fields of a service account that a manager changes.
type ServiceAccountChange struct {
	Name     form.Optional[string]
	Role     form.Optional[string]
	IsActive form.Optional[bool]
}

// Read reads the change from a body.
func (in *ServiceAccountChange) Read(f *form.Form) {
	in.Name = f.Text("name", form.Max(150))
	in.Role = f.Choice("role", roles[1:],
		form.Doc("What its tokens may do at most: "+strings.Join(roles[1:], ", ")+"."))
	in.IsActive = f.Bool("is_active", form.Doc("false deactivates: its tokens are revoked at once, tasks stay."))
}

// AddServiceAccount makes p a service account of the company of tx. Package auth has made the account.
func (s *Service) AddServiceAccount(tx *db.Tx, c Company, p Member) error {
	p.State, p.Service, p.Joined = StateActive, true, tx.Now
	if _, err := joinMember(tx, p); err != nil {
		return err
	}
	return s.Log.Append(tx, MemberEvent(event.MemberJoined, p.View(c, false), nil,
		"The service account "+p.Name()+" was created as "+string(p.Role)))
}

// ServiceAccountQuery selects the service accounts of a list.
type ServiceAccountQuery struct{ Page page.Request }

// Read reads the query.
func (q *ServiceAccountQuery) Read(f *form.Form) { q.Page = page.Read(f) }

// ServiceAccounts lists the service accounts of the company, oldest first, without the removed ones.
func (s *Service) ServiceAccounts(
	ctx context.Context, who Caller, q ServiceAccountQuery,
) (*page.List[MemberView], error) {
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[MemberView], error) {
		count, err := countServiceAccounts(tx)
		if err != nil {
			return nil, err
		}
		read := func(p page.Slice) ([]MemberView, error) {
			members, err := listServiceAccounts(tx, p)
			views := make([]MemberView, len(members))
			for i := range members {
				views[i] = who.viewMember(&members[i])
			}
			return views, err
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("service accounts %d", tx.Company()), page.Up, q.Page, count, read,
			func(u *MemberView) int64 { return u.ID })
	})
}

// ChangeServiceAccount renames a service account, changes its role, or deactivates or reactivates it.
func (s *Service) ChangeServiceAccount(
	ctx context.Context, who Caller, id int64, in ServiceAccountChange,
) (u MemberView, err error) {
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
		p, err := FindServiceAccount(tx, id)
		if err != nil {
			return nil, err
		}
		old := p
		var renamed []event.Event
		if in.Name.Set && in.Name.V != p.FirstName {
			p.FirstName = in.Name.V
			c := event.Changes{}
			event.Set(c, "first_name", old.FirstName, p.FirstName)
			renamed = append(renamed, MemberEvent(event.MemberUpdated, who.PublicView(&p), c,
				"The service account "+old.Name()+" is now "+p.Name()))
			if err := updateMember(tx, p); err != nil {
				return nil, err
			}
		}
		MemberChange{Role: in.Role, IsActive: in.IsActive}.apply(&p)
		if err := mayChange(tx, who, old, p); err != nil {
			return nil, err
		}
		u = who.viewMember(&p)
		events, err := recordChange(tx, who, old, p)
		return append(renamed, events...), err
	})
	return u, err
}

// FindServiceAccount returns a service account. Any other member is fail.NotFound.
func FindServiceAccount(tx *db.Tx, id int64) (Member, error) {
	p, err := FindMember(tx, id)
	if err == nil && !p.Service {
		err = fail.NotFound()
	}
	return p, err
}
