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
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

// moveTo names the environment variable with the target of a move.
const moveTo = "TASKHOUSE_MOVE_TO"

type moveCommand struct {
	To     string `env:"TASKHOUSE_MOVE_TO" placeholder:"PLACE" help:"Target: postgres://... or a folder ($$${env})."`
	Anew   bool   `help:"Start over, even if another move was started there."`
	Reopen bool   `help:"Use the old database again; changes at the new one stay there."`
}

// Help returns the long help of the command.
func (moveCommand) Help() string {
	return `Moves all data from the configured database to an empty one, on the other engine or on the same.
Passwords, sessions, ids and event sequence numbers stay valid. Stop every server and worker first: the move fails
while one is connected, and it locks out writers while it runs.

The move compares source and target table by table before it switches over. Then the old database is marked as moved and
the new one is opened for use. If the move is interrupted, run it again to continue.

The target of --to is a data folder, or postgres://... as the owner of the tables. Do not put a password in it: set
$PGPASSWORD or ~/.pgpass, or put the URL in $TASKHOUSE_MOVE_TO.

Exit codes: 0 moved, 1 failed, 2 invalid or missing target.`
}

// Run moves the data.
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
		return fmt.Errorf("open the target: %w", err)
	}
	defer func() { _ = to.Close() }()
	if key != "" {
		if err := copyKey(app.KeyFile(cfg.Data), key); err != nil {
			return err
		}
	}
	bar := p.newProgress("moving", "rows")
	defer bar.end()
	done, err := (&transfer.Mover{From: from, To: to, Restart: c.Anew, Show: func(what string, n, of int64) {
		bar.rename("moving " + what)
		bar.show(n, of)
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
		_, err := fmt.Fprintf(p.stdout, "all data is already in %s\n", place.Full)
		return err
	}
	var rows int64
	for _, t := range done.Sums {
		rows += t.Rows
	}
	_, _ = fmt.Fprintf(p.stdout, "moved %d rows of %d tables to %s; both have the hash %s\n",
		rows, len(done.Sums), place.Full, done.Sums.Hash())
	if target.URL != "" {
		_, _ = fmt.Fprintln(p.stdout, "Set DATABASE_URL to serve it.")
		if len(cfg.SecretKey) == 0 {
			_, _ = fmt.Fprintf(p.stdout, "The signing key stays in %s: keep --data, "+
				"or set TASKHOUSE_SECRET_KEY to it on every node.\n", app.KeyFile(cfg.Data))
		}
		return nil
	}
	_, err = fmt.Fprintf(p.stdout, "Serve it with --data=%s and without DATABASE_URL.\n", filepath.Dir(target.Path))
	return err
}

// target returns the database to move to, and the place for a copy of the signing key if the target needs one.
func (c moveCommand) target(cfg config.Config) (o db.Options, key string, err error) {
	switch {
	case c.To == "":
		return o, "", usage(errors.New("name the target with --to: postgres://... or a data folder"))
	case strings.HasPrefix(c.To, "postgres://"), strings.HasPrefix(c.To, "postgresql://"):
		if err := config.CheckURL(c.To, []string{"postgres", "postgresql"}); err != nil {
			return o, "", usage(fmt.Errorf("--to: %w", err))
		}
		u, err := url.Parse(c.To)
		if err != nil {
			return o, "", usage(errors.New("--to: invalid URL"))
		}
		if _, has := u.User.Password(); has && os.Getenv(moveTo) != c.To {
			return o, "", usage(errors.New("--to: every user of this machine can read the password " +
				"of a command line: set PGPASSWORD or ~/.pgpass, or put the URL in " + moveTo))
		}
		return db.Options{URL: c.To, ReadOnly: true}, "", nil
	case strings.Contains(c.To, "://"):
		return o, "", usage(errors.New("--to: invalid target (want postgres://... or a folder)"))
	}
	if err := app.MakeDataFolder(c.To); err != nil {
		return o, "", err
	}
	if len(cfg.SecretKey) == 0 {
		key = app.KeyFile(c.To)
	}
	return db.Options{Path: app.DatabaseFile(c.To)}, key, nil
}

// openToMove opens the configured database for exclusive use, even if it is marked as moved.
func openToMove(ctx context.Context, cfg config.Config, log *slog.Logger) (*db.DB, error) {
	o := db.Options{
		Conns: 2, StatementTimeout: cfg.StatementTimeout, Log: log,
		URL: string(cfg.DatabaseURL), MigrateURL: string(cfg.MigrateURL),
	}
	if o.URL == "" {
		o.Path = app.DatabaseFile(cfg.Data)
		if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("no database in %s", o.Path)
		}
	} else {
		o.ReadOnly = true
	}
	d, err := db.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	all, err := d.Migrations(ctx)
	for _, m := range all {
		if err == nil && m.Applied == 0 {
			err = m.Missing(d)
		}
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// copyKey copies a signing key, if it exists, to a place that has none.
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
		return usage(fmt.Errorf("%s has another signing key: choose another folder, or remove the key", to))
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the signing key: %w", err)
	}
	return os.WriteFile(to, text, 0o600) //nolint:gosec // the operator names the folder
}

// inUse explains the error of a database that other processes use.
func inUse(err error) error {
	if errors.Is(err, db.ErrInUse) {
		return fmt.Errorf("%w; a process that has just ended disconnects within seconds", err)
	}
	return err
}

// reopen removes the mark of a move from the old database.
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
		return fmt.Errorf("this database is incomplete: a move from %s to here has not finished", m.From)
	case m.To == "":
		_, err := fmt.Fprintln(p.stdout, "this database has not been moved")
		return err
	}
	if err := transfer.Reopen(p.ctx, d); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "this database can be served again; make sure that the one in %s is not\n", m.To)
	return err
}
