package analytics

import (
	"context"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Held reads the figures of a report over one day, and calls while between two rows of the result.
func Held(ctx context.Context, s db.Scope, at time.Time, while func()) (seq int64, err error) {
	t := newTally([]db.Time{db.At(at), db.At(at) + 1})
	err = s.Read(ctx, func(tx *db.Tx) error {
		n := 0
		return eachFigure(tx, window{[]db.Time{floor(db.At(at), hour)}, db.At(at) + 1}, func(v row) error {
			if n++; n == 2 {
				while()
			}
			return t.add(v)
		})
	})
	return t.seq, err
}
