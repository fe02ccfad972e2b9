package job

import (
	"context"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Backlog counts the jobs of one kind in one state.
type Backlog struct {
	Kind   string
	State  State
	Count  int64
	Oldest time.Duration // since the oldest of them was enqueued
}

// Backlogs returns the backlogs of all companies together. It leaves out jobs that are done or cancelled: they are the
// most, and need no attention.
func Backlogs(ctx context.Context, d *db.DB) ([]Backlog, error) {
	return db.Read(ctx, d.System("the backlog of all companies' jobs"), func(tx *db.SystemTx) ([]Backlog, error) {
		return db.All(tx, func(r db.Row, b *Backlog) error {
			var since db.Time
			err := r.Scan(&b.Kind, (*string)(&b.State), &b.Count, &since)
			b.Oldest = max(0, time.Duration(tx.Now-since)*time.Microsecond)
			return err
		}, `SELECT kind, state, count(*), min(created_at) FROM jobs WHERE due_at IS NOT NULL GROUP BY kind, state
			UNION ALL
			SELECT kind, state, count(*), min(created_at) FROM jobs WHERE finished_at IS NOT NULL AND state = 'dead'
			GROUP BY kind, state`)
	})
}

// How long finished jobs are kept.
const (
	doneRetention   = 24 * time.Hour
	failedRetention = 30 * 24 * time.Hour // dead and cancelled
)

// Forget deletes the jobs of all companies that finished long ago.
func Forget(ctx context.Context, d *db.DB) error {
	return d.System("the housekeeper sweeps all companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM jobs WHERE finished_at < $1 AND (state = 'done' OR finished_at < $2)`,
			tx.Now.Add(-doneRetention), tx.Now.Add(-failedRetention))
		return err
	})
}
