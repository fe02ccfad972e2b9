package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/observe"
	"github.com/taskhouse/taskhouse/internal/secret"
)

// worker is what follows from requests: followers, jobs, and the mails of the day.
type worker struct {
	events    *event.Log
	followers *event.Followers
	jobs      *job.Runner
	notices   *notify.Service
	log       *slog.Logger
}

func newWorker(cfg config.Config, d *db.DB, events *event.Log, notices *notify.Service, log *slog.Logger) *worker {
	return &worker{
		events: events, notices: notices, log: log,
		followers: event.NewFollowers(d, log, Followers(cfg, notices)...),
		jobs:      &job.Runner{DB: d, Queue: notices.Queue, Kinds: notices.Jobs(), Log: log, Grace: cfg.ShutdownGrace},
	}
}

// listen has this process's commits wake the followers; before the first request.
func (w *worker) listen() { w.events.OnCommit(w.followers.Wake) }

// run works until ctx ends, and returns when what was under way is done or handed back.
func (w *worker) run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { w.followers.Run(ctx) })
	all.Go(func() { w.jobs.Run(ctx) })
	all.Go(func() { w.digests(ctx) })
	all.Wait()
}

// digests looks twice a minute for mails of the day that are due.
func (w *worker) digests(ctx context.Context) {
	t := time.NewTicker(30 * time.Second)
	defer t.Stop()
	for {
		if err := w.notices.Digests(ctx); err != nil && ctx.Err() == nil {
			w.log.Warn("mails of the day are not enqueued; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Work runs followers and jobs, without a server, until ctx ends.
func Work(ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer) error {
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
	keys, err := signingKeys(cfg, log)
	if err != nil {
		return err
	}
	notices, err := notifier(cfg, d, keys, log, out)
	if err != nil {
		return err
	}
	bus, err := wakeUps(cfg, d, keys[0])
	if err != nil {
		return err
	}
	// Nobody subscribes here: the hub only tells the nodes that serve.
	events := &event.Log{}
	feed := live.New(live.Options{DB: d, Events: events, Log: log, Bus: bus})
	notices.OnInboxChange = feed.HintInbox
	_, _ = fmt.Fprintln(out, "Taskhouse works on jobs and notifications. Stop with Ctrl-C.")
	w := newWorker(cfg, d, events, notices, log)
	closeOps, err := operate(cfg, measure(cfg, d, w, nil, nil), d, w, log)
	if err != nil {
		return err
	}
	defer closeOps()
	var all sync.WaitGroup
	all.Go(func() { feed.Run(ctx) })
	w.run(ctx)
	all.Wait()
	feed.Close(context.WithoutCancel(ctx))
	return nil
}

// notifier makes the room that tells people.
func notifier(cfg config.Config, d *db.DB, keys []auth.Key, log *slog.Logger, out io.Writer) (*notify.Service, error) {
	m, err := NewMailer(cfg, out)
	if err != nil {
		return nil, err
	}
	links := make([][]byte, len(keys))
	for i, k := range keys {
		links[i] = k.Derive("unsubscribe")
	}
	box, err := secrets(keys)
	if err != nil {
		return nil, err
	}
	return &notify.Service{DB: d, Queue: job.NewQueue(), Mailer: m, Links: notify.NewLinks(links...), Secrets: box, Log: log, PublicURL: cfg.PublicURL}, nil
}

// secrets is the box that seals with the newest key and opens with all.
func secrets(keys []auth.Key) (*secret.Box, error) {
	derived := make([][]byte, len(keys))
	for i, k := range keys {
		derived[i] = k.Derive("secrets")
	}
	return secret.New(derived...)
}

// NewMailer sends mails by the configured server, or shows them on out.
func NewMailer(cfg config.Config, out io.Writer) (notify.Mailer, error) {
	if cfg.SMTPURL == "" {
		return notify.NewConsole(out), nil
	}
	s, err := notify.NewSMTP(string(cfg.SMTPURL), cfg.MailFrom, cfg.MailDomain())
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return s, nil
}
