package snapshot_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/snapshot"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func TestThreat_F20_RestoreIsFinishedAfterAnInterruption(t *testing.T) {
	o := dbtest.Fresh(t, "sqlite")
	d := dbtest.Open(t, o)
	backup := filepath.Join(t.TempDir(), "backup")
	if err := snapshot.Backup(t.Context(), d, backup, map[string]string{"signing_key": "canary-of-a-key"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "taskhouse.db")
	if err := snapshot.Restore(backup, path, false); err != nil {
		t.Fatal(err)
	}
	if err := snapshot.Restore(backup, path, false); !errors.Is(err, db.ErrFileExists) {
		t.Errorf("a database that was there is replaced: %v", err)
	}
	if err := snapshot.Restore(backup, o.Path, true); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a database in use is replaced: %v", err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(whole), "canary-of-a-key") {
		t.Error("the key in the backup's notes is in the database")
	}
	// An interruption leaves the backup ready, and the old database and its log in place, whole or in part.
	for _, left := range []struct{ name, file, wal string }{
		{"everything is there", "garbage", "garbage"},
		{"the log is gone", "garbage", ""},
		{"the old file is gone", "", ""},
	} {
		t.Run(left.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "taskhouse.db")
			files := map[string]string{"": left.file, "-wal": left.wal, ".restored": string(whole)}
			for suffix, content := range files {
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

func TestThreat_F25_ForeignObjectsAreFound(t *testing.T) {
	for engine, do := range map[string][]string{
		"sqlite": {`CREATE TRIGGER up AFTER INSERT ON users BEGIN SELECT 1; END`},
		"postgres": {
			`CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
			`CREATE TRIGGER up AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION up()`,
			`CREATE RULE keep AS ON DELETE TO users DO INSTEAD NOTHING`,
		},
	} {
		t.Run(engine, func(t *testing.T) {
			d := dbtest.New(t, engine)
			if lines, err := snapshot.ForeignObjects(t.Context(), d); err != nil || len(lines) > 0 {
				t.Fatalf("in a new database: %q, %v", lines, err)
			}
			err := d.Owner("a test's schema").Write(t.Context(), func(tx *db.OwnerTx) error {
				return tx.Script(strings.Join(do, ";\n"))
			})
			if err != nil {
				t.Fatal(err)
			}
			if lines, err := snapshot.ForeignObjects(t.Context(), d); err != nil || len(lines) != max(1, len(do)-1) {
				t.Errorf("%q, %v", lines, err)
			}
		})
	}
}
