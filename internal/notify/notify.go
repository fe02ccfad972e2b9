// Package notify notifies members of changes that concern them: in their inbox, by e-mail, and on request in a daily
// digest.
//
// It follows the log some seconds behind and looks at a task as it is by then. So a change that was undone in between
// notifies no one, and several changes make one message. Each notification is a row, inserted exactly once together
// with the follower's cursor. Its e-mail is a job, enqueued in the same transaction.
//
// kinds.go declares the kinds of notifications. The package does not change tasks or members.
package notify

import (
	"log/slog"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/secret"
)

// Service makes notifications, lists them and mails them.
type Service struct {
	DB      *db.DB
	Queue   *job.Queue
	Mailer  Mailer
	Links   *Links
	Secrets *secret.Box // seals arguments of jobs that must stay secret
	Log     *slog.Logger
	Events  *event.Log    // of an operator's marks
	Cursors *page.Cursors // into lists of notifications

	PublicURL string // for the links in mails, without a slash at the end
	// OnInboxChange is called after the commit with a member whose inbox has changed: a hint without data, which may be
	// lost. It may be nil.
	OnInboxChange func(company, user int64)

	digestFailures digestFailures
}

// hintInbox calls OnInboxChange once tx is durable.
func (s *Service) hintInbox(tx *db.Tx, user int64) {
	if s.OnInboxChange == nil {
		return
	}
	company := tx.Company()
	tx.OnCommitted(func() { s.OnInboxChange(company, user) })
}

func isNotFound(err error) bool { return fail.Is(err, fail.KindNotFound) }
