package db

import (
	"context"
	"strings"
	"time"
)

// Inspection holds the facts about a database that an operator asks for: see DB.Inspect.
type Inspection struct {
	Version string    // of the server, or of SQLite
	Now     time.Time // by the database's own clock

	// PostgreSQL only: the roles, and the gaps in row security.
	Login       string
	LoginAbove  bool     // the login is a superuser or BYPASSRLS, which it need not be
	Role        string   // the role that statements run as
	RoleAbove   bool     // that role is above row security
	Owned       []string // tables that it owns
	LoginOwns   bool     // the login owns tables, which it need not either
	Unprotected []string // tables of companies without forced row security or without its policy

	// SQLite only: the damage found in the file; empty when the file is whole. A large file is read only with deep.
	Damage []string
}

// Inspect reads facts about the database from inside. With deep it reads all of a SQLite file.
func (d *DB) Inspect(ctx context.Context, deep bool) (i Inspection, err error) {
	if e, ok := d.engine.(*pgEngine); ok {
		return e.inspect(ctx)
	}
	err = d.engine.look(ctx, func(c conn) error {
		i = Inspection{}
		var micros int64
		facts := `SELECT sqlite_version(), CAST(unixepoch('subsec') * 1000000 AS INTEGER)`
		err := c.query(facts, nil, func(r Row) error { return r.Scan(&i.Version, &micros) })
		if err != nil {
			return err
		}
		i.Now = time.UnixMicro(micros)
		check := `PRAGMA quick_check(10)`
		if deep {
			check = `PRAGMA integrity_check(10)`
		}
		if err := c.query(check, nil, func(r Row) error {
			var line string
			err := r.Scan(&line)
			if line != "ok" {
				i.Damage = append(i.Damage, line)
			}
			return err
		}); err != nil {
			return err
		}
		return c.query(`SELECT DISTINCT "table" FROM pragma_foreign_key_check`, nil, func(r Row) error {
			var table string
			err := r.Scan(&table)
			i.Damage = append(i.Damage, "rows of "+table+" refer to rows that do not exist")
			return err
		})
	})
	return i, err
}

func (e *pgEngine) inspect(ctx context.Context) (i Inspection, err error) {
	err = e.pool.QueryRow(ctx, `SELECT current_setting('server_version'), clock_timestamp(),
			session_user::text, l.rolsuper OR l.rolbypassrls, current_user::text, r.rolsuper OR r.rolbypassrls,
			EXISTS (SELECT FROM pg_class c WHERE c.relowner = l.oid AND c.relkind IN ('r', 'p')
				AND c.relnamespace = current_schema()::regnamespace),
			ARRAY(SELECT c.relname::text FROM pg_class c
				WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p') ORDER BY 1),
			ARRAY(SELECT c.relname::text FROM pg_class c
				JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped
				WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
				AND (NOT (c.relrowsecurity AND c.relforcerowsecurity) OR NOT EXISTS (SELECT FROM pg_policies p
					WHERE p.schemaname = current_schema() AND p.tablename = c.relname AND p.roles = '{`+appRole+`}'
					AND p.qual LIKE '%taskhouse.company%' AND p.with_check = p.qual)) ORDER BY 1)
		FROM pg_roles r, pg_roles l WHERE r.rolname = current_user AND l.rolname = session_user`).
		Scan(&i.Version, &i.Now, &i.Login, &i.LoginAbove, &i.Role, &i.RoleAbove, &i.LoginOwns, &i.Owned, &i.Unprotected)
	return i, e.translate(err, false)
}

// Place says where the rows are, for people. Name is the database's name (on SQLite the file's), Full adds its
// location.
type Place struct{ Name, Full string }

// Place returns where the rows are.
func (d *DB) Place(ctx context.Context) (p Place, err error) {
	if e, ok := d.engine.(*sqliteEngine); ok {
		return Place{Name: e.path[strings.LastIndexAny(e.path, `/\`)+1:], Full: e.path}, nil
	}
	err = d.engine.look(ctx, func(c conn) error {
		here := `SELECT current_database(),
			current_database() || coalesce(' at ' || host(inet_server_addr()) || ':' || inet_server_port(), '')`
		return c.query(here, nil, func(r Row) error { return r.Scan(&p.Name, &p.Full) })
	})
	return p, err
}
