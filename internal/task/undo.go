package task

import (
	"context"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Undo names the events to undo.
type Undo struct{ seqs []int64 }

// Read reads the numbers from a body.
func (in *Undo) Read(f *form.Form) {
	in.seqs = readNumbers(f, "seqs", "The numbers of events about tasks, as Event-Seq or a bulk change gave them.")
}

// Undo reverses events about tasks, the last one first, in parts (parts.go) and with events of its own. It refuses an
// event as a whole if something that the event changed has another value since.
func (s *Service) Undo(ctx context.Context, who account.Caller, in Undo) (Outcome, error) {
	items, err := db.Read(ctx, who, func(tx *db.Tx) (items []item, err error) {
		marks, err := event.Marks(tx, in.seqs)
		if err != nil {
			return nil, err
		}
		found := map[int64]bool{}
		for _, m := range marks {
			if found[m.Seq] = m.Kind.Subject() == event.Task; found[m.Seq] {
				items = append(items, item{m.SubjectID, m.Seq, m.Bytes})
			}
		}
		for _, seq := range in.seqs {
			if !found[seq] {
				return nil, fail.Invalid("seqs", form.NoSuchID(seq))
			}
		}
		return items, nil
	})
	if err != nil {
		return Outcome{}, err
	}
	return s.inParts(ctx, who, items, func(tx *db.Tx, part []item, o *collector) error {
		seqs := make([]int64, len(part))
		for i, v := range part {
			seqs[i] = v.seq
		}
		entries, err := event.BySeqs(tx, seqs)
		if err != nil {
			return err
		}
		ids := idsOf(part)
		slices.Sort(ids)
		locked, err := lockAll(tx, slices.Compact(ids))
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

// undo reverses one event, and stores the resulting task in now.
func (s *Service) undo(tx *db.Tx, who account.Caller, e event.Entry, now map[int64]Task, o *collector) error {
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
	if reason, dates := datesRefused(err); dates {
		o.refuse(t.ID, reason)
		return nil
	}
	now[t.ID] = t
	o.add(made)
	return err
}

// restore inserts a deleted task again, under its id. A reference that is no longer valid becomes null.
func (s *Service) restore(tx *db.Tx, who account.Caller, e event.Entry, now map[int64]Task, o *collector) error {
	logged, err := ReadLogged(e)
	if err != nil {
		return err
	}
	if later, err := event.OfSubject(tx, event.Task, e.SubjectID, e.Seq); err != nil {
		return err
	} else if len(later) > 0 { // the task has been restored and deleted again
		o.refuse(e.SubjectID, "The task has been deleted anew since.")
		return nil
	}
	t := logged.Task
	for _, c := range columns {
		switch err := c.check(tx, who, &t); {
		case fail.Is(err, fail.KindInvalid):
			c.start(&t, &Fields{})
		case err != nil:
			return err
		}
	}
	t.Version, t.UpdatedAt = t.Version+1, tx.Now
	if _, err := tx.Exec(restoreTask, args(&t, restoredColumns)...); err != nil {
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

// reverse returns the change that restores the earlier values of a task, or the reason for refusing it.
func reverse(tx *db.Tx, who account.Caller, e event.Entry, t Task) (in Change, refused string, err error) {
	logged, err := ReadLogged(e)
	if err != nil {
		return in, "", err
	}
	in.Fields = logged.Old
	in.logged = true
	var since []string
	for _, c := range columns {
		if !c.given(&logged.Old) {
			continue
		}
		changedSince, gone := c.refusal()
		if !c.holds(&t, &logged.New) {
			since = append(since, changedSince)
		}
		earlier := Task{}
		c.start(&earlier, &logged.Old)
		if err := c.check(tx, who, &earlier); fail.Is(err, fail.KindInvalid) {
			return in, gone, nil
		} else if err != nil {
			return in, "", err
		}
	}
	if len(since) > 0 {
		return in, "Changed since: " + strings.Join(since, ", ") + ".", nil
	}
	return in, "", nil
}
