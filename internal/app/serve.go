package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/observe"
)

// Serve runs the server until ctx ends, then lets requests and jobs finish for at most cfg.ShutdownGrace. With work it runs
// followers and jobs too; without, some `taskhouse worker` must.
func Serve(ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer, work bool) error {
	d, closeDatabase, err := start(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer closeDatabase()
	traces, err := observe.NewTraces(ctx, Version(), log)
	if err != nil {
		return err
	}
	defer traces.Close()
	ctx = traces.Tracer().Into(ctx)
	house, err := Wire(cfg, d, log, out)
	if err != nil {
		return err
	}
	tls, err := secure(cfg, log)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w: stop what uses the port, or choose another with --addr", err)
	}
	closeOps, err := operate(cfg, house.metrics, d, house.worker, log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer closeOps()
	closeRedirect, err := redirect(cfg, tls, log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer closeRedirect()
	srv := &http.Server{
		Handler:           house.Handler,
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	beside, stop := context.WithCancel(ctx)
	var busy sync.WaitGroup
	defer busy.Wait() // before the database is closed
	defer stop()
	busy.Go(func() { house.Run(beside) })
	if work {
		house.worker.listen()
		busy.Go(func() { house.worker.run(beside) })
	}
	greet(out, cfg, d, ln.Addr())
	if inTheClear(cfg, ln.Addr()) {
		log.Warn("passwords and tokens go over the wire in the clear: set TASKHOUSE_TLS_CERT and TASKHOUSE_TLS_KEY or TASKHOUSE_ACME_HOSTS, or "+
			"listen on 127.0.0.1 behind a proxy with TLS and set TASKHOUSE_PUBLIC_URL to its https URL", "addr", ln.Addr().String())
	}
	if tls != nil && tls.fetch != nil {
		busy.Go(func() { tls.fetch(beside) })
	}
	failed := make(chan error, 1)
	clients := bounded(cfg, ln)
	go func() {
		if tls == nil {
			failed <- srv.Serve(clients)
			return
		}
		srv.TLSConfig = tls.config
		failed <- srv.ServeTLS(clients, "", "")
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping: requests may finish", "grace", cfg.ShutdownGrace)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.ShutdownGrace)
	defer cancel()
	house.Feed.Close(drain) // the server does not know of sockets that were handed over, and waits for streams
	if err := srv.Shutdown(drain); err != nil {
		log.Warn("some requests did not finish in time", "error", err)
		return srv.Close()
	}
	return nil
}

// greet says where the server is and what to do next.
func greet(out io.Writer, cfg config.Config, d *db.DB, addr net.Addr) {
	where := "PostgreSQL"
	if d.Engine() == "sqlite" {
		where = "SQLite in " + cfg.Data
	}
	url := config.PublicURL(addr.String())
	if cfg.SpeaksTLS() {
		url = config.SecureURL(addr.String())
	}
	_, _ = fmt.Fprintf(out, `Taskhouse is running at %[1]s (%[2]s)

  Sign a company up and begin:  %[1]s/
  For programs, the API:        %[1]s/api/docs/
  Stop with Ctrl-C; nothing that was acknowledged is lost.
`, url, where)
}

// inTheClear reports whether other machines can come without TLS, as far as the process knows.
func inTheClear(cfg config.Config, addr net.Addr) bool {
	at, ok := addr.(*net.TCPAddr)
	return ok && !at.IP.IsLoopback() && !cfg.SpeaksTLS() && !strings.HasPrefix(cfg.PublicURL, "https://")
}
