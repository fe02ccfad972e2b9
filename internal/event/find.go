package event

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Filter selects events of a company. A field that is zero or nil selects any event.
type Filter struct {
	Kind      Kind
	Actor     *int64
	Subject   string
	SubjectID *int64
	From, To  db.Time // both included
}

// String returns the fields of the filter as one text, which is equal for equal filters.
func (f Filter) String() string {
	id := func(v *int64) int64 {
		if v == nil {
			return 0
		}
		return *v
	}
	return fmt.Sprintf("%s %d %s %d %d %d", f.Kind, id(f.Actor), f.Subject, id(f.SubjectID), f.From, f.To)
}

// Found holds the events of a company that match a filter: their count, and the query that Rows reads in parts.
type Found struct {
	Count int64
	where db.Where
}

// Find counts a company's events that match a filter.
//
// Each field of the filter has an index, but for the times, which need none. The numbers of a log follow its clock, so
// a binary search finds the number of a time. As everywhere in the log, its order counts: if a node's clock was behind,
// an event may be on the other side of a bound than its own time says.
func Find(tx *db.Tx, f Filter) (Found, error) {
	var w db.Where
	if f.Kind != "" {
		w.And(`kind = ?`, string(f.Kind))
	}
	if f.Actor != nil {
		w.And(`actor_id = ?`, *f.Actor)
	}
	if f.Subject != "" {
		w.And(`subject = ?`, f.Subject)
	}
	if f.SubjectID != nil {
		w.And(`subject_id = ?`, *f.SubjectID)
	}
	if f.From != 0 {
		seq, err := lastBefore(tx, f.From)
		if err != nil {
			return Found{}, err
		}
		w.And(`seq > ?`, seq)
	}
	if f.To != 0 {
		seq, err := lastBefore(tx, f.To+1)
		if err != nil {
			return Found{}, err
		}
		w.And(`seq <= ?`, seq)
	}
	count, err := db.One(tx, db.Column[int64], `SELECT count(*) FROM events WHERE company_id = $1`+w.SQL(), w.Args()...)
	return Found{count, w}, err
}

// Rows reads a slice of the events that Find counted, by their numbers.
func (f Found) Rows(tx *db.Tx, part page.Slice) ([]Entry, error) {
	rows, args := f.where.Slice("seq", part)
	entries, err := db.All(tx, scan, `SELECT `+entry+` FROM events WHERE company_id = $1`+rows, args...)
	return compose(tx, entries, err)
}

// lastBefore returns the number of a company's last event before an instant, 0 before the first. Its binary search
// takes some twenty queries. It treats a number that the log no longer has as earlier than the instant.
func lastBefore(tx *db.Tx, instant db.Time) (int64, error) {
	head, err := HeadOf(tx)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), head.Seq
	for low < high {
		middle := (low + high + 1) / 2
		at, err := db.One(tx, db.Column[db.Time],
			`SELECT at FROM events WHERE company_id = $1 AND seq = $2`, middle)
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
