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
)

// How long answers and failures last.
const (
	Fresh    = time.Minute     // an answer is shown without asking again
	keep     = 24 * time.Hour  // it is shown while a newer one cannot be had
	Deadline = 3 * time.Second // one fetch with all its attempts, from the name's look-up to the last byte

	patience   = 3                      // failed fetches in a row before the source is left alone for a while
	firstPause = time.Second            // doubled with every further failure
	maxPause   = time.Minute            // and at most this, unless the source itself asks for more
	maxAsked   = time.Hour              // the longest pause that a source can ask for
	attempts   = 3                      // of one fetch
	firstWait  = 100 * time.Millisecond // between them, doubled each time, and a random part of it
)

// Options say what a Source asks, and how.
type Options struct {
	URL    string // http or https; "" is no source at all, and its tasks are always unavailable
	Fields Fields // where the tasks' fields stand; the zero Fields is DefaultFields
	// AllowPrivate lets it connect to loopback and private addresses, and to other ports than 80 and 443.
	AllowPrivate bool
	// Header carries Secret with every request; "" sends none.
	Header, Secret string
	// Cache is where nodes share answers; nil is none.
	Cache Cache
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	Log *slog.Logger

	Resolver *net.Resolver // nil is the machine's
	Deadline time.Duration // 0 is the constant of this name
}

// Source is one other system: what it answered last, and how it is asked. Its zero value is of no use; see NewSource.
//
// However many callers there are, one request at most is under way. An answer that is not Fresh any longer is still given at
// once while the next one is fetched in the background. After some failures in a row the source is left alone for a while,
// and then tried by one request.
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
	fetched time.Time     // when it was asked for; zero: there is none
	failure *failure      // of the last fetch; nil after a success
	failed  int           // fetches in a row
	paused  time.Time     // until when nothing is asked
	flight  chan struct{} // closed when the fetch under way is over; nil when there is none
}

// NewSource is a source that has not been asked yet.
func NewSource(o Options) (*Source, error) {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the machine's clock, where none is given
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
	s := &Source{fields: o.Fields, client: guarded(o), header: o.Header, secret: o.Secret, cache: o.Cache, key: o.cacheKey(), now: o.Now, log: o.Log, deadline: o.Deadline}
	if o.URL == "" {
		s.failure = &failure{Reason: Off, err: errors.New("no source is configured")}
		return s, nil
	}
	var err error
	if s.url, err = url.Parse(o.URL); err != nil || s.url.Scheme != "http" && s.url.Scheme != "https" || s.url.Hostname() == "" {
		return nil, errors.New("the source of outside tasks is no http or https URL")
	}
	return s, nil
}

// Tasks are the first Shown tasks of the source and how current they are. It waits for a request only where there is nothing
// to show, then at most for the deadline, and has no failure: that is what State is for.
func (s *Source) Tasks(ctx context.Context) ([]Task, State) {
	s.mu.Lock()
	age := s.now().Sub(s.fetched)
	have := !s.fetched.IsZero() && age < keep
	if (!have || age >= Fresh) && s.url != nil && s.flight == nil && !s.now().Before(s.paused) {
		s.flight = make(chan struct{})
		// The fetch is everybody's: it goes on when the caller who happened to start it leaves.
		go s.fetch(context.WithoutCancel(ctx), s.flight)
	}
	flight := s.flight
	if !have && flight != nil {
		s.mu.Unlock()
		select {
		case <-flight:
		case <-ctx.Done():
		}
		s.mu.Lock()
	}
	defer s.mu.Unlock()
	return s.show()
}

// Err is why the last fetch failed, in words for the operator; nil after a success. It may name addresses and so is not for
// clients.
func (s *Source) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		return nil
	}
	return s.failure
}

// show is what is known now.
func (s *Source) show() ([]Task, State) {
	age := s.now().Sub(s.fetched)
	st := State{Status: OK}
	if s.failure != nil {
		st.Reason = s.failure.Reason
	}
	switch {
	case s.fetched.IsZero() || age >= keep:
		st.Status = Unavailable
		if st.Reason == "" {
			st.Reason = Timeout // the caller left before the first answer, or it is a day old and the next one is on its way
		}
		return []Task{}, st
	case age >= Fresh:
		st.Status = Stale
	}
	st.FetchedAt = db.At(s.fetched)
	return s.tasks, st
}

// fetch asks the source, keeps what came of it and wakes whoever waits.
func (s *Source) fetch(ctx context.Context, flight chan struct{}) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.deadline, errDeadline)
	defer cancel()
	started := s.now()
	var tasks []Task
	var f *failure
	if a, ok := s.remembered(ctx); ok {
		tasks, started = a.Tasks, a.Fetched
	} else if tasks, f = s.ask(ctx); f == nil {
		s.remember(ctx, answer{started, tasks})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(flight)
	s.flight = nil
	if f == nil {
		if s.failed > 0 {
			s.log.Info("the source of outside tasks answers again")
		}
		s.tasks, s.fetched, s.failure, s.failed, s.paused = tasks, started, nil, 0, time.Time{}
		return
	}
	s.failure, s.failed = f, s.failed+1
	now := s.now()
	if s.failed >= patience {
		s.paused = now.Add(jitter(min(firstPause<<min(s.failed-patience, 10), maxPause)))
	}
	if asked := now.Add(min(f.after, maxAsked)); f.after > 0 && asked.After(s.paused) {
		s.paused = asked
	}
	if s.failed == 1 || s.failed == patience {
		s.log.Warn("the source of outside tasks fails", "reason", string(f.Reason), "error", f.err, "failed", s.failed)
	}
}

// jitter is between half of d and d, so that several nodes do not come back at once.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2+1) //nolint:gosec // G404: it spreads load and hides nothing
}
