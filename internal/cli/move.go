package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/backup"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
)

// moveTo is the name in the environment of where move moves to.
const moveTo = "TASKHOUSE_MOVE_TO"

type moveCommand struct {
	To     string `env:"TASKHOUSE_MOVE_TO" placeholder:"PLACE" help:"postgres://... as the owner of its tables, or the data folder of an embedded database ($$TASKHOUSE_MOVE_TO)."`
	Anew   bool   `help:"Begin anew where another move was begun."`
	Reopen bool   `help:"Take back a database that has moved away; what was done at the new place stays there."`
}

// Help is the rest of the command's help.
func (moveCommand) Help() string {
	return `Moves everything from the database that the settings name to another, an empty one, on the other engine or on the same: people keep their passwords and sessions, clients of the live feed the numbers of their events, and ids go on where they were. Stop every server and worker first: the move refuses while one is connected, and nobody can write meanwhile.

What arrived is compared with what was sent, table by table, before anything changes. Then the old database refuses to be served, and the new one lets itself be. Interrupted at any moment and run again, it goes on.

No flag takes a password: leave it out of --to, and give it in $PGPASSWORD, in ~/.pgpass, or with the URL in $TASKHOUSE_MOVE_TO.

Exit codes: 0 moved, 1 failed, 2 no place or one that cannot be.`
}

// Run moves.
func (c moveCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.StatementTimeout = time.Hour
	log := app.NewLogger(p.stderr, max(cfg.LogLevel, slog.LevelWarn), cfg.LogFormat)
	if c.Reopen {
		return p.reopen(cfg, log)
	}
	target, key, err := c.target(cfg)
	if err != nil {
		return err
	}
	from, err := openToMove(p.ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	target.StatementTimeout, target.Log, target.Conns = cfg.StatementTimeout, log, 2
	to, err := db.Open(p.ctx, target)
	if err != nil {
		return fmt.Errorf("open the new place: %w", err)
	}
	defer func() { _ = to.Close() }()
	if key != "" {
		if err := copyKey(app.KeyFile(cfg.Data), key); err != nil {
			return err
		}
	}
	bar := newProgress(p.stderr, "moving")
	defer bar.end()
	done, err := (&backup.Mover{From: from, To: to, Anew: c.Anew, Show: func(what string, n, of int64) {
		if of > 0 {
			bar.show(int(n), int(of))
		}
	}}).Move(p.ctx)
	if err != nil {
		return inUse(err)
	}
	bar.end()
	place, err := to.Place(p.ctx)
	if err != nil {
		return err
	}
	if done.Already {
		_, err := fmt.Fprintf(p.stdout, "it is all in %s already\n", place.Full)
		return err
	}
	var rows int64
	for _, t := range done.Sums {
		rows += t.Rows
	}
	_, _ = fmt.Fprintf(p.stdout, "moved %d rows of %d tables to %s; both have the hash %s\n", rows, len(done.Sums), place.Full, done.Sums.Hash())
	if target.URL != "" {
		_, _ = fmt.Fprintln(p.stdout, "Serve it with DATABASE_URL.")
		if len(cfg.SecretKey) == 0 {
			_, _ = fmt.Fprintf(p.stdout, "The signing key stays in %s: keep --data, or give every node the same key as TASKHOUSE_SECRET_KEY.\n", app.KeyFile(cfg.Data))
		}
		return nil
	}
	_, err = fmt.Fprintf(p.stdout, "Serve it with --data=%s and without DATABASE_URL.\n", filepath.Dir(target.Path))
	return err
}

// target is where to move to, and the signing key's place there if it goes along.
func (c moveCommand) target(cfg config.Config) (o db.Options, key string, err error) {
	switch {
	case c.To == "":
		return o, "", usage(errors.New("say where to, with --to: postgres://... or a data folder"))
	case strings.HasPrefix(c.To, "postgres://"), strings.HasPrefix(c.To, "postgresql://"):
		if err := config.CheckURL(c.To, []string{"postgres", "postgresql"}); err != nil {
			return o, "", usage(fmt.Errorf("--to: %w", err))
		}
		u, err := url.Parse(c.To)
		if err != nil {
			return o, "", usage(errors.New("--to: this is no URL"))
		}
		if _, has := u.User.Password(); has && os.Getenv(moveTo) != c.To {
			return o, "", usage(errors.New("--to: every user of this machine can read the password of a command line: leave it out, and give it in PGPASSWORD, in ~/.pgpass, or with the URL in " + moveTo))
		}
		return db.Options{URL: c.To, Look: true}, "", nil
	case strings.Contains(c.To, "://"):
		return o, "", usage(errors.New("--to: this is neither postgres://... nor a folder"))
	}
	if err := app.MakeDataFolder(c.To); err != nil {
		return o, "", err
	}
	if len(cfg.SecretKey) == 0 {
		key = app.KeyFile(c.To)
	}
	return db.Options{Path: app.DatabaseFile(c.To)}, key, nil
}

// openToMove opens the configured database as the one that uses it, whether it has moved or not.
func openToMove(ctx context.Context, cfg config.Config, log *slog.Logger) (*db.DB, error) {
	o := db.Options{Conns: 2, StatementTimeout: cfg.StatementTimeout, Log: log, URL: string(cfg.DatabaseURL), MigrateURL: string(cfg.MigrateURL)}
	if o.URL == "" {
		o.Path = app.DatabaseFile(cfg.Data)
		if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database in %s", o.Path)
		}
	} else {
		o.Look = true
	}
	d, err := db.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	all, err := d.Migrations(ctx)
	for _, m := range all {
		if err == nil && m.Applied == 0 {
			err = fmt.Errorf("the schema lacks %04d_%s: run `taskhouse migrate up` first", m.Version, m.Name)
		}
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// copyKey copies a signing key, if there is one, to where there is none.
func copyKey(from, to string) error {
	text, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the signing key: %w", err)
	}
	there, err := os.ReadFile(to)
	switch {
	case err == nil && strings.TrimSpace(string(there)) == strings.TrimSpace(string(text)):
		return nil
	case err == nil:
		return usage(fmt.Errorf("there is another signing key in %s: choose another folder, or remove it", to))
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the signing key: %w", err)
	}
	return os.WriteFile(to, text, 0o600) //nolint:gosec // whoever runs this names the folder
}

// inUse says what to do where others use a database.
func inUse(err error) error {
	if errors.Is(err, db.ErrInUse) {
		return fmt.Errorf("%w; who ended a moment ago is gone in a moment", err)
	}
	return err
}

// reopen takes a database back that has moved away.
func (p *program) reopen(cfg config.Config, log *slog.Logger) error {
	d, err := openToMove(p.ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	m, err := d.Moved(p.ctx)
	switch {
	case err != nil:
		return err
	case m.From != "":
		return fmt.Errorf("this database is not whole: it is being moved here from %s", m.From)
	case m.To == "":
		_, err := fmt.Fprintln(p.stdout, "this database has not moved away")
		return err
	}
	if err := d.Fill(p.ctx, func(f *db.Filler) error { return f.Settle() }); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "this database can be served again; see that the one in %s is not\n", m.To)
	return err
}
