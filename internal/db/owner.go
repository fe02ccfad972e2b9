package db

import "context"

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
	return o.db.engine.snapshot(ctx, o.still, func(c ownerConn) error { return fn(o.tx(c)) })
}

// Write runs fn in one transaction, under the lock of the one process that may change the schema.
func (o Owner) Write(ctx context.Context, fn func(*OwnerTx) error) error {
	return o.db.engine.owner(ctx, func(c ownerConn) error { return fn(o.tx(c)) })
}

func (o Owner) tx(c ownerConn) *OwnerTx {
	return &OwnerTx{c: c, sqlite: o.db.engine.name() == "sqlite"}
}

// Scrub overwrites the places of deleted rows. SQLite rewrites its file and empties its log. PostgreSQL rewrites each
// table and its indexes, and locks the table while it does. PostgreSQL's own log, archives and replicas follow their
// own settings.
func (o Owner) Scrub(ctx context.Context) error { return o.db.engine.scrub(ctx) }

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
func (t *OwnerTx) AsSystem(fn func() error) error { return t.as(true, fn) }

// AsOwner runs fn as the owner inside AsSystem, for statements that systemRole may not run.
func (t *OwnerTx) AsOwner(fn func() error) error { return t.as(false, fn) }

func (t *OwnerTx) as(system bool, fn func() error) error {
	if t.sqlite || t.system == system {
		return fn()
	}
	if err := t.switchTo(system); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return t.switchTo(!system)
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
