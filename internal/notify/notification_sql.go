package notify

import (
	"context"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// insertNotification inserts a notification at commit. A follower that reads an event twice inserts it once.
func insertNotification(tx *db.Tx, n notice, message string, by channels) error {
	state := mailNone
	if by.email {
		state = mailQueued
	}
	return tx.AtCommit(`INSERT INTO notifications (company_id, user_id, kind, seq, actor_id, task_id, message,
			search_text, title, old_status, new_status, inbox, mail, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (company_id, seq, user_id, kind) DO NOTHING`,
		n.user, string(n.kind), n.cause.Seq, n.cause.Actor, n.task, message, db.Fold(message), n.title,
		string(n.oldStatus), string(n.newStatus), by.inbox, string(state), tx.Now)
}

// columns lists the columns of a Notification in the order that scan reads them.
const columns = `id, kind, message, title, old_status, new_status, task_id, actor_id, seq, read_at, created_at`

func scan(r db.Row, n *Notification) error {
	var read db.Time
	var from, to task.Status
	err := r.Scan(&n.ID, (*string)(&n.Kind), &n.Message, &n.Title, (*string)(&from), (*string)(&to), &n.Task, &n.actor,
		&n.Event, &read, &n.CreatedAt)
	n.Read = read != 0
	if from != "" {
		n.OldStatus, n.NewStatus = &from, &to
	}
	return err
}

func findInbox(tx *db.Tx, user, id int64) (Notification, error) {
	return db.One(tx, scan, `SELECT `+columns+` FROM notifications
		WHERE company_id = $1 AND user_id = $2 AND inbox AND id = $3`, user, id)
}

// where returns the conditions of a query of a member's inbox.
func (q Query) where(user int64) (w db.Where) {
	w.And(`user_id = ?`, user)
	w.And(`inbox`)
	if q.Kind != "" {
		w.And(`kind = ?`, q.Kind)
	}
	if q.Unread.Set && q.Unread.V {
		w.And(`read_at IS NULL`)
	} else if q.Unread.Set {
		w.And(`read_at IS NOT NULL`)
	}
	return w
}

func countInbox(tx *db.Tx, user int64, q Query) (int64, error) {
	w := q.where(user)
	return db.One(tx, db.Column[int64], `SELECT count(*) FROM notifications WHERE company_id = $1`+w.SQL(), w.Args()...)
}

func listInbox(tx *db.Tx, user int64, q Query, p page.Slice) ([]Notification, error) {
	slice, args := q.where(user).Slice("id", p)
	return db.All(tx, scan, `SELECT `+columns+` FROM notifications WHERE company_id = $1`+slice, args...)
}

// listUnread returns a member's newest unread notifications since a time.
func listUnread(tx *db.Tx, user int64, since db.Time, limit int) ([]Notification, error) {
	return db.All(tx, scan, `SELECT `+columns+` FROM notifications
		WHERE company_id = $1 AND user_id = $2 AND inbox AND read_at IS NULL AND created_at >= $3
		ORDER BY id DESC LIMIT $4`, user, since, limit)
}

func markOne(tx *db.Tx, user, id int64, read bool) error {
	var at *db.Time
	if read {
		at = &tx.Now
	}
	return db.Found(tx.Exec(`UPDATE notifications SET read_at = $4
		WHERE company_id = $1 AND user_id = $2 AND inbox AND id = $3`, user, id, at))
}

func markAll(tx *db.Tx, user int64) error {
	_, err := tx.Exec(`UPDATE notifications SET read_at = $3
		WHERE company_id = $1 AND user_id = $2 AND inbox AND read_at IS NULL`, user, tx.Now)
	return err
}

// queuedMail is a notification as its mail needs it.
type queuedMail struct {
	state     MailState
	message   string
	task      *int64
	createdAt db.Time
	wanted    bool // by the recipient's preferences as they are now
}

func findQueuedMail(tx *db.Tx, a mailArgs) (queuedMail, error) {
	return db.One(tx, func(r db.Row, v *queuedMail) error {
		return r.Scan((*string)(&v.state), &v.message, &v.task, &v.createdAt, &v.wanted)
	}, `SELECT n.mail, n.message, n.task_id, n.created_at, coalesce(p.email, true) FROM notifications n
		LEFT JOIN notification_preferences p
			ON p.company_id = n.company_id AND p.user_id = n.user_id AND p.kind = n.kind
		WHERE n.company_id = $1 AND n.seq = $2 AND n.user_id = $3 AND n.kind = $4`, a.Seq, a.User, string(a.Kind))
}

func markMailSent(tx *db.Tx, a mailArgs) error {
	return db.Found(tx.Exec(`UPDATE notifications SET mail = 'sent', sent_at = $5
		WHERE company_id = $1 AND seq = $2 AND user_id = $3 AND kind = $4 AND mail = 'queued'`,
		a.Seq, a.User, string(a.Kind), tx.Now))
}

// where returns the conditions of a query of all notifications of a company.
func (q SentQuery) where() (w db.Where) {
	if q.User.Set {
		w.And(`user_id = ?`, q.User.V)
	}
	if q.Task.Set {
		w.And(`task_id = ?`, q.Task.V)
	}
	if q.Kind != "" {
		w.And(`kind = ?`, q.Kind)
	}
	if q.Mail != "" {
		w.And(`mail = ?`, q.Mail)
	}
	w.Search(`(CASE WHEN search_text = '' THEN lower(message) ELSE search_text END)`, q.Search)
	return w
}

func countSent(tx *db.Tx, q SentQuery) (int64, error) {
	w := q.where()
	return db.One(tx, db.Column[int64], `SELECT count(*) FROM notifications WHERE company_id = $1`+w.SQL(), w.Args()...)
}

// sentColumns lists the columns of a SentNotification in the order that scanSent reads them.
const sentColumns = `id, user_id, kind, message, task_id, seq, inbox, read_at, mail, created_at, sent_at`

func scanSent(r db.Row, v *SentNotification) error {
	var read, sent db.Time
	err := r.Scan(&v.ID, &v.User, (*string)(&v.Kind), &v.Message, &v.Task, &v.Event, &v.Inbox, &read,
		(*string)(&v.Mail), &v.CreatedAt, &sent)
	v.Read = read != 0
	if sent != 0 {
		v.SentAt = &sent
	}
	return err
}

func findSent(tx *db.Tx, id int64) (SentNotification, error) {
	return db.One(tx, scanSent, `SELECT `+sentColumns+` FROM notifications
		WHERE company_id = $1 AND inbox AND id = $2`, id)
}

func listSent(tx *db.Tx, q SentQuery, p page.Slice) ([]SentNotification, error) {
	slice, args := q.where().Slice("id", p)
	return db.All(tx, scanSent, `SELECT `+sentColumns+` FROM notifications WHERE company_id = $1`+slice, args...)
}

// retention is how long notifications are kept.
const retention = 180 * 24 * time.Hour

// Forget deletes the notifications of all companies that are older than retention.
func Forget(ctx context.Context, d *db.DB) error {
	return d.System("the housekeeper sweeps all companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM notifications WHERE created_at < $1`, tx.Now.Add(-retention))
		return err
	})
}
