package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
)

func scanInt(r db.Row, v *int64) error { return r.Scan(v) }

// Told

// toldUpTo is the tasks whose changes were told further than the follower has read, with the last such event of each.
func toldUpTo(tx *db.Tx) (map[int64]int64, error) {
	told := map[int64]int64{}
	err := tx.Query(func(r db.Row) error {
		var id, seq int64
		err := r.Scan(&id, &seq)
		told[id] = seq
		return err
	}, `SELECT task_id, seq FROM told WHERE company_id = $1`)
	return told, err
}

func tellUpTo(tx *db.Tx, taskID, seq int64) error {
	return tx.AtCommit(`INSERT INTO told (company_id, task_id, seq) VALUES ($1, $2, $3)
		ON CONFLICT (company_id, task_id) DO UPDATE SET seq = excluded.seq`, taskID, seq)
}

// forgetTold drops what a cursor at seq has passed.
func forgetTold(tx *db.Tx, seq int64) error {
	return tx.AtCommit(`DELETE FROM told WHERE company_id = $1 AND seq <= $2`, seq)
}

// Notifications

func insertNotification(tx *db.Tx, r reason, message string, inbox, mail bool) error {
	state := "none"
	if mail {
		state = "queued"
	}
	return tx.AtCommit(`INSERT INTO notifications (company_id, user_id, kind, seq, actor_id, task_id, message, search_text, title, old_status, new_status, inbox, mail, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (company_id, seq, user_id, kind) DO NOTHING`,
		r.user, string(r.kind), r.seq, r.actor, r.task, message, db.Fold(message), r.title, r.oldStatus, r.newStatus, inbox, state, tx.Now)
}

// columns are a notification's in the order that scan reads them.
const columns = `id, kind, message, title, old_status, new_status, task_id, actor_id, seq, read_at, created_at`

func scan(r db.Row, n *Notification) error {
	var read db.Time
	var from, to string
	err := r.Scan(&n.ID, (*string)(&n.Kind), &n.Message, &n.Title, &from, &to, &n.Task, &n.actor, &n.Event, &read, &n.CreatedAt)
	n.Read = read != 0
	if from != "" {
		n.OldStatus, n.NewStatus = &from, &to
	}
	return err
}

func findInbox(tx *db.Tx, user, id int64) (Notification, error) {
	return db.One(tx, scan, `SELECT `+columns+` FROM notifications WHERE company_id = $1 AND user_id = $2 AND inbox AND id = $3`, user, id)
}

// where is a query's condition, and its parameters from $2 on.
func (q Query) where(user int64) (text string, args []any) {
	text, args = `company_id = $1 AND user_id = $2 AND inbox`, []any{user}
	if q.Kind != "" {
		args = append(args, q.Kind)
		text += fmt.Sprintf(` AND kind = $%d`, len(args)+1)
	}
	if q.Unread.Set && q.Unread.V {
		text += ` AND read_at IS NULL`
	} else if q.Unread.Set {
		text += ` AND read_at IS NOT NULL`
	}
	return text, args
}

func countInbox(tx *db.Tx, user int64, q Query) (int64, error) {
	where, args := q.where(user)
	return db.One(tx, scanInt, `SELECT count(*) FROM notifications WHERE `+where, args...)
}

func listInbox(tx *db.Tx, user int64, q Query, p page.Slice) ([]Notification, error) {
	where, args := q.where(user)
	slice, args := p.SQL("id", 2, args)
	return db.All(tx, scan, `SELECT `+columns+` FROM notifications WHERE `+where+slice, args...)
}

func markOne(tx *db.Tx, user, id int64, read bool) error {
	var at *db.Time
	if read {
		at = &tx.Now
	}
	return db.Found(tx.Exec(`UPDATE notifications SET read_at = $4 WHERE company_id = $1 AND user_id = $2 AND inbox AND id = $3`, user, id, at))
}

func markAll(tx *db.Tx, user int64) error {
	_, err := tx.Exec(`UPDATE notifications SET read_at = $3 WHERE company_id = $1 AND user_id = $2 AND inbox AND read_at IS NULL`, user, tx.Now)
	return err
}

// queued is a notification as its mail needs it.
type queued struct {
	mail    string
	message string
	task    *int64
	made    db.Time
	wanted  bool // by mail
}

func findQueued(tx *db.Tx, a mailArgs) (queued, error) {
	return db.One(tx, func(r db.Row, v *queued) error { return r.Scan(&v.mail, &v.message, &v.task, &v.made, &v.wanted) },
		`SELECT n.mail, n.message, n.task_id, n.created_at, coalesce(p.email, true) FROM notifications n
		LEFT JOIN notification_preferences p ON p.company_id = n.company_id AND p.user_id = n.user_id AND p.kind = n.kind
		WHERE n.company_id = $1 AND n.seq = $2 AND n.user_id = $3 AND n.kind = $4`, a.Seq, a.User, string(a.Kind))
}

func markSent(tx *db.Tx, a mailArgs) error {
	return db.Found(tx.Exec(`UPDATE notifications SET mail = 'sent', sent_at = $5
		WHERE company_id = $1 AND seq = $2 AND user_id = $3 AND kind = $4 AND mail = 'queued'`, a.Seq, a.User, string(a.Kind), tx.Now))
}

// keep is how long notifications are kept.
const keep = 180 * 24 * time.Hour

func forget(ctx context.Context, d *db.DB) error {
	return d.System("the housekeeper sweeps all companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM notifications WHERE created_at < $1`, tx.Now.Add(-keep))
		return err
	})
}

// Preferences

// wish is by which ways somebody wants to be told of a kind.
type wish struct{ inbox, email bool }

// wishes are what members wish otherwise than by default, which is to be told of everything in both ways.
type wishes map[int64]map[Kind]wish

func (w wishes) of(user int64, k Kind) wish {
	if v, ok := w[user][k]; ok {
		return v
	}
	return wish{inbox: true, email: true}
}

func wishesOf(tx *db.Tx, users []int64) (wishes, error) {
	all := wishes{}
	err := tx.Query(func(r db.Row) error {
		var user int64
		var k Kind
		var v wish
		err := r.Scan(&user, (*string)(&k), &v.inbox, &v.email)
		if all[user] == nil {
			all[user] = map[Kind]wish{}
		}
		all[user][k] = v
		return err
	}, `SELECT user_id, kind, inbox, email FROM notification_preferences WHERE company_id = $1 AND user_id `+tx.OneOf("$2"), db.IDs(users))
	return all, err
}

func storeWish(tx *db.Tx, user int64, k Kind, v wish) error {
	_, err := tx.Exec(`INSERT INTO notification_preferences (company_id, user_id, kind, inbox, email) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (company_id, user_id, kind) DO UPDATE SET inbox = excluded.inbox, email = excluded.email`, user, string(k), v.inbox, v.email)
	return err
}

// Digests

// digest is how a member wants the daily mail.
type digest struct {
	enabled bool
	hour    int64
	zone    string
}

func findDigest(tx *db.Tx, user int64) (digest, error) {
	v, err := db.One(tx, func(r db.Row, v *digest) error { return r.Scan(&v.enabled, &v.hour, &v.zone) },
		`SELECT enabled, hour, time_zone FROM digests WHERE company_id = $1 AND user_id = $2`, user)
	if absent(err) {
		return digest{hour: defaultHour, zone: defaultZone}, nil
	}
	return v, err
}

func storeDigest(tx *db.Tx, user int64, v digest, next *db.Time) error {
	_, err := tx.Exec(`INSERT INTO digests (company_id, user_id, enabled, hour, time_zone, next_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (company_id, user_id) DO UPDATE
		SET enabled = excluded.enabled, hour = excluded.hour, time_zone = excluded.time_zone, next_at = excluded.next_at`,
		user, v.enabled, v.hour, v.zone, next)
	return err
}

// dueDigest is a member whose mail of the day is due.
type dueDigest struct {
	company, user int64
	at            db.Time
	digest
}

func dueDigests(ctx context.Context, d *db.DB, limit int) (all []dueDigest, err error) {
	err = d.System("whose mail of the day is due").Read(ctx, func(tx *db.SystemTx) error {
		all = nil
		return tx.Query(func(r db.Row) error {
			var v dueDigest
			err := r.Scan(&v.company, &v.user, &v.at, &v.enabled, &v.hour, &v.zone)
			all = append(all, v)
			return err
		}, `SELECT company_id, user_id, next_at, enabled, hour, time_zone FROM digests WHERE next_at <= $1 ORDER BY next_at LIMIT $2`, tx.Now, limit)
	})
	return all, err
}

// moveDigest takes a member's mail of the day from at to next; of several processes that try one does.
func moveDigest(tx *db.Tx, user int64, at, next db.Time) (bool, error) {
	n, err := tx.Exec(`UPDATE digests SET next_at = $4 WHERE company_id = $1 AND user_id = $2 AND next_at = $3`, user, at, next)
	return n == 1, err
}

// freshNotifications is what somebody has not read, and was told since a time, newest first.
func freshNotifications(tx *db.Tx, user int64, since db.Time, limit int) ([]Notification, error) {
	return db.All(tx, scan, `SELECT `+columns+` FROM notifications WHERE company_id = $1 AND user_id = $2 AND inbox AND read_at IS NULL AND created_at >= $3
		ORDER BY id DESC LIMIT $4`, user, since, limit)
}

// where is a query's condition, and its parameters from $2 on.
func (q SentQuery) where() (text string, args []any) {
	text = `company_id = $1`
	if q.User.Set {
		args = append(args, q.User.V)
		text += fmt.Sprintf(` AND user_id = $%d`, len(args)+1)
	}
	if q.Task.Set {
		args = append(args, q.Task.V)
		text += fmt.Sprintf(` AND task_id = $%d`, len(args)+1)
	}
	if q.Kind != "" {
		args = append(args, q.Kind)
		text += fmt.Sprintf(` AND kind = $%d`, len(args)+1)
	}
	if q.Mail != "" {
		args = append(args, q.Mail)
		text += fmt.Sprintf(` AND mail = $%d`, len(args)+1)
	}
	for _, word := range db.SearchWords(q.Search) {
		args = append(args, word)
		text += fmt.Sprintf(` AND (CASE WHEN search_text = '' THEN lower(message) ELSE search_text END) LIKE $%d ESCAPE '\'`, len(args)+1)
	}
	return text, args
}

func countSent(tx *db.Tx, q SentQuery) (int64, error) {
	where, args := q.where()
	return db.One(tx, scanInt, `SELECT count(*) FROM notifications WHERE `+where, args...)
}

// sentColumns are a notification's in the order that scanSent reads them.
const sentColumns = `id, user_id, kind, message, task_id, seq, inbox, read_at, mail, created_at, sent_at`

func scanSent(r db.Row, v *Sent) error {
	var read, sent db.Time
	err := r.Scan(&v.ID, &v.User, (*string)(&v.Kind), &v.Message, &v.Task, &v.Event, &v.Inbox, &read, &v.Mail, &v.CreatedAt, &sent)
	v.Read = read != 0
	if sent != 0 {
		v.SentAt = &sent
	}
	return err
}

func findSent(tx *db.Tx, id int64) (Sent, error) {
	return db.One(tx, scanSent, `SELECT `+sentColumns+` FROM notifications WHERE company_id = $1 AND inbox AND id = $2`, id)
}

func listSent(tx *db.Tx, q SentQuery, p page.Slice) ([]Sent, error) {
	where, args := q.where()
	slice, args := p.SQL("id", 2, args)
	return db.All(tx, scanSent, `SELECT `+sentColumns+` FROM notifications WHERE `+where+slice, args...)
}
