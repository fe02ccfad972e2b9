// Command bench measures the product against floors that it measures beside it, in the same run and on the same
// machine, and writes bench/RESULTS.md. README.md says what is measured and how to read it.
//
// It starts everything it needs as processes of its own (the server, the floors, a PostgreSQL with fsync on), so that
// the processor time of each can be told apart; it is itself the load generator. It runs on Linux, whose /proc it
// reads.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	quick      bool
	only       string
	engines    string
	binary     string
	against    string
	postgres   string
	cpuprofile string
	results    string

	rounds  int
	seconds time.Duration // of one measurement
	total   int           // tasks in the database
	starts  int
}

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		if err := playRole(role, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "bench %s: %v\n", role, err)
			os.Exit(1)
		}
		return
	}
	s := readFlags()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func readFlags() settings {
	s := settings{rounds: 7, seconds: time.Second, total: 1_000_000, starts: 10}
	flag.BoolVar(&s.quick, "quick", false, "a short run: fewer tasks and rounds; nothing is written to RESULTS.md")
	flag.StringVar(&s.only, "only", "",
		"comma-separated: "+strings.Join(names(), ", ")+"; nothing is written to RESULTS.md")
	flag.StringVar(&s.engines, "engine", "sqlite,postgres", "which engines")
	flag.StringVar(&s.binary, "binary", "", "measure this server instead of building one")
	flag.StringVar(&s.against, "against", "",
		"compare with this older server, on the same data and in alternating rounds; nothing is written to RESULTS.md")
	flag.StringVar(&s.postgres, "postgres", "",
		"URL of a superuser on a PostgreSQL of this machine, instead of one that is started for the run")
	flag.StringVar(&s.cpuprofile, "cpuprofile", "",
		"folder for processor profiles of the in-process benchmarks, instead of the load")
	flag.StringVar(&s.results, "results", "", "where to write the results; bench/RESULTS.md after a full run")
	flag.Parse()
	if s.quick {
		s.rounds, s.seconds, s.total, s.starts = 3, 500*time.Millisecond, 200_000, 5
	}
	if s.results == "" && !s.quick && s.only == "" && s.against == "" && s.engines == "sqlite,postgres" {
		s.results = "bench/RESULTS.md"
	}
	return s
}

// wants reports whether a figure was asked for.
func (s settings) wants(name string) bool {
	return s.only == "" || slices.Contains(strings.Split(s.only, ","), name)
}

// wantsLoad reports whether any figure was asked for that the million tasks are made for.
func (s settings) wantsLoad() bool {
	return slices.ContainsFunc(append(slices.Clone(scenarios), "depth", "mixed", "start"), s.wants)
}

func (s settings) check() error {
	for name := range strings.SplitSeq(s.only, ",") {
		if name != "" && !slices.Contains(names(), name) {
			return fmt.Errorf("--only %s: there is %s", name, strings.Join(names(), ", "))
		}
	}
	for name := range strings.SplitSeq(s.engines, ",") {
		if name != "sqlite" && name != "postgres" {
			return fmt.Errorf("--engine %s: there is sqlite, postgres", name)
		}
	}
	if _, err := os.Stat("go.mod"); err != nil {
		return errors.New("run it from the top of the repository: go run ./bench")
	}
	return nil
}

func run(ctx context.Context, s settings) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.cpuprofile != "" {
		return profile(ctx, s)
	}
	dir, err := os.MkdirTemp("", "taskhouse-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r := &report{settings: s, machine: thisMachine(dir), began: time.Now(), peaks: map[string]int64{}}
	if s.binary == "" {
		if s.binary, err = build(ctx, dir); err != nil {
			return err
		}
	}
	if s.against != "" {
		for engine := range strings.SplitSeq(s.engines, ",") {
			if err := measureAgainst(ctx, s, r, engine, dir); err != nil {
				return fmt.Errorf("%s: %w", engine, err)
			}
		}
		r.print(os.Stdout)
		return nil
	}
	if s.wants("size") {
		if err := measureSize(r, s.binary); err != nil {
			return err
		}
	}
	if s.wants("feed") {
		if err := measureFeed(ctx, s, r, dir); err != nil {
			return fmt.Errorf("feed: %w", err)
		}
	}
	for engine := range strings.SplitSeq(s.engines, ",") {
		if s.wantsLoad() {
			if err := measureEngine(ctx, s, r, engine, dir); err != nil {
				return fmt.Errorf("%s: %w", engine, err)
			}
		}
		if s.wants("scale") {
			if err := measureScale(ctx, s, r, engine, dir); err != nil {
				return fmt.Errorf("%s: scale: %w", engine, err)
			}
		}
	}
	r.print(os.Stdout)
	if s.results == "" {
		return nil
	}
	return r.save(s.results)
}
