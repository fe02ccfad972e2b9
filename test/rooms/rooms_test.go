package rooms_test

import (
	"cmp"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/test/rooms"
)

var update = flag.Bool("update", false, "write the list of rooms into the documentation")

const (
	root   = "../.."
	module = "github.com/taskhouse/taskhouse/"
)

// product names the folders whose packages must be listed in rooms.txt.
var product = []string{"internal", "web", "cmd"}

// TestRooms checks the repository: a failure names the file and the line of the import.
func TestRooms(t *testing.T) {
	list, err := rooms.Read(root)
	if err != nil {
		t.Fatal(err)
	}
	files, err := read(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range check(list, files) {
		t.Error(problem)
	}
}

// file is a Go file with its imports from this module.
type file struct {
	path    string
	test    bool
	imports map[string]int // folder -> line
}

// read parses the imports of every Go file, whatever system it is for.
func read(root string) ([]file, error) {
	var all []file
	for _, dir := range product {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules"):
				return filepath.SkipDir
			case entry.IsDir() || !strings.HasSuffix(path, ".go"):
				return nil
			}
			set := token.NewFileSet()
			source, err := parser.ParseFile(set, path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			f := file{
				path:    filepath.ToSlash(name),
				test:    strings.HasSuffix(name, "_test.go"),
				imports: map[string]int{},
			}
			for _, i := range source.Imports {
				imported, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				if folder, ours := strings.CutPrefix(imported, module); ours {
					f.imports[folder] = set.Position(i.Pos()).Line
				}
			}
			all = append(all, f)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// check returns the problems: folders without a line and lines without a folder, and imports that the order forbids.
func check(list []rooms.Room, files []file) []string {
	var problems []string
	place, room, used := map[string]int{}, map[string]rooms.Room{}, map[string]bool{}
	for i, r := range list {
		if _, twice := place[r.Folder]; twice {
			problems = append(problems, fmt.Sprintf("internal/rooms.txt lists %s twice", r.Folder))
		}
		place[r.Folder], room[r.Folder] = i, r
	}
	for _, f := range files {
		folder := f.path[:strings.LastIndexByte(f.path, '/')]
		mine, listed := room[folder]
		if !listed {
			if !used[folder] {
				problems = append(problems, fmt.Sprintf("%s: add a line for %s to internal/rooms.txt", f.path, folder))
			}
			used[folder] = true
			continue
		}
		used[folder] = true
		tests := f.test || mine.Tests
		for _, imported := range slices.Sorted(maps.Keys(f.imports)) {
			line := f.imports[imported]
			if imported == folder { // an external test
				continue
			}
			other, known := room[imported]
			switch {
			case known && !other.Tests && place[imported] < place[folder]:
			case tests && (known && other.Tests || strings.HasPrefix(imported, "test/")):
			case !known || other.Tests:
				problems = append(problems, fmt.Sprintf("%s:%d imports %s: only tests may", f.path, line, imported))
			default:
				problems = append(
					problems,
					fmt.Sprintf("%s:%d imports %s, which comes after %s in internal/rooms.txt", f.path, line, imported,
						folder),
				)
			}
		}
	}
	for _, r := range list {
		if !used[r.Folder] {
			problems = append(problems, fmt.Sprintf("internal/rooms.txt lists %s, which has no Go files", r.Folder))
		}
	}
	return problems
}

// TestCheck shows that each kind of mistake is found.
func TestCheck(t *testing.T) {
	list := []rooms.Room{
		{Folder: "internal/low"},
		{Folder: "internal/high"},
		{Folder: "internal/high/sub"},
		{Folder: "internal/kit", Tests: true},
	}
	good := []file{
		{path: "internal/low/a.go"},
		{path: "internal/low/a_test.go", test: true, imports: map[string]int{"internal/kit": 3, "internal/low": 4}},
		{path: "internal/high/a.go", imports: map[string]int{"internal/low": 3}},
		{path: "internal/high/sub/a.go", imports: map[string]int{"internal/high": 3}},
		{path: "internal/kit/a.go", imports: map[string]int{"internal/high": 3}},
	}
	if got := check(list, good); len(got) > 0 {
		t.Errorf("the good tree has problems: %q", got)
	}
	for _, c := range []struct {
		name string
		add  file
		want string
	}{
		{
			"upwards",
			file{path: "internal/low/b.go", imports: map[string]int{"internal/high": 7}},
			"internal/low/b.go:7 imports internal/high, which comes after",
		},
		{"upwards in a test", file{
			path: "internal/low/b_test.go", test: true, imports: map[string]int{"internal/high": 7},
		}, "comes after"},
		{
			"upwards into a sub-package",
			file{path: "internal/high/b.go", imports: map[string]int{"internal/high/sub": 7}},
			"comes after",
		},
		{
			"from a sub-package",
			file{path: "internal/low/b.go", imports: map[string]int{"internal/high/sub": 7}},
			"comes after",
		},
		{
			"a test kit in the product",
			file{path: "internal/high/b.go", imports: map[string]int{"internal/kit": 7}},
			"only tests may",
		},
		{
			"a suite in the product",
			file{path: "internal/high/b.go", imports: map[string]int{"test/server": 7}},
			"only tests may",
		},
		{"a package without a line", file{path: "internal/new/b.go"}, "add a line for internal/new"},
		{
			"a package without a line that is imported",
			file{path: "internal/high/b.go", imports: map[string]int{"internal/new": 7}},
			"only tests may",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := check(list, append(slices.Clone(good), c.add))
			if len(got) != 1 || !strings.Contains(got[0], c.want) {
				t.Errorf("got %q, want one that says %q", got, c.want)
			}
		})
	}
	if got := check(append(list, rooms.Room{Folder: "internal/gone"}), good); len(got) != 1 ||
		!strings.Contains(got[0], "no Go files") {
		t.Errorf("a line without a folder: %q", got)
	}
}

// TestPages compares the lists in the documentation with rooms.txt; -update writes them.
func TestPages(t *testing.T) {
	list, err := rooms.Read(root)
	if err != nil {
		t.Fatal(err)
	}
	drawing, err := rooms.List(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range list {
		if !r.Tests {
			names = append(names, r.Name)
		}
	}
	for _, p := range []struct{ page, want string }{
		{"docs/ARCHITECTURE.md", "```\n" + drawing + "```\n"},
		{"CONTRIBUTING.md", "```\n" + wrap(names, 100) + "```\n"},
	} {
		path := filepath.Join(root, p.page)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		const begin, end = "<!-- rooms: go test ./test/rooms -update -->\n", "<!-- end -->\n"
		before, rest, found := strings.Cut(string(text), begin)
		got, after, closed := strings.Cut(rest, end)
		switch {
		case !found || !closed:
			t.Errorf("%s has no place for the list: %s...%s", p.page, begin, end)
		case got == p.want:
		case *update:
			if err := os.WriteFile(path, []byte(before+begin+p.want+end+after), 0o600); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s shows another list of rooms than internal/rooms.txt: run go test ./test/rooms -update", p.page)
		}
	}
}

// wrap joins words with spaces, in lines of at most a width.
func wrap(words []string, width int) string {
	var b strings.Builder
	used := 0
	for _, w := range words {
		if used > 0 && used+1+len(w) > width {
			b.WriteByte('\n')
			used = 0
		}
		if used > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		used += cmp.Compare(used, 0) + len(w)
	}
	return b.String() + "\n"
}
