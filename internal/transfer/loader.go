package transfer

import (
	"context"
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/snapshot"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Loader inserts rows into a database, in one transaction.
type Loader struct{ *db.OwnerTx }

// Load runs fn in one transaction.
func Load(ctx context.Context, door db.Owner, fn func(*Loader) error) error {
	return door.Write(ctx, func(tx *db.OwnerTx) error { return fn(&Loader{tx}) })
}

// Insert adds rows. They have the values of t.Columns, as snapshot.Reader.Rows returns them. t may describe the other
// engine's table.
func (l *Loader) Insert(t snapshot.Table, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	into := `INSERT INTO "` + t.Name + `" (` + snapshot.Quoted(t.Columns...) + `) `
	if l.SQLite() {
		marks := make([]string, len(t.Columns))
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		sql := into + `VALUES (` + strings.Join(marks, ", ") + `)`
		for _, row := range rows {
			if _, err := l.Exec(sql, row...); err != nil {
				return err
			}
		}
		return nil
	}
	mine, err := l.table(t.Name)
	if err != nil {
		return err
	}
	return l.AsSystem(func() error { return l.insertPostgres(mine, t, into, rows) })
}

// insertPostgres sends one array for each column, however many rows there are.
func (l *Loader) insertPostgres(mine, t snapshot.Table, into string, rows [][]any) error {
	var arrays []any
	var marks []string
	for i, column := range t.Columns {
		var ints []*int64
		var texts []*string
		for _, row := range rows {
			switch v := row[i].(type) {
			case nil:
				ints, texts = append(ints, nil), append(texts, nil)
			case int64:
				ints = append(ints, &v)
			case string:
				texts = append(texts, &v)
			default:
				return fmt.Errorf("%s.%s: a value of type %T", t.Name, column, v)
			}
		}
		switch {
		case len(texts) == len(rows) && len(ints) < len(rows), len(texts) == len(rows) && mine.Text(column):
			arrays, marks = append(arrays, texts), append(marks, fmt.Sprintf("$%d::text[]", i+1))
		case len(ints) == len(rows):
			cast := "::bigint[]"
			if mine.Bool(column) {
				cast = "::bigint[]::int[]::boolean[]"
			}
			arrays, marks = append(arrays, ints), append(marks, fmt.Sprintf("$%d%s", i+1, cast))
		default:
			return fmt.Errorf("%s.%s has both numbers and texts", t.Name, column)
		}
	}
	_, err := l.Exec(into+`SELECT * FROM unnest(`+strings.Join(marks, ", ")+`)`, arrays...)
	return err
}

// Serial sets a table's sequence, so that it continues after an id.
func (l *Loader) Serial(t snapshot.Table, last int64) error {
	if t.Serial == "" || last == 0 {
		return nil
	}
	if !l.SQLite() {
		_, err := l.Exec(`SELECT setval(pg_get_serial_sequence($1, $2), $3)`, t.Name, t.Serial, last)
		return err
	}
	n, err := l.Exec(`UPDATE sqlite_sequence SET seq = $2 WHERE name = $1`, t.Name, last)
	if err == nil && n == 0 {
		_, err = l.Exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, t.Name, last)
	}
	return err
}

// Read reads the database as this transaction sees it, its own changes included.
func (l *Loader) Read(fn func(*snapshot.Reader) error) error { return snapshot.ReadIn(l.OwnerTx, fn) }

// table finds a table by its name.
func (l *Loader) table(name string) (t snapshot.Table, err error) {
	err = l.Read(func(r *snapshot.Reader) error {
		t, err = r.Table(name)
		return err
	})
	return t, err
}

// Hold waits for other writers of the rows for which a column has a value, and keeps new rows from referring to them.
func (l *Loader) Hold(table, column string, value any) error {
	if l.SQLite() { // it has one writer at a time
		return nil
	}
	return l.AsSystem(func() error {
		_, err := l.Exec(`SELECT 1 FROM "`+table+`" WHERE "`+column+`" = $1 FOR UPDATE`, value)
		return err
	})
}

// Delete deletes the rows for which a column has a value.
func (l *Loader) Delete(t snapshot.Table, column string, value any) (n int64, err error) {
	err = l.AsSystem(func() error {
		n, err = l.Exec(`DELETE FROM "`+t.Name+`" WHERE "`+column+`" = $1`, value)
		return err
	})
	return n, err
}

// note notes what a command did to a company in the installation's log.
func (l *Loader) note(d *db.DB, act string, company int64) error {
	return l.AsSystem(func() error {
		return event.NoteAt(l, d.Now(), event.Act{Name: act, Company: company, Command: true})
	})
}

// count counts what a company uses, which archives leave out.
func (l *Loader) count(company int64) error {
	return l.AsSystem(func() error {
		_, err := l.Exec(task.CountUsage+` WHERE company_id = $1`, company)
		return err
	})
}

// Reserve takes ids from a table's sequence, ascending. No other transaction gets them.
func (l *Loader) Reserve(t snapshot.Table, n int) (ids []int64, err error) {
	if n == 0 {
		return nil, nil
	}
	if t.Serial == "" {
		return nil, fmt.Errorf("table %s gives no ids", t.Name)
	}
	if !l.SQLite() {
		err = l.AsSystem(func() error {
			const next = `SELECT nextval(pg_get_serial_sequence($1, $2)) FROM generate_series(1, $3)`
			ids, err = db.All(l, db.Column[int64], next, t.Name, t.Serial, int64(n))
			return err
		})
		return ids, err
	}
	var last int64
	scan := func(r db.Row) error { return r.Scan(&last) }
	if err := l.Query(scan, `SELECT seq FROM sqlite_sequence WHERE name = $1`, t.Name); err != nil {
		return nil, err
	}
	for i := range n {
		ids = append(ids, last+int64(i)+1)
	}
	return ids, l.Serial(t, last+int64(n))
}
