package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

// What copies rows goes by the catalogue, so the two engines must tell the same, and all of it.
func TestEnginesTellTheSameTables(t *testing.T) {
	var both [][]db.Table
	for _, e := range dbtest.Engines {
		d := dbtest.New(t, e)
		columns, _ := catalog(t, d)
		err := d.Snapshot(t.Context(), false, func(s *db.Snapshot) error {
			both = append(both, s.Tables)
			for _, c := range columns {
				if c.Table == "schema_versions" {
					continue
				}
				if table, err := s.Table(c.Table); err != nil || !slices.Contains(table.Columns, c.Name) {
					t.Errorf("%s: %s.%s is in the schema, and would not be copied", e, c.Table, c.Name)
				}
			}
			seen := map[string]bool{}
			for _, table := range s.Tables {
				for _, to := range table.Refs {
					if !seen[to] {
						t.Errorf("%s: %s comes before %s, which it refers to", e, table.Name, to)
					}
				}
				seen[table.Name] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(both[0]) < 15 {
		t.Errorf("only %d tables: the catalogue was not read", len(both[0]))
	}
	if diff := cmp.Diff(both[0], both[1], cmpopts.IgnoreUnexported(db.Table{})); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
}

func TestThreat_F20_RestoreIsFinishedAfterAnInterruption(t *testing.T) {
	o := dbtest.Fresh(t, "sqlite")
	d := dbtest.Open(t, o)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := d.Backup(t.Context(), backup, map[string]string{"signing_key": "canary-of-a-key"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "taskhouse.db")
	if err := db.Restore(backup, path, false); err != nil {
		t.Fatal(err)
	}
	if err := db.Restore(backup, path, false); !errors.Is(err, db.ErrThere) {
		t.Errorf("a database that was there is replaced: %v", err)
	}
	if err := db.Restore(backup, o.Path, true); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a database in use is replaced: %v", err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(whole), "canary-of-a-key") {
		t.Error("the key that was noted in the backup is in the database")
	}
	// What an interruption leaves: the backup is ready, the old database and its log are still there, or half of them.
	for _, left := range []struct{ name, file, wal string }{
		{"everything is there", "garbage", "garbage"}, {"the log is gone", "garbage", ""}, {"the old file is gone", "", ""},
	} {
		t.Run(left.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "taskhouse.db")
			for suffix, content := range map[string]string{"": left.file, "-wal": left.wal, ".restored": string(whole)} {
				if content != "" {
					if err := os.WriteFile(path+suffix, []byte(content), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			d := dbtest.Open(t, db.Options{Path: path})
			if err := d.Check(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(path + ".restored"); !os.IsNotExist(err) {
				t.Errorf("the backup still waits: %v", err)
			}
		})
	}
}
