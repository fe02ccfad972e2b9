package notify

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// MailState says what became of a notification's e-mail.
type MailState string

const (
	mailNone   MailState = "none" // the recipient's preferences do not ask for one, or they have no address
	mailQueued MailState = "queued"
	mailSent   MailState = "sent"
)

// Values lists every state.
func (MailState) Values() []string {
	return []string{string(mailNone), string(mailQueued), string(mailSent)}
}

// SentNotification is a notification as admins see it.
type SentNotification struct {
	ID        int64     `json:"id"`
	User      int64     `json:"user" doc:"The member who was notified."`
	Kind      Kind      `json:"kind"`
	Message   string    `json:"message"`
	Task      *int64    `json:"task" nullable:"true"`
	Event     int64     `json:"event" doc:"The number of the event in the company's log."`
	Inbox     bool      `json:"inbox" doc:"Whether the member's inbox shows it."`
	Read      bool      `json:"read"`
	Mail      MailState `json:"mail"`
	CreatedAt db.Time   `json:"created_at"`
	SentAt    *db.Time  `json:"sent_at" nullable:"true" doc:"When the mail server accepted the e-mail."`
}

// SentQuery selects notifications of a company.
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
	q.User = f.ID("user", form.Doc("Only notifications to this member."))
	q.Task = f.ID("task", form.Doc("Only notifications about this task, which may have been deleted since."))
	q.Kind = f.Choice("kind", Kind("").Values(), form.Doc("Only notifications of this kind.")).V
	q.Mail = f.Choice("mail", MailState("").Values(), form.Doc("Only notifications whose e-mail is in this state.")).V
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in the message.")).V
}

// ListSent returns a page of the notifications of all members of the caller's company, newest first. It is for admins;
// other members list their own inbox.
func (s *Service) ListSent(ctx context.Context, who account.Caller, q SentQuery) (*page.List[SentNotification], error) {
	if !who.Role.AtLeast(account.Admin) {
		return nil, fail.Forbidden()
	}
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[SentNotification], error) {
		tx.MayScan()
		count, err := countSent(tx, q)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("sent %d %v %v %s %s %q", tx.Company(), q.User, q.Task, q.Kind, q.Mail, q.Search)
		return page.Keyed(s.Cursors, name, page.Down, q.Page, count,
			func(p page.Slice) ([]SentNotification, error) { return listSent(tx, q, p) },
			func(n *SentNotification) int64 { return n.ID })
	})
}

// MarkSent marks a member's notification as read or unread. It is for operators, who may correct an inbox.
func (s *Service) MarkSent(ctx context.Context, who account.Caller, id int64, in Mark) (SentNotification, error) {
	if who.Operator() == 0 {
		return SentNotification{}, fail.Forbidden()
	}
	var v SentNotification
	err := event.Record(ctx, s.Events, who.Scope, func(tx *db.Tx) (e event.Event, err error) {
		v, err = findSent(tx, id)
		if err != nil || !in.Seen.Set || v.Read == in.Seen.V {
			return e, err
		}
		if err := markOne(tx, v.User, id, in.Seen.V); err != nil {
			return e, err
		}
		v.Read = in.Seen.V
		s.hintInbox(tx, v.User)
		c, err := account.CompanyOf(tx)
		what := "An operator marked a notification as read"
		if !v.Read {
			what = "An operator marked a notification as unread"
		}
		return event.Event{Kind: event.NotificationMarked, ID: c.ID, Message: what, Data: c}, err
	})
	return v, err
}
