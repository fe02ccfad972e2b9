package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/task"
)

// withDatabase calls fn with the configured database, which must have the current schema.
func (p *program) withDatabase(fn func(d *db.DB) error) error {
	if p.inside != nil {
		if err := p.inside.db.Check(p.ctx); err != nil {
			return err
		}
		return fn(p.inside.db)
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if err := exists(cfg); err != nil {
		return err
	}
	d, err := app.OpenDatabase(cfg, app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat))
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if err := d.Check(p.ctx); err != nil {
		return err
	}
	return fn(d)
}

// exists returns an error if the embedded database does not exist: a command on rows does not create it.
func exists(cfg config.Config) error {
	if cfg.DatabaseURL != "" {
		return nil
	}
	path := app.DatabaseFile(cfg.Data)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no database in %s: choose another folder with --data, or make one with "+
			"`taskhouse migrate up` or by starting the server", path)
	}
	return nil
}

// openReadOnly opens the configured database, or the SQLite file if one is named, while other processes may use it.
func (p *program) openReadOnly(file string) (d *db.DB, cfg config.Config, err error) {
	if cfg, err = p.config(); err != nil {
		return nil, cfg, err
	}
	cfg.StatementTimeout = time.Hour // the commands read everything
	log := app.NewLogger(p.stderr, max(cfg.LogLevel, slog.LevelWarn), cfg.LogFormat)
	o := db.Options{Path: file, Conns: 2, StatementTimeout: cfg.StatementTimeout, Log: log, ReadOnly: true}
	if file == "" && cfg.DatabaseURL != "" {
		o.Path, o.URL, o.MigrateURL = "", string(cfg.DatabaseURL), string(cfg.MigrateURL)
		d, err = db.Open(p.ctx, o)
		return d, cfg, err
	}
	if file == "" {
		o.Path = app.DatabaseFile(cfg.Data)
	}
	d, err = db.Open(p.ctx, o)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("no database in %s", o.Path)
	}
	return d, cfg, err
}

// newAuth returns the services for accounts. Commands sign no tokens, so it has no signer.
func (p *program) newAuth(d *db.DB) (*auth.Service, error) {
	o := auth.Options{DB: d, Log: &event.Log{OfCommand: true}, Hasher: auth.NewHasher(1, time.Minute)}
	if p.inside != nil {
		o.Log = p.inside.events.OfCommands() // it wakes the server's followers and its live feed
	}
	return app.NewAuth(o, "", &task.Service{Log: o.Log}, nil)
}

// withAccounts calls fn with the services for accounts and companies.
func (p *program) withAccounts(fn func(*auth.Service) error) error {
	return p.withDatabase(func(d *db.DB) error {
		s, err := p.newAuth(d)
		if err != nil {
			return err
		}
		return inWords(fn(s))
	})
}
