package auth

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// PasswordChange is a new password, with the current one as proof.
type PasswordChange struct {
	Current, New string
	Device       string // the browser's device tokens, not a field of the body
}

// Read reads it from a body.
func (in *PasswordChange) Read(f *form.Form) {
	in.Current = f.Text("current_password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
	in.New = f.Text("new_password", form.Required, form.Raw, form.WriteOnly).V
}

// ChangePassword sets a new password and ends all other sessions of the account: in all its companies, and as an
// operator. Device tokens of the old password are useless from then on. It returns a new one for the caller's browser.
func (s *Service) ChangePassword(ctx context.Context, who account.Caller, in PasswordChange) (d Device, err error) {
	// This comes first, so that an ended session can neither guess nor use up attempts.
	acc, err := s.ownAccount(ctx, who)
	if err != nil {
		return d, err
	}
	hash, err := s.provenPassword(ctx, acc, in, passwordContext(who), who.Session)
	if err != nil {
		return d, err
	}
	err = s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		d, err = s.replacePassword(tx, acc, hash, who.Session, in.Device)
		return err
	})
	return d, err
}

// replacePassword stores a proven account's new password, ends its sessions but one, and returns new device tokens.
func (s *Service) replacePassword(tx *db.SystemTx, acc accountRow, hash, session, device string) (Device, error) {
	if err := changePassword(tx, acc.id, acc.password, hash); err != nil {
		return Device{}, err
	}
	if err := s.endAfterPassword(tx, acc.id, session); err != nil {
		return Device{}, err
	}
	acc.passwordEpoch++
	return s.newDevice(acc, device, tx.Now)
}

// ChangeOperatorPassword changes a password like ChangePassword, for an operator, who may be in no company.
func (s *Service) ChangeOperatorPassword(ctx context.Context, op Operator, in PasswordChange) (d Device, err error) {
	door := s.DB.System("accounts belong to no company")
	var like PasswordContext
	acc, err := db.Read(ctx, door, func(tx *db.SystemTx) (accountRow, error) {
		if _, err := operatorOf(tx, op); err != nil {
			return accountRow{}, fail.BadToken()
		}
		known, err := account.FindAccount(tx, op.ID)
		if err != nil {
			return accountRow{}, err
		}
		like = PasswordContext{Username: known.Username, Email: known.Email}
		return accountBy(tx, `id = $1`, op.ID)
	})
	if err != nil {
		return d, err
	}
	hash, err := s.provenPassword(ctx, acc, in, like, op.Session)
	if err != nil {
		return d, err
	}
	err = door.Write(ctx, func(tx *db.SystemTx) error {
		if _, err := operatorOf(tx, op); err != nil {
			return fail.BadToken()
		}
		if d, err = s.replacePassword(tx, acc, hash, op.Session, in.Device); err != nil {
			return err
		}
		return event.Note(tx, event.Act{
			Name: event.ActPasswordChanged, Operator: op.ID, Subject: event.Account, SubjectID: op.ID,
		})
	})
	return d, err
}

// provenPassword checks a new password, verifies the current one, and returns the hash of the new one.
func (s *Service) provenPassword(
	ctx context.Context, acc accountRow, in PasswordChange, like PasswordContext, session string,
) (hash string, err error) {
	if messages := CheckPassword(in.New, like); len(messages) > 0 {
		return "", fail.InvalidFields(map[string][]string{"new_password": messages})
	}
	if err := s.verifyOwn(ctx, acc, in.Current, session); err != nil {
		return "", err
	}
	return s.hashFor(ctx, acc.emailKey, acc.usernameKey, in.New)
}

// passwordContext returns the caller's data that a new password must not resemble.
func passwordContext(who account.Caller) PasswordContext {
	p := who.Member()
	return PasswordContext{
		Username: p.Username, Email: p.Email, FirstName: p.FirstName, LastName: p.LastName, Company: who.Company.Name,
	}
}

// ownAccount returns the caller's account.
func (s *Service) ownAccount(ctx context.Context, who account.Caller) (accountRow, error) {
	return db.Read(ctx, s.DB.System("accounts belong to no company"), func(tx *db.SystemTx) (accountRow, error) {
		if err := tx.Verify(who.Scope); err != nil {
			return accountRow{}, err
		}
		return accountBy(tx, `id = $1`, who.Actor())
	})
}
