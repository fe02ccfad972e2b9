package auth

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// ProfileChange holds the fields that members change of themselves, with the password as proof for a new address.
type ProfileChange struct {
	account.ProfileChange

	Current form.Optional[string]
}

// Read reads it from a body.
func (in *ProfileChange) Read(f *form.Form) {
	in.ProfileChange.Read(f)
	in.Current = f.Text("current_password", form.Raw, form.WriteOnly, form.Max(maxPassword),
		form.Doc("Required if email is another address than now. The old address gets a mail about the change."))
}

// wrongPassword is the message for a current password that is not the account's.
const wrongPassword = "Your old password was entered incorrectly. Please enter it again."

// ChangeProfile changes the caller's profile. A new e-mail address needs the current password, because the address is a
// name to sign in with. The address that the account has now needs none, so that a client may send back all fields.
func (s *Service) ChangeProfile(
	ctx context.Context, who account.Caller, in ProfileChange,
) (account.MemberView, error) {
	if !in.Email.Set || in.Email.V == who.Member().Email {
		in.Email = form.Optional[string]{}
		return s.Accounts.ChangeProfile(ctx, who, in.ProfileChange)
	}
	acc, err := s.ownAccount(ctx, who)
	if err != nil {
		return account.MemberView{}, err
	}
	if !in.Current.Set {
		return account.MemberView{}, fail.Invalid("current_password",
			"Enter your current password to change the e-mail address.")
	}
	if err := s.verifyOwn(ctx, acc, in.Current.V, who.Session); err != nil {
		return account.MemberView{}, err
	}
	hash, err := s.hashFor(ctx, account.EmailKey(in.Email.V), acc.usernameKey, in.Current.V)
	if err != nil {
		return account.MemberView{}, err
	}
	v, err := s.Accounts.ChangeAddress(ctx, who, in.ProfileChange, func(tx *db.SystemTx) error {
		if err := setPassword(tx, acc.id, acc.password, hash); err != nil {
			return err
		}
		return s.replaceAddress(tx, acc.id, in.Email.V)
	})
	s.wakeMails(err)
	return v, err
}

// replaceAddress replaces an account's address, and queues two mails: the new address can be confirmed, and the old one
// hears of the change. Only an old address that was confirmed gets a link that cancels the change: any other may be a
// stranger's, which the change corrects.
func (s *Service) replaceAddress(tx *db.SystemTx, user int64, email string) error {
	old, err := db.One(tx, scanMailed, `SELECT `+mailedColumns+` FROM users WHERE id = $1`, user)
	if err != nil {
		return err
	}
	if err := setAddress(tx, user, email, s.MustConfirm); err != nil {
		return err
	}
	if err := s.queueMail(tx, MailChanged, mailArgs{User: user, Email: old.email, Cancel: old.confirmed}); err != nil {
		return err
	}
	return s.queueMail(tx, MailConfirm, mailArgs{User: user, Email: email})
}

// verifyOwn verifies the current password of a caller's account. It counts the attempt for the session: attempts to
// sign in from elsewhere keep no owner from a new password, and a stolen session keeps no owner from signing in.
func (s *Service) verifyOwn(ctx context.Context, acc accountRow, current, session string) error {
	if err := allow(s.Limits.LoginByDevice, "session "+session); err != nil {
		return err
	}
	ok, _, err := s.Hasher.Verify(ctx, acc.password, current)
	if err == nil && !ok {
		err = fail.Invalid("current_password", wrongPassword)
	}
	return err
}
