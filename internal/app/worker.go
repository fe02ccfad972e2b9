package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// worker runs the effects of requests: followers of the log, jobs, daily summaries, and mails to accounts.
type worker struct {
	events    *event.Log
	followers *event.Followers
	jobs      *job.Runner
	notices   *notify.Service
	mails     *notify.AccountMails
	log       *slog.Logger
}

func (b *base) newWorker() *worker {
	return &worker{
		events: b.events, notices: b.notices, mails: b.mails, log: b.log,
		followers: event.NewFollowers(b.db, b.log, Followers(b.cfg, b.notices)...),
		jobs: &job.Runner{
			DB: b.db, Queue: b.notices.Queue, Kinds: b.notices.Jobs(), Log: b.log, Grace: b.cfg.ShutdownGrace,
		},
	}
}

// listen lets the commits of this process wake the followers. Call it before the first request.
func (w *worker) listen() { w.events.OnCommit(w.followers.Wake) }

// run works until ctx ends. It returns when the running jobs are done or back in the queue.
func (w *worker) run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { w.followers.Run(ctx) })
	all.Go(func() { w.jobs.Run(ctx) })
	all.Go(func() { w.digests(ctx) })
	all.Go(func() { w.mails.Run(ctx) })
	all.Wait()
}

// digests enqueues the daily summaries that are due, twice a minute.
func (w *worker) digests(ctx context.Context) {
	t := time.NewTicker(30 * time.Second)
	defer t.Stop()
	for {
		if err := w.notices.Digests(ctx); err != nil && ctx.Err() == nil {
			w.log.Warn("daily summaries were not enqueued; will retry", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Work runs followers and jobs, without a server, until ctx ends. It runs the commands of shells on this machine by
// local.
func Work(
	ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer, local LocalCommand,
) error {
	ctx, b, closeBase, err := open(ctx, cfg, log, out)
	if err != nil {
		return err
	}
	defer closeBase()
	// Clients do not subscribe to this hub: it sends wake-ups to the nodes that serve.
	feed := live.New(live.Options{DB: b.db, Events: b.events, Log: log, Bus: b.bus})
	b.notices.OnInboxChange = feed.HintInbox
	_, _ = fmt.Fprintln(out, "Taskhouse is running jobs and notifications. Stop it with Ctrl-C.")
	w := b.newWorker()
	closeOps, err := serveOperators(cfg, measure(cfg, b.db, w, nil, nil), b.db, w, log)
	if err != nil {
		return err
	}
	defer closeOps()
	defer b.serveLocal(ctx, local)()
	var all sync.WaitGroup
	all.Go(func() { feed.Run(ctx) })
	w.run(ctx)
	all.Wait()
	feed.Close(context.WithoutCancel(ctx))
	return nil
}
