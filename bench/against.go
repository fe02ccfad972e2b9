package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"
)

// mostOfBefore is how much more processor time a request may cost than with the older server.
const mostOfBefore = 1.05

// measureAgainst compares this version's server with an older one: the older one makes the data, this version's
// migrates a copy of it, and clients ask both in turn.
func measureAgainst(ctx context.Context, s settings, r *report, name, dir string) (err error) {
	older := s
	older.binary = s.against
	e, err := newEngine(ctx, older, name, name, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	was := &stage{engine: e, settings: older, report: r, dir: filepath.Join(dir, name)}
	r.progress(name, "make the data with the older server")
	if err := was.signUp(ctx); err != nil {
		return err
	}
	if err := was.seed(ctx); err != nil {
		return err
	}
	is, err := was.upgraded(s.binary)
	if err != nil {
		return err
	}
	for _, g := range []*stage{was, is} {
		if g.server, err = g.place.serve("warn", withoutWorker); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, g.server.stop()) }()
		for _, p := range g.people {
			if err := g.server.login(p); err != nil {
				return err
			}
		}
	}
	r.progress(name, "wait for the end of the work that an upgrade leaves")
	if err := idle(ctx, is.server.Pid()); err != nil {
		return err
	}
	for _, scenario := range scenarios {
		if !s.wants(scenario) {
			continue
		}
		r.progress(name, "measure "+scenario)
		p, err := was.rival(ctx, is, scenario)
		if err != nil {
			return fmt.Errorf("%s: %w", scenario, err)
		}
		r.pairs = append(r.pairs, p)
	}
	return nil
}

// idle waits until a process takes less than a fiftieth of a processor for a second.
func idle(ctx context.Context, pid int) error {
	before := time.Duration(0)
	for {
		now, err := processor(pid)
		if err != nil {
			return err
		}
		if before > 0 && now-before < 20*time.Millisecond {
			return nil
		}
		before = now
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// upgraded returns a stage on a copy of the data, for another server.
func (g *stage) upgraded(binary string) (*stage, error) {
	e := *g.engine
	e.place.binary = binary
	e.place.data = filepath.Join(g.dir, "upgraded", "data")
	if g.name == "postgres" {
		e.place.databaseURL = g.floor
	}
	if err := os.CopyFS(e.place.data, os.DirFS(g.place.data)); err != nil {
		return nil, err
	}
	// The server refuses a key that others may read.
	if err := os.Chmod(filepath.Join(e.place.data, "secret.key"), 0o600); err != nil {
		return nil, err
	}
	is := *g
	is.engine = &e
	is.people = map[int]*person{}
	for n, p := range maps.All(g.people) {
		is.people[n] = new(*p)
	}
	return &is, nil
}

// rival compares a scenario on two servers.
func (g *stage) rival(ctx context.Context, newer *stage, scenario string) (pair, error) {
	var sides []side
	for _, one := range []struct {
		*stage
		name string
	}{{g, "against"}, {newer, "binary"}} {
		p, err := one.plan(scenario, middle)
		if err != nil {
			return pair{}, err
		}
		sides = append(sides, one.clients(one.name, one.server.addr, one.server.Pid(), p, clientsOf(scenario)))
	}
	err := g.interleave(ctx, g.rounds, sides...)
	what := scenario + ": CPU of this version to the older one"
	p := pair{g.name, scenario, sides[0].series, sides[1].series, what, 0, mostOfBefore}
	return p, errors.Join(err, p.a.seen.first, p.b.seen.first)
}
