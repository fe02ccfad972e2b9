package external

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/limit"
)

const (
	// Fresh is the age up to which an answer is shown without another fetch.
	Fresh        = time.Minute
	maxAnswerAge = 24 * time.Hour // an answer so old is not shown any more
	// Deadline bounds one fetch with all its attempts, from the DNS lookup to the last byte.
	Deadline = 3 * time.Second
)

// The circuit breaker: after some failed fetches in a row the source is not asked for a while.
const (
	maxFailures   = 3           // failed fetches in a row before the first pause
	firstPause    = time.Second // doubled with every further failure
	maxPause      = time.Minute // unless the source itself asks for more
	maxRetryAfter = time.Hour   // the longest pause that a source can ask for
)

// The attempts of one fetch.
const (
	maxAttempts    = 3
	firstRetryWait = 100 * time.Millisecond // doubled each time, with jitter
)

// Options configure a Source.
type Options struct {
	URL    string // http or https; "" means no source: its tasks are always unavailable
	Fields Fields // the zero Fields means DefaultFields
	// AllowPrivate allows connections to loopback and private addresses, and to ports other than 80 and 443.
	AllowPrivate bool
	// Header carries Secret with every request; "" means no header.
	Header, Secret string
	// Cache shares answers between nodes; nil means none.
	Cache Cache
	// Now is the clock; nil means the machine's.
	Now func() time.Time
	Log *slog.Logger

	Resolver *net.Resolver // nil means the machine's
	Deadline time.Duration // 0 means the constant of this name
}

// Source fetches the tasks of another system and holds its last answer. Use NewSource: the zero value does not work.
//
// Whatever the number of callers, at most one request is under way. An answer that is not Fresh any more is still
// returned at once while the next one is fetched in the background (stale-while-revalidate). After maxFailures failures
// in a row the source is not asked for a while, and then by one request.
type Source struct {
	url      *url.URL
	fields   Fields
	client   *http.Client
	header   string
	secret   string
	cache    Cache
	key      string // of its answers in the cache
	now      func() time.Time
	log      *slog.Logger
	deadline time.Duration

	mu      sync.Mutex
	tasks   []Task        // the last good answer
	fetched time.Time     // when that answer was requested; zero if there is none
	failure *failure      // of the last fetch; nil after a success
	failed  int           // failed fetches in a row
	paused  time.Time     // no fetch starts before
	flight  chan struct{} // closed when the fetch under way ends; nil if none is under way
}

// NewSource returns a source that has not fetched anything yet.
func NewSource(o Options) (*Source, error) {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the machine's clock is the default
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Fields == (Fields{}) {
		o.Fields = DefaultFields
	}
	if o.Deadline == 0 {
		o.Deadline = Deadline
	}
	s := &Source{
		fields: o.Fields, client: newClient(o), header: o.Header, secret: o.Secret, cache: o.Cache, key: o.cacheKey(),
		now: o.Now,
		log: o.Log, deadline: o.Deadline,
	}
	if o.URL == "" {
		s.failure = &failure{Reason: Off, err: errors.New("no source is configured")}
		return s, nil
	}
	var err error
	if s.url, err = url.Parse(o.URL); err != nil || s.url.Scheme != "http" && s.url.Scheme != "https" ||
		s.url.Hostname() == "" {
		return nil, errors.New("the URL of the source of external tasks is not http or https")
	}
	return s, nil
}

// Tasks returns the first Shown tasks of the source and says how current they are. It waits for a fetch only if there
// is nothing to show, and at most for the deadline. It does not fail: State reports failures.
func (s *Source) Tasks(ctx context.Context) ([]Task, State) {
	s.mu.Lock()
	age := s.now().Sub(s.fetched)
	have := !s.fetched.IsZero() && age < maxAnswerAge
	if (!have || age >= Fresh) && s.url != nil && s.flight == nil && !s.now().Before(s.paused) {
		s.flight = make(chan struct{})
		// All callers share the fetch, so it goes on when the caller that started it leaves.
		go s.fetch(context.WithoutCancel(ctx), s.flight)
	}
	flight := s.flight
	if !have && flight != nil {
		s.mu.Unlock()
		began := time.Now() //nolint:forbidigo // durations are real time, also in tests
		select {
		case <-flight:
		case <-ctx.Done():
		}
		limit.WaitedOutside(ctx, time.Since(began)) //nolint:forbidigo // as above
		s.mu.Lock()
	}
	defer s.mu.Unlock()
	return s.current()
}

// Err returns why the last fetch failed, for the operator; nil after a success. It may name addresses, so do not show
// it to clients.
func (s *Source) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		return nil
	}
	return s.failure
}

// current returns the last answer and how current it is; the caller holds s.mu.
func (s *Source) current() ([]Task, State) {
	age := s.now().Sub(s.fetched)
	st := State{Status: OK}
	if s.failure != nil {
		st.Reason = s.failure.Reason
	}
	switch {
	case s.fetched.IsZero() || age >= maxAnswerAge:
		st.Status = Unavailable
		if st.Reason == "" {
			// The caller left before the first answer, or the last answer is too old and a fetch is under way.
			st.Reason = Timeout
		}
		return []Task{}, st
	case age >= Fresh:
		st.Status = Stale
	}
	st.FetchedAt = db.At(s.fetched)
	return s.tasks, st
}

// fetch fetches an answer, from the cache or the source, stores the result and wakes the waiting callers.
func (s *Source) fetch(ctx context.Context, flight chan struct{}) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.deadline, errDeadline)
	defer cancel()
	started := s.now()
	var tasks []Task
	var f *failure
	if a, ok := s.cached(ctx); ok {
		tasks, started = a.Tasks, a.Fetched
	} else if tasks, f = s.fetchWithRetries(ctx); f == nil {
		s.share(ctx, answer{started, tasks})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(flight)
	s.flight = nil
	if f == nil {
		if s.failed > 0 {
			s.log.Info("the source of external tasks answers again")
		}
		s.tasks, s.fetched, s.failure, s.failed, s.paused = tasks, started, nil, 0, time.Time{}
		return
	}
	s.failure, s.failed = f, s.failed+1
	now := s.now()
	if s.failed >= maxFailures {
		s.paused = now.Add(jitter(min(firstPause<<min(s.failed-maxFailures, 10), maxPause)))
	}
	if until := now.Add(min(f.after, maxRetryAfter)); f.after > 0 && until.After(s.paused) {
		s.paused = until
	}
	if s.failed == 1 || s.failed == maxFailures {
		s.log.Warn("cannot fetch external tasks", "reason", string(f.Reason), "error", f.err, "failed", s.failed)
	}
}

// jitter returns a random duration from half of d to d, so that several nodes do not retry at once.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2+1) //nolint:gosec // G404: it spreads load and protects no secret
}
