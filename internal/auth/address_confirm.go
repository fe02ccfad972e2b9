package auth

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// OwnAccount is the caller's account as the API shows it to the caller.
type OwnAccount struct {
	Email          string   `json:"email"`
	EmailConfirmed bool     `json:"email_confirmed" doc:"Whether a link in a mail to this address was opened."`
	EmailWorks     bool     `json:"email_works" doc:"Whether the address signs in and gets mails about tasks."`
	Language       Language `json:"language" doc:"The language of mails about the account."`
}

// Language is a language of mails.
type Language string

// Values lists every language.
func (Language) Values() []string { return []string{"en", "de", "fr"} }

// defaultLanguage is the language of accounts that have chosen none.
const defaultLanguage Language = "en"

// readLanguage reads the field language.
func readLanguage(f *form.Form) form.Optional[string] {
	return f.Choice("language", Language("").Values(), form.Doc("The language of mails about the account."))
}

// OwnAccountChange holds the fields of an account that its owner changes.
type OwnAccountChange struct{ Language form.Optional[string] }

// Read reads it from a body.
func (in *OwnAccountChange) Read(f *form.Form) { in.Language = readLanguage(f) }

// OwnAccount returns the caller's account.
func (s *Service) OwnAccount(ctx context.Context, who account.Caller) (OwnAccount, error) {
	door := s.DB.System("accounts belong to no company")
	return db.Read(ctx, door, func(tx *db.SystemTx) (OwnAccount, error) { return ownAccountView(tx, who) })
}

// ChangeOwnAccount changes the caller's account.
func (s *Service) ChangeOwnAccount(
	ctx context.Context, who account.Caller, in OwnAccountChange,
) (OwnAccount, error) {
	return db.Write(ctx, s.DB.System("accounts belong to no company"), func(tx *db.SystemTx) (OwnAccount, error) {
		if err := tx.Verify(who.Scope); err != nil {
			return OwnAccount{}, err
		}
		if in.Language.Set {
			_, err := tx.Exec(`UPDATE users SET language = $2 WHERE id = $1`, who.Actor(), in.Language.V)
			if err != nil {
				return OwnAccount{}, err
			}
		}
		return ownAccountView(tx, who)
	})
}

func ownAccountView(tx *db.SystemTx, who account.Caller) (v OwnAccount, err error) {
	if err := tx.Verify(who.Scope); err != nil {
		return v, err
	}
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&v.Email, &v.EmailConfirmed, &v.EmailWorks, (*string)(&v.Language))
	}, `SELECT email, confirmed_key = email_key AND email_key <> '', `+addressWorks+`, language
		FROM users WHERE id = $1`, who.Actor())
	if v.Language == "" {
		v.Language = defaultLanguage
	}
	return v, err
}

// addressWorks is the condition that an account's address signs in and gets mails about tasks. It depends on this
// account alone, so no other account can take a sign-in away, or learn from its own whether an address is registered.
const addressWorks = `email_key <> '' AND (confirmed_key = email_key OR NOT must_confirm)`

// AddressWorks reports whether an account's address gets mails about tasks.
func AddressWorks(ctx context.Context, d *db.DB, user int64) (bool, error) {
	return db.Read(ctx, d.System("accounts belong to no company"), func(tx *db.SystemTx) (bool, error) {
		return db.One(tx, db.Column[bool], `SELECT `+addressWorks+` FROM users WHERE id = $1`, user)
	})
}

// ResendConfirmation queues another mail with a link that confirms the caller's address. If the address is confirmed,
// it fails with fail.Conflict.
func (s *Service) ResendConfirmation(ctx context.Context, who account.Caller) error {
	if err := allow(s.Limits.MailsByAccount, fmt.Sprint("confirm ", who.Actor())); err != nil {
		return err
	}
	err := s.DB.System("accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		v, err := ownAccountView(tx, who)
		if err != nil {
			return err
		}
		if v.EmailConfirmed || v.Email == "" {
			return fail.Conflict("There is no address to confirm.")
		}
		return s.Mails.add(tx, MailConfirm, mailArgs{User: who.Actor(), Email: v.Email})
	})
	s.wakeMails(err)
	return err
}

// wakeMails sends queued mails soon, if the transaction that queued them was committed.
func (s *Service) wakeMails(err error) {
	if err == nil && s.Mails != nil {
		s.Mails.wake()
	}
}

// queueMail queues a mail to an account. A service without mails, such as that of a command, queues none.
func (s *Service) queueMail(tx *db.SystemTx, kind MailKind, a mailArgs) error {
	if s.Mails == nil || a.Email == "" || kind == MailConfirm && !s.AskConfirm {
		return nil
	}
	return s.Mails.add(tx, kind, a)
}

// ConfirmAddress confirms the address that a link was sent to.
func (s *Service) ConfirmAddress(ctx context.Context, in LinkToken) error {
	return s.DB.System("accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		l, err := useLink(tx, in.Token, confirmLink)
		if err != nil {
			return err
		}
		if err := setConfirmed(tx, l.user, l.emailKey); err != nil {
			return err
		}
		return voidLinks(tx, l.user, 0, confirmLink)
	})
}

// setConfirmed marks an account's address as confirmed. If the account has another address by now, it fails with
// errBadLink.
func setConfirmed(tx *db.SystemTx, user int64, emailKey string) error {
	err := db.Found(tx.Exec(`UPDATE users SET confirmed_key = email_key
		WHERE id = $1 AND email_key = $2 AND email_key <> ''`, user, emailKey))
	if fail.Is(err, fail.KindNotFound) {
		err = errBadLink()
	}
	return err
}

// AddressRestored is the answer to a cancelled change of an address.
type AddressRestored struct {
	Token string `json:"token" doc:"Sets a new password at /api/auth/password/reset/confirm/ within an hour."`
}

// CancelAddressChange brings an address back that was confirmed before, for the reader of the mail that told of the
// change. All sessions end. The answer lets the reader set a new password: another person knew the old one.
func (s *Service) CancelAddressChange(ctx context.Context, in LinkToken) (out AddressRestored, err error) {
	out.Token = newLinkToken()
	err = s.DB.System("an account's address is shown in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		l, err := useLink(tx, in.Token, cancelLink)
		if err != nil {
			return err
		}
		if err := setAddress(tx, l.user, l.email, true); err != nil {
			return err
		}
		if err := setConfirmed(tx, l.user, l.emailKey); err != nil {
			return err
		}
		// Links of earlier changes stay: their readers may go further back.
		if err := voidLinks(tx, l.user, l.createdAt, cancelLink); err != nil {
			return err
		}
		if err := s.endEverywhere(tx, l.user, ""); err != nil {
			return err
		}
		if err := s.Accounts.RestoreAddress(tx, l.user, l.email); err != nil {
			return err
		}
		if err := s.queueMail(tx, MailBack, mailArgs{User: l.user, Email: l.email}); err != nil {
			return err
		}
		l.purpose, l.expires = resetLink, tx.Now.Add(resetLife)
		_, err = insertLink(tx, out.Token, l)
		return err
	})
	s.wakeMails(err)
	return out, err
}
