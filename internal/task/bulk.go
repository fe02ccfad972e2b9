package task

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// maxBulk is how many tasks one request changes: few enough that nobody waits for its transaction.
const maxBulk = 200

// Bulk is one change of several tasks, or their deletion.
type Bulk struct {
	ids    []int64
	change Change
	remove bool
}

// Read reads it from a body.
func (in *Bulk) Read(f *form.Form) {
	in.ids = readNumbers(f, "ids", "The tasks.")
	in.change.Status = form.ChoiceOf[Status](f, "status", form.Doc("What they all become."))
	in.change.AssignedTo = f.ID("assigned_to", form.Nullable, form.Doc("Who gets them all: an active member of the company, or null."))
	in.remove = f.Bool("delete", form.Doc("true: they are deleted.")).V
	if some := in.change.Status.Set || in.change.AssignedTo.Set; some == in.remove && f.Err() == nil {
		f.Fail(fail.NonField, "Say what to change, or delete: true.")
	}
}

// readNumbers reads different numbers, at least one, in ascending order: whoever locks several rows does it in this order.
func readNumbers(f *form.Form, name, doc string) (numbers []int64) {
	for _, n := range f.IDs(name, maxBulk, form.Required, form.Doc(doc)).V {
		numbers = append(numbers, *n)
	}
	slices.Sort(numbers)
	if numbers = slices.Compact(numbers); len(numbers) == 0 && !f.Failed(name) {
		f.Fail(name, "This list may not be empty.")
	}
	return numbers
}

// Outcome is what became of several tasks.
type Outcome struct {
	Changed int       `json:"changed" doc:"How many tasks were changed, or made again."`
	Deleted int       `json:"deleted" doc:"How many were deleted."`
	Refused []Refusal `json:"refused" doc:"The tasks that stayed as they are, and why."`
	Seqs    []int64   `json:"seqs" doc:"The numbers of the events, for POST /api/tasks/undo/."`
}

// Refusal is why a task stayed as it is.
type Refusal struct {
	ID     int64  `json:"id"`
	Detail string `json:"detail"`
}

// outcome collects what becomes of several tasks in one transaction.
type outcome struct {
	Outcome
	events []event.Event
}

func (o *outcome) refuse(id int64, detail string) {
	o.Refused = append(o.Refused, Refusal{id, detail})
}

func (o *outcome) add(e event.Event) {
	switch e.Kind {
	case "": // nothing to change
		return
	case event.TaskDeleted:
		o.Deleted++
	default:
		o.Changed++
	}
	o.events = append(o.events, e)
}

// all runs fn in one transaction and gives what it made.
func (s *Service) all(ctx context.Context, who account.Caller, fn func(*db.Tx, *outcome) error) (Outcome, error) {
	var o outcome
	err := s.Log.RecordAll(ctx, who.Scope, func(tx *db.Tx) ([]event.Event, error) {
		o = outcome{Outcome: Outcome{Refused: []Refusal{}}}
		err := fn(tx, &o)
		return o.events, err
	})
	o.Seqs = make([]int64, len(o.events))
	for i, e := range o.events {
		o.Seqs[i] = *e.Seq
	}
	return o.Outcome, err
}

// Bulk changes several tasks in one transaction, an event each. Those that are not there are refused one by one.
func (s *Service) Bulk(ctx context.Context, who account.Caller, in Bulk) (Outcome, error) {
	return s.all(ctx, who, func(tx *db.Tx, o *outcome) error {
		tasks, err := lockAll(tx, in.ids)
		if err != nil {
			return err
		}
		for _, id := range in.ids {
			i, ok := slices.BinarySearchFunc(tasks, id, func(t Task, id int64) int { return int(min(max(t.ID-id, -1), 1)) })
			if !ok {
				o.refuse(id, "Not found.")
				continue
			}
			var e event.Event
			if in.remove {
				e, err = s.remove(tx, who, &tasks[i])
			} else {
				e, err = s.change(tx, who, &tasks[i], in.change)
			}
			if err != nil {
				return err
			}
			o.add(e)
		}
		return nil
	})
}

// Undo is which events are to be undone.
type Undo struct{ seqs []int64 }

// Read reads it from a body.
func (in *Undo) Read(f *form.Form) {
	in.seqs = readNumbers(f, "seqs", "The numbers of events about tasks, as Event-Seq or a bulk change gave them.")
}

// Undo does the reverse of events about tasks, the last one first, in one transaction and with events of its own. An event is
// refused as a whole where something that it changed has another value since.
func (s *Service) Undo(ctx context.Context, who account.Caller, in Undo) (Outcome, error) {
	return s.all(ctx, who, func(tx *db.Tx, o *outcome) error {
		entries, err := event.Numbered(tx, in.seqs)
		if err != nil {
			return err
		}
		found := map[int64]bool{}
		ids := map[int64]bool{}
		for _, e := range entries {
			if found[e.Seq] = e.Kind.Subject() == event.Task; found[e.Seq] {
				ids[e.SubjectID] = true
			}
		}
		for _, seq := range in.seqs {
			if !found[seq] {
				return fail.Invalid("seqs", form.NoSuchID(seq))
			}
		}
		locked, err := lockAll(tx, slices.Sorted(maps.Keys(ids)))
		if err != nil {
			return err
		}
		now := make(map[int64]Task, len(locked))
		for _, t := range locked {
			now[t.ID] = t
		}
		for _, e := range entries {
			if err := s.undo(tx, who, e, now, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// undo does the reverse of one event, and notes in now how the task stands then.
func (s *Service) undo(tx *db.Tx, who account.Caller, e event.Entry, now map[int64]Task, o *outcome) error {
	t, exists := now[e.SubjectID]
	t.Seq = 0
	if e.Kind == event.TaskDeleted {
		if exists {
			o.refuse(e.SubjectID, "The task is there again.")
			return nil
		}
		return s.restore(tx, who, e, now, o)
	}
	if !exists {
		o.refuse(e.SubjectID, "The task has been deleted since.")
		return nil
	}
	if e.Kind == event.TaskCreated {
		if t.Version != e.Version {
			o.refuse(t.ID, "The task has been changed since.")
			return nil
		}
		made, err := s.remove(tx, who, &t)
		delete(now, t.ID)
		o.add(made)
		return err
	}
	in, refused, err := reverse(tx, who, e, t)
	if err != nil {
		return err
	}
	if refused != "" {
		o.refuse(t.ID, refused)
		return nil
	}
	made, err := s.change(tx, who, &t, in)
	now[t.ID] = t
	o.add(made)
	return err
}

// restore makes a deleted task again, with its id. It is nobody's where its assignee is no active member any longer.
func (s *Service) restore(tx *db.Tx, who account.Caller, e event.Entry, now map[int64]Task, o *outcome) error {
	var t Task
	if err := json.Unmarshal(e.Data, &t); err != nil {
		return fmt.Errorf("read event %d: %w", e.Seq, err)
	}
	if later, err := event.About(tx, event.Task, e.SubjectID, e.Seq); err != nil {
		return err
	} else if len(later) > 0 { // it has been made again and deleted again
		o.refuse(e.SubjectID, "The task has been deleted anew since.")
		return nil
	}
	switch err := mayAssign(tx, who, t.AssignedTo); {
	case fail.Is(err, fail.KindInvalid):
		t.AssignedTo = nil
	case err != nil:
		return err
	}
	t.Version, t.UpdatedAt = t.Version+1, tx.Now
	if err := restore(tx, t); err != nil {
		return err
	}
	if err := count(tx, t, +1); err != nil {
		return err
	}
	made, err := s.event(tx, who, event.TaskCreated, &t, nil, "Task restored: ")
	now[t.ID] = t
	o.add(made)
	return err
}

// reverse is the change that puts back what an event changed of a task, or why that cannot be.
func reverse(tx *db.Tx, who account.Caller, e event.Entry, t Task) (in Change, refused string, err error) {
	var c struct {
		Title, Description, Rank *changed[string]
		Status                   *changed[Status]
		AssignedTo               *changed[*int64] `json:"assigned_to"`
	}
	if err := json.Unmarshal(e.Changes, &c, json.MatchCaseInsensitiveNames(true)); err != nil {
		return in, "", fmt.Errorf("read event %d: %w", e.Seq, err)
	}
	var since []string
	in.Title = was(&since, "title", t.Title, c.Title)
	in.Description = was(&since, "description", t.Description, c.Description)
	in.Status = was(&since, "status", t.Status, c.Status)
	in.rank = was(&since, "place", t.Rank, c.Rank).V
	if c := c.AssignedTo; c != nil {
		if !equal(c.New, t.AssignedTo) {
			since = append(since, "assignee")
		}
		in.AssignedTo = form.Optional[int64]{Set: true, Null: c.Old == nil}
		if c.Old != nil {
			in.AssignedTo.V = *c.Old
		}
		err := mayAssign(tx, who, c.Old)
		if fail.Is(err, fail.KindInvalid) {
			return in, "Who it was assigned to is no active member any longer.", nil
		}
		if err != nil {
			return in, "", err
		}
	}
	if len(since) > 0 {
		return in, "Changed since: " + strings.Join(since, ", ") + ".", nil
	}
	return in, "", nil
}

type changed[T any] struct{ Old, New T }

// was gives back what a field was, and notes it in since if it has another value by now.
func was[T comparable](since *[]string, field string, now T, c *changed[T]) (o form.Optional[T]) {
	if c == nil {
		return o
	}
	if c.New != now {
		*since = append(*since, field)
	}
	return form.Sent(c.Old)
}
