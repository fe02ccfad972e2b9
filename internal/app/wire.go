package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
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
func Wire(cfg config.Config, d *db.DB, log *slog.Logger, out io.Writer) (*House, error) {
	keys, err := signingKeys(cfg, log)
	if err != nil {
		return nil, err
	}
	now, evenly := func() time.Time { return d.Now().Std() }, steady()
	signer, err := auth.NewSigner(keys, Issuer, now)
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
	source, err := NewSource(cfg, log)
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
	notices.OnInboxChange = feed.HintInbox
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
func wakeUps(cfg config.Config, d *db.DB, key auth.Key) (live.Bus, error) {
	channel := "taskhouse_" + hex.EncodeToString(key.Derive("wake-ups")[:12])
	switch {
	case d.Engine() == "sqlite":
		return nil, nil //nolint:nilnil // no bus is one of the answers
	case cfg.RedisURL != "":
		return live.NewRedis(string(cfg.RedisURL), channel)
	}
	return live.Postgres{DB: d, Channel: channel}, nil
}

// NewSource is the configured source of outside tasks.
func NewSource(cfg config.Config, log *slog.Logger) (*external.Source, error) {
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

// Issuer is the iss of every token: one name for every installation, because the key tells them apart.
const Issuer = "taskhouse"

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

// rate is a configured rate, some times over, in the limiter's own terms.
func rate(r config.Rate, times int) limit.Rate { return limit.Rate{Burst: r.Count * times, Per: r.Per} }
