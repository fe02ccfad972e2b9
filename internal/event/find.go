package event

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Filter is which events of a company are looked for. What is zero or nil is any.
type Filter struct {
	Kind      Kind
	Actor     *int64
	Subject   string
	SubjectID *int64
	From, To  db.Time // both included
}

// String is what is filtered by: equal for equal filters.
func (f Filter) String() string {
	id := func(v *int64) int64 {
		if v == nil {
			return 0
		}
		return *v
	}
	return fmt.Sprintf("%s %d %s %d %d %d", f.Kind, id(f.Actor), f.Subject, id(f.SubjectID), f.From, f.To)
}

// Found are the events of a company that a filter leaves: counted, and to be read in parts.
type Found struct {
	Count int64
	where string
	args  []any
}

// Find looks for a company's events.
//
// Each filter has an index but the times, which need none: the numbers of a log follow its clock, so a time is looked up by halves. As
// everywhere in the log its order counts: where a node's clock was behind, an event may stand at the other side of a bound than
// its own time says.
func Find(tx *db.Tx, f Filter) (Found, error) {
	where, args := `company_id = $1`, []any{}
	and := func(condition string, v any) {
		args = append(args, v)
		where += fmt.Sprintf(` AND `+condition, len(args)+1)
	}
	if f.Kind != "" {
		and(`kind = $%d`, string(f.Kind))
	}
	if f.Actor != nil {
		and(`actor_id = $%d`, *f.Actor)
	}
	if f.Subject != "" {
		and(`subject = $%d`, f.Subject)
	}
	if f.SubjectID != nil {
		and(`subject_id = $%d`, *f.SubjectID)
	}
	if f.From != 0 {
		seq, err := lastBefore(tx, f.From)
		if err != nil {
			return Found{}, err
		}
		and(`seq > $%d`, seq)
	}
	if f.To != 0 {
		seq, err := lastBefore(tx, f.To+1)
		if err != nil {
			return Found{}, err
		}
		and(`seq <= $%d`, seq)
	}
	count, err := db.One(tx, func(r db.Row, v *int64) error { return r.Scan(v) }, `SELECT count(*) FROM events WHERE `+where, args...)
	return Found{count, where, args}, err
}

// Rows are a part of them, by their numbers.
func (f Found) Rows(tx *db.Tx, part page.Slice) ([]Entry, error) {
	and, args := part.SQL("seq", 2, f.args)
	return db.All(tx, scan, `SELECT `+entry+` FROM events WHERE `+f.where+and, args...)
}

// lastBefore is the number of a company's last event before an instant, 0 before the first. It halves the log some twenty times. What
// the log no longer has was before.
func lastBefore(tx *db.Tx, instant db.Time) (int64, error) {
	head, err := HeadOf(tx)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), head.Seq
	for low < high {
		middle := (low + high + 1) / 2
		at, err := db.One(tx, func(r db.Row, v *db.Time) error { return r.Scan(v) }, `SELECT at FROM events WHERE company_id = $1 AND seq = $2`, middle)
		if err != nil && !fail.Is(err, fail.KindNotFound) {
			return 0, err
		}
		if at < instant {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low, nil
}
