package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Apply the missing migrations."`
	Status migrateStatus `cmd:"" help:"List the migrations and when they were applied."`
}

type migrateUp struct{}

// Run applies the migrations.
func (migrateUp) Run(p *program) error { return p.migrate(true) }

type migrateStatus struct{}

// Run lists the migrations and changes nothing.
func (migrateStatus) Run(p *program) error { return p.migrate(false) }

func (p *program) migrate(up bool) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	// The lines appear when the bar has gone, because both are on one terminal.
	var lines bytes.Buffer
	err = p.during("migrating", func() error {
		if p.inside != nil {
			return migrate(p.ctx, p.inside.db, &lines, up)
		}
		return Migrate(p.ctx, cfg, &lines, up)
	})
	_, printed := lines.WriteTo(p.stdout)
	return errors.Join(err, printed)
}

// Migrate applies the missing migrations (up), or lists them all.
func Migrate(ctx context.Context, cfg config.Config, out io.Writer, up bool) error {
	d, err := app.OpenDatabase(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return migrate(ctx, d, out, up)
}

func migrate(ctx context.Context, d *db.DB, out io.Writer, up bool) error {
	if up {
		taken, err := d.Migrate(ctx)
		for _, m := range taken {
			_, _ = fmt.Fprintf(out, "migrated to %04d_%s\n", m.Version, m.Name)
		}
		if err == nil && len(taken) == 0 {
			_, _ = fmt.Fprintln(out, "nothing to migrate")
		}
		return err
	}
	ms, err := d.Migrations(ctx)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, m := range ms {
		state := "not yet"
		if m.Applied != 0 {
			state = m.Applied.Std().Format(time.RFC3339)
		}
		_, _ = fmt.Fprintf(t, "%04d_%s\t%s\n", m.Version, m.Name, state)
	}
	if e := t.Flush(); err == nil {
		err = e
	}
	return err
}
