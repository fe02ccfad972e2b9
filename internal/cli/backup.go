package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
)

// What is written down in a backup beside the rows.
const (
	noteKey     = "signing_key" // as it stands in the data folder
	noteMade    = "made_at"
	noteVersion = "version"
)

type backupCommand struct {
	File    string `arg:"" help:"The new file."`
	Replace bool   `help:"Replace the file if there is one."`
	NoKey   bool   `name:"no-key" help:"Leave the signing key of the data folder out: then a restored installation has a new one, and everybody signs in again."`
}

// Help is the rest of the command's help.
func (backupCommand) Help() string {
	return `Copies the embedded database, as it is at one instant, with the signing key of the data folder, while the server runs. The file is whole or is not there, it is on the disk when the command ends, and nobody but its owner may read it. It holds password hashes and the key: keep it as you keep those.

On PostgreSQL it is pg_dump that makes a backup: see docs/backup.md. taskhouse verify looks at either.

Exit codes: 0 done, 1 failed, 2 the database is no embedded one, or the file is there.`
}

// Run makes the backup.
func (c backupCommand) Run(p *program) error {
	if _, err := os.Lstat(c.File); err == nil && !c.Replace {
		return usage(fmt.Errorf("%s is there already: choose another name, or replace it with --replace", c.File))
	}
	d, cfg, err := p.look("")
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if d.Engine() != "sqlite" {
		return usage(errors.New("the database is PostgreSQL: make the backup with pg_dump (docs/backup.md), and look at it with taskhouse verify"))
	}
	if err := d.Check(p.ctx); err != nil {
		return err
	}
	notes := map[string]string{noteMade: time.Now().UTC().Format(time.RFC3339), noteVersion: app.Version()}
	key := "no signing key: it is in the settings, so keep those too"
	if c.NoKey {
		key = "no signing key"
	} else if len(cfg.SecretKey) == 0 {
		text, err := os.ReadFile(app.KeyFile(cfg.Data))
		switch {
		case err == nil:
			notes[noteKey], key = strings.TrimSpace(string(text)), "the signing key"
		case errors.Is(err, fs.ErrNotExist):
			key = "no signing key: there is none yet"
		default:
			return fmt.Errorf("read the signing key: %w", err)
		}
	}
	if err := d.Backup(p.ctx, c.File, notes); err != nil {
		return err
	}
	i, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d bytes, with %s\n", c.File, i.Size(), key)
	return err
}
