package job

import (
	"context"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// row lists the columns of a Row in the order that scanRow reads them.
const row = `company_id, id, kind, key, state, attempts, due_at, created_at, finished_at, error`

func scanRow(r db.Row, v *Row) error {
	return r.Scan(&v.Company, &v.ID, &v.Kind, &v.Key, &v.State, &v.Attempts, &v.DueAt, &v.CreatedAt, &v.FinishedAt, &v.Error)
}

// Query is which jobs of all companies are looked for. What is empty or 0 is any.
type Query struct {
	State, Kind string
	Company     int64
	Search      string // words that all occur in the kind, the key or the error; capitals make no difference in ASCII
}

// where is the query's condition and its parameters from $1 on.
func (q Query) where() (text string, args []any) {
	text = `TRUE`
	and := func(condition string, v any) {
		args = append(args, v)
		text += fmt.Sprintf(` AND `+condition, len(args))
	}
	if q.State != "" {
		and(`state = $%d`, q.State)
	}
	if q.Kind != "" {
		and(`kind = $%d`, q.Kind)
	}
	if q.Company != 0 {
		and(`company_id = $%d`, q.Company)
	}
	for _, word := range db.SearchWords(q.Search) {
		and(`lower(kind || ' ' || key || ' ' || error) LIKE $%d ESCAPE '\'`, word)
	}
	return text, args
}

// Count is how many jobs of all companies there are.
func Count(ctx context.Context, d *db.DB, q Query) (n int64, err error) {
	err = d.System("an operator looks at all companies' jobs").Read(ctx, func(tx *db.SystemTx) error {
		where, args := q.where()
		return tx.Query(func(r db.Row) error { return r.Scan(&n) }, `SELECT count(*) FROM jobs WHERE `+where, args...)
	})
	return n, err
}

// Page is a slice of the same jobs, by their ids.
func Page(ctx context.Context, d *db.DB, q Query, p page.Slice) (rows []Row, err error) {
	where, args := q.where()
	slice, args := p.SQL("id", 1, args)
	err = d.System("an operator looks at all companies' jobs").Read(ctx, func(tx *db.SystemTx) error {
		rows = nil
		return tx.Query(func(r db.Row) error {
			var v Row
			err := scanRow(r, &v)
			rows = append(rows, v)
			return err
		}, `SELECT `+row+` FROM jobs WHERE `+where+slice, args...)
	})
	return rows, err
}

// Find is one job, whatever its company.
func Find(ctx context.Context, d *db.DB, id int64) (v Row, err error) {
	err = d.System("an operator looks at all companies' jobs").Read(ctx, func(tx *db.SystemTx) error {
		found := false
		err := tx.Query(func(r db.Row) error { found = true; return scanRow(r, &v) }, `SELECT `+row+` FROM jobs WHERE id = $1`, id)
		if err == nil && !found {
			err = fail.NotFound()
		}
		return err
	})
	return v, err
}

// Treatment is what an operator does to a job in its company, as an event in that company's log.
type Treatment func(ctx context.Context, log *event.Log, company db.Scope, id int64) error

// RetryFor is Retry as an event. A job that was not given up is fail.Conflict.
func RetryFor(ctx context.Context, log *event.Log, company db.Scope, id int64) error {
	return treat(ctx, log, company, id, event.JobRetried, "A job was queued again: ", "This job was not given up.",
		`UPDATE jobs SET state = 'queued', attempts = 0, due_at = $3, finished_at = NULL
		WHERE company_id = $1 AND id = $2 AND state IN ('dead', 'cancelled') RETURNING kind, state`)
}

// CancelFor is Cancel as an event. A job that has ended is fail.Conflict.
func CancelFor(ctx context.Context, log *event.Log, company db.Scope, id int64) error {
	return treat(ctx, log, company, id, event.JobCancelled, "A job was cancelled: ", "This job has ended.",
		`UPDATE jobs SET state = 'cancelled', due_at = NULL, finished_at = $3, error = 'cancelled by an operator', worker = ''
		WHERE company_id = $1 AND id = $2 AND state IN ('queued', 'running') RETURNING kind, state`)
}

// Retry is RetryFor from a shell, where nobody is known who does it. fail.NotFound: there is no such job.
func Retry(ctx context.Context, d *db.DB, id int64) error { return fromShell(ctx, d, id, RetryFor) }

// Cancel is CancelFor from a shell.
func Cancel(ctx context.Context, d *db.DB, id int64) error { return fromShell(ctx, d, id, CancelFor) }

func fromShell(ctx context.Context, d *db.DB, id int64, do Treatment) error {
	r, err := Find(ctx, d, id)
	if err != nil {
		return err
	}
	return do(ctx, &event.Log{}, d.SystemScope(r.Company, "a command on the machine itself"), id)
}

// public is of a job what every member may see in the log: not whom it concerns.
type public struct {
	ID    int64  `json:"id"`
	Kind  string `json:"kind"`
	State string `json:"state"`
}

func treat(ctx context.Context, log *event.Log, company db.Scope, id int64, k event.Kind, message, refusal, sql string) error {
	return log.Record(ctx, company, func(tx *db.Tx) (event.Event, error) {
		p, err := db.One(tx, func(r db.Row, v *public) error { return r.Scan(&v.Kind, &v.State) }, sql, id, tx.Now)
		if fail.Is(err, fail.KindNotFound) {
			err = fail.Conflict("%s", refusal)
		}
		p.ID = id
		return event.Event{Kind: k, ID: id, Message: message + p.Kind, Data: p}, err
	})
}

// Backlog is how many jobs of a kind are in a state, and how old the oldest of them is.
type Backlog struct {
	Kind, State string
	Count       int64
	Oldest      time.Duration
}

// Backlogs are those of all companies. Jobs that are done are left out: they are most, and nothing is to be seen in them.
func Backlogs(ctx context.Context, d *db.DB) (out []Backlog, err error) {
	err = d.System("the backlog of all companies' jobs").Read(ctx, func(tx *db.SystemTx) error {
		out = nil
		return tx.Query(func(r db.Row) error {
			var b Backlog
			var since db.Time
			err := r.Scan(&b.Kind, &b.State, &b.Count, &since)
			b.Oldest = max(0, time.Duration(tx.Now-since)*time.Microsecond)
			out = append(out, b)
			return err
		}, `SELECT kind, state, count(*), min(created_at) FROM jobs WHERE due_at IS NOT NULL GROUP BY kind, state
			UNION ALL SELECT kind, state, count(*), min(created_at) FROM jobs WHERE finished_at IS NOT NULL AND state = 'dead' GROUP BY kind, state`)
	})
	return out, err
}
