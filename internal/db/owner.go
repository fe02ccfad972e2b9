package db

import (
	"context"
	"fmt"
	"math"
)

// Owner is the third door. It reaches all rows past the doors of the companies, with the rights of the schema's owner.
// It serves work on a whole database: to copy, compare, move or empty it. Only snapshot and transfer use it; a test
// lists where.
type Owner struct {
	db    *DB
	still bool
}

// Owner opens the door past the companies; why is for the reader of the code.
func (d *DB) Owner(why string) Owner {
	if why == "" {
		panic("db.Owner: say why this must walk past the companies' doors")
	}
	return Owner{db: d}
}

// Still returns a door whose Read blocks all writers until it ends. Without Still, reads and writers do not wait for
// each other.
func (o Owner) Still() Owner {
	o.still = true
	return o
}

// Read runs fn on one state of the whole database.
func (o Owner) Read(ctx context.Context, fn func(*OwnerTx) error) error {
	return o.explain(o.db.engine.snapshot(ctx, o.still, func(c ownerConn) error { return fn(o.tx(c)) }))
}

// Write runs fn in one transaction, under the lock of the one process that may change the schema.
func (o Owner) Write(ctx context.Context, fn func(*OwnerTx) error) error {
	return o.explain(o.db.engine.owner(ctx, func(c ownerConn) error { return fn(o.tx(c)) }))
}

// explain says which setting is missing, if PostgreSQL refused a statement.
func (o Owner) explain(err error) error {
	if !isForbidden(err) {
		return err
	}
	if o.db.asLogin() {
		return fmt.Errorf("the role of DATABASE_URL may not do this: run it with TASKHOUSE_MIGRATE_URL set to the URL "+
			"of the role that owns the tables: %w", err)
	}
	return fmt.Errorf("the role of TASKHOUSE_MIGRATE_URL may not do this: it must own the tables: %w", err)
}

func (o Owner) tx(c ownerConn) *OwnerTx {
	return &OwnerTx{c: c, sqlite: o.db.engine.name() == "sqlite"}
}

// Scrub overwrites the places of deleted rows. SQLite rewrites its file and empties its log. PostgreSQL rewrites each
// table and its indexes, and locks the table while it does. PostgreSQL's own log, archives and replicas follow their
// own settings.
func (o Owner) Scrub(ctx context.Context) error { return o.explain(o.db.engine.scrub(ctx)) }

// Forget makes every verified caller of a company be verified again, once the company has been deleted.
func (o Owner) Forget(company int64) {
	if e, ok := o.db.engine.(*sqliteEngine); ok { // PostgreSQL compares the epoch in each transaction
		e.epochs.note(company, math.MaxInt64)
	}
}

// MayScrub returns an error if Scrub would be refused, for a command that deletes rows first.
func (o Owner) MayScrub(ctx context.Context) error {
	if e, ok := o.db.engine.(*pgEngine); ok {
		return o.explain(e.mayScrub(ctx))
	}
	return nil
}

// OwnerTx is a transaction of the schema's owner. The parameters of its statements start at $1.
type OwnerTx struct {
	c      ownerConn
	sqlite bool
	system bool // under systemRole
}

// SQLite reports the engine.
func (t *OwnerTx) SQLite() bool { return t.sqlite }

// Exec runs a statement and returns how many rows it touched.
func (t *OwnerTx) Exec(sql string, args ...any) (int64, error) { return t.c.exec(sql, args) }

// Query calls row for each row of the answer.
func (t *OwnerTx) Query(row func(Row) error, sql string, args ...any) error {
	return t.c.query(sql, args, row)
}

// Script runs several statements without parameters.
func (t *OwnerTx) Script(sql string) error { return t.c.script(sql) }

// AsSystem runs fn under systemRole, which row security lets through. Row security is forced on the owner too.
func (t *OwnerTx) AsSystem(fn func() error) error {
	if t.sqlite || t.system {
		return fn()
	}
	if err := t.switchTo(true); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return t.switchTo(false)
}

func (t *OwnerTx) switchTo(system bool) error {
	sql := `RESET ROLE`
	if system {
		sql = enterSystem
	}
	_, err := t.c.exec(sql, nil)
	t.system = system
	return err
}
