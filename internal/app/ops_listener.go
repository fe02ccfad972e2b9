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

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/observe"
)

// measure returns the metrics of this process, or nil without an address to serve them at.
func measure(cfg config.Config, d *db.DB, w *worker, feed *live.Hub, gate *limit.Gate) *observe.Metrics {
	if cfg.OpsAddr == "" {
		return nil
	}
	s := observe.Source{
		Database: d.Numbers, Followers: w.followers.Progress,
		Digests: w.notices.DigestsFailing,
		Jobs:    func(ctx context.Context) ([]job.Backlog, error) { return job.Backlogs(ctx, d) },
	}
	if feed != nil {
		s.Sockets = feed.Subscribers
	}
	if gate != nil {
		s.Gate = gate.Stats
	}
	return observe.New(Version(), s)
}

// serveOperators serves metrics, health checks and profiles until stop is called. Without an address for it, it does
// nothing. It has no authentication: every client that reaches the address may read.
func serveOperators(
	cfg config.Config, metrics *observe.Metrics, d *db.DB, w *worker, log *slog.Logger,
) (stop func(), err error) {
	if metrics == nil {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", cfg.OpsAddr)
	if err != nil {
		return nil, fmt.Errorf("listen for operators: %w: choose another address with --ops-addr", err)
	}
	srv := &http.Server{
		Handler:           operatorHandler(cfg, metrics, d, w),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute, // bounds a profile too: pprof rejects one that would take longer
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the listener for operators failed", "error", err)
		}
	}()
	log.Info("serving /metrics for operators", "addr", ln.Addr().String())
	return func() { _ = srv.Close(); <-ended }, nil
}

func operatorHandler(cfg config.Config, metrics *observe.Metrics, d *db.DB, w *worker) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	live := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }
	isReady := func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		reportParts(ctx, rw, parts(d, w))
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
