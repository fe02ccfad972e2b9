package cli

import (
	"context"
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
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

type restoreCommand struct {
	File    string `arg:"" help:"The backup file; - is standard input."`
	Replace bool   `help:"Replace the existing database and signing key."`
}

// Help returns the long help of the command.
func (restoreCommand) Help() string {
	return `Restores a backup into the data folder (--data). Stop the server first. The command checks the backup
before it changes anything: the file, its checksums, and that the schema has no trigger, view or other object that
this program does not make. If it is interrupted, either the old database or the restored one is there, complete.

It takes the signing key from FILE.key beside the backup, or from the backup itself if that was made by
--with-key or by an older version. Without a key everyone signs in again.

Changes made after the backup are lost: sessions that ended since then work again, and live feed clients reload.

Exit codes: 0 done, 1 failed or the backup is damaged, 2 a database exists, or the settings name PostgreSQL.`
}

// Run restores the backup.
func (c restoreCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if cfg.DatabaseURL != "" {
		return usage(errors.New("a backup is restored into a data folder, not into PostgreSQL: unset DATABASE_URL; " +
			"then use taskhouse move to get to PostgreSQL"))
	}
	file, remove, err := p.input(c.File)
	if err != nil {
		return err
	}
	defer remove()
	bar := p.newProgress("checking the backup", "rows")
	notes, err := p.examine(snapshot.Watched(p.ctx, bar.add), file)
	bar.end()
	if err != nil {
		return fmt.Errorf("%w: nothing was restored", err)
	}
	key := notes[noteKey]
	if key == "" && c.File != standard {
		text, err := os.ReadFile(c.File + keySuffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read the signing key beside the backup: %w: nothing was restored", err)
		}
		key = strings.TrimSpace(string(text))
	}
	if err := p.ctx.Err(); err != nil { // from here on it is short, and runs to its end
		return err
	}
	if err := app.MakeDataFolder(cfg.Data); err != nil {
		return err
	}
	// The key goes first: a key without its database is useless, but a database without its key signs everyone out.
	if err := putKey(cfg, key, c.Replace); err != nil {
		return err
	}
	err = p.during("restoring", func() error {
		return snapshot.Restore(file, app.DatabaseFile(cfg.Data), c.Replace)
	})
	if errors.Is(err, db.ErrFileExists) {
		return usage(fmt.Errorf("%s already has a database: choose another folder with --data, "+
			"or replace it with --replace", cfg.Data))
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(app.KeyFile(cfg.Data)); errors.Is(err, fs.ErrNotExist) && len(cfg.SecretKey) == 0 {
		_, _ = fmt.Fprintf(p.stderr, "The backup came without the signing key: put the old installation's into %s "+
			"before the server starts. Otherwise everyone signs in again, and companies set secrets of sources "+
			"again.\n",
			app.KeyFile(cfg.Data))
	}
	when := "a backup"
	if notes[noteMade] != "" {
		when = "the backup of " + notes[noteMade]
	}
	_, err = fmt.Fprintf(p.stdout, "restored %s into %s\n", when, cfg.Data)
	return err
}

// examine returns the notes of a backup. It fails unless the file is a whole database of this schema or an older one.
func (p *program) examine(ctx context.Context, file string) (notes map[string]string, err error) {
	for _, beside := range []string{"-wal", "-journal"} {
		if i, err := os.Stat(file + beside); err == nil && i.Size() > 0 {
			return nil, fmt.Errorf("%s is not a backup: next to it is %s, so it is a database in use or a part of one",
				file, file+beside)
		}
	}
	d, _, err := p.openReadOnly(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	i, err := d.Inspect(p.ctx, true)
	if err != nil {
		return nil, fmt.Errorf("%s is not a backup: %w", file, err)
	}
	if len(i.Damage) > 0 {
		return nil, fmt.Errorf("%s is damaged: %s", file, few(i.Damage))
	}
	if _, err := d.Migrations(p.ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	foreign, err := snapshot.ForeignObjects(p.ctx, d)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(foreign) > 0 {
		return nil, fmt.Errorf("%s was altered: %s", file, few(foreign))
	}
	compared, err := snapshot.CheckSums(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if !compared {
		_, _ = fmt.Fprintf(p.stderr, "%s has no checksums: an older version made it. "+
			"Compare it with taskhouse verify.\n", file)
	}
	return snapshot.Notes(p.ctx, d)
}

// putKey writes a backup's signing key into the data folder.
func putKey(cfg config.Config, text string, replace bool) error {
	path := app.KeyFile(cfg.Data)
	old, err := os.ReadFile(path)
	switch {
	case text == "":
		return nil
	case err == nil && strings.TrimSpace(string(old)) == text:
		return nil
	case err == nil && !replace:
		return usage(fmt.Errorf("%s has another signing key: choose another folder with --data, "+
			"or replace it with --replace", path))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the signing key: %w", err)
	}
	if err == nil {
		// The database must not be in use. Opening it shows that.
		d, err := app.OpenDatabase(cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		if err := d.Close(); err != nil {
			return err
		}
	}
	part := path + ".part"
	//nolint:gosec // G703: the person who runs the command names the folder
	if err := os.WriteFile(part, []byte(text+"\n"), 0o600); err != nil {
		return err
	}
	if _, err := auth.LoadKey(part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}
