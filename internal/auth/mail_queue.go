package auth

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/secret"
)

// MailQueue holds the mails to accounts that wait to be sent. Jobs belong to companies (package job). These mails
// do not: an account may be in no company, and a request to reset a password may name no account at all.
//
// A mail is queued in the transaction of its cause. Its text and its link are made when it is sent: a request that
// queues a mail does the same work whether or not there is an account.
type MailQueue struct {
	DB      *db.DB
	Secrets *secret.Box // seals addresses, and the secrets that tokens are derived from

	added chan struct{}
}

// NewMailQueue returns a queue of mails to accounts.
func NewMailQueue(d *db.DB, secrets *secret.Box) *MailQueue {
	return &MailQueue{DB: d, Secrets: secrets, added: make(chan struct{}, 1)}
}

// MailKind says what a mail to an account is about.
type MailKind string

// The kinds of mails to accounts.
const (
	MailConfirm MailKind = "confirm"       // confirm this address
	MailReset   MailKind = "reset"         // set a new password
	MailNewPass MailKind = "password_set"  // the password was set by a link
	MailChanged MailKind = "address"       // the address was changed
	MailBack    MailKind = "address_again" // a change of the address was cancelled
)

// mailArgs are the sealed arguments of a queued mail.
type mailArgs struct {
	Secret string  `json:"secret"`         // tokens are derived from it
	User   int64   `json:"user,omitempty"` // 0 for MailReset, which has a name
	Name   string  `json:"name,omitempty"` // that a person has typed, for MailReset
	Email  string  `json:"email,omitempty"`
	Cancel bool    `json:"cancel,omitempty"` // MailChanged has a link
	At     db.Time `json:"at"`
}

// QueuedMail is a mail that a worker holds.
type QueuedMail struct {
	ID      string
	Kind    MailKind
	Attempt int
	args    mailArgs
}

// The times of the queue. A worker holds a mail for mailLease. The wait before a retry doubles from firstRetry.
const (
	mailLease    = 2 * time.Minute
	firstRetry   = 5 * time.Second
	lastRetry    = time.Hour
	mailAttempts = 30
	maxMailAge   = 24 * time.Hour // a mail older than that is dropped
)

// add queues a mail in tx. Call wake after the transaction.
func (q *MailQueue) add(tx *db.SystemTx, kind MailKind, a mailArgs) error {
	id := rand.Text()
	a.Secret, a.At = rand.Text(), tx.Now
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	_, err = tx.Exec(`INSERT INTO account_mails (id, kind, args, due_at, created_at) VALUES ($1, $2, $3, $4, $4)`,
		id, string(kind), q.Secrets.Seal(mailPurpose(id), b), tx.Now)
	return err
}

// mailPurpose binds sealed arguments to their row.
func mailPurpose(id string) string { return "mail to an account " + id }

// Added returns the channel that hears of new mails of this process.
func (q *MailQueue) Added() <-chan struct{} { return q.added }

func (q *MailQueue) wake() {
	select {
	case q.added <- struct{}{}:
	default:
	}
}

// Claim takes the next mail that is due, for the length of a lease. It returns fail.NotFound if there is none.
func (q *MailQueue) Claim(ctx context.Context) (m QueuedMail, err error) {
	door := q.DB.System("mails to accounts belong to no company")
	none, err := db.Read(ctx, door, func(tx *db.SystemTx) (bool, error) {
		n, err := db.One(tx, db.Column[int64], `SELECT count(*) FROM account_mails WHERE due_at <= $1`, tx.Now)
		return n == 0, err
	})
	if err == nil && none {
		err = fail.NotFound()
	}
	if err != nil {
		return m, err
	}
	var sealed string
	err = door.Write(ctx, func(tx *db.SystemTx) error {
		return db.Exists(tx, func(r db.Row) error { return r.Scan(&m.ID, (*string)(&m.Kind), &sealed, &m.Attempt) },
			`UPDATE account_mails SET due_at = $2, attempts = attempts + 1 WHERE id = (
				SELECT id FROM account_mails WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1`+
				tx.Pick("", " FOR UPDATE SKIP LOCKED")+`)
			RETURNING id, kind, args, attempts`, tx.Now, tx.Now.Add(mailLease))
	})
	if err != nil {
		return m, err
	}
	plain, ok := q.Secrets.Open(mailPurpose(m.ID), sealed)
	if !ok || json.Unmarshal(plain, &m.args) != nil {
		return m, q.Finish(ctx, m)
	}
	return m, nil
}

// Adopt ends the leases of an earlier process at once on SQLite, where no other process can hold mails.
func (q *MailQueue) Adopt(ctx context.Context) error {
	if q.DB.Engine() != "sqlite" {
		return nil
	}
	return q.DB.System("mails to accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE account_mails SET due_at = $1 WHERE due_at > $1`, tx.Now)
		return err
	})
}

// Readable reports whether the key that sealed the mail is still there. If not, Claim has removed the mail.
func (m QueuedMail) Readable() bool { return m.args.Secret != "" }

// Finish removes a mail that was sent, or that is of no use any more.
func (q *MailQueue) Finish(ctx context.Context, m QueuedMail) error {
	return q.DB.System("mails to accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM account_mails WHERE id = $1`, m.ID)
		return err
	})
}

// Postpone stores the failure of an attempt. It reports whether another attempt follows.
func (q *MailQueue) Postpone(ctx context.Context, m QueuedMail, reason string, final bool) (again bool, err error) {
	again = !final && m.Attempt < mailAttempts
	err = q.DB.System("mails to accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		var due *db.Time
		if again {
			at := tx.Now.Add(min(firstRetry<<min(m.Attempt-1, 20), lastRetry))
			due = &at
		}
		_, err := tx.Exec(`UPDATE account_mails SET due_at = $2, error = $3 WHERE id = $1`, m.ID, due, reason)
		return err
	})
	return again, err
}
