package account

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
)

// ProfileChange holds the fields that members change of themselves.
type ProfileChange struct {
	Email, FirstName, LastName, Phone form.Optional[string]
}

// Read reads it from a body.
func (in *ProfileChange) Read(f *form.Form) {
	in.Email = ReadEmail(f)
	in.FirstName = f.Text("first_name", form.Blank, form.Max(150))
	in.LastName = f.Text("last_name", form.Blank, form.Max(150))
	in.Phone = f.Text("phone", form.Blank, form.Max(20))
}

// ReadEmail reads the field email and checks it as CheckEmail does.
func ReadEmail(f *form.Form, rules ...form.Rule) form.Optional[string] {
	email := f.Text("email", append(rules, form.Max(254), form.Format("email"))...)
	if email.Set && !f.Failed("email") {
		for _, m := range CheckEmail(email.V) {
			f.Fail("email", m)
		}
	}
	return email
}

// ChangeProfile changes the caller's profile. Names and telephone number belong to the member of this company. The
// e-mail address belongs to the account: it changes in all of its companies, with an event in each.
func (s *Service) ChangeProfile(ctx context.Context, who Caller, in ProfileChange) (u MemberView, err error) {
	apply := func(tx *db.Tx, here bool) (event.Event, error) {
		p, err := FindMember(tx, who.Actor())
		if err != nil {
			return event.None, err
		}
		c := event.Changes{}
		if in.Email.Set && p.Email != in.Email.V {
			p.Email, c["email"] = in.Email.V, event.Private
		}
		if here {
			changeNames(&p, in, c)
			u = p.View(who.Company, true)
		}
		if len(c) == 0 {
			return event.None, nil
		}
		view, message := p.View(Company{ID: tx.Company()}, false), p.Name()+" changed their profile"
		return MemberEvent(event.MemberUpdated, view, c, message), updateMember(tx, p)
	}
	if !in.Email.Set {
		err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
			e, err := apply(tx, true)
			return withCompany(e, who), err
		})
		return u, err
	}
	err = s.DB.System("an account's address is shown in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		if err := setEmail(tx, who.Actor(), in.Email.V); err != nil {
			return err
		}
		return EachCompany(tx, who.Actor(), func(tx *db.Tx) error {
			e, err := apply(tx, tx.Company() == who.Scope.Company())
			if err != nil || e.Kind == "" {
				return err
			}
			c, _, err := loadCompany(tx)
			if err != nil {
				return err
			}
			u := e.Data.(MemberView)
			u.Company, e.Data = c, u
			return s.Log.Append(tx, e)
		})
	})
	return u, err
}

// withCompany puts the caller's company into an event about a member.
func withCompany(e event.Event, who Caller) event.Event {
	if u, ok := e.Data.(MemberView); ok {
		u.Company = who.Company
		e.Data = u
	}
	return e
}

func changeNames(p *Member, in ProfileChange, c event.Changes) {
	if in.FirstName.Set && event.Set(c, "first_name", p.FirstName, in.FirstName.V) {
		p.FirstName = in.FirstName.V
	}
	if in.LastName.Set && event.Set(c, "last_name", p.LastName, in.LastName.V) {
		p.LastName = in.LastName.V
	}
	if in.Phone.Set && p.Phone != in.Phone.V {
		p.Phone, c["phone"] = in.Phone.V, event.Private
	}
}
