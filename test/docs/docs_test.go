// Package docs_test checks that the documentation names only files, packages, tests and decisions that exist. It does
// not judge the text; test/words counts its habits of English.
package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// page is a text file of the repository, by its path from the root.
type page struct{ name, text string }

// pages reads all files with one of the endings.
func pages(t *testing.T, endings ...string) (all []page) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.IsDir() || !slices.Contains(endings, filepath.Ext(file)):
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		all = append(all, page{filepath.ToSlash(name), string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("no files end with %v", endings)
	}
	return all
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

var (
	link      = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)
	span      = regexp.MustCompile("`([^`\n]+)`")
	fullPath  = regexp.MustCompile(`^(\./)?(internal|cmd|web|docs|deploy|bench|test|tools|\.ci)(/[\w.@-]+)*/?$`)
	roomFile  = regexp.MustCompile(`^([a-z]+(?:/[a-z]+)?/[\w-]+\.(?:go|sql|txt|golden))$`)
	elsewhere = []string{"web/node_modules", "web/dist"}
)

// TestPathsExist follows the links of every page, and looks up the code spans that are paths. A span such as
// `db/writer.go` is a file of a room.
func TestPathsExist(t *testing.T) {
	checked := 0
	for _, p := range pages(t, ".md") {
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			checked++
			if target := path.Join(path.Dir(p.name), m[1]); !exists(target) {
				t.Errorf("%s links to %s, which does not exist", p.name, target)
			}
		}
		for _, m := range span.FindAllStringSubmatch(generated.ReplaceAllString(p.text, ""), -1) {
			switch name := m[1]; {
			case slices.ContainsFunc(elsewhere, func(e string) bool { return strings.HasPrefix(name, e) }):
			case fullPath.MatchString(name) && strings.Contains(name, "/"):
				checked++
				if !exists(name) && !exists(path.Join(path.Dir(p.name), name)) {
					t.Errorf("%s names %s, which does not exist", p.name, name)
				}
			case roomFile.MatchString(name):
				checked++
				if !exists(name) && !exists("internal/"+name) && !exists(path.Join(path.Dir(p.name), name)) {
					t.Errorf("%s names %s, which does not exist", p.name, name)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d paths were found in the documentation", checked)
	}
}

// generated is the part of a page that a run of the mutants writes: it shows the sources of that run.
var generated = regexp.MustCompile(`(?s)<!-- mutants:begin -->.*<!-- mutants:end -->`)

var pageName = regexp.MustCompile(`\bdocs/[\w/-]+\.md\b|\bdecisions/\d{4}(?:-[\w-]+)?`)

// TestSourcesNameExistingPages looks up the pages of docs that comments, scripts and files of deploy refer to.
func TestSourcesNameExistingPages(t *testing.T) {
	for _, p := range pages(t, ".go", ".yaml", ".yml", ".sh", ".service", ".conf", ".ts", ".svelte", ".md", ".sql") {
		if p.name == "test/docs/docs_test.go" {
			continue
		}
		for _, name := range pageName.FindAllString(p.text, -1) {
			if decision, ok := strings.CutPrefix(name, "decisions/"); ok {
				if found, _ := filepath.Glob(filepath.Join(root, "docs/decisions", decision+"*.md")); len(found) != 1 {
					t.Errorf("%s names %s, which does not exist", p.name, name)
				}
			} else if !exists(name) {
				t.Errorf("%s names %s, which does not exist", p.name, name)
			}
		}
	}
}

var (
	goTest   = regexp.MustCompile("go test ([^`\n]+)")
	packages = regexp.MustCompile(`\./[\w/.]+`)
	runs     = regexp.MustCompile(`-(?:run|bench) (?:'([^']+)'|"([^"]+)"|(\S+))`)
	function = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
)

// TestCommandsFindTheirTests checks the go test commands of the pages: their packages exist, and their patterns match a
// test there.
func TestCommandsFindTheirTests(t *testing.T) {
	checked := 0
	for _, p := range pages(t, ".md") {
		for _, m := range goTest.FindAllStringSubmatch(p.text, -1) {
			command := strings.ReplaceAll(m[1], `\|`, "|")
			var names []string
			dirs := packages.FindAllString(command, -1)
			for _, dir := range dirs {
				dir, below := strings.CutSuffix(strings.TrimPrefix(dir, "./"), "...")
				if !exists(dir) {
					t.Errorf("%s: go test %s: there is no folder %s", p.name, command, dir)
				}
				names = append(names, tests(t, strings.TrimSuffix(dir, "/"), below)...)
			}
			for _, r := range runs.FindAllStringSubmatch(command, -1) {
				pattern, _, _ := strings.Cut(r[1]+r[2]+r[3], "/")
				if pattern == "^$" || pattern == "xxx" || pattern == "." || len(dirs) == 0 {
					continue
				}
				checked++
				for alternative := range strings.SplitSeq(pattern, "|") {
					re, err := regexp.Compile(alternative)
					if err != nil {
						t.Errorf("%s: go test %s: %v", p.name, command, err)
					} else if !slices.ContainsFunc(names, re.MatchString) {
						t.Errorf("%s: go test %s: no test matches %s", p.name, command, alternative)
					}
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d patterns were found in the documentation", checked)
	}
}

// tests returns the names of the tests and benchmarks in a folder, or in all folders below it.
func tests(t *testing.T, dir string, below bool) (names []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, dir), func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || !below && file != filepath.Join(root, dir)):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(file)
		for _, m := range function.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestDecisionsAreListed compares the index of the decisions with their pages: number, date and title.
func TestDecisionsAreListed(t *testing.T) {
	const folder = "docs/decisions"
	index, err := os.ReadFile(filepath.Join(root, folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(root, folder, "[0-9]*.md"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	for _, file := range found {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		first, _, _ := strings.Cut(string(text), "\n")
		title, ok := strings.CutPrefix(first, "# "+name[:4]+": ")
		if !ok {
			t.Errorf("%s begins with %q, want # %s: and its subject", name, first, name[:4])
			continue
		}
		row := regexp.MustCompile(`(?m)^\| \[` + name[:4] + `\]\(` + regexp.QuoteMeta(name) +
			`\) \| \d{4}-\d\d-\d\d \| ` +
			regexp.QuoteMeta(title) + ` \|$`)
		if !row.Match(index) {
			t.Errorf("docs/decisions/README.md has no row for %s with a date and the title %q", name, title)
		}
	}
}
