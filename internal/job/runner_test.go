package job_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// waitLimit bounds every wait for something that must happen.
const waitLimit = 30 * time.Second

// bench is a database with a clock that tests move, a queue, and companies.
type bench struct {
	t       *testing.T
	db      *db.DB
	queue   *job.Queue
	ahead   *atomic.Int64 // microseconds that the clock is ahead of the machine's
	company int64
}

func each(t *testing.T, fn func(t *testing.T, b *bench)) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			b := &bench{t: t, queue: job.NewQueue(), ahead: &atomic.Int64{}}
			o := dbtest.Fresh(t, engine)
			o.Now = func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load()) * time.Microsecond) }
			b.db = dbtest.Open(t, o)
			b.company = b.found("acme")
			fn(t, b)
		})
	}
}

func (b *bench) found(name string) (id int64) {
	b.t.Helper()
	err := b.db.System("a test's company").Write(b.t.Context(), func(tx *db.SystemTx) error {
		err := tx.Query(func(r db.Row) error { return r.Scan(&id) },
			`INSERT INTO companies (name, name_key, created_at, updated_at)
			VALUES ($1, $1, $2, $2) RETURNING company_id`, name, tx.Now)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO heads (company_id) VALUES ($1)`, id)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// add enqueues a job of the first company.
func (b *bench) add(kind, key string) {
	b.t.Helper()
	if err := b.db.SystemScope(b.company, "a test").Write(b.t.Context(),
		func(tx *db.Tx) error { return b.queue.Add(tx, kind, key, key) }); err != nil {
		b.t.Fatal(err)
	}
}

// run runs kinds until the test ends or stop is called.
func (b *bench) run(kinds []job.Kind, change ...func(*job.Runner)) (stop func()) {
	b.t.Helper()
	r := &job.Runner{
		DB: b.db, Queue: b.queue, Kinds: kinds, Log: slog.New(slog.DiscardHandler),
		Poll: 10 * time.Millisecond, Backoff: func(int) time.Duration { return 0 },
	}
	for _, fn := range change {
		fn(r)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.t.Context()))
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	b.t.Cleanup(stop)
	return stop
}

// row returns the only job with a key.
func (b *bench) row(key string) (v job.Row) {
	b.t.Helper()
	rows, err := job.List(b.t.Context(), b.db, job.Query{}, page.First(page.Down, 100))
	if err != nil {
		b.t.Fatal(err)
	}
	n := 0
	for _, r := range rows {
		if r.Key == key {
			v = r
			n++
		}
	}
	if n != 1 {
		b.t.Fatalf("%d jobs have the key %s", n, key)
	}
	return v
}

// await waits until a job is in a state.
func (b *bench) await(key string, state job.State) job.Row {
	b.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(waitLimit)
	for {
		v := b.row(key)
		if v.State == state {
			return v
		}
		select {
		case <-tick.C:
		case <-limit:
			b.t.Fatalf("the job %s is %s after %v, want %s: %s", key, v.State, waitLimit, state, v.Error)
		}
	}
}

func kind(name string, run func(ctx context.Context, j job.Job) error) job.Kind {
	return job.Kind{
		Name: name, Timeout: 10 * time.Second, Attempts: 3,
		Run: func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
			return nil, run(ctx, j)
		},
	}
}

func TestThreat_F11_WhatBecomesOfAJob(t *testing.T) {
	boom := errors.New("boom")
	for _, c := range []struct {
		name     string
		run      func(ctx context.Context, j job.Job) error
		state    job.State
		attempts int
		reason   string
	}{
		{"done", func(context.Context, job.Job) error { return nil }, job.Done, 1, ""},
		{"done at the third attempt", func(_ context.Context, j job.Job) error {
			if j.Attempt < 3 {
				return boom
			}
			return nil
		}, job.Done, 3, ""},
		{"always fails", func(context.Context, job.Job) error { return boom }, job.DeadLetter, 3, "boom"},
		{"always panics", func(context.Context, job.Job) error { panic("poison") }, job.DeadLetter, 3, "panic: poison"},
		{"is no use", func(context.Context, job.Job) error { return job.Dead(boom) }, job.DeadLetter, 1, "boom"},
		{
			"is wrapped", func(context.Context, job.Job) error { return fmt.Errorf("send: %w", job.Dead(boom)) },
			job.DeadLetter, 1, "send: boom",
		},
		{
			"nothing to do", func(context.Context, job.Job) error { return job.Drop("the task is gone") },
			job.Cancelled, 1, "the task is gone",
		},
		{
			"NUL in the error", func(context.Context, job.Job) error { return job.Dead(errors.New("a\x00b\xff")) },
			job.DeadLetter, 1, "ab",
		},
		{"arguments that cannot be read", func(_ context.Context, j job.Job) error {
			var n int
			return j.Read(&n)
		}, job.DeadLetter, 1, "read the arguments"},
		{"takes too long", func(ctx context.Context, _ job.Job) error {
			<-ctx.Done()
			return ctx.Err()
		}, job.DeadLetter, 3, "deadline exceeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				k := kind("test", c.run)
				if c.name == "takes too long" {
					k.Timeout = time.Millisecond
				}
				b.run([]job.Kind{k})
				b.add("test", "it")
				b.add("other", "behind it") // of an unknown kind, and not in the way of others
				v := b.await("it", c.state)
				if v.Attempts != c.attempts || !strings.Contains(v.Error, c.reason) ||
					c.reason == "" && v.Error != "" || v.DueAt != 0 || v.FinishedAt == 0 {
					t.Errorf("it ends as %+v, want %d attempts and %q", v, c.attempts, c.reason)
				}
				if v := b.await("behind it", job.DeadLetter); !strings.Contains(v.Error, `"other"`) {
					t.Errorf("a job of an unknown kind is dead because of %q", v.Error)
				}
			})
		})
	}
}

// TestKeyIsOnce enqueues one job many times, while several workers run.
func TestThreat_F11_AKeyIsOneJob(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var ran atomic.Int64
		k := kind("test", func(context.Context, job.Job) error { ran.Add(1); return nil })
		for range 3 {
			b.run([]job.Kind{k})
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for i := range 20 {
					b.add("test", fmt.Sprint(i))
				}
			})
		}
		all.Wait()
		for i := range 20 {
			b.await(fmt.Sprint(i), job.Done)
		}
		if ran.Load() != 20 {
			t.Errorf("20 jobs ran %d times", ran.Load())
		}
	})
}

// TestEnqueuedOnlyWithItsTransaction rolls back the transaction of a job.
func TestEnqueuedOnlyWithItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		undo := errors.New("undo")
		err := b.db.SystemScope(b.company, "a test").Write(t.Context(),
			func(tx *db.Tx) error { return errors.Join(b.queue.Add(tx, "test", "never", 1), undo) })
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		b.add("test", "it")
		rows, err := job.List(t.Context(), b.db, job.Query{}, page.First(page.Down, 10))
		if err != nil || len(rows) != 1 || rows[0].Key != "it" {
			t.Errorf("enqueued are %+v, %v", rows, err)
		}
	})
}

// TestRecordedOnce lets a job's record fail at first: the outside work is done twice and recorded once.
func TestRecordedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var ran atomic.Int64
		b.run([]job.Kind{{
			Name: "test", Timeout: time.Second, Attempts: 3,
			Run: func(context.Context, job.Job) (func(*db.Tx) error, error) {
				n := ran.Add(1)
				return func(tx *db.Tx) error {
					_, err := tx.Exec(`INSERT INTO cursors (company_id, name, seq) VALUES ($1, $2, 1)`,
						fmt.Sprint("record ", n))
					if err != nil {
						return err
					}
					if n == 1 {
						return errors.New("not this time")
					}
					return nil
				}, nil
			},
		}})
		b.add("test", "it")
		b.await("it", job.Done)
		var names []string
		err := b.db.SystemScope(b.company, "a test").Read(t.Context(), func(tx *db.Tx) (err error) {
			names, err = db.All(tx, func(r db.Row, v *string) error { return r.Scan(v) },
				`SELECT name FROM cursors WHERE company_id = $1`)
			return err
		})
		if err != nil || len(names) != 1 || names[0] != "record 2" || ran.Load() != 2 {
			t.Errorf("ran %d times and recorded %q, %v", ran.Load(), names, err)
		}
	})
}

// TestThreat_F10_AWorkerThatDied leaves a job behind, as kill -9 does.
func TestThreat_F10_AWorkerThatDied(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("test", "it")
		err := b.db.SystemScope(b.company, "a test").Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE jobs SET state = 'running', worker = 'gone', attempts = 1, due_at = $2
				WHERE company_id = $1`, tx.Now.Add(20*time.Second))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		ran := make(chan int, 10)
		began := time.Now()
		b.run([]job.Kind{kind("test", func(_ context.Context, j job.Job) error { ran <- j.Attempt; return nil })})
		if b.db.Engine() == "postgres" {
			b.add("test", "after it") // when this has run, the other one has been passed over
			if n := <-ran; n != 1 {
				t.Errorf("the job of a worker that may be alive is taken away")
			}
			b.ahead.Add((21 * time.Second).Microseconds())
		}
		select {
		case n := <-ran:
			if n != 2 {
				t.Errorf("it is attempt %d", n)
			}
		case <-time.After(waitLimit):
			t.Fatal("it is not run again")
		}
		b.await("it", job.Done)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// TestALeaseIsKept runs a job for several times the length of its lease while other workers wait.
func TestALeaseIsKept(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var ran atomic.Int64
		const lease = time.Second
		k := kind("test", func(ctx context.Context, _ job.Job) error {
			ran.Add(1)
			select {
			case <-time.After(3 * lease):
			case <-ctx.Done():
			}
			return ctx.Err()
		})
		b.add("test", "it")
		workers := 3
		if b.db.Engine() == "sqlite" {
			workers = 1 // the file has one process, whose runner at its start takes over all running jobs
		}
		for range workers {
			b.run([]job.Kind{k}, func(r *job.Runner) { r.Lease = lease })
		}
		if v := b.await("it", job.Done); ran.Load() != 1 || v.Attempts != 1 {
			t.Errorf("it ran %d times in %d attempts", ran.Load(), v.Attempts)
		}
	})
}

func TestThreat_F13_AStoppedWorkerHandsBack(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		running := make(chan struct{}, 10)
		var logged bytes.Buffer
		stop := b.run([]job.Kind{kind("finishes", func(ctx context.Context, _ job.Job) error {
			running <- struct{}{}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
			return ctx.Err()
		}), {
			Name: "hangs", Timeout: time.Hour, Attempts: 3,
			Run: func(ctx context.Context, _ job.Job) (func(*db.Tx) error, error) {
				running <- struct{}{}
				<-ctx.Done()
				return nil, ctx.Err()
			},
		}}, func(r *job.Runner) {
			r.Grace, r.Log = 300*time.Millisecond, slog.New(slog.NewTextHandler(&logged, nil))
		})
		b.add("finishes", "short")
		b.add("hangs", "long")
		<-running
		<-running
		began := time.Now()
		stop()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v to stop", took)
		}
		if v := b.row("short"); v.State != job.Done {
			t.Errorf("what could finish is %+v", v)
		}
		if v := b.row("long"); v.State != job.Queued || v.Attempts != 0 || v.DueAt > b.db.Now() {
			t.Errorf("what was handed back is %+v", v)
		}
		if s := logged.String(); !strings.Contains(s, "a job was handed back") || strings.Contains(s, "level=WARN") {
			t.Errorf("the log is %q", s)
		}
	})
}

// TestACancelledJobRecordsNothing cancels a job while it runs.
func TestACancelledJobRecordsNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		running, goOn := make(chan struct{}), make(chan struct{})
		release := sync.OnceFunc(func() { close(goOn) })
		defer release() // a job that never ends would keep the runner from stopping
		stop := b.run([]job.Kind{{
			Name: "test", Timeout: waitLimit, Attempts: 3,
			Run: func(context.Context, job.Job) (func(*db.Tx) error, error) {
				close(running)
				<-goOn
				return func(*db.Tx) error { t.Error("it is recorded"); return nil }, nil
			},
		}})
		b.add("test", "it")
		<-running
		id := b.row("it").ID
		if err := job.FromShell(t.Context(), b.db, id, job.Cancel); err != nil {
			t.Fatal(err)
		}
		release()
		stop()
		if v := b.row("it"); v.State != job.Cancelled {
			t.Errorf("it is %+v", v)
		}
		if err := job.FromShell(t.Context(), b.db, id, job.Cancel); err == nil {
			t.Error("it is cancelled twice")
		}
	})
}

func TestRetryGivesAllAttemptsAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var good atomic.Bool
		b.run([]job.Kind{kind("test", func(context.Context, job.Job) error {
			if good.Load() {
				return nil
			}
			return errors.New("the server is away")
		})})
		b.add("test", "it")
		v := b.await("it", job.DeadLetter)
		good.Store(true)
		if err := job.FromShell(t.Context(), b.db, v.ID, job.Retry); err != nil {
			t.Fatal(err)
		}
		if v := b.await("it", job.Done); v.Attempts != 1 || v.Error != "" {
			t.Errorf("after the retry it is %+v", v)
		}
		if err := job.FromShell(t.Context(), b.db, v.ID, job.Retry); err == nil {
			t.Error("a job that is done is retried")
		}
	})
}

// TestThreat_R12_OneCompanyDoesNotHoldUpAnother queues ten thousand slow jobs of one company, and then some of another.
func TestThreat_R12_OneCompanyDoesNotHoldUpAnother(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		flooded, quiet := b.company, b.found("quiet")
		err := b.db.SystemScope(flooded, "a test").Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO jobs (company_id, kind, key, args, state, due_at, created_at)
				SELECT $1, 'test', 'flood ' || i, '1', 'queued', $2, $2
				FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
					SELECT i FROM n) AS numbers`, tx.Now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var flood atomic.Int64
		served := make(chan struct{}, 100)
		b.run([]job.Kind{kind("test", func(ctx context.Context, j job.Job) error {
			if j.Scope.Company() == quiet {
				served <- struct{}{}
				return nil
			}
			if flood.Add(1) == 40 {
				served <- struct{}{}
			}
			select { // a mail server that takes its time
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
			return ctx.Err()
		})}, func(r *job.Runner) { r.Grace = time.Millisecond })
		<-served // the flood is under way
		b.company = quiet
		var worst time.Duration
		for i := range 20 {
			began := time.Now()
			b.add("test", fmt.Sprint("quiet ", i))
			select {
			case <-served:
				worst = max(worst, time.Since(began))
			case <-time.After(waitLimit):
				t.Fatal("the quiet company waits for ever")
			}
		}
		t.Logf("the quiet company waited %v at most, with %d jobs of the other under way or done",
			worst.Round(time.Millisecond), flood.Load())
		if worst > 2*time.Second {
			t.Errorf("the quiet company waited %v", worst)
		}
	})
}

func TestThreat_R13_ForgetKeepsWhatSomebodyMustSee(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.run([]job.Kind{
			kind("good", func(context.Context, job.Job) error { return nil }),
			kind("bad", func(context.Context, job.Job) error { return job.Dead(errors.New("no")) }),
		})
		b.add("good", "good")
		b.add("bad", "bad")
		b.await("good", job.Done)
		b.await("bad", job.DeadLetter)
		for _, c := range []struct {
			after time.Duration
			left  int
		}{{23 * time.Hour, 2}, {2 * time.Hour, 1}, {29 * 24 * time.Hour, 0}} {
			b.ahead.Add(c.after.Microseconds())
			if err := job.Forget(t.Context(), b.db); err != nil {
				t.Fatal(err)
			}
			if rows, err := job.List(t.Context(), b.db, job.Query{}, page.First(page.Down, 10)); err != nil ||
				len(rows) != c.left {
				t.Errorf("after %v more there are %+v, %v, want %d", c.after, rows, err, c.left)
			}
		}
	})
}

func TestThreat_R14_Backoff(t *testing.T) {
	for attempt, want := range map[int]time.Duration{
		1: 5 * time.Second, 2: 10 * time.Second, 5: 80 * time.Second,
		11: time.Hour, 1000: time.Hour,
	} {
		seen := map[time.Duration]bool{}
		for range 100 {
			d := job.Backoff(attempt)
			seen[d] = true
			if d < want*3/4 || d > want*5/4 {
				t.Errorf("after attempt %d it waits %v, want about %v", attempt, d, want)
			}
		}
		if len(seen) < 50 {
			t.Errorf("after attempt %d all wait the same time", attempt)
		}
	}
}

// TestActionStaysInItsCompany acts on a job in the name of another company: nothing happens.
func TestActionStaysInItsCompany(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		other := b.found("other")
		b.add("mail", "a")
		rows, err := job.List(t.Context(), b.db, job.Query{}, page.First(page.Down, 1))
		if err != nil {
			t.Fatal(err)
		}
		id, log := rows[0].ID, &event.Log{}
		ours, theirs := b.db.SystemScope(b.company, "a test"), b.db.SystemScope(other, "a test")
		for _, step := range []struct {
			name     string
			do       job.Action
			scope    db.Scope
			conflict bool
		}{
			{"cancel from elsewhere", job.Cancel, theirs, true},
			{"retry what waits", job.Retry, ours, true},
			{"cancel", job.Cancel, ours, false},
			{"cancel again", job.Cancel, ours, true},
			{"retry from elsewhere", job.Retry, theirs, true},
			{"retry", job.Retry, ours, false},
		} {
			err := step.do(t.Context(), log, step.scope, id)
			if fail.Is(err, fail.KindConflict) != step.conflict || !step.conflict && err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
		}
	})
}

// A kind whose record panics, and a company whose jobs cannot be claimed, stop no other.
func TestThreat_R24_APanicInARecordIsAFailure(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.add("bad", "bad")
		b.add("good", "good")
		b.run([]job.Kind{
			{
				Name:     "bad",
				Attempts: 2,
				Timeout:  time.Minute,
				Run: func(context.Context, job.Job) (func(*db.Tx) error, error) {
					return func(*db.Tx) error { panic("a damaged row") }, nil
				},
			},
			{
				Name:     "good",
				Attempts: 1,
				Timeout:  time.Minute,
				Run: func(context.Context, job.Job) (func(*db.Tx) error, error) {
					return func(*db.Tx) error { return nil }, nil
				},
			},
		})
		b.await("good", job.Done)
		if r := b.await("bad", job.DeadLetter); !strings.Contains(r.Error, "a damaged row") || r.Attempts != 2 {
			t.Errorf("the job is %+v", r)
		}
	})
}
