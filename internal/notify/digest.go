package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/task"
)

// digestArgs name a member and the day of their mail.
type digestArgs struct {
	User int64   `json:"user"`
	Due  db.Time `json:"due"`
}

// most is how many lines of each sort a mail of the day shows.
const most = 20

// Digests enqueues the mails of the day that are due. Any number of processes may call it at any time: each mail is enqueued
// once. One that was due while nobody called comes late, and only the last of several.
func (s *Service) Digests(ctx context.Context) error {
	for {
		due, err := dueDigests(ctx, s.DB, 100)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, d := range due {
			err := s.DB.SystemScope(d.company, "a member's digest is due").Write(ctx, func(tx *db.Tx) error {
				next := d.next(tx.Now)
				if next == nil {
					return fmt.Errorf("the time zone %q is unknown here", d.zone)
				}
				mine, err := moveDigest(tx, d.user, d.at, *next)
				if err != nil || !mine {
					return err
				}
				return s.Queue.Add(tx, digestKind, fmt.Sprintf("%d.%d", d.user, d.at), digestArgs{User: d.user, Due: d.at})
			})
			if err != nil {
				return fmt.Errorf("mail of the day for %d in company %d: %w", d.user, d.company, err)
			}
		}
	}
}

// mailDigest sends a mail of the day, as things are when it runs.
func (s *Service) mailDigest(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var a digestArgs
	if err := j.Read(&a); err != nil {
		return nil, err
	}
	var m Message
	err := j.Scope.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = s.composeDigest(tx, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return nil, s.send(ctx, m)
}

func (s *Service) composeDigest(tx *db.Tx, a digestArgs) (m Message, err error) {
	d, err := findDigest(tx, a.User)
	if err != nil {
		return m, err
	}
	if !d.enabled {
		return m, job.Drop("the person has turned the mail of the day off")
	}
	p, company, err := addressee(tx, a.User)
	if err != nil {
		return m, err
	}
	open, count, err := task.Open(tx, a.User, most)
	if err != nil {
		return m, err
	}
	unread, err := freshNotifications(tx, a.User, a.Due.Add(-24*time.Hour), most)
	if err != nil {
		return m, err
	}
	if count == 0 && len(unread) == 0 {
		return m, job.Drop("there is nothing to tell")
	}
	c := content{Name: p.Name(), Company: company.Name, OpenCount: count, Link: s.PublicURL}
	for _, t := range open {
		c.Open = append(c.Open, t.Title+" ("+words(t.Status)+")")
	}
	for _, n := range unread {
		c.Unread = append(c.Unread, n.Message)
	}
	id := fmt.Sprintf("%d.digest.%d.%d", tx.Company(), a.User, int64(a.Due))
	return s.message(tx, p, id, DigestKind, fmt.Sprintf("Your day at %s: %d open tasks", company.Name, count), "digest", c)
}
