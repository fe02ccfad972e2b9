package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/job"
)

// AccountMails sends the mails of auth.MailQueue. Any number of processes may have one.
type AccountMails struct {
	Queue     *auth.MailQueue
	Mailer    Mailer
	PublicURL string // for the links, without a slash at the end
	Log       *slog.Logger
}

// accountPoll is how often Run looks for mails without a hint. Other processes queue mails too.
const accountPoll = 2 * time.Second

// Run sends mails until ctx ends.
func (s *AccountMails) Run(ctx context.Context) {
	if err := s.Queue.Adopt(ctx); err != nil && ctx.Err() == nil {
		s.Log.Warn("cannot take over the mails of an earlier run; they wait for the end of their leases", "error", err)
	}
	t := time.NewTicker(accountPoll)
	defer t.Stop()
	for failing := false; ; {
		err := s.SendDue(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			s.Log.Warn("cannot read the mails to accounts; will retry", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-s.Queue.Added():
		}
	}
}

// SendDue sends the mails that are due, one after the other. A mail that cannot be sent is postponed and logged. A
// failure of the database ends it.
func (s *AccountMails) SendDue(ctx context.Context) error {
	for {
		m, err := s.Queue.Claim(ctx)
		if fail.Is(err, fail.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !m.Readable() {
			s.Log.Error("a mail to an account was dropped: the key that sealed it is gone", "kind", m.Kind)
			continue
		}
		if err := s.send(ctx, m); err != nil {
			return err
		}
	}
}

// send sends the mails of a queued one, and removes it.
func (s *AccountMails) send(ctx context.Context, m auth.QueuedMail) error {
	mails, err := s.Queue.Prepare(ctx, m)
	if err != nil {
		return err
	}
	for _, a := range mails {
		if err = s.hand(ctx, a); err != nil {
			break
		}
	}
	if err == nil {
		return s.Queue.Finish(ctx, m)
	}
	if ctx.Err() != nil {
		return err // the lease ends, and another attempt follows
	}
	again, stored := s.Queue.Postpone(ctx, m, err.Error(), job.IsFinal(err))
	if !again {
		s.Log.Error("a mail to an account was given up", "kind", m.Kind, "error", err)
	} else {
		s.Log.Warn("a mail to an account failed and will be retried",
			"kind", m.Kind, "attempt", m.Attempt, "error", err)
	}
	return stored
}

// hand gives one mail to the mailer.
func (s *AccountMails) hand(ctx context.Context, a auth.AccountMail) error {
	msg, err := accountMessage(a, s.PublicURL)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	return s.Mailer.Send(ctx, msg)
}

// accountContent is the data of the template account.
type accountContent struct {
	Language, Subject, Hello, Lead string
	Action, Link, Note             string
	Home                           string
}

// accountMessage puts a mail to an account into words.
func accountMessage(a auth.AccountMail, publicURL string) (m Message, err error) {
	language := a.Language
	if _, ok := wordsOfAccountMails[language]; !ok {
		language = "en"
	}
	w, ok := wordsOfAccountMails[language][a.Kind]
	if !ok {
		return m, job.Dead(errors.New("this version has no such mail"))
	}
	c := accountContent{
		Language: language, Subject: w.subject, Hello: fmt.Sprintf(hello[language], a.Username),
		Lead: fill(w.lead, a), Note: w.note, Home: publicURL,
	}
	switch {
	case a.Path != "":
		c.Action, c.Link = w.action, publicURL+a.Path
	case w.noteNoLink != "":
		c.Note = w.noteNoLink
	}
	m = Message{
		ID: a.ID, To: a.To, ToName: clean(a.Username, 100), From: "Taskhouse", Subject: w.subject, Date: a.At.Std(),
	}
	m.Text, m.HTML, err = render("account", c)
	return m, err
}

// fill puts the username and the instant into words that may name either.
func fill(words string, a auth.AccountMail) string {
	at := a.At.Std().Format("2006-01-02 15:04 UTC")
	return strings.NewReplacer("%[1]s", a.Username, "%[2]s", at).Replace(words)
}
