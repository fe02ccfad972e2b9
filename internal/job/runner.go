package job

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Runner runs jobs in this process. Any number of processes may have one.
type Runner struct {
	DB    *db.DB
	Queue *Queue
	Kinds []Kind
	Log   *slog.Logger

	// What may be left at 0.
	Slots      int                             // jobs at the same time; 32
	PerCompany int                             // of them of one company, so that it cannot take them all; half of them
	Poll       time.Duration                   // how often it looks for jobs that nobody woke it for; 1 s
	Lease      time.Duration                   // how long a worker that has gone silent keeps its jobs; 20 s
	Grace      time.Duration                   // how long running jobs may finish when it is stopped; 5 s
	Backoff    func(attempt int) time.Duration // how long a job waits after its failed attempt; see Backoff

	worker string // this one's name in the rows

	mu      sync.Mutex
	running map[int64]int // by company
	last    int64         // the company that was served last
	busy    sync.WaitGroup
	freed   chan struct{}
	halted  context.Context // ends when running jobs shall be handed back
	looked  atomic.Int64    // see Looked
}

// Looked is when it last looked for jobs and was answered; 0 is never: it does not run in this process.
func (r *Runner) Looked() db.Time { return db.Time(r.looked.Load()) }

// Backoff is 5 seconds, doubled with each attempt up to an hour, and up to a quarter more or less, so that jobs that failed
// together do not come back together.
func Backoff(attempt int) time.Duration {
	d := min(5*math.Pow(2, float64(attempt-1)), 3600) * float64(time.Second)
	return time.Duration(d * (0.75 + mathrand.Float64()/2)) //nolint:gosec // not a secret
}

func (r *Runner) defaults() {
	if r.Slots == 0 {
		r.Slots = 32
	}
	if r.PerCompany == 0 {
		r.PerCompany = max(r.Slots/2, 1)
	}
	if r.Poll == 0 {
		r.Poll = time.Second
	}
	if r.Lease == 0 {
		r.Lease = 20 * time.Second
	}
	if r.Grace == 0 {
		r.Grace = 5 * time.Second
	}
	if r.Backoff == nil {
		r.Backoff = Backoff
	}
	r.worker = rand.Text()
	r.running, r.freed = map[int64]int{}, make(chan struct{}, 1)
}

// Run runs jobs until ctx ends; those under way may then finish for Grace, and are handed back uncounted after it. It is called
// once.
func (r *Runner) Run(ctx context.Context) {
	r.defaults()
	// What outlives ctx: the jobs under way, and what is recorded of them.
	alive := context.WithoutCancel(ctx)
	halted, halt := context.WithCancel(alive)
	defer halt()
	r.halted = halted
	stopped := make(chan struct{})
	var lease sync.WaitGroup
	lease.Go(func() { r.renew(alive, stopped, halt) })
	if err := r.adopt(ctx); err != nil && ctx.Err() == nil {
		r.Log.Warn("jobs of an earlier run wait for the end of their lease", "error", err)
	}
	r.loop(ctx)
	done := make(chan struct{})
	go func() { r.busy.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(r.Grace):
		halt()
		<-done
	}
	close(stopped)
	lease.Wait()
}

// loop claims and starts jobs until ctx ends.
func (r *Runner) loop(ctx context.Context) {
	tick := time.NewTicker(r.Poll)
	defer tick.Stop()
	failing := false
	for {
		more, err := r.round(ctx)
		if err == nil {
			r.looked.Store(int64(r.DB.Now()))
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			r.Log.Warn("jobs cannot be claimed; it is tried again", "error", err)
		case err == nil && more:
			failing = false
			continue
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.Queue.added:
		case <-r.freed:
			gather(ctx)
		}
	}
}

// gather waits a moment for more slots to become free: claiming one job costs as much as claiming ten.
func gather(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(2 * time.Millisecond):
	}
}

// round claims as many jobs as there are free slots and starts them; more says that there may be others.
func (r *Runner) round(ctx context.Context) (more bool, err error) {
	if r.free() == 0 {
		return false, nil
	}
	companies, err := waiting(ctx, r.DB)
	if err != nil || len(companies) == 0 {
		return false, err
	}
	shares := r.share(companies)
	if len(shares) == 0 {
		return false, nil
	}
	jobs, err := claim(ctx, r.DB, r.worker, shares, r.Lease)
	if err != nil {
		return false, err
	}
	for _, j := range jobs {
		r.start(j)
	}
	return len(jobs) > 0, nil
}

func (r *Runner) free() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.Slots
	for _, k := range r.running {
		n -= k
	}
	return n
}

// share deals the free slots out to the companies that wait, one each in turn, beginning behind the one that was served last:
// a company with ten thousand jobs gets no more of them than one with three.
func (r *Runner) share(companies []int64) (shares []share) {
	r.mu.Lock()
	defer r.mu.Unlock()
	free := r.Slots
	for _, k := range r.running {
		free -= k
	}
	first := 0
	for first < len(companies) && companies[first] <= r.last {
		first++
	}
	for i := range companies {
		shares = append(shares, share{company: companies[(first+i)%len(companies)]})
	}
	for dealt := true; dealt && free > 0; {
		dealt = false
		for i := range shares {
			if s := &shares[i]; free > 0 && r.running[s.company]+s.n < r.PerCompany {
				s.n++
				free--
				dealt = true
				r.last = s.company
			}
		}
	}
	kept := shares[:0]
	for _, s := range shares {
		if s.n > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

// start runs a claimed job beside the others.
func (r *Runner) start(j claimed) {
	company := j.Scope.Company()
	r.mu.Lock()
	r.running[company]++
	r.mu.Unlock()
	r.busy.Go(func() {
		r.do(j)
		r.mu.Lock()
		if r.running[company]--; r.running[company] == 0 {
			delete(r.running, company)
		}
		r.mu.Unlock()
		select {
		case r.freed <- struct{}{}:
		default:
		}
	})
}

// do runs one job and records what became of it.
func (r *Runner) do(j claimed) {
	log := r.Log.With("kind", j.Kind, "job", j.ID, "company", j.Scope.Company(), "attempt", j.Attempt)
	traced, span := trace.Continue(r.halted, "job "+j.Kind, r.DB.Now().Std(), j.Origin)
	defer span.End(nil)
	span.Int("taskhouse.company", j.Scope.Company())
	span.Int("taskhouse.job", j.ID)
	span.Int("taskhouse.attempt", int64(j.Attempt))
	end, record := r.attempt(traced, j)
	switch end.state {
	case Failed:
		log.ErrorContext(traced, "a job is dead; see `taskhouse jobs list --state=dead`", "error", end.reason)
	case Cancelled:
		log.InfoContext(traced, "a job was dropped", "reason", end.reason)
	case Queued:
		log.WarnContext(traced, "a job failed; it is tried again", "error", end.reason, "in", end.wait)
	}
	if end.state == Failed || end.state == Queued {
		span.Fail(end.state)
	}
	// The work is done: a database that is away for a moment must not have it done again. When the lease ends somebody else does.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(traced), r.Lease)
	defer cancel()
	for {
		mine, err := settle(ctx, r.worker, j, end, record)
		switch {
		case err == nil && !mine:
			log.Warn("a job was taken away or cancelled while it ran; what it did is not recorded here")
			return
		case err == nil:
			return
		case record != nil && !unavailable(err):
			// What cannot be recorded now is a failure like any other.
			end, record = r.failed(j, r.kind(j.Kind), fmt.Errorf("record the job: %w", err)), nil
			continue
		}
		select {
		case <-ctx.Done():
			log.Warn("what became of a job cannot be recorded; it is run again", "error", err)
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// attempt runs a job's kind once.
func (r *Runner) attempt(ctx context.Context, j claimed) (end outcome, record func(*db.Tx) error) {
	k := r.kind(j.Kind)
	if k.Run == nil {
		return outcome{state: Failed, reason: fmt.Sprintf("this version knows no jobs of the kind %q", j.Kind)}, nil
	}
	if j.Attempt > k.Attempts {
		return outcome{state: Failed, reason: fmt.Sprintf("its worker died in the last of %d attempts", k.Attempts)}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, k.Timeout)
	defer cancel()
	record, err := call(ctx, k, j.Job)
	switch {
	case err == nil:
		return outcome{state: Done}, record
	case r.halted.Err() != nil:
		return outcome{state: Queued, uncounted: true, reason: "handed back: the worker was stopped"}, nil
	default:
		return r.failed(j, k, err), nil
	}
}

// failed is what becomes of a job after a failure.
func (r *Runner) failed(j claimed, k Kind, err error) outcome {
	var f final
	switch {
	case errors.As(err, &f):
		return outcome{state: f.state, reason: err.Error()}
	case j.Attempt >= k.Attempts:
		return outcome{state: Failed, reason: err.Error()}
	default:
		return outcome{state: Queued, reason: err.Error(), wait: r.Backoff(j.Attempt)}
	}
}

// call runs the kind's function; a panic is a failure.
func call(ctx context.Context, k Kind, j Job) (record func(*db.Tx) error, err error) {
	defer func() {
		if v := recover(); v != nil {
			record, err = nil, fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return k.Run(ctx, j)
}

func (r *Runner) kind(name string) Kind {
	for _, k := range r.Kinds {
		if k.Name == name {
			return k
		}
	}
	return Kind{}
}

// renew keeps the leases of this worker's jobs. When it cannot for as long as one lasts, others may have the jobs by now: they
// are stopped here.
func (r *Runner) renew(ctx context.Context, stopped <-chan struct{}, halt func()) {
	tick := time.NewTicker(r.Lease / 4)
	defer tick.Stop()
	last := r.DB.Now()
	for {
		select {
		case <-stopped:
			return
		case <-tick.C:
		}
		r.mu.Lock()
		idle := len(r.running) == 0
		r.mu.Unlock()
		if idle {
			last = r.DB.Now()
			continue
		}
		c, cancel := context.WithTimeout(ctx, r.Lease/4)
		err := extend(c, r.DB, r.worker, r.Lease)
		cancel()
		switch {
		case err == nil:
			last = r.DB.Now()
		case r.DB.Now() > last.Add(r.Lease):
			r.Log.Error("the leases of running jobs are lost: they are stopped", "error", err)
			halt()
			return
		}
	}
}

// adopt takes back at once what an earlier process left running, where there can be no other one.
func (r *Runner) adopt(ctx context.Context) error {
	if r.DB.Engine() != "sqlite" {
		return nil
	}
	return release(ctx, r.DB)
}
