package auth

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// ResetPassword sets the password of the account with this username and ends all its sessions. It is for the command
// line.
func (s *Service) ResetPassword(ctx context.Context, username, password string) error {
	var a accountRow
	var email string
	find := func(tx *db.SystemTx) (err error) {
		if a, err = accountBy(tx, `username_key = $1`, account.UsernameKey(username)); err != nil {
			return err
		}
		return tx.Query(func(r db.Row) error { return r.Scan(&email) }, `SELECT email FROM users WHERE id = $1`, a.id)
	}
	if err := s.DB.System("accounts belong to no company").Read(ctx, find); err != nil {
		return err
	}
	if a.service {
		return refuseServiceAccount()
	}
	if messages := CheckPassword(password, PasswordContext{Username: username, Email: email}); len(messages) > 0 {
		return fail.InvalidFields(map[string][]string{"password": messages})
	}
	hash, err := s.hashFor(ctx, a.emailKey, a.usernameKey, password)
	if err != nil {
		return err
	}
	return s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := find(tx); err != nil {
			return err
		}
		if err := changePassword(tx, a.id, a.password, hash); err != nil {
			return err
		}
		if err := s.revokeAllTokens(tx, 0, a.id); err != nil {
			return err
		}
		if err := event.Note(tx, byCommand(event.ActPasswordChanged, a.id)); err != nil {
			return err
		}
		return s.endAfterPassword(tx, a.id, "")
	})
}

// SignOutEverywhere ends all sessions of the account with this username.
func (s *Service) SignOutEverywhere(ctx context.Context, username string) error {
	return s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		a, err := accountBy(tx, `username_key = $1`, account.UsernameKey(username))
		if err != nil {
			return err
		}
		if err := s.revokeAllTokens(tx, 0, a.id); err != nil {
			return err
		}
		if err := event.Note(tx, byCommand(event.ActSessionsEnded, a.id)); err != nil {
			return err
		}
		return s.endEverywhere(tx, a.id, "")
	})
}

// endEverywhere ends everything that was opened with an account's password, in its companies and as an operator, but
// one session: the sessions, and the tokens for programs. Every change that makes a password useless calls it. A
// sign-in under way with the old password fails in noteSignIn.
func (s *Service) endEverywhere(tx *db.SystemTx, user int64, but string) error {
	if err := endOperatorSessions(tx, user, but); err != nil {
		return err
	}
	return account.EachCompany(tx, user, func(tx *db.Tx) error {
		if _, err := account.EndSessions(tx, user, but); err != nil {
			return err
		}
		if err := s.revokeTokensOf(tx, user); err != nil {
			return err
		}
		return s.revoke(tx)
	})
}
