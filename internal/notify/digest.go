package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// digest is a member's setting of the daily e-mail.
type digest struct {
	enabled bool
	hour    int64 // of the day in zone, 0 to 23
	zone    string
}

// The setting of members who have not chosen one.
const (
	defaultHour = 8
	defaultZone = "UTC"
)

// next returns when the digest is due after a time, or nil if it is turned off. The hour counts in UTC if this version
// does not know the zone: another version, which knew it, has stored it.
func (d digest) next(after db.Time) *db.Time {
	if !d.enabled {
		return nil
	}
	in, err := zone.Load(d.zone)
	if err != nil {
		in = time.UTC
	}
	hour := int(d.hour)
	if hour < 0 || hour > 23 { // no form writes it, but a damaged row must not keep others waiting
		hour = defaultHour
	}
	t := after.Std().In(in)
	due := time.Date(t.Year(), t.Month(), t.Day(), hour, 0, 0, 0, in)
	for days := 1; !due.After(t); days++ {
		due = time.Date(t.Year(), t.Month(), t.Day()+days, hour, 0, 0, 0, in)
	}
	at := db.At(due)
	return &at
}

// digestArgs name a member and the time at which their digest was due.
type digestArgs struct {
	User int64   `json:"user"`
	Due  db.Time `json:"due"`
}

// maxDigestLines is how many tasks, and how many notifications, a digest shows.
const maxDigestLines = 20

// digestBatch is how many due digests are read at once.
const digestBatch = 100

// Digests enqueues the digests that are due. Any number of processes may call it at any time: each digest is enqueued
// once. If no process called it when a digest was due, that digest comes late; of several missed ones only the last
// comes. A digest that cannot be enqueued holds up no other one: it stays due and is retried with a backoff, and the
// errors of all are joined.
func (s *Service) Digests(ctx context.Context) error {
	var failed []error
	for last := (dueDigest{}); ; {
		due, err := dueDigests(ctx, s.DB, last, digestBatch)
		if err != nil || len(due) == 0 {
			return errors.Join(append(failed, err)...)
		}
		for _, d := range due {
			last = d
			if !s.digestFailures.due(d, s.DB.Now()) {
				continue
			}
			door := s.DB.SystemScope(d.company, "a member's digest is due")
			err := door.Write(ctx, func(tx *db.Tx) error { return s.enqueueDigest(tx, d) })
			s.digestFailures.note(d, err, s.DB.Now())
			if err != nil {
				failed = append(failed, fmt.Errorf("digest for user %d in company %d: %w", d.user, d.company, err))
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
}

// digestFailures remembers which digests could not be enqueued, and when to try them again. Its zero value is ready.
type digestFailures struct {
	mu  sync.Mutex
	all map[[2]int64]digestFailure // by company and user
}

type digestFailure struct {
	times int
	next  db.Time
}

// due reports whether to try a digest now.
func (f *digestFailures) due(d dueDigest, now db.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all[[2]int64{d.company, d.user}].next <= now
}

// note notes how a try ended. The wait doubles with each failure, from half a minute up to an hour.
func (f *digestFailures) note(d dueDigest, err error, now db.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := [2]int64{d.company, d.user}
	if err == nil {
		delete(f.all, key)
		return
	}
	if f.all == nil {
		f.all = map[[2]int64]digestFailure{}
	}
	times := f.all[key].times + 1
	f.all[key] = digestFailure{times, now.Add(min(30*time.Second<<min(times-1, 10), time.Hour))}
}

// DigestsFailing returns how many daily summaries could not be enqueued and will be retried.
func (s *Service) DigestsFailing() int {
	s.digestFailures.mu.Lock()
	defer s.digestFailures.mu.Unlock()
	return len(s.digestFailures.all)
}

func (s *Service) enqueueDigest(tx *db.Tx, d dueDigest) error {
	next := d.next(tx.Now)
	if next == nil {
		return errors.New("it is due although it is turned off")
	}
	moved, err := moveDigest(tx, d.user, d.at, *next)
	if err != nil || !moved {
		return err
	}
	return s.Queue.Add(tx, digestJob, fmt.Sprintf("%d.%d", d.user, d.at), digestArgs{User: d.user, Due: d.at})
}

// mailDigest sends a digest with the tasks and notifications as they are when the job runs.
func (s *Service) mailDigest(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var a digestArgs
	if err := j.Read(&a); err != nil {
		return nil, err
	}
	if err := s.dropUnconfirmed(ctx, a.User); err != nil {
		return nil, err
	}
	return nil, s.composeAndSend(ctx, j, func(tx *db.Tx) (Message, error) { return s.composeDigest(tx, a) })
}

func (s *Service) composeDigest(tx *db.Tx, a digestArgs) (m Message, err error) {
	d, err := findDigest(tx, a.User)
	if err != nil {
		return m, err
	}
	if !d.enabled {
		return m, job.Drop("the member has turned the digest off")
	}
	to, company, err := addressee(tx, a.User)
	if err != nil {
		return m, err
	}
	c, err := s.digestContent(tx, a)
	if err != nil {
		return m, err
	}
	c.Name, c.Company = to.Name(), company.Name
	return s.message(tx, to, draft{
		id:       fmt.Sprintf("%d.digest.%d.%d", tx.Company(), a.User, int64(a.Due)),
		subject:  fmt.Sprintf("Your day at %s: %d open tasks", company.Name, c.OpenCount),
		template: "digest", turnsOff: digestMails, content: c,
	})
}

// digestContent collects the member's open tasks and the notifications that they have not read since the digest before.
func (s *Service) digestContent(tx *db.Tx, a digestArgs) (c content, err error) {
	open, count, err := task.Open(tx, a.User, maxDigestLines)
	if err != nil {
		return c, err
	}
	unread, err := listUnread(tx, a.User, a.Due.Add(-24*time.Hour), maxDigestLines)
	if err != nil {
		return c, err
	}
	if count == 0 && len(unread) == 0 {
		return c, job.Drop("the member has no open tasks and no unread notifications")
	}
	c = content{OpenCount: count, Link: s.PublicURL}
	for _, t := range open {
		c.Open = append(c.Open, t.Title+" ("+statusWords(t.Status)+")")
	}
	for _, n := range unread {
		c.Unread = append(c.Unread, n.Message)
	}
	return c, nil
}
