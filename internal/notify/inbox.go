package notify

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Notification is an entry of a member's inbox.
type Notification struct {
	ID        int64               `json:"id"`
	Kind      Kind                `json:"kind"`
	Message   string              `json:"message" doc:"One line for people, in English."`
	Title     string              `json:"title" doc:"The task's title then; empty if it is about no task."`
	OldStatus *task.Status        `json:"old_status" nullable:"true" doc:"For the kind status: the status before."`
	NewStatus *task.Status        `json:"new_status" nullable:"true" doc:"For the kind status: the status after."`
	Task      *int64              `json:"task" nullable:"true" doc:"The task's id; it may have been deleted since."`
	Actor     *account.MemberView `json:"actor" nullable:"true" doc:"The member who caused it; null: the system."`
	Event     int64               `json:"event" doc:"The number of the event in the company's log."`
	Read      bool                `json:"read"`
	CreatedAt db.Time             `json:"created_at"`

	actor *int64
}

// Query selects notifications of an inbox.
type Query struct {
	Page   page.Request
	Unread form.Optional[bool]
	Kind   string
}

// Read reads the query.
func (q *Query) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Unread = f.Bool("unread", form.Doc("true: only unread notifications; false: only read ones."))
	q.Kind = f.Choice("kind", Kind("").Values()).V
}

// List returns a page of the caller's inbox, newest first.
func (s *Service) List(ctx context.Context, who account.Caller, q Query) (*page.List[Notification], error) {
	user := who.Actor()
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[Notification], error) {
		count, err := countInbox(tx, user, q)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("inbox %d %d %s %v", tx.Company(), user, q.Kind, q.Unread)
		list, err := page.Keyed(s.Cursors, name, page.Down, q.Page, count,
			func(p page.Slice) ([]Notification, error) { return listInbox(tx, user, q, p) },
			func(n *Notification) int64 { return n.ID })
		if err != nil {
			return nil, err
		}
		return list, fillActors(tx, who, list.Results)
	})
}

// fillActors sets the Actor of each notification, as the caller may see them.
func fillActors(tx *db.Tx, who account.Caller, all []Notification) error {
	actors, err := account.Actors(tx, who, all, func(n *Notification) *int64 { return n.actor })
	if err != nil {
		return err
	}
	for i := range all {
		if id := all[i].actor; id != nil {
			all[i].Actor = actors[*id]
		}
	}
	return nil
}

// Unread counts the unread notifications of a member.
type Unread struct {
	Unread int64 `json:"unread"`
}

// Unread counts the caller's unread notifications.
func (s *Service) Unread(ctx context.Context, who account.Caller) (Unread, error) {
	return db.Read(ctx, who, func(tx *db.Tx) (u Unread, err error) {
		u.Unread, err = countInbox(tx, who.Actor(), Query{Unread: form.Optional[bool]{Set: true, V: true}})
		return u, err
	})
}

// Mark is a change of a notification.
type Mark struct{ Seen form.Optional[bool] }

// Read reads it from a body.
func (in *Mark) Read(f *form.Form) { in.Seen = f.Bool("read", form.Required) }

// Mark marks one of the caller's notifications as read or unread. Another member's notification is fail.NotFound.
func (s *Service) Mark(ctx context.Context, who account.Caller, id int64, in Mark) (Notification, error) {
	user := who.Actor()
	return db.Write(ctx, who, func(tx *db.Tx) (n Notification, err error) {
		if in.Seen.Set {
			if err := markOne(tx, user, id, in.Seen.V); err != nil {
				return n, err
			}
		}
		if n, err = findInbox(tx, user, id); err != nil {
			return n, err
		}
		s.hintInbox(tx, user)
		one := []Notification{n}
		err = fillActors(tx, who, one)
		return one[0], err
	})
}

// MarkAll marks all of the caller's notifications as read.
func (s *Service) MarkAll(ctx context.Context, who account.Caller) (Unread, error) {
	return Unread{}, who.Write(ctx, func(tx *db.Tx) error {
		s.hintInbox(tx, who.Actor())
		return markAll(tx, who.Actor())
	})
}
