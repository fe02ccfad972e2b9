package db

import (
	"context"
	"fmt"
	"strings"
)

// Place is where the rows are, for people: Name is the database's (on SQLite the file's), Full says where that is.
type Place struct{ Name, Full string }

// Place tells where the rows are.
func (d *DB) Place(ctx context.Context) (p Place, err error) {
	if e, ok := d.engine.(*sqliteEngine); ok {
		return Place{Name: e.path[strings.LastIndexAny(e.path, `/\`)+1:], Full: e.path}, nil
	}
	err = d.engine.owner(ctx, func(c ownerConn) error {
		return c.query(`SELECT current_database(), current_database() || coalesce(' at ' || host(inet_server_addr()) || ':' || inet_server_port(), '')`,
			nil, func(r Row) error { return r.Scan(&p.Name, &p.Full) })
	})
	return p, err
}

// Flush deletes every row of every table but the schema's own, in one transaction, as the schema's owner. Ids go on where they were. It
// returns how many rows each table had.
func (d *DB) Flush(ctx context.Context) (rows map[string]int64, err error) {
	err = d.engine.owner(ctx, func(c ownerConn) error {
		rows = map[string]int64{}
		sqlite := d.engine.name() == "sqlite"
		list := `SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'schema\_%'`
		if sqlite {
			list = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'schema\_%' ESCAPE '\'`
		}
		var tables []string
		err := c.query(list, nil, func(r Row) error {
			var name string
			err := r.Scan(&name)
			tables = append(tables, name)
			return err
		})
		if err != nil {
			return fmt.Errorf("list the tables: %w", err)
		}
		if sqlite { // references are compared at the commit, when nothing is left to refer to
			if err := c.script(`PRAGMA defer_foreign_keys = ON`); err != nil {
				return err
			}
		}
		for _, table := range tables {
			if err := c.query(`SELECT count(*) FROM "`+table+`"`, nil, func(r Row) error {
				var n int64
				err := r.Scan(&n)
				rows[table] = n
				return err
			}); err != nil {
				return fmt.Errorf("count %s: %w", table, err)
			}
			if !sqlite {
				continue
			}
			if _, err := c.exec(`DELETE FROM "`+table+`"`, nil); err != nil {
				return fmt.Errorf("empty %s: %w", table, err)
			}
		}
		if sqlite {
			return nil
		}
		return c.script(`TRUNCATE "` + strings.Join(tables, `", "`) + `"`)
	})
	return rows, err
}
