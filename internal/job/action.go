package job

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// Action changes a job of a company for an operator: Retry or Cancel. It records an event in that company's log.
type Action func(ctx context.Context, log *event.Log, company db.Scope, id int64) error

// Retry queues a dead or cancelled job again and resets its attempts. For a job in any other state, or of another
// company, it returns fail.Conflict.
func Retry(ctx context.Context, log *event.Log, company db.Scope, id int64) error {
	return change{
		event: event.JobRetried, message: "A job was queued again: ", refusal: "This job was not given up.",
		sql: `UPDATE jobs SET state = 'queued', attempts = 0, due_at = $3, finished_at = NULL
			WHERE company_id = $1 AND id = $2 AND state IN ('dead', 'cancelled') RETURNING kind, state`,
	}.record(ctx, log, company, id)
}

// Cancel cancels a queued or running job. For a job in any other state, or of another company, it returns
// fail.Conflict.
func Cancel(ctx context.Context, log *event.Log, company db.Scope, id int64) error {
	return change{
		event: event.JobCancelled, message: "A job was cancelled: ", refusal: "This job has ended.",
		sql: `UPDATE jobs
			SET state = 'cancelled', due_at = NULL, finished_at = $3, error = 'cancelled by an operator', worker = ''
			WHERE company_id = $1 AND id = $2 AND state IN ('queued', 'running') RETURNING kind, state`,
	}.record(ctx, log, company, id)
}

// FromShell does an action for a command line, where the operator is unknown. It returns fail.NotFound if there is no
// such job.
func FromShell(ctx context.Context, d *db.DB, id int64, do Action) error {
	r, err := Find(ctx, d, id)
	if err != nil {
		return err
	}
	return do(ctx, &event.Log{OfCommand: true}, d.SystemScope(r.Company, "a command on the machine itself"), id)
}

// change describes an action: its statement, its event and its refusal.
type change struct {
	event   event.Kind
	message string // of the event, before the job's kind
	refusal string // of fail.Conflict, if the statement changes no row
	sql     string // with $2 the job's id and $3 now; it returns kind and state
}

func (c change) record(ctx context.Context, log *event.Log, company db.Scope, id int64) error {
	return event.Record(ctx, log, company, func(tx *db.Tx) (event.Event, error) {
		scan := func(r db.Row, v *public) error { return r.Scan(&v.Kind, (*string)(&v.State)) }
		p, err := db.One(tx, scan, c.sql, id, tx.Now)
		if fail.Is(err, fail.KindNotFound) {
			err = fail.Conflict("%s", c.refusal)
		}
		p.ID = id
		return event.Event{Kind: c.event, ID: id, Message: c.message + p.Kind, Data: p}, err
	})
}

// public holds the fields of a job that every member may see in the log; the recipient is not among them.
type public struct {
	ID    int64  `json:"id"`
	Kind  string `json:"kind"`
	State State  `json:"state"`
}
