package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/taskhouse/taskhouse/test/audit"
	"github.com/taskhouse/taskhouse/test/server"
)

// writer is one client that writes as fast as it is answered, and notes every answer. It alone touches its tasks, so it
// knows what must be there.
type writer struct {
	client  server.Client
	company server.Company
	name    string
	rng     *rand.Rand
	n       int // of its requests so far

	tasks   []known
	acked   []audit.Change // since the last check
	keys    []create       // acknowledged creations, since the last check
	pending *attempt
}

// known is a task as the last acknowledged answer told it.
type known struct {
	id, version int64
	title, key  string
	status      string
	assigned    *int64
}

// fields are the fields of a create or an update.
type fields struct {
	Title      string `json:"title"`
	Status     string `json:"status"`
	AssignedTo *int64 `json:"assigned_to"`
}

// create is a creation with its key.
type create struct {
	key string
	in  fields
	id  int64 // of the answer
}

// attempt is the request whose answer never came.
type attempt struct {
	method string
	at     int // the task, in tasks
	create create
	in     fields
}

type answer struct {
	ID         int64
	Version    int64
	Title      string
	Status     string
	AssignedTo *int64 `json:"assigned_to"`
}

func (w *writer) fields(title string) fields {
	f := fields{Title: title, Status: []string{"todo", "in_progress", "done", "cancelled"}[w.rng.IntN(4)]}
	f.AssignedTo = []*int64{nil, &w.company.Owner, &w.company.Member}[w.rng.IntN(3)]
	return f
}

// run writes until an answer is missing. It returns an error if the server itself failed. It calls acked for each
// answer.
func (w *writer) run(ctx context.Context, acked func()) (err error) {
	for {
		w.n++
		var a attempt
		switch p := w.rng.IntN(10); {
		case p < 4 || len(w.tasks) == 0:
			title := fmt.Sprintf("%s %d", w.name, w.n)
			a = attempt{method: "POST", create: create{key: title, in: w.fields(title)}}
		case p < 9:
			a = attempt{method: "PATCH", at: w.rng.IntN(len(w.tasks))}
			a.in = w.fields(fmt.Sprintf("%s changed %d", w.tasks[a.at].key, w.n))
		default:
			a = attempt{method: "DELETE", at: w.rng.IntN(len(w.tasks))}
		}
		status, err := w.do(ctx, a)
		if err != nil || status >= 500 {
			w.pending = &a
			if err == nil && status != http.StatusServiceUnavailable {
				return fmt.Errorf("%s: answered %d", a.method, status)
			}
			return nil
		}
		if status >= 300 {
			return fmt.Errorf("%s %+v: answered %d", a.method, a, status)
		}
		acked()
	}
}

// do sends one request and notes its answer.
func (w *writer) do(ctx context.Context, a attempt) (status int, err error) {
	var got answer
	switch a.method {
	case "POST":
		status, err = w.client.Call(ctx, "POST", "/api/tasks/", a.create.in, &got, "Idempotency-Key", a.create.key)
		if err == nil && status == http.StatusCreated {
			a.create.id = got.ID
			w.keys = append(w.keys, a.create)
			w.acked = append(w.acked, audit.Change{Task: got.ID, Version: 1, Kind: "task_created"})
			w.tasks = append(
				w.tasks,
				known{
					id:       got.ID,
					version:  got.Version,
					key:      a.create.key,
					title:    got.Title,
					status:   got.Status,
					assigned: got.AssignedTo,
				},
			)
		}
	case "PATCH":
		t := &w.tasks[a.at]
		status, err = w.client.Call(ctx, "PATCH", fmt.Sprintf("/api/tasks/%d/", t.id), a.in, &got)
		if err == nil && status == http.StatusOK {
			t.version, t.title, t.status, t.assigned = got.Version, got.Title, got.Status, got.AssignedTo
			w.acked = append(w.acked, audit.Change{Task: t.id, Version: t.version, Kind: "task_updated"})
		}
	case "DELETE":
		t := w.tasks[a.at]
		status, err = w.client.Call(ctx, "DELETE", fmt.Sprintf("/api/tasks/%d/", t.id), nil, nil)
		if err == nil && status == http.StatusNoContent {
			w.acked = append(w.acked, audit.Change{Task: t.id, Version: t.version, Kind: "task_deleted"})
			w.tasks[a.at] = w.tasks[len(w.tasks)-1]
			w.tasks = w.tasks[:len(w.tasks)-1]
		}
	}
	return status, err
}

// lost returns the acknowledged writes that are missing from the ledger.
func (w *writer) lost(l *audit.Ledger) (lost []string) {
	for _, c := range w.acked {
		if l.Seq(w.company.ID, c) == 0 {
			lost = append(lost, fmt.Sprintf("%s: acknowledged and not in the log: %+v", w.name, c))
		}
	}
	for i, k := range w.tasks {
		t, there := l.Task(w.company.ID, k.id)
		mine := w.pending != nil && w.pending.method != "POST" && w.pending.at == i
		switch {
		case !there && mine && w.pending.method == "DELETE":
		case !there || t.Version < k.version || t.Version > k.version && !(mine && t.Version == k.version+1):
			lost = append(lost, fmt.Sprintf("%s: acknowledged %+v, there is %v %v", w.name, k, there, t))
		case t.Version == k.version && (t.Title != k.title || t.Status != k.status || !same(t.AssignedTo, k.assigned)):
			lost = append(lost, fmt.Sprintf("%s: acknowledged %+v, there is %v", w.name, k, t))
		}
	}
	return lost
}

func same(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

// settle repeats an acknowledged creation. Then it finds out the result of the request without an answer, as a client
// does: it repeats a creation with its key, twice; it reads a task again. Nothing may be done twice.
func (w *writer) settle(t *testing.T, l *audit.Ledger) {
	t.Helper()
	ctx := t.Context()
	if len(w.keys) > 0 {
		k := w.keys[w.rng.IntN(len(w.keys))]
		var got answer
		status, err := w.client.Call(ctx, "POST", "/api/tasks/", k.in, &got, "Idempotency-Key", k.key)
		if status != http.StatusCreated || err != nil || got.ID != k.id || got.Version != 1 || got.Title != k.in.Title {
			t.Errorf("%s: the acknowledged creation %+v, repeated, is answered %d %+v, %v", w.name, k, status, got, err)
		}
		if n := l.Created(w.company.ID, k.in.Title); n != 1 {
			t.Errorf("%s: the creation %q was applied %d times", w.name, k.key, n)
		}
	}
	w.keys = nil
	w.acked = nil
	if p := w.pending; p != nil {
		w.pending = nil
		switch p.method {
		case "POST":
			for range 2 {
				if status, err := w.do(ctx, *p); status != http.StatusCreated || err != nil {
					t.Errorf("%s: repeating the creation %q: %d, %v", w.name, p.create.key, status, err)
				}
			}
			if n := len(w.tasks); n >= 2 && w.tasks[n-1].id == w.tasks[n-2].id {
				w.tasks = w.tasks[:n-1]
			} else {
				t.Errorf("%s: the creation %q repeated twice made two tasks", w.name, p.create.key)
			}
		default:
			w.reread(t, p)
		}
	}
	w.keys = nil
}

// reread takes over the state of a task whose change was not answered.
func (w *writer) reread(t *testing.T, p *attempt) {
	t.Helper()
	k := &w.tasks[p.at]
	var got answer
	status, err := w.client.Call(t.Context(), "GET", fmt.Sprintf("/api/tasks/%d/", k.id), nil, &got)
	switch {
	case err != nil:
		t.Error(err)
	case status == http.StatusNotFound && p.method == "DELETE":
		w.tasks[p.at] = w.tasks[len(w.tasks)-1]
		w.tasks = w.tasks[:len(w.tasks)-1]
	case status != http.StatusOK:
		t.Errorf("%s: task %d after an unanswered %s: %d", w.name, k.id, p.method, status)
	default:
		if got.Version > k.version &&
			(got.Title != p.in.Title || got.Status != p.in.Status || !same(got.AssignedTo, p.in.AssignedTo)) {
			t.Errorf("%s: task %d is %+v after an unanswered %+v", w.name, k.id, got, p.in)
		}
		k.version, k.title, k.status, k.assigned = got.Version, got.Title, got.Status, got.AssignedTo
	}
}
