package auth

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// NewOperator is a new account for an operator, in no company.
type NewOperator struct{ Username, Email, Password string }

// Check applies the rules that a registration has for the same fields.
func (in NewOperator) Check() error {
	f := form.Query(nil)
	for _, m := range account.CheckUsername(in.Username) {
		f.Fail("username", m)
	}
	if in.Email != "" {
		for _, m := range account.CheckEmail(in.Email) {
			f.Fail("email", m)
		}
	}
	for _, m := range CheckPassword(in.Password, PasswordContext{Username: in.Username, Email: in.Email}) {
		f.Fail("password", m)
	}
	return f.Err()
}

// CreateOperator creates an account that is an operator and a member of no company. It returns the account's id.
func (s *Service) CreateOperator(ctx context.Context, in NewOperator) (id int64, err error) {
	if err := in.Check(); err != nil {
		return 0, err
	}
	hash, err := s.hashFor(ctx, account.EmailKey(in.Email), account.UsernameKey(in.Username), in.Password)
	if err != nil {
		return 0, err
	}
	err = s.DB.System("operators stand above companies").Write(ctx, func(tx *db.SystemTx) error {
		if id, err = insertAccount(tx, newAccount{username: in.Username, email: in.Email, password: hash}); err != nil {
			return err
		}
		return s.promote(tx, id)
	})
	if isUnique(err) {
		err = fail.Invalid("username", "A user with that username already exists.")
	}
	return id, err
}

// Promote makes an existing account an operator and returns its id. Its memberships stay; the operator's routes need a
// separate sign-in.
func (s *Service) Promote(ctx context.Context, username string) (id int64, err error) {
	door := s.DB.System("operators stand above companies")
	return db.Write(ctx, door, func(tx *db.SystemTx) (int64, error) {
		a, err := accountBy(tx, `username_key = $1`, account.UsernameKey(username))
		if err != nil {
			return 0, err
		}
		if a.service {
			return 0, refuseServiceAccount()
		}
		return a.id, s.promote(tx, a.id)
	})
}

// promote makes an account an operator. A command does it.
func (s *Service) promote(tx *db.SystemTx, id int64) error {
	if err := setSuperuser(tx, id, true); err != nil {
		return err
	}
	return event.Note(tx, byCommand(event.ActPromoted, id))
}

// byCommand returns the act of a command on an account.
func byCommand(act string, user int64) event.Act {
	return event.Act{Name: act, Subject: event.Account, SubjectID: user, Command: true}
}
