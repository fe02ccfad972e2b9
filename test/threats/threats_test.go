// Package threats_test counts the threats and faults that a test of the suite is about. A test says so in its name, or
// in a sub-test's, and a script in a comment: TestThreat_A9_A10_..., t.Run("T1 ...", "# T28: ...".
package threats_test

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/threats.md")

const (
	root = "../.."
	page = root + "/docs/threats.md"
)

// minCases is the number of cases that are listed. Cases are added, and none goes.
const minCases = 158

var (
	function = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)Threat_((?:[ATIRXFM]\d+_)+)\w*)\(`)
	subtest  = regexp.MustCompile(`t\.Run\("((?:[ATIRXFM]\d+ )+)[^"]*"`)
	script   = regexp.MustCompile(`(?m)^# ((?:[ATIRXFM]\d+ )*[ATIRXFM]\d+):`)
	id       = regexp.MustCompile(`[ATIRXFM]\d+`)
	row      = regexp.MustCompile(`(?m)^\| ([ATIRXFM]\d+) \|.*\| (.*) \|$`)
)

// covered returns, by the id of a case, the packages with a test of it.
func covered(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string]map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() &&
			(d.Name() == "node_modules" || path != root && strings.HasPrefix(d.Name(), ".") || d.Name() == "threats") {
			return filepath.SkipDir
		}
		scripted := strings.HasSuffix(path, ".txtar")
		if !scripted && !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		where, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		note := func(ids string) {
			for _, id := range id.FindAllString(ids, -1) {
				if found[id] == nil {
					found[id] = map[string]bool{}
				}
				found[id][filepath.ToSlash(where)] = true
			}
		}
		if scripted {
			for _, m := range script.FindAllStringSubmatch(string(b), -1) {
				note(m[1])
			}
			return nil
		}
		for _, m := range function.FindAllStringSubmatch(string(b), -1) {
			note(m[2])
		}
		for _, m := range subtest.FindAllStringSubmatch(string(b), -1) {
			note(m[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for id, in := range found {
		all[id] = slices.Sorted(maps.Keys(in))
	}
	return all
}

// TestEveryThreatIsTested fails for a case that has neither a test nor a reason why not, for a test of an unknown case,
// and for a page that claims a missing test.
func TestEveryThreatIsTested(t *testing.T) {
	tests := covered(t)
	known := map[string]bool{}
	var rows strings.Builder
	tested, out := 0, 0
	for _, c := range cases {
		known[c.id] = true
		state := strings.Join(tests[c.id], ", ")
		switch {
		case state != "":
			tested++
		case absent[c.id] != "":
			out++
			state = "not part of the product: " + absent[c.id]
		case elsewhere[c.id] != "":
			state = "no test: " + elsewhere[c.id]
		default:
			t.Errorf("%s (%s) has no test: write TestThreat_%s_..., or say here why there is none", c.id, c.what, c.id)
		}
		fmt.Fprintf(&rows, "| %s | %s | %s |\n", c.id, c.what, state)
	}
	for id, where := range tests {
		if !known[id] {
			t.Errorf("a test in %s is about %s, which is no case", strings.Join(where, ", "), id)
		}
	}
	if len(known) < minCases {
		t.Errorf("there are %d cases, want at least %d: none may go", len(known), minCases)
	}
	t.Logf("%d of %d cases have a test; %d are of parts that the product does not have", tested, len(cases), out)

	if *update {
		text := fmt.Sprintf(head, len(cases), tested, out) + rows.String()
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	listed := row.FindAllStringSubmatch(string(b), -1)
	if len(listed) != len(cases) {
		t.Errorf("docs/threats.md has %d cases, want %d: go test ./test/threats -update", len(listed), len(cases))
	}
	for _, m := range listed {
		if claims := !strings.HasPrefix(m[2], "no"); claims && tests[m[1]] == nil {
			t.Errorf("docs/threats.md says that %s is tested in %s: go test ./test/threats -update", m[1], m[2])
		}
	}
}

const head = `# Threats and faults, and the tests of them

The threats and faults of a multi-tenant task server: %d cases, %d of them with a test that has the id in its name
(` + "`go test ./... -run TestThreat_T7`" + `), %d of them about parts that Taskhouse does not have.
` + "`go test ./test/threats -update`" + ` writes this page from the tests. A case without a test or a reason
fails the suite, and so does a line here whose test is gone.

A: authentication and sessions. T: tenant isolation. I: input and output. R: resource exhaustion.
X: outgoing requests and mail. F: faults. M: configuration and build.

| case | threat or fault | tested in |
|---|---|---|
`
