package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

func cores() int { return runtime.GOMAXPROCS(0) }

// scenarios are the operations that are compared with their floors.
var scenarios = []string{"list", "get", "my_tasks", "statistics", "create", "update", "login"}

// names returns the names that --only accepts.
func names() []string {
	return append(slices.Clone(scenarios), "depth", "mixed", "scale", "start", "size", "feed")
}

// The sizes of the measured companies, and how deep a deep page begins.
const (
	few, middle, many = 100, 10_000, 100_000
	depth             = 5_000
	members           = 20
	others            = 197
)

// stage is an engine with everything on it that a scenario needs.
type stage struct {
	*engine
	settings
	report *report
	dir    string
	people map[int]*person // by the number of their company's tasks
	about  subject
	server *server
	floors *floor
}

// measureEngine makes the data, and measures everything that was asked for on one engine.
func measureEngine(ctx context.Context, s settings, r *report, name, dir string) (err error) {
	e, err := newEngine(ctx, s, name, name, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	if e.version != "" {
		r.engines = append(r.engines, "PostgreSQL "+e.version+": "+e.note)
	}
	g := &stage{engine: e, settings: s, report: r, dir: filepath.Join(dir, name)}
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"sign companies up", g.signUp},
		{"seed", g.seed},
		{"measure the start", g.measureStart},
		{"compare the statements", g.compareStatements},
		{"measure mixed", g.measureMixed}, // before there are thousands of mails to send that the other scenarios leave
		{"open", g.open},
		{"measure", g.measureAll},
		{"measure with a log", g.measureLogged},
		{"measure with what follows", g.measureFollowed},
	}
	for _, step := range steps {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.progress(name, step.what)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// signUp founds the measured companies through the API, on an empty database.
func (g *stage) signUp(context.Context) error {
	s, err := g.place.serve("warn")
	if err != nil {
		return err
	}
	g.people = map[int]*person{}
	for _, n := range []int{few, middle, min(many, g.total/2)} {
		p, err := s.found(fmt.Sprintf("olga%d", n), n)
		if err == nil {
			err = s.login(p)
		}
		if err != nil {
			return errors.Join(err, s.stop())
		}
		g.people[n] = p
	}
	return s.stop()
}

func (g *stage) seed(ctx context.Context) error {
	b, err := g.bulk(ctx)
	if err != nil {
		return err
	}
	p := population{total: g.total, others: others, members: members}
	for _, n := range slices.Sorted(maps.Keys(g.people)) {
		p.companies = append(p.companies, g.people[n].company)
	}
	began := time.Now()
	if err := seed(b, p); err != nil {
		return err
	}
	c := g.people[middle].company
	g.about = subject{
		Company:     c.ID,
		Owner:       c.Owner,
		Assignee:    c.Owner,
		Title:       createdTitle,
		Description: createdDescription,
	}
	if err := b.row(fmt.Sprintf("SELECT max(id) FROM tasks WHERE company_id = %d", c.ID), &g.about.Task); err != nil {
		return err
	}
	for last := g.about.Task + 1; len(g.about.Tasks) < connections; g.about.Tasks = append(g.about.Tasks, last) {
		err := b.row(fmt.Sprintf("SELECT max(id) FROM tasks WHERE company_id = %d AND id < %d", c.ID, last), &last)
		if err != nil {
			return err
		}
	}
	if err := b.row(fmt.Sprintf("SELECT epoch FROM heads WHERE company_id = %d", c.ID), &g.about.Epoch); err != nil {
		return err
	}
	if err := b.finish(); err != nil {
		return err
	}
	g.report.progress(
		g.name,
		fmt.Sprintf("seeded %d tasks of %d companies in %.0f s", g.total, len(p.companies)+others,
			time.Since(began).Seconds()),
	)
	return g.copyForFloor(ctx)
}

// open starts the server that stays for the load, and the floor.
func (g *stage) open(context.Context) (err error) {
	if g.server, err = g.place.serve("warn", withoutWorker); err != nil {
		return err
	}
	// An event carries the task about as a client reads it.
	task, err := g.answer("get", middle)
	if err != nil {
		return err
	}
	g.about.Event = task.Body
	g.floors, err = startRole("sql", floorConfig{Engine: g.name, Where: g.floor, Conns: g.conns, Subject: g.about},
		g.dir)
	return err
}

const (
	createdTitle       = "Prepare the monthly report for Lindqvist"
	createdDescription = "It was promised for the end of the month."
)

func createdTask(assignee int64) []byte {
	return fmt.Appendf(nil, `{"title":%q,"description":%q,"status":"todo","assigned_to":%d}`, createdTitle,
		createdDescription, assignee)
}

// changedTask changes a task; each of its turns changes it back.
func changedTask(turn int) []byte {
	return fmt.Appendf(nil, `{"status":%q}`, [...]string{"in_progress", "todo"}[turn%2])
}

func taskPath(id int64) string { return fmt.Sprintf("/api/tasks/%d/", id) }

// plan returns the requests of a scenario, from a member of a company of that size.
func (g *stage) plan(name string, size int) (plan, error) {
	p := g.people[size]
	switch name {
	case "login":
		return same(
			post("/api/auth/login/", "", fmt.Appendf(nil, `{"username":%q,"password":%q}`, p.name, password), 200),
		), nil
	case "depth":
		cursor, err := g.cursorAt(p)
		return same(get("/api/tasks/?cursor="+url.QueryEscape(cursor), p.token)), err
	}
	return func(client int) []request { return p.requests(name, g.about.Tasks[client%len(g.about.Tasks)]) }, nil
}

// requests returns the requests of one person in a scenario, about a task if it needs one.
func (p *person) requests(name string, task int64) []request {
	switch name {
	case "list":
		return []request{get("/api/tasks/", p.token)}
	case "get":
		return []request{get(taskPath(task), p.token)}
	case "my_tasks":
		return []request{get("/api/tasks/my_tasks/", p.token)}
	case "statistics":
		return []request{get("/api/tasks/statistics/", p.token)}
	case "create":
		return []request{post("/api/tasks/", p.token, createdTask(p.Owner), 201)}
	case "update":
		var rs []request
		for turn := range 2 {
			rs = append(rs, send("PATCH", taskPath(task), p.token, changedTask(turn), 200))
		}
		return rs
	}
	panic("no such scenario: " + name)
}

// cursorAt follows the pages to the depth, as a client does.
func (g *stage) cursorAt(p *person) (cursor string, err error) {
	const size = 100
	for range depth / size {
		var page struct {
			Next *string `json:"next"`
		}
		path := fmt.Sprintf("/api/tasks/?page_size=%d&cursor=%s", size, url.QueryEscape(cursor))
		if _, err := g.server.ask("GET", path, p.token, nil, &page); err != nil {
			return "", err
		}
		if page.Next == nil {
			return "", fmt.Errorf("the list ends before depth %d", depth)
		}
		u, err := url.Parse(*page.Next)
		if err != nil {
			return "", err
		}
		cursor = u.Query().Get("cursor")
	}
	return cursor, nil
}

// answer returns the product's answer to a request, which the bare handler repeats.
func (g *stage) answer(name string, size int) (canned, error) {
	p := g.people[size]
	c := canned{Status: 200}
	var b []byte
	var err error
	switch name {
	case "list":
		b, err = g.server.ask("GET", "/api/tasks/", p.token, nil, nil)
	case "get":
		b, err = g.server.ask("GET", taskPath(g.about.Task), p.token, nil, nil)
	case "my_tasks":
		b, err = g.server.ask("GET", "/api/tasks/my_tasks/", p.token, nil, nil)
	case "statistics":
		b, err = g.server.ask("GET", "/api/tasks/statistics/", p.token, nil, nil)
	case "create":
		c.Status = 201
		b, err = g.server.ask("POST", "/api/tasks/", p.token, jsontext.Value(createdTask(p.Owner)), nil)
	case "update":
		b, err = g.server.ask("PATCH", taskPath(g.about.Task), p.token, jsontext.Value(changedTask(0)), nil)
	case "login":
		b, err = g.server.ask("POST", "/api/auth/login/", "", map[string]any{"username": p.name, "password": password},
			nil)
	}
	c.Body = string(b)
	return c, err
}
