package event_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// waitLimit bounds every wait for an event of the test.
const waitLimit = 30 * time.Second

// company makes a company without people and returns its id.
func company(t *testing.T, d *db.DB, name string) (id int64) {
	t.Helper()
	err := d.System("a test's company").Write(t.Context(), func(tx *db.SystemTx) error {
		err := tx.Query(func(r db.Row) error { return r.Scan(&id) }, `INSERT INTO companies
			(name, name_key, created_at, updated_at) VALUES ($1, $1, $2, $2) RETURNING company_id`, name, tx.Now)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO heads (company_id) VALUES ($1)`, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// record adds n events to a company's log.
func record(t *testing.T, d *db.DB, l *event.Log, company int64, n int) {
	t.Helper()
	for range n {
		err := event.Record(t.Context(), l, d.SystemScope(company, "a test"), func(*db.Tx) (event.Event, error) {
			return event.Event{Kind: event.TaskUpdated, ID: 1, Message: "x"}, nil
		})
		if err != nil {
			t.Error(err)
			return
		}
	}
}

// note stores in the transaction that an event was handled. Storing it a second time fails the transaction.
func note(tx *db.Tx, entries []event.Entry) error {
	for _, e := range entries {
		_, err := tx.Exec(`INSERT INTO jobs (company_id, kind, key, args, state, created_at)
			VALUES ($1, 'noted', $2, '', 'done', $3)`, fmt.Sprint(e.Seq), tx.Now)
		if err != nil {
			return err
		}
	}
	return nil
}

// noted returns the events that note has stored, in the order of storing.
func noted(t *testing.T, d *db.DB, company int64) (seqs []string) {
	t.Helper()
	err := d.SystemScope(company, "a test").Read(t.Context(), func(tx *db.Tx) (err error) {
		seqs, err = db.All(tx, db.Column[string],
			`SELECT key FROM jobs WHERE company_id = $1 AND kind = 'noted' ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

func upTo(n int) (seqs []string) {
	for i := range n {
		seqs = append(seqs, fmt.Sprint(i+1))
	}
	return seqs
}

// newFollowers returns followers with the one follower, and no log messages.
func newFollowers(d *db.DB, f event.Follower) *event.Followers {
	return event.NewFollowers(d, slog.New(slog.DiscardHandler), f)
}

// follow runs followers until the test ends.
func follow(t *testing.T, f *event.Followers) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { f.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
}

// until waits for a condition. A message on changed says that it may have come true.
func until(t *testing.T, changed <-chan struct{}, what string, holds func() bool) {
	t.Helper()
	limit := time.After(waitLimit)
	for !holds() {
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("after %v still not: %s", waitLimit, what)
		}
	}
}

// TestEveryEventOnceAndInOrder lets three nodes follow the logs of several companies while events are written. One of
// the nodes fails, and panics, again and again.
func TestEveryEventOnceAndInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const companies, writers, each = 4, 3, 60
		done := make(chan struct{}, 1)
		var calls atomic.Int64
		l := &event.Log{}
		for node := range 3 {
			f := newFollowers(d, event.Follower{Name: "test", Do: func(tx *db.Tx, entries []event.Entry) error {
				n := calls.Add(1)
				if err := note(tx, entries); err != nil {
					return err
				}
				if node == 0 && n%7 == 3 {
					return errors.New("after the work was done")
				}
				if node == 0 && n%7 == 5 {
					panic("after the work was done")
				}
				tx.OnCommitted(func() {
					select {
					case done <- struct{}{}:
					default:
					}
				})
				return nil
			}})
			f.Poll = 10 * time.Millisecond
			if node > 0 {
				l.OnCommit(f.Wake) // the first node gets no wake-up and must poll
			}
			follow(t, f)
		}
		var ids []int64
		var all sync.WaitGroup
		for i := range companies {
			id := company(t, d, fmt.Sprint("company ", i))
			ids = append(ids, id)
			for range writers {
				all.Go(func() { record(t, d, l, id, each) })
			}
		}
		all.Wait()
		until(t, done, "everything is done", func() bool {
			for _, id := range ids {
				if len(noted(t, d, id)) < writers*each {
					return false
				}
			}
			return true
		})
		for _, id := range ids {
			if got := noted(t, d, id); !slices.Equal(got, upTo(writers*each)) {
				t.Errorf("company %d: done in this order: %v", id, got)
			}
		}
	})
}

// TestAFailureStopsNoOtherCompany lets one company's events fail for ever.
func TestAFailureStopsNoOtherCompany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bad, good := company(t, d, "bad"), company(t, d, "good")
		l := &event.Log{}
		tried, done := make(chan struct{}, 100), make(chan struct{}, 100)
		f := newFollowers(d, event.Follower{Name: "test", Do: func(tx *db.Tx, entries []event.Entry) error {
			if err := note(tx, entries); err != nil {
				return err
			}
			if tx.Company() == bad {
				tried <- struct{}{}
				return errors.New("never")
			}
			tx.OnCommitted(func() { done <- struct{}{} })
			return nil
		}})
		l.OnCommit(f.Wake)
		follow(t, f)
		record(t, d, l, bad, 1)
		for range 2 { // the second time is the retry
			select {
			case <-tried:
			case <-time.After(waitLimit):
				t.Fatal("the failed event is not retried")
			}
		}
		record(t, d, l, good, 3)
		until(t, done, "the good company's events are done", func() bool { return len(noted(t, d, good)) == 3 })
		if got := noted(t, d, bad); len(got) > 0 {
			t.Errorf("the failed step has left %v", got)
		}
	})
}

// TestBehind sets the clock: an event is handled when it is old enough, and not a microsecond before.
func TestBehind(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			var now atomic.Int64
			now.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMicro())
			o := dbtest.Fresh(t, engine)
			o.Now = func() time.Time { return time.UnixMicro(now.Load()) }
			d := dbtest.Open(t, o)
			l := &event.Log{}
			id := company(t, d, "acme")
			f := newFollowers(d, event.Follower{Name: "test", Behind: 10 * time.Second, Do: note})
			l.OnCommit(f.Wake)
			at := func(after time.Duration, want int) {
				t.Helper()
				now.Add(after.Microseconds())
				if err := f.CatchUpDue(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := noted(t, d, id); !slices.Equal(got, upTo(want)) {
					t.Errorf("done are %v, want the first %d", got, want)
				}
			}
			record(t, d, l, id, 250) // more than one step
			at(0, 0)
			at(4*time.Second, 0)
			record(t, d, l, id, 1)
			at(6*time.Second-time.Microsecond, 0)
			at(time.Microsecond, 250)
			at(4*time.Second-time.Microsecond, 250)
			at(time.Microsecond, 251)
			at(time.Hour, 251)
		})
	}
}

// TestFollowersLookAtEachCompanyByItself checks that a follower finds the unread events of a company by that company's
// own cursor and times, whatever it has read of another company.
func TestFollowersLookAtEachCompanyByItself(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			o := dbtest.Fresh(t, engine)
			var mu sync.Mutex
			now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
			d := dbtest.Open(t, o)
			l := &event.Log{}
			followers := func() *event.Followers { // as after a restart: it has had no wake-up
				return newFollowers(d, event.Follower{Name: "test", Behind: 10 * time.Second, Do: note})
			}
			first, second := company(t, d, "first"), company(t, d, "second")
			record(t, d, l, second, 3)
			mu.Lock()
			now = now.Add(time.Hour)
			mu.Unlock()
			record(t, d, l, first, 5) // the same numbers, an hour later
			mu.Lock()
			now = now.Add(time.Second)
			mu.Unlock()
			if err := followers().CatchUpDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			if a, b := noted(t, d, first), noted(t, d, second); len(a) != 0 || !slices.Equal(b, upTo(3)) {
				t.Errorf("a second after the first company's events, %v of it and %v of the second were read", a, b)
			}
			mu.Lock()
			now = now.Add(time.Hour)
			mu.Unlock()
			if err := followers().CatchUpDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			record(t, d, l, second, 1)
			mu.Lock()
			now = now.Add(time.Hour)
			mu.Unlock()
			// The first company's cursor is beyond the second's head.
			if err := followers().CatchUpDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			if a, b := noted(t, d, first), noted(t, d, second); !slices.Equal(a, upTo(5)) || !slices.Equal(b, upTo(4)) {
				t.Errorf("read %v of the first company and %v of the second", a, b)
			}
		})
	}
}

// TestThreat_F9_ClockJumpsHoldNoFollowerUp checks that a clock that jumps an hour, back or ahead, delays no follower by
// an hour, and that the log keeps the order of its numbers.
func TestThreat_F9_ClockJumpsHoldNoFollowerUp(t *testing.T) {
	for _, jump := range []time.Duration{-time.Hour, time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			o := dbtest.Fresh(t, "sqlite")
			var mu sync.Mutex
			now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			move := func(d time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				now = now.Add(d)
			}
			o.Now = func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return now
			}
			d := dbtest.Open(t, o)
			one, two := company(t, d, "one"), company(t, d, "two")
			l := &event.Log{}
			seen := map[int64][]int64{}
			do := func(tx *db.Tx, entries []event.Entry) error {
				for _, e := range entries {
					seen[tx.Company()] = append(seen[tx.Company()], e.Seq)
				}
				return note(tx, entries)
			}
			f := newFollowers(d, event.Follower{Name: "noted", Behind: 10 * time.Second, Do: do})
			record(t, d, l, one, 3)
			if err := f.CatchUpDue(t.Context()); err != nil { // too early: one's turn is in ten seconds
				t.Fatal(err)
			}
			move(jump)
			record(t, d, l, one, 2)
			record(t, d, l, two, 1)
			if err := f.CatchUpDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			move(11 * time.Second)
			if err := f.CatchUpDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := []int64{1, 2, 3, 4, 5}; !slices.Equal(seen[one], want) || !slices.Equal(seen[two], []int64{1}) {
				t.Errorf("eleven seconds after the jump %v and %v were handled", seen[one], seen[two])
			}
		})
	}
}
