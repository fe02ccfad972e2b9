package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is a line of the stream: a test event (go doc cmd/test2json) or a build event (go help buildjson).
type event struct {
	Action      string
	Package     string
	Test        string
	Elapsed     float64
	Output      string
	ImportPath  string // of build events
	FailedBuild string // the ImportPath that a package failed for
}

// report collects the results of the packages in a stream.
type report struct {
	out      io.Writer
	packages map[string]*pkg
	builds   map[string]*strings.Builder // their output that has not been printed yet
}

type pkg struct {
	name   string
	tests  map[string]*test
	output strings.Builder
	ended  bool
	failed bool
	empty  bool // it ended well and ran no test
}

type test struct {
	name    string
	running bool
	outcome outcome
	output  strings.Builder
}

// outcome says how a test ended; for a test that ran several times (-count), the worst end.
type outcome int

const (
	none outcome = iota // it only printed: a benchmark
	skipped
	passed
	failed
)

var outcomes = map[string]outcome{"skip": skipped, "pass": passed, "fail": failed}

func newReport(out io.Writer) *report {
	return &report{out: out, packages: map[string]*pkg{}, builds: map[string]*strings.Builder{}}
}

// read reads the stream to its end, and prints the results as they come.
func (r *report) read(stream io.Reader) error {
	lines := bufio.NewReader(stream)
	for {
		// A Scanner would not do: a line may have any amount of output.
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			r.line(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the stream of events: %w", err)
		}
	}
}

// line handles one line. It prints a line that is not an event as it is, because the go command also prints plain text.
func (r *report) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil || e.Action == "" {
		fmt.Fprintf(r.out, "%s\n", bytes.TrimRight(line, "\r\n"))
		return
	}
	switch {
	case e.ImportPath != "":
		r.build(e)
	case e.Test != "":
		r.test(r.pkg(e.Package), e)
	default:
		r.whole(r.pkg(e.Package), e)
	}
}

func (r *report) pkg(name string) *pkg {
	p := r.packages[name]
	if p == nil {
		p = &pkg{name: name, tests: map[string]*test{}}
		r.packages[name] = p
	}
	return p
}

func (r *report) build(e event) {
	b := r.builds[e.ImportPath]
	if b == nil {
		b = &strings.Builder{}
		r.builds[e.ImportPath] = b
	}
	b.WriteString(e.Output)
	if e.Action == "build-fail" {
		r.showBuild("build failed", e.ImportPath)
	}
}

func (r *report) showBuild(title, importPath string) {
	r.block(title+": "+importPath, r.builds[importPath].String())
	delete(r.builds, importPath)
}

func (r *report) test(p *pkg, e event) {
	t := p.tests[e.Test]
	if t == nil {
		t = &test{name: e.Test}
		p.tests[e.Test] = t
	}
	switch e.Action {
	case "run":
		t.running = true
	case "output":
		t.output.WriteString(e.Output)
	case "pass", "skip", "fail":
		r.endTest(p, t, outcomes[e.Action])
	}
}

func (r *report) endTest(p *pkg, t *test, o outcome) {
	t.running = false
	t.outcome = max(t.outcome, o)
	switch o {
	case failed:
		r.block(fmt.Sprintf("FAIL  %s %s", p.name, t.name), t.output.String())
		t.output.Reset()
	case passed:
		t.output.Reset()
	}
}

// whole handles an event of the package as a whole.
func (r *report) whole(p *pkg, e event) {
	switch e.Action {
	case "output":
		p.output.WriteString(e.Output)
	case "pass", "skip", "fail":
		r.endPackage(p, e)
	}
}

func (r *report) endPackage(p *pkg, e event) {
	p.ended = true
	p.failed = e.Action == "fail"
	if p.failed {
		r.failUnfinished(p)
	}
	p.empty = !p.failed && p.count(none) == 0
	switch {
	case p.failed:
		r.block("FAIL  "+p.name+", outside its tests", p.rest())
		fmt.Fprintf(r.out, "FAIL  %s  %s\n", p.name, p.summary(e))
	case p.empty:
		fmt.Fprintf(r.out, "none  %s\n", p.name)
	default:
		fmt.Fprintf(r.out, "ok    %s  %s\n", p.name, p.summary(e))
	}
	p.output.Reset()
}

// failUnfinished fails the tests that the end of their process cut off: a panic elsewhere, a deadline, an os.Exit. The
// stream never reports the end of a benchmark.
func (r *report) failUnfinished(p *pkg) {
	for _, key := range slices.Sorted(maps.Keys(p.tests)) {
		if t := p.tests[key]; t.running && !strings.HasPrefix(t.name, "Benchmark") {
			t.output.WriteString("(it did not finish)\n")
			r.endTest(p, t, failed)
		}
	}
}

// count returns the number of tests with the outcome o; for none, the number of all that ended.
func (p *pkg) count(o outcome) int {
	n := 0
	for _, t := range p.tests {
		if t.outcome != none && (o == none || t.outcome == o) {
			n++
		}
	}
	return n
}

func (p *pkg) summary(e event) string {
	s := fmt.Sprintf("%.1fs", e.Elapsed)
	if strings.Contains(p.output.String(), "\t(cached)") {
		s = "(cached)"
	}
	if e.FailedBuild != "" {
		return s + "  not built: " + e.FailedBuild
	}
	s += fmt.Sprintf("  %d passed", p.count(passed))
	if n := p.count(failed); n > 0 {
		s += fmt.Sprintf(", %d failed", n)
	}
	if n := p.count(skipped); n > 0 {
		s += fmt.Sprintf(", %d skipped", n)
	}
	for line := range strings.Lines(p.output.String()) {
		if strings.HasPrefix(line, "engines:") {
			s += "  " + strings.TrimSpace(line)
		}
	}
	return s
}

// rest returns the package's own output without the parts that its line repeats.
func (p *pkg) rest() string {
	var b strings.Builder
	for line := range strings.Lines(p.output.String()) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if word != "PASS" && word != "FAIL" && !strings.HasPrefix(word, "engines:") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// block prints output under a title, without the lines that only say which test continues.
func (r *report) block(title, output string) {
	var b strings.Builder
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, "=== ") {
			b.WriteString(line)
		}
	}
	text := strings.TrimRight(b.String(), "\n")
	if text == "" {
		return
	}
	fmt.Fprintf(r.out, "%s\n%s\n\n", title, text)
}

// conclude prints the violations of the run and its last line, and returns its exit code. code is the exit code of the
// command.
func (r *report) conclude(rules rules, code int) int {
	for _, path := range slices.Sorted(maps.Keys(r.builds)) {
		r.showBuild("build", path) // warnings: the build went well
	}
	var total struct{ passed, failed, skipped, broken int }
	var wrong []string
	for _, key := range slices.Sorted(maps.Keys(r.packages)) {
		p := r.packages[key]
		wrong = append(wrong, r.faults(p, rules)...)
		total.passed += p.count(passed)
		total.failed += p.count(failed)
		total.skipped += p.count(skipped)
		if p.failed && p.count(failed) == 0 {
			total.broken++ // not built, or failed before or after its tests
		}
	}
	if ran := total.passed + total.failed; ran < rules.floor {
		wrong = append(wrong, fmt.Sprintf("%d tests ran, and %s says at least %d: find out what no longer runs; "+
			"lower it only together with the tests that were removed", ran, floorFile, rules.floor))
	}
	failures := total.failed + total.broken
	if code != 0 && failures == 0 && len(wrong) == 0 {
		wrong = append(wrong, fmt.Sprintf("the command exited with status %d, though no test failed", code))
	}
	for _, w := range wrong {
		fmt.Fprintln(r.out, "WRONG", w)
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", total.passed, failures, total.skipped)
	if code == 0 && failures+len(wrong) > 0 {
		return 1
	}
	return code
}

// faults returns the violations of the rules in one package.
func (r *report) faults(p *pkg, rules rules) []string {
	var wrong []string
	if !p.ended {
		r.failUnfinished(p)
		p.failed = true
		wrong = append(wrong, fmt.Sprintf("%s did not finish", p.name))
	}
	if p.empty && !rules.allowed[name{p.name, noTests}] {
		wrong = append(wrong, fmt.Sprintf("%s has no tests: write one, or list \"%[1]s %s  # reason\" in %s",
			p.name, noTests, allowedFile))
	}
	for _, key := range slices.Sorted(maps.Keys(p.tests)) {
		t := p.tests[key]
		if t.outcome == skipped && !rules.allowed[name{p.name, t.name}] {
			wrong = append(
				wrong,
				fmt.Sprintf("%s %s was skipped (%s): make it run, or list \"%[1]s %[2]s  # reason\" in %[4]s",
					p.name, t.name, t.why(), allowedFile),
			)
		}
	}
	return wrong
}

// why returns the output of a skipped test, on one line.
func (t *test) why() string {
	var lines []string
	for line := range strings.Lines(t.output.String()) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- SKIP") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "no reason given"
	}
	return strings.Join(lines, " ")
}
