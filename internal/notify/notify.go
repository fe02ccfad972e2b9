// Package notify tells people what concerns them: in their inbox, by e-mail, and once a day in a digest if they wish.
//
// It follows the log some seconds behind and looks at a task as it is by then, so that what was undone in between is told to
// nobody, and several changes are one message. What it decides is rows, made exactly once with the follower's cursor; an e-mail is
// a job, enqueued in the same transaction. It changes nothing about tasks and people.
package notify

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/secret"
)

// Kind is why somebody is told.
type Kind string

// The kinds, the most important first: of several reasons to tell one person about one task the first is given.
const (
	Assigned   Kind = "assigned"   // a task is theirs
	Unassigned Kind = "unassigned" // a task is theirs no longer
	Mentioned  Kind = "mentioned"  // a task's title or description names them
	Status     Kind = "status"     // a task that they created has another status
	Invitation Kind = "invitation" // somebody has accepted their invitation
)

// Kinds are all of them, the most important first.
var Kinds = []Kind{Assigned, Unassigned, Mentioned, Status, Invitation}

func kindNames() []string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = string(k)
	}
	return names
}

// Service is the operations on notifications, and what makes them.
type Service struct {
	DB      *db.DB
	Queue   *job.Queue
	Mailer  Mailer
	Links   *Links
	Secrets *secret.Box // seals what a job must carry and nobody may read
	Log     *slog.Logger
	Cursors *page.Cursors // into lists of notifications

	PublicURL string // for the links in mails, without a slash at the end
	// Told is called after the commit with whose inbox has changed: a hint without data, which may be lost. It may be nil.
	Told func(company, user int64)
}

// Notification is what somebody was told, as their inbox shows it.
type Notification struct {
	ID        int64               `json:"id"`
	Kind      Kind                `json:"kind" enum:"assigned,unassigned,mentioned,status,invitation"`
	Message   string              `json:"message" doc:"One line for people, in English."`
	Title     string              `json:"title" doc:"The task's title when it was told; empty where it is about none."`
	OldStatus *string             `json:"old_status" enum:"todo,in_progress,done,cancelled" nullable:"true" doc:"With the kind status: what the task's status was."`
	NewStatus *string             `json:"new_status" enum:"todo,in_progress,done,cancelled" nullable:"true" doc:"And what it became."`
	Task      *int64              `json:"task" nullable:"true" doc:"The task it is about, which may be gone by now."`
	Actor     *account.MemberView `json:"actor" nullable:"true" doc:"Who did it; null: the system."`
	Event     int64               `json:"event" doc:"The number of the event in the company's log."`
	Read      bool                `json:"read"`
	CreatedAt db.Time             `json:"created_at"`

	actor *int64
}

// Query is which notifications are listed.
type Query struct {
	Page   page.Request
	Unread form.Optional[bool]
	Kind   string
}

// Read reads the query.
func (q *Query) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Unread = f.Bool("unread", form.Doc("Only those that are not read yet, or with false those that are."))
	q.Kind = f.Choice("kind", kindNames()).V
}

// List is a page of the caller's inbox, newest first.
func (s *Service) List(ctx context.Context, who account.Caller, q Query) (list *page.List[Notification], err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		count, err := countInbox(tx, who.Actor(), q)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("inbox %d %d %s %v", tx.Company(), who.Actor(), q.Kind, q.Unread), page.Down, q.Page, count,
			func(p page.Slice) ([]Notification, error) { return listInbox(tx, who.Actor(), q, p) }, func(n *Notification) int64 { return n.ID })
		if err != nil {
			return err
		}
		return actors(tx, who, list.Results)
	})
	return list, err
}

// actors fills in who did it, as the caller may see them.
func actors(tx *db.Tx, who account.Caller, all []Notification) error {
	var ids []int64
	for _, n := range all {
		if n.actor != nil {
			ids = append(ids, *n.actor)
		}
	}
	people, err := who.People(tx, ids...)
	if err != nil {
		return err
	}
	for i := range all {
		if id := all[i].actor; id != nil && people[*id] != nil {
			all[i].Actor = who.See(people[*id])
		}
	}
	return nil
}

// Unread is how many notifications somebody has not read.
type Unread struct {
	Unread int64 `json:"unread"`
}

// Unread counts the caller's.
func (s *Service) Unread(ctx context.Context, who account.Caller) (u Unread, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		u.Unread, err = countInbox(tx, who.Actor(), Query{Unread: form.Optional[bool]{Set: true, V: true}})
		return err
	})
	return u, err
}

// Mark is what is changed of a notification.
type Mark struct{ Seen form.Optional[bool] }

// Read reads it from a body.
func (in *Mark) Read(f *form.Form) { in.Seen = f.Bool("read", form.Required) }

// Mark marks one of the caller's notifications as read or not. Somebody else's is not found.
func (s *Service) Mark(ctx context.Context, who account.Caller, id int64, in Mark) (n Notification, err error) {
	err = who.Write(ctx, func(tx *db.Tx) error {
		if in.Seen.Set {
			if err := markOne(tx, who.Actor(), id, in.Seen.V); err != nil {
				return err
			}
		}
		if n, err = findInbox(tx, who.Actor(), id); err != nil {
			return err
		}
		s.tell(tx, who.Actor())
		one := []Notification{n}
		err := actors(tx, who, one)
		n = one[0]
		return err
	})
	return n, err
}

// MarkAll marks all of the caller's notifications as read.
func (s *Service) MarkAll(ctx context.Context, who account.Caller) (u Unread, err error) {
	return u, who.Write(ctx, func(tx *db.Tx) error {
		s.tell(tx, who.Actor())
		return markAll(tx, who.Actor())
	})
}

// tell has Told called once tx is durable.
func (s *Service) tell(tx *db.Tx, users ...int64) {
	if s.Told == nil {
		return
	}
	company := tx.Company()
	for _, user := range users {
		tx.OnCommitted(func() { s.Told(company, user) })
	}
}

// Forget deletes notifications of all companies that are too old to be looked at.
func Forget(ctx context.Context, d *db.DB) error { return forget(ctx, d) }

func absent(err error) bool { return fail.Is(err, fail.KindNotFound) }

// Sent is what somebody of a company was told, as those see it who look after the company.
type Sent struct {
	ID        int64    `json:"id"`
	User      int64    `json:"user" doc:"Who was told."`
	Kind      Kind     `json:"kind" enum:"assigned,unassigned,mentioned,status,invitation"`
	Message   string   `json:"message"`
	Task      *int64   `json:"task" nullable:"true"`
	Event     int64    `json:"event" doc:"The number of the event in the company's log."`
	Inbox     bool     `json:"inbox" doc:"Whether their inbox shows it."`
	Read      bool     `json:"read"`
	Mail      string   `json:"mail" enum:"none,queued,sent"`
	CreatedAt db.Time  `json:"created_at"`
	SentAt    *db.Time `json:"sent_at" nullable:"true" doc:"When the mail was handed over."`
}

// SentQuery is which of a company's notifications are listed.
type SentQuery struct {
	Page   page.Request
	User   form.Optional[int64]
	Task   form.Optional[int64]
	Kind   string
	Mail   string
	Search string
}

// Read reads the query.
func (q *SentQuery) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.User = f.ID("user", form.Doc("Only what this person was told."))
	q.Task = f.ID("task", form.Doc("Only what was told of this task, which may be gone by now."))
	q.Kind = f.Choice("kind", kindNames(), form.Doc("Only what was told for this reason.")).V
	q.Mail = f.Choice("mail", []string{"none", "queued", "sent"}, form.Doc("Only those whose mail is in this state.")).V
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in the message.")).V
}

// All is a page of what everybody of the company was told, newest first. It is for those who look after the company: others see their own inbox.
func (s *Service) All(ctx context.Context, who account.Caller, q SentQuery) (list *page.List[Sent], err error) {
	if !who.Role.AtLeast(account.Admin) {
		return nil, fail.Forbidden()
	}
	err = who.Read(ctx, func(tx *db.Tx) error {
		tx.MayScan()
		count, err := countSent(tx, q)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("sent %d %v %v %s %s %q", tx.Company(), q.User, q.Task, q.Kind, q.Mail, q.Search), page.Down, q.Page, count,
			func(p page.Slice) ([]Sent, error) { return listSent(tx, q, p) }, func(n *Sent) int64 { return n.ID })
		return err
	})
	return list, err
}

// MarkSent marks somebody's notification as read or not, for an operator who puts an inbox right.
func (s *Service) MarkSent(ctx context.Context, who account.Caller, id int64, in Mark) (v Sent, err error) {
	if who.Operator() == 0 {
		return Sent{}, fail.Forbidden()
	}
	err = who.Write(ctx, func(tx *db.Tx) error {
		if v, err = findSent(tx, id); err != nil || !in.Seen.Set {
			return err
		}
		if err := markOne(tx, v.User, id, in.Seen.V); err != nil {
			return err
		}
		v.Read = in.Seen.V
		s.tell(tx, v.User)
		return nil
	})
	return v, err
}
