package notify

import (
	"bytes"
	"cmp"
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
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// Mailer sends one mail. It returns job.Dead for a failure that a retry cannot mend. If it is uncertain whether a
// message arrived, Send is called again with the same message and the same id.
type Mailer interface {
	Send(ctx context.Context, m Message) error
}

// Message is one mail. Its texts are clean: text that becomes a header has no line breaks or other controls.
type Message struct {
	ID          string // the left side of the Message-ID, the same in each attempt
	To, ToName  string
	From        string // the sender's name; the address is the mailer's
	Subject     string
	Text, HTML  string
	Unsubscribe string // the URL that turns such mails off with one click; "" if they cannot be turned off
	Date        time.Time
}

// The names of this package's kinds of jobs.
const (
	mailJob       = "mail"
	digestJob     = "digest"
	invitationJob = "invite"
)

// mailTimeout bounds one attempt at sending a mail.
const mailTimeout = 30 * time.Second

// Jobs returns the kinds of jobs of this package.
func (s *Service) Jobs() []job.Kind {
	return []job.Kind{
		{Name: mailJob, Timeout: mailTimeout, Attempts: 30, Run: s.mailNotification},
		{Name: digestJob, Timeout: mailTimeout, Attempts: 10, Run: s.mailDigest},
		{Name: invitationJob, Timeout: mailTimeout, Attempts: 30, Run: s.mailInvitation},
	}
}

// mailArgs name the notifications of the job's company that one mail is about: all have the same recipient.
type mailArgs struct {
	Seq  int64     `json:"seq"`
	User int64     `json:"user"`
	Kind Kind      `json:"kind"`
	More []noticed `json:"more,omitempty"`
}

// noticed names a notification of a known recipient.
type noticed struct {
	Seq  int64 `json:"seq"`
	Kind Kind  `json:"kind"`
}

// each returns the arguments of each notification alone.
func (a mailArgs) each() []mailArgs {
	all := []mailArgs{{Seq: a.Seq, User: a.User, Kind: a.Kind}}
	for _, m := range a.More {
		all = append(all, mailArgs{Seq: m.Seq, User: a.User, Kind: m.Kind})
	}
	return all
}

// mailNotification sends the mail of one or several notifications. The job may run long after the notification was
// made, so it checks again whether the mail is still due: the member may have left, the task may be deleted or assigned
// to another member.
func (s *Service) mailNotification(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var a mailArgs
	if err := j.Read(&a); err != nil {
		return nil, err
	}
	if err := s.dropUnconfirmed(ctx, a.User); err != nil {
		return nil, err
	}
	var sent []mailArgs
	err := s.composeAndSend(ctx, j, func(tx *db.Tx) (m Message, err error) {
		m, sent, err = s.composeNotification(tx, a)
		return m, err
	})
	if err != nil {
		return nil, err
	}
	return func(tx *db.Tx) error {
		for _, a := range sent {
			if err := markMailSent(tx, a); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// dropUnconfirmed returns job.Drop if a member must confirm their address first: the mails about tasks have texts that
// others wrote, and would reach a stranger.
func (s *Service) dropUnconfirmed(ctx context.Context, user int64) error {
	works, err := auth.AddressWorks(ctx, s.DB, user)
	if err == nil && !works {
		err = job.Drop("the member has not confirmed the address")
	}
	return err
}

// composeAndSend composes a mail in a transaction of the job's company, and sends it after the transaction.
func (s *Service) composeAndSend(ctx context.Context, j job.Job, compose func(*db.Tx) (Message, error)) error {
	m, err := db.Read(ctx, j.Scope, compose)
	if err != nil {
		return err
	}
	ctx, span := trace.Call(ctx, "hand a mail over")
	err = s.Mailer.Send(ctx, m)
	span.End(err)
	return err
}

// composeNotification composes the mail about those notifications that still hold. It returns them too. If none holds,
// it fails as the first one does.
func (s *Service) composeNotification(tx *db.Tx, a mailArgs) (m Message, sent []mailArgs, err error) {
	to, company, err := addressee(tx, a.User)
	if err != nil {
		return m, nil, err
	}
	c := content{Name: to.Name(), Company: company.Name}
	var first queuedMail
	var why error
	for _, one := range a.each() {
		n, err := dueMail(tx, one)
		if job.IsFinal(err) {
			why = cmp.Or(why, err)
			continue
		}
		if err != nil {
			return m, nil, err
		}
		if len(sent) == 0 {
			first = n
		}
		line := mailLine{Message: n.message}
		if n.task != nil {
			line.Link = fmt.Sprintf("%s/tasks/%d", s.PublicURL, *n.task)
		}
		c.Lines, sent = append(c.Lines, line), append(sent, one)
	}
	if len(sent) == 0 {
		return m, nil, why
	}
	c.Message = first.message
	if len(sent) > 1 {
		c.Message = fmt.Sprintf("%s, and %d more", first.message, len(sent)-1)
	}
	m, err = s.message(tx, to, draft{
		id:      fmt.Sprintf("%d.%d.%d.%s.%d", tx.Company(), sent[0].Seq, a.User, sent[0].Kind, int64(first.createdAt)),
		subject: c.Message, template: "notification", turnsOff: sent[0].Kind, content: c,
	})
	return m, sent, err
}

// dueMail returns a notification whose mail is still due, or job.Drop.
func dueMail(tx *db.Tx, a mailArgs) (queuedMail, error) {
	n, err := findQueuedMail(tx, a)
	switch {
	case isNotFound(err):
		return n, job.Drop("the notification does not exist in this company")
	case err != nil:
		return n, err
	case n.state != mailQueued:
		return n, job.Drop("the mail is " + string(n.state))
	case !n.wanted:
		return n, job.Drop("the member has turned these mails off")
	case n.task != nil:
		return n, dropOutdated(tx, a, *n.task)
	}
	return n, nil
}

// addressee returns the member who gets a mail, or job.Drop if they must not get one.
func addressee(tx *db.Tx, user int64) (*account.Member, account.Company, error) {
	p, c, err := account.MemberWithCompany(tx, user)
	switch {
	case err != nil && !isNotFound(err):
		return nil, c, err
	case err != nil || !p.Active():
		return nil, c, job.Drop("the recipient is not an active member of this company")
	case len(account.CheckEmail(p.Email)) > 0:
		return nil, c, job.Drop("the member has no valid e-mail address")
	}
	return &p, c, nil
}

// dropOutdated returns job.Drop when the mail's message no longer holds for the task as it is now.
func dropOutdated(tx *db.Tx, a mailArgs, id int64) error {
	tasks, err := task.Find(tx, id)
	if err != nil {
		return err
	}
	t, ok := tasks[id]
	if !ok {
		return job.Drop("the task has been deleted")
	}
	if k := declared(a.Kind); k != nil && k.outdated != nil {
		if reason := k.outdated(t, a.User); reason != "" {
			return job.Drop(reason)
		}
	}
	return nil
}

//go:embed templates
var files embed.FS

var (
	textTemplates = template.Must(template.ParseFS(files, "templates/*.txt"))
	htmlTemplates = htmltemplate.Must(htmltemplate.ParseFS(files, "templates/*.html"))
)

// content is the data of the templates.
type content struct {
	Name, Company, Message string
	Link, Unsubscribe      string
	Lines                  []mailLine // of a notification
	Unread                 []string
	Open                   []string
	OpenCount              int64
}

// mailLine is one notification in a mail.
type mailLine struct{ Message, Link string }

// draft is a mail before its template is filled in.
type draft struct {
	id, subject string
	template    string
	turnsOff    Kind // the kind that the unsubscribe link turns off
	content     content
}

// message completes a draft for a member.
func (s *Service) message(tx *db.Tx, to *account.Member, d draft) (m Message, err error) {
	m = Message{
		ID: d.id, To: to.Email, ToName: clean(to.Name(), 100), From: senderOf(d.content.Company),
		Subject: clean(d.subject, 150), Date: tx.Now.Std(),
		Unsubscribe: s.PublicURL + "/api/notifications/unsubscribe/?token=" +
			s.Links.seal(link{tx.Company(), to.ID, d.turnsOff}),
	}
	d.content.Unsubscribe = m.Unsubscribe
	m.Text, m.HTML, err = render(d.template, d.content)
	return m, err
}

// senderOf returns the name that a company's mails come from.
func senderOf(company string) string { return clean(company, 60) + " via Taskhouse" }

// render fills in a template as text and as HTML.
func render(template string, c any) (text, html string, err error) {
	var t, h bytes.Buffer
	err = errors.Join(textTemplates.ExecuteTemplate(&t, template+".txt", c),
		htmlTemplates.ExecuteTemplate(&h, template+".html", c))
	if err != nil {
		return "", "", fmt.Errorf("render the mail: %w", err)
	}
	return t.String(), h.String(), nil
}

// clean makes one line for a header of text that people wrote, at most so many characters long. It removes controls,
// invisible marks that change the direction of text, and the start of a text that a reader would decode as an encoded
// word (RFC 2047).
func clean(s string, maxChars int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf)
	}), " ")
	s = strings.ReplaceAll(s, "=?", "= ?")
	if utf8.RuneCountInString(s) <= maxChars {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:maxChars-1])) + "…"
}
