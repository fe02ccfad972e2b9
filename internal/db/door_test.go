package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// company makes a company with one member (user id = company id) and returns its id.
func company(t *testing.T, d *db.DB, name string) int64 {
	t.Helper()
	var id int64
	err := d.System("a test's company").Write(t.Context(), func(tx *db.SystemTx) error {
		scan := func(r db.Row) error { return r.Scan(&id) }
		if err := tx.Query(scan, `INSERT INTO companies (name, name_key, created_at, updated_at)
			VALUES ($1, $2, $3, $3) RETURNING company_id`, name, name, tx.Now); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO heads (company_id) VALUES ($1)`, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO users (id, username, username_key, password, created_at)
			VALUES ($1, $2, $2, '', $3)`, id, name, tx.Now); err != nil {
			return err
		}
		return tx.In(id, 0, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO members
					(company_id, user_id, username, email, role, state, search_text, joined_at)
				VALUES ($1, $2, $3, '', 'owner', 'active', '', $4)`, id, name, tx.Now)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const insertTask = `INSERT INTO tasks
		(company_id, title, description, search_text, status, created_by, version, created_at, updated_at)
	VALUES ($1, $2, '', '', 'todo', $3, 1, $4, $4) RETURNING id`

func addTask(tx *db.Tx, title string, by int64) (id int64, err error) {
	return db.One(tx, db.Column[int64], insertTask, title, by, tx.Now)
}

// writeTask stores a task of a company in a write of its own.
func writeTask(t *testing.T, d *db.DB, company int64, title string) {
	t.Helper()
	err := d.SystemScope(company, "a test").AsMember(company).Write(t.Context(), func(tx *db.Tx) error {
		_, err := addTask(tx, title, company)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func titles(t *testing.T, s db.Scope) (all []string) {
	t.Helper()
	err := s.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = db.All(tx, db.Column[string], `SELECT title FROM tasks WHERE company_id = $1 ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestScopeSeesItsCompanyOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := company(t, d, "a"), company(t, d, "b")
		sa, sb := d.SystemScope(a, "a test").AsMember(a), d.SystemScope(b, "a test").AsMember(b)
		for _, s := range []db.Scope{sa, sb} {
			writeTask(t, d, s.Company(), fmt.Sprint("of ", s.Company()))
		}
		if got := titles(t, sa); len(got) != 1 || got[0] != fmt.Sprint("of ", a) {
			t.Errorf("company a sees %q", got)
		}
		err := sa.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Query(func(db.Row) error { return nil }, `SELECT title FROM tasks`)
		})
		if err == nil || !strings.Contains(err.Error(), "company_id = $1") {
			t.Errorf("a statement without its company was answered %v", err)
		}
		if err := (db.Scope{}).Read(t.Context(), func(*db.Tx) error { return nil }); err == nil {
			t.Error("a zero scope reached rows")
		}
	})
}

func TestThreat_T2_ForeignReferenceIsRefusedByTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := company(t, d, "a"), company(t, d, "b")
		err := d.SystemScope(a, "a test").AsMember(a).Write(t.Context(), func(tx *db.Tx) error {
			_, err := addTask(tx, "x", b)
			return err
		})
		if !errors.Is(err, db.ErrReference) {
			t.Errorf("a task of company a created by company b's member: %v, want ErrReference", err)
		}
	})
}

func TestWriteIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a := company(t, d, "a")
		s := d.SystemScope(a, "a test").AsMember(a)
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 20 { // at once, so that on SQLite they share commits
			wg.Go(func() {
				err := s.Write(t.Context(), func(tx *db.Tx) error {
					if _, err := addTask(tx, fmt.Sprintf("task %02d", i), a); err != nil {
						return err
					}
					if i%2 == 0 {
						return boom
					}
					return nil
				})
				if (i%2 == 0) != errors.Is(err, boom) {
					t.Errorf("write %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := titles(t, s); len(got) != 10 {
			t.Errorf("%d tasks are there, want the 10 that were not undone: %q", len(got), got)
		}
	})
}

func TestThreat_F22_PanicInAWriteIsUndoneAndReachesItsCaller(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a := company(t, d, "a")
		s := d.SystemScope(a, "a test").AsMember(a)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not reach the caller")
				}
			}()
			_ = s.Write(t.Context(), func(tx *db.Tx) error { _, _ = addTask(tx, "x", a); panic("boom") })
		}()
		if got := titles(t, s); len(got) != 0 {
			t.Errorf("a write that panicked left %q", got)
		}
		writeTask(t, d, a, "the next write")
	})
}

func TestRevokeMakesOldScopesStale(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a := company(t, d, "a")
		old := d.CallerScope(a, a, 0)
		read := func(s db.Scope) error {
			return s.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Query(func(db.Row) error { return nil }, `SELECT 1 FROM tasks WHERE company_id = $1`)
			})
		}
		if err := read(old); err != nil {
			t.Fatal(err)
		}
		if err := old.Write(t.Context(), func(tx *db.Tx) error { return tx.Revoke() }); err != nil {
			t.Fatal(err)
		}
		if err := read(old); !errors.Is(err, db.ErrStale) {
			t.Errorf("read after the revocation: %v, want ErrStale", err)
		}
		err := old.Write(t.Context(), func(tx *db.Tx) error { _, err := addTask(tx, "x", a); return err })
		if !errors.Is(err, db.ErrStale) {
			t.Errorf("write after the revocation: %v, want ErrStale", err)
		}
		if err := read(d.CallerScope(a, a, 1)); err != nil {
			t.Errorf("read with the new epoch: %v", err)
		}
	})
}

func TestUniqueAndNotFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a := company(t, d, "a")
		err := d.System("test").Write(t.Context(), func(tx *db.SystemTx) error {
			_, err := tx.Exec(`INSERT INTO companies (name, name_key, created_at, updated_at) VALUES ('a', 'a', 1, 1)`)
			return err
		})
		if !errors.Is(err, db.ErrUnique) {
			t.Errorf("the second company a: %v, want ErrUnique", err)
		}
		err = d.SystemScope(a, "a test").AsMember(a).Read(t.Context(), func(tx *db.Tx) error {
			_, err := db.One(tx, db.Column[string], `SELECT title FROM tasks WHERE company_id = $1 AND id = $2`, 7)
			return err
		})
		if !fail.Is(err, fail.KindNotFound) {
			t.Errorf("no such task: %v, want NotFound", err)
		}
	})
}

func TestThreat_T24_NoSettingSurvivesACancelledRequest(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	o.Conns = 1
	d := dbtest.Open(t, o)
	a := company(t, d, "a")
	writeTask(t, d, a, "secret")
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		_ = d.SystemScope(a, "a test").AsMember(a).Write(ctx, func(tx *db.Tx) error {
			_, err := addTask(tx, "x", a)
			cancel()
			if err == nil {
				err = tx.Query(func(db.Row) error { return nil }, `SELECT 1 FROM tasks WHERE company_id = $1`)
			}
			return err
		})
		_ = d.SystemScope(a, "a test").AsMember(a).Read(ctx, func(tx *db.Tx) error { return nil })
		var leaked string
		err := d.System("looks for a setting left behind").Read(t.Context(), func(tx *db.SystemTx) error {
			scan := func(r db.Row) error { return r.Scan(&leaked) }
			return tx.Query(scan, `SELECT coalesce(current_setting('taskhouse.company', true), '')`)
		})
		if err != nil || leaked != "" {
			t.Fatalf("the next borrower of the connection finds company %q, %v", leaked, err)
		}
	}
	if got := titles(t, d.SystemScope(a, "a test").AsMember(a)); len(got) != 1 {
		t.Errorf("the cancelled writes left %q", got)
	}
}

// TestPlansShowCompanyScans runs two statements that an index could answer, and keeps SQLite from using the index for
// one of them (by +status). CompanyScans must find that one by its plan.
func TestPlansShowCompanyScans(t *testing.T) {
	d := dbtest.New(t, "sqlite")
	const (
		scanning  = `SELECT id FROM tasks WHERE company_id = $1 AND +status = $2 AND title = 'scans'`
		searching = `SELECT id FROM tasks WHERE company_id = $1 AND status = $2 AND title = 'searches'`
	)
	ctx := t.Context()
	err := d.SystemScope(1, "a test").Read(ctx, func(tx *db.Tx) error {
		skip := func(db.Row) error { return nil }
		return errors.Join(tx.Query(skip, scanning, "todo"), tx.Query(skip, searching, "todo"))
	})
	if err != nil {
		t.Fatal(err)
	}
	scans, _, err := dbtest.CompanyScans(ctx)
	if err != nil || scans[scanning] == "" || scans[searching] != "" {
		t.Errorf("%q, %v", scans, err)
	}
}
