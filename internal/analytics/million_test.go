package analytics_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/task"
)

var many = flag.Int("many", 1_000_000, "how many tasks BenchmarkMillion has")

const crowd = 50 // members

// BenchmarkMillion reads reports of a company with a million tasks, three million events over a year and fifty members,
// while four writers write. It fails when a report takes more than a second, and runs for minutes:
//
//	go test ./internal/analytics -run '^$' -bench Million -benchtime 1x -timeout 30m
func BenchmarkMillion(b *testing.B) {
	for _, engine := range dbtest.Engines {
		b.Run(engine, func(b *testing.B) { million(b, engine) })
	}
}

func million(b *testing.B, engine string) {
	ctx := b.Context()
	o := dbtest.Fresh(b, engine)
	var offset atomic.Int64 // of the clock: the company was founded before its tasks
	offset.Store(int64(-366 * 24 * time.Hour))
	o.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	h := open(b, o)
	owner, id, err := h.register(ctx, "owner", "Large")
	must(b, err)
	offset.Store(0)
	people := fillMembers(b, h, id, owner)
	began := time.Now()
	first := h.seqOf(b, id)
	fillLog(b, h, o, id, people, first)
	b.Logf("%d tasks and their events written in %v", *many, time.Since(began).Round(time.Second))
	began = time.Now()
	events := h.foldAll(b, id, 5000)
	b.Logf("%d events counted in %v, %v each", events, time.Since(began).Round(time.Second),
		time.Since(began)/time.Duration(events))

	must(b, h.as(ctx, id, owner, func(who account.Caller) error {
		for range 100 {
			_, err := h.tasks.Create(ctx, who, task.New{Fields: task.Fields{Title: form.Sent("another")}}, event.Once{})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	began = time.Now()
	must(b, analytics.Follower.CatchUpNow(ctx, h.db, id, time.Minute))
	b.Logf("a step of 100 events: %v", time.Since(began))
	var stop atomic.Bool
	run, cancel := context.WithCancel(ctx)
	followers := event.NewFollowers(h.db, slog.New(slog.DiscardHandler), analytics.Follower)
	h.tasks.Log.OnCommit(followers.Wake)
	var beside, writers sync.WaitGroup
	beside.Go(func() { followers.Run(run) })
	var mu sync.Mutex
	var writes []time.Duration
	for range 4 {
		writers.Go(func() {
			err := h.as(ctx, id, owner, func(who account.Caller) error {
				for !stop.Load() {
					at := time.Now()
					_, err := h.tasks.Create(ctx, who, task.New{Fields: task.Fields{Title: form.Sent("another")}},
						event.Once{})
					if err != nil {
						return err
					}
					mu.Lock()
					writes = append(writes, time.Since(at))
					mu.Unlock()
				}
				return nil
			})
			if err != nil {
				b.Error(err)
			}
		})
	}
	taken := func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		w := writes
		writes = nil
		return w
	}
	wait := func(n int) { // until so many writes are done
		for {
			mu.Lock()
			enough := len(writes) >= n
			mu.Unlock()
			if enough || b.Failed() {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
	wait(2000)
	b.Logf("writes without reports: %s", spreadOf(taken()))
	ago := func(days int) *time.Time { t := time.Now().AddDate(0, 0, -days); return &t }
	for _, q := range []struct {
		name string
		analytics.Query
	}{
		{"30 days", analytics.Query{Days: 30}},
		{"366 days", analytics.Query{Days: 366, Zone: "Europe/Berlin"}},
		{"30 days as of a week ago", analytics.Query{Days: 30, AsOf: ago(7)}},
		{"30 days as of 300 days ago", analytics.Query{Days: 30, AsOf: ago(300)}},
		{"366 days as of 200 days ago", analytics.Query{Days: 366, AsOf: ago(200)}},
	} {
		var took []time.Duration
		for range 15 {
			at := time.Now()
			err := h.as(ctx, id, owner,
				func(who account.Caller) error { _, err := h.figures.Of(ctx, who, q.Query); return err })
			must(b, err)
			took = append(took, time.Since(at))
		}
		b.Logf("%-28s %s; writes meanwhile: %s", q.name+":", spreadOf(took), spreadOf(taken()))
		if slowest := slices.Max(took); slowest > time.Second {
			b.Errorf("%s: %v", q.name, slowest)
		}
	}
	stop.Store(true)
	writers.Wait()
	cancel()
	beside.Wait()
}

func spreadOf(ds []time.Duration) string {
	if len(ds) == 0 {
		return "none"
	}
	slices.Sort(ds)
	at := func(share float64) time.Duration {
		return ds[int(share*float64(len(ds)-1))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("%d, median %v, p99 %v, most %v", len(ds), at(0.5), at(0.99), at(1))
}

func (h *house) seqOf(t fataler, id int64) (seq int64) {
	must(t, h.db.SystemScope(id, "a test").Read(context.Background(), func(tx *db.Tx) error {
		head, err := event.HeadOf(tx)
		seq = head.Seq
		return err
	}))
	return seq
}

// foldAll counts the whole log in larger steps than the follower's, and moves the follower's cursor.
func (h *house) foldAll(t fataler, id int64, step int) (events int) {
	for seq := int64(0); ; {
		n := 0
		must(t, h.db.SystemScope(id, "a test").Write(context.Background(), func(tx *db.Tx) error {
			entries, err := event.Since(tx, seq, step)
			if n = len(entries); err != nil || n == 0 {
				return err
			}
			seq = entries[n-1].Seq
			if err := analytics.Follower.Do(tx, entries); err != nil {
				return err
			}
			_, err = tx.Exec(`INSERT INTO cursors (company_id, name, seq) VALUES ($1, 'analytics', $2)
				ON CONFLICT (company_id, name) DO UPDATE SET seq = excluded.seq`, seq)
			return err
		}))
		if events += n; n == 0 {
			return events
		}
	}
}

// fillMembers inserts people directly, without the services.
func fillMembers(t fataler, h *house, id, owner int64) (people []int64) {
	people = []int64{owner}
	must(t, h.db.System("members of a test").Write(context.Background(), func(tx *db.SystemTx) error {
		for i := range crowd - 1 {
			var user int64
			name := fmt.Sprint("member", i)
			read := func(r db.Row) error { return r.Scan(&user) }
			if err := tx.Query(read, `INSERT INTO users (username, username_key, password, created_at)
				VALUES ($1, $1, '', $2) RETURNING id`, name, tx.Now); err != nil {
				return err
			}
			people = append(people, user)
			if _, err := tx.Exec(`INSERT INTO members
				(company_id, user_id, username, email, role, state, search_text, joined_at)
				VALUES ($1, $2, $3, '', 'member', 'active', $3, $4)`, id, user, name, tx.Now); err != nil {
				return err
			}
		}
		return nil
	}))
	return people
}

// shuffle maps each 16,384 numbers in a row to the same numbers, in another order in each round.
func shuffle(i, round int) int { return i&^16383 | (i*(2*round+1)*4093+round*977)&16383 }

// fillLog inserts tasks and events directly and in bulk. Every task is created, most are started some days later, and
// most of those are completed later.
func fillLog(t fataler, h *house, o db.Options, id int64, people []int64, seq int64) {
	n := *many
	begin := time.Now().AddDate(-1, 0, 0)
	tick := 365 * 24 * time.Hour / time.Duration(n)
	const lag = 2 * 16384
	status := make([]string, n)
	row := func(kind event.Kind, i int, version int64, at db.Time, changes map[string]event.Change) []any {
		var assignee any
		if i%20 != 0 {
			assignee = people[i%len(people)]
		}
		data, err := json.Marshal(map[string]any{
			"id": i + 1, "title": fmt.Sprint("task ", i), "description": strings.Repeat("what is to be done. ", 10),
			"status": status[i], "assigned_to": assignee,
			"created_by": people[0], "company": id, "version": version,
		})
		must(t, err)
		c, err := json.Marshal(changes)
		must(t, err)
		seq++
		return []any{id, seq, string(kind), "task", int64(i + 1), version, int64(at), "", string(c), string(data)}
	}
	var batch [][]any
	columns := []string{
		"company_id", "seq", "kind", "subject", "subject_id", "version", "at", "message", "changes", "data",
	}
	for i := range n {
		at := db.At(begin.Add(time.Duration(i) * tick))
		status[i] = "todo"
		batch = append(batch, row(event.TaskCreated, i, 1, at, nil))
		change := func(j int, version int64, to string) {
			if j < 0 || j >= n {
				return
			}
			old := status[j]
			status[j] = to
			batch = append(batch,
				row(event.TaskUpdated, j, version, at, map[string]event.Change{"status": {Old: old, New: to}}))
		}
		if i >= lag {
			change(shuffle(i-lag, 1), 2, "in_progress")
		}
		if i >= 3*lag {
			if j := shuffle(i-3*lag, 2); j%10 == 9 {
				change(j, 3, "cancelled")
			} else if j%10 > 1 {
				change(j, 3, "done")
			}
		}
		if len(batch) >= 20_000 || i == n-1 {
			bulk(t, h, o, "events", columns, batch)
			batch = batch[:0]
		}
	}
	columns = []string{
		"company_id", "id", "title", "description", "search_text", "status", "assigned_to", "created_by", "version",
		"created_at", "updated_at",
	}
	for i := range n {
		var assignee any
		if i%20 != 0 {
			assignee = people[i%len(people)]
		}
		at := int64(db.At(begin.Add(time.Duration(i) * tick)))
		batch = append(batch,
			[]any{id, int64(i + 1), fmt.Sprint("task ", i), "", "", status[i], assignee, people[0], int64(3), at, at})
		if len(batch) >= 20_000 || i == n-1 {
			bulk(t, h, o, "tasks", columns, batch)
			batch = batch[:0]
		}
	}
	if h.db.Engine() == "postgres" {
		c := dbtest.Admin(t.(testing.TB), o)
		_, err := c.Exec(context.Background(), `SELECT setval(pg_get_serial_sequence('tasks', 'id'), $1)`, int64(n))
		must(t, err)
		must(t, c.Close(context.Background()))
	}
	must(t, h.db.System("the head of a test").Write(context.Background(), func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE heads SET seq = $2 WHERE company_id = $1`, id, seq)
		return err
	}))
}

func bulk(t fataler, h *house, o db.Options, table string, columns []string, rows [][]any) {
	if h.db.Engine() == "postgres" {
		c := dbtest.Admin(t.(testing.TB), o)
		_, err := c.CopyFrom(context.Background(), pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		must(t, err)
		must(t, c.Close(context.Background()))
		return
	}
	sql := `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES (`
	for i := range columns {
		sql += fmt.Sprintf("$%d, ", i+1)
	}
	sql = strings.TrimSuffix(sql, ", ") + `)`
	must(t, h.db.System("rows of a test").Write(context.Background(), func(tx *db.SystemTx) error {
		for _, r := range rows {
			if _, err := tx.Exec(sql, r...); err != nil {
				return err
			}
		}
		return nil
	}))
}
