package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// Delete deletes a task; its history stays in the log. It returns the number of the event, or 0 if the request is
// repeated.
func (s *Service) Delete(
	ctx context.Context, who account.Caller, id int64, match func(version int64) bool, once event.Once,
) (seq int64, err error) {
	var t Task
	var deleted bool
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		if t, err = lock(tx, id, match); err != nil {
			return event.None, err
		}
		deleted = true
		return s.remove(tx, who, &t)
	}, event.Options{Once: once, Answer: &deleted})
	return t.Seq, err
}

// remove deletes a locked task.
func (s *Service) remove(tx *db.Tx, who account.Caller, t *Task) (event.Event, error) {
	if err := tx.AtCommit(`DELETE FROM tasks WHERE company_id = $1 AND id = $2`, t.ID); err != nil {
		return event.None, err
	}
	if err := count(tx, *t, -1); err != nil {
		return event.None, err
	}
	return s.event(tx, who, event.TaskDeleted, t, nil, "Task deleted: ")
}
