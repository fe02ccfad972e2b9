package notify

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/job"
)

// The changes that one actor makes in a burst are one mail to each recipient. While the log shows that the actor goes
// on, the mail waits and collects; once the actor pauses, it goes out at once.

const (
	// burstPause is how long a mail waits for the next change of an actor who goes on.
	burstPause = 10 * time.Second
	// burstMax is how long a mail waits at most.
	burstMax = time.Minute
	// burstLines is how many notifications a mail holds at most.
	burstLines = 100
	// burstAhead is how many events ahead are searched for the actor's next change.
	burstAhead = 500
)

// burst is the notices of one actor's changes to one recipient.
type burst struct {
	user, actor int64
	notices     []notice
}

// bursts groups notices by recipient and actor, in their order.
type bursts struct {
	all []*burst
	by  map[[2]int64]*burst
}

func (b *bursts) add(n notice) {
	actor := int64(0)
	if n.cause.Actor != nil {
		actor = *n.cause.Actor
	}
	key := [2]int64{n.user, actor}
	if b.by[key] == nil {
		if b.by == nil {
			b.by = map[[2]int64]*burst{}
		}
		b.by[key] = &burst{user: n.user, actor: actor}
		b.all = append(b.all, b.by[key])
	}
	b.by[key].notices = append(b.by[key].notices, n)
}

// enqueueMails enqueues a mail for each burst, or adds to the mail that still waits for the rest of its burst. through
// is the last event that was read.
func (s *Service) enqueueMails(tx *db.Tx, mails bursts, through int64) error {
	for _, b := range mails.all {
		goesOn, err := event.HasLater(tx, b.actor, through, burstAhead)
		if err != nil {
			return err
		}
		due := tx.Now
		if goesOn {
			due = tx.Now.Add(burstPause)
		}
		joined, err := s.joinMail(tx, b, due)
		if err != nil {
			return err
		}
		for !joined && len(b.notices) > 0 {
			if err := s.addMail(tx, b, due); err != nil {
				return err
			}
		}
	}
	return nil
}

// mailKey returns the beginning of the keys of the mails of one actor's changes to one recipient.
func (b *burst) mailKey() string { return fmt.Sprintf("to %d by %d from ", b.user, b.actor) }

// take takes up to n notices out of the burst.
func (b *burst) take(n int) (all []noticed) {
	n = min(n, len(b.notices))
	for _, one := range b.notices[:n] {
		all = append(all, noticed{one.cause.Seq, one.kind})
	}
	b.notices = b.notices[n:]
	return all
}

// joinMail adds the burst to a mail that has not been tried yet. It reports false if there is none that has room.
func (s *Service) joinMail(tx *db.Tx, b *burst, due db.Time) (bool, error) {
	p, err := job.FindPending(tx, mailJob, b.mailKey())
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var a mailArgs
	if err := json.Unmarshal(p.Args, &a); err != nil || len(a.More)+1+len(b.notices) > burstLines {
		return false, nil //nolint:nilerr // the damaged job fails by itself, and says why
	}
	rest := *b
	a.More = append(a.More, rest.take(len(rest.notices))...)
	return s.Queue.Replace(tx, p, a, min(due, p.Created.Add(burstMax)))
}

// addMail enqueues a mail about the first notices of the burst.
func (s *Service) addMail(tx *db.Tx, b *burst, due db.Time) error {
	from := b.notices[0].cause
	all := b.take(burstLines)
	key := fmt.Sprintf("%s%d.%s", b.mailKey(), all[0].Seq, all[0].Kind)
	a := mailArgs{Seq: all[0].Seq, User: b.user, Kind: all[0].Kind, More: all[1:]}
	return s.Queue.AddAt(tx, from.Origin, mailJob, key, a, due)
}
