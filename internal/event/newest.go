package event

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// Filter is which events of a company are looked for. What is zero or nil is any.
type Filter struct {
	Before    int64 // only events with smaller numbers
	Kind      Kind
	Actor     *int64
	Subject   string
	SubjectID *int64
	From, To  db.Time // both included
}

// Newest are the first events that a filter leaves, the last one first, and how many it leaves in all, Before set aside.
//
// Each filter has an index but the times, which need none: the numbers of a log follow its clock, so a time is looked up by halves. As
// everywhere in the log its order counts: where a node's clock was behind, an event may stand at the other side of a bound than
// its own time says.
func Newest(tx *db.Tx, f Filter, limit int) (count int64, entries []Entry, err error) {
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
			return 0, nil, err
		}
		and(`seq > $%d`, seq)
	}
	if f.To != 0 {
		seq, err := lastBefore(tx, f.To+1)
		if err != nil {
			return 0, nil, err
		}
		and(`seq <= $%d`, seq)
	}
	if count, err = db.One(tx, func(r db.Row, v *int64) error { return r.Scan(v) }, `SELECT count(*) FROM events WHERE `+where, args...); err != nil {
		return 0, nil, err
	}
	if f.Before != 0 {
		and(`seq < $%d`, f.Before)
	}
	entries, err = db.All(tx, scan, `SELECT `+entry+` FROM events WHERE `+where+fmt.Sprintf(` ORDER BY seq DESC LIMIT $%d`, len(args)+2), append(args, limit)...)
	return count, entries, err
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
