// Package external shows tasks of another system next to a company's own.
//
// A Source fetches them over HTTP and does not trust the other system: whether it answers nothing, too much, too slowly
// or nonsense, a caller waits at most Deadline and still gets the local tasks. External tasks are shown and never
// stored, except for a minute in a cache that nodes share. A company may have its own source (company.go).
package external

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/secret"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Shown is how many tasks are shown from each side.
const Shown = 5

// Task is a task of the other system.
type Task struct {
	ID        ID     `json:"id"`
	Title     string `json:"title" doc:"At most 200 characters; a longer one is cut."`
	Completed bool   `json:"completed"`
	Source    string `json:"source" enum:"external"`
}

// Status says how current the other system's tasks are.
type Status string

// The statuses.
const (
	OK          Status = "ok"          // the last answer is at most Fresh old
	Stale       Status = "stale"       // the last answer is older, and a fetch of a newer one is under way or failed
	Unavailable Status = "unavailable" // no answer can still be shown
)

// Values lists every status.
func (Status) Values() []string { return []string{string(OK), string(Stale), string(Unavailable)} }

// State says how current the external tasks are.
type State struct {
	Status    Status  `json:"status"`
	Reason    Reason  `json:"reason,omitzero" doc:"Why the last fetch failed; absent if it succeeded."`
	FetchedAt db.Time `json:"fetched_at,omitzero" doc:"When the other system sent these tasks; absent if it sent none."`
}

// Merged holds the tasks of both sides.
type Merged struct {
	Local    []task.Task `json:"local_tasks" doc:"The company's newest five."`
	External []Task      `json:"external_tasks" doc:"The first five of the other system."`
	Count    int         `json:"merged_count" doc:"The number of tasks in both lists."`
	State    State       `json:"external"`
}

// Service merges local and external tasks.
type Service struct {
	Tasks   *task.Service
	Source  *Source // the installation's, for companies without their own
	Log     *event.Log
	Secrets *secret.Box
	// AllowPrivate allows company-configured sources at private addresses. Only the operator may set it: otherwise
	// anyone who can sign up could reach services on the private network (SSRF).
	AllowPrivate bool

	now     func() time.Time
	sources *otter.Cache[int64, companySource] // by company
}

// maxCompanySources bounds the cache of companies' sources; the least used leave first, with their answers.
const maxCompanySources = 10_000

// Init makes the cache of sources and sets the clock. Call it once, before the first request.
func (s *Service) Init(now func() time.Time) (err error) {
	s.now = now
	options := &otter.Options[int64, companySource]{MaximumSize: maxCompanySources, InitialCapacity: 16}
	s.sources, err = otter.New(options)
	return err
}

// Merge reads from the other system and the database at the same time. Only a failure of the database makes Merge fail.
func (s *Service) Merge(ctx context.Context, who account.Caller) (Merged, error) {
	source, err := s.source(ctx, who)
	if err != nil {
		return Merged{}, err
	}
	type result struct {
		tasks []Task
		state State
	}
	fetched := make(chan result, 1)
	go func() {
		tasks, state := source.Tasks(ctx)
		fetched <- result{tasks, state}
	}()
	local, err := s.Tasks.Newest(ctx, who, Shown)
	if err != nil {
		return Merged{}, err
	}
	external := <-fetched // at most Deadline after the start
	return Merged{
		Local: local, External: external.tasks, Count: len(local) + len(external.tasks), State: external.state,
	}, nil
}
