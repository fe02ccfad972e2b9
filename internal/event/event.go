// Package event keeps each company's append-only log: each change with its author, the old and the new value.
//
// A change and its event are one transaction: every change happens inside Record, whose closure must return the event.
// The log numbers the events of a company from 1 without a gap, in the order of their commits. So a reader that asks
// for the events after its last number misses none. Live updates, history and notifications read this log and nothing
// else.
//
// It is not for bookkeeping (sessions, idempotency keys), which concerns no other reader and goes through Scope.Write.
package event

import (
	"context"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Event is one change, as the code that makes it describes it.
type Event struct {
	Kind    Kind
	ID      int64  // the subject's id
	Version int64  // the subject's version after the change; 0 where it has none
	Message string // one line for people: "New task created: Paint the fence"
	Changes Changes
	// Data is the subject's new state as every member of the company may see it: no e-mail address, no telephone
	// number, no token. A task's description that did not change may be null: see
	// compose.go.
	Data any
	// Seq, if not nil, receives the event's number once Record has returned.
	Seq *int64
}

// Changes holds the changed fields. A private field (an e-mail address) is named, and its values are null.
type Changes map[string]Change

// Change holds the old and the new value of one field.
type Change struct {
	Old any `json:"old"`
	New any `json:"new"`
}

// Private marks a changed field whose values not every member may see.
var Private = Change{}

// Set notes a field in c if it changed, and reports whether it did.
func Set[T comparable](c Changes, field string, old, now T) bool {
	if old == now {
		return false
	}
	c[field] = Change{Old: old, New: now}
	return true
}

// None is no event, for a closure that found nothing to change.
var None = Event{}

// Log records events and reads them.
type Log struct {
	// OfCommand says that a command on the machine makes the changes without an actor. They are acts of the
	// installation.
	OfCommand bool

	wake []func(company int64)
}

// OnCommit registers wake. After each commit that added to a company's log or changed rights in it, wake is called with
// the company's id: a hint without data. The call runs in the goroutine that committed, so it must not wait. Call
// OnCommit before the first change.
func (l *Log) OnCommit(wake func(company int64)) { l.wake = append(l.wake, wake) }

// OfCommands returns the same log for commands that run inside the process.
func (l *Log) OfCommands() *Log { return &Log{OfCommand: true, wake: l.wake} }

// Hint wakes the followers of the company once tx is committed, for a change that concerns them and is no event: a
// session ended.
func (l *Log) Hint(tx *db.Tx) {
	if len(l.wake) == 0 {
		return
	}
	company := tx.Company()
	tx.OnCommitted(func() {
		for _, wake := range l.wake {
			wake(company)
		}
	})
}

// Options change how Record works.
type Options struct {
	// Once makes a request that the client may repeat take effect once. The zero Once is a request that is not
	// repeated.
	Once Once
	// Answer points to the answer to the request, which fn fills. Record keeps it as JSON under Once.
	Answer any
	// Refresh runs on a repetition, with Answer as it was kept. It reads those parts again that the actor may no longer
	// see. nil: there are none.
	Refresh func(*db.Tx) error
}

// Record runs fn in one transaction of the company and adds the event or events that fn returns to its log. When Record
// returns nil, the change and its events are durable; when it returns an error, neither is there. None, or an empty
// slice, adds nothing. fn may run more than once: see db.Scope.Write.
//
// With Options.Once, the first request runs fn and keeps the answer for KeepAnswers. A repetition by the same actor
// runs nothing but Refresh. The same key with another request is fail.Reused. Of two requests at once, the second
// waits.
func Record[E Event | []Event](
	ctx context.Context, l *Log, s db.Scope, fn func(*db.Tx) (E, error), options ...Options,
) error {
	var o Options
	if len(options) > 0 {
		o = options[0]
	}
	return s.Write(ctx, func(tx *db.Tx) error {
		if done, err := o.replay(tx); done || err != nil {
			return err
		}
		made, err := fn(tx)
		if err != nil {
			return err
		}
		if err := o.keep(tx); err != nil {
			return err
		}
		return l.Append(tx, listOf(made)...)
	})
}

// listOf returns the result of Record's closure as a list.
func listOf[E Event | []Event](made E) []Event {
	switch v := any(&made).(type) {
	case *[]Event:
		return *v
	case *Event:
		if v.Kind != None.Kind {
			return []Event{*v}
		}
	}
	return nil
}

// Append adds events to the log of tx's company, for code that opened the transaction with SystemTx.In, such as a
// registration. Everything else uses Record.
func (l *Log) Append(tx *db.Tx, events ...Event) error {
	for i, e := range events {
		if err := appendOne(tx, e, i == 0); err != nil {
			return fmt.Errorf("record %s: %w", e.Kind, err)
		}
		if err := l.noteInside(tx, e); err != nil {
			return fmt.Errorf("note %s in the installation's log: %w", e.Kind, err)
		}
	}
	if len(events) > 0 {
		l.Hint(tx)
	}
	return nil
}

// appendOne writes one row. On PostgreSQL the statement that writes the row also takes its number, in the commit's
// round trip. If the head is at another epoch, it returns no number: seq would be NULL, which PostgreSQL rejects, and
// db reports ErrStale (translate in postgres.go). first says that this event compares the epoch. Later events of the
// transaction do not: the first one may have moved it.
func appendOne(tx *db.Tx, e Event, first bool) error {
	k, ok := kinds[e.Kind]
	if !ok {
		return fmt.Errorf("no such kind in event/kinds.go")
	}
	changes, err := encode(e.Changes)
	if err != nil {
		return err
	}
	data, err := encode(e.Data)
	if err != nil {
		return err
	}
	use := tx.TakeUse(len(e.Message)+len(changes)+len(data), k.grows)
	row := []any{
		string(e.Kind), k.subject, e.ID, known(tx.Actor()), e.Version, tx.Now, e.Message, changes, data,
		known(tx.Operator()), string(tx.Origin()),
	}
	if tx.SQLite() {
		seq, err := tx.TakeSeq(k.revokes, first, use)
		if err != nil {
			return err
		}
		if e.Seq != nil {
			*e.Seq = seq
		}
		_, err = tx.Exec(`INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at,
				message, changes, data, operator_id, trace)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, append([]any{seq}, row...)...)
		return err
	}
	epoch, bump := tx.Epoch(), 0
	if !first {
		epoch = -1
	}
	if k.revokes {
		bump = 1
	}
	var number func(db.Row) error
	if e.Seq != nil {
		number = func(r db.Row) error { return r.Scan(e.Seq) }
	}
	return tx.AtCommitFirst(number, appendEvent, append(append([]any{bump, epoch}, row...), use...)...)
}

// appendEvent is the statement of PostgreSQL that takes a number and writes the event's row.
var appendEvent = `WITH head AS (UPDATE heads SET seq = seq + 1, epoch = epoch + $2, ` + db.UsageSets(15) + `
		WHERE company_id = $1 AND (epoch = $3 OR $3 < 0) RETURNING seq)
	INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data,
		operator_id, trace)
	VALUES ($1, (SELECT seq FROM head), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING seq`

// known returns an id, or NULL if it is 0.
func known(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

func encode(v any) (string, error) {
	if c, ok := v.(Changes); ok && c == nil {
		return "{}", nil
	}
	b, err := page.Append(nil, v)
	return string(b), err
}

// Entry is an event as the log stores it.
type Entry struct {
	Seq       int64
	Kind      Kind
	SubjectID int64
	Actor     *int64 // nil: the system, or an operator
	Operator  *int64 // the operator, who acts from above the company; nil: a member or the system
	Version   int64
	At        db.Time
	Message   string
	Changes   jsontext.Value
	Data      jsontext.Value // of the Event; a description that did not change may be null: see compose.go
	Origin    trace.Origin   // the trace of the request, for the work that follows from it; clients never see it
}

// entry lists the columns of an Entry in the order that scan reads them.
const entry = `seq, kind, subject_id, actor_id, operator_id, version, at, message, changes, data, trace`

func scan(r db.Row, e *Entry) error {
	var changes, data string
	err := r.Scan(&e.Seq, (*string)(&e.Kind), &e.SubjectID, &e.Actor, &e.Operator, &e.Version, &e.At, &e.Message,
		&changes, &data, (*string)(&e.Origin))
	e.Changes, e.Data = jsontext.Value(changes), jsontext.Value(data)
	return err
}

// Since reads up to limit events after a number, in order.
func Since(tx *db.Tx, after int64, limit int) ([]Entry, error) {
	entries, err := stored(tx, after, limit)
	return compose(tx, entries, err)
}

// stored is Since without the texts that events leave out. Followers read it: they work inside a write, which on SQLite
// keeps all others waiting, and a text that did not change is no news.
func stored(tx *db.Tx, after int64, limit int) ([]Entry, error) {
	return db.All(tx, scan,
		`SELECT `+entry+` FROM events WHERE company_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, after, limit)
}

// Head is the state of a company's log: the number of its last event, 0 before the first, and the epoch of its rights
// (db.Scope).
type Head struct{ Seq, Epoch int64 }

// HeadOf reads the company's head.
func HeadOf(tx *db.Tx) (Head, error) {
	return db.One(tx, func(r db.Row, v *Head) error { return r.Scan(&v.Seq, &v.Epoch) },
		`SELECT seq, epoch FROM heads WHERE company_id = $1`)
}

// Heads reads the heads of several companies; one that does not exist is left out.
func Heads(tx *db.SystemTx, companies []int64) (map[int64]Head, error) {
	heads := make(map[int64]Head, len(companies))
	err := tx.Query(func(r db.Row) error {
		var id int64
		var h Head
		err := r.Scan(&id, &h.Seq, &h.Epoch)
		heads[id] = h
		return err
	}, `SELECT company_id, seq, epoch FROM heads WHERE company_id `+tx.OneOf("$1"), db.IDs(companies))
	return heads, err
}

// OfSubject reads all events of a subject after a number, in order.
func OfSubject(tx *db.Tx, subject string, id, after int64) ([]Entry, error) {
	entries, err := db.All(tx, scan, `SELECT `+entry+` FROM events
		WHERE company_id = $1 AND subject = $2 AND subject_id = $3 AND seq > $4 ORDER BY seq`, subject, id, after)
	return compose(tx, entries, err)
}

// HasLater reports whether an actor has made one of the next events after a number; 0 stands for the system.
func HasLater(tx *db.Tx, actor, after int64, next int64) (bool, error) {
	return db.One(tx, db.Column[bool], `SELECT EXISTS (SELECT 1 FROM events
		WHERE company_id = $1 AND seq > $2 AND seq <= $3 AND coalesce(actor_id, 0) = $4)`, after, after+next, actor)
}

// BySeqs reads the events with these numbers, the last one first. Numbers without an event are left out.
func BySeqs(tx *db.Tx, seqs []int64) ([]Entry, error) {
	entries, err := db.All(tx, scan,
		`SELECT `+entry+` FROM events WHERE company_id = $1 AND seq `+tx.OneOf("$2")+` ORDER BY seq DESC`, db.IDs(seqs))
	return compose(tx, entries, err)
}

// Mark is what identifies an event of the log, and how large it is.
type Mark struct {
	Seq       int64
	Kind      Kind
	SubjectID int64
	Bytes     int64 // stored
}

// Marks reads the marks of the events with these numbers, the last one first.
func Marks(tx *db.Tx, seqs []int64) ([]Mark, error) {
	return db.All(tx, func(r db.Row, m *Mark) error {
		return r.Scan(&m.Seq, (*string)(&m.Kind), &m.SubjectID, &m.Bytes)
	}, `SELECT seq, kind, subject_id, octet_length(changes) + octet_length(data) FROM events
		WHERE company_id = $1 AND seq `+tx.OneOf("$2")+` ORDER BY seq DESC`, db.IDs(seqs))
}

// PageOfSubject reads a page of a subject's events, by their numbers.
func PageOfSubject(tx *db.Tx, subject string, id int64, p page.Slice) ([]Entry, error) {
	var w db.Where
	w.And(`subject = ?`, subject)
	w.And(`subject_id = ?`, id)
	rows, args := w.Slice("seq", p)
	entries, err := db.All(tx, scan, `SELECT `+entry+` FROM events WHERE company_id = $1`+rows, args...)
	return compose(tx, entries, err)
}

// CountOfSubject counts the events of a subject.
func CountOfSubject(tx *db.Tx, subject string, id int64) (int64, error) {
	return db.One(tx, db.Column[int64],
		`SELECT count(*) FROM events WHERE company_id = $1 AND subject = $2 AND subject_id = $3`, subject, id)
}

// MarshalJSON returns the message that clients get, with the same bytes in every response and feed: type, seq, the
// subject under its own name, the changes, the actor (a member, an operator, or the system) and the time.
func (e Entry) MarshalJSON() ([]byte, error) {
	k := kinds[e.Kind]
	b := make([]byte, 0, 128+len(e.Message)+len(e.Changes)+len(e.Data))
	b = append(b, `{"type":`...)
	b, _ = jsontext.AppendQuote(b, string(e.Kind))
	b = fmt.Appendf(b, `,"seq":%d,"at":"`, e.Seq)
	b, _ = e.At.AppendText(b)
	b = append(b, `","actor":`...)
	b = appendID(b, e.Actor)
	b = append(b, `,"operator":`...)
	b = appendID(b, e.Operator)
	b = append(b, `,"message":`...)
	b, err := jsontext.AppendQuote(b, e.Message)
	if err != nil {
		return nil, err
	}
	b = append(b, `,"changes":`...)
	b = append(b, e.Changes...)
	b = append(b, ',')
	b, _ = jsontext.AppendQuote(b, k.subject)
	b = append(b, ':')
	b = append(b, e.Data...)
	return append(b, '}'), nil
}

func appendID(b []byte, id *int64) []byte {
	if id == nil {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, *id, 10)
}

// List returns a part of a company's log for pagination: up to limit events after a number.
func List(ctx context.Context, s db.Scope, after int64, limit int) (list *page.List[Entry], err error) {
	err = s.Read(ctx, func(tx *db.Tx) error {
		head, err := HeadOf(tx)
		if err != nil {
			return err
		}
		entries, err := Since(tx, after, limit)
		if err != nil {
			return err
		}
		next := ""
		if n := len(entries); n > 0 && entries[n-1].Seq < head.Seq {
			next = strconv.FormatInt(entries[n-1].Seq, 10)
		}
		list = page.After("after", head.Seq, entries, next, "")
		return nil
	})
	return list, err
}
