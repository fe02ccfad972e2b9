package job

import (
	"context"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// share is how many jobs of a company are claimed.
type share struct {
	company int64
	n       int
}

// claimed is a job that this worker holds.
type claimed struct{ Job }

// outcome is what becomes of a job after an attempt.
type outcome struct {
	state     string
	reason    string
	wait      time.Duration // before the next attempt, of one that is queued again
	uncounted bool          // the attempt does not count
}

// maxReason bounds what is kept of an error, in bytes.
const maxReason = 4000

func unavailable(err error) bool { return fail.Is(err, fail.KindUnavailable) }

// waiting is the companies that have a job to be taken now, by their ids. It goes from company to company in the index: ten
// thousand jobs of one cost no more than one job.
func waiting(ctx context.Context, d *db.DB) (ids []int64, err error) {
	err = d.System("which companies have jobs to be run").Read(ctx, func(tx *db.SystemTx) error {
		ids = nil
		return tx.Query(func(r db.Row) error {
			var id int64
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		}, `WITH RECURSIVE c (id) AS (
				SELECT min(company_id) FROM jobs WHERE due_at IS NOT NULL
				UNION ALL
				SELECT (SELECT min(j.company_id) FROM jobs j WHERE j.due_at IS NOT NULL AND j.company_id > c.id) FROM c WHERE c.id IS NOT NULL
			)
			SELECT id FROM c WHERE id IS NOT NULL AND EXISTS (SELECT 1 FROM jobs j WHERE j.company_id = c.id AND j.due_at <= $1) ORDER BY id`, tx.Now)
	})
	return ids, err
}

// claim takes the oldest jobs of companies, as many as each one's share, for a worker and the length of a lease.
func claim(ctx context.Context, d *db.DB, worker string, shares []share, lease time.Duration) (jobs []claimed, err error) {
	err = d.System("a worker serves all companies").Write(ctx, func(tx *db.SystemTx) error {
		jobs = nil
		for _, s := range shares {
			err := tx.Query(func(r db.Row) error {
				var j claimed
				var args string
				err := r.Scan(&j.ID, &j.Kind, &j.Key, &args, &j.Attempt, (*string)(&j.Origin))
				j.Args, j.Scope = jsontext.Value(args), d.SystemScope(s.company, "a job that the company enqueued")
				jobs = append(jobs, j)
				return err
			}, `UPDATE jobs SET state = 'running', worker = $3, due_at = $4, attempts = attempts + 1
				WHERE company_id = $1 AND id IN (SELECT id FROM jobs WHERE company_id = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $5`+
				tx.Pick("", " FOR UPDATE SKIP LOCKED")+`)
				RETURNING id, kind, key, args, attempts, trace`, s.company, tx.Now, worker, tx.Now.Add(lease), s.n)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return jobs, err
}

// extend moves the end of a worker's leases.
func extend(ctx context.Context, d *db.DB, worker string, lease time.Duration) error {
	return d.System("a worker serves all companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE jobs SET due_at = $2 WHERE worker = $1 AND state = 'running'`, worker, tx.Now.Add(lease))
		return err
	})
}

// release ends all leases.
func release(ctx context.Context, d *db.DB) error {
	return d.System("the jobs of a process that is gone").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE jobs SET due_at = $1 WHERE state = 'running'`, tx.Now)
		return err
	})
}

// settle stores what became of a job, together with what its kind records, unless it is another worker's by now (mine).
func settle(ctx context.Context, worker string, j claimed, end outcome, record func(*db.Tx) error) (mine bool, err error) {
	err = j.Scope.Write(ctx, func(tx *db.Tx) error {
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
		n, err := tx.Exec(`UPDATE jobs SET state = $5, due_at = $6, finished_at = $7, error = $8, attempts = attempts - $9, worker = ''
			WHERE company_id = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND state = 'running'`,
			j.ID, worker, j.Attempt, end.state, due, finished, cut(end.reason), uncounted)
		mine = n == 1
		if err != nil || !mine || record == nil {
			return err
		}
		return record(tx)
	})
	return mine, err
}

// cut is as much of a reason as is kept; PostgreSQL stores no NUL and no half characters.
func cut(s string) string {
	if len(s) > maxReason {
		s = s[:maxReason]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
}

// Row is a job as people look at it.
type Row struct {
	Company, ID int64
	Kind, Key   string
	State       string
	Attempts    int
	DueAt       db.Time // 0: never
	CreatedAt   db.Time
	FinishedAt  db.Time // 0: not yet
	Error       string
}

// List is the newest jobs of all companies, of one state or (empty) of all.
func List(ctx context.Context, d *db.DB, state string, limit int) (rows []Row, err error) {
	err = d.System("an operator looks at all companies' jobs").Read(ctx, func(tx *db.SystemTx) error {
		rows = nil
		return tx.Query(func(r db.Row) error {
			var v Row
			err := scanRow(r, &v)
			rows = append(rows, v)
			return err
		}, `SELECT `+row+` FROM jobs
			WHERE ($1 = '' OR state = $1) ORDER BY id DESC LIMIT $2`, state, limit)
	})
	return rows, err
}

// How long finished jobs are kept.
const (
	keepDone   = 24 * time.Hour
	keepFailed = 30 * 24 * time.Hour
)

// Forget deletes jobs of all companies that finished long ago.
func Forget(ctx context.Context, d *db.DB) error {
	return d.System("the housekeeper sweeps all companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM jobs WHERE finished_at < $1 AND (state = 'done' OR finished_at < $2)`,
			tx.Now.Add(-keepDone), tx.Now.Add(-keepFailed))
		return err
	})
}
