package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// The notes that a backup carries besides its rows.
const (
	noteKey     = "signing_key" // the text of the key file; see backupCommand.WithKey
	noteMade    = "made_at"
	noteVersion = "version"
)

// keySuffix ends the name of the file beside a backup that has the signing key.
const keySuffix = ".key"

type backupCommand struct {
	File    string `arg:"" help:"File to create; - is standard output."`
	Replace bool   `help:"Replace the file if it exists."`
	WithKey bool   `name:"with-key" xor:"key" help:"Put the signing key into the backup itself."`
	NoKey   bool   `name:"no-key" xor:"key" help:"Store no signing key. After a restore everyone must sign in again."`
}

// Help returns the long help of the command.
func (backupCommand) Help() string {
	return `Copies the embedded database, as it is at one instant. The server may run. The file appears only when it
is complete and on the disk, and only its owner may read it. It contains password hashes: protect it as you protect
those.

The signing key of the data folder opens what is sealed in the backup, so it is not in the file. A copy of it is in
FILE.key beside it, where taskhouse restore finds it: keep that apart from copies that leave this machine. A backup to
standard output has no key. --with-key puts the key into the backup, --no-key stores none.

Back up PostgreSQL with pg_dump: see docs/backup.md. taskhouse verify checks both.

Exit codes: 0 done, 1 failed, 2 the database is not an embedded one, or a file exists.`
}

// Run makes the backup.
func (c backupCommand) Run(p *program) error {
	if err := p.free(c.File, c.Replace); err != nil {
		return err
	}
	d, cfg, err := p.openReadOnly("")
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if d.Engine() != "sqlite" {
		return usage(errors.New("the database is PostgreSQL: make the backup with pg_dump (docs/backup.md), " +
			"and check it with taskhouse verify"))
	}
	if err := d.Check(p.ctx); err != nil {
		return err
	}
	foreign, err := snapshot.ForeignObjects(p.ctx, d)
	if err != nil {
		return err
	}
	if len(foreign) > 0 { // better no backup, said loudly, than one that restore refuses
		return fmt.Errorf("restore would refuse a backup of this database: %s; look into it, and remove the object",
			few(foreign))
	}
	notes := map[string]string{noteMade: time.Now().UTC().Format(time.RFC3339), noteVersion: app.Version()}
	key, state, err := c.key(cfg)
	if err != nil {
		return err
	}
	if c.WithKey && key != "" {
		notes[noteKey], key = key, ""
	}
	if key != "" {
		there, err := os.ReadFile(c.File + keySuffix)
		if err == nil && strings.TrimSpace(string(there)) != key && !c.Replace {
			return usage(fmt.Errorf("%s%s already exists with another key: choose another name, or replace it "+
				"with --replace", c.File, keySuffix))
		}
	}
	size, err := p.backUp(d, cfg.Data, c.File, notes)
	if err != nil {
		return err
	}
	if key != "" {
		err := newFile(c.File+keySuffix, func(w io.Writer) error {
			_, err := io.WriteString(w, key+"\n")
			return err
		})
		if err != nil {
			return fmt.Errorf("the backup is complete, but the signing key could not be stored beside it: %w", err)
		}
	}
	_, err = fmt.Fprintf(p.report(c.File), "%s: %d bytes, with %s\n", c.File, size, state)
	return err
}

// key returns the text of the signing key that belongs to the backup, and where it is, for people.
func (c backupCommand) key(cfg config.Config) (text, state string, err error) {
	switch {
	case len(cfg.SecretKey) > 0:
		return "", "no signing key: it is in the settings, so back those up too", nil
	case c.NoKey:
		return "", "no signing key", nil
	case c.File == standard && !c.WithKey:
		return "", "no signing key: keep a copy of " + app.KeyFile(cfg.Data) + " elsewhere", nil
	}
	b, err := os.ReadFile(app.KeyFile(cfg.Data))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "no signing key: none exists yet", nil
	case err != nil:
		return "", "", fmt.Errorf("read the signing key: %w", err)
	case c.WithKey:
		return strings.TrimSpace(string(b)), "the signing key", nil
	}
	return strings.TrimSpace(string(b)), "the signing key beside it in " + c.File + keySuffix, nil
}

// backUp makes a backup and returns its size. On its way to standard output it is a file in a private folder in the
// data folder, because SQLite writes files only.
func (p *program) backUp(d *db.DB, data, file string, notes map[string]string) (size int64, err error) {
	path := file
	if file == standard {
		folder, err := os.MkdirTemp(data, "backup-") // 0700
		if err != nil {
			return 0, err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		path = filepath.Join(folder, "backup")
	}
	bar := p.newProgress("backing up", "rows")
	err = snapshot.Backup(snapshot.Watched(p.ctx, bar.add), d, path, notes)
	bar.end()
	if err != nil {
		return 0, err
	}
	i, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if file != standard {
		return i.Size(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	// A reader that goes away ends this process by SIGPIPE, before the deferred removal. Windows cannot remove it yet.
	_ = os.Remove(path)
	return i.Size(), errors.Join(p.copy(p.stdout, f), f.Close())
}
