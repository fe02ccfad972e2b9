// Package isolation_test checks in the databases themselves that no row can refer to another company, whatever the code
// above forgets. The tests of internal/db check the text of the schema; these also follow its references.
package isolation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// person reports whether a column names a person. members.user_id identifies the member: it leads to the account.
func person(table, column string) bool {
	return !(table == "members" && column == "user_id") && (column == "user_id" || column == "actor_id" ||
		strings.HasSuffix(column, "_by") || strings.HasSuffix(column, "_to"))
}

// TestThreat_T21_WhoIsNamedIsAMemberOfTheSameCompany looks at every column of a company's table that names a person:
// its reference leads to the members of that company, and not to the accounts of the installation.
func TestThreat_T21_WhoIsNamedIsAMemberOfTheSameCompany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		columns := `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'
			AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) o WHERE o.name = 'company_id')`
		references := `SELECT m.name || ' (' || group_concat(f."from",
			',') || ') ' || f."table" || ' (' || group_concat(f."to", ',') || ')', ''
			FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
			GROUP BY m.name, f.id, f."table"`
		if d.Engine() == "postgres" {
			columns = `SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
				AND a.attnum > 0 AND NOT a.attisdropped
				WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
				AND EXISTS (SELECT 1 FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'company_id')`
			names := func(keys, table string) string {
				return `(SELECT string_agg(a.attname, ',' ORDER BY o) FROM unnest(` + keys + `) WITH ORDINALITY k(n, o)
					JOIN pg_attribute a ON a.attrelid = ` + table + ` AND a.attnum = k.n)`
			}
			references = `SELECT conrelid::regclass::text || ' (' || ` + names("conkey", "conrelid") + ` || ') ' ||
				confrelid::regclass::text || ' (' || ` + names("confkey", "confrelid") + ` || ')', ''
				FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`
		}
		var have []string
		for _, r := range pairs(t, d, references) {
			have = append(have, r[0])
		}
		looked := 0
		for _, c := range pairs(t, d, columns) {
			if !person(c[0], c[1]) {
				continue
			}
			looked++
			if want := c[0] + " (company_id," + c[1] + ") members (company_id,user_id)"; !slices.Contains(have, want) {
				t.Errorf("there is no reference %s among:\n%s", want, strings.Join(have, "\n"))
			}
		}
		if looked < 7 {
			t.Errorf("only %d columns name somebody: the catalogue was not read", looked)
		}
	})
}

func pairs(t *testing.T, d *db.DB, sql string) (rows [][2]string) {
	t.Helper()
	err := d.System("the catalogue").Read(t.Context(), func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error {
			var v [2]string
			err := r.Scan(&v[0], &v[1])
			rows = append(rows, v)
			return err
		}, sql)
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
