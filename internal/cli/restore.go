package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
)

type restoreCommand struct {
	File    string `arg:"" help:"The backup."`
	Replace bool   `help:"Replace the database and the signing key that are there."`
}

// Help is the rest of the command's help.
func (restoreCommand) Help() string {
	return `Puts a backup into the data folder (--data), where nothing may run. The backup is looked at first. Whenever the command is interrupted, what was there or the backup is there, whole.

What happened after the backup is gone: a session that was ended since is alive again, and clients of the live feed load anew.

Exit codes: 0 done, 1 failed or the backup is damaged, 2 there is a database already, or the settings name PostgreSQL.`
}

// Run restores the backup.
func (c restoreCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if cfg.DatabaseURL != "" {
		return usage(errors.New("DATABASE_URL names PostgreSQL, and a backup is restored into a data folder: leave DATABASE_URL out, and go on with taskhouse move if PostgreSQL is what you want"))
	}
	notes, err := p.examine(c.File)
	if err != nil {
		return fmt.Errorf("%w: nothing was restored", err)
	}
	if err := app.MakeDataFolder(cfg.Data); err != nil {
		return err
	}
	// The key first: a key without its database is of no use to anybody, and a database without its key signs everybody out.
	if err := putKey(cfg, notes[noteKey], c.Replace); err != nil {
		return err
	}
	err = db.Restore(c.File, app.DatabaseFile(cfg.Data), c.Replace)
	if errors.Is(err, db.ErrThere) {
		return usage(fmt.Errorf("there is a database in %s already: choose another folder with --data, or replace it with --replace", cfg.Data))
	}
	if err != nil {
		return err
	}
	when := "a backup"
	if notes[noteMade] != "" {
		when = "the backup of " + notes[noteMade]
	}
	_, err = fmt.Fprintf(p.stdout, "restored %s into %s\n", when, cfg.Data)
	return err
}

// examine fails unless the file is a whole database of this program's schema or an older one's, and gives its notes.
func (p *program) examine(file string) (notes map[string]string, err error) {
	for _, beside := range []string{"-wal", "-journal"} {
		if i, err := os.Stat(file + beside); err == nil && i.Size() > 0 {
			return nil, fmt.Errorf("%s has a %s beside it: it is a database in use, or a part of one, and no backup", file, file+beside)
		}
	}
	d, _, err := p.look(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	i, err := d.Inspect(p.ctx, true)
	if err != nil {
		return nil, fmt.Errorf("%s is no backup: %w", file, err)
	}
	if len(i.Damage) > 0 {
		return nil, fmt.Errorf("%s is damaged: %s", file, few(i.Damage))
	}
	if _, err := d.Migrations(p.ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return d.Notes(p.ctx)
}

// putKey puts a backup's signing key into the data folder.
func putKey(cfg config.Config, text string, replace bool) error {
	path := app.KeyFile(cfg.Data)
	old, err := os.ReadFile(path)
	switch {
	case text == "":
		return nil
	case err == nil && strings.TrimSpace(string(old)) == text:
		return nil
	case err == nil && !replace:
		return usage(fmt.Errorf("there is another signing key in %s: choose another folder with --data, or replace it with --replace", path))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the signing key: %w", err)
	}
	if err == nil {
		// The database must not be in use, and that is known only when it is about to be replaced.
		d, err := app.OpenDatabase(cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		if err := d.Close(); err != nil {
			return err
		}
	}
	part := path + ".part"
	if err := os.WriteFile(part, []byte(text+"\n"), 0o600); err != nil {
		return err
	}
	if _, err := auth.LoadKey(part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}
