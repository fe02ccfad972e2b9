// Package task is the work: tasks of a company, who does them, how far they are.
//
// It decides what may be done to a task and keeps its rows, its counters and its events together in one transaction. It knows
// nothing of who is told about it: that is what followers of the log are for.
package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/markdown"
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
	CreatedBy        int64               `json:"created_by"`
	CreatedByDetail  *account.MemberView `json:"created_by_detail"`
	Company          int64               `json:"company"`
	Rank             string              `json:"rank" doc:"Where it stands on the board: of two tasks the one with the lesser rank, byte by byte, is higher up."`
	Version          int64               `json:"version" doc:"Counts the changes; it is in the ETag."`
	CreatedAt        db.Time             `json:"created_at"`
	UpdatedAt        db.Time             `json:"updated_at"`

	// Seq is the number of the event that this change of it is in the log; 0 where nothing was changed.
	Seq int64 `json:"-"`
}

// ETagVersion is what If-Match compares.
func (t Task) ETagVersion() int64 { return t.Version }

// Service is the operations on tasks.
type Service struct {
	Log     *event.Log
	Cursors *page.Cursors
}

// Fields holds the fields of a task that a client may set. In a change, a field that is not Set stays as it is.
type Fields struct {
	Title, Description form.Optional[string]
	Status             form.Optional[Status]
	AssignedTo         form.Optional[int64]
}

// New is a task to be created.
type New struct{ Fields }

// Read reads it from a body.
func (in *New) Read(f *form.Form) { in.Fields.read(f) }

// Change is a change of one task.
type Change struct {
	Fields
	place form.Optional[place]
	rank  string // the earlier rank, when a move is undone
	// Match reports whether the change may be applied to this version of the task (If-Match); nil means to any.
	Match func(version int64) bool
}

// Read reads it from a body.
func (in *Change) Read(f *form.Form) {
	in.Fields.read(f)
	in.place = readPlace(f)
}

func (in *Fields) read(f *form.Form) {
	in.Title = f.Text("title", form.Required, form.Max(200))
	in.Description = f.Text("description", form.Blank, form.Multiline, form.Max(markdown.Max))
	in.Status = form.ChoiceOf[Status](f, "status", form.Default(Todo))
	in.AssignedTo = f.ID("assigned_to", form.Nullable, form.Doc("An active member of the company, or null."))
}

// Create makes a task.
func (s *Service) Create(ctx context.Context, who account.Caller, in New, once event.Once) (t Task, err error) {
	err = event.RecordOnce(ctx, s.Log, who.Scope, once, &t, func(tx *db.Tx) (event.Event, error) {
		t = Task{
			Title: in.Title.V, Description: in.Description.V, Status: Todo, AssignedTo: in.AssignedTo.Ptr(),
			CreatedBy: who.Actor(), Company: who.Scope.Company(), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if in.Status.Set {
			t.Status = in.Status.V
		}
		if err := mayAssign(tx, who, t.AssignedTo); err != nil {
			return event.None, err
		}
		if t.ID, err = insert(tx, t); err != nil {
			return event.None, err
		}
		t.Rank = rankOf(t.ID)
		if err := count(tx, t, +1); err != nil {
			return event.None, err
		}
		return s.event(tx, who, event.TaskCreated, &t, nil, "New task created: ")
	}, func(tx *db.Tx) error { return detail(tx, who, &t) })
	return t, err
}

// Get is one task.
func (s *Service) Get(ctx context.Context, who account.Caller, id int64) (t Task, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		if t, err = find(tx, id); err != nil {
			return err
		}
		return detail(tx, who, &t)
	})
	return t, err
}

// Find is tasks as they are, without the persons in them, by their ids; ids of nothing are left out.
func Find(tx *db.Tx, ids ...int64) (map[int64]Task, error) {
	all, err := findAll(tx, ids)
	found := make(map[int64]Task, len(all))
	for _, t := range all {
		found[t.ID] = t
	}
	return found, err
}

// Open is the tasks that a member still has to do, the ones changed last first, and how many there are in all.
func Open(tx *db.Tx, member int64, limit int) (tasks []Task, count int64, err error) {
	if count, err = countOpen(tx, member); err != nil {
		return nil, 0, err
	}
	tasks, err = listOpen(tx, member, limit)
	return tasks, count, err
}

// Update changes a task. Nothing to change is no event and no new version.
func (s *Service) Update(ctx context.Context, who account.Caller, id int64, in Change) (t Task, err error) {
	err = s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
		if t, err = lock(tx, id, in.Match); err != nil {
			return event.None, err
		}
		return s.change(tx, who, &t, in)
	})
	return t, err
}

// change applies in to a locked task.
func (s *Service) change(tx *db.Tx, who account.Caller, t *Task, in Change) (event.Event, error) {
	old, c := *t, event.Changes{}
	if in.Title.Set && event.Set(c, "title", t.Title, in.Title.V) {
		t.Title = in.Title.V
	}
	if in.Description.Set && event.Set(c, "description", t.Description, in.Description.V) {
		t.Description = in.Description.V
	}
	if in.Status.Set && event.Set(c, "status", t.Status, in.Status.V) {
		t.Status = in.Status.V
	}
	if in.AssignedTo.Set && !equal(t.AssignedTo, in.AssignedTo.Ptr()) {
		c["assigned_to"] = event.Change{Old: t.AssignedTo, New: in.AssignedTo.Ptr()}
		t.AssignedTo = in.AssignedTo.Ptr()
		if err := mayAssign(tx, who, t.AssignedTo); err != nil {
			return event.None, err
		}
	}
	rank := in.rank
	if in.place.Set {
		var err error
		if rank, err = in.place.V.rank(tx, *t); err != nil {
			return event.None, err
		}
	}
	if rank != "" && event.Set(c, "rank", t.Rank, rank) {
		t.Rank = rank
	}
	if len(c) == 0 {
		return event.None, detail(tx, who, t)
	}
	t.Version, t.UpdatedAt = t.Version+1, tx.Now
	if err := update(tx, *t); err != nil {
		return event.None, err
	}
	if err := move(tx, old, *t); err != nil {
		return event.None, err
	}
	return s.event(tx, who, event.TaskUpdated, t, c, "Task updated: ")
}

// Delete removes a task; its history stays in the log. It gives the number of the event there.
func (s *Service) Delete(ctx context.Context, who account.Caller, id int64, match func(version int64) bool) (seq int64, err error) {
	var t Task
	err = s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
		if t, err = lock(tx, id, match); err != nil {
			return event.None, err
		}
		return s.remove(tx, who, &t)
	})
	return t.Seq, err
}

// remove deletes a locked task.
func (s *Service) remove(tx *db.Tx, who account.Caller, t *Task) (event.Event, error) {
	if err := remove(tx, t.ID); err != nil {
		return event.None, err
	}
	if err := count(tx, *t, -1); err != nil {
		return event.None, err
	}
	return s.event(tx, who, event.TaskDeleted, t, nil, "Task deleted: ")
}

// handOverStep is how many tasks change hands in one transaction: few enough that nobody waits for it.
const handOverStep = 200

// HandOver gives all tasks of a member to another one, or with nil to nobody: an event each, in steps that each are durable.
func (s *Service) HandOver(ctx context.Context, who account.Caller, from int64, to *int64) error {
	for {
		var events []event.Event
		err := s.Log.RecordAll(ctx, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
			events = nil
			tasks, err := lockAssigned(tx, from, handOverStep)
			if err != nil {
				return nil, err
			}
			in := Change{Fields: Fields{AssignedTo: form.Optional[int64]{Set: true, Null: to == nil}}}
			if to != nil {
				in.AssignedTo.V = *to
			}
			for i := range tasks {
				e, err := s.change(tx, who, &tasks[i], in)
				if err != nil {
					return nil, err
				}
				events = append(events, e)
			}
			return events, nil
		})
		if err != nil || len(events) < handOverStep {
			return err
		}
	}
}

// event fills in the persons of t as the caller sees them, and makes the event with the persons as every member does.
func (s *Service) event(tx *db.Tx, who account.Caller, k event.Kind, t *Task, c event.Changes, message string) (event.Event, error) {
	people, err := peopleOf(tx, who, t)
	if err != nil {
		return event.None, err
	}
	public := *t
	fill(&public, people, who.SeePublic)
	fill(t, people, who.See)
	return event.Event{Kind: k, ID: t.ID, Version: t.Version, Message: message + t.Title, Changes: c, Data: public, Seq: &t.Seq}, nil
}

// mayAssign refuses everybody who is not an active member, in the same words whether they exist elsewhere or not at all.
func mayAssign(tx *db.Tx, who account.Caller, id *int64) error {
	if id == nil {
		return nil
	}
	people, err := who.People(tx, *id)
	if err != nil {
		return err
	}
	if p, ok := people[*id]; !ok || !p.Active {
		return account.NoSuchPerson("assigned_to", *id)
	}
	return nil
}

// detail fills in the persons of tasks as the caller sees them.
func detail(tx *db.Tx, who account.Caller, tasks ...*Task) error {
	people, err := peopleOf(tx, who, tasks...)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		fill(t, people, who.See)
	}
	return nil
}

func peopleOf(tx *db.Tx, who account.Caller, tasks ...*Task) (map[int64]*account.CachedMember, error) {
	ids := make([]int64, 0, 2*len(tasks))
	for _, t := range tasks {
		ids = append(ids, t.CreatedBy)
		if t.AssignedTo != nil {
			ids = append(ids, *t.AssignedTo)
		}
	}
	return who.People(tx, ids...)
}

// fill puts the persons of a task into it, as see shows them.
func fill(t *Task, people map[int64]*account.CachedMember, see func(*account.CachedMember) *account.MemberView) {
	t.CreatedByDetail, t.AssignedToDetail = nil, nil
	if c, ok := people[t.CreatedBy]; ok {
		t.CreatedByDetail = see(c)
	}
	if t.AssignedTo == nil {
		return
	}
	if c, ok := people[*t.AssignedTo]; ok {
		t.AssignedToDetail = see(c)
	}
}

// lock finds a task and holds it until the transaction ends.
func lock(tx *db.Tx, id int64, match func(version int64) bool) (Task, error) {
	t, err := findForUpdate(tx, id)
	if err == nil && match != nil && !match(t.Version) {
		err = fail.Precondition()
	}
	return t, err
}

func equal(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }
