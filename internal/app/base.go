package app

import (
	"context"
	"encoding/hex"
	"io"
	"log/slog"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/observe"
)

// base holds the parts that servers and workers have in common.
type base struct {
	cfg     config.Config
	db      *db.DB
	log     *slog.Logger
	keys    []auth.Key // the first one signs
	events  *event.Log
	bus     live.Bus // nil if there is only one node
	notices *notify.Service
	mails   *notify.AccountMails
}

// open opens the configured database, migrates it, and starts tracing. The returned context carries the tracer.
func open(
	ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer,
) (traced context.Context, b *base, closeAll func(), err error) {
	relaxGC()
	d, closeDatabase, err := openMigrated(ctx, cfg, log)
	if err != nil {
		return nil, nil, nil, err
	}
	traces, err := observe.NewTraces(ctx, Version(), log)
	if err != nil {
		closeDatabase()
		return nil, nil, nil, err
	}
	closeAll = func() {
		traces.Close()
		closeDatabase()
	}
	if b, err = newBase(cfg, d, log, out, Overrides{}); err != nil {
		closeAll()
		return nil, nil, nil, err
	}
	return traces.Tracer().Into(ctx), b, closeAll, nil
}

// openMigrated opens the configured database and applies the missing migrations.
func openMigrated(
	ctx context.Context, cfg config.Config, log *slog.Logger,
) (d *db.DB, closeDatabase func(), err error) {
	if d, err = OpenDatabase(cfg, log); err != nil {
		return nil, nil, err
	}
	closeDatabase = func() {
		if err := d.Close(); err != nil {
			log.Error("close the database", "error", err)
		}
	}
	if err := migrate(ctx, d, cfg.DatabaseWait, log); err != nil {
		closeDatabase()
		return nil, nil, err
	}
	return d, closeDatabase, nil
}

// migrate applies the missing migrations. While the database does not answer, it tries again once a second, for at most
// maxWait: in many installations both start at the same time.
func migrate(ctx context.Context, d *db.DB, maxWait time.Duration, log *slog.Logger) error {
	for began := d.Now(); ; {
		_, err := d.Migrate(ctx)
		waited := d.Now().Std().Sub(began.Std())
		if !fail.Is(err, fail.KindUnavailable) || waited >= maxWait {
			return err
		}
		log.Warn("waiting for the database", "error", err, "left", (maxWait - waited).Round(time.Second))
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}

func newBase(cfg config.Config, d *db.DB, log *slog.Logger, out io.Writer, o Overrides) (b *base, err error) {
	b = &base{cfg: cfg, db: d, log: log, events: &event.Log{}, keys: o.Keys}
	if len(b.keys) == 0 {
		if b.keys, err = signingKeys(cfg, log); err != nil {
			return nil, err
		}
	}
	mailer := o.Mailer
	if mailer == nil {
		if mailer, err = NewMailer(cfg, out); err != nil {
			return nil, err
		}
	}
	if b.notices, err = newNotices(cfg, d, b.keys, mailer, log); err != nil {
		return nil, err
	}
	b.notices.Events = b.events
	b.mails = &notify.AccountMails{
		Queue: auth.NewMailQueue(d, b.notices.Secrets), Mailer: mailer, PublicURL: cfg.PublicURL, Log: log,
	}
	if b.bus, err = newBus(cfg, d, b.keys[0]); err != nil {
		return nil, err
	}
	return b, nil
}

// newBus returns the bus for wake-ups between nodes: Redis if it is configured, else PostgreSQL, and nil for SQLite,
// which has one node. The name of the channel is derived from the key, so that other installations cannot guess it.
func newBus(cfg config.Config, d *db.DB, key auth.Key) (live.Bus, error) {
	channel := "taskhouse_" + hex.EncodeToString(key.Derive("wake-ups")[:12])
	switch {
	case d.Engine() == "sqlite":
		return nil, nil //nolint:nilnil // nil is a valid bus
	case cfg.RedisURL != "":
		return live.NewRedis(string(cfg.RedisURL), channel)
	}
	return live.Postgres{DB: d, Channel: channel}, nil
}
