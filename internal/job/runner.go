package job

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Runner runs jobs in this process. Any number of processes may have one.
type Runner struct {
	DB    *db.DB
	Queue *Queue
	Kinds []Kind
	Log   *slog.Logger

	// Optional settings; 0 means the default.
	Slots      int                             // jobs at the same time
	PerCompany int                             // slots that one company can take; by default half of Slots
	Poll       time.Duration                   // how often it polls for jobs without a wake-up
	Lease      time.Duration                   // how long a silent worker keeps its jobs
	Grace      time.Duration                   // how long running jobs may finish after a stop
	Backoff    func(attempt int) time.Duration // how long a job waits after a failed attempt; by default Backoff

	worker      string                // the name of this runner in the rows
	unclaimable map[int64]unclaimable // by company; only the loop uses it

	mu         sync.Mutex
	running    map[int64]int // jobs under way by company
	lastServed int64         // the company that got the last slot
	busy       sync.WaitGroup
	freed      chan struct{}
	jobsCtx    context.Context // of running jobs; it ends when they must be handed back
	lastPoll   atomic.Int64
}

// The defaults of a Runner.
const (
	defaultSlots = 32
	defaultPoll  = time.Second
	defaultLease = 20 * time.Second
	defaultGrace = 5 * time.Second
)

// LastPoll returns when the runner last polled for jobs successfully. It is 0 if it does not run in this process.
func (r *Runner) LastPoll() db.Time { return db.Time(r.lastPoll.Load()) }

// Backoff returns 5 seconds, doubled with each attempt up to an hour, plus or minus up to a quarter, so that jobs that
// failed together are not retried together.
func Backoff(attempt int) time.Duration {
	d := min(5*math.Pow(2, float64(attempt-1)), 3600) * float64(time.Second)
	return time.Duration(d * (0.75 + mathrand.Float64()/2)) //nolint:gosec // not a secret
}

func (r *Runner) defaults() {
	r.Slots = cmp.Or(r.Slots, defaultSlots)
	r.PerCompany = cmp.Or(r.PerCompany, max(r.Slots/2, 1))
	r.Poll = cmp.Or(r.Poll, defaultPoll)
	r.Lease = cmp.Or(r.Lease, defaultLease)
	r.Grace = cmp.Or(r.Grace, defaultGrace)
	if r.Backoff == nil {
		r.Backoff = Backoff
	}
	r.worker = rand.Text()
	r.unclaimable = map[int64]unclaimable{}
	r.running, r.freed = map[int64]int{}, make(chan struct{}, 1)
}

// Run runs jobs until ctx ends. Jobs under way may then finish for Grace; after it they are handed back, and the
// attempt does not count. Call it once.
func (r *Runner) Run(ctx context.Context) {
	r.defaults()
	// The jobs under way and the recording of their outcome outlive ctx.
	alive := context.WithoutCancel(ctx)
	jobsCtx, handBack := context.WithCancel(alive)
	defer handBack()
	r.jobsCtx = jobsCtx
	stopped := make(chan struct{})
	var lease sync.WaitGroup
	lease.Go(func() { r.renewLeases(alive, stopped, handBack) })
	if err := r.adopt(ctx); err != nil && ctx.Err() == nil {
		r.Log.Warn("cannot take over the jobs of an earlier run; they wait for the end of their leases", "error", err)
	}
	r.loop(ctx)
	done := make(chan struct{})
	go func() { r.busy.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(r.Grace):
		handBack()
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
		more, err := r.claimAndStart(ctx)
		if err == nil {
			r.lastPoll.Store(int64(r.DB.Now()))
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			r.Log.Warn("cannot claim jobs; retrying", "error", err)
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
			waitForMoreSlots(ctx)
		}
	}
}

// slotWait is how long the runner waits for more slots: claiming one job costs as much as claiming ten.
const slotWait = 2 * time.Millisecond

// waitForMoreSlots waits for slotWait.
func waitForMoreSlots(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(slotWait):
	}
}

// claimAndStart claims as many jobs as there are free slots and starts them. It reports true if there may be more jobs.
func (r *Runner) claimAndStart(ctx context.Context) (more bool, err error) {
	if r.free() == 0 {
		return false, nil
	}
	companies, err := waitingCompanies(ctx, r.DB)
	companies = slices.DeleteFunc(companies, func(c int64) bool { return r.unclaimable[c].next > r.DB.Now() })
	if err != nil || len(companies) == 0 {
		return false, err
	}
	quotas := r.dealSlots(companies)
	if len(quotas) == 0 {
		return false, nil
	}
	jobs, err := claim(ctx, r.DB, r.worker, quotas, r.Lease)
	if err != nil {
		if jobs, err = r.claimEach(ctx, quotas, err); err != nil {
			return false, err
		}
	}
	for _, j := range jobs {
		r.start(j)
	}
	return len(jobs) > 0, nil
}

// unclaimable is a company whose jobs could not be claimed, and when to try again.
type unclaimable struct {
	times int
	next  db.Time
}

// claimEach claims the jobs of each company alone, after claiming them together has failed with an error. A damaged row
// of one company then stops no other: the company is retried with the backoff of jobs. If no company can be claimed, it
// returns the error.
func (r *Runner) claimEach(ctx context.Context, quotas []quota, failed error) (jobs []claimed, err error) {
	if fail.Is(failed, fail.KindUnavailable) || ctx.Err() != nil {
		return nil, failed
	}
	claimedAny := false
	bad := map[int64]error{}
	for _, q := range quotas {
		more, err := claim(ctx, r.DB, r.worker, []quota{q}, r.Lease)
		if err != nil {
			bad[q.company] = err
			continue
		}
		claimedAny = true
		delete(r.unclaimable, q.company)
		jobs = append(jobs, more...)
	}
	if !claimedAny && len(quotas) > 1 {
		return nil, failed
	}
	for company, err := range bad {
		u := r.unclaimable[company]
		u.times++
		wait := Backoff(u.times)
		u.next = r.DB.Now().Add(wait)
		r.unclaimable[company] = u
		r.Log.Warn("the jobs of a company cannot be claimed; retrying", "company", company, "error", err, "in", wait)
	}
	return jobs, nil
}

// free returns the number of free slots.
func (r *Runner) free() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.freeLocked()
}

// freeLocked does the same as free; the caller holds r.mu.
func (r *Runner) freeLocked() int {
	n := r.Slots
	for _, k := range r.running {
		n -= k
	}
	return n
}

// dealSlots deals the free slots out to the waiting companies in turn, one slot each, beginning after the company that
// was served last (round robin): a company with ten thousand jobs gets no more slots than one with three.
func (r *Runner) dealSlots(companies []int64) (quotas []quota) {
	r.mu.Lock()
	defer r.mu.Unlock()
	free := r.freeLocked()
	first := 0
	for first < len(companies) && companies[first] <= r.lastServed {
		first++
	}
	for i := range companies {
		quotas = append(quotas, quota{company: companies[(first+i)%len(companies)]})
	}
	for dealt := true; dealt && free > 0; {
		dealt = false
		for i := range quotas {
			if s := &quotas[i]; free > 0 && r.running[s.company]+s.n < r.PerCompany {
				s.n++
				free--
				dealt = true
				r.lastServed = s.company
			}
		}
	}
	kept := quotas[:0]
	for _, s := range quotas {
		if s.n > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

// start runs a claimed job in its own goroutine.
func (r *Runner) start(j claimed) {
	company := j.Scope.Company()
	r.mu.Lock()
	r.running[company]++
	r.mu.Unlock()
	r.busy.Go(func() {
		r.run(j)
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

// run runs one job and records its outcome.
func (r *Runner) run(j claimed) {
	log := r.Log.With("kind", j.Kind, "job", j.ID, "company", j.Scope.Company(), "attempt", j.Attempt)
	traced, span := trace.Continue(r.jobsCtx, "job "+j.Kind, r.DB.Now().Std(), j.Origin)
	defer span.End(nil)
	span.Int("taskhouse.company", j.Scope.Company())
	span.Int("taskhouse.job", j.ID)
	span.Int("taskhouse.attempt", int64(j.Attempt))
	end, record := r.attempt(traced, j)
	switch {
	case end.state == DeadLetter:
		log.ErrorContext(traced, "a job is dead and will not be retried; see `taskhouse jobs list --state=dead`",
			"error", end.reason)
	case end.state == Cancelled:
		log.InfoContext(traced, "a job was cancelled: there is nothing left to do", "reason", end.reason)
	case end.uncounted:
		log.InfoContext(traced, "a job was handed back; it will run again", "reason", end.reason)
	case end.state == Queued:
		log.WarnContext(traced, "a job failed and will be retried", "error", end.reason, "in", end.wait)
	}
	if end.state == DeadLetter || end.state == Queued {
		span.Fail(string(end.state))
	}
	// The work is done, so a short outage of the database must not repeat it. When the lease ends another worker
	// repeats it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(traced), r.Lease)
	defer cancel()
	for {
		held, err := settle(ctx, r.worker, j, end, record)
		switch {
		case err == nil && !held:
			log.Warn("a job was taken over or cancelled while it ran; its outcome is not recorded here")
			return
		case err == nil:
			return
		case record != nil && !fail.Is(err, fail.KindUnavailable):
			// A record that cannot be stored is a failure like any other.
			end, record = r.outcomeOfFailure(j, r.kind(j.Kind), fmt.Errorf("record the job: %w", err)), nil
			continue
		}
		select {
		case <-ctx.Done():
			log.Warn("cannot record the outcome of a job; it will run again", "error", err)
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// attempt runs a job's kind once.
func (r *Runner) attempt(ctx context.Context, j claimed) (end outcome, record func(*db.Tx) error) {
	k := r.kind(j.Kind)
	if k.Run == nil {
		return outcome{state: DeadLetter, reason: fmt.Sprintf("this version has no jobs of the kind %q", j.Kind)}, nil
	}
	if j.Attempt > k.Attempts {
		reason := fmt.Sprintf("the worker died in the last of %d attempts", k.Attempts)
		return outcome{state: DeadLetter, reason: reason}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, k.Timeout)
	defer cancel()
	record, err := call(ctx, k, j.Job)
	record = recovered(record)
	switch {
	case err == nil:
		return outcome{state: Done}, record
	case r.jobsCtx.Err() != nil:
		return outcome{state: Queued, uncounted: true, reason: "handed back: the worker was stopped"}, nil
	default:
		return r.outcomeOfFailure(j, k, err), nil
	}
}

// outcomeOfFailure returns the outcome of a failed attempt: a retry unless the failure is final or was the last
// attempt.
func (r *Runner) outcomeOfFailure(j claimed, k Kind, err error) outcome {
	var f final
	switch {
	case errors.As(err, &f):
		return outcome{state: f.state, reason: err.Error()}
	case j.Attempt >= k.Attempts:
		return outcome{state: DeadLetter, reason: err.Error()}
	default:
		return outcome{state: Queued, reason: err.Error(), wait: r.Backoff(j.Attempt)}
	}
}

// call calls the kind's function and turns a panic into a failure.
func call(ctx context.Context, k Kind, j Job) (record func(*db.Tx) error, err error) {
	defer func() {
		if v := recover(); v != nil {
			record, err = nil, fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return k.Run(ctx, j)
}

// recovered returns a record that turns a panic into a failure.
func recovered(record func(*db.Tx) error) func(*db.Tx) error {
	if record == nil {
		return nil
	}
	return func(tx *db.Tx) (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
		}()
		return record(tx)
	}
}

func (r *Runner) kind(name string) Kind {
	for _, k := range r.Kinds {
		if k.Name == name {
			return k
		}
	}
	return Kind{}
}

// renewLeases renews the leases of this worker's jobs until stopped is closed. If it fails for the length of a lease,
// other workers may have taken the jobs over, so it calls handBack to stop them here.
func (r *Runner) renewLeases(ctx context.Context, stopped <-chan struct{}, handBack func()) {
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
		err := extendLeases(c, r.DB, r.worker, r.Lease)
		cancel()
		switch {
		case err == nil:
			last = r.DB.Now()
		case r.DB.Now() > last.Add(r.Lease):
			r.Log.Error("the leases of running jobs are lost; stopping these jobs", "error", err)
			handBack()
			return
		}
	}
}

// adopt ends the leases of an earlier process at once on SQLite, where no other process can run jobs.
func (r *Runner) adopt(ctx context.Context) error {
	if r.DB.Engine() != "sqlite" {
		return nil
	}
	return endLeases(ctx, r.DB)
}
