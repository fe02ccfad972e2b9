// Command mutants breaks the isolation of companies on purpose, one lock at a time, and sees whether a test notices.
//
// It works on a copy of the repository. Every place that it can break is rewritten there as a switch that the
// environment turns (TASKHOUSE_MUTANT), so that the tests are built once and each mutant costs no more than the run
// that kills it. The tests run cheap ones first, on SQLite, where no second lock hides a missing predicate; mutants of
// PostgreSQL's locks run there.
//
//	go run ./test/mutants                 all of them; writes the result into docs/isolation.md
//	go run ./test/mutants -list           list the mutants
//	go run ./test/mutants -only tasks     those whose line contains a word; writes nothing
//	go run ./test/mutants -kept FILE      go on where a run of the same sources was interrupted
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

var (
	only = flag.String("only", "", "break only what contains this")
	list = flag.Bool("list", false, "list the mutants and run nothing")
	kept = flag.String("kept", "",
		"a file that has each result as soon as it is known; what it has of the same sources is not run again")
	show = flag.Bool("v", false, "show what the killing test says")
)

// limit is how long one run of one test binary may take; a mutant that hangs is noticed too.
const limit = 4 * time.Minute

func main() {
	flag.Parse()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root, err := output(ctx, ".", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "taskhouse-mutants")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := duplicate(ctx, root, dir); err != nil {
		return err
	}
	all, err := plant(dir)
	if err != nil {
		return err
	}
	if err := checkEquivalent(all); err != nil {
		return err
	}
	var chosen []mutant
	for _, m := range all {
		if strings.Contains(m.String(), *only) {
			chosen = append(chosen, m)
		}
	}
	if *list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		fmt.Println(len(chosen), "mutants")
		return nil
	}
	notes, err := openNotes(*kept, dir)
	if err != nil {
		return err
	}
	defer func() { _ = notes.close() }()
	results, err := judge(ctx, dir, chosen, notes)
	if err != nil {
		return err
	}
	report := tell(ctx, root, results)
	fmt.Print(report)
	if *only == "" {
		if err := record(filepath.Join(root, "docs", "isolation.md"), report); err != nil {
			return err
		}
	}
	for _, r := range results {
		if r.survived() && equivalent[r.name] == "" {
			return errors.New("a lock can be broken and no test fails")
		}
	}
	return nil
}

// duplicate copies the tracked and the untracked, not ignored files into dir.
func duplicate(ctx context.Context, root, dir string) error {
	files, err := output(ctx, root, "git", "ls-files", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(files, "\n") {
		b, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // removed and not yet committed
		}
		if err != nil {
			return err
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// result is the result of a mutant.
type result struct {
	mutant
	by   string // the test that failed
	said string
}

func (r result) survived() bool { return r.by == "" }

func judge(ctx context.Context, dir string, mutants []mutant, notes *notes) (results []result, err error) {
	built := map[string]func() (string, error){} // the test binaries, each when it is needed first
	known := map[string]func() string{}          // the tests that fail without a mutant too, by suite
	for _, m := range mutants {
		for _, s := range m.suites {
			if built[s.pkg] == nil {
				built[s.pkg] = sync.OnceValues(func() (string, error) { return s.build(ctx, dir) })
			}
			if known[s.String()] == nil {
				known[s.String()] = sync.OnceValue(func() string {
					bin, err := built[s.pkg]()
					if err != nil {
						return ""
					}
					return s.known(ctx, dir, bin)
				})
			}
		}
	}
	results = make([]result, len(mutants))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range mutants {
		g.Go(func() error {
			r := result{mutant: m}
			if by, ok := notes.known(m.name); ok {
				r.by = by
				results[i] = r
				return nil
			}
			for _, s := range m.suites {
				if s == wholeAPI && equivalent[m.name] != "" {
					continue // the longest one is for the mutants without a suite of their own
				}
				bin, err := built[s.pkg]()
				if err != nil {
					return err
				}
				s.skip = known[s.String()]()
				if r.by, r.said = s.run(ctx, dir, bin, m.name, "-test.failfast"); r.by != "" {
					break
				}
			}
			fmt.Fprintf(os.Stderr, "%-60s %s\n", r.mutant, r.verdict())
			if *show {
				fmt.Fprintln(os.Stderr, r.said)
			}
			results[i] = r
			return notes.add(m.name, r.by)
		})
	}
	return results, g.Wait()
}

// build makes the test binary of the suite's package.
func (s suite) build(ctx context.Context, dir string) (bin string, err error) {
	bin = filepath.Join(dir, strings.ReplaceAll(s.pkg, "/", "_")+".test")
	_, err = output(ctx, dir, "go", "test", "-trimpath", "-c", "-o", bin, "./"+s.pkg)
	return bin, err
}

// known runs the suite without a mutant, and returns the pattern of the tests to skip: a test that fails without a
// mutant proves nothing.
func (s suite) known(ctx context.Context, dir, bin string) (skip string) {
	_, said := s.run(ctx, dir, bin, "none")
	skip = s.skip
	for _, name := range failed.FindAllStringSubmatch(said, -1) {
		if !strings.Contains(name[1], "/") {
			fmt.Fprintf(os.Stderr, "%s: %s fails without a mutant, and is left out\n", s.pkg, name[1])
			skip = strings.TrimPrefix(skip+"|^"+name[1]+"$", "|")
		}
	}
	return skip
}

// suite is some tests of a package.
type suite struct{ pkg, tests, skip string }

func (s suite) String() string { return s.pkg + " " + s.tests }

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// run runs the suite under a mutant, and returns the failing test and its output.
func (s suite) run(ctx context.Context, dir, bin, mutant string, more ...string) (by, said string) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	args := append(more, "-test.run="+s.tests, "-test.timeout="+(limit-5*time.Second).String())
	if s.pkg == worlds.pkg || s.pkg == counting.pkg {
		args = append(args, "-rapid.shrinktime=1ms") // a failure is enough; the example is not read
	}
	if s.skip != "" {
		args = append(args, "-test.skip="+s.skip)
	}
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Dir = filepath.Join(dir, s.pkg)
	cmd.Env = append(os.Environ(), "TASKHOUSE_MUTANT="+mutant)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return "", ""
	}
	if found := failed.FindAllSubmatch(out, -1); found != nil {
		return string(found[len(found)-1][1]), string(out)
	}
	return s.pkg + " as a whole (" + err.Error() + ")", string(out)
}

func (r result) verdict() string {
	switch {
	case !r.survived():
		return r.by
	case equivalent[r.name] != "":
		return "equivalent: " + equivalent[r.name]
	}
	return "SURVIVED"
}

// tell returns the results as a Markdown table.
func tell(ctx context.Context, root string, results []result) string {
	killed, same := 0, 0
	for _, r := range results {
		switch {
		case !r.survived():
			killed++
		case equivalent[r.name] != "":
			same++
		}
	}
	commit, _ := output(ctx, root, "git", "rev-parse", "--short", "HEAD")
	var b strings.Builder
	fmt.Fprintf(&b, "%s, commit %s: %d mutants, %d killed, %d equivalent, %d survived.\n\n",
		time.Now().UTC().Format(time.DateOnly), commit, len(results), killed, same, len(results)-killed-same)
	b.WriteString("| mutant | where | what notices |\n|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", r.what, r.where, r.verdict())
	}
	return b.String()
}

const begin, end = "<!-- mutants:begin -->\n", "<!-- mutants:end -->"

// record puts the report between the markers of a page.
func record(page, report string) error {
	b, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(b), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place between %q and %q", page, begin, end)
	}
	return os.WriteFile(page, []byte(before+begin+"\n"+report+"\n"+end+after), 0o644)
}

func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out)), nil
}
