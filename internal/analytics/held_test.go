package analytics_test

import (
	"context"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/task"
)

// R18: while a report is read, writers write and the follower counts; the report is of one state.
func TestThreat_R18_ReportsHoldNobodyUp(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			h := open(t, dbtest.Fresh(t, engine))
			owner, id, err := h.register(ctx, "ada", "Acme")
			must(t, err)
			create := func() {
				must(t, h.as(ctx, id, owner, func(who account.Caller) error {
					_, err := h.tasks.Create(ctx, who, task.New{Fields: task.Fields{Title: form.Sent("a task")}},
						event.Once{})
					return err
				}))
			}
			create()
			must(t, analytics.Follower.CatchUpNow(ctx, h.db, id, time.Second))
			before, written := h.seqOf(t, id), false
			seq, err := analytics.Held(ctx, h.db.SystemScope(id, "a test"), h.db.Now().Std(), func() {
				create()
				must(t, analytics.Follower.CatchUpNow(ctx, h.db, id, time.Second))
				written = true
			})
			must(t, err)
			if !written || seq != before {
				t.Errorf("the figures are of event %d, want %d; written meanwhile: %v", seq, before, written)
			}
			var cursor int64
			must(t, h.db.SystemScope(id, "a test").Read(ctx, func(tx *db.Tx) error {
				return tx.Query(func(r db.Row) error { return r.Scan(&cursor) },
					`SELECT seq FROM cursors WHERE company_id = $1 AND name = 'analytics'`)
			}))
			if cursor != before+1 {
				t.Errorf("counted up to %d meanwhile, want %d", cursor, before+1)
			}
		})
	}
}
