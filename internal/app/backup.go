package app

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/backup"
	"github.com/taskhouse/taskhouse/internal/db"
)

// What is written down in a backup beside the rows.
const (
	noteKey     = "signing_key" // as it stands in the data folder
	noteMade    = "made_at"
	noteVersion = "version"
)

// keyFile is the signing key's place in a data folder.
func keyFile(data string) string { return filepath.Join(data, "secret.key") }

// look opens the configured database, or a SQLite file if one is named, beside whoever uses it.
func (p *program) look(file string) (d *db.DB, cfg Config, err error) {
	if cfg, err = p.config(); err != nil {
		return nil, cfg, err
	}
	cfg.StatementTimeout = time.Hour // everything is read
	log := NewLogger(p.stderr, max(cfg.LogLevel, slog.LevelWarn), cfg.LogFormat)
	o := db.Options{Path: file, Conns: 2, StatementTimeout: cfg.StatementTimeout, Log: log, Look: true}
	if file == "" && cfg.DatabaseURL != "" {
		o.Path, o.URL, o.MigrateURL = "", string(cfg.DatabaseURL), string(cfg.MigrateURL)
		d, err = db.Open(p.ctx, o)
		return d, cfg, err
	}
	if file == "" {
		o.Path = filepath.Join(cfg.Data, "taskhouse.db")
	}
	d, err = db.Open(p.ctx, o)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no database in %s", o.Path)
	}
	return d, cfg, err
}

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
	notes := map[string]string{noteMade: time.Now().UTC().Format(time.RFC3339), noteVersion: Version()}
	key := "no signing key: it is in the settings, so keep those too"
	if c.NoKey {
		key = "no signing key"
	} else if len(cfg.SecretKey) == 0 {
		text, err := os.ReadFile(keyFile(cfg.Data))
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
	if err := makeData(cfg); err != nil {
		return err
	}
	// The key first: a key without its database is of no use to anybody, and a database without its key signs everybody out.
	if err := putKey(cfg, notes[noteKey], c.Replace); err != nil {
		return err
	}
	err = db.Restore(c.File, filepath.Join(cfg.Data, "taskhouse.db"), c.Replace)
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
func putKey(cfg Config, text string, replace bool) error {
	path := keyFile(cfg.Data)
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
		d, err := openDatabase(cfg, slog.New(slog.DiscardHandler))
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

type verifyCommand struct {
	File   string `arg:"" optional:"" help:"A backup; the installation's own database when not given."`
	Format string `enum:"table,json" default:"table" help:"How it is printed: table or json."`
}

// Help is the rest of the command's help.
func (verifyCommand) Help() string {
	return `Reads all of a database, which may be in use, and changes nothing: whether the file is whole and every reference leads somewhere, whether the counters are what a recount gives, the log has no gap, and every task is as the log has it. Then it prints each table's rows and hash. Two databases of the same content have the same hashes, on whatever engine they are.

Exit codes: 0 nothing is wrong, 1 something is.`
}

// verified is what verify prints for programs.
type verified struct {
	Findings findings    `json:"findings"`
	Tables   backup.Sums `json:"tables"`
	Hash     string      `json:"hash"`
}

// Run looks.
func (c verifyCommand) Run(p *program) error {
	d, _, err := p.look(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	var v verified
	i, err := d.Inspect(p.ctx, true)
	if err != nil {
		return fmt.Errorf("this is no database of Taskhouse: %w", err)
	}
	checkFile(&v.Findings, d, i)
	if checkSchema(p.ctx, &v.Findings, d) {
		checkContent(p.ctx, &v.Findings, d, 0)
		if v.Tables, err = backup.SumUp(p.ctx, d); err != nil {
			return err
		}
		v.Hash = v.Tables.Hash()
	}
	if c.Format == "json" {
		if err := printJSON(p.stdout, v); err != nil {
			return err
		}
		return v.Findings.err()
	}
	wrong := p.print(v.Findings, c.Format)
	if len(v.Tables) > 0 {
		_, _ = fmt.Fprintln(p.stdout)
		if err := printTable(p.stdout, "TABLE\tROWS\tLAST ID\tHASH", v.Tables, func(t backup.Sum) string {
			return fmt.Sprintf("%s\t%d\t%d\t%s", t.Table, t.Rows, t.Last, t.Hash[:hashShown])
		}); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.stdout, "\nall of it: %s\n", v.Hash)
	}
	return wrong
}

// hashShown is how much of a table's hash people see.
const hashShown = 16
