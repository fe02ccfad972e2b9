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
	email := f.Text("email", append(rules, form.Exact, form.Max(254), form.Format("email"))...)
	if email.Set && !f.Failed("email") {
		for _, m := range CheckEmail(email.V) {
			f.Fail("email", m)
		}
	}
	return email
}

// ChangeProfile changes the names and the telephone number of the caller, which belong to the member of this company.
// It ignores the e-mail address.
func (s *Service) ChangeProfile(ctx context.Context, who Caller, in ProfileChange) (u MemberView, err error) {
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		p, err := FindMember(tx, who.Actor())
		if err != nil {
			return event.None, err
		}
		c := event.Changes{}
		changeNames(&p, in, c)
		u = p.View(who.Company, true)
		return profileEvent(tx, p, who.Company, c)
	})
	return u, err
}

// ChangeAddress does what ChangeProfile does, and changes the e-mail address. The address belongs to the account: it
// changes in all of its companies, with an event in each. change replaces the address at the account, where it is a
// name to sign in with; package auth has verified the password for it, and queues the mails.
func (s *Service) ChangeAddress(
	ctx context.Context, who Caller, in ProfileChange, change func(*db.SystemTx) error,
) (u MemberView, err error) {
	err = s.DB.System("an account's address is shown in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		return EachCompany(tx, who.Actor(), func(tx *db.Tx) error {
			shown, err := s.changeAddress(tx, in, tx.Company() == who.Scope.Company())
			if tx.Company() == who.Scope.Company() {
				u = shown
			}
			return err
		})
	})
	return u, err
}

// changeAddress changes the address in one of the companies of an account. In the company where the caller is (here) it
// changes the other fields too.
func (s *Service) changeAddress(tx *db.Tx, in ProfileChange, here bool) (MemberView, error) {
	p, err := FindMember(tx, tx.Actor())
	if err != nil {
		return MemberView{}, err
	}
	old, c := p.Email, event.Changes{}
	if old != in.Email.V {
		p.Email, c["email"] = in.Email.V, event.Private
	}
	if here {
		changeNames(&p, in, c)
	}
	company, err := CompanyOf(tx)
	if err != nil {
		return MemberView{}, err
	}
	e, err := profileEvent(tx, p, company, c)
	if err == nil && e.Kind != "" {
		err = s.Log.Append(tx, e)
	}
	return p.View(company, true), err
}

// RestoreAddress brings an address of an account back in all of its companies, with an event in each that no budget
// refuses.
func (s *Service) RestoreAddress(tx *db.SystemTx, user int64, email string) error {
	return EachCompany(tx, user, func(tx *db.Tx) error {
		p, err := FindMember(tx, user)
		if err != nil || p.Email == email {
			return err
		}
		company, err := CompanyOf(tx)
		if err != nil {
			return err
		}
		p.Email = email
		if err := updateMember(tx, p); err != nil {
			return err
		}
		return s.Log.Append(tx, MemberEvent(event.MemberAddressRestored, p.View(company, false),
			event.Changes{"email": event.Private}, p.Name()+" cancelled a change of their e-mail address"))
	})
}

// profileEvent stores a member's changed profile and returns its event. Without changes it does nothing.
func profileEvent(tx *db.Tx, p Member, company Company, c event.Changes) (event.Event, error) {
	if len(c) == 0 {
		return event.None, nil
	}
	message := p.Name() + " changed their profile"
	return MemberEvent(event.MemberUpdated, p.View(company, false), c, message), updateMember(tx, p)
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
