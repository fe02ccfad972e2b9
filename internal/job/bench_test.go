package job_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/job"
)

// benched returns a new database of an engine with one company.
func benched(b *testing.B, engine string) (d *db.DB, company int64) {
	b.Helper()
	d = dbtest.New(b, engine)
	err := d.System("a benchmark's company").Write(b.Context(), func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&company) },
			`INSERT INTO companies (name, name_key, created_at, updated_at)
			VALUES ('acme', 'acme', $1, $1) RETURNING company_id`, tx.Now)
	})
	if err != nil {
		b.Fatal(err)
	}
	return d, company
}

// BenchmarkEnqueue enqueues a hundred jobs in one transaction, as a follower does; the figure is per job.
func BenchmarkEnqueue(b *testing.B) {
	for _, engine := range dbtest.Engines {
		b.Run(engine, func(b *testing.B) {
			d, company := benched(b, engine)
			q := job.NewQueue()
			for i := 0; i < b.N; i += 100 {
				err := d.SystemScope(company, "a test").Write(b.Context(), func(tx *db.Tx) error {
					for k := range min(100, b.N-i) {
						if err := q.Add(tx, "test", fmt.Sprint(i+k), 1); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRun claims, runs and settles jobs that do nothing.
func BenchmarkRun(b *testing.B) {
	for _, engine := range dbtest.Engines {
		b.Run(engine, func(b *testing.B) {
			d, company := benched(b, engine)
			err := d.SystemScope(company, "a test").Write(b.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO jobs (company_id, kind, key, args, state, due_at, created_at)
					SELECT $1, 'test', i || '', '1', 'queued', $2, $2
					FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3)
						SELECT i FROM n) AS numbers`, tx.Now, b.N)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			done := make(chan struct{}, b.N)
			r := &job.Runner{DB: d, Queue: job.NewQueue(), Log: slog.New(slog.DiscardHandler), Kinds: []job.Kind{{
				Name: "test", Timeout: waitLimit, Attempts: 1,
				Run: func(context.Context, job.Job) (func(*db.Tx) error, error) {
					return func(tx *db.Tx) error { tx.OnCommitted(func() { done <- struct{}{} }); return nil }, nil
				},
			}}}
			ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
			ended := make(chan struct{})
			b.ResetTimer()
			go func() { r.Run(ctx); close(ended) }()
			for range b.N {
				<-done
			}
			b.StopTimer()
			stop()
			<-ended
		})
	}
}
