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
)

// Serve runs the server until ctx ends. The shutdown is graceful: requests and jobs may take up to cfg.ShutdownGrace to
// finish. If work is set, it also runs followers and jobs; otherwise a `taskhouse worker` must run them. It runs the
// commands of shells on this machine by local.
func Serve(
	ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer, work bool, local LocalCommand,
) error {
	ctx, b, closeBase, err := open(ctx, cfg, log, out)
	if err != nil {
		return err
	}
	defer closeBase()
	server, err := b.server(time.Second)
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
	closeOps, err := serveOperators(cfg, server.metrics, b.db, server.worker, log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer closeOps()
	closeRedirect, err := serveRedirect(cfg, tls, log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer closeRedirect()
	srv := &http.Server{
		Handler:           server.Handler(),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	background, stop := context.WithCancel(ctx)
	var busy sync.WaitGroup
	defer busy.Wait() // before the database is closed
	defer stop()
	defer b.serveLocal(background, local)()
	busy.Go(func() { server.Run(background) })
	if work {
		server.worker.listen()
		busy.Go(func() { server.worker.run(background) })
	}
	greet(out, cfg, b.db, ln.Addr())
	if unencrypted(cfg, ln.Addr()) {
		log.Warn("passwords and tokens are sent in the clear: set TASKHOUSE_TLS_CERT and TASKHOUSE_TLS_KEY, or "+
			"TASKHOUSE_ACME_HOSTS, or listen on 127.0.0.1 behind a proxy with TLS and set TASKHOUSE_PUBLIC_URL to its "+
			"https URL", "addr", ln.Addr().String())
	}
	if misleading(cfg, ln.Addr()) {
		log.Warn("links in mails and answers begin with an address that only this machine can open: set "+
			"TASKHOUSE_PUBLIC_URL to the address that people enter", "links", cfg.PublicURL)
	}
	if tls != nil && tls.fetch != nil {
		busy.Go(func() { tls.fetch(background) })
	}
	failed := make(chan error, 1)
	clients := limitConnections(cfg, ln)
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
	log.Info("stopping: waiting for requests to finish", "grace", cfg.ShutdownGrace)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.ShutdownGrace)
	defer cancel()
	server.Feed.Close(drain) // Shutdown ignores hijacked sockets, and would wait for streams
	if err := srv.Shutdown(drain); err != nil {
		log.Warn("some requests did not finish in time", "error", err)
		return srv.Close()
	}
	return nil
}

// greet prints the address of the server and the next steps.
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

  Open the web app and create a company:  %[1]s/
  Read about the API:                     %[1]s/api/docs/
  Stop with Ctrl-C: no confirmed change is lost.
`, url, where)
}

// misleading reports whether other machines can connect, and links lead to an address that was not configured.
func misleading(cfg config.Config, addr net.Addr) bool {
	at, ok := addr.(*net.TCPAddr)
	return cfg.GuessedURL() && (ok && !at.IP.IsLoopback() || len(cfg.TrustedProxies) > 0)
}

// unencrypted reports whether other machines can connect without TLS, as far as this process knows.
func unencrypted(cfg config.Config, addr net.Addr) bool {
	at, ok := addr.(*net.TCPAddr)
	return ok && !at.IP.IsLoopback() && !cfg.SpeaksTLS() && !strings.HasPrefix(cfg.PublicURL, "https://")
}
