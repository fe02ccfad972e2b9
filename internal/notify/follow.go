package notify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Follow turns a batch of the log into notifications. It is a follower with a durable cursor; app/followers.go sets its
// delay.
func (s *Service) Follow(tx *db.Tx, entries []event.Entry) error {
	windows, err := windowsOf(tx, entries)
	if err != nil {
		return err
	}
	var notices []notice
	for _, w := range windows {
		if w.deleted {
			continue
		}
		more, err := w.notices(tx)
		if err != nil {
			return err
		}
		notices = append(notices, more...)
	}
	for i := range entries {
		more, err := noticesOf(tx, &entries[i])
		if err != nil {
			return err
		}
		notices = append(notices, more...)
	}
	return s.record(tx, notices, entries[len(entries)-1].Seq)
}

// notice is a notification before the recipient's preferences apply.
type notice struct {
	user  int64 // the recipient
	kind  Kind
	cause *event.Entry
	text  string // before the title; it may hold actorName
	task  *int64
	title string // of the task

	own                  bool        // the recipient's own act
	oldStatus, newStatus task.Status // of a task that was moved
}

// window is the changes of one task that are notified together: from the first one that is old enough up to now.
type window struct {
	id      int64
	events  []event.Entry
	task    task.Task // as it is now
	deleted bool
}

// windowsOf groups changes by task, in the order of their first event. It leaves out changes that an earlier window
// covered.
func windowsOf(tx *db.Tx, entries []event.Entry) ([]*window, error) {
	covered, err := notifiedThrough(tx)
	if err != nil {
		return nil, err
	}
	var all []*window
	byTask := map[int64]*window{}
	var ids []int64
	for _, e := range entries {
		if e.Kind.Subject() != event.Task || e.Seq <= covered[e.SubjectID] {
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
	if len(covered) > 0 {
		if err := deleteNotifiedThrough(tx, entries[len(entries)-1].Seq); err != nil {
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
		if w.task, w.deleted = t, !ok; w.deleted {
			continue
		}
		if err := w.extend(tx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// extend adds the changes that led to the task as it is now, and notes in the database that this window covers them.
func (w *window) extend(tx *db.Tx) error {
	last := w.events[len(w.events)-1]
	if last.Version >= w.task.Version {
		return nil
	}
	later, err := event.OfSubject(tx, event.Task, w.id, last.Seq)
	if err != nil {
		return err
	}
	for _, e := range later {
		if e.Version <= w.task.Version {
			w.events = append(w.events, e)
		}
	}
	if e := w.events[len(w.events)-1]; e.Seq > last.Seq {
		return setNotifiedThrough(tx, w.id, e.Seq)
	}
	return nil
}

// notices asks every kind about the window.
func (w *window) notices(tx *db.Tx) (all []notice, err error) {
	c, err := w.change()
	if err != nil {
		return nil, err
	}
	for _, k := range kinds {
		if k.onTask == nil {
			continue
		}
		more, err := k.onTask(tx, c)
		if err != nil {
			return nil, err
		}
		for _, n := range more {
			n.kind, n.task, n.title = k.name, &w.id, w.task.Title
			all = append(all, n)
		}
	}
	return all, nil
}

// noticesOf asks every kind about one event.
func noticesOf(tx *db.Tx, e *event.Entry) (all []notice, err error) {
	for _, k := range kinds {
		if k.onEvent == nil {
			continue
		}
		more, err := k.onEvent(tx, e)
		if err != nil {
			return nil, err
		}
		for _, n := range more {
			n.kind = k.name
			all = append(all, n)
		}
	}
	return all, nil
}

// taskChange compares a task as it was before a window with the task as it is now.
type taskChange struct {
	old taskBefore
	now task.Task
	// The last events that changed the assignee, the status, and the title or description. Each is nil if none did.
	assignedBy, statusBy, textBy *event.Entry
}

// reassigned reports whether the task has another assignee than before.
func (c *taskChange) reassigned() bool {
	old, now := c.old.AssignedTo, c.now.AssignedTo
	return c.assignedBy != nil && old != now && (old == nil || now == nil || *old != *now)
}

// taskBefore holds the fields of a task that notifications compare.
type taskBefore struct {
	AssignedTo         *int64
	Status             task.Status
	Title, Description string
}

// change undoes the window's events on the task as it is now, the last one first.
func (w *window) change() (*taskChange, error) {
	t := w.task
	c := &taskChange{now: t, old: taskBefore{t.AssignedTo, t.Status, t.Title, t.Description}}
	for i := len(w.events) - 1; i >= 0; i-- {
		e := &w.events[i]
		if e.Kind == event.TaskDeleted || e.Kind == event.TaskCreated && w.deletedBefore(i) {
			continue // what was deleted came back as it was
		}
		logged, err := task.ReadLogged(*e)
		if err != nil {
			return nil, err
		}
		if e.Kind == event.TaskCreated {
			c.old = taskBefore{Status: logged.Task.Status} // before it there was no assignee and no text
			c.assignedBy, c.textBy = cmp.Or(c.assignedBy, e), cmp.Or(c.textBy, e)
			return c, nil
		}
		if o := logged.Old.AssignedTo; o.Set {
			c.old.AssignedTo, c.assignedBy = o.Ptr(), cmp.Or(c.assignedBy, e)
		}
		if o := logged.Old.Status; o.Set {
			c.old.Status, c.statusBy = o.V, cmp.Or(c.statusBy, e)
		}
		if o := logged.Old.Title; o.Set {
			c.old.Title, c.textBy = o.V, cmp.Or(c.textBy, e)
		}
		if o := logged.Old.Description; o.Set {
			c.old.Description, c.textBy = o.V, cmp.Or(c.textBy, e)
		}
	}
	return c, nil
}

// deletedBefore reports whether the task was deleted in the window before its event i.
func (w *window) deletedBefore(i int) bool {
	return slices.ContainsFunc(w.events[:i], func(e event.Entry) bool { return e.Kind == event.TaskDeleted })
}

// record stores notices as notifications, for active members only. Of several notices to one member about one task it
// keeps the most important one that the member's preferences allow. The mails of one actor's changes are one mail:
// see burst.go. through is the last event that was read.
func (s *Service) record(tx *db.Tx, notices []notice, through int64) error {
	if len(notices) == 0 {
		return nil
	}
	var ids []int64
	for _, n := range notices {
		ids = append(ids, n.user)
		if n.cause.Actor != nil {
			ids = append(ids, *n.cause.Actor)
		}
	}
	people, err := account.MembersByID(tx, unique(ids)...)
	if err != nil {
		return err
	}
	overrides, err := preferenceOverridesOf(tx, unique(ids))
	if err != nil {
		return err
	}
	slices.SortStableFunc(notices, func(a, b notice) int { return cmp.Compare(rank(a.kind), rank(b.kind)) })
	type subject struct{ user, task int64 }
	done := map[subject]bool{}
	var mails bursts
	for _, n := range notices {
		to, by := people[n.user], overrides.of(n.user, n.kind)
		if n.own && !overrides.of(n.user, ownActs).inbox {
			continue
		}
		if to == nil || !to.Active() || !by.inbox && !by.email {
			continue
		}
		if n.task != nil {
			about := subject{n.user, *n.task}
			if done[about] {
				continue
			}
			done[about] = true
		}
		by.email = by.email && to.Email != ""
		if err := insertNotification(tx, n, message(n, people), by); err != nil {
			return err
		}
		if by.email {
			mails.add(n)
		}
		if by.inbox {
			s.hintInbox(tx, n.user)
		}
	}
	return s.enqueueMails(tx, mails, through)
}

// message returns the one line that the recipient reads.
func message(n notice, people map[int64]*account.Member) string {
	actor := "Taskhouse"
	if id := n.cause.Actor; id != nil && people[*id] != nil {
		actor = people[*id].Name()
	}
	return strings.Replace(n.text, actorName, actor, 1) + n.title
}

// unique sorts ids and removes duplicates.
func unique(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
