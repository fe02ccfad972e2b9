// Package job does durable work outside the database: an e-mail, later a webhook or an import.
//
// A job is enqueued in the transaction of whatever causes it, so it is there if and only if that was committed. It runs at
// least once: a worker holds it by a lease, and when the worker dies another one runs it again. What a run has to record goes
// into the transaction that marks the job as done, so it is recorded once. A job that must be recognised when it is repeated
// outside carries a key.
//
// It is not for what stays in the database, which followers do (package event), exactly once. Both engines share this one
// runner; docs/decisions/0006 says why it is our own.
package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Kind is a sort of job and how it is run.
type Kind struct {
	Name     string
	Timeout  time.Duration // of one attempt: its context ends then
	Attempts int           // after so many failures it is dead
	// Run does the work outside and returns what to record of it, which may be nil: record runs in the transaction that marks
	// the job as done, and not at all when another worker has the job by then. Failures wrapped by Dead and Drop are final; any
	// other is tried again later.
	Run func(ctx context.Context, j Job) (record func(*db.Tx) error, err error)
}

// Job is one piece of work as its kind sees it.
type Job struct {
	Scope   db.Scope // of the company that the job belongs to
	ID      int64
	Kind    string
	Key     string
	Args    jsontext.Value
	Attempt int // from 1
	Origin  trace.Origin
}

// Read fills v with the job's arguments; what cannot be read never can.
func (j Job) Read(v any) error {
	if err := json.Unmarshal(j.Args, v); err != nil {
		return Dead(fmt.Errorf("read the arguments: %w", err))
	}
	return nil
}

// The states of a job.
const (
	Queued    = "queued"
	Running   = "running"
	Done      = "done"
	Failed    = "dead"      // given up; somebody has to look at it
	Cancelled = "cancelled" // there was nothing to do any longer
)

// States are all of them.
var States = []string{Queued, Running, Done, Failed, Cancelled}

// final is a failure after which the job is not tried again.
type final struct {
	state string
	error
}

func (f final) Unwrap() error { return f.error }

// Dead says that trying again is of no use and that somebody should see it.
func Dead(err error) error { return final{Failed, err} }

// Drop says that there is nothing to do any longer, and why; the reason stays with the job.
func Drop(reason string) error { return final{Cancelled, errors.New(reason)} }

// IsFinal reports whether err is a failure after which a job is not tried again.
func IsFinal(err error) bool { return errors.As(err, new(final)) }

// Queue is where jobs are enqueued in this process.
type Queue struct{ added chan struct{} }

// NewQueue makes a queue. A process that runs no workers has one too: others find the jobs.
func NewQueue() *Queue { return &Queue{added: make(chan struct{}, 1)} }

// Add enqueues a job for when tx is committed. A job of the same kind and key in the same company is there once only, whatever
// has become of it.
func (q *Queue) Add(tx *db.Tx, kind, key string, args any) error {
	return q.AddFrom(tx, tx.Origin(), kind, key, args)
}

// AddFrom is Add for a follower, whose jobs are seen in the trace of the event that they follow from.
func (q *Queue) AddFrom(tx *db.Tx, from trace.Origin, kind, key string, args any) error {
	b, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	tx.OnCommitted(q.wake)
	return tx.AtCommit(`INSERT INTO jobs (company_id, kind, key, args, state, due_at, created_at, trace) VALUES ($1, $2, $3, $4, 'queued', $5, $5, $6)
		ON CONFLICT DO NOTHING`, kind, key, string(b), tx.Now, string(from))
}

// wake tells this process's runner to look.
func (q *Queue) wake() {
	select {
	case q.added <- struct{}{}:
	default:
	}
}
