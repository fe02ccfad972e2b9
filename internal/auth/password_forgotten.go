package auth

import (
	"context"
	"crypto/rand"
	"net/netip"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// ResetRequest is the body of a request for a link that sets a new password.
type ResetRequest struct{ Identifier string }

// Read reads it from a body.
func (in *ResetRequest) Read(f *form.Form) {
	in.Identifier = f.Text("identifier", form.Required, form.Max(254),
		form.Doc("The username or the e-mail address.")).V
}

// ResetRequested is the answer to every request for a link that sets a new password.
type ResetRequested struct {
	Detail string `json:"detail"`
}

// RequestReset queues a mail with a link that sets a new password. It looks for no account: answer and work are the
// same for every name, and the worker finds out to which account a mail is due, if any.
func (s *Service) RequestReset(ctx context.Context, in ResetRequest, from netip.Addr) (ResetRequested, error) {
	if err := allowAddress(s.Limits.ResetByAddress, from); err != nil {
		return ResetRequested{}, err
	}
	err := s.DB.System("a request to reset a password names no company").Write(ctx, func(tx *db.SystemTx) error {
		return s.Mails.add(tx, MailReset, mailArgs{Name: in.Identifier})
	})
	s.wakeMails(err)
	return ResetRequested{
		"If an account has this name or address, a mail with a link is on its way to the account's address.",
	}, err
}

// PasswordReset is a new password, with the token of a link as proof.
type PasswordReset struct {
	LinkToken

	New string
}

// Read reads it from a body.
func (in *PasswordReset) Read(f *form.Form) {
	in.LinkToken.Read(f)
	in.New = f.Text("new_password", form.Required, form.Raw, form.WriteOnly).V
}

// ResetByLink sets a new password with a link, and ends all sessions of the account. The link proves that its reader
// reads the address that it was sent to, so the address is confirmed. A password that is too weak leaves the link as it
// was.
func (s *Service) ResetByLink(ctx context.Context, in PasswordReset) error {
	acc, err := s.accountOfLink(ctx, in)
	if err != nil {
		return err
	}
	hash, err := s.hashFor(ctx, acc.emailKey, acc.usernameKey, in.New)
	if err != nil {
		return err
	}
	err = s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		l, err := useLink(tx, in.Token, resetLink)
		if err != nil {
			return err
		}
		if l.email != "" {
			if err := setConfirmed(tx, l.user, l.emailKey); err != nil {
				return err
			}
		}
		email, err := overwritePassword(tx, acc, hash)
		if err != nil {
			return err
		}
		if err := s.endAfterPassword(tx, acc.id, ""); err != nil {
			return err
		}
		return s.queueMail(tx, MailNewPass, mailArgs{User: acc.id, Email: email})
	})
	s.wakeMails(err)
	return err
}

// accountOfLink returns the account of a link, and checks the new password.
func (s *Service) accountOfLink(ctx context.Context, in PasswordReset) (acc accountRow, err error) {
	var known account.AccountView
	err = s.DB.System("accounts belong to no company").Read(ctx, func(tx *db.SystemTx) error {
		l, err := findLink(tx, in.Token, resetLink)
		if err != nil {
			return err
		}
		if known, err = account.FindAccount(tx, l.user); err != nil {
			return err
		}
		acc, err = accountBy(tx, `id = $1`, l.user)
		if err == nil && (!acc.active || acc.service || l.email != "" && acc.emailKey != l.emailKey) {
			err = errBadLink()
		}
		return err
	})
	if err != nil {
		return acc, err
	}
	messages := CheckPassword(in.New, PasswordContext{Username: known.Username, Email: known.Email})
	if len(messages) > 0 {
		err = fail.InvalidFields(map[string][]string{"new_password": messages})
	}
	return acc, err
}

// overwritePassword replaces the password of an account, whatever it is now, and returns the account's address. It
// fails with errBadLink if the account was closed or has another address than acc, whose salt the hash has.
func overwritePassword(tx *db.SystemTx, acc accountRow, hash string) (email string, err error) {
	email, err = db.One(tx, db.Column[string], `UPDATE users SET password = $3, password_epoch = password_epoch + 1
		WHERE id = $1 AND email_key = $2 AND is_active RETURNING email`, acc.id, acc.emailKey, hash)
	if fail.Is(err, fail.KindNotFound) {
		err = errBadLink()
	}
	return email, err
}

// endAfterPassword ends everything that was opened with an account's old password but one session, and the links that
// would replace the new one.
func (s *Service) endAfterPassword(tx *db.SystemTx, user int64, but string) error {
	if err := voidLinks(tx, user, 0, resetLink); err != nil {
		return err
	}
	return s.endEverywhere(tx, user, but)
}

// CreateResetLink returns the path of a link that sets a new password for the account with this username. It is for the
// command line: the operator hands the link over.
func (s *Service) CreateResetLink(ctx context.Context, username string) (path string, err error) {
	token := newLinkToken()
	err = s.DB.System("accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		acc, err := accountBy(tx, `username_key = $1`, account.UsernameKey(username))
		if err != nil {
			return err
		}
		if acc.service {
			return refuseServiceAccount()
		}
		if !acc.active {
			return fail.Conflict("This account is closed: open it first.")
		}
		_, err = insertLink(tx, token, linkRow{
			user: acc.id, purpose: resetLink, emailKey: acc.emailKey, expires: tx.Now.Add(shellResetLife),
		})
		return err
	})
	return linkPage(resetLink, token), err
}

// newLinkToken returns a token that no mail has.
func newLinkToken() string { return linkToken(rand.Text(), 0, resetLink) }
