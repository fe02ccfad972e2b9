package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// migrateLock is the advisory lock of the one process that changes the schema: "taskhous" in ASCII.
const migrateLock = 0x7461736b686f7573

// owner runs fn in a transaction of the schema's owner, under the migration lock.
func (e *pgEngine) owner(ctx context.Context, fn func(c ownerConn) error) error {
	return e.asOwner(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrateLock)); err != nil {
			return err
		}
		return fn(pgOwner{ctx, tx})
	})
}

// look runs fn in one transaction that changes nothing. A login without rights of its own reads under systemRole.
func (e *pgEngine) look(ctx context.Context, fn func(c conn) error) error {
	o := pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadOnly}
	return e.asOwner(ctx, o, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `SELECT set_config('role', rolname, true) FROM pg_roles
			WHERE rolname = '`+systemRole+`' AND pg_has_role(oid, 'MEMBER')`)
		if err != nil {
			return err
		}
		return fn(pgOwner{ctx, tx})
	})
}

// snapshot runs fn in one transaction that sees one state. With still it locks the tables before its first query, so
// that no write falls between the two.
func (e *pgEngine) snapshot(ctx context.Context, still bool, fn func(c ownerConn) error) error {
	return e.asOwner(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		if still {
			if _, err := tx.Exec(ctx, `DO $$ DECLARE t record; BEGIN
				FOR t IN SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
					AND relkind IN ('r', 'p') AND relname NOT LIKE 'schema\_%' ORDER BY relname LOOP
					EXECUTE format('LOCK TABLE %I IN SHARE MODE', t.relname);
				END LOOP;
			END $$`); err != nil {
				return err
			}
		}
		return fn(pgOwner{ctx, tx})
	})
}

// scrub rewrites every table and index. First it waits for transactions that may still see the deleted rows: while one
// of them runs, PostgreSQL would copy those rows too.
func (e *pgEngine) scrub(ctx context.Context) error {
	if err := e.mayScrub(ctx); err != nil {
		return err
	}
	return e.connect(ctx, func(c *pgx.Conn) error {
		if err := awaitOlder(ctx, c); err != nil {
			return err
		}
		rows, err := c.Query(ctx, `SELECT relname::text FROM pg_class
			WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') ORDER BY relname`)
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, t := range tables {
			if _, err := c.Exec(ctx, `VACUUM (FULL, ANALYZE) `+pgx.Identifier{t}.Sanitize()); err != nil {
				return err
			}
		}
		return nil
	})
}

// mayScrub returns an error unless the connection may rewrite every table. VACUUM only warns of a table that it skips.
func (e *pgEngine) mayScrub(ctx context.Context) error {
	return e.connect(ctx, func(c *pgx.Conn) error {
		var others int
		err := c.QueryRow(ctx, `SELECT count(*) FROM pg_class c, pg_database d
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
			AND d.datname = current_database()
			AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT pg_has_role(d.datdba, 'USAGE')`).Scan(&others)
		if err == nil && others > 0 {
			err = &pgconn.PgError{
				Severity: "ERROR", Code: "42501", Message: fmt.Sprintf("%d tables belong to another role", others),
			}
		}
		return err
	})
}

// maxOlderWait is how long scrub waits for transactions that began before it.
const maxOlderWait = time.Minute

// awaitOlder waits until every transaction of this database that began before now has ended.
func awaitOlder(ctx context.Context, c *pgx.Conn) error {
	var from string
	if err := c.QueryRow(ctx, `SELECT pg_current_xact_id()::xid::text`).Scan(&from); err != nil {
		return err
	}
	for waited := time.Duration(0); ; waited += 20 * time.Millisecond {
		var older int
		var what string
		err := c.QueryRow(ctx, `SELECT count(*), coalesce(min('process ' || pid), '') FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()
			AND greatest(age(backend_xid), age(backend_xmin)) >= age($1::text::xid)`, from).Scan(&older, &what)
		if err != nil || older == 0 {
			return err
		}
		if waited >= maxOlderWait {
			return fmt.Errorf("%d transactions of this database are older than the deletion and may still see it, "+
				"one of them in %s: end them, and scrub again", older, what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// asOwner runs fn in one transaction of the schema's owner, on its own connection.
func (e *pgEngine) asOwner(ctx context.Context, o pgx.TxOptions, fn func(tx pgx.Tx) error) error {
	return e.connect(ctx, func(c *pgx.Conn) error {
		if o == (pgx.TxOptions{}) { // never the defaults of the server, the role or the database
			o = pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}
		}
		tx, err := c.BeginTx(ctx, o)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Commit(ctx)
	})
}

// connect connects as the schema's owner.
func (e *pgEngine) connect(ctx context.Context, fn func(c *pgx.Conn) error) error {
	url := e.opts.MigrateURL
	if url == "" {
		url = e.opts.URL
	}
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return redact(err, url)
	}
	cfg.ConnectTimeout = 5 * time.Second
	c, err := pgx.ConnectConfig(ctx, cfg)
	switch {
	case isLost(err):
		return fail.Unavailable("The database does not answer.", time.Second).Because(redact(err, url))
	case err != nil:
		return redact(err, url)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, ownSettings); err != nil {
		return err
	}
	return fn(c)
}

// pgOwner is the owner's connection.
type pgOwner struct {
	ctx context.Context
	tx  pgx.Tx
}

func (o pgOwner) script(sql string) error {
	_, err := o.tx.Exec(o.ctx, sql)
	return err
}

func (o pgOwner) exec(sql string, args []any) (int64, error) {
	tag, err := o.tx.Exec(o.ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (o pgOwner) query(sql string, args []any, row func(Row) error) error {
	rows, err := o.tx.Query(o.ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// createRoles creates the two roles where they are missing, and lets the connection's own role switch to them. Roles
// belong to the whole server, which several databases and their migrations may share. So every step tolerates that
// another migration was first.
func createRoles(c ownerConn) error {
	for _, role := range []string{appRole, systemRole} {
		err := c.script(`DO $$ BEGIN
			IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '` + role + `') THEN
				CREATE ROLE ` + role + ` NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
			END IF;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
		DO $$ DECLARE may boolean; BEGIN
			IF current_setting('server_version_num')::int < 160000 THEN
				may := pg_has_role(current_user, '` + role + `', 'MEMBER');
			ELSE -- since version 16 the creator of a role may administer it, but not yet switch to it
				may := pg_has_role(current_user, '` + role + `', 'SET');
			END IF;
			IF NOT may THEN
				GRANT ` + role + ` TO CURRENT_USER;
			END IF;
		EXCEPTION WHEN unique_violation THEN NULL; END $$;`)
		var pe *pgconn.PgError
		if errors.As(err, &pe) && pe.Code == "42501" {
			return fmt.Errorf("this connection may not create the role %[1]s: as a superuser run "+
				"`CREATE ROLE %[1]s NOLOGIN; GRANT %[1]s TO CURRENT_USER` for it, for each of %[2]s and %[3]s: %[4]w",
				role, appRole, systemRole, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// protectTables protects every table that the schema has so far. It enables and forces row-level security, with one
// policy for a company's rows under appRole and one for systemRole. It grants each role only the rights that it needs.
// appRole can only append to the log. Of the tables that belong to no company it reaches one, the installation's log,
// to which it may append without reading it.
func protectTables(c ownerConn) error {
	return c.script(`DO $$ DECLARE t record; BEGIN
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO ` + appRole + `, ` + systemRole + `', current_schema());
	FOR t IN SELECT c.oid, c.relname, c.relrowsecurity, EXISTS (SELECT FROM pg_attribute a
			WHERE a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped) AS owned
		FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
	LOOP
		EXECUTE format('REVOKE ALL ON %I FROM ` + appRole + `, ` + systemRole + `, PUBLIC', t.relname);
		IF t.relname = 'schema_versions' THEN -- read often, and not as the owner: DB.Current
			EXECUTE format('GRANT SELECT ON %I TO ` + systemRole + `', t.relname);
			CONTINUE;
		END IF;
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO ` + systemRole + `', t.relname);
		IF t.relname = 'installation_log' THEN -- an operator's act inside a company is noted in its transaction
			EXECUTE format('GRANT INSERT ON %I TO ` + appRole + `', t.relname);
		END IF;
		CONTINUE WHEN NOT t.owned;
		EXECUTE format('GRANT SELECT, INSERT ON %I TO ` + appRole + `', t.relname);
		IF t.relname <> 'events' THEN
			EXECUTE format('GRANT UPDATE, DELETE ON %I TO ` + appRole + `', t.relname);
		END IF;
		CONTINUE WHEN t.relrowsecurity;
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.relname);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.relname);
		EXECUTE format('CREATE POLICY company ON %I TO ` + appRole + `
			USING (company_id = nullif(current_setting(''taskhouse.company'', true), '''')::bigint)
			WITH CHECK (company_id = nullif(current_setting(''taskhouse.company'', true), '''')::bigint)', t.relname);
		EXECUTE format('CREATE POLICY system ON %I TO ` + systemRole + ` USING (true) WITH CHECK (true)', t.relname);
	END LOOP;
	EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO ` + appRole + `, ` + systemRole + `',
		current_schema());
	EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
	EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %I TO ` + appRole + `, ` + systemRole + `',
		current_schema());
END $$`)
}

// check returns an error if row security would not hold: the role that statements run under is above it, that role owns
// a table, or a company's table lacks it.
func (e *pgEngine) check(ctx context.Context) error {
	if err := e.checkSessions(ctx); err != nil {
		return err
	}
	var super, bypass bool
	var owned, open int
	err := e.pool.QueryRow(ctx, `SELECT r.rolsuper, r.rolbypassrls,
		(SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid),
		(SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id'
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
			AND NOT (c.relrowsecurity AND c.relforcerowsecurity))
		FROM pg_roles r WHERE r.rolname = current_user`).Scan(&super, &bypass, &owned, &open)
	switch {
	case err != nil:
		return e.translate(err, false)
	case super || bypass:
		return fmt.Errorf("the role %s is above row security: ALTER ROLE %s NOSUPERUSER NOBYPASSRLS", appRole, appRole)
	case owned > 0:
		return fmt.Errorf("the role %s owns %d tables: give them to the migrating role", appRole, owned)
	case open > 0:
		return fmt.Errorf("%d tables with a company_id have no forced row security: run `taskhouse migrate up`", open)
	}
	return nil
}

// checkSessions returns errPooled if connections do not keep their own session. A pooler in transaction mode gives a
// connection of PostgreSQL to whichever client begins a transaction: two clients that take turns then read each other's
// settings. Every transaction checks its role as well, because a pooler may come later.
func (e *pgEngine) checkSessions(ctx context.Context) error {
	if e.pool.Config().MaxConns < 2 {
		return nil
	}
	var all [2]*pgx.Conn
	for i := range all {
		c, err := e.pool.Acquire(ctx)
		if err != nil {
			return e.translate(err, false)
		}
		defer c.Release()
		all[i] = c.Conn()
		_, err = all[i].Exec(ctx, `SELECT set_config('taskhouse.session', $1, false)`, strconv.Itoa(i))
		if err != nil {
			return e.translate(err, false)
		}
	}
	for i, c := range all { // the transaction keeps one connection of PostgreSQL away from the other client
		if _, err := c.Exec(ctx, "BEGIN"); err != nil {
			return e.translate(err, false)
		}
		defer func() { _, _ = c.Exec(context.WithoutCancel(ctx), "ROLLBACK") }()
		var mine string
		err := c.QueryRow(ctx, `SELECT coalesce(current_setting('taskhouse.session', true), '')`).Scan(&mine)
		if err != nil {
			return e.translate(err, false)
		}
		if mine != strconv.Itoa(i) {
			return errPooled
		}
	}
	return nil
}
