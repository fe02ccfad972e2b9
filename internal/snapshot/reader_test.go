package snapshot_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// TestEnginesDescribeTheSameTables checks that the catalogue of both engines describes the same tables, and all of
// them: the copy of rows relies on it.
func TestEnginesDescribeTheSameTables(t *testing.T) {
	var both [][]snapshot.Table
	for _, e := range dbtest.Engines {
		d := dbtest.New(t, e)
		columns := columnsOf(t, d)
		err := snapshot.Read(t.Context(), d.Owner("a test"), func(s *snapshot.Reader) error {
			both = append(both, s.Tables)
			for _, c := range columns {
				if c.table == "schema_versions" {
					continue
				}
				if table, err := s.Table(c.table); err != nil || !slices.Contains(table.Columns, c.name) {
					t.Errorf("%s: %s.%s is in the schema, and would not be copied", e, c.table, c.name)
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
	if diff := cmp.Diff(both[0], both[1], cmpopts.IgnoreUnexported(snapshot.Table{})); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
}

type column struct{ table, name string }

// columnsOf reads all columns by another query than the code under test.
func columnsOf(t *testing.T, d *db.DB) []column {
	t.Helper()
	all, err := db.Read(t.Context(), d.System("a test's catalogue"), func(tx *db.SystemTx) ([]column, error) {
		sql := tx.Pick(`SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
				WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`,
			`SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'`)
		return db.All(tx, func(r db.Row, c *column) error { return r.Scan(&c.table, &c.name) }, sql)
	})
	if err != nil || len(all) < 50 {
		t.Fatalf("%d columns, %v", len(all), err)
	}
	return all
}
