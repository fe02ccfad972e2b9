package transfer_test

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/snapshot"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

// TestEveryTableIsDeclared finds a table of a company, or a column that looks like an id, that no noun declares.
func TestEveryTableIsDeclared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := snapshot.Read(t.Context(), d.Owner("a test"), func(r *snapshot.Reader) error {
			_, err := transfer.CompanyTables(r.Tables)
			for table, columns := range transfer.DeclaredTables() {
				there, missing := r.Table(table)
				if missing != nil {
					t.Errorf("a noun declares %s, which does not exist", table)
				}
				for _, c := range columns {
					if !slices.Contains(there.Columns, c) {
						t.Errorf("a noun declares %s.%s, which does not exist", table, c)
					}
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestEveryNumberInAnEventIsDeclared walks the types that events carry as data.
func TestEveryNumberInAnEventIsDeclared(t *testing.T) {
	numbers, data := transfer.DeclaredNumbers()
	for _, subject := range event.Subjects {
		if data[subject] == nil || numbers[subject]["id"] == "" {
			t.Errorf("no noun declares the data of a %s, or its id", subject)
			continue
		}
		paths := numberPaths(reflect.TypeOf(data[subject]), "")
		for _, path := range paths {
			if numbers[subject][path] == "" {
				t.Errorf("the number %q in the events of a %s is not declared: is it an id? "+
					"Add it to Numbers in portable.go", path, subject)
			}
		}
		for path := range numbers[subject] {
			// A number that is no id may stand in the changes of an event only.
			if !slices.Contains(paths, path) && numbers[subject][path] != event.NoID {
				t.Errorf("the number %q of a %s is declared, and no event has it", path, subject)
			}
		}
	}
}

// numberPaths returns the paths of keys at which a type's JSON has numbers.
func numberPaths(t reflect.Type, path string) (paths []string) {
	if t == reflect.TypeFor[db.Time]() || t == reflect.TypeFor[task.Priority]() { // they are texts in JSON
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return numberPaths(t.Elem(), path)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() && name != "-" {
				paths = append(paths, numberPaths(f.Type, strings.TrimPrefix(path+"."+name, "."))...)
			}
		}
		return paths
	case reflect.String, reflect.Bool:
		return nil
	}
	return []string{path}
}

// TestUndeclaredRowsAreNotExported adds a table, a column and a key of an event that no noun declares.
func TestUndeclaredRowsAreNotExported(t *testing.T) {
	for _, c := range []struct{ name, do, want string }{
		{"nothing", ``, ""},
		{"a table", `CREATE TABLE strays (company_id INTEGER NOT NULL PRIMARY KEY)`, "table strays is not declared"},
		{
			"a column",
			`ALTER TABLE tasks ADD COLUMN reviewed_by INTEGER`,
			"the ids in tasks.reviewed_by are not declared",
		},
		{
			"a key of an event",
			`UPDATE events SET data = '{"id":32,"task":12}' WHERE company_id = 1 AND seq = 3`,
			`the number at "task" of a task is not declared`,
		},
		{
			"a changed field",
			`UPDATE events SET changes = '{"weight":{"old":1,"new":2}}' WHERE company_id = 1 AND seq = 3`,
			`the number at "weight.old"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := dbtest.New(t, "sqlite")
			fill(t, d)
			err := d.Owner("a test's schema").Write(t.Context(), func(tx *db.OwnerTx) error { return tx.Script(c.do) })
			if err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			_, err = transfer.Export(context.WithoutCancel(t.Context()), d, 1, &file)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
