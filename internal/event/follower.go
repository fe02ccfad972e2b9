package event

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Follower is a named reader of every company's log. Its cursor in a log is a row of the table cursors, which moves in
// the transaction of the work. So the effect of an event in the database happens exactly once and in order, even after
// a crash.
type Follower struct {
	Name string
	// Behind is the age that an event must have before Do gets it.
	Behind time.Duration
	// Do handles a part of one company's log, in order. If Do fails, its writes are rolled back and it gets the same
	// part again later, while other companies continue. Like every write it may run more than once, and on SQLite it
	// must not wait. In an event of a task, a description that did not change is null: see compose.go.
	Do func(tx *db.Tx, entries []Entry) error
}

// Followers runs followers over the logs of all companies. On PostgreSQL any number of processes may do so: they share
// the companies by locking the cursor's row.
type Followers struct {
	DB  *db.DB
	Log *slog.Logger
	// Poll is how often it looks for events without a wake-up: those of another process, or from before a restart.
	// NewFollowers sets it to 2 s.
	Poll time.Duration

	tracks []*track
}

// eventsPerStep is how many events a follower gets at once. It bounds how long a company with a long log delays the
// others.
const eventsPerStep = 100

// maxClockAhead is how far in the future an event may be. An event beyond it was written before the clock was set back.
// Its delay counts as over: otherwise it could wait as long as the clock was set back.
const maxClockAhead = time.Minute

// due returns the time from which an event may be read.
func (f Follower) due(at, now db.Time) db.Time {
	if at > now.Add(maxClockAhead) {
		return now
	}
	return at.Add(f.Behind)
}

// companiesAtOnce is how many companies a follower works on at the same time.
const companiesAtOnce = 4

// NewFollowers returns followers that are ready to Run.
func NewFollowers(d *db.DB, log *slog.Logger, all ...Follower) *Followers {
	f := &Followers{DB: d, Log: log, Poll: 2 * time.Second}
	for _, follower := range all {
		t := &track{
			Follower: follower, db: d, log: log.With("follower", follower.Name), changed: make(chan struct{}, 1),
			waiting: map[int64]bool{}, missed: map[int64]db.Time{}, failures: map[int64]int{},
		}
		f.tracks = append(f.tracks, t)
	}
	return f
}

// Wake reports that a company's log has grown. Log.OnCommit calls it.
func (f *Followers) Wake(company int64) {
	now := f.DB.Now()
	for _, t := range f.tracks {
		t.expect(company, now.Add(t.Behind))
	}
}

// Run follows the logs until ctx ends, and returns when the steps in progress are done.
func (f *Followers) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, t := range f.tracks {
		all.Go(func() { t.poll(ctx, f.Poll) })
		all.Go(func() { t.run(ctx) })
	}
	all.Wait()
}

// Progress says how well a follower keeps up.
type Progress struct {
	Name string
	Lag  time.Duration // how late its oldest event was at the last poll, beyond Behind, without failing companies
	// LastPoll is the time of the last successful poll. 0 means never: the follower does not run in this process.
	LastPoll db.Time
	Failing  int   // companies whose last step failed; they are retried with a backoff
	Failures int64 // of steps, so far
}

// Progress returns the state of each follower that runs in this process. It sends nothing to the database.
func (f *Followers) Progress() []Progress {
	out := make([]Progress, 0, len(f.tracks))
	for _, t := range f.tracks {
		t.mu.Lock()
		if t.lastPoll != 0 {
			out = append(out, Progress{t.Name, t.late, t.lastPoll, len(t.failures), t.failed})
		}
		t.mu.Unlock()
	}
	return out
}

// CatchUpDue handles all events that are old enough by now, and returns when it is done. It is for code that sets the
// clock. A company that fails holds up no other one: it is retried after its backoff, and the errors of all are joined.
func (f *Followers) CatchUpDue(ctx context.Context) error {
	var failed []error
	for _, t := range f.tracks {
		if err := t.findNews(ctx); err != nil {
			return err
		}
		for {
			company, _, ok := t.take(f.DB.Now())
			if !ok {
				break
			}
			if err := t.turn(ctx, company); err != nil {
				failed = append(failed, fmt.Errorf("follower %s in company %d: %w", t.Name, company, err))
			}
		}
	}
	return errors.Join(failed...)
}

// track runs one follower. Its queue holds the companies that have events for it, by the time at which it may read
// them.
type track struct {
	Follower
	db  *db.DB
	log *slog.Logger

	mu       sync.Mutex
	queue    queue
	waiting  map[int64]bool    // true: in the queue; false: in progress
	missed   map[int64]db.Time // companies in progress: when the events that arrived in the meantime are due
	failures map[int64]int     // in a row, of companies whose last step failed
	failed   int64             // steps so far
	changed  chan struct{}
	late     time.Duration // as of the last poll
	lastPoll db.Time       // the last successful one
}

// place is a company's entry in the queue.
type place struct {
	company int64
	due     db.Time
}

type queue []place

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due < q[j].due }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(place)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	p := (*q)[last]
	*q = (*q)[:last]
	return p
}

// expect puts a company into the queue, unless it is there. A company in progress is queued again when its turn ends.
func (t *track) expect(company int64, due db.Time) {
	t.mu.Lock()
	queued, known := t.waiting[company]
	switch {
	case queued:
	case known:
		if at, ok := t.missed[company]; !ok || due < at {
			t.missed[company] = due
		}
	default:
		t.waiting[company] = true
		heap.Push(&t.queue, place{company, due})
	}
	t.mu.Unlock()
	t.signal()
}

func (t *track) signal() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// take removes the company that is due first from the queue. If none is due yet, wait is the time until one is; it is
// negative if the queue is empty.
func (t *track) take(now db.Time) (company int64, wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		return 0, -1, false
	}
	if due := t.queue[0].due; due > now {
		return 0, time.Duration(due-now) * time.Microsecond, false
	}
	p := heap.Pop(&t.queue).(place)
	t.waiting[p.company] = false
	return p.company, 0, true
}

// release ends a company's turn. next is when its next event may be read, 0 if it has none.
func (t *track) release(company int64, next db.Time) {
	t.mu.Lock()
	delete(t.waiting, company)
	missed, ok := t.missed[company]
	delete(t.missed, company)
	t.mu.Unlock()
	switch {
	case next != 0:
		t.expect(company, next)
	case ok:
		t.expect(company, missed)
	}
}

// poll looks for news in intervals. Each poll reads the heads of all companies. If that takes long, polls become rarer:
// the pause is 19 times as long as the poll took, but at most maxPollPause.
func (t *track) poll(ctx context.Context, every time.Duration) {
	for {
		began := t.db.Now()
		if err := t.findNews(ctx); err != nil && ctx.Err() == nil {
			t.log.Warn("a follower could not poll for events; it will retry", "error", err)
		}
		timer := time.NewTimer(pollPause(every, time.Duration(t.db.Now()-began)*time.Microsecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// maxPollPause bounds the pause between polls, and so the delay of an event without a wake-up.
const maxPollPause = 15 * time.Second

// pollPause returns the pause after a poll that took so long.
func pollPause(every, took time.Duration) time.Duration {
	return max(every, min(19*took, maxPollPause))
}

// dropQueueIfClockWentBack empties the queue if the clock was set back since the last poll: its times are wrong. The
// poll then finds all companies again.
func (t *track) dropQueueIfClockWentBack(now db.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lastPoll == 0 || now.Add(time.Second) >= t.lastPoll {
		return
	}
	for _, p := range t.queue {
		delete(t.waiting, p.company)
	}
	t.queue = nil
}

// failing returns the companies whose last step failed.
func (t *track) failing() map[int64]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make(map[int64]bool, len(t.failures))
	for company := range t.failures {
		all[company] = true
	}
	return all
}

// findNews queues the companies whose log has events after the cursor.
func (t *track) findNews(ctx context.Context) error {
	now := t.db.Now()
	t.dropQueueIfClockWentBack(now)
	var oldest db.Time
	failing := t.failing()
	err := t.db.System("which companies have news for a follower").Read(ctx, func(tx *db.SystemTx) error {
		oldest = now
		return tx.Query(func(r db.Row) error {
			var company int64
			var at db.Time
			if err := r.Scan(&company, &at); err != nil {
				return err
			}
			if !failing[company] { // it must not look as if all were late
				oldest = min(oldest, t.due(at, now))
			}
			t.expect(company, t.due(at, now))
			return nil
			// A log without its next event is one company's fault, which step reports.
		}, `SELECT h.company_id, coalesce((SELECT e.at FROM events e
				WHERE e.company_id = h.company_id AND e.seq = coalesce(c.seq, 0) + 1), $2)
			FROM heads h LEFT JOIN cursors c ON c.company_id = h.company_id AND c.name = $1
			WHERE h.seq > coalesce(c.seq, 0)`, t.Name, now.Add(-t.Behind))
	})
	if err == nil {
		t.mu.Lock()
		t.late, t.lastPoll = time.Duration(now-oldest)*time.Microsecond, now
		t.mu.Unlock()
	}
	return err
}

// run works on the companies in the order of the queue, on companiesAtOnce of them at the same time.
func (t *track) run(ctx context.Context) {
	var busy sync.WaitGroup
	defer busy.Wait()
	free := make(chan struct{}, companiesAtOnce)
	for ctx.Err() == nil {
		company, wait, ok := t.take(t.db.Now())
		if ok {
			select {
			case free <- struct{}{}:
				busy.Go(func() {
					defer func() { <-free }()
					_ = t.turn(ctx, company) // turn has logged it
				})
			case <-ctx.Done():
			}
			continue
		}
		var timer <-chan time.Time
		if wait >= 0 {
			timer = time.After(wait)
		}
		select {
		case <-t.changed:
		case <-timer:
		case <-ctx.Done():
		}
	}
}

// turn runs one step of a company. After a failure it queues the company again, with a backoff.
func (t *track) turn(ctx context.Context, company int64) error {
	next, err := t.do(ctx, company)
	t.mu.Lock()
	if err == nil || ctx.Err() != nil {
		delete(t.failures, company)
	} else {
		t.failed++
		t.failures[company]++
		wait := backoff(t.failures[company])
		next = t.db.Now().Add(wait)
		t.log.Warn("a follower failed; it will retry", "company", company, "error", err, "in", wait)
	}
	t.mu.Unlock()
	t.release(company, next)
	return err
}

// backoff returns the wait of a company after so many failures in a row: a second, doubled up to five minutes.
func backoff(failures int) time.Duration { return min(time.Second<<min(failures-1, 10), 5*time.Minute) }

// do runs the next step in a company's log. next is when the following event may be read, 0 if there is none.
func (t *track) do(ctx context.Context, company int64) (next db.Time, err error) {
	return t.step(ctx, t.db, company)
}

// CatchUpNow handles the pending events of one company without the delay Behind, for callers that cannot wait for the
// follower's turn. It begins no new step after limit, and returns early if another process does the work.
func (f Follower) CatchUpNow(ctx context.Context, d *db.DB, company int64, limit time.Duration) error {
	f.Behind = 0
	for until := d.Now().Add(limit); ; {
		if next, err := f.step(ctx, d, company); err != nil || next == 0 || next > d.Now() || d.Now() >= until {
			return err
		}
	}
}

// step gives Do the events that are old enough and moves the cursor, in one transaction.
func (f Follower) step(ctx context.Context, d *db.DB, company int64) (next db.Time, err error) {
	defer func() {
		if v := recover(); v != nil {
			next, err = 0, fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	var span trace.Span
	defer func() { span.End(err) }()
	began := d.Now().Std()
	err = d.SystemScope(company, "a follower reads every company's log").Write(ctx, func(tx *db.Tx) error {
		next = 0
		seq, mine, err := hold(tx, f.Name)
		if err != nil || !mine {
			return err
		}
		most, err := stepAfter(tx, seq)
		if err == nil && most == 0 {
			err = missing(tx, seq+1)
		}
		if err != nil || most == 0 {
			return err
		}
		entries, err := stored(tx, seq, most+1)
		if err != nil {
			return err
		}
		n := 0
		whole := unbroken(entries, seq)
		for n < min(whole, most) && f.due(entries[n].At, tx.Now) <= tx.Now {
			n++
		}
		if whole == 0 {
			return lacks(seq + 1)
		}
		if n < whole {
			next = f.due(entries[n].At, tx.Now)
		}
		if n == 0 {
			return nil
		}
		span.End(nil) // of an earlier attempt of this closure
		span = f.span(ctx, tx, began, entries[:n])
		if err := f.Do(tx, entries[:n]); err != nil {
			return err
		}
		last := entries[n-1].Seq
		return tx.AtCommit(`UPDATE cursors SET seq = $3 WHERE company_id = $1 AND name = $2`, f.Name, last)
	})
	return next, err
}

// missing returns an error if a log that has grown beyond an event lacks it.
func missing(tx *db.Tx, seq int64) error {
	missing, err := db.One(tx, db.Column[bool], `SELECT EXISTS (SELECT 1 FROM heads WHERE company_id = $1 AND seq >= $2)
		AND NOT EXISTS (SELECT 1 FROM events WHERE company_id = $1 AND seq >= $2)`, seq)
	if err == nil && missing {
		err = lacks(seq)
	}
	return err
}

func lacks(seq int64) error { return fmt.Errorf("the log lacks event %d: run `taskhouse doctor`", seq) }

// unbroken returns how many of the entries follow a number without a gap.
func unbroken(entries []Entry, after int64) (n int) {
	for n < len(entries) && entries[n].Seq == after+int64(n)+1 {
		n++
	}
	return n
}

// stepBytes is how large the events of a step are together. A single one may be larger.
const stepBytes = 1 << 20

// stepAfter returns how many of the events after a number make a step: eventsPerStep of them, and not more than
// stepBytes.
func stepAfter(tx *db.Tx, after int64) (n int, err error) {
	bytes := int64(0)
	err = tx.Query(func(r db.Row) error {
		var size int64
		err := r.Scan(&size)
		if bytes += size; n == 0 || bytes <= stepBytes {
			n++
		}
		return err
	}, `SELECT octet_length(changes) + octet_length(data) FROM events WHERE company_id = $1 AND seq > $2
		ORDER BY seq LIMIT $3`, after, eventsPerStep)
	return n, err
}

// span begins the span of a step, in the trace of the first event that has one. The following statements of tx belong
// to it.
func (f Follower) span(ctx context.Context, tx *db.Tx, began time.Time, entries []Entry) trace.Span {
	origins := make([]trace.Origin, len(entries))
	for i, e := range entries {
		origins[i] = e.Origin
	}
	ctx, span := trace.Continue(ctx, "follow "+f.Name, began, origins...)
	if span.Real() {
		tx.Under(ctx)
		span.Int("taskhouse.company", tx.Company())
		span.Int("taskhouse.events", int64(len(entries)))
	}
	return span
}

// hold reads a follower's cursor and keeps other processes from it until the transaction ends. mine is false if another
// process holds it, which then does the work.
func hold(tx *db.Tx, name string) (seq int64, mine bool, err error) {
	seq, err = db.One(tx, db.Column[int64], tx.Pick(
		`SELECT seq FROM cursors WHERE company_id = $1 AND name = $2`,
		`SELECT seq FROM cursors WHERE company_id = $1 AND name = $2 FOR UPDATE SKIP LOCKED`), name)
	if !fail.Is(err, fail.KindNotFound) {
		return seq, err == nil, err
	}
	n, err := tx.Exec(`INSERT INTO cursors (company_id, name, seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`, name)
	return 0, n == 1, err
}
