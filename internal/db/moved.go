package db

import (
	"context"
	"errors"
	"fmt"
)

// SchemaPrefix begins the names of tables that belong to no room: the schema's versions, the state of a move, the notes
// of a backup.
const SchemaPrefix = "schema_"

// moveTable exists while a database is being moved here, and after it has moved away. While the table exists, no
// process serves the database.
const moveTable = SchemaPrefix + "move"

const createMoveTable = `CREATE TABLE IF NOT EXISTS ` + moveTable +
	` (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)`

// These names in moveTable hold where the database comes from and where it has gone. Other names hold the progress of
// tables.
const (
	arriving = "arriving"
	left     = "left"
)

// Move says whether a database is being moved here, or has moved away.
type Move struct {
	From string            // the place it comes from, until it has arrived
	To   string            // the place it has gone to
	Done map[string]string // while it arrives: the progress of each table, as OwnerTx.NoteProgress stored it
}

// Moved reads whether the database is being moved here, or has moved away.
func (d *DB) Moved(ctx context.Context) (m Move, err error) {
	err = d.engine.look(ctx, func(c conn) error {
		m, err = d.moved(c)
		return err
	})
	if isForbidden(err) { // an older version made the table, for the owner alone
		err = fmt.Errorf("this database is being moved, or has moved away: " +
			"see taskhouse doctor, with TASKHOUSE_MIGRATE_URL set to the URL of the tables' owner")
	}
	return m, err
}

func (d *DB) moved(c conn) (m Move, err error) {
	if there, err := d.hasTable(c, moveTable); err != nil || !there {
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

// mayServe returns an error if the database is being moved, or has moved away.
func (d *DB) mayServe(ctx context.Context) error {
	m, err := d.Moved(ctx)
	switch {
	case err != nil:
		return err
	case m.To != "":
		return fmt.Errorf("this database has moved to %s: serve that one; or, if it has not been used there, "+
			"take this one back with `taskhouse move --reopen`", m.To)
	case m.From != "":
		return fmt.Errorf("this database is incomplete: it is being moved here from %s: "+
			"run `taskhouse move` there again, which continues", m.From)
	}
	return nil
}

// MarkArriving stores where the rows come from. No process serves the database until EndMove.
func (t *OwnerTx) MarkArriving(from string) error { return t.note(arriving, from) }

// MarkLeft stores where the rows have gone. No process serves the database until EndMove takes it back.
func (t *OwnerTx) MarkLeft(to string) error { return t.note(left, to) }

// EndMove ends a move, so that the database may be served.
func (t *OwnerTx) EndMove() error { return t.c.script(`DROP TABLE IF EXISTS ` + moveTable) }

// NoteProgress stores the progress of a table, for Moved.
func (t *OwnerTx) NoteProgress(table, value string) error { return t.note(table, value) }

func (t *OwnerTx) note(name, value string) error {
	if err := t.c.script(createMoveTable); err != nil {
		return err
	}
	if !t.sqlite { // servers and commands that do not run as the owner must see it
		if err := t.c.script(`GRANT SELECT ON ` + moveTable + ` TO ` + systemRole); err != nil {
			return err
		}
	}
	_, err := t.c.exec(`INSERT INTO `+moveTable+` (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, []any{name, value})
	return err
}

// ErrInUse reports that other processes of Taskhouse are connected to the database.
var ErrInUse = errors.New("servers or workers are connected to the database: stop them")

// Alone returns ErrInUse if another process of Taskhouse is connected. A SQLite file has one owner anyway.
func (d *DB) Alone(ctx context.Context) error {
	if d.engine.name() == "sqlite" {
		return nil
	}
	var n int64
	err := d.engine.look(ctx, func(c conn) error {
		return c.query(`SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = '`+applicationName+`'`, nil,
			func(r Row) error { return r.Scan(&n) })
	})
	if err == nil && n > 0 {
		err = ErrInUse
	}
	return err
}
