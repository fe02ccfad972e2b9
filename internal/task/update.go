package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Change holds the new values of a task.
type Change struct {
	Fields
	place form.Optional[place]
	// Match reports whether the change applies to this version of the task (If-Match); nil: to any version.
	Match func(version int64) bool
}

// Read reads the change from a body.
func (in *Change) Read(f *form.Form) {
	in.Fields.read(f)
	in.place = readPlace(f)
}

// Update changes a task. A change without effect makes no event and no new version.
func (s *Service) Update(ctx context.Context, who account.Caller, id int64, in Change) (t Task, err error) {
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		if t, err = lock(tx, id, in.Match); err != nil {
			return event.None, err
		}
		return s.change(tx, who, &t, in)
	})
	return t, err
}

// change applies in to a locked task.
func (s *Service) change(tx *db.Tx, who account.Caller, t *Task, in Change) (event.Event, error) {
	old, changes := *t, event.Changes{}
	for _, c := range columns {
		if !c.change(t, &in.Fields, changes) {
			continue
		}
		if err := c.check(tx, who, t); err != nil {
			return event.None, err
		}
	}
	if in.place.Set {
		rank, err := in.place.V.rank(tx, *t)
		if err != nil {
			return event.None, err
		}
		columnNamed["rank"].change(t, &Fields{rank: form.Sent(rank)}, changes)
	}
	if len(changes) == 0 {
		return event.None, fillPeople(tx, who, t)
	}
	t.Version, t.UpdatedAt = t.Version+1, tx.Now
	if err := tx.AtCommit(updateTask, args(t, changedColumns, t.ID)...); err != nil {
		return event.None, err
	}
	if err := recount(tx, old, *t); err != nil {
		return event.None, err
	}
	return s.event(tx, who, event.TaskUpdated, t, changes, "Task updated: ")
}

// handOverStep is the number of tasks that one transaction reassigns: small enough that other writers hardly wait.
const handOverStep = 200

// HandOver assigns all tasks of a member to another member, or to no one if it is nil. It works in steps with a
// transaction each, and records an event for each task.
func (s *Service) HandOver(ctx context.Context, who account.Caller, from int64, to *int64) error {
	in := Change{Fields: Fields{AssignedTo: form.Optional[int64]{Set: true, Null: to == nil}}}
	if to != nil {
		in.AssignedTo.V = *to
	}
	for {
		var events []event.Event
		err := event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
			events = nil
			tasks, err := lockAssigned(tx, from, handOverStep)
			if err != nil {
				return nil, err
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

// lockAssigned locks the first tasks of a member.
func lockAssigned(tx *db.Tx, member int64, limit int) ([]Task, error) {
	return db.All(tx, scan, selectTask+` AND assigned_to = $2 ORDER BY id LIMIT $3`+tx.Pick("", " FOR UPDATE"), member,
		limit)
}
