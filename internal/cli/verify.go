package cli

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/snapshot"
)

type verifyCommand struct {
	File   string `arg:"" optional:"" help:"A backup; the configured database if omitted."`
	Format string `enum:"table,json" default:"table" help:"Output format: table or json."`
}

// Help returns the long help of the command.
func (verifyCommand) Help() string {
	return `Reads a whole database, which may be in use, and changes nothing. It checks that the file is intact, that
every reference has its target, that counters match a recount, that the log has no gap, and that every task matches
the log. Then it prints the rows and the hash of each table. Databases with the same content have the same hashes on
both engines.

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
	d, _, err := p.openReadOnly(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	var v verified
	i, err := d.Inspect(p.ctx, true)
	if err != nil {
		return fmt.Errorf("not a database of Taskhouse: %w", err)
	}
	checkFile(&v.Findings, d, i)
	if checkSchema(p.ctx, &v.Findings, d) {
		checkContent(p.ctx, &v.Findings, d, 0)
		if v.Tables, err = snapshot.SumUp(p.ctx, d); err != nil {
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
		if err := printTable(p.stdout, "TABLE\tROWS\tLAST ID\tHASH", v.Tables, func(t snapshot.Sum) string {
			return fmt.Sprintf("%s\t%d\t%d\t%s", t.Table, t.Rows, t.Last, t.Hash[:hashShown])
		}); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(p.stdout, "\nall of it: %s\n", v.Hash)
	}
	return wrong
}

// hashShown is the number of characters that the table shows of a hash.
const hashShown = 16
