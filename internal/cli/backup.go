package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// The notes that a backup carries besides its rows.
const (
	noteKey     = "signing_key" // the text of the key file
	noteMade    = "made_at"
	noteVersion = "version"
)

type backupCommand struct {
	File    string `arg:"" help:"File to create."`
	Replace bool   `help:"Replace the file if it exists."`
	NoKey   bool   `name:"no-key" help:"Leave out the signing key. After a restore everyone must sign in again."`
}

// Help returns the long help of the command.
func (backupCommand) Help() string {
	return `Copies the embedded database, as it is at one instant, and the signing key of the data folder. The server
may run. The file appears only when it is complete and on the disk, and only its owner may read it. It contains
password hashes and the signing key: protect it as you protect those.

Back up PostgreSQL with pg_dump: see docs/backup.md. taskhouse verify checks both.

Exit codes: 0 done, 1 failed, 2 the database is not an embedded one, or the file exists.`
}

// Run makes the backup.
func (c backupCommand) Run(p *program) error {
	if _, err := os.Lstat(c.File); err == nil && !c.Replace {
		return usage(fmt.Errorf("%s already exists: choose another name, or replace it with --replace", c.File))
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
	key := "no signing key: it is in the settings, so back those up too"
	if c.NoKey {
		key = "no signing key"
	} else if len(cfg.SecretKey) == 0 {
		text, err := os.ReadFile(app.KeyFile(cfg.Data))
		switch {
		case err == nil:
			notes[noteKey], key = strings.TrimSpace(string(text)), "the signing key"
		case errors.Is(err, fs.ErrNotExist):
			key = "no signing key: none exists yet"
		default:
			return fmt.Errorf("read the signing key: %w", err)
		}
	}
	if err := snapshot.Backup(p.ctx, d, c.File, notes); err != nil {
		return err
	}
	i, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d bytes, with %s\n", c.File, i.Size(), key)
	return err
}
