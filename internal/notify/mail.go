package notify

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Mailer sends one mail. A failure that trying again does not help is job.Dead. It may be asked to send the same message again
// when nobody knows whether it has arrived; its id is then the same.
type Mailer interface {
	Send(ctx context.Context, m Message) error
}

// Message is one mail. Its texts are clean: no line breaks or other controls in what becomes a header.
type Message struct {
	ID          string // the left side of the Message-ID, the same whenever this message is sent
	To, ToName  string
	From        string // the name that it comes from; the address is the mailer's
	Subject     string
	Text, HTML  string
	Unsubscribe string // the URL that turns such mails off with one click; empty where there is nothing to turn off
	Date        time.Time
}

// The kinds of jobs.
const (
	mailKind   = "mail"
	digestKind = "digest"
)

// Jobs are the kinds of jobs of this package.
func (s *Service) Jobs() []job.Kind {
	return []job.Kind{
		{Name: mailKind, Timeout: 30 * time.Second, Attempts: 30, Run: s.mail},
		{Name: digestKind, Timeout: 30 * time.Second, Attempts: 10, Run: s.mailDigest},
		{Name: inviteKind, Timeout: inviteTimeout, Attempts: 30, Run: s.mailInvitation},
	}
}

// mailArgs name a notification of the job's company.
type mailArgs struct {
	Seq  int64 `json:"seq"`
	User int64 `json:"user"`
	Kind Kind  `json:"kind"`
}

// mail sends the mail of a notification. Whether it is still to be sent is looked at when the job runs, which may be long after
// it was made: the person may have left, the task be gone or somebody else's.
func (s *Service) mail(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var a mailArgs
	if err := j.Read(&a); err != nil {
		return nil, err
	}
	var m Message
	err := j.Scope.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = s.compose(tx, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.send(ctx, m); err != nil {
		return nil, err
	}
	return func(tx *db.Tx) error { return markSent(tx, a) }, nil
}

// send hands a mail over.
func (s *Service) send(ctx context.Context, m Message) error {
	ctx, span := trace.Call(ctx, "hand a mail over")
	err := s.Mailer.Send(ctx, m)
	span.End(err)
	return err
}

// content is what the templates show.
type content struct {
	Name, Company, Message string
	Link, Settings         string
	Unread                 []string
	Open                   []string
	OpenCount              int64
}

func (s *Service) compose(tx *db.Tx, a mailArgs) (m Message, err error) {
	n, err := findQueued(tx, a)
	if absent(err) {
		return m, job.Drop("there is no such notification in this company")
	}
	if err != nil {
		return m, err
	}
	if n.mail != "queued" {
		return m, job.Drop("the mail is " + n.mail)
	}
	p, company, err := addressee(tx, a.User)
	if err != nil {
		return m, err
	}
	if !n.wanted {
		return m, job.Drop("the person has turned these mails off")
	}
	c := content{Name: p.Name(), Company: company.Name, Message: n.message}
	if n.task != nil {
		if err := stillSo(tx, a, *n.task); err != nil {
			return m, err
		}
		c.Link = fmt.Sprintf("%s/tasks/%d", s.PublicURL, *n.task)
	}
	id := fmt.Sprintf("%d.%d.%d.%s.%d", tx.Company(), a.Seq, a.User, a.Kind, int64(n.made))
	return s.message(tx, p, id, a.Kind, n.message, "notification", c)
}

// addressee is the member who gets a mail, if they are to get one.
func addressee(tx *db.Tx, user int64) (*account.Member, account.Company, error) {
	p, c, err := account.MemberWithCompany(tx, user)
	switch {
	case err != nil && !absent(err):
		return nil, c, err
	case err != nil || !p.Active():
		return nil, c, job.Drop("the person is no active member of this company")
	case len(account.CheckEmail(p.Email)) > 0:
		return nil, c, job.Drop("the person has no e-mail address that mail can go to")
	}
	return &p, c, nil
}

// stillSo drops the mail about a task when what it says holds no longer.
func stillSo(tx *db.Tx, a mailArgs, id int64) error {
	tasks, err := task.Find(tx, id)
	if err != nil {
		return err
	}
	t, ok := tasks[id]
	theirs := t.AssignedTo != nil && *t.AssignedTo == a.User
	switch {
	case !ok:
		return job.Drop("the task is gone")
	case a.Kind == Assigned && !theirs:
		return job.Drop("the task is no longer theirs")
	case a.Kind == Unassigned && theirs:
		return job.Drop("the task is theirs again")
	}
	return nil
}

//go:embed templates
var files embed.FS

var (
	texts = template.Must(template.ParseFS(files, "templates/*.txt"))
	pages = htmltemplate.Must(htmltemplate.ParseFS(files, "templates/*.html"))
)

// message puts a mail together.
func (s *Service) message(tx *db.Tx, p *account.Member, id string, k Kind, subject, name string, c content) (Message, error) {
	m := Message{
		ID: id, To: p.Email, ToName: clean(p.Name(), 100), From: clean(c.Company, 60) + " via Taskhouse", Subject: clean(subject, 150), Date: tx.Now.Std(),
		Unsubscribe: s.PublicURL + "/api/notifications/unsubscribe/?token=" + s.Links.seal(link{tx.Company(), p.ID, k}),
	}
	c.Settings = m.Unsubscribe
	var text, html bytes.Buffer
	if err := errors.Join(texts.ExecuteTemplate(&text, name+".txt", c), pages.ExecuteTemplate(&html, name+".html", c)); err != nil {
		return m, fmt.Errorf("write the mail: %w", err)
	}
	m.Text, m.HTML = text.String(), html.String()
	return m, nil
}

// clean makes one line of what people wrote, for a header: no controls, no invisible marks that turn text round, nothing that a
// reader would take for an encoded word (RFC 2047), and at most so many characters.
func clean(s string, most int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf)
	}), " ")
	s = strings.ReplaceAll(s, "=?", "= ?")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}
