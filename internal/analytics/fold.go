package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/task"
)

// measure names a quantity that the sums count.
type measure int64

// The measures. A measure up to lastPoint describes an instant: it is the sum over all earlier events. The others count
// changes between two instants.
const (
	byStatus measure = 1 // tasks; a is the status
	byPerson measure = 2 // tasks; a is the assignee or 0, b the status
	byLead   measure = 3 // tasks that are done; a is the bucket of their lead time
	byAge    measure = 4 // open tasks; a is the day of UTC on which they were created
	members  measure = 5 // active members; a is the user

	lastPoint = members

	created    measure = 6  // tasks
	finished   measure = 7  // completions
	finishedBy measure = 8  // completions; a is the assignee at that time, or 0
	leadDone   measure = 9  // completions; a is the bucket of the lead time
	cycleDone  measure = 10 // completions of tasks that were in progress before; a is the bucket of the cycle time

	// Completions that were taken back: the task was reopened or deleted. a is the quarter of an hour of the
	// completion, counted from 1970, and b what the measure counted under a. The completion itself stays counted, so
	// that a report as of an instant in between has it.
	finishedByBack measure = 11
	leadBack       measure = 12
	cycleBack      measure = 13
)

// statuses numbers the statuses of tasks: the tables store a status as its position here, from 1. Add a new status at
// the end.
var statuses = []task.Status{task.Todo, task.InProgress, task.Done, task.Cancelled}

const (
	todo       = 1
	inProgress = 2
	done       = 3
)

func open(status int64) bool { return status == todo || status == inProgress }

// delta changes one figure by n.
type delta struct {
	measure measure
	a, b    int64
	n       int64
}

// life holds the instants from which the lead and cycle times of a task are computed; 0: never.
type life struct {
	created, started, finished db.Time
	by                         int64 // the assignee when it was last done
}

// state holds the counted fields of a task; status 0: the task does not exist.
type state struct{ status, assignee int64 }

// Follower keeps the figures. It stays two seconds behind the log, because counting several events at once costs much
// less. A report does not wait for it, but counts the missing events itself (Service.Of).
var Follower = event.Follower{Name: "analytics", Behind: 2 * time.Second, Do: follow}

// follow counts a part of a company's log.
func follow(tx *db.Tx, entries []event.Entry) error {
	lives, err := livesOf(tx, entries)
	if err != nil {
		return err
	}
	last, err := lastStep(tx)
	if err != nil {
		return err
	}
	book := newBook()
	touched := map[int64]bool{}
	for i, e := range entries {
		// The log is in the order of commits, and the clock of another node may be behind: no event is counted before
		// its predecessor.
		last = max(last, e.At)
		deltas, err := count(e, last, lives)
		if err != nil {
			return fmt.Errorf("event %d: %w", e.Seq, err)
		}
		// The last event gets a step even if it changes nothing: the next call takes its instant from there.
		book.add(last, e.Seq, deltas, i == len(entries)-1)
		if isTask(e.Kind) {
			touched[e.SubjectID] = true
		}
	}
	if err := storeLives(tx, lives, touched); err != nil {
		return err
	}
	return book.store(tx)
}

func isTask(k event.Kind) bool {
	return k == event.TaskCreated || k == event.TaskUpdated || k == event.TaskDeleted
}

// count returns the changes that an event makes at an instant, and updates the life of its task.
func count(e event.Entry, at db.Time, lives map[int64]*life) ([]delta, error) {
	switch e.Kind {
	case event.MemberJoined, event.MemberReactivated:
		return []delta{{members, e.SubjectID, 0, +1}}, nil
	case event.MemberDeactivated:
		return []delta{{members, e.SubjectID, 0, -1}}, nil // a member who is removed is deactivated first
	case event.TaskCreated, event.TaskUpdated, event.TaskDeleted:
	default:
		return nil, nil
	}
	old, now, err := states(e)
	if err != nil {
		return nil, err
	}
	l := lives[e.SubjectID]
	if e.Kind == event.TaskCreated {
		l = &life{created: at}
		lives[e.SubjectID] = l
	}
	if l == nil {
		return nil, fmt.Errorf("task %d was never created", e.SubjectID)
	}
	deltas := l.move(old, now, at)
	if e.Kind == event.TaskDeleted {
		delete(lives, e.SubjectID)
	}
	return deltas, nil
}

// states returns how a task stood before an event and after it.
func states(e event.Entry) (old, now state, err error) {
	logged, err := task.ReadLogged(e)
	if err != nil {
		return old, now, err
	}
	now = stateOf(logged.Task.Status, logged.Task.AssignedTo)
	switch e.Kind { //nolint:exhaustive // count returns before this for the other kinds
	case event.TaskCreated:
		return state{}, now, nil
	case event.TaskDeleted:
		return now, state{}, nil
	}
	old = now
	if o := logged.Old.Status; o.Set {
		old.status = stateOf(o.V, nil).status
	}
	if o := logged.Old.AssignedTo; o.Set {
		old.assignee = o.V
	}
	return old, now, nil
}

func stateOf(status task.Status, assignee *int64) state {
	s := state{status: int64(slices.Index(statuses, status) + 1)}
	if assignee != nil {
		s.assignee = *assignee
	}
	return s
}

// move returns the changes when a task goes from one state to another.
func (l *life) move(old, now state, at db.Time) (ds []delta) {
	add := func(m measure, a, b, n int64) { ds = append(ds, delta{m, a, b, n}) }
	if old.status == 0 {
		add(created, 0, 0, +1)
	}
	if now.status == inProgress && l.started == 0 {
		l.started = at
	}
	if old != now {
		if old.status != 0 {
			add(byPerson, old.assignee, old.status, -1)
		}
		if now.status != 0 {
			add(byPerson, now.assignee, now.status, +1)
		}
	}
	if old.status == now.status {
		return ds
	}
	if old.status != 0 {
		add(byStatus, old.status, 0, -1)
	}
	if now.status != 0 {
		add(byStatus, now.status, 0, +1)
	}
	if was, is := open(old.status), open(now.status); was != is {
		n := int64(+1)
		if was {
			n = -1
		}
		add(byAge, int64(l.created/day), 0, n)
	}
	if old.status == done {
		lead, when := bucket(l.finished-l.created), int64(l.finished/quarter)
		add(byLead, lead, 0, -1)
		add(finishedByBack, when, l.by, +1)
		add(leadBack, when, lead, +1)
		if l.started != 0 && l.started <= l.finished {
			add(cycleBack, when, bucket(l.finished-l.started), +1)
		}
	}
	if now.status == done {
		l.finished, l.by = at, now.assignee
		lead := bucket(at - l.created)
		add(byLead, lead, 0, +1)
		add(finished, 0, 0, +1)
		add(finishedBy, now.assignee, 0, +1)
		add(leadDone, lead, 0, +1)
		if l.started != 0 {
			add(cycleDone, bucket(at-l.started), 0, +1)
		}
	}
	return ds
}

// The periods over which figures are summed, in UTC. Today every zone has its midnights on a quarter of an hour of UTC,
// most on the hour, so quarters or hours make up the days of every zone.
const (
	quarter db.Time = 15 * 60 * 1_000_000
	hour    db.Time = 4 * quarter
	day     db.Time = 24 * hour
	month   db.Time = 32 * day
)

// The grains of the sums. Queries add up the first four, and read the last two row by row.
const (
	always = iota
	monthly
	daily
	quarterly
	byQuarter
	byHour
)

func floor(t, unit db.Time) db.Time { return t - t%unit }
func ceil(t, unit db.Time) db.Time  { return floor(t+unit-1, unit) }

// fact identifies one stored sum.
type fact struct {
	grain   int64
	measure measure
	start   db.Time
	a, b    int64
}

// book collects the rows that a step stores.
type book struct {
	facts map[fact]int64
	steps []stepRow
}

type stepRow struct {
	at     db.Time
	seq    int64
	deltas string
}

func newBook() *book { return &book{facts: map[fact]int64{}} }

func (k *book) add(at db.Time, seq int64, ds []delta, note bool) {
	if len(ds) == 0 && !note {
		return
	}
	k.steps = append(k.steps, stepRow{at, seq, write(ds)})
	for _, d := range ds {
		sum := func(grain int64, start db.Time) { k.facts[fact{grain, d.measure, start, d.a, d.b}] += d.n }
		if d.measure == created || d.measure == finished || d.measure == byStatus {
			sum(byQuarter, floor(at, quarter))
			sum(byHour, floor(at, hour))
		}
		if d.measure == created || d.measure == finished {
			continue
		}
		sum(quarterly, floor(at, quarter))
		sum(daily, floor(at, day))
		sum(monthly, floor(at, month))
		if d.measure <= lastPoint {
			sum(always, 0)
		}
	}
}

// write formats deltas as text: four numbers each.
func write(ds []delta) string {
	var b []byte
	for i, d := range ds {
		if i > 0 {
			b = append(b, ';')
		}
		for j, n := range []int64{int64(d.measure), d.a, d.b, d.n} {
			if j > 0 {
				b = append(b, ' ')
			}
			b = strconv.AppendInt(b, n, 10)
		}
	}
	return string(b)
}

// parse reads the text of write.
func parse(text string, each func(delta)) error {
	if text == "" {
		return nil
	}
	for one := range strings.SplitSeq(text, ";") {
		var n [4]int64
		i := 0
		for word := range strings.SplitSeq(one, " ") {
			v, err := strconv.ParseInt(word, 10, 64)
			if err != nil || i == len(n) {
				return fmt.Errorf("a step of the figures reads %q", text)
			}
			n[i] = v
			i++
		}
		each(delta{measure(n[0]), n[1], n[2], n[3]})
	}
	return nil
}

func (f fact) compare(g fact) int {
	return cmp.Or(cmp.Compare(f.grain, g.grain), cmp.Compare(f.start, g.start), cmp.Compare(f.measure, g.measure),
		cmp.Compare(f.a, g.a), cmp.Compare(f.b, g.b))
}
