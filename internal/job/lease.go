package job

import (
	"context"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
)

// quota is how many jobs of a company are claimed.
type quota struct {
	company int64
	n       int
}

// claimed is a job that this worker holds.
type claimed struct{ Job }

// outcome is the result of an attempt.
type outcome struct {
	state     State
	reason    string
	wait      time.Duration // before the retry, if the job is queued again
	uncounted bool          // the attempt does not count
}

// maxReasonBytes bounds how much of an error is stored with a job.
const maxReasonBytes = 4000

// waitingCompanies returns the companies that have a job to be run now, by id. It goes from company to company in the
// index: ten thousand jobs of one company cost no more than one job.
func waitingCompanies(ctx context.Context, d *db.DB) ([]int64, error) {
	return db.Read(ctx, d.System("which companies have jobs to be run"), func(tx *db.SystemTx) ([]int64, error) {
		return db.All(tx, db.Column[int64], `WITH RECURSIVE c (id) AS (
				SELECT min(company_id) FROM jobs WHERE due_at IS NOT NULL
				UNION ALL
				SELECT (SELECT min(j.company_id) FROM jobs j WHERE j.due_at IS NOT NULL AND j.company_id > c.id)
				FROM c WHERE c.id IS NOT NULL
			)
			SELECT id FROM c
			WHERE id IS NOT NULL AND EXISTS (SELECT 1 FROM jobs j WHERE j.company_id = c.id AND j.due_at <= $1)
			ORDER BY id`, tx.Now)
	})
}

// claim takes the oldest jobs of each company, as many as its quota, for a worker and the length of a lease.
func claim(ctx context.Context, d *db.DB, worker string, quotas []quota, lease time.Duration) ([]claimed, error) {
	return db.Write(ctx, d.System("a worker serves all companies"), func(tx *db.SystemTx) (jobs []claimed, err error) {
		for _, s := range quotas {
			more, err := db.All(tx, func(r db.Row, j *claimed) error {
				var args string
				err := r.Scan(&j.ID, &j.Kind, &j.Key, &args, &j.Attempt, (*string)(&j.Origin))
				j.Args, j.Scope = jsontext.Value(args), d.SystemScope(s.company, "a job that the company enqueued")
				return err
			}, `UPDATE jobs SET state = 'running', worker = $3, due_at = $4, attempts = attempts + 1
				WHERE company_id = $1 AND id IN (
					SELECT id FROM jobs WHERE company_id = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $5`+
				tx.Pick("", " FOR UPDATE SKIP LOCKED")+`)
				RETURNING id, kind, key, args, attempts, trace`, s.company, tx.Now, worker, tx.Now.Add(lease), s.n)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, more...)
		}
		return jobs, nil
	})
}

// extendLeases renews the leases of a worker.
func extendLeases(ctx context.Context, d *db.DB, worker string, lease time.Duration) error {
	return d.System("a worker serves all companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE jobs SET due_at = $2
			WHERE worker = $1 AND state = 'running'`, worker, tx.Now.Add(lease))
		return err
	})
}

// endLeases ends the leases of all workers.
func endLeases(ctx context.Context, d *db.DB) error {
	return d.System("the jobs of a process that is gone").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE jobs SET due_at = $1 WHERE state = 'running'`, tx.Now)
		return err
	})
}

// settle stores the outcome of a job together with the record of its kind. It reports false and stores nothing if the
// worker no longer holds the job.
func settle(
	ctx context.Context, worker string, j claimed, end outcome, record func(*db.Tx) error,
) (held bool, err error) {
	return db.Write(ctx, j.Scope, func(tx *db.Tx) (held bool, err error) {
		var due, finished *db.Time
		uncounted := 0
		if end.state == Queued {
			at := tx.Now.Add(end.wait)
			due = &at
		} else {
			finished = &tx.Now
		}
		if end.uncounted {
			uncounted = 1
		}
		n, err := tx.Exec(`UPDATE jobs
			SET state = $5, due_at = $6, finished_at = $7, error = $8, attempts = attempts - $9, worker = ''
			WHERE company_id = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND state = 'running'`,
			j.ID, worker, j.Attempt, string(end.state), due, finished, storable(end.reason), uncounted)
		held = n == 1
		if err != nil || !held || record == nil {
			return held, err
		}
		return held, record(tx)
	})
}

// storable shortens a reason to maxReasonBytes and removes NUL and incomplete characters, which PostgreSQL does not
// store.
func storable(reason string) string {
	if len(reason) > maxReasonBytes {
		reason = reason[:maxReasonBytes]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(reason, "\x00", ""), "")
}
