package task

import (
	"math"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// A rank says where a task stands on a board: the lesser one, byte by byte, is higher up. A task that nobody has moved
// has the rank of its id, newest first, and nothing of it is stored. One that is moved gets a rank of its own between
// its two neighbours: a fraction in base 62, so that nobody else's changes. Its last six digits are the task's own, so
// that two who move tasks into the same gap at the same time give them different ranks.
const (
	digits  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	base    = int64(len(digits))
	idRank  = 11    // digits of the rank of an id: what the greatest id needs
	ownRank = 6     // digits that are the task's own
	maxRank = 1_000 // a gap takes some thousand moves into always the same place of it before its ranks are that long
)

// number is n in base 62 with as many digits as asked for; what does not fit is cut off at the front.
func number(n int64, length int) string {
	b := make([]byte, length)
	for i := length - 1; i >= 0; i-- {
		b[i] = digits[n%base]
		n /= base
	}
	return string(b)
}

// rankOf is the rank of a task that nobody has moved.
func rankOf(id int64) string { return number(math.MaxInt64-id, idRank) }

// between is the shortest fraction that is greater than a and less than b, and so is whatever begins with it; b "" is
// no limit. It is "" where b is not greater than a.
func between(a, b string) string {
	at := func(s string, i int) int {
		if i < len(s) {
			return strings.IndexByte(digits, s[i])
		}
		return 0
	}
	var m []byte
	open := b == "" // what m has so far is less than what b begins with
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

// place is where a task is moved to: between two others, of which one may be missing at an end of the column.
type place struct{ above, below *int64 }

// readPlace reads a place from a body.
func readPlace(f *form.Form) form.Optional[place] {
	ids := f.IDs("between", 2, form.Nullable,
		form.Doc("Moves the task on the board, between two others: the id of the one above and of the one below, null at an end."))
	if !ids.Set || f.Failed("between") {
		return form.Optional[place]{}
	}
	if len(ids.V) != 2 {
		f.Fail("between", "Ensure this field has exactly 2 elements.")
		return form.Optional[place]{}
	}
	return form.Optional[place]{Set: true, V: place{ids.V[0], ids.V[1]}}
}

// rank is the rank of a task at a place. Of two neighbours that others have moved apart or past each other meanwhile,
// the one above counts.
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
		// Above the first, and below what is created next.
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
	if m == "" && p.above == nil { // the newest tasks are gone, or the first has been moved there
		m = between("", high)
	}
	if m == "" || len(m)+ownRank > maxRank {
		return "", fail.Conflict("There is no room left between these two tasks: move one of them first.")
	}
	return m + own, nil
}
