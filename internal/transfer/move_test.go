package transfer_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

var errCrash = errors.New("a crash")

// ways lists all combinations of engines for a move.
var ways = []struct{ from, to string }{
	{"sqlite", "postgres"},
	{"postgres", "sqlite"},
	{"sqlite", "sqlite"},
	{"postgres", "postgres"},
}

func open(t *testing.T, o db.Options) *db.DB {
	t.Helper()
	o.ReadOnly = o.URL != ""
	return dbtest.Open(t, o)
}

func TestMoveIsInterruptedAtEveryStepAndGoesOn(t *testing.T) {
	for _, way := range ways {
		t.Run(way.from+" to "+way.to, func(t *testing.T) {
			from := open(t, dbtest.Fresh(t, way.from))
			fill(t, from)
			before := sum(t, from)
			to := open(t, dbtest.Fresh(t, way.to))
			empty := sum(t, to).Hash()
			var done transfer.Moved
			crashes := 0
			for at := 0; ; at++ {
				n := 0
				var err error
				done, err = (&transfer.Mover{From: from, To: to, Step: func() error {
					if n++; n > 1 && (way.from != way.to || at < 3) { // each time one step further
						crashes++
						return errCrash
					}
					return nil
				}}).Move(t.Context())
				if err == nil {
					break
				}
				if !errors.Is(err, errCrash) {
					t.Fatal(err)
				}
				// The two places are never both in service.
				if to.Check(t.Context()) == nil && (from.Check(t.Context()) == nil) != (sum(t, to).Hash() == empty) {
					t.Fatal("after a crash both places can be served, or an empty one")
				}
				if len(before.Differ(sum(t, from))) > 0 {
					t.Fatal("a crash changed the old place")
				}
			}
			if crashes < 20 && way.from != way.to || !done.Resumed {
				t.Errorf("%d crashes, resumed: %v", crashes, done.Resumed)
			}
			if wrong := before.Differ(sum(t, to)); len(wrong) > 0 {
				t.Errorf("the copy differs from the original: %q", wrong)
			}
			if err := to.Check(t.Context()); err != nil {
				t.Errorf("the new place cannot be served: %v", err)
			}
			if err := from.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "has moved to") {
				t.Errorf("the old place can be served: %v", err)
			}
			if done, err := (&transfer.Mover{From: from, To: to}).Move(t.Context()); err != nil || !done.Already {
				t.Errorf("once more: %+v, %v", done, err)
			}
			// The sequence of ids continues.
			run(t, to, `INSERT INTO users (username, username_key, password, created_at) VALUES ('new', 'new', 'x', 1)`)
			got := sum(t, to)
			for i, s := range got {
				if want := before[i].Last; s.Table == "users" && s.Last != want+1 {
					t.Errorf("the next account is %d, want %d", s.Last, want+1)
				}
			}
		})
	}
}

func TestMoveStartsOverIfTheOldPlaceWasServedInBetween(t *testing.T) {
	from, to := open(t, dbtest.Fresh(t, "sqlite")), open(t, dbtest.Empty(t, "postgres"))
	fill(t, from)
	n := 0
	_, err := (&transfer.Mover{From: from, To: to, Step: func() error {
		if n++; n > 12 {
			return errCrash
		}
		return nil
	}}).Move(t.Context())
	if !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	run(t, from, `UPDATE companies SET description = 'other' WHERE company_id = 1`,
		`DELETE FROM told WHERE company_id = 1`)
	if _, err := (&transfer.Mover{From: from, To: to}).Move(t.Context()); err != nil {
		t.Fatal(err)
	}
	if wrong := sum(t, from).Differ(sum(t, to)); len(wrong) > 0 {
		t.Errorf("the copy is of another instant: %q", wrong)
	}
}

func TestMoveRefuses(t *testing.T) {
	from := open(t, dbtest.Fresh(t, "postgres"))
	fill(t, from)
	t.Run("a place with rows", func(t *testing.T) {
		to := open(t, dbtest.Fresh(t, "sqlite"))
		fill(t, to)
		before := sum(t, to)
		_, err := (&transfer.Mover{From: from, To: to}).Move(t.Context())
		if err == nil || !strings.Contains(err.Error(), "it is not empty") {
			t.Errorf("%v", err)
		}
		if len(before.Differ(sum(t, to))) > 0 {
			t.Error("it was changed")
		}
	})
	t.Run("a place that another is moved to", func(t *testing.T) {
		to := open(t, db.Options{Path: filepath.Join(t.TempDir(), "taskhouse.db")})
		other := open(t, dbtest.Fresh(t, "sqlite"))
		_, err := (&transfer.Mover{From: other, To: to, Step: crashAt(3)}).Move(t.Context())
		if !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		_, err = (&transfer.Mover{From: from, To: to}).Move(t.Context())
		if err == nil || !strings.Contains(err.Error(), "--anew") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a place in use", func(t *testing.T) {
		o := dbtest.Fresh(t, "postgres")
		server := dbtest.Open(t, o)
		if err := server.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		to := open(t, db.Options{Path: filepath.Join(t.TempDir(), "taskhouse.db")})
		if _, err := (&transfer.Mover{From: open(t, o), To: to}).Move(t.Context()); !errors.Is(err, db.ErrInUse) {
			t.Errorf("%v", err)
		}
	})
	t.Run("a place that a server starts to use during the move", func(t *testing.T) {
		o := dbtest.Fresh(t, "postgres")
		to := open(t, db.Options{Path: filepath.Join(t.TempDir(), "taskhouse.db")})
		server := dbtest.Open(t, o)
		ping := func() error { return server.Ping(t.Context()) }
		_, err := (&transfer.Mover{From: open(t, o), To: to, Step: ping}).Move(t.Context())
		if !errors.Is(err, db.ErrInUse) {
			t.Errorf("%v", err)
		}
		if err := server.Check(t.Context()); err != nil {
			t.Errorf("the old place cannot be served any more: %v", err)
		}
	})
}

func crashAt(step int) func() error {
	n := 0
	return func() error {
		if n++; n >= step {
			return errCrash
		}
		return nil
	}
}
