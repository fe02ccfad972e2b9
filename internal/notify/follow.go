package notify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Follow is the follower of the log that tells people: app/followers.go says how far behind.
func (s *Service) Follow(tx *db.Tx, entries []event.Entry) error {
	windows, err := windowsOf(tx, entries)
	if err != nil {
		return err
	}
	var reasons []reason
	for _, w := range windows {
		if w.gone {
			continue
		}
		more, err := w.reasons(tx)
		if err != nil {
			return err
		}
		reasons = append(reasons, more...)
	}
	for _, e := range entries {
		if e.Kind == event.InvitationAccepted && e.Actor != nil {
			inviter, err := account.InvitedBy(tx, e.SubjectID)
			if err != nil {
				return err
			}
			reasons = append(reasons, reason{user: inviter, kind: Invitation, seq: e.Seq, actor: e.Actor, text: "WHO accepted your invitation.", from: e.Origin})
		}
	}
	return s.record(tx, reasons)
}

// window is the changes of one task that are told together: from the first one that is old enough up to now.
type window struct {
	id     int64
	events []event.Entry
	task   task.Task // as it is now
	gone   bool
}

// windowsOf collects the changes by task, in the order of their first, without those that were told together with earlier ones.
func windowsOf(tx *db.Tx, entries []event.Entry) ([]*window, error) {
	told, err := toldUpTo(tx)
	if err != nil {
		return nil, err
	}
	var all []*window
	byTask := map[int64]*window{}
	var ids []int64
	for _, e := range entries {
		if e.Kind != event.TaskCreated && e.Kind != event.TaskUpdated || e.Seq <= told[e.SubjectID] {
			continue
		}
		w := byTask[e.SubjectID]
		if w == nil {
			w = &window{id: e.SubjectID}
			byTask[w.id] = w
			all, ids = append(all, w), append(ids, w.id)
		}
		w.events = append(w.events, e)
	}
	if len(told) > 0 {
		if err := forgetTold(tx, entries[len(entries)-1].Seq); err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	tasks, err := task.Find(tx, ids...)
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		t, ok := tasks[w.id]
		if w.task, w.gone = t, !ok; w.gone {
			continue
		}
		if err := w.extend(tx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// extend takes in the changes up to what the task is now, and notes that they are told already.
func (w *window) extend(tx *db.Tx) error {
	last := w.events[len(w.events)-1]
	if last.Version >= w.task.Version {
		return nil
	}
	later, err := event.About(tx, event.Task, w.id, last.Seq)
	if err != nil {
		return err
	}
	for _, e := range later {
		if e.Kind == event.TaskUpdated && e.Version <= w.task.Version {
			w.events = append(w.events, e)
		}
	}
	if e := w.events[len(w.events)-1]; e.Seq > last.Seq {
		return tellUpTo(tx, w.id, e.Seq)
	}
	return nil
}

// reason is why somebody is told something. In text WHO stands for the name of who did it.
type reason struct {
	user  int64
	kind  Kind
	seq   int64
	actor *int64
	task  *int64
	text  string
	title string // the task's
	from  trace.Origin

	oldStatus, newStatus string // of a task that was moved
}

// changed is a field of an event's changes.
type changed struct {
	Old jsontext.Value `json:"old"`
}

// was is a task before a window.
type was struct {
	AssignedTo  *int64 `json:"assigned_to"`
	Status      string `json:"status"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// before is the task as it was, and the last events that changed its assignee, its status, and what is written in it.
func (w *window) before() (old was, assigned, status, written *event.Entry, err error) {
	known := map[string]bool{}
	old = was{Status: w.task.Status, Title: w.task.Title, Description: w.task.Description}
	if id := w.task.AssignedTo; id != nil {
		old.AssignedTo = new(*id) // a number of its own: what is read below is written into it
	}
	for i := range w.events {
		e := &w.events[i]
		if e.Kind == event.TaskCreated {
			created := was{}
			if err := json.Unmarshal(e.Data, &created); err != nil {
				return old, nil, nil, nil, fmt.Errorf("read event %d: %w", e.Seq, err)
			}
			old = was{Status: created.Status} // nobody had it, and nothing was written in it
			known = map[string]bool{"assigned_to": true, "status": true, "title": true, "description": true}
			assigned, written = e, e
			continue
		}
		var c map[string]changed
		if err := json.Unmarshal(e.Changes, &c); err != nil {
			return old, nil, nil, nil, fmt.Errorf("read event %d: %w", e.Seq, err)
		}
		for _, f := range []struct {
			name string
			was  any
			last **event.Entry
		}{
			{"assigned_to", &old.AssignedTo, &assigned},
			{"status", &old.Status, &status},
			{"title", &old.Title, &written},
			{"description", &old.Description, &written},
		} {
			v, ok := c[f.name]
			if !ok {
				continue
			}
			*f.last = e
			if !known[f.name] {
				known[f.name] = true
				if err := json.Unmarshal(v.Old, f.was); err != nil {
					return old, nil, nil, nil, fmt.Errorf("read event %d: %w", e.Seq, err)
				}
			}
		}
	}
	return old, assigned, status, written, nil
}

// reasons is who is to be told about a window, and why. Whoever did something is not told of it, but that a task which they
// made is theirs.
func (w *window) reasons(tx *db.Tx) (all []reason, err error) {
	old, assigned, status, written, err := w.before()
	if err != nil {
		return nil, err
	}
	t := w.task
	add := func(user int64, kind Kind, e *event.Entry, text string) {
		all = append(all, reason{user: user, kind: kind, seq: e.Seq, actor: e.Actor, task: &w.id, text: text, title: t.Title, from: e.Origin})
	}
	if assigned != nil && !same(old.AssignedTo, t.AssignedTo) {
		if to := t.AssignedTo; to != nil && did(assigned, *to) && assigned.Kind == event.TaskCreated {
			add(*to, Assigned, assigned, "Your new task: ")
		} else if to != nil && !did(assigned, *to) {
			add(*to, Assigned, assigned, "WHO assigned you: ")
		}
		if from := old.AssignedTo; from != nil && !did(assigned, *from) {
			add(*from, Unassigned, assigned, "WHO took this task from you: ")
		}
	}
	if written != nil {
		users, err := mentions(tx, t.Title+"\n"+t.Description, old.Title+"\n"+old.Description)
		if err != nil {
			return nil, err
		}
		for _, user := range users {
			if !did(written, user) {
				add(user, Mentioned, written, "WHO mentioned you: ")
			}
		}
	}
	if status != nil && old.Status != t.Status && !did(status, t.CreatedBy) {
		add(t.CreatedBy, Status, status, fmt.Sprintf("WHO moved your task from %s to %s: ", words(old.Status), words(t.Status)))
		all[len(all)-1].oldStatus, all[len(all)-1].newStatus = old.Status, t.Status
	}
	return all, nil
}

// record stores what is told to whom: of several reasons about one task the most important one that the person wants to hear
// of, to active members only.
func (s *Service) record(tx *db.Tx, reasons []reason) error {
	if len(reasons) == 0 {
		return nil
	}
	var ids []int64
	for _, r := range reasons {
		ids = append(ids, r.user)
		if r.actor != nil {
			ids = append(ids, *r.actor)
		}
	}
	people, err := account.MembersByID(tx, unique(ids)...)
	if err != nil {
		return err
	}
	wishes, err := wishesOf(tx, unique(ids))
	if err != nil {
		return err
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return slices.Index(Kinds, a.kind) - slices.Index(Kinds, b.kind) })
	type about struct{ user, task int64 }
	done := map[about]bool{}
	for _, r := range reasons {
		p, wish := people[r.user], wishes.of(r.user, r.kind)
		if p == nil || !p.Active() || !wish.inbox && !wish.email {
			continue
		}
		if r.task != nil {
			if done[about{r.user, *r.task}] {
				continue
			}
			done[about{r.user, *r.task}] = true
		}
		mail := wish.email && p.Email != ""
		if err := insertNotification(tx, r, message(r, people), wish.inbox, mail); err != nil {
			return err
		}
		if mail {
			if err := s.Queue.AddFrom(tx, r.from, mailKind, fmt.Sprintf("%d.%d.%s", r.seq, r.user, r.kind), mailArgs{Seq: r.seq, User: r.user, Kind: r.kind}); err != nil {
				return err
			}
		}
		if wish.inbox {
			s.tell(tx, r.user)
		}
	}
	return nil
}

// message is the one line that a person reads.
func message(r reason, people map[int64]*account.Member) string {
	who := "Taskhouse"
	if r.actor != nil && people[*r.actor] != nil {
		who = people[*r.actor].Name()
	}
	return strings.Replace(r.text, "WHO", who, 1) + r.title
}
