package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// Change holds the new values of a task.
type Change struct {
	Fields
	place form.Optional[place]
	// Match reports whether the change applies to this version of the task (If-Match); nil: to any version.
	Match func(version int64) bool
	// Once makes a request that the client repeats change the task once.
	Once event.Once
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
	}, event.Options{Once: in.Once, Answer: &t, Refresh: func(tx *db.Tx) error { return fillPeople(tx, who, &t) }})
	return t, err
}

// change applies in to a locked task.
func (s *Service) change(tx *db.Tx, who account.Caller, t *Task, in Change) (event.Event, error) {
	old, changes := *t, event.Changes{}
	if err := in.settle(who, t, tx.Now); err != nil {
		return event.None, err
	}
	for _, c := range columns {
		if !c.change(t, &in.Fields, changes) {
			continue
		}
		if err := c.check(tx, who, t); err != nil {
			return event.None, err
		}
	}
	if err := t.inOrder(&in.Fields); err != nil {
		return event.None, err
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
	if err := update(tx, t, changes); err != nil {
		return event.None, err
	}
	if err := recount(tx, old, *t); err != nil {
		return event.None, err
	}
	return s.event(tx, who, event.TaskUpdated, t, changes, "Task updated: ")
}

// MoveDays sets due_date of every task with a due_at to its day in the company's time zone, after that zone has
// changed. It records an event for each task that changes, in parts that are durable one by one.
func (s *Service) MoveDays(ctx context.Context, who account.Caller) error {
	for after := int64(0); ; {
		next, err := db.Read(ctx, who, func(tx *db.Tx) ([]item, error) {
			tx.MayScan()
			return db.All(tx, scanItem, `SELECT id, `+textSize+fromTasks+
				` AND due_date IS NOT NULL AND due_at IS NOT NULL AND id > $2 ORDER BY id LIMIT $3`, after, partTasks)
		})
		if err != nil || len(next) == 0 {
			return err
		}
		part := idsOf(split(next)[0])
		after = part[len(part)-1]
		err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (events []event.Event, err error) {
			tasks, err := lockAll(tx, part)
			if err != nil {
				return nil, err
			}
			for i := range tasks {
				t := &tasks[i]
				if t.DueAt == nil {
					continue // it has been removed in between
				}
				day := zone.DayOf(t.DueAt.Std(), who.Company.Zone())
				e, err := s.change(tx, who, t, Change{Fields: Fields{DueDate: form.Sent(day), logged: true}})
				if _, refused := datesRefused(err); refused {
					continue // it would be due before it starts, and keeps its day
				}
				if err != nil {
					return nil, err
				}
				if e.Kind != "" {
					events = append(events, e)
				}
			}
			return events, nil
		})
		if err != nil {
			return err
		}
	}
}

// HandOver assigns all tasks of a member to another one, or with nil to no one. It records an event for each task, in
// parts that are durable one by one.
func (s *Service) HandOver(ctx context.Context, who account.Caller, from int64, to *int64) error {
	in := Change{Fields: Fields{AssignedTo: form.Optional[int64]{Set: true, Null: to == nil}}}
	if to != nil {
		in.AssignedTo.V = *to
	}
	for {
		next, err := db.Read(ctx, who, func(tx *db.Tx) ([]item, error) {
			return db.All(tx, scanItem, `SELECT id, `+textSize+fromTasks+` AND assigned_to = $2 ORDER BY id LIMIT $3`,
				from, partTasks)
		})
		if err != nil || len(next) == 0 {
			return err
		}
		err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (events []event.Event, err error) {
			tasks, err := lockAll(tx, idsOf(split(next)[0]))
			if err != nil {
				return nil, err
			}
			for i := range tasks {
				if t := &tasks[i]; t.AssignedTo == nil || *t.AssignedTo != from {
					continue // it has changed hands in between
				}
				e, err := s.change(tx, who, &tasks[i], in)
				if err != nil {
					return nil, err
				}
				events = append(events, e)
			}
			return events, nil
		})
		if err != nil {
			return err
		}
	}
}
