// Package job runs durable work outside the database, such as sending an e-mail.
//
// A job is enqueued in the transaction of its cause, so it exists if and only if that transaction was committed. It
// runs at least once: a worker holds it by a lease, and when the worker dies another one runs it again. The record of a
// run is written in the transaction that marks the job as done, so it is recorded once. A job's key is an idempotency
// key: it lets the system that the job calls recognise a repetition.
//
// It is not for work inside the database: followers do that exactly once (package event). Both engines share this one
// runner; docs/decisions/0006 explains why it is our own.
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

// Kind describes how the jobs of one name run.
type Kind struct {
	Name     string
	Timeout  time.Duration // of one attempt: its context ends then
	Attempts int           // after so many failures the job is dead
	// Run does the work outside the database and returns record, which may be nil. record runs in the transaction that
	// marks the job as done. It does not run when another worker has taken the job over in the meantime. Failures
	// wrapped by Dead and Drop are final; any other failure leads to a retry.
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

// Read decodes the job's arguments into v. A failure is Dead, because a retry would read the same arguments.
func (j Job) Read(v any) error {
	if err := json.Unmarshal(j.Args, v); err != nil {
		return Dead(fmt.Errorf("read the arguments: %w", err))
	}
	return nil
}

// State says how far a job is.
type State string

// The states of a job.
const (
	Queued     State = "queued"
	Running    State = "running"
	Done       State = "done"
	DeadLetter State = "dead"      // no retry is left, or a retry would not help: an operator has to look at it
	Cancelled  State = "cancelled" // there was nothing left to do, or an operator cancelled it
)

// Values lists every state.
func (State) Values() []string {
	return []string{string(Queued), string(Running), string(Done), string(DeadLetter), string(Cancelled)}
}

// final is a failure after which the job is not tried again.
type final struct {
	state State
	error
}

func (f final) Unwrap() error { return f.error }

// Dead marks err as a failure that a retry cannot mend and that an operator has to look at.
func Dead(err error) error { return final{DeadLetter, err} }

// Drop returns a failure that cancels the job because there is nothing left to do. The reason is stored with the job.
func Drop(reason string) error { return final{Cancelled, errors.New(reason)} }

// IsFinal reports whether err is a failure after which a job is not tried again.
func IsFinal(err error) bool { return errors.As(err, new(final)) }

// Queue enqueues jobs and wakes the runner of this process.
type Queue struct{ added chan struct{} }

// NewQueue returns a queue. A process without workers has one too; the runners of other processes find its jobs by
// polling.
func NewQueue() *Queue { return &Queue{added: make(chan struct{}, 1)} }

// Add enqueues a job in tx. A second job with the same kind and key in the same company is ignored, in whatever state
// the first one is.
func (q *Queue) Add(tx *db.Tx, kind, key string, args any) error {
	return q.AddFrom(tx, tx.Origin(), kind, key, args)
}

// AddFrom does the same as Add for a follower, whose jobs belong to the trace of the event that caused them.
func (q *Queue) AddFrom(tx *db.Tx, from trace.Origin, kind, key string, args any) error {
	return q.AddAt(tx, from, kind, key, args, tx.Now)
}

// AddAt does the same as AddFrom for a job that runs at due.
func (q *Queue) AddAt(tx *db.Tx, from trace.Origin, kind, key string, args any, due db.Time) error {
	b, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	tx.OnCommitted(q.wake)
	return tx.AtCommit(`INSERT INTO jobs (company_id, kind, key, args, state, due_at, created_at, trace)
		VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7) ON CONFLICT DO NOTHING`,
		kind, key, string(b), due, tx.Now, string(from))
}

// Pending is a job that has not been tried yet, and may still collect work.
type Pending struct {
	ID      int64
	Args    jsontext.Value
	Created db.Time
}

// FindPending returns the job of a kind whose key begins with a prefix and that has not been tried yet. If there is
// none, it returns fail.NotFound.
func FindPending(tx *db.Tx, kind, prefix string) (Pending, error) {
	return db.One(tx, func(r db.Row, p *Pending) error {
		var args string
		err := r.Scan(&p.ID, &args, &p.Created)
		p.Args = jsontext.Value(args)
		return err
	}, `SELECT id, args, created_at FROM jobs
		WHERE company_id = $1 AND kind = $2 AND key >= $3 AND key < $4 AND state = 'queued' AND attempts = 0
		ORDER BY id DESC LIMIT 1`, kind, prefix, prefix+"\u007f")
}

// Replace gives a pending job other arguments, and runs it at due. It reports false if a worker has just claimed the
// job.
func (q *Queue) Replace(tx *db.Tx, p Pending, args any, due db.Time) (bool, error) {
	b, err := json.Marshal(args)
	if err != nil {
		return false, fmt.Errorf("enqueue more work: %w", err)
	}
	tx.OnCommitted(q.wake)
	n, err := tx.Exec(`UPDATE jobs SET args = $3, due_at = $4
		WHERE company_id = $1 AND id = $2 AND state = 'queued' AND attempts = 0`, p.ID, string(b), due)
	return n == 1, err
}

// wake makes this process's runner look for jobs now.
func (q *Queue) wake() {
	select {
	case q.added <- struct{}{}:
	default:
	}
}
