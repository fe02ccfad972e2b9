// Package app wires the rooms to each other and runs them: the server, the worker, TLS, the log and the listener for
// operators.
//
// It has no rules about companies, members or tasks. Options are package config's business, and commands package cli's.
package app

import (
	"cmp"
	"context"
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

// Server is the product on one database, ready to serve.
type Server struct {
	API  *api.API  // tests may change it until they call Handler
	Feed *live.Hub // close it before the HTTP server

	// Followers of the log. Serve and Work run them; tests call CatchUpDue.
	Followers *event.Followers
	// Mails are the mails to accounts. Serve and Work send them; tests call SendDue.
	Mails *notify.AccountMails

	background []func(ctx context.Context)
	worker     *worker          // followers and jobs, which other processes may run instead
	metrics    *observe.Metrics // nil without an address for operators
}

// Overrides replaces parts that Wire would make from the configuration. A zero field replaces nothing.
type Overrides struct {
	Keys     []auth.Key    // instead of the configured keys and the key file; the first one signs
	Mailer   notify.Mailer // instead of the mail server or the console
	HashWait time.Duration // how long a sign-in waits for its turn to hash a password; 0: auth.DefaultHashWait
}

// Wire connects the rooms on an open database, whose clock they all use. Without a mail server, mails are printed on
// out. Nothing runs yet: call Handler to serve and Run for the work in the background.
func Wire(cfg config.Config, d *db.DB, log *slog.Logger, out io.Writer, o Overrides) (*Server, error) {
	b, err := newBase(cfg, d, log, out, o)
	if err != nil {
		return nil, err
	}
	return b.server(cmp.Or(o.HashWait, auth.DefaultHashWait))
}

// Handler returns the handler of every request.
func (s *Server) Handler() http.Handler { return s.API.Handler() }

// Run does the work in the background of requests until ctx ends. It runs no followers and jobs.
func (s *Server) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, work := range s.background {
		wg.Go(func() { work(ctx) })
	}
	wg.Wait()
}

// server wires the rooms of a server.
func (b *base) server(hashWait time.Duration) (*Server, error) {
	cfg, d, key := b.cfg, b.db, b.keys[0]
	now, tick := func() time.Time { return d.Now().Std() }, monotonic()
	signer, err := auth.NewSigner(b.keys, Issuer, now)
	if err != nil {
		return nil, err
	}
	attempts := attemptLimits(cfg, tick)
	protection, err := protect(cfg, key, attempts, tick, b.log)
	if err != nil {
		return nil, err
	}
	cursors := page.NewCursors(key.Derive("cursors"))
	b.notices.Cursors = cursors
	tasks := &task.Service{Log: b.events, Cursors: cursors, ZoneOf: notify.ZoneOf}
	authn, err := NewAuth(auth.Options{
		DB: d, Log: b.events, Signer: signer, Hasher: auth.NewHasher(0, hashWait), Cursors: cursors,
		AccessTTL: cfg.AccessTTL, RefreshTTL: cfg.RefreshTTL, SessionAge: cfg.SessionAge, Limits: attempts,
		Mails: b.mails.Queue, AskConfirm: cfg.ConfirmAddresses,
		MustConfirm: cfg.SMTPURL != "" && cfg.ConfirmAddresses,
	}, cfg.PublicURL, tasks, b.notices)
	if err != nil {
		return nil, err
	}
	authn.Accounts.MailsPerMember, authn.Accounts.MailsToAddress = int64(cfg.BudgetMemberMails), protection.mails
	source, err := NewSource(cfg, b.log)
	if err != nil {
		return nil, err
	}
	externalTasks := &external.Service{
		Tasks: tasks, Source: source, Log: b.events, Secrets: b.notices.Secrets, AllowPrivate: cfg.ExternalCompany,
	}
	if err := externalTasks.Init(now); err != nil {
		return nil, err
	}
	feed := live.New(live.Options{
		DB: d, Auth: authn, Events: b.events, Log: b.log, Bus: b.bus,
		Limits: live.Limits{
			PerMember: cfg.FeedPerMember, PerCompany: cfg.FeedPerCompany, PerAddress: cfg.FeedPerAddress,
		},
	})
	b.notices.OnInboxChange = feed.HintInbox
	site, err := web.Handler()
	if err != nil {
		return nil, err
	}
	a := &api.API{
		Site: site, HasPage: web.HasPage, SecurityContact: cfg.SecurityContact,
		DB: d, Accounts: authn.Accounts, Auth: authn, Tasks: tasks, External: externalTasks,
		Analytics: &analytics.Service{DB: d}, Notices: b.notices, Events: b.events, Live: feed, Log: b.log,
		Cursors: cursors, Version: Version(), MaxBody: cfg.MaxBody,
		PublicURL: cfg.PublicURL, GuessedURL: cfg.GuessedURL(),
		AllowedOrigins: cfg.AllowedOrigins, CORSOrigins: cfg.CORSOrigins, TrustedProxies: cfg.TrustedProxies,
		Rates: protection.rates, Gate: protection.gate, Memory: protection.memory, Heavy: protection.heavy,
		Bodies: protection.bodies, BodyTimeout: bodyTimeout,
	}
	w := b.newWorker()
	metrics := measure(cfg, d, w, feed, protection.gate)
	if metrics != nil {
		a.Observed = metrics.Request
	}
	a.Ready = readiness(parts(d, w))
	sweep := func(ctx context.Context) { deleteExpired(ctx, d, authn, b.log) }
	return &Server{
		API: a, Feed: feed, Followers: w.followers, Mails: b.mails, worker: w, metrics: metrics,
		background: append(protection.background, feed.Run, sweep),
	}, nil
}

// NewAuth wires the services of accounts and sessions. The result has the service of accounts in its Accounts. A
// command that signs no tokens needs no signer, and mailer may be nil: then nothing is mailed.
func NewAuth(
	o auth.Options, publicURL string, tasks *task.Service, mailer account.Mailer,
) (*auth.Service, error) {
	options := account.Options{DB: o.DB, Log: o.Log, Cursors: o.Cursors, PublicURL: publicURL}
	accounts, err := account.New(options, tasks, mailer)
	if err != nil {
		return nil, err
	}
	o.Accounts = accounts
	return auth.New(o)
}

// attemptLimits returns the rate limits of attempts to sign in, sign up and refresh, and of requests for mails.
func attemptLimits(cfg config.Config, now func() time.Time) auth.Limits {
	return auth.Limits{
		LoginByPair:       limit.New(rate(cfg.LoginRate, 1), now),
		LoginByAccount:    limit.New(rate(cfg.LoginRate, 10), now),
		LoginByAddress:    limit.New(rate(cfg.LoginAddressRate, 1), now),
		LoginByDevice:     limit.New(rate(cfg.LoginRate, 1), now),
		RegisterByAddress: limit.New(rate(cfg.RegisterRate, 1), now),
		RefreshByAddress:  limit.New(rate(cfg.RefreshRate, 1), now),
		ResetByAddress:    limit.New(rate(cfg.RegisterRate, 1), now),
		MailsByAccount:    limit.New(rate(cfg.MailRate, 1), now),
	}
}

// NewSource returns the configured source of external tasks.
func NewSource(cfg config.Config, log *slog.Logger) (*external.Source, error) {
	fields, err := external.ParseFields(cfg.ExternalFields)
	if err != nil {
		return nil, fmt.Errorf("EXTERNAL_TASKS_FIELDS: %w", err)
	}
	o := external.Options{
		URL: string(cfg.ExternalTasksURL), Fields: fields, AllowPrivate: cfg.ExternalPrivate, Log: log,
	}
	if cfg.RedisURL != "" {
		if o.Cache, err = external.NewRedis(string(cfg.RedisURL), "taskhouse external "); err != nil {
			return nil, err
		}
	}
	return external.NewSource(o)
}

// Issuer is the iss claim of every token. Installations share it, because their keys differ.
const Issuer = "taskhouse"

// deleteExpired deletes expired rows every ten minutes until ctx ends, and folds texts that an older program wrote.
func deleteExpired(ctx context.Context, d *db.DB, authn *auth.Service, log *slog.Logger) {
	t := time.NewTicker(10 * time.Minute)
	defer t.Stop()
	for {
		_, unfolded := task.Fold(ctx, d)
		err := errors.Join(
			unfolded,
			event.ForgetAnswers(ctx, d),
			event.ForgetActs(ctx, d),
			authn.ForgetSessions(ctx),
			job.Forget(ctx, d),
			notify.Forget(ctx, d),
		)
		if err != nil && ctx.Err() == nil {
			log.Warn("deleting expired rows and folding old texts failed; will retry", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// rate returns the limiter's form of a configured rate, with its count multiplied by times.
func rate(r config.Rate, times int) limit.Rate { return limit.Rate{Burst: r.Count * times, Per: r.Per} }
