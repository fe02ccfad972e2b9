package event_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Both times of a comparison come from one run, so the test holds on a busy machine and under the race detector.
const (
	longLog = 100_000 // events in the log
	batch   = 5000    // events in a statement, which has five seconds, on a machine that is busy with other work too
	quicker = 4       // a filter must be this many times faster than reading the whole log
)

// wholeLog returns the time that it takes to read all of a company's log, the best of two.
func wholeLog(t *testing.T, d *db.DB, company int64) time.Duration {
	t.Helper()
	best := time.Hour
	for range 2 {
		began := time.Now()
		for after := int64(0); after < longLog; after += batch {
			if err := d.SystemScope(company, "a test").Read(t.Context(), func(tx *db.Tx) error {
				_, err := event.Since(tx, after, batch)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		best = min(best, time.Since(began))
	}
	return best
}

// TestFindInALongLog checks that every filter finds the same events as a scan of the whole log, and quickly.
func TestFindInALongLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id, other := company(t, d, "long"), company(t, d, "other")
		err := d.System("a test's log").Write(t.Context(), func(tx *db.SystemTx) error {
			for pace, c := range []int64{id, other} {
				// Of a thousand events one is about a job and one deletes a task. An event follows a second after the
				// one before, and two seconds in the other company.
				for from := 0; from < longLog; from += batch {
					_, err := tx.Exec(`INSERT INTO events
							(company_id, seq, kind, subject, subject_id, version, at, message, changes, data)
						WITH RECURSIVE n (i) AS (SELECT CAST($2 AS BIGINT) + 1
							UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT) + $3)
						SELECT CAST($1 AS BIGINT), i,
							CASE i % 1000 WHEN 7 THEN 'job_retried' WHEN 9 THEN 'task_deleted' ELSE 'task_updated' END,
							CASE i % 1000 WHEN 7 THEN 'job' ELSE 'task' END,
							i % 5000, 1, i * 1000000 * CAST($4 AS BIGINT), 'one line', '{}', '{}'
						FROM n`, c, from, batch, pace+1)
					if err != nil {
						return err
					}
				}
				if _, err := tx.Exec(`UPDATE heads SET seq = $2 WHERE company_id = $1`, c, longLog); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		whole := wholeLog(t, d, id)
		seconds := func(n int) db.Time { return db.Time(n) * 1_000_000 }
		subject, idle := int64(4242), int64(7)
		for _, c := range []struct {
			name   string
			f      event.Filter
			before int64 // 0: from the end
			count  int64
			first  []int64
		}{
			{"all", event.Filter{}, 0, longLog, []int64{100_000, 99_999, 99_998}},
			{"a rare kind", event.Filter{Kind: event.JobRetried}, 0, 100, []int64{99_007, 98_007, 97_007}},
			{"a rare kind from an older event on", event.Filter{Kind: event.TaskDeleted}, 1500, 100, []int64{1009, 9}},
			{"a kind without events", event.Filter{Kind: event.MemberRole}, 0, 0, nil},
			{"a common kind", event.Filter{Kind: event.TaskUpdated}, 0, 99_800, []int64{100_000, 99_999, 99_998}},
			{"a member who did nothing", event.Filter{Actor: &idle}, 0, 0, nil},
			{
				"one task",
				event.Filter{Subject: event.Task, SubjectID: &subject},
				0, 20,
				[]int64{99_242, 94_242, 89_242},
			},
			{"long ago", event.Filter{From: seconds(10), To: seconds(12)}, 0, 3, []int64{12, 11, 10}},
			{"between two events", event.Filter{From: seconds(10) + 1, To: seconds(11) - 1}, 0, 0, nil},
			{"before the first", event.Filter{To: seconds(1) - 1}, 0, 0, nil},
			{"after the last", event.Filter{From: seconds(longLog) + 1}, 0, 0, nil},
			{
				"a kind long ago",
				event.Filter{Kind: event.TaskDeleted, From: seconds(2000), To: seconds(4000)},
				0, 2,
				[]int64{3009, 2009},
			},
		} {
			t.Run(c.name, func(t *testing.T) {
				best := time.Hour
				for range 5 {
					began := time.Now()
					err := d.SystemScope(id, "a test").Read(t.Context(), func(tx *db.Tx) error {
						found, err := event.Find(tx, c.f)
						if err != nil {
							return err
						}
						part := page.First(page.Down, 3)
						if c.before != 0 {
							part.High = c.before - 1
						}
						entries, err := found.Rows(tx, part)
						var seqs []int64
						for _, e := range entries {
							seqs = append(seqs, e.Seq)
						}
						if err == nil && (found.Count != c.count || !slices.Equal(seqs, c.first)) {
							err = fmt.Errorf("%d in all, first %v; want %d, first %v",
								found.Count, seqs, c.count, c.first)
						}
						return err
					})
					if err != nil {
						t.Fatal(err)
					}
					best = min(best, time.Since(began))
				}
				if best > whole/quicker {
					t.Errorf("it took %v, and reading the whole log %v", best, whole)
				}
				t.Log(best, "of", whole)
			})
		}
	})
}
