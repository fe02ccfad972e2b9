package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/observe"
)

// measure makes this process's figures, or none where nobody can ask for them.
func measure(cfg Config, d *db.DB, w *worker, feed *live.Hub) *observe.Metrics {
	if cfg.OpsAddr == "" {
		return nil
	}
	s := observe.Source{
		Database: d.Numbers, Followers: w.followers.Progress,
		Jobs: func(ctx context.Context) ([]job.Backlog, error) { return job.Backlogs(ctx, d) },
	}
	if feed != nil {
		s.Sockets = feed.Subscribers
	}
	return observe.New(Version(), s)
}

// halted is how long followers may hear nothing from the database before the process is not ready. They look every 2 s.
const halted = 30 * time.Second

// working says whether the followers of this process, if it has any at work, still get their answers.
func (w *worker) working(d *db.DB) func() error {
	return func() error { return stalled(w.followers.Progress(), d.Now()) }
}

func stalled(all []event.Progress, now db.Time) error {
	for _, p := range all {
		if p.Looked.Add(halted) < now {
			return fail.Unavailable("The work that follows from changes has come to a halt.", time.Second).
				Because(fmt.Errorf("follower %s has not been answered since %s", p.Name, p.Looked.Std().Format(time.RFC3339)))
		}
	}
	return nil
}

// operate serves what operators and their machines ask, until stop is called; nothing at all without an address for it. There is no
// sign-in: who reaches the address may ask.
func operate(cfg Config, metrics *observe.Metrics, d *db.DB, w *worker, log *slog.Logger) (stop func(), err error) {
	if metrics == nil {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", cfg.OpsAddr)
	if err != nil {
		return nil, fmt.Errorf("listen for operators: %w: choose another address with --ops-addr", err)
	}
	srv := &http.Server{
		Handler: operatorHandler(cfg, metrics, d, w), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the listener for operators ended", "error", err)
		}
	}()
	log.Info("operators may ask for /metrics", "addr", ln.Addr().String())
	return func() { _ = srv.Close(); <-ended }, nil
}

func operatorHandler(cfg Config, metrics *observe.Metrics, d *db.DB, w *worker) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	live := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }
	ready := func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := errors.Join(d.Ping(ctx), w.working(d)()); err != nil {
			http.Error(rw, "not ready", http.StatusServiceUnavailable)
			return
		}
		live(rw, r)
	}
	for _, slash := range []string{"", "/{$}"} {
		mux.HandleFunc("GET /livez"+slash, live)
		mux.HandleFunc("GET /readyz"+slash, ready)
	}
	if cfg.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}
