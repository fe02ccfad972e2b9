package cli_test

import (
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/cli"
)

// TestThreat_I14_CellsAreNoFormulas checks that no cell of a CSV begins like a formula of a spreadsheet.
func TestThreat_I14_CellsAreNoFormulas(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"ada", `"ada"`},
		{"", `""`},
		{`Acme "Corp", Ltd`, `"Acme ""Corp"", Ltd"`},
		{"=1+1", `"'=1+1"`},
		{"+ada", `"'+ada"`},
		{"-ada", `"'-ada"`},
		{"@ada", `"'@ada"`},
		{"＝1+1", `"'＝1+1"`},
		{"＠ada", `"'＠ada"`},
		{"\t=1", "\"'\t=1\""},
		{"\r=1", "\"'\r=1\""},
		{" =1", `"' =1"`},
		{"'=1", `"''=1"`},
		{`"=1`, `"'""=1"`},
		{"|calc", `"'|calc"`},
		{"a=b", `"a=b"`},
	} {
		if got := cli.Cell(c.text); got != c.want {
			t.Errorf("%q is %s, want %s", c.text, got, c.want)
		}
	}
}

func TestAnalyticsCommandLine(t *testing.T) {
	for _, c := range []struct{ flag, want string }{
		{"--days=0", "--days: Ensure this value is greater than or equal to 1."},
		{"--days=367", "--days: Ensure this value is less than or equal to 366."},
		{"--tz=Mars/Olympus", "--tz: This is no time zone."},
		{"--as-of=soon", "--as-of: Datetime has wrong format."},
		{"--format=xml", "--format must be one of"},
	} {
		code, out, errs := run(t, "task_analytics", c.flag)
		if code != 2 || out != "" || !strings.HasPrefix(errs, "taskhouse: "+c.want) {
			t.Errorf("%s: code %d, %s%s", c.flag, code, out, errs)
		}
	}
}
