package cli

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

type verifyCommand struct {
	File   string `arg:"" optional:"" help:"A backup, - for standard input; the configured database if omitted."`
	Format string `enum:"table,json" default:"table" help:"Output format: table or json."`
}

// Help returns the long help of the command.
func (verifyCommand) Help() string {
	return `Reads a whole database, which may be in use, and changes nothing. It checks that the file is intact and
matches its checksums, that the schema has no trigger or view of others, that every reference has its target, that
counters match a recount, that the log has no gap, and that every task matches the log. Then it prints the rows and
the hash of each table. Databases with the same content have the same hashes on both engines.

Exit codes: 0 no problem found, 1 a problem found, or failed.`
}

// verified is the JSON output of verify.
type verified struct {
	Findings findings      `json:"findings"`
	Tables   snapshot.Sums `json:"tables"`
	Hash     string        `json:"hash"`
}

// Run verifies the database.
func (c verifyCommand) Run(p *program) error {
	file, remove, err := p.input(c.File)
	if err != nil {
		return err
	}
	defer remove()
	d, _, err := p.openReadOnly(file)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	v, err := c.verify(p, d)
	if err != nil {
		return err
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
		if err := printTable(p.stdout, "TABLE\tROWS\tLAST ID\tHASH", v.Tables, func(t snapshot.Sum) string {
			return fmt.Sprintf("%s\t%d\t%d\t%s", t.Table, t.Rows, t.Last, t.Hash[:hashShown])
		}); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.stdout, "\nall of it: %s\n", v.Hash)
	}
	return wrong
}

// verify reads the whole database.
func (c verifyCommand) verify(p *program, d *db.DB) (v verified, err error) {
	bar := p.newProgress("verifying", "rows")
	defer bar.end()
	ctx := snapshot.Watched(p.ctx, bar.add)
	i, err := d.Inspect(ctx, true)
	if err != nil {
		return v, fmt.Errorf("not a database of Taskhouse: %w", err)
	}
	checkFile(&v.Findings, d, i)
	if !checkSchema(ctx, &v.Findings, d) || !checkObjects(ctx, &v.Findings, d) {
		return v, nil
	}
	if c.File != "" {
		checkSums(ctx, &v.Findings, d)
	}
	checkContent(ctx, &v.Findings, d, 0)
	if v.Tables, err = snapshot.SumUp(ctx, d); err != nil {
		return v, err
	}
	v.Hash = v.Tables.Hash()
	return v, nil
}

// checkObjects checks that the schema has no trigger, view or other object that the migrations do not make. It reports
// whether that is so.
func checkObjects(ctx context.Context, f *findings, d *db.DB) bool {
	foreign, err := snapshot.ForeignObjects(ctx, d)
	f.rows("objects", "find out who changed the schema; drop what does not belong there, or restore a backup",
		foreign, err, "the schema has only this program's tables and indexes")
	return err == nil && len(foreign) == 0
}

// checkSums compares a backup with the checksums in it.
func checkSums(ctx context.Context, f *findings, d *db.DB) {
	compared, err := snapshot.CheckSums(ctx, d)
	switch {
	case err != nil:
		f.fail("checksums", "do not restore it: use another backup", "%v", err)
	case !compared:
		f.warn("checksums", "make backups with this version",
			"it has none: it is no backup, or an older version made it")
	default:
		f.ok("checksums", "every table is as the backup stored it")
	}
}

// hashShown is the number of characters that the table shows of a hash.
const hashShown = 16
