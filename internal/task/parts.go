package task

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// A change of many tasks is made in parts, each a transaction of its own. SQLite has one writer: the other companies'
// writes come between two parts, and wait for one part at most. A part that fails ends the change; the parts before it
// stay, and repeating the request does only the rest.

// The size of a part. One task is always a part, however long its text.
const (
	partTasks = 25
	partBytes = 256 << 10
)

// textSize is how many bytes a change of a row writes for its texts: the description, and search_text.
const textSize = `2 * octet_length(description)`

// item is a task, or an event about it, that is to be changed.
type item struct {
	id    int64 // of the task
	seq   int64 // of the event, for Undo
	bytes int64
}

func scanItem(r db.Row, i *item) error { return r.Scan(&i.id, &i.bytes) }

func idsOf(items []item) []int64 {
	ids := make([]int64, len(items))
	for i, v := range items {
		ids[i] = v.id
	}
	return ids
}

// split divides items into parts, in their order.
func split(items []item) (parts [][]item) {
	from, bytes := 0, int64(0)
	for i, v := range items {
		if bytes += v.bytes; i > from && (bytes > partBytes || i-from == partTasks) {
			parts = append(parts, items[from:i])
			from, bytes = i, v.bytes
		}
	}
	return append(parts, items[from:])
}

// inParts runs fn for each part of items in a transaction of its own, and adds up the outcomes. If a later part fails,
// its items and all after it are reported in Refused, with the reason. If the first part fails, nothing has changed,
// and inParts returns the error.
func (s *Service) inParts(
	ctx context.Context, who account.Caller, items []item, fn func(tx *db.Tx, part []item, o *collector) error,
) (all Outcome, err error) {
	parts := split(items)
	for i, part := range parts {
		o, err := s.recordOutcome(ctx, who, func(tx *db.Tx, o *collector) error { return fn(tx, part, o) })
		if err == nil {
			all.add(o)
			continue
		}
		reason, known := reasonOf(err)
		if i == 0 || !known {
			return Outcome{}, err
		}
		for _, rest := range parts[i:] {
			for _, v := range rest {
				all.Refused = append(all.Refused, Refusal{v.id, reason})
			}
		}
		return all, nil
	}
	return all, nil
}

func (o *Outcome) add(part Outcome) {
	o.Changed += part.Changed
	o.Deleted += part.Deleted
	o.Refused = append(o.Refused, part.Refused...)
	o.Seqs = append(o.Seqs, part.Seqs...)
	if o.Refused == nil {
		o.Refused = []Refusal{}
	}
}

// reasonOf returns why a part failed, if a client may read that. Of several fields it gives the first one's reason.
func reasonOf(err error) (reason string, known bool) {
	var f *fail.Error
	switch {
	case errors.Is(err, db.ErrStale):
		return "This was not reached: rights in the company have changed meanwhile. Try again.", true
	case !errors.As(err, &f):
		return "", false
	}
	if len(f.Fields) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(f.Fields)))
		return f.Fields[first][0], true
	}
	return f.Detail, true
}
