package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Serve runs the server until ctx ends, then lets requests finish for at most cfg.ShutdownGrace.
func Serve(ctx context.Context, cfg Config, log *slog.Logger, out io.Writer) error {
	relaxGC()
	d, err := openDatabase(cfg, log)
	if err != nil {
		return err
	}
	defer func() {
		if err := d.Close(); err != nil {
			log.Error("close the database", "error", err)
		}
	}()
	if _, err := d.Migrate(ctx); err != nil {
		return err
	}
	handler, housekeeping, err := Wire(cfg, d, log)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w: stop what uses the port, or choose another with --addr", err)
	}
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go housekeeping(ctx)
	greet(out, cfg, d, ln.Addr())
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping: requests may finish", "grace", cfg.ShutdownGrace)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.ShutdownGrace)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		log.Warn("some requests did not finish in time", "error", err)
		return srv.Close()
	}
	return nil
}

// Wire puts the rooms together: the HTTP handler of everything, and the work that goes on beside the requests.
func Wire(cfg Config, d *db.DB, log *slog.Logger) (http.Handler, func(context.Context), error) {
	keys, err := signingKeys(cfg, log)
	if err != nil {
		return nil, nil, err
	}
	now := func() time.Time { return d.Now().Std() }
	signer, err := account.NewSigner(keys, issuer, now)
	if err != nil {
		return nil, nil, err
	}
	events := &event.Log{}
	accounts := &account.Service{
		DB: d, Log: events, Signer: signer, Hasher: account.NewHasher(0, time.Second),
		AccessTTL: cfg.AccessTTL, RefreshTTL: cfg.RefreshTTL, PublicURL: cfg.PublicURL,
		LoginByPair: limit.New(rate(cfg.LoginRate, 1), now), LoginByAccount: limit.New(rate(cfg.LoginRate, 10), now), LoginByAddress: limit.New(rate(cfg.LoginAddressRate, 1), now),
		RegisterByAddress: limit.New(rate(cfg.RegisterRate, 1), now), RefreshByAddress: limit.New(rate(cfg.RefreshRate, 1), now),
	}
	if err := accounts.Init(); err != nil {
		return nil, nil, err
	}
	tasks := &task.Service{Log: events, Cursors: page.NewCursors(keys[0].Derive("cursors"))}
	accounts.HandOver = tasks.HandOver
	a := &api.API{
		DB: d, Accounts: accounts, Tasks: tasks, Log: log,
		PublicURL: cfg.PublicURL, TrustedProxies: cfg.TrustedProxies, MaxBody: cfg.MaxBody, Version: Version(),
	}
	return a.Handler(), func(ctx context.Context) { keepHouse(ctx, d, accounts, log) }, nil
}

// issuer is the iss of every token: one name for every installation, because the key tells them apart.
const issuer = "taskhouse"

// keepHouse deletes what has expired, now and then, until ctx ends.
func keepHouse(ctx context.Context, d *db.DB, accounts *account.Service, log *slog.Logger) {
	t := time.NewTicker(10 * time.Minute)
	defer t.Stop()
	for {
		if err := errors.Join(event.ForgetAnswers(ctx, d), accounts.ForgetSessions(ctx)); err != nil && ctx.Err() == nil {
			log.Warn("housekeeping failed; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// openDatabase opens what the configuration names; the embedded database's folder is made when it is not there.
func openDatabase(cfg Config, log *slog.Logger) (*db.DB, error) {
	o := db.Options{Conns: cfg.DatabaseConns, StatementTimeout: cfg.StatementTimeout, Log: log}
	if cfg.DatabaseURL != "" {
		o.URL, o.MigrateURL = string(cfg.DatabaseURL), string(cfg.MigrateURL)
		return db.Open(context.Background(), o)
	}
	if err := makeData(cfg); err != nil {
		return nil, err
	}
	o.Path = filepath.Join(cfg.Data, "taskhouse.db")
	return db.Open(context.Background(), o)
}

func makeData(cfg Config) error {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w: choose another with --data", err)
	}
	return nil
}

// signingKeys are the configured keys, or the one in the data folder, which is made when it is not there.
func signingKeys(cfg Config, log *slog.Logger) (keys []account.Key, err error) {
	if len(cfg.SecretKey) > 0 {
		k, err := account.NewKey(cfg.SecretKey)
		if err != nil {
			return nil, fmt.Errorf("TASKHOUSE_SECRET_KEY: %w", err)
		}
		keys = append(keys, k)
	} else {
		if err := makeData(cfg); err != nil {
			return nil, err
		}
		path := filepath.Join(cfg.Data, "secret.key")
		k, err := account.LoadOrCreateKey(path)
		if err != nil {
			return nil, err
		}
		if cfg.DatabaseURL != "" {
			log.Warn("the signing key is in the data folder: every other node needs the same, as TASKHOUSE_SECRET_KEY", "file", path)
		}
		keys = append(keys, k)
	}
	for _, old := range cfg.OldSecretKeys {
		k, err := account.NewKey(old)
		if err != nil {
			return nil, fmt.Errorf("TASKHOUSE_OLD_SECRET_KEYS: %w", err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// greet says where the server is and what to do next.
func greet(out io.Writer, cfg Config, d *db.DB, addr net.Addr) {
	where := "PostgreSQL"
	if d.Engine() == "sqlite" {
		where = "SQLite in " + cfg.Data
	}
	url := PublicURL(addr.String())
	_, _ = fmt.Fprintf(out, `Taskhouse is running at %[1]s (%[2]s)

  Sign a company up, and everything else:  %[1]s/api/docs/
  Stop with Ctrl-C; nothing that was acknowledged is lost.
`, url, where)
}

// rate is a configured rate, some times over, in the limiter's own terms.
func rate(r Rate, times int) limit.Rate { return limit.Rate{Burst: r.Count * times, Per: r.Per} }
