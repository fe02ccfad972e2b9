package db_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

func TestMigrateFromEmptyAndAgain(t *testing.T) {
	for _, e := range dbtest.Engines {
		t.Run(e, func(t *testing.T) {
			d := dbtest.Open(t, dbtest.Empty(t, e))
			taken, err := d.Migrate(t.Context())
			if err != nil || len(taken) == 0 {
				t.Fatalf("first: %d steps, %v", len(taken), err)
			}
			taken, err = d.Migrate(t.Context())
			if err != nil || len(taken) != 0 {
				t.Errorf("again: %d steps, %v", len(taken), err)
			}
		})
	}
}

func TestThreat_F18_ANewerSchemaIsRefused(t *testing.T) {
	for _, e := range dbtest.Engines {
		t.Run(e, func(t *testing.T) {
			o := dbtest.Fresh(t, e)
			d := dbtest.Open(t, o)
			if e == "postgres" {
				admin := dbtest.Admin(t, o)
				_, err := admin.Exec(t.Context(), `INSERT INTO schema_versions VALUES (9999, 'later', 'x', 1)`)
				if err != nil {
					t.Fatal(err)
				}
			} else {
				err := d.System("a newer program was here").Write(t.Context(), func(tx *db.SystemTx) error {
					_, err := tx.Exec(`INSERT INTO schema_versions VALUES (9999, 'later', 'x', 1)`)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			_, err := d.Migrate(t.Context())
			if err == nil || !strings.Contains(err.Error(), "newer than this program") {
				t.Errorf("migrate: %v", err)
			}
			if err := d.Check(t.Context()); err == nil {
				t.Error("check accepts it")
			}
		})
	}
}

func TestThreat_F16_FiveStartersMigrateOnce(t *testing.T) {
	o := dbtest.Empty(t, "postgres")
	var mu sync.Mutex
	steps := 0
	var wg sync.WaitGroup
	for range 5 {
		d := dbtest.Open(t, o)
		wg.Go(func() {
			taken, err := d.Migrate(t.Context())
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			steps += len(taken)
			mu.Unlock()
		})
	}
	wg.Wait()
	ms, err := dbtest.Open(t, o).Migrations(t.Context())
	if err != nil || steps != len(ms) {
		t.Errorf("five starters took %d steps for %d migrations, %v", steps, len(ms), err)
	}
}

func TestThreat_F19_OneProcessOwnsAFile(t *testing.T) {
	o := dbtest.Fresh(t, "sqlite")
	dbtest.Open(t, o)
	_, err := db.Open(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "another process (pid ") {
		t.Errorf("a second owner: %v", err)
	}
}

// These statements break a program of the previous release: they remove something that it uses, or add a column that it
// does not fill.
var (
	takesAway = regexp.MustCompile(`(?i)\b(DROP\s+(TABLE|COLUMN|FUNCTION)|RENAME|ALTER\s+COLUMN|ADD\s+CONSTRAINT)\b`)
	addsTo    = regexp.MustCompile(`(?i)\bADD\s+COLUMN\b[^;]*`)
)

// TestThreat_F17_StepsOnlyAdd checks that a step only adds: nodes of the previous release keep running after a node of
// the next has migrated. A later release removes the parts that a step made useless, and this test then gets an
// exception for it.
func TestThreat_F17_StepsOnlyAdd(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d steps, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`--[^\n]*`).ReplaceAllString(string(b), "")
		found := takesAway.FindAllString(text, -1)
		for _, add := range addsTo.FindAllString(text, -1) {
			if u := strings.ToUpper(add); strings.Contains(u, "NOT NULL") && !strings.Contains(u, "DEFAULT") {
				found = append(found, add)
			}
		}
		for _, f := range found {
			t.Errorf("%s: %q breaks a program of the previous release that is still running", file, f)
		}
	}
}
