package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
)

// New holds the fields of a task to be created.
type New struct{ Fields }

// Read reads the fields from a body.
func (in *New) Read(f *form.Form) { in.Fields.read(f) }

// Create creates a task.
func (s *Service) Create(ctx context.Context, who account.Caller, in New, once event.Once) (t Task, err error) {
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		t = Task{CreatedBy: who.Actor(), Company: who.Scope.Company(), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		fields := in.Fields
		if err := fields.settle(who, &Task{}, tx.Now); err != nil {
			return event.None, err
		}
		for _, c := range columns {
			c.start(&t, &fields)
			if err := c.check(tx, who, &t); err != nil {
				return event.None, err
			}
		}
		if err := t.inOrder(&fields); err != nil {
			return event.None, err
		}
		if t.ID, err = db.One(tx, db.Column[int64], insertTask, args(&t, createdColumns)...); err != nil {
			return event.None, err
		}
		t.Rank = rankOf(t.ID)
		if err := count(tx, t, +1); err != nil {
			return event.None, err
		}
		return s.event(tx, who, event.TaskCreated, &t, nil, "New task created: ")
	}, event.Options{Once: once, Answer: &t, Refresh: func(tx *db.Tx) error { return fillPeople(tx, who, &t) }})
	return t, err
}
