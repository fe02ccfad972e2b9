package auth

import (
	"context"
	"net/netip"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Registration is the body of a sign-up: a new account in a new company, or by invitation.
type Registration struct {
	Username, Email, Password    string
	FirstName, LastName, Phone   string
	CompanyName, InvitationToken string
	Language                     string
}

// Read reads it from a body.
func (in *Registration) Read(f *form.Form) {
	username := f.Text("username", form.Required, form.Exact, form.Max(150), form.Doc("Letters, digits and @ . + - _."))
	in.Username = username.V
	if !f.Failed("username") {
		for _, m := range account.CheckUsername(in.Username) {
			f.Fail("username", m)
		}
	}
	in.Email = account.ReadEmail(f, form.Required).V
	in.Password = f.Text("password", form.Required, form.Raw, form.WriteOnly,
		form.Doc("8 to 128 characters, not only digits, not common, not like the name or address.")).V
	confirm := f.Text("password_confirm", form.Required, form.Raw, form.WriteOnly)
	in.FirstName = f.Text("first_name", form.Blank, form.Max(150)).V
	in.LastName = f.Text("last_name", form.Blank, form.Max(150)).V
	in.Phone = f.Text("phone", form.Blank, form.Max(20)).V
	in.Language = readLanguage(f).V
	company := f.Text("company_name", form.Max(100),
		form.Doc("Founds a company, with this user as its owner. Give this or invitation_token."))
	token := f.Text("invitation_token", form.Max(100), form.WriteOnly,
		form.Doc("Joins the company that sent the invitation. Give this or company_name."))
	in.CompanyName, in.InvitationToken = company.V, token.V
	in.check(f, confirm.V, company.Set, token.Set)
}

// check applies the rules that concern more than one field.
func (in *Registration) check(f *form.Form, confirm string, company, token bool) {
	switch {
	case !company && !token:
		f.Fail("company_name", "This field is required.")
	case company && token:
		f.Fail(fail.NonField, "Give either company_name or invitation_token, not both.")
	case company && !f.Failed("company_name") && account.CompanyKey(in.CompanyName) == "":
		f.Fail("company_name", "This field may not be blank.")
	}
	if !f.Failed("password") {
		for _, m := range CheckPassword(in.Password, PasswordContext{
			Username: in.Username, Email: in.Email,
			FirstName: in.FirstName, LastName: in.LastName, Company: in.CompanyName,
		}) {
			f.Fail("password", m)
		}
	}
	if !f.Failed("password_confirm") && in.Password != confirm {
		f.Fail("password_confirm", "Passwords don't match")
	}
}

// Register creates an account and makes it the owner of a new company, or a member by invitation. The account works at
// once. A mail with a link that confirms its address is queued.
func (s *Service) Register(ctx context.Context, in Registration, from netip.Addr) (account.MemberView, error) {
	if err := allowAddress(s.Limits.RegisterByAddress, from); err != nil {
		return account.MemberView{}, err
	}
	if err := s.checkFree(ctx, in); err != nil {
		return account.MemberView{}, err
	}
	hash, err := s.hashFor(ctx, account.EmailKey(in.Email), account.UsernameKey(in.Username), in.Password)
	if err != nil {
		return account.MemberView{}, err
	}
	p := account.Member{
		Username: in.Username, Email: in.Email, FirstName: in.FirstName, LastName: in.LastName, Phone: in.Phone,
	}
	door := s.DB.System("a new account and a new company belong to none yet")
	u, err := db.Write(ctx, door, func(tx *db.SystemTx) (account.MemberView, error) {
		if p.ID, err = insertAccount(tx, newAccount{
			username: in.Username, email: in.Email, password: hash, language: in.Language, mustConfirm: s.MustConfirm,
		}); err != nil {
			return account.MemberView{}, err
		}
		if err := s.queueMail(tx, MailConfirm, mailArgs{User: p.ID, Email: in.Email}); err != nil {
			return account.MemberView{}, err
		}
		if in.InvitationToken != "" {
			return s.Accounts.JoinByInvitation(tx, p, in.InvitationToken, "invitation_token")
		}
		return s.Accounts.FoundCompany(tx, p, in.CompanyName)
	})
	s.wakeMails(err)
	if isUnique(err) { // a name was taken since checkFree looked; a second look finds which
		if again := s.checkFree(ctx, in); again != nil {
			err = again
		}
	}
	return u, err
}

// checkFree rejects a username and a company name that are taken, with both messages at once.
func (s *Service) checkFree(ctx context.Context, in Registration) error {
	f := form.Query(nil)
	err := s.DB.System("names are unique over the installation").Read(ctx, func(tx *db.SystemTx) error {
		taken, err := usernameTaken(tx, in.Username)
		if err != nil {
			return err
		}
		if taken {
			f.Fail("username", "A user with that username already exists.")
		}
		return account.CheckCompanyNameFree(tx, f, "company_name", in.CompanyName)
	})
	if err != nil {
		return err
	}
	return f.Err()
}
