package auth

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// linkPurpose says what a link opens. A link of one purpose is no link of another.
type linkPurpose string

const (
	confirmLink linkPurpose = "confirm" // confirms the address that it was sent to
	resetLink   linkPurpose = "reset"   // sets a new password
	cancelLink  linkPurpose = "cancel"  // brings the address back that it was sent to
)

// The lives of links. Decision 0031 has the reasons.
const (
	confirmLife    = 3 * 24 * time.Hour
	resetLife      = time.Hour
	shellResetLife = 24 * time.Hour // printed by an operator, who passes it on
	cancelLife     = 7 * 24 * time.Hour
)

// keptLinks is how long a link that has expired is kept: the bounds count the links of the last day.
const keptLinks = 24 * time.Hour

// linkRow is a row of account_links.
type linkRow struct {
	user      int64
	purpose   linkPurpose
	email     string // where it was sent; "" if an operator printed it
	emailKey  string
	createdAt db.Time
	expires   db.Time
}

// LinkToken is the body of a request that uses a link.
type LinkToken struct{ Token string }

// Read reads it from a body.
func (in *LinkToken) Read(f *form.Form) {
	in.Token = f.Text("token", form.Required, form.WriteOnly, form.Max(100),
		form.Doc("The part of the link after #. It works once.")).V
}

// errBadLink returns the failure of a link that is unknown, used, expired, or of another purpose. They are not told
// apart.
func errBadLink() error {
	return fail.Invalid("token", "This link was used before, has expired or is incomplete. Ask for a new one.")
}

// linkToken derives a token of 160 bits from the secret of a queued mail. A mail that is sent again has the same token.
func linkToken(secret string, user int64, purpose linkPurpose) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "link %s %d %s", secret, user, purpose))
	return base32.StdEncoding.EncodeToString(sum[:20])
}

// hashLink returns the hash of a token, which is all that the database has of it.
func hashLink(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// insertLink stores a link. It returns false if the token exists already.
func insertLink(tx *db.SystemTx, token string, l linkRow) (bool, error) {
	n, err := tx.Exec(`INSERT INTO account_links
			(token_hash, user_id, purpose, email, email_key, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (token_hash) DO NOTHING`,
		hashLink(token), l.user, string(l.purpose), l.email, l.emailKey, tx.Now, l.expires)
	return n == 1, err
}

// findLink returns a link that can be used, or errBadLink.
func findLink(tx *db.SystemTx, token string, purpose linkPurpose) (linkRow, error) {
	return badLinkIfNone(db.One(tx, scanLink, `SELECT user_id, purpose, email, email_key, created_at, expires_at
		FROM account_links
		WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3`,
		hashLink(token), string(purpose), tx.Now))
}

// useLink uses a link up and returns it, or fails with errBadLink. It locks the account first: two links of one account
// are used one after the other.
func useLink(tx *db.SystemTx, token string, purpose linkPurpose) (linkRow, error) {
	l, err := findLink(tx, token, purpose)
	if err != nil {
		return l, err
	}
	if _, err := account.LockAccount(tx, l.user); err != nil {
		return l, err
	}
	return badLinkIfNone(db.One(tx, scanLink, `UPDATE account_links SET used_at = $3
		WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
		RETURNING user_id, purpose, email, email_key, created_at, expires_at`,
		hashLink(token), string(purpose), tx.Now))
}

func scanLink(r db.Row, l *linkRow) error {
	return r.Scan(&l.user, (*string)(&l.purpose), &l.email, &l.emailKey, &l.createdAt, &l.expires)
}

func badLinkIfNone(l linkRow, err error) (linkRow, error) {
	if fail.Is(err, fail.KindNotFound) {
		err = errBadLink()
	}
	return l, err
}

// voidLinks uses up the links of an account that were made at or after an instant.
func voidLinks(tx *db.SystemTx, user int64, since db.Time, purposes ...linkPurpose) error {
	for _, p := range purposes {
		_, err := tx.Exec(`UPDATE account_links SET used_at = $4
			WHERE user_id = $1 AND purpose = $2 AND created_at >= $3 AND used_at IS NULL`,
			user, string(p), since, tx.Now)
		if err != nil {
			return err
		}
	}
	return nil
}

// countLinks counts the links that were made since an instant: to one account at an address, and to the address.
func countLinks(
	tx *db.SystemTx, user int64, emailKey string, purpose linkPurpose, since db.Time,
) (toAccount, toAddress int64, err error) {
	err = db.Exists(tx, func(r db.Row) error { return r.Scan(&toAccount, &toAddress) },
		`SELECT coalesce(sum(CASE WHEN user_id = $1 THEN 1 ELSE 0 END), 0), count(*) FROM account_links
		WHERE email_key = $2 AND purpose = $3 AND created_at > $4`, user, emailKey, string(purpose), since)
	return toAccount, toAddress, err
}

// forgetLinks deletes links and queued mails that are of no use any more.
func forgetLinks(tx *db.SystemTx) error {
	if _, err := tx.Exec(`DELETE FROM account_links WHERE expires_at < $1`, tx.Now.Add(-keptLinks)); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM account_mails WHERE created_at < $1`, tx.Now.Add(-maxMailAge))
	return err
}
