// Package task holds the work of a company: its tasks, who does them and how far they are.
//
// It decides which changes of a task are allowed, and writes rows, counters and events in one transaction. fields.go
// declares a task's fields once. The package does not notify people: followers of the log do that.
package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Task is one piece of work.
type Task struct {
	ID               int64               `json:"id"`
	Title            string              `json:"title"`
	Description      string              `json:"description"`
	Status           Status              `json:"status"`
	AssignedTo       *int64              `json:"assigned_to" nullable:"true"`
	AssignedToDetail *account.MemberView `json:"assigned_to_detail" nullable:"true"`
	Priority         Priority            `json:"priority"`
	StartDate        *string             `json:"start_date" nullable:"true" format:"date"`
	DueDate          *string             `json:"due_date" nullable:"true" format:"date" doc:"The day of due_at."`
	DueAt            *db.Time            `json:"due_at" nullable:"true"`
	Estimate         *int64              `json:"estimate" nullable:"true" doc:"Points."`
	CompletedAt      *db.Time            `json:"completed_at" nullable:"true" doc:"null unless it is done."`
	CreatedBy        int64               `json:"created_by"`
	CreatedByDetail  *account.MemberView `json:"created_by_detail"`
	Company          int64               `json:"company"`
	Rank             string              `json:"rank" doc:"Order on the board, byte by byte: the lesser is higher up."`
	Version          int64               `json:"version" doc:"Counts the changes; it is in the ETag."`
	CreatedAt        db.Time             `json:"created_at"`
	UpdatedAt        db.Time             `json:"updated_at"`

	// Seq is the number of the event that recorded a change; 0: nothing changed.
	Seq int64 `json:"-"`

	titleKey string // in lists that are ordered by title: db.SortKey
}

// ETagVersion returns the version that If-Match compares.
func (t Task) ETagVersion() int64 { return t.Version }

// Fields holds the fields of a task that a client may set. In a change, a field that is not Set stays as it is.
type Fields struct {
	Title, Description form.Optional[string]
	Status             form.Optional[Status]
	AssignedTo         form.Optional[int64]
	Priority           form.Optional[Priority]
	StartDate, DueDate form.Optional[string]
	DueAt              form.Optional[db.Time]
	Estimate           form.Optional[int64]

	rank        form.Optional[string]
	completedAt form.Optional[db.Time]
	logged      bool // they are values from the log, which fit together
}

func (in *Fields) read(f *form.Form) {
	for _, c := range columns {
		c.readBody(f, in)
	}
}

// Service offers the operations on tasks.
type Service struct {
	Log     *event.Log
	Cursors *page.Cursors
	// ZoneOf returns the time zone that a member has chosen, or "". nil: members cannot choose one.
	ZoneOf func(tx *db.Tx, user int64) (string, error)
}

// Get returns one task.
func (s *Service) Get(ctx context.Context, who account.Caller, id int64) (t Task, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		if t, err = find(tx, id); err != nil {
			return err
		}
		return fillPeople(tx, who, &t)
	})
	return t, err
}

// Find returns tasks by their ids, without the people in them. It leaves out ids that no task has.
func Find(tx *db.Tx, ids ...int64) (map[int64]Task, error) {
	all, err := db.All(tx, scan, selectTask+` AND id `+tx.OneOf("$2"), db.IDs(ids))
	found := make(map[int64]Task, len(all))
	for _, t := range all {
		found[t.ID] = t
	}
	return found, err
}

// unfinished is the condition of open tasks; see Status.Open.
const unfinished = `status IN ('todo', 'in_progress')`

// Open returns a member's open tasks, at most limit of them and the last changed first, and the number of all.
func Open(tx *db.Tx, member int64, limit int) (tasks []Task, count int64, err error) {
	count, err = db.One(tx, db.Column[int64], `SELECT coalesce(sum(n), 0) FROM task_counts
		WHERE company_id = $1 AND assignee = $2 AND `+unfinished, member)
	if err != nil {
		return nil, 0, err
	}
	tasks, err = db.All(tx, scan, selectTask+` AND assigned_to = $2 AND `+unfinished+`
		ORDER BY updated_at DESC, id DESC LIMIT $3`, member, limit)
	return tasks, count, err
}

func find(tx *db.Tx, id int64) (Task, error) { return db.One(tx, scan, selectTask+` AND id = $2`, id) }

// lock finds a task and locks its row until the transaction ends. SQLite needs no lock, because it has one writer. lock
// returns an error of kind Precondition if match rejects the task's version.
func lock(tx *db.Tx, id int64, match func(version int64) bool) (Task, error) {
	t, err := db.One(tx, scan, selectTask+` AND id = $2`+tx.Pick("", " FOR UPDATE"), id)
	if err == nil && match != nil && !match(t.Version) {
		err = fail.Precondition()
	}
	return t, err
}

// lockAll locks several tasks in the order of their ids. It leaves out ids that no task has.
func lockAll(tx *db.Tx, ids []int64) ([]Task, error) {
	return db.All(tx, scan, selectTask+` AND id `+tx.OneOf("$2")+` ORDER BY id`+tx.Pick("", " FOR UPDATE"), db.IDs(ids))
}

// event returns the event about a change of t. The event shows people as every member of the company sees them; t is
// filled in with the people as the caller sees them.
func (s *Service) event(
	tx *db.Tx, who account.Caller, k event.Kind, t *Task, c event.Changes, message string,
) (event.Event, error) {
	people, err := peopleOf(tx, who, t)
	if err != nil {
		return event.None, err
	}
	public := *t
	fill(&public, people, who.SeePublic)
	fill(t, people, who.See)
	made := event.Event{
		Kind: k, ID: t.ID, Version: t.Version, Message: message + t.Title, Changes: c, Data: &public, Seq: &t.Seq,
	}
	if omitsText(&made, t) {
		made.Data = (*lean)(&public)
	}
	return made, nil
}
