package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// AccountMail is one mail to an account, before it has words.
type AccountMail struct {
	ID       string // the same in each attempt
	Kind     MailKind
	To       string
	Username string
	Language string // "": the person has chosen none
	Path     string // of the link, with the token in its fragment; "" if the mail has none
	At       db.Time
}

// The pages of the web app that links lead to. The token is in the fragment, which browsers send to no server.
const (
	confirmPage = "/confirm-address"
	resetPage   = "/reset-password"
	cancelPage  = "/cancel-address"
)

// linkPage returns the path of a link.
func linkPage(purpose linkPurpose, token string) string {
	page := map[linkPurpose]string{confirmLink: confirmPage, resetLink: resetPage, cancelLink: cancelPage}[purpose]
	return page + "#" + token
}

// The bounds of mails with links that a stranger can cause: to one account, and to one address for all its accounts.
var mailBounds = map[linkPurpose]struct {
	within               time.Duration
	toAccount, toAddress int64
}{
	confirmLink: {24 * time.Hour, 5, 10},
	resetLink:   {time.Hour, 3, 6},
}

// maxResetAccounts bounds the accounts of one address that a request to reset a password reaches.
const maxResetAccounts = 5

// mailedAccount is an account as its mails need it.
type mailedAccount struct {
	id                  int64
	username, email     string
	emailKey, language  string
	confirmed, isActive bool
}

const mailedColumns = `id, username, email, email_key, language, confirmed_key = email_key AND email_key <> '',
	is_active`

func scanMailed(r db.Row, a *mailedAccount) error {
	return r.Scan(&a.id, &a.username, &a.email, &a.emailKey, &a.language, &a.confirmed, &a.isActive)
}

// Prepare makes the mails of a queued one, and stores the hashes of their links. A mail that is not due any more makes
// none. It may be called again for the same mail: the links stay the same.
func (q *MailQueue) Prepare(ctx context.Context, m QueuedMail) ([]AccountMail, error) {
	if q.DB.Now() > m.args.At.Add(maxMailAge) {
		return nil, nil
	}
	door := q.DB.System("mails to accounts belong to no company")
	return db.Write(ctx, door, func(tx *db.SystemTx) (all []AccountMail, err error) {
		accounts, err := m.addressees(tx)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			mail, err := m.prepareFor(tx, a)
			if err != nil {
				return nil, err
			}
			if mail.To != "" {
				all = append(all, mail)
			}
		}
		return all, nil
	})
}

// addressees returns the accounts that a queued mail is for.
func (m QueuedMail) addressees(tx *db.SystemTx) ([]mailedAccount, error) {
	if m.Kind != MailReset {
		return db.All(tx, scanMailed, `SELECT `+mailedColumns+` FROM users WHERE id = $1`, m.args.User)
	}
	named, err := db.All(tx, scanMailed, `SELECT `+mailedColumns+` FROM users WHERE username_key = $1`,
		account.UsernameKey(m.args.Name))
	if err != nil || len(named) > 0 || !strings.Contains(m.args.Name, "@") {
		return named, err
	}
	// An account that has confirmed the address keeps out those that only claim it.
	return db.All(tx, scanMailed, `SELECT `+mailedColumns+` FROM users u
		WHERE email_key = $1 AND is_active AND (confirmed_key = email_key OR NOT EXISTS (
			SELECT 1 FROM users v WHERE v.email_key = $1 AND v.confirmed_key = $1 AND v.is_active))
		ORDER BY id LIMIT $2`, account.EmailKey(m.args.Name), int64(maxResetAccounts))
}

// prepareFor makes the mail to one account. Its To is empty if there is none to send.
func (m QueuedMail) prepareFor(tx *db.SystemTx, a mailedAccount) (mail AccountMail, err error) {
	mail = AccountMail{
		ID: fmt.Sprintf("account.%s.%d", m.ID, a.id), Kind: m.Kind,
		To: a.email, Username: a.username, Language: a.language, At: m.args.At,
	}
	link := linkRow{user: a.id, email: a.email, emailKey: a.emailKey}
	switch m.Kind {
	case MailConfirm:
		if a.confirmed || account.EmailKey(m.args.Email) != a.emailKey {
			return AccountMail{}, nil
		}
		link.purpose, link.expires = confirmLink, tx.Now.Add(confirmLife)
	case MailReset:
		if !a.isActive {
			return AccountMail{}, nil
		}
		link.purpose, link.expires = resetLink, tx.Now.Add(resetLife)
	case MailChanged:
		mail.To, link.email, link.emailKey = m.args.Email, m.args.Email, account.EmailKey(m.args.Email)
		if m.args.Cancel {
			link.purpose, link.expires = cancelLink, tx.Now.Add(cancelLife)
		}
	case MailNewPass, MailBack:
		mail.To = m.args.Email
	}
	if len(account.CheckEmail(mail.To)) > 0 {
		return AccountMail{}, nil
	}
	if link.purpose == "" {
		return mail, nil
	}
	token := linkToken(m.args.Secret, a.id, link.purpose)
	usable, err := offerLink(tx, token, link)
	if err != nil || !usable {
		return AccountMail{}, err
	}
	mail.Path = linkPage(link.purpose, token)
	return mail, nil
}

// offerLink stores a link, unless too many were sent. It reports whether the link can be used: an earlier attempt may
// have sent it, and its reader may have used it.
func offerLink(tx *db.SystemTx, token string, l linkRow) (usable bool, err error) {
	n, err := db.One(tx, db.Column[int64], `SELECT count(*) FROM account_links WHERE token_hash = $1`, hashLink(token))
	if err == nil && n > 0 {
		_, err = findLink(tx, token, l.purpose)
		if fail.Is(err, fail.KindInvalid) {
			return false, nil
		}
		return err == nil, err
	}
	if err != nil {
		return false, err
	}
	if b, ok := mailBounds[l.purpose]; ok {
		toAccount, toAddress, err := countLinks(tx, l.user, l.emailKey, l.purpose, tx.Now.Add(-b.within))
		if err != nil || toAccount >= b.toAccount || toAddress >= b.toAddress {
			return false, err
		}
	}
	return insertLink(tx, token, l)
}
