package cli

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/backup"
)

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
