package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// moveTable is there only while a database is on its way in, and after it has gone. While it is there nobody serves.
const moveTable = own + "move"

// The names in moveTable that say where the database is on its way from, or has gone to. The others are how far tables have come.
const (
	arriving = "arriving"
	left     = "left"
)

// Move is whether a database is on its way, to the other engine perhaps.
type Move struct {
	From string            // where it comes from, while it has not arrived
	To   string            // where it has gone
	Done map[string]string // while it comes: what Filler.Note has said of each table
}

// Moved says whether the database is on its way in or has gone.
func (d *DB) Moved(ctx context.Context) (m Move, err error) {
	err = d.engine.owner(ctx, func(c ownerConn) error {
		m, err = d.moved(c)
		return err
	})
	return m, err
}

func (d *DB) moved(c conn) (m Move, err error) {
	there := false
	sql := `SELECT 1 FROM pg_class WHERE relname = '` + moveTable + `' AND relnamespace = current_schema()::regnamespace`
	if d.engine.name() == "sqlite" {
		sql = `SELECT 1 FROM sqlite_master WHERE name = '` + moveTable + `'`
	}
	if err := c.query(sql, nil, func(r Row) error { var n int64; there = true; return r.Scan(&n) }); err != nil || !there {
		return m, err
	}
	m.Done = map[string]string{}
	err = c.query(`SELECT name, value FROM `+moveTable, nil, func(r Row) error {
		var name, value string
		err := r.Scan(&name, &value)
		switch name {
		case arriving:
			m.From = value
		case left:
			m.To = value
		default:
			m.Done[name] = value
		}
		return err
	})
	return m, err
}

// atHome fails when the database is on its way: nobody may serve it.
func (d *DB) atHome(ctx context.Context) error {
	m, err := d.Moved(ctx)
	switch {
	case err != nil:
		return err
	case m.To != "":
		return fmt.Errorf("this database has moved to %s: serve that one; or, if nothing was done there, take this one back with `taskhouse move --reopen`", m.To)
	case m.From != "":
		return fmt.Errorf("this database is not whole: it is being moved here from %s: run `taskhouse move` there again, which goes on", m.From)
	}
	return nil
}

// Filler puts rows into a database on its way in; everything that one Fill does is done, or nothing is.
type Filler struct {
	d *DB
	c ownerConn
}

// Fill runs fn in one transaction, past the companies' doors.
func (d *DB) Fill(ctx context.Context, fn func(*Filler) error) error {
	return d.engine.owner(ctx, func(c ownerConn) error { return fn(&Filler{d, c}) })
}

// Arrive says where the rows come from; until Settle nobody can serve the database.
func (f *Filler) Arrive(from string) error { return f.note(arriving, from) }

// Leave says where the rows have gone; from then on nobody can serve the database, and Settle takes it back.
func (f *Filler) Leave(to string) error { return f.note(left, to) }

// Settle ends a move: the database can be served.
func (f *Filler) Settle() error { return f.c.script(`DROP TABLE IF EXISTS ` + moveTable) }

// Note keeps how far a table has come, for Moved to tell.
func (f *Filler) Note(table, value string) error { return f.note(table, value) }

func (f *Filler) note(name, value string) error {
	if err := f.c.script(`CREATE TABLE IF NOT EXISTS ` + moveTable + ` (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)`); err != nil {
		return err
	}
	_, err := f.c.exec(`INSERT INTO `+moveTable+` (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, []any{name, value})
	return err
}

// Insert adds rows, which have the values of t.Columns as Snapshot.Rows gives them. t may be the other engine's.
func (f *Filler) Insert(t Table, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	into := `INSERT INTO "` + t.Name + `" (` + quoted(t.Columns...) + `) `
	if f.d.engine.name() == "sqlite" {
		marks := make([]string, len(t.Columns))
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		sql := into + `VALUES (` + strings.Join(marks, ", ") + `)`
		for _, row := range rows {
			if _, err := f.c.exec(sql, row); err != nil {
				return err
			}
		}
		return nil
	}
	tables, err := catalogue(f.c, false)
	if err != nil {
		return err
	}
	mine, err := (&Snapshot{Tables: tables}).Table(t.Name)
	if err != nil {
		return err
	}
	return f.asSystem(func() error { return f.insertPostgres(mine, t, into, rows) })
}

// insertPostgres sends columns: one array each, however many rows.
func (f *Filler) insertPostgres(mine, t Table, into string, rows [][]any) error {
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
		case len(texts) == len(rows) && len(ints) < len(rows), len(texts) == len(rows) && mine.texts[column]:
			arrays, marks = append(arrays, texts), append(marks, fmt.Sprintf("$%d::text[]", i+1))
		case len(ints) == len(rows):
			cast := "::bigint[]"
			if mine.bools[column] {
				cast = "::bigint[]::int[]::boolean[]"
			}
			arrays, marks = append(arrays, ints), append(marks, fmt.Sprintf("$%d%s", i+1, cast))
		default:
			return fmt.Errorf("%s.%s has numbers and texts", t.Name, column)
		}
	}
	_, err := f.c.exec(into+`SELECT * FROM unnest(`+strings.Join(marks, ", ")+`)`, arrays)
	return err
}

// asSystem runs fn under the role that row security lets through: it is forced on the owner too.
func (f *Filler) asSystem(fn func() error) error {
	if f.d.engine.name() == "sqlite" {
		return fn()
	}
	if _, err := f.c.exec(`SELECT set_config('role', '`+systemRole+`', true)`, nil); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return f.c.script(`RESET ROLE`)
}

// Serial makes a table's sequence go on after an id.
func (f *Filler) Serial(t Table, last int64) error {
	if t.Serial == "" || last == 0 {
		return nil
	}
	if f.d.engine.name() != "sqlite" {
		_, err := f.c.exec(`SELECT setval(pg_get_serial_sequence($1, $2), $3)`, []any{t.Name, t.Serial, last})
		return err
	}
	n, err := f.c.exec(`UPDATE sqlite_sequence SET seq = $2 WHERE name = $1`, []any{t.Name, last})
	if err == nil && n == 0 {
		_, err = f.c.exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, []any{t.Name, last})
	}
	return err
}

// ErrInUse is a database that others are connected to.
var ErrInUse = errors.New("servers or workers are connected to the database: stop them")

// Alone fails with ErrInUse when another process of Taskhouse is connected. A SQLite file has one owner anyway.
func (d *DB) Alone(ctx context.Context) error {
	if d.engine.name() == "sqlite" {
		return nil
	}
	var n int64
	err := d.engine.owner(ctx, func(c ownerConn) error {
		return c.query(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'taskhouse'`, nil,
			func(r Row) error { return r.Scan(&n) })
	})
	if err == nil && n > 0 {
		err = ErrInUse
	}
	return err
}

// Prepare brings the schema of a database that is to be filled to this program's version, whether it is on its way or not.
func (d *DB) Prepare(ctx context.Context) error {
	_, err := d.migrate(ctx)
	return err
}

// Look reads what the database has by now, what this Fill did included.
func (f *Filler) Look(fn func(*Snapshot) error) error {
	sqlite := f.d.engine.name() == "sqlite"
	tables, err := catalogue(f.c, sqlite)
	if err != nil {
		return err
	}
	return f.asSystem(func() error { return fn(&Snapshot{tables, f.c, sqlite}) })
}

// Hold waits for whoever writes beside the rows for which a column has a value, and lets nobody new refer to them.
func (f *Filler) Hold(table, column string, value any) error {
	if f.d.engine.name() == "sqlite" { // one writes at a time
		return nil
	}
	return f.asSystem(func() error {
		_, err := f.c.exec(`SELECT 1 FROM "`+table+`" WHERE "`+column+`" = $1 FOR UPDATE`, []any{value})
		return err
	})
}

// Delete deletes the rows for which a column has a value.
func (f *Filler) Delete(t Table, column string, value any) (n int64, err error) {
	err = f.asSystem(func() error {
		n, err = f.c.exec(`DELETE FROM "`+t.Name+`" WHERE "`+column+`" = $1`, []any{value})
		return err
	})
	return n, err
}

// Reserve takes ids from a table's sequence, ascending, that nobody else will get.
func (f *Filler) Reserve(t Table, n int) (ids []int64, err error) {
	if n == 0 {
		return nil, nil
	}
	if t.Serial == "" {
		return nil, fmt.Errorf("table %s gives no ids", t.Name)
	}
	if f.d.engine.name() != "sqlite" {
		err := f.c.query(`SELECT nextval(pg_get_serial_sequence($1, $2)) FROM generate_series(1, $3)`, []any{t.Name, t.Serial, int64(n)}, func(r Row) error {
			var id int64
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		})
		return ids, err
	}
	var last int64
	if err := f.c.query(`SELECT seq FROM sqlite_sequence WHERE name = $1`, []any{t.Name}, func(r Row) error { return r.Scan(&last) }); err != nil {
		return nil, err
	}
	for i := range n {
		ids = append(ids, last+int64(i)+1)
	}
	return ids, f.Serial(t, last+int64(n))
}

// Scrub writes over the places where rows were that are gone: SQLite's file is made anew and its log emptied, PostgreSQL's tables and indexes are
// written anew, each locked meanwhile. What PostgreSQL keeps of its own log, in archives and on replicas, goes by its own settings.
func (d *DB) Scrub(ctx context.Context) error { return d.engine.scrub(ctx) }
