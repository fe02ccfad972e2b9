package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/observe"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/web"
)

// Serve runs the server until ctx ends, then lets requests and jobs finish for at most cfg.ShutdownGrace. With work it runs
// followers and jobs too; without, some `taskhouse worker` must.
func Serve(ctx context.Context, cfg Config, log *slog.Logger, out io.Writer, work bool) error {
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

// start is how a process that stays begins: its database is open and its schema this program's.
func start(ctx context.Context, cfg Config, log *slog.Logger) (d *db.DB, closeDatabase func(), err error) {
	relaxGC()
	if d, err = openDatabase(cfg, log); err != nil {
		return nil, nil, err
	}
	closeDatabase = func() {
		if err := d.Close(); err != nil {
			log.Error("close the database", "error", err)
		}
	}
	if _, err := d.Migrate(ctx); err != nil {
		closeDatabase()
		return nil, nil, err
	}
	return d, closeDatabase, nil
}

// House is the rooms put together.
type House struct {
	Handler http.Handler                // everything that is asked over HTTP
	Feed    *live.Hub                   // to be closed before the server is
	beside  []func(ctx context.Context) // what goes on beside the requests
	worker  *worker                     // what follows from them, which other processes may do
	metrics *observe.Metrics            // nil: nobody asks
}

// Run does the work that goes on beside the requests, until ctx ends.
func (h *House) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, work := range h.beside {
		wg.Go(func() { work(ctx) })
	}
	wg.Wait()
}

// Wire puts the rooms together. Mails for which there is no server are shown on out.
func Wire(cfg Config, d *db.DB, log *slog.Logger, out io.Writer) (*House, error) {
	keys, err := signingKeys(cfg, log)
	if err != nil {
		return nil, err
	}
	now, evenly := func() time.Time { return d.Now().Std() }, steady()
	signer, err := auth.NewSigner(keys, issuer, now)
	if err != nil {
		return nil, err
	}
	events, cursors := &event.Log{}, page.NewCursors(keys[0].Derive("cursors"))
	limits := auth.Limits{
		LoginByPair: limit.New(rate(cfg.LoginRate, 1), evenly), LoginByAccount: limit.New(rate(cfg.LoginRate, 10), evenly),
		LoginByAddress:    limit.New(rate(cfg.LoginAddressRate, 1), evenly),
		RegisterByAddress: limit.New(rate(cfg.RegisterRate, 1), evenly), RefreshByAddress: limit.New(rate(cfg.RefreshRate, 1), evenly),
	}
	guard, err := protect(cfg, keys[0], map[string]*limit.Limiter{
		"login-pair": limits.LoginByPair, "login-account": limits.LoginByAccount, "login-address": limits.LoginByAddress,
		"register-address": limits.RegisterByAddress, "refresh-address": limits.RefreshByAddress,
	}, evenly, log)
	if err != nil {
		return nil, err
	}
	tasks := &task.Service{Log: events, Cursors: cursors}
	notices, err := notifier(cfg, d, keys, log, out)
	if err != nil {
		return nil, err
	}
	notices.Cursors = cursors
	accounts, err := account.New(account.Options{DB: d, Log: events, Cursors: cursors, PublicURL: cfg.PublicURL}, tasks, notices)
	if err != nil {
		return nil, err
	}
	authn, err := auth.New(auth.Options{
		DB: d, Log: events, Accounts: accounts, Signer: signer, Hasher: auth.NewHasher(0, time.Second), Cursors: cursors,
		AccessTTL: cfg.AccessTTL, RefreshTTL: cfg.RefreshTTL, Limits: limits,
	})
	if err != nil {
		return nil, err
	}
	source, err := newSource(cfg, log)
	if err != nil {
		return nil, err
	}
	bus, err := wakeUps(cfg, d, keys[0])
	if err != nil {
		return nil, err
	}
	feed := live.New(live.Options{
		DB: d, Auth: authn, Events: events, Log: log, Bus: bus,
		Limits: live.Limits{PerMember: cfg.FeedPerMember, PerCompany: cfg.FeedPerCompany, PerAddress: cfg.FeedPerAddress},
	})
	notices.Told = feed.Told
	outside := &external.Service{Tasks: tasks, Source: source, Log: events, Secrets: notices.Secrets, AllowPrivate: cfg.ExternalCompany}
	if err := outside.Init(now); err != nil {
		return nil, err
	}
	site, err := web.Handler()
	if err != nil {
		return nil, err
	}
	a := &api.API{
		Site: site, DB: d, Accounts: accounts, Auth: authn, Tasks: tasks, External: outside, Analytics: &analytics.Service{DB: d}, Notices: notices, Events: events, Live: feed, Log: log, Cursors: cursors,
		PublicURL: cfg.PublicURL, AllowedOrigins: cfg.AllowedOrigins, TrustedProxies: cfg.TrustedProxies, MaxBody: cfg.MaxBody, Version: Version(),
		CORSOrigins: cfg.CORSOrigins, Rates: guard.rates, Gate: guard.gate, Memory: guard.memory, Heavy: guard.heavy,
	}
	w := newWorker(cfg, d, events, notices, log)
	metrics := measure(cfg, d, w, feed, guard.gate)
	if metrics != nil {
		a.Observed = metrics.Request
	}
	a.Ready = ready(parts(d, w))
	return &House{
		Handler: a.Handler(), Feed: feed, worker: w, metrics: metrics,
		beside: append(guard.beside, feed.Run, func(ctx context.Context) { keepHouse(ctx, d, authn, log) }),
	}, nil
}

// wakeUps is what carries the wake-ups to the other nodes: Redis where there is one, else PostgreSQL; SQLite has one node. The
// channel has a name that only nodes of this installation can know.
func wakeUps(cfg Config, d *db.DB, key auth.Key) (live.Bus, error) {
	channel := "taskhouse_" + hex.EncodeToString(key.Derive("wake-ups")[:12])
	switch {
	case d.Engine() == "sqlite":
		return nil, nil //nolint:nilnil // no bus is one of the answers
	case cfg.RedisURL != "":
		return live.NewRedis(string(cfg.RedisURL), channel)
	}
	return live.Postgres{DB: d, Channel: channel}, nil
}

// newSource is the configured source of outside tasks.
func newSource(cfg Config, log *slog.Logger) (*external.Source, error) {
	fields, err := external.ParseFields(cfg.ExternalFields)
	if err != nil {
		return nil, fmt.Errorf("EXTERNAL_TASKS_FIELDS: %w", err)
	}
	o := external.Options{URL: string(cfg.ExternalTasksURL), Fields: fields, AllowPrivate: cfg.ExternalPrivate, Log: log}
	if cfg.RedisURL != "" {
		if o.Cache, err = external.NewRedis(string(cfg.RedisURL), "taskhouse external "); err != nil {
			return nil, err
		}
	}
	return external.NewSource(o)
}

// issuer is the iss of every token: one name for every installation, because the key tells them apart.
const issuer = "taskhouse"

// keepHouse deletes what has expired, now and then, until ctx ends.
func keepHouse(ctx context.Context, d *db.DB, authn *auth.Service, log *slog.Logger) {
	t := time.NewTicker(10 * time.Minute)
	defer t.Stop()
	for {
		err := errors.Join(event.ForgetAnswers(ctx, d), authn.ForgetSessions(ctx), job.Forget(ctx, d), notify.Forget(ctx, d))
		if err != nil && ctx.Err() == nil {
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
	return openDatabaseAt(cfg, log, nil)
}

// openDatabaseAt is openDatabase with another clock than the machine's.
func openDatabaseAt(cfg Config, log *slog.Logger, now func() time.Time) (*db.DB, error) {
	o := db.Options{Now: now, Conns: cfg.DatabaseConns, StatementTimeout: cfg.StatementTimeout, Log: log}
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
func signingKeys(cfg Config, log *slog.Logger) (keys []auth.Key, err error) {
	if len(cfg.SecretKey) > 0 {
		k, err := auth.NewKey(cfg.SecretKey)
		if err != nil {
			return nil, fmt.Errorf("TASKHOUSE_SECRET_KEY: %w", err)
		}
		keys = append(keys, k)
	} else {
		if err := makeData(cfg); err != nil {
			return nil, err
		}
		path := filepath.Join(cfg.Data, "secret.key")
		k, err := auth.LoadOrCreateKey(path)
		if err != nil {
			return nil, err
		}
		if cfg.DatabaseURL != "" {
			log.Warn("the signing key is in the data folder: every other node needs the same, as TASKHOUSE_SECRET_KEY", "file", path)
		}
		keys = append(keys, k)
	}
	for _, old := range cfg.OldSecretKeys {
		k, err := auth.NewKey(old)
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
	if cfg.speaksTLS() {
		url = secureURL(addr.String())
	}
	_, _ = fmt.Fprintf(out, `Taskhouse is running at %[1]s (%[2]s)

  Sign a company up and begin:  %[1]s/
  For programs, the API:        %[1]s/api/docs/
  Stop with Ctrl-C; nothing that was acknowledged is lost.
`, url, where)
}

// inTheClear reports whether other machines can come without TLS, as far as the process knows.
func inTheClear(cfg Config, addr net.Addr) bool {
	at, ok := addr.(*net.TCPAddr)
	return ok && !at.IP.IsLoopback() && !cfg.speaksTLS() && !strings.HasPrefix(cfg.PublicURL, "https://")
}

// rate is a configured rate, some times over, in the limiter's own terms.
func rate(r Rate, times int) limit.Rate { return limit.Rate{Burst: r.Count * times, Per: r.Per} }
