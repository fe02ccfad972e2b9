package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/observe"
)

// measure makes this process's figures, or none where nobody can ask for them.
func measure(cfg config.Config, d *db.DB, w *worker, feed *live.Hub, gate *limit.Gate) *observe.Metrics {
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
	if gate != nil {
		s.Gate = gate.Stats
	}
	return observe.New(Version(), s)
}

// halted is how long followers may hear nothing from the database before the process is not ready. They look every 2 s.
const halted = 30 * time.Second

// part is something that a process needs to be ready.
type part struct {
	name string
	well func(context.Context) error
}

// parts are all of them. Work that other processes do is none of this one's.
func parts(d *db.DB, w *worker) []part {
	return []part{
		{"database", d.Ping},
		{"schema", d.Current},
		{"followers", func(context.Context) error { return stalled(w.followers.Progress(), d.Now()) }},
		{"jobs", func(context.Context) error { return silent("jobs", w.jobs.LastPoll(), d.Now()) }},
	}
}

// ready says whether all parts are well, in words that everybody may read.
func ready(all []part) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, p := range all {
			if err := p.well(ctx); fail.Is(err, fail.KindUnavailable) {
				return err
			} else if err != nil {
				return fail.Unavailable("This server is not ready.", time.Second).Because(fmt.Errorf("%s: %w", p.name, err))
			}
		}
		return nil
	}
}

func stalled(all []event.Progress, now db.Time) error {
	for _, p := range all {
		if err := silent("follower "+p.Name, p.Looked, now); err != nil {
			return err
		}
	}
	return nil
}

// silent says that who looks every second or two has not been answered for long; who never looked does not work here.
func silent(who string, looked, now db.Time) error {
	if looked == 0 || looked.Add(halted) >= now {
		return nil
	}
	return fail.Unavailable("The work that follows from changes has come to a halt.", time.Second).
		Because(fmt.Errorf("%s: no answer since %s", who, looked.Std().Format(time.RFC3339)))
}

// operate serves what operators and their machines ask, until stop is called; nothing at all without an address for it. There is no
// sign-in: who reaches the address may ask.
func operate(cfg config.Config, metrics *observe.Metrics, d *db.DB, w *worker, log *slog.Logger) (stop func(), err error) {
	if metrics == nil {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", cfg.OpsAddr)
	if err != nil {
		return nil, fmt.Errorf("listen for operators: %w: choose another address with --ops-addr", err)
	}
	srv := &http.Server{
		Handler: operatorHandler(cfg, metrics, d, w), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		WriteTimeout:   2 * time.Minute, // a profile is taken for as long as it was asked for, and pprof refuses one that would not fit in
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

func operatorHandler(cfg config.Config, metrics *observe.Metrics, d *db.DB, w *worker) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	live := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }
	isReady := func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		report(ctx, rw, parts(d, w))
	}
	for _, slash := range []string{"", "/{$}"} {
		mux.HandleFunc("GET /livez"+slash, live)
		mux.HandleFunc("GET /readyz"+slash, isReady)
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

// report writes a line for each part: only operators are told which one is not well, and why.
func report(ctx context.Context, w http.ResponseWriter, all []part) {
	status := http.StatusOK
	var lines strings.Builder
	for _, p := range all {
		err := p.well(ctx)
		if err == nil {
			_, _ = fmt.Fprintf(&lines, "%s: ok\n", p.name)
			continue
		}
		status = http.StatusServiceUnavailable
		_, _ = fmt.Fprintf(&lines, "%s: %s\n", p.name, scrub(OneLine(err.Error())))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(lines.String()))
}
