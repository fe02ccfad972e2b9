package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
)

// Finding is the result of one check: a line of doctor and of check --deploy.
type Finding struct {
	State  string `json:"state"` // ok, warn or fail
	Check  string `json:"check"` // a stable word for programs
	Detail string `json:"detail"`
	Do     string `json:"do,omitempty"` // how to fix it
}

// findings collects the results of checks.
type findings []Finding

func (f *findings) ok(check, detail string, a ...any) {
	*f = append(*f, Finding{"ok", check, fmt.Sprintf(detail, a...), ""})
}

func (f *findings) warn(check, do, detail string, a ...any) {
	*f = append(*f, Finding{"warn", check, fmt.Sprintf(detail, a...), do})
}

func (f *findings) fail(check, do, detail string, a ...any) {
	*f = append(*f, Finding{"fail", check, fmt.Sprintf(detail, a...), do})
}

// err returns an error if a check failed.
func (f findings) err() error {
	n := 0
	for _, v := range f {
		if v.State == "fail" {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d checks failed", n, len(f))
}

// print writes the findings as a table or as JSON. It returns an error if a check failed.
func (p *program) print(f findings, format string) error {
	if format == "json" {
		if err := printJSON(p.stdout, f); err != nil {
			return err
		}
		return f.err()
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, v := range f {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", v.State, v.Check, config.Printable(app.OneLine(v.Detail)))
		if v.Do != "" {
			_, _ = fmt.Fprintf(table, "\t\t-> %s\n", v.Do)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return f.err()
}

// few joins the first three lines and counts the rest.
func few(lines []string) string {
	const most = 3
	if len(lines) > most {
		return fmt.Sprintf("%s; and %d more", strings.Join(lines[:most], "; "), len(lines)-most)
	}
	return strings.Join(lines, "; ")
}
