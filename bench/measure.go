package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// series holds the results of one side of a comparison, round by round.
type series struct {
	name     string
	cpu      []float64 // ms of its own processes per operation, of each round
	database []float64 // ms of PostgreSQL's processes per operation
	seen     loaded    // by the clients, of all rounds
}

// side does one round.
type side struct {
	*series
	round func() (n int, cpu time.Duration, err error)
}

// interleave runs the sides in turn, round after round, so that whatever else the machine does hits all of them alike.
func (g *stage) interleave(ctx context.Context, rounds int, sides ...side) error {
	for range rounds {
		for _, s := range sides {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			before, err := g.processor()
			if err != nil {
				return err
			}
			n, cpu, err := s.round()
			if err != nil {
				return err
			}
			after, err := g.processor()
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("%s did nothing: %w", s.name, s.seen.first)
			}
			s.cpu = append(s.cpu, perOp(cpu, n))
			s.database = append(s.database, perOp(after-before, n))
		}
	}
	return nil
}

// perOp returns milliseconds per operation.
func perOp(d time.Duration, n int) float64 { return d.Seconds() * 1000 / float64(n) }

func median(vs []float64) float64 {
	if len(vs) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(vs))
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return (s[len(s)/2-1] + s[len(s)/2]) / 2
}

// clients returns a side that clients ask over HTTP: the product or the bare handler.
func (g *stage) clients(name, addr string, pid int, p plan, n int) side {
	s := &series{name: name}
	load(addr, p, n, g.seconds/4) // caches warm, connections in the pools
	return side{s, func() (int, time.Duration, error) {
		before, err := processor(pid)
		if err != nil {
			return 0, 0, err
		}
		l := load(addr, p, n, g.seconds)
		after, err := processor(pid)
		s.seen.add(l)
		return len(l.delays), after - before, err
	}}
}

// alone returns a side that does the same work without HTTP.
func (g *stage) alone(name, variant string) (side, error) {
	s := &series{name: variant}
	_, err := g.floors.measure(
		order{Name: name, Variant: variant, For: nanos(g.seconds / 4)}) // connects, prepares, warms
	return side{s, func() (int, time.Duration, error) {
		done, err := g.floors.measure(order{Name: name, Variant: variant, For: nanos(g.seconds)})
		return done.N, time.Duration(done.CPU), err
	}}, err
}

// clientsOf returns the number of concurrent clients. Sign-ins queue for the few hashes that are computed at a time,
// and a client that would wait long is refused: more clients would measure refusals.
func clientsOf(name string) int {
	if name == "login" {
		return 4 * cores()
	}
	return connections
}

// variants returns the ways to run the statements alone.
func (g *stage) variants(name string) []string {
	switch {
	case name == "login":
		return []string{"argon2id alone"}
	case g.name == "postgres":
		return []string{"pgx"}
	}
	return []string{"driver", "database/sql"}
}

// comparison is a scenario: the product beside its floors.
type comparison struct {
	engine, name        string
	product, bare, best *series
	alone               []*series
}

// floor returns the processor time that cannot be avoided: the answer's bytes over HTTP, and the same statements alone.
func (c comparison) floor() float64 { return median(c.bare.cpu) + median(c.best.cpu) }

func (c comparison) ratio() float64 { return median(c.product.cpu) / c.floor() }

// compare measures a scenario in the middle company.
func (g *stage) compare(ctx context.Context, name string) (c comparison, err error) {
	answer, err := g.answer(name, middle)
	if err != nil {
		return c, err
	}
	bare, err := startRole("bare", answer, g.dir)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	var bareAddr string
	if err := bare.hear(&bareAddr); err != nil {
		return c, err
	}
	p, err := g.plan(name, middle)
	if err != nil {
		return c, err
	}
	sides := []side{
		g.clients("product", g.server.addr, g.server.Pid(), p, clientsOf(name)),
		g.clients("bare", bareAddr, bare.Pid(), p, clientsOf(name)),
	}
	c = comparison{engine: g.name, name: name, product: sides[0].series, bare: sides[1].series}
	for _, v := range g.variants(name) {
		s, err := g.alone(name, v)
		if err != nil {
			return c, err
		}
		sides, c.alone = append(sides, s), append(c.alone, s.series)
	}
	if err := g.interleave(ctx, g.rounds, sides...); err != nil {
		return c, err
	}
	c.best = slices.MinFunc(c.alone, func(a, b *series) int {
		if median(a.cpu) < median(b.cpu) {
			return -1
		}
		return 1
	})
	return c, nil
}

// pair is two requests that should cost the same.
type pair struct {
	engine, name string
	a, b         *series
	what         string
	least, most  float64 // between which the ratio has to be
}

// ratio returns b's cost divided by a's, with the database's share.
func (p pair) ratio() float64 { return p.cost(p.b) / p.cost(p.a) }

func (p pair) cost(s *series) float64 { return median(s.cpu) + median(s.database) }

func (g *stage) pair(ctx context.Context, name, what, a, b string, pa, pb plan) (pair, error) {
	sides := []side{
		g.clients(a, g.server.addr, g.server.Pid(), pa, connections),
		g.clients(b, g.server.addr, g.server.Pid(), pb, connections),
	}
	return pair{g.name, name, sides[0].series, sides[1].series, what, 0.8, 1.2}, g.interleave(ctx, g.rounds, sides...)
}

// measureAll runs all scenarios against one server and watches its memory.
func (g *stage) measureAll(ctx context.Context) error {
	for _, name := range scenarios {
		if !g.wants(name) {
			continue
		}
		g.report.progress(g.name, "measure "+name)
		c, err := g.compare(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if first := c.product.seen.first; first != nil {
			g.report.progress(g.name, fmt.Sprintf("%s: the first of %d errors: %v", name, c.product.seen.errors, first))
		}
		g.report.comparisons = append(g.report.comparisons, c)
		if name == "statistics" {
			if err := g.pairStatistics(ctx); err != nil {
				return err
			}
		}
	}
	if g.wants("depth") {
		if err := g.pairDepth(ctx); err != nil {
			return err
		}
	}
	return errors.Join(g.floors.stop(), g.endServer())
}

func (g *stage) pairStatistics(ctx context.Context) error {
	large := slices.Max(slices.Collect(maps.Keys(g.people)))
	a, err := g.plan("statistics", few)
	if err != nil {
		return err
	}
	b, err := g.plan("statistics", large)
	if err != nil {
		return err
	}
	p, err := g.pair(ctx, "statistics", fmt.Sprintf("statistics: CPU at %d tasks to %d tasks", large, few), "few",
		"many", a, b)
	g.report.pairs = append(g.report.pairs, p)
	return err
}

func (g *stage) pairDepth(ctx context.Context) error {
	g.report.progress(g.name, "measure depth")
	a, err := g.plan("list", middle)
	if err != nil {
		return err
	}
	b, err := g.plan("depth", middle)
	if err != nil {
		return err
	}
	p, err := g.pair(ctx, "depth", fmt.Sprintf("list: CPU of a cursor at depth %d to page 1", depth), "page 1", "deep",
		a, b)
	g.report.pairs = append(g.report.pairs, p)
	return err
}

// started is how a server begins on existing data.
type started struct {
	engine string
	ready  []float64 // ms to the first 200
	idle   []float64 // bytes resident, a moment later
}

func (g *stage) measureStart(context.Context) error {
	if !g.wants("start") {
		return nil
	}
	st := started{engine: g.name}
	for range g.starts {
		s, err := g.place.serve("warn")
		if err != nil {
			return err
		}
		time.Sleep(300 * time.Millisecond)
		now, _, err := memory(s.Pid())
		if err := errors.Join(err, s.stop()); err != nil {
			return err
		}
		st.ready = append(st.ready, s.ready.Seconds()*1000)
		st.idle = append(st.idle, float64(now))
	}
	g.report.starts = append(g.report.starts, st)
	return nil
}

// variant is a scenario on a server that does more than answer.
type variant struct {
	engine, name, what string
	product            *series
}

// measureLogged asks a server that writes a line for each request.
func (g *stage) measureLogged(ctx context.Context) error {
	return g.vary(ctx, "a line in the log for each request", []string{"list", "get", "create"}, "info", withoutWorker)
}

// measureFollowed asks a server as it starts by default: with the followers of the log, the jobs and the mails that
// come of a task ten seconds after it, in the same process.
func (g *stage) measureFollowed(ctx context.Context) error {
	return g.vary(ctx, "followers, jobs and mails in the same process", []string{"create", "update"}, "warn")
}

func (g *stage) vary(ctx context.Context, what string, names []string, level string, flags ...string) (err error) {
	if g.server, err = g.place.serve(level, flags...); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.endServer()) }()
	for _, name := range names {
		if !g.wants(name) {
			continue
		}
		p, err := g.plan(name, middle)
		if err != nil {
			return err
		}
		s := g.clients("product", g.server.addr, g.server.Pid(), p, connections)
		if err := g.interleave(ctx, min(3, g.rounds), s); err != nil {
			return err
		}
		g.report.variants = append(g.report.variants, variant{g.name, name, what, s.series})
	}
	return nil
}

// endServer notes how much memory the server ever had, and stops it.
func (g *stage) endServer() error {
	_, peak, err := memory(g.server.Pid())
	if err != nil {
		return err
	}
	g.report.peaks[g.name] = max(g.report.peaks[g.name], peak)
	return g.server.stop()
}
