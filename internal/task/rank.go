package task

import (
	"math"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// A rank orders tasks on a board: of two tasks the one with the lesser rank, byte by byte, is higher up. A task that
// was never moved has a rank computed from its id, newest first, and its column is empty. A moved task gets a rank
// between those of its two neighbours: a fraction in base 62, so that no other rank changes. The last six digits come
// from the task's id, so that two tasks that are moved into the same gap at the same time get different ranks.
const (
	digits  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	base    = int64(len(digits))
	idRank  = 11    // digits of the rank of an id: enough for the greatest id
	ownRank = 6     // digits from the task's id at the end of a rank
	maxRank = 1_000 // digits; reached after some thousand moves into the same place of the same gap
)

// number formats n in base 62 with length digits; it cuts further digits off at the front.
func number(n int64, length int) string {
	b := make([]byte, length)
	for i := length - 1; i >= 0; i-- {
		b[i] = digits[n%base]
		n /= base
	}
	return string(b)
}

// rankOf returns the rank of a task that was never moved.
func rankOf(id int64) string { return number(math.MaxInt64-id, idRank) }

// between returns the shortest fraction between a and b such that every longer fraction with this beginning is between
// them too. b may be "", which means no limit. It returns "" if b is not greater than a.
func between(a, b string) string {
	at := func(s string, i int) int {
		if i < len(s) {
			return strings.IndexByte(digits, s[i])
		}
		return 0
	}
	var m []byte
	open := b == "" // the digits in m are less than the first digits of b
	for i := 0; i < maxRank; i++ {
		low, high := at(a, i), len(digits)
		if !open {
			if i >= len(b) {
				return ""
			}
			high = at(b, i)
		}
		switch {
		case high < low:
			return ""
		case high-low > 1:
			return string(append(m, digits[(low+high)/2]))
		}
		open = open || high > low
		m = append(m, digits[low])
	}
	return ""
}

// place is the target of a move: between two tasks, one of which is missing at an end of the column.
type place struct{ above, below *int64 }

// readPlace reads a place from a body.
func readPlace(f *form.Form) form.Optional[place] {
	ids := f.IDs("between", 2, form.Nullable,
		form.Doc("Moves the task on the board: the ids of the tasks above and below its new place, null at an end."))
	if !ids.Set || f.Failed("between") {
		return form.Optional[place]{}
	}
	if len(ids.V) != 2 {
		f.Fail("between", "Ensure this field has exactly 2 elements.")
		return form.Optional[place]{}
	}
	return form.Optional[place]{Set: true, V: place{ids.V[0], ids.V[1]}}
}

// rank returns the rank of a task at a place. If other requests have moved the two neighbours past each other, only the
// neighbour above counts.
func (p place) rank(tx *db.Tx, t Task) (string, error) {
	var ids []int64
	for _, id := range []*int64{p.above, p.below} {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	found, err := Find(tx, ids...)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		if _, ok := found[id]; !ok {
			return "", fail.Invalid("between", form.NoSuchID(id))
		}
	}
	own := number(t.ID, ownRank)
	low, high := "", ""
	switch {
	case p.above == nil && p.below == nil:
		return t.Rank, nil // alone in the column
	case p.above == nil:
		// Above the first task, and below the next task to be created.
		newest, err := db.One(tx, db.Column[int64], `SELECT coalesce(max(id), 0)`+fromTasks)
		if err != nil {
			return "", err
		}
		low, high = rankOf(newest+1), found[*p.below].Rank
	case p.below == nil:
		low = found[*p.above].Rank
	default:
		low, high = found[*p.above].Rank, found[*p.below].Rank
		if high <= low {
			high = ""
		}
	}
	m := between(low, high)
	if m == "" && p.above == nil { // the newest tasks are deleted, or the first task was moved up there
		m = between("", high)
	}
	if m == "" || len(m)+ownRank > maxRank {
		return "", fail.Conflict("There is no room left between these two tasks: move one of them first.")
	}
	return m + own, nil
}
