package account

import (
	"context"
	"net/netip"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Registration is a new account, in a new company or by invitation.
type Registration struct {
	Username, Email, Password    string
	FirstName, LastName, Phone   string
	CompanyName, InvitationToken string
}

// Read reads it from a body.
func (in *Registration) Read(f *form.Form) {
	username := f.Text("username", form.Required, form.Max(150), form.Doc("Letters, digits and @ . + - _."))
	in.Username = username.V
	if !f.Failed("username") {
		for _, m := range CheckUsername(in.Username) {
			f.Fail("username", m)
		}
	}
	in.Email = readEmail(f, form.Required).V
	in.Password = f.Text("password", form.Required, form.Raw, form.WriteOnly, form.Doc("8 to 128 characters, not only digits, not common, not like the name or address.")).V
	confirm := f.Text("password_confirm", form.Required, form.Raw, form.WriteOnly)
	in.FirstName = f.Text("first_name", form.Blank, form.Max(150)).V
	in.LastName = f.Text("last_name", form.Blank, form.Max(150)).V
	in.Phone = f.Text("phone", form.Blank, form.Max(20)).V
	company := f.Text("company_name", form.Max(100), form.Doc("Founds a company, with this user as its owner. This or invitation_token."))
	token := f.Text("invitation_token", form.Max(100), form.WriteOnly, form.Doc("Joins the company that invited. This or company_name."))
	in.CompanyName, in.InvitationToken = company.V, token.V
	in.check(f, confirm.V, company.Set, token.Set)
}

// check is the rules that look at more than one field.
func (in *Registration) check(f *form.Form, confirm string, company, token bool) {
	switch {
	case !company && !token:
		f.Fail("company_name", "This field is required.")
	case company && token:
		f.Fail(fail.NonField, "Give either company_name or invitation_token, not both.")
	case company && !f.Failed("company_name") && CompanyKey(in.CompanyName) == "":
		f.Fail("company_name", "This field may not be blank.")
	}
	if !f.Failed("password") {
		for _, m := range CheckPassword(in.Password, PasswordContext{
			Username: in.Username, Email: in.Email, FirstName: in.FirstName, LastName: in.LastName, Company: in.CompanyName,
		}) {
			f.Fail("password", m)
		}
	}
	if !f.Failed("password_confirm") && in.Password != confirm {
		f.Fail("password_confirm", "Passwords don't match")
	}
}

// Register makes an account, and with it a company or a membership.
func (s *Service) Register(ctx context.Context, in Registration, from netip.Addr) (u MemberView, err error) {
	if err := allowAddress(s.RegisterByAddress, from); err != nil {
		return MemberView{}, err
	}
	if err := s.checkFree(ctx, in); err != nil {
		return MemberView{}, err
	}
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return MemberView{}, err
	}
	p := Member{Username: in.Username, Email: in.Email, FirstName: in.FirstName, LastName: in.LastName, Phone: in.Phone}
	err = s.DB.System("a new account and a new company belong to none yet").Write(ctx, func(tx *db.SystemTx) error {
		if p.ID, err = insertAccount(tx, p, hash); err != nil {
			return err
		}
		if in.InvitationToken != "" {
			u, err = s.registerInvited(tx, p, in.InvitationToken)
		} else {
			u, err = s.foundCompany(tx, p, in.CompanyName)
		}
		return err
	})
	if isUnique(err) { // somebody took a name since checkFree looked: it says which
		if again := s.checkFree(ctx, in); again != nil {
			err = again
		}
	}
	return u, err
}

// checkFree reports taken names, both at once.
func (s *Service) checkFree(ctx context.Context, in Registration) error {
	f := form.Query(nil)
	err := s.DB.System("names are unique over the installation").Read(ctx, func(tx *db.SystemTx) error {
		if n, err := countRows(tx, `SELECT count(*) FROM users WHERE username_key = $1`, UsernameKey(in.Username)); err != nil {
			return err
		} else if n > 0 {
			f.Fail("username", "A user with that username already exists.")
		}
		if in.CompanyName == "" {
			return nil
		}
		n, err := countRows(tx, `SELECT count(*) FROM companies WHERE name_key = $1`, CompanyKey(in.CompanyName))
		if n > 0 {
			f.Fail("company_name", companyNameTaken)
		}
		return err
	})
	if err != nil {
		return err
	}
	return f.Err()
}

// foundCompany creates a company with p as its owner.
func (s *Service) foundCompany(tx *db.SystemTx, p Member, name string) (u MemberView, err error) {
	c, err := insertCompany(tx, name)
	if err != nil {
		return MemberView{}, err
	}
	p.Role, p.State, p.Joined = Owner, active, tx.Now
	err = tx.In(c.ID, p.ID, func(tx *db.Tx) error {
		if _, err := joinMember(tx, p); err != nil {
			return err
		}
		return s.Log.Append(tx,
			event.Event{Kind: event.CompanyCreated, ID: c.ID, Version: 1, Message: "Company created: " + c.Name, Data: c},
			memberEvent(event.MemberJoined, p.view(c, false), nil, p.Name()+" joined as "+string(p.Role)))
	})
	return p.view(c, true), err
}

// registerInvited makes p a member by an invitation.
func (s *Service) registerInvited(tx *db.SystemTx, p Member, token string) (MemberView, error) {
	inv, err := invitationBy(tx, hashToken(token))
	if err == nil {
		var c Company
		if c, err = s.join(tx, inv, p); err == nil {
			p.Role, p.State, p.Joined = inv.role, active, tx.Now
			return p.view(c, true), nil
		}
	}
	if fail.Is(err, fail.KindNotFound) {
		err = fail.Invalid("invitation_token", noInvitation)
	}
	return MemberView{}, err
}
