// Package account keeps companies and their people: members, roles, invitations, names, and the audit log of a company.
// Operators list companies and accounts here too.
//
// It does not verify who asks (package auth does, and makes the Caller), does not decide what a member may do to a task
// (package task does), and knows no HTTP: package api maps its failures to statuses.
package account

import (
	"context"
	"errors"

	"github.com/maypok86/otter/v2"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Options are the parts of a Service. Cursors may be nil for a command that reads no second page.
type Options struct {
	DB        *db.DB
	Log       *event.Log
	Cursors   *page.Cursors // of lists of members, invitations, companies and accounts
	PublicURL string        // for the links in invitations, without a slash at the end

	MailsPerMember int64          // invitations that one member may mail in 24 hours; 0: no limit
	MailsToAddress *limit.Limiter // of invitations, by all companies together; nil: no limit
}

// TaskHandOver reassigns the tasks of a member who is leaving to another one, or unassigns them if to is nil. Package
// task implements it.
type TaskHandOver interface {
	HandOver(ctx context.Context, who Caller, from int64, to *int64) error
}

// Mailer queues mails of a company. Package notify implements it.
type Mailer interface {
	// Invite queues the mail of an invitation that has an address.
	Invite(tx *db.Tx, v Invitation, token string) error
}

// Service manages the companies, members and invitations.
type Service struct {
	Options

	tasks   TaskHandOver
	mailer  Mailer
	members *otter.Cache[int64, *memberCache] // by company
}

// maxCompanies bounds the companies whose members are cached; the cache evicts the least used first.
const maxCompanies = 10_000

// New makes a Service. Without a mailer (nil) nothing is mailed: the answer to the creation of an invitation alone has
// its link.
func New(o Options, tasks TaskHandOver, mailer Mailer) (*Service, error) {
	members, err := otter.New(&otter.Options[int64, *memberCache]{MaximumSize: maxCompanies, InitialCapacity: 16})
	if err != nil {
		return nil, err
	}
	return &Service{Options: o, tasks: tasks, mailer: mailer, members: members}, nil
}

func stale(err error) bool { return errors.Is(err, db.ErrStale) }

func isUnique(err error) bool { return errors.Is(err, db.ErrUnique) }
