// Package external shows tasks of another system beside a company's own.
//
// The other system is asked over HTTP by one Source: carefully, because it is somebody else's. Whatever it does (nothing, too
// much, too slowly, nonsense) costs a caller at most Deadline and takes nothing from the local tasks. What it sends is shown
// and never stored, but for a minute where the nodes share a cache. A company may have a source of its own (company.go).
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

// Shown is how many tasks are shown of each side.
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
	OK          Status = "ok"          // its answer is at most Fresh old
	Stale       Status = "stale"       // its answer is older, and a newer one is being asked for or cannot be had
	Unavailable Status = "unavailable" // it has given none that can still be shown
)

// Values lists every status.
func (Status) Values() []string { return []string{string(OK), string(Stale), string(Unavailable)} }

// State says how current the outside tasks are.
type State struct {
	Status    Status  `json:"status"`
	Reason    Reason  `json:"reason,omitzero" doc:"What the last attempt met; absent when it succeeded."`
	FetchedAt db.Time `json:"fetched_at,omitzero" doc:"When the other system gave these tasks; absent when it gave none."`
}

// Merged is both sides.
type Merged struct {
	Local    []task.Task `json:"local_tasks" doc:"The company's newest five."`
	External []Task      `json:"external_tasks" doc:"The first five of the other system."`
	Count    int         `json:"merged_count" doc:"How many are shown."`
	State    State       `json:"external"`
}

// Service merges.
type Service struct {
	Tasks   *task.Service
	Source  *Source // the installation's, of every company that has none of its own
	Log     *event.Log
	Secrets *secret.Box
	// AllowPrivate lets the sources that companies set be at private addresses too. It is the operator's to say: whoever may sign up
	// could otherwise ask what only this machine reaches.
	AllowPrivate bool

	now func() time.Time
	own *otter.Cache[int64, own] // by company
}

// maxOwn is how many companies' sources are remembered at most; the least used go first, with their answers.
const maxOwn = 10_000

// Init makes what the service remembers. Call it once, before the first request. now is the clock.
func (s *Service) Init(now func() time.Time) (err error) {
	s.now = now
	s.own, err = otter.New(&otter.Options[int64, own]{MaximumSize: maxOwn, InitialCapacity: 16})
	return err
}

// Merge asks the other system and the database at the same time. Only the database's failure is one.
func (s *Service) Merge(ctx context.Context, who account.Caller) (Merged, error) {
	source, err := s.source(ctx, who)
	if err != nil {
		return Merged{}, err
	}
	type given struct {
		tasks []Task
		state State
	}
	outside := make(chan given, 1)
	go func() {
		tasks, state := source.Tasks(ctx)
		outside <- given{tasks, state}
	}()
	local, err := s.Tasks.Newest(ctx, who, Shown)
	if err != nil {
		return Merged{}, err
	}
	a := <-outside // at most Deadline after the start
	return Merged{Local: local, External: a.tasks, Count: len(local) + len(a.tasks), State: a.state}, nil
}
