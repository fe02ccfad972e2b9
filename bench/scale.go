package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// The two installations whose costs are compared: companies of the same size, a hundred times as many of them.
const (
	scaleFew, scaleMany = 100, 10_000 // companies
	scaleTasks          = 100         // of a company
	scaleMembers        = 10
	scaleAsked          = 16 // companies that the clients belong to
)

// measureScale asks two installations in turn, which differ in nothing but the number of their companies.
func measureScale(ctx context.Context, s settings, r *report, name, dir string) (err error) {
	many := scaleMany
	if s.quick {
		many /= 10
	}
	small, err := newInstallation(ctx, s, r, name, dir, scaleFew)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, small.close()) }()
	if s.postgres == "" {
		s.postgres = small.admin // one PostgreSQL has both, so that it is warm for both
	}
	large, err := newInstallation(ctx, s, r, name, dir, many)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, large.close()) }()
	r.progress(name, "measure mixed in both")
	a, b := small.side(), large.side()
	if err := small.interleave(ctx, s.rounds, a, b); err != nil {
		return err
	}
	r.pairs = append(r.pairs, pair{
		engine: name, name: "scale", a: a.series, b: b.series,
		what: fmt.Sprintf("mixed load: CPU at %s to %s", b.name, a.name), most: 1.3,
	})
	for _, i := range []*installation{small, large} {
		if errs := i.loaded.seen.errors; errs > 0 {
			r.progress(name, fmt.Sprintf("%s: the first of %d errors: %v", i.loaded.name, errs, i.loaded.seen.first))
		}
	}
	return nil
}

// installation is one with so many companies, and its server.
type installation struct {
	*stage
	companies int
	asked     []*person
	tasks     []int64 // one of each of their companies
	loaded    *series
}

func newInstallation(ctx context.Context, s settings, r *report, name, dir string,
	companies int,
) (i *installation, err error) {
	label := fmt.Sprintf("%s_scale_%d", name, companies)
	r.progress(name, fmt.Sprintf("seed %d companies", companies))
	e, err := newEngine(ctx, s, name, label, dir)
	if err != nil {
		return nil, err
	}
	i = &installation{
		stage:     &stage{engine: e, settings: s, report: r, dir: filepath.Join(dir, label)},
		companies: companies,
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, i.close())
		}
	}()
	if err = i.signUp(); err != nil {
		return i, err
	}
	if err = i.seed(ctx); err != nil {
		return i, err
	}
	i.server, err = i.place.serve("warn")
	return i, err
}

func (i *installation) close() (err error) {
	if i.server != nil {
		err = i.server.stop()
	}
	return errors.Join(err, i.engine.close())
}

func (i *installation) signUp() error {
	s, err := i.place.serve("warn")
	if err != nil {
		return err
	}
	for n := range scaleAsked {
		p, err := s.found(fmt.Sprintf("olga%d", n), scaleTasks)
		if err == nil {
			err = s.login(p)
		}
		if err != nil {
			return errors.Join(err, s.stop())
		}
		i.asked = append(i.asked, p)
	}
	return s.stop()
}

func (i *installation) seed(ctx context.Context) error {
	b, err := i.bulk(ctx)
	if err != nil {
		return err
	}
	p := population{total: i.companies * scaleTasks, others: i.companies - scaleAsked, members: scaleMembers}
	for _, who := range i.asked {
		p.companies = append(p.companies, who.company)
	}
	if err := seed(b, p); err != nil {
		return err
	}
	for _, who := range i.asked {
		var id int64
		if err := b.row(fmt.Sprintf("SELECT max(id) FROM tasks WHERE company_id = %d", who.ID), &id); err != nil {
			return err
		}
		i.tasks = append(i.tasks, id)
	}
	return b.finish()
}

// side returns the side of a comparison that has a mixed load from several companies.
func (i *installation) side() side {
	s := i.clients(
		fmt.Sprintf("%d tasks of %d companies", i.companies*scaleTasks, i.companies),
		i.server.addr,
		i.server.Pid(),
		func(client int) []request {
			n := client % len(i.asked)
			return i.asked[n].mix(client, i.tasks[n])
		},
		connections,
	)
	i.loaded = s.series
	return s
}
