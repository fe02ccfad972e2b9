package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
)

// mixture holds the requests that the clients of a mixed load do in forty requests: 80 % read, 15 % change, 5 % create.
var mixture = []struct {
	name string
	n    int
}{
	{"list", 16}, {"get", 10}, {"my_tasks", 4}, {"statistics", 2}, {"update", 6}, {"create", 2},
}

// mix returns a person's requests of a mixed load, in a different order for each client. Changes alternate with
// changing back.
func (p *person) mix(client int, task int64) (rs []request) {
	for _, part := range mixture {
		requests := p.requests(part.name, task)
		for i := range part.n {
			rs = append(rs, requests[i%len(requests)])
		}
	}
	r := rand.New(rand.NewPCG(3, uint64(client)))
	r.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
	return rs
}

// mixed is a mixed load on a server as it starts by default.
type mixed struct {
	engine  string
	product *series
}

func (g *stage) measureMixed(ctx context.Context) (err error) {
	if !g.wants("mixed") {
		return nil
	}
	if g.server, err = g.place.serve("warn"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.endServer()) }()
	p := g.people[middle]
	s := g.clients("product", g.server.addr, g.server.Pid(), func(client int) []request {
		return p.mix(client, g.about.Tasks[client%len(g.about.Tasks)])
	}, connections)
	err = g.interleave(ctx, g.rounds, s)
	g.report.mixed = append(g.report.mixed, mixed{g.name, s.series})
	return err
}

// mixedFloor is, in ms, the floors of the parts by their shares; 0 where not all of them were measured.
func (r *report) mixedFloor(engine string) (floor float64) {
	parts, all := 0, 0
	for _, part := range mixture {
		all += part.n
		for _, c := range r.comparisons {
			if c.engine == engine && c.name == part.name {
				floor += c.floor() * float64(part.n)
				parts++
			}
		}
	}
	if parts < len(mixture) {
		return 0
	}
	return floor / float64(all)
}

func (m mixed) figures() []figure {
	errors := figure{
		"mixed load, 80 % reads, 15 % changes, 5 % new: errors",
		m.engine,
		fmt.Sprint(m.product.seen.errors),
		"",
		"",
		"0",
		m.product.seen.errors == 0,
		"mixed",
	}
	if m.engine == "sqlite" {
		p99 := m.product.seen.percentile(0.99)
		return []figure{
			errors,
			{
				"mixed load, durable: p99 at 32 connections",
				m.engine,
				ms(p99),
				"",
				"",
				"< 25 ms",
				p99.Milliseconds() < 25,
				"mixed",
			},
		}
	}
	server, database := median(m.product.cpu), median(m.product.database)
	return []figure{errors, {
		"mixed load: PostgreSQL's own CPU to the server's", m.engine,
		fmt.Sprintf("%.3f ms", database), fmt.Sprintf("%.3f ms", server), fmt.Sprintf("%.2f", database/server), "> 1",
		database > server, "mixed",
	}}
}

// mixing prints the results of the mixed load.
func (r *report) mixing() table {
	t := table{
		title: "Mixed load",
		note: "80 % reads, 15 % changes, 5 % new tasks, 32 clients in one company, " +
			"on a server as it starts by default. " +
			"The floor is that of its parts by their shares, without the effects of a change: followers, jobs, mails.",
		head: []string{
			"engine", "requests/s", "p50", "p95", "p99", "max", "errors", "server CPU", "database CPU", "floor",
			"server / floor",
		},
	}
	for _, m := range r.mixed {
		s := &m.product.seen
		row := []string{
			m.engine, fmt.Sprintf("%.0f", s.rate()), ms(s.percentile(0.5)), ms(s.percentile(0.95)),
			ms(s.percentile(0.99)), ms(s.percentile(1)), fmt.Sprint(s.errors),
			fmt.Sprintf("%.3f ms", median(m.product.cpu)), fmt.Sprintf("%.3f ms", median(m.product.database)), "", "",
		}
		if floor := r.mixedFloor(m.engine); floor > 0 {
			row[9], row[10] = fmt.Sprintf("%.3f ms", floor), fmt.Sprintf("%.2f", median(m.product.cpu)/floor)
		}
		t.rows = append(t.rows, row)
	}
	return t
}
