package auth

import (
	"context"
	"net/netip"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// PasswordChange is a new password, with the current one as proof.
type PasswordChange struct{ Current, New string }

// Read reads it from a body.
func (in *PasswordChange) Read(f *form.Form) {
	in.Current = f.Text("current_password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
	in.New = f.Text("new_password", form.Required, form.Raw, form.WriteOnly).V
}

// ChangePassword sets a new password and ends all other sessions of the account, in all its companies.
func (s *Service) ChangePassword(ctx context.Context, who account.Caller, in PasswordChange, from netip.Addr) error {
	// This comes first, so that an ended session can neither guess nor use up attempts.
	acc, err := s.ownAccount(ctx, who)
	if err != nil {
		return err
	}
	if err := s.allowAccount(who.Username(), from); err != nil {
		return err
	}
	if messages := CheckPassword(in.New, passwordContext(who)); len(messages) > 0 {
		return fail.InvalidFields(map[string][]string{"new_password": messages})
	}
	ok, _, err := s.Hasher.Verify(ctx, acc.password, in.Current)
	if err != nil {
		return err
	}
	if !ok {
		return fail.Invalid("current_password", "Your old password was entered incorrectly. Please enter it again.")
	}
	hash, err := s.Hasher.Hash(ctx, in.New)
	if err != nil {
		return err
	}
	return s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		if err := setPassword(tx, acc.id, acc.password, hash); err != nil {
			return err
		}
		return account.EachCompany(tx, acc.id, func(tx *db.Tx) error {
			if _, err := account.EndSessions(tx, acc.id, who.Session); err != nil {
				return err
			}
			return s.revoke(tx)
		})
	})
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
