package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	lib "modernc.org/sqlite/lib"
)

// report is everything that was measured.
type report struct {
	settings settings
	machine  machine
	began    time.Time

	comparisons []comparison
	pairs       []pair
	starts      []started
	peaks       map[string]int64 // bytes, by engine
	variants    []variant
	mixed       []mixed
	size        int64
	feeds       []feedResult
	engines     []string
}

// progress tells who waits how far it is.
func (r *report) progress(engine, what string) {
	fmt.Fprintf(os.Stderr, "%5.0f s  %s: %s\n", time.Since(r.began).Seconds(), engine, what)
}

func measureSize(r *report, binary string) error {
	info, err := os.Stat(binary)
	if err == nil {
		r.size = info.Size()
	}
	return err
}

// figure is one target.
type figure struct {
	what, engine           string
	measured, floor, ratio string
	target                 string
	reached                bool
	only                   string // prints it again
}

func (f figure) cells() []string {
	yes := "**no**"
	if f.reached {
		yes = "yes"
	}
	command := "go run ./bench --only " + f.only
	if f.engine != "" {
		command += " --engine " + f.engine
	}
	return []string{f.what, f.engine, f.measured, f.floor, f.ratio, f.target, yes, "`" + command + "`"}
}

const megabyte = 1e6

// figures compares the measurements with the targets. This is the only list of targets.
func (r *report) figures() (fs []figure) {
	for _, c := range r.comparisons {
		fs = append(fs, c.figures()...)
	}
	for _, p := range r.pairs {
		fs = append(fs, p.figure())
	}
	for _, s := range r.starts {
		ready, idle := median(s.ready), median(s.idle)
		fs = append(
			fs,
			figure{
				"first 200 after the start, on existing data",
				s.engine,
				fmt.Sprintf("%.0f ms", ready),
				"",
				"",
				"≤ 100 ms",
				ready <= 100,
				"start",
			},
			figure{
				"resident memory, idle",
				s.engine,
				fmt.Sprintf("%.1f MB", idle/megabyte),
				"",
				"",
				"≤ 30 MB",
				idle <= 30*megabyte,
				"start",
			},
		)
	}
	for _, m := range r.mixed {
		fs = append(fs, m.figures()...)
	}
	for _, engine := range slices.Sorted(maps.Keys(r.peaks)) {
		if peak := r.peaks[engine]; r.settings.only == "" {
			fs = append(
				fs,
				figure{
					"resident memory, most under the whole load",
					engine,
					fmt.Sprintf("%.0f MB", float64(peak)/megabyte),
					"",
					"",
					"< 128 MB",
					peak < 128*megabyte,
					strings.Join(scenarios, ",") + ",depth,mixed",
				},
			)
		}
	}
	for _, f := range r.feeds {
		fs = append(fs, f.figures()...)
	}
	if r.size > 0 {
		fs = append(
			fs,
			figure{
				"stripped static binary",
				"",
				fmt.Sprintf("%.1f MB", float64(r.size)/megabyte),
				"",
				"",
				"< 45 MB",
				r.size < 45*megabyte,
				"size",
			},
		)
	}
	return fs
}

func (c comparison) figures() []figure {
	measured := fmt.Sprintf("%.3f ms", median(c.product.cpu))
	floor := fmt.Sprintf("%.3f ms", c.floor())
	ratio := fmt.Sprintf("%.2f", c.ratio())
	twice := figure{"", c.engine, measured, floor, ratio, "≤ 2x", c.ratio() <= 2, c.name}
	switch c.name {
	case "list":
		twice.what = "GET a page of 20: server CPU"
		fs := []figure{twice}
		if c.engine == "sqlite" {
			fs = append(
				fs,
				figure{
					"GET a page of 20: server CPU",
					c.engine,
					measured,
					"",
					"",
					"≤ 0.36 ms",
					median(c.product.cpu) <= 0.36,
					c.name,
				},
			)
		}
		return fs
	case "create":
		twice.what = "POST a task, durable: server CPU"
		fs := []figure{
			twice,
			{
				"POST a task, 32 writers in one company: errors",
				c.engine,
				fmt.Sprint(c.product.seen.errors),
				"",
				"",
				"0",
				c.product.seen.errors == 0,
				c.name,
			},
		}
		if c.engine == "sqlite" {
			p99 := c.product.seen.percentile(0.99)
			fs = append(
				fs,
				figure{
					"POST a task, 32 writers in one company: p99",
					c.engine,
					ms(p99),
					"",
					"",
					"< 30 ms",
					p99 < 30*time.Millisecond,
					c.name,
				},
			)
		}
		return fs
	}
	return nil // measured, and nothing promised
}

func (p pair) figure() figure {
	target := fmt.Sprintf("%g to %g", p.least, p.most)
	if p.least == 0 {
		target = fmt.Sprintf("≤ %g", p.most)
	}
	return figure{
		what: p.what, engine: p.engine, measured: fmt.Sprintf("%.3f ms", p.cost(p.b)),
		floor: fmt.Sprintf("%.3f ms", p.cost(p.a)), ratio: fmt.Sprintf("%.2f", p.ratio()),
		target: target, reached: p.ratio() >= p.least && p.ratio() <= p.most, only: p.name,
	}
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }

// table is a heading with rows under it.
type table struct {
	title, note string
	head        []string
	rows        [][]string
}

func (r *report) tables() []table {
	reach := table{
		title: "Figures to reach",
		head:  []string{"figure", "engine", "measured", "floor", "ratio", "target", "reached", "printed by"},
	}
	for _, f := range r.figures() {
		reach.rows = append(reach.rows, f.cells())
	}
	all := []table{reach, r.costs(), r.delays(), r.mixing(), r.varying()}
	return slices.DeleteFunc(all, func(t table) bool { return len(t.rows) == 0 })
}

// costs prints the processor time of each part, in ms per request.
func (r *report) costs() table {
	t := table{
		title: "Processor time in ms per request", head: []string{
			"engine", "scenario", "server", "database", "bare handler", "the same statements alone", "server / floor",
			"with the database",
		},
		note: "Medians of rounds that alternate between the columns. " +
			"The database's own processes (PostgreSQL) are counted apart, " +
			"in brackets for the floor; the last column is the ratio with them on both sides.",
	}
	for _, c := range r.comparisons {
		var alone []string
		for _, s := range c.alone {
			text := fmt.Sprintf("%s %.3f", s.name, median(s.cpu))
			if c.engine == "postgres" {
				text += fmt.Sprintf(" (+%.3f)", median(s.database))
			}
			alone = append(alone, text)
		}
		whole := (median(c.product.cpu) + median(c.product.database)) / (c.floor() + median(c.best.database))
		t.rows = append(t.rows, []string{
			c.engine, c.name, fmt.Sprintf("%.3f", median(c.product.cpu)),
			fmt.Sprintf("%.3f", median(c.product.database)),
			fmt.Sprintf("%.3f", median(c.bare.cpu)), strings.Join(alone, ", "), fmt.Sprintf("%.2f", c.ratio()),
			fmt.Sprintf("%.2f", whole),
		})
	}
	return t
}

// delays prints the latencies at the clients.
func (r *report) delays() table {
	t := table{
		title: "Latency at the clients", head: []string{
			"engine", "scenario", "clients", "requests/s", "p50", "p95", "p99", "max", "errors",
			"bare handler requests/s", "its p99",
		},
		note: "Clients, server and database share the machine's cores: " +
			"compare rates and delays within this table only. " +
			"The bare handler's p99 is the delay that the machine itself adds to a request without work.",
	}
	for _, c := range r.comparisons {
		s := &c.product.seen
		t.rows = append(t.rows, []string{
			c.engine, c.name, fmt.Sprint(clientsOf(c.name)), fmt.Sprintf("%.0f", s.rate()), ms(s.percentile(0.5)),
			ms(s.percentile(0.95)), ms(s.percentile(0.99)), ms(s.percentile(1)),
			fmt.Sprint(s.errors), fmt.Sprintf("%.0f", c.bare.seen.rate()), ms(c.bare.seen.percentile(0.99)),
		})
	}
	return t
}

// varying prints the cost of a server with more work than answering.
func (r *report) varying() table {
	t := table{
		title: "With more than the answer",
		head:  []string{"engine", "scenario", "with", "server CPU", "database CPU", "requests/s", "p99"},
	}
	for _, v := range r.variants {
		s := &v.product.seen
		t.rows = append(t.rows, []string{
			v.engine, v.name, v.what, fmt.Sprintf("%.3f ms", median(v.product.cpu)),
			fmt.Sprintf("%.3f ms", median(v.product.database)),
			fmt.Sprintf("%.0f", s.rate()), ms(s.percentile(0.99)),
		})
	}
	return t
}

// head prints the machine and the versions on which the figures depend.
func (r *report) head() []string {
	return append([]string{
		"Date: " + r.began.UTC().Format(time.DateOnly),
		"Machine: " + r.machine.String(),
		"Commit: " + r.machine.commit,
		fmt.Sprintf("Go %s; SQLite %s (modernc.org/sqlite %s)", strings.TrimPrefix(runtime.Version(), "go"),
			lib.SQLITE_VERSION, module("modernc.org/sqlite")),
		fmt.Sprintf(
			"Data: %d tasks of %d companies, the measured ones with %d, %d and %d, %d members each; %d rounds of %s",
			r.settings.total, others+3, few, middle, min(many, r.settings.total/2), members, r.settings.rounds,
			r.settings.seconds),
	}, r.engines...)
}

func module(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "?"
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return "?"
}

// print shows the tables to a person at a terminal.
func (r *report) print(w io.Writer) {
	for _, line := range r.head() {
		_, _ = fmt.Fprintln(w, line)
	}
	for _, t := range r.tables() {
		_, _ = fmt.Fprintf(w, "\n%s\n", t.title)
		widths := make([]int, len(t.head))
		for _, row := range append([][]string{t.head}, t.rows...) {
			for i, cell := range row {
				widths[i] = max(widths[i], len([]rune(cell)))
			}
		}
		for _, row := range append([][]string{t.head}, t.rows...) {
			for i, cell := range row {
				_, _ = fmt.Fprint(w, cell, strings.Repeat(" ", widths[i]-len([]rune(cell))+2))
			}
			_, _ = fmt.Fprintln(w)
		}
	}
}

// save writes the tables for the repository.
func (r *report) save(path string) error {
	var b strings.Builder
	b.WriteString("# Results\n\nWritten by `make bench` (`go run ./bench`); README.md says how to read it.\n\n")
	for _, line := range r.head() {
		b.WriteString("- " + line + "\n")
	}
	for _, t := range r.tables() {
		fmt.Fprintf(&b, "\n## %s\n\n", t.title)
		if t.note != "" {
			b.WriteString(t.note + "\n\n")
		}
		b.WriteString("| " + strings.Join(t.head, " | ") + " |\n|" + strings.Repeat("---|", len(t.head)) + "\n")
		for _, row := range t.rows {
			b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
