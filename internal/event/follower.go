package event

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Follower is a named reader of every company's log. Its place in a log is a row of cursors, which moves in the transaction of
// the work: what an event causes in the database happens exactly once and in order, whatever dies in between.
type Follower struct {
	Name string
	// Behind is how old an event must be before it is handed over.
	Behind time.Duration
	// Do does a part of one company's log, in order. Its failure undoes what it did; the same part comes again later, and
	// other companies go on meanwhile. As every write it may run more than once, and on SQLite must not wait for anything.
	Do func(tx *db.Tx, entries []Entry) error
}

// Followers lets followers run over the logs of all companies. Any number of processes may do so on PostgreSQL: they share the
// companies by locking the cursor's row.
type Followers struct {
	DB  *db.DB
	Log *slog.Logger
	// Poll is how often it looks for news that nobody woke it for: written by another process, or before a restart. 0 is 2 s.
	Poll time.Duration

	tracks []*track
}

// step is how many events a follower gets at once, and so how long the other companies wait for one with a long log.
const step = 100

// ahead is how far an event may be from the future. One that is further was written before the clock went back: its delay is over, for to
// wait until the clock is there again could take as long as it went back.
const ahead = time.Minute

// due is when an event may be read.
func (f Follower) due(at, now db.Time) db.Time {
	if at > now.Add(ahead) {
		return now
	}
	return at.Add(f.Behind)
}

// hands is how many companies a follower does at the same time.
const hands = 4

// NewFollowers makes them; Run starts them.
func NewFollowers(d *db.DB, log *slog.Logger, all ...Follower) *Followers {
	f := &Followers{DB: d, Log: log, Poll: 2 * time.Second}
	for _, follower := range all {
		f.tracks = append(f.tracks, &track{
			Follower: follower, db: d, log: log.With("follower", follower.Name),
			waiting: map[int64]bool{}, missed: map[int64]db.Time{}, failures: map[int64]int{}, changed: make(chan struct{}, 1),
		})
	}
	return f
}

// Wake says that a company's log has grown; Log.OnCommit calls it.
func (f *Followers) Wake(company int64) {
	now := f.DB.Now()
	for _, t := range f.tracks {
		t.expect(company, now.Add(t.Behind))
	}
}

// Run follows until ctx ends, and returns when the steps under way are done.
func (f *Followers) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, t := range f.tracks {
		all.Go(func() { t.poll(ctx, f.Poll) })
		all.Go(func() { t.run(ctx) })
	}
	all.Wait()
}

// Progress is how a follower keeps up.
type Progress struct {
	Name string
	Lag  time.Duration // how late it was with its oldest event at the last look, beyond Behind
	// Looked is when it last looked for news and was answered; 0 is never: it does not run in this process.
	Looked db.Time
}

// Progress asks the database nothing.
func (f *Followers) Progress() []Progress {
	out := make([]Progress, 0, len(f.tracks))
	for _, t := range f.tracks {
		t.mu.Lock()
		if t.looked != 0 {
			out = append(out, Progress{t.Name, t.late, t.looked})
		}
		t.mu.Unlock()
	}
	return out
}

// CatchUp does everything that is old enough by now, and returns when it is done: for tests, which set the clock.
func (f *Followers) CatchUp(ctx context.Context) error {
	for _, t := range f.tracks {
		if err := t.look(ctx); err != nil {
			return err
		}
		for {
			company, _, ok := t.take(f.DB.Now())
			if !ok {
				break
			}
			next, err := t.do(ctx, company)
			if err != nil {
				t.release(company, 0)
				return err
			}
			t.release(company, next)
		}
	}
	return nil
}

// track is one follower at work: the companies that have news for it, in the order in which it may read them.
type track struct {
	Follower
	db  *db.DB
	log *slog.Logger

	mu       sync.Mutex
	queue    queue
	waiting  map[int64]bool    // in the queue, or (false) being done
	missed   map[int64]db.Time // of those being done: what came meanwhile
	failures map[int64]int
	changed  chan struct{}
	late     time.Duration // as of the last look
	looked   db.Time       // when it last succeeded
}

// place is a company's place in the queue.
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

// expect puts a company into the queue, unless it stands there. One that is being done comes again when that has ended.
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

// take gives the company that waits longest, or how long it is until there is one; negative: nobody waits.
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

// release ends a company's turn; next is when its next event may be read, 0 if it has none.
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

// poll looks for news now and then. A look goes over the heads of all companies: where there are so many that it takes long, it is done the
// less often, so that polling is never more than a twentieth of what goes on.
func (t *track) poll(ctx context.Context, every time.Duration) {
	for {
		began := t.db.Now()
		if err := t.look(ctx); err != nil && ctx.Err() == nil {
			t.log.Warn("followers cannot look for news; they try again", "error", err)
		}
		timer := time.NewTimer(pause(every, time.Duration(t.db.Now()-began)*time.Microsecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// longest is how long a process hears of nothing at most that nobody woke it for.
const longest = 15 * time.Second

// pause is how long to wait after a look that took so long.
func pause(every, took time.Duration) time.Duration {
	return max(every, min(19*took, longest))
}

// wentBack forgets whose turn it is at what time, if the clock has gone back since the last look, which then finds all of them again.
func (t *track) wentBack(now db.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.looked == 0 || now.Add(time.Second) >= t.looked {
		return
	}
	for _, p := range t.queue {
		delete(t.waiting, p.company)
	}
	t.queue = nil
}

// look finds the companies whose log goes on behind the cursor.
func (t *track) look(ctx context.Context) error {
	now := t.db.Now()
	t.wentBack(now)
	var oldest db.Time
	err := t.db.System("which companies have news for a follower").Read(ctx, func(tx *db.SystemTx) error {
		oldest = now
		return tx.Query(func(r db.Row) error {
			var company int64
			var at db.Time
			if err := r.Scan(&company, &at); err != nil {
				return err
			}
			oldest = min(oldest, t.due(at, now))
			t.expect(company, t.due(at, now))
			return nil
		}, `SELECT h.company_id, (SELECT e.at FROM events e WHERE e.company_id = h.company_id AND e.seq = coalesce(c.seq, 0) + 1)
			FROM heads h LEFT JOIN cursors c ON c.company_id = h.company_id AND c.name = $1 WHERE h.seq > coalesce(c.seq, 0)`, t.Name)
	})
	if err == nil {
		t.mu.Lock()
		t.late, t.looked = time.Duration(now-oldest)*time.Microsecond, now
		t.mu.Unlock()
	}
	return err
}

// run does one company after the other, some of them at the same time.
func (t *track) run(ctx context.Context) {
	var busy sync.WaitGroup
	defer busy.Wait()
	free := make(chan struct{}, hands)
	for ctx.Err() == nil {
		company, wait, ok := t.take(t.db.Now())
		if ok {
			select {
			case free <- struct{}{}:
				busy.Go(func() {
					defer func() { <-free }()
					t.turn(ctx, company)
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

// turn does a part of one company's log, or leaves it for later when that fails.
func (t *track) turn(ctx context.Context, company int64) {
	next, err := t.do(ctx, company)
	t.mu.Lock()
	if err == nil || ctx.Err() != nil {
		delete(t.failures, company)
	} else {
		t.failures[company]++
		wait := backoff(t.failures[company])
		next = t.db.Now().Add(wait)
		t.log.Warn("a follower failed; it tries again", "company", company, "error", err, "in", wait)
	}
	t.mu.Unlock()
	t.release(company, next)
}

// backoff is how long a company waits after so many failures in a row: a second, doubled up to five minutes.
func backoff(failures int) time.Duration { return min(time.Second<<min(failures-1, 10), 5*time.Minute) }

// do is the next step in a company's log. next is when the following event may be read, 0 if there is none.
func (t *track) do(ctx context.Context, company int64) (next db.Time, err error) {
	return t.step(ctx, t.db, company)
}

// CatchUp does what one company's log has for the follower, without its delay, for whoever needs that and cannot wait for the
// follower's turn. It begins no other step once patience is over, and returns early where another process does the work.
func (f Follower) CatchUp(ctx context.Context, d *db.DB, company int64, patience time.Duration) error {
	f.Behind = 0
	for until := d.Now().Add(patience); ; {
		if next, err := f.step(ctx, d, company); err != nil || next == 0 || next > d.Now() || d.Now() >= until {
			return err
		}
	}
}

// step hands over what is old enough and moves the cursor, in one transaction.
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
		entries, err := Since(tx, seq, step+1)
		if err != nil {
			return err
		}
		n := 0
		for n < min(len(entries), step) && f.due(entries[n].At, tx.Now) <= tx.Now {
			n++
		}
		if n < len(entries) {
			next = f.due(entries[n].At, tx.Now)
		}
		if n == 0 {
			return nil
		}
		span.End(nil) // of an earlier run of this closure
		span = f.span(ctx, tx, began, entries[:n])
		if err := f.Do(tx, entries[:n]); err != nil {
			return err
		}
		return tx.AtCommit(`UPDATE cursors SET seq = $3 WHERE company_id = $1 AND name = $2`, f.Name, entries[n-1].Seq)
	})
	return next, err
}

// span begins the span of a step, in the trace of the first event that has one, with what the step does from here on.
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

// hold reads a follower's cursor and keeps other processes from it until the transaction ends; mine is false where another one
// has it, which then does the work.
func hold(tx *db.Tx, name string) (seq int64, mine bool, err error) {
	seq, err = db.One(tx, func(r db.Row, v *int64) error { return r.Scan(v) }, tx.Pick(
		`SELECT seq FROM cursors WHERE company_id = $1 AND name = $2`,
		`SELECT seq FROM cursors WHERE company_id = $1 AND name = $2 FOR UPDATE SKIP LOCKED`), name)
	if !fail.Is(err, fail.KindNotFound) {
		return seq, err == nil, err
	}
	n, err := tx.Exec(`INSERT INTO cursors (company_id, name, seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`, name)
	return 0, n == 1, err
}
