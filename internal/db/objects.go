package db

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/sqlite"
)

// object is an entry of SQLite's catalogue.
type object struct{ kind, name, sql string }

// ForeignObjects returns a line for people for each object of the schema that the migrations do not make, and for each
// one that they make and that is missing or different. A trigger or a view acts on rows without this program's
// knowledge. The scripts in also make further objects that may be there.
//
// On SQLite it compares all objects. On PostgreSQL, where an operator may have views of their own, it looks for
// triggers and rules on the schema's tables.
func (d *DB) ForeignObjects(ctx context.Context, also ...string) (lines []string, err error) {
	err = d.engine.look(ctx, func(c conn) error {
		lines = nil
		if d.engine.name() != "sqlite" {
			return c.query(`SELECT 'the trigger ' || t.tgname || ' on ' || k.relname
				FROM pg_trigger t JOIN pg_class k ON k.oid = t.tgrelid
				WHERE NOT t.tgisinternal AND k.relnamespace = current_schema()::regnamespace
				UNION ALL SELECT 'the rule ' || r.rulename || ' on ' || k.relname
				FROM pg_rewrite r JOIN pg_class k ON k.oid = r.ev_class
				WHERE k.relkind IN ('r', 'p') AND k.relnamespace = current_schema()::regnamespace ORDER BY 1`, nil,
				func(r Row) error {
					var line string
					err := r.Scan(&line)
					lines = append(lines, line+" does not belong to this program")
					return err
				})
		}
		there, err := objects(c)
		if err != nil {
			return err
		}
		applied, err := appliedVersions(c)
		if err != nil {
			return err
		}
		made, may, err := madeObjects(len(applied), also)
		if err != nil {
			return err
		}
		for _, o := range there {
			if !slices.Contains(made, o) && !slices.Contains(may, o) {
				lines = append(lines, fmt.Sprintf("the %s %s does not belong to this program", o.kind, o.name))
			}
		}
		for _, o := range made {
			if !slices.Contains(there, o) {
				lines = append(lines, fmt.Sprintf("the %s %s is missing or altered", o.kind, o.name))
			}
		}
		return nil
	})
	return lines, err
}

// madeObjects returns the objects that the first steps make, and those that may stand beside them.
func madeObjects(steps int, also []string) (made, may []object, err error) {
	ms, err := migrations("sqlite")
	if err != nil {
		return nil, nil, err
	}
	raw, err := (&sqlite.Driver{}).Open(":memory:")
	if err != nil {
		return nil, nil, err
	}
	c := &sqliteConn{raw: raw, stmts: map[string]driver.Stmt{}}
	defer func() { err = errors.Join(err, c.close()) }()
	texts := []string{versionsTable}
	for _, m := range ms[:min(steps, len(ms))] {
		texts = append(texts, m.text)
	}
	for _, text := range texts {
		if err := c.script(text); err != nil {
			return nil, nil, fmt.Errorf("make the schema to compare with: %w", err)
		}
	}
	if made, err = objects(c); err != nil {
		return nil, nil, err
	}
	for _, text := range append([]string{createMoveTable}, also...) {
		if err := c.script(text); err != nil {
			return nil, nil, err
		}
	}
	may, err = objects(c)
	return made, may, err
}

// objects reads SQLite's catalogue. It leaves out the tables of SQLite's planner, which have no effect on rows.
func objects(c conn) (all []object, err error) {
	err = c.query(`SELECT type, name, coalesce(sql, '') FROM sqlite_master`, nil, func(r Row) error {
		var o object
		err := r.Scan(&o.kind, &o.name, &o.sql)
		o.sql = strings.Join(strings.Fields(o.sql), " ")
		if o.kind != "table" || o.name != "sqlite_stat1" && o.name != "sqlite_stat4" {
			all = append(all, o)
		}
		return err
	})
	slices.SortFunc(all, func(a, b object) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.name, b.name))
	})
	return all, err
}
