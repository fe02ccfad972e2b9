// Package db is the only way to rows.
//
// A room reaches its company's rows through a Scope, whose closures get a Tx. Every statement of a Tx has the company
// as $1, and a statement that does not name it is rejected. Work that spans companies (sign-in by name, registration,
// migrations) goes through System, which states its reason. The same SQL runs on both engines, embedded SQLite and
// PostgreSQL. Where the text must differ, Tx.Pick holds both texts in one place.
//
// The package knows no noun: it holds no SQL of tasks or people, only the schema (migrations) and each company's head
// row. The head row carries two counters: the number of the company's last event, and the epoch of its rights (see
// Scope).
package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"
)

// Options say where the rows are. Set either Path or URL, not both.
type Options struct {
	Path string // the SQLite file; its folder must exist
	URL  string // postgres://..., the connection of the application
	// MigrateURL, on PostgreSQL, is the connection that owns the schema; empty means URL.
	MigrateURL string
	// Conns is the number of connections: PostgreSQL's pool, or SQLite's readers. 0 chooses by the number of cores.
	Conns int
	// StatementTimeout ends a read that takes longer; 0 means 5 s.
	StatementTimeout time.Duration
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	Log *slog.Logger
	// Budgets bound what each company may use.
	Budgets Budgets
	// ReadOnly opens a SQLite file that another process may own, and changes nothing: for backups and checks.
	// On PostgreSQL, DB.Alone does not count the connection as a process that uses the database.
	ReadOnly bool
}

// DB is an open database. Scope, System and Owner lead to its rows.
type DB struct {
	engine  engine
	now     func() time.Time
	budgets Budgets
}

// engine is one of the two databases.
type engine interface {
	name() string
	// read runs fn. Each statement of fn sees the commits made before it began, and changes nothing.
	read(ctx context.Context, t *Tx, fn func(*Tx) error) error
	// write runs t.attempt(fn) in a transaction that is durable when write returns nil.
	write(ctx context.Context, t *Tx, fn func(*Tx) error) error
	// owner runs fn as the schema's owner in one transaction, under the lock that one migrating process holds.
	owner(ctx context.Context, fn func(c ownerConn) error) error
	// look runs fn on one state of the schema and of the tables that describe it. It changes nothing, takes no lock,
	// and does not need the rights of the schema's owner.
	look(ctx context.Context, fn func(c conn) error) error
	// snapshot runs fn on one state of all rows, with the rights of the schema's owner. With still, no process can
	// write until fn returns.
	snapshot(ctx context.Context, still bool, fn func(c ownerConn) error) error
	// scrub overwrites the places of deleted rows on the disk.
	scrub(ctx context.Context) error
	// check verifies the roles that guard the rows, once the schema is in place.
	check(ctx context.Context) error
	ping(ctx context.Context) error
	numbers() Numbers
	close() error
}

// conn runs statements inside a transaction of one engine.
type conn interface {
	exec(sql string, args []any) (int64, error)
	query(sql string, args []any, row func(Row) error) error
}

// ownerConn is a connection of the schema's owner.
type ownerConn interface {
	conn
	// script runs several statements without parameters.
	script(sql string) error
}

// Open connects. Call Migrate or Check next: until one of them succeeds, the schema is unknown.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 5 * time.Second
	}
	if o.Conns == 0 {
		o.Conns = max(4, 2*runtime.GOMAXPROCS(0))
	}
	var e engine
	var err error
	switch {
	case o.URL != "" && o.Path != "":
		return nil, errors.New("open database: both a file and a URL are given; give one")
	case o.URL != "":
		e, err = openPostgres(ctx, o)
	case o.Path != "":
		e, err = openSQLite(ctx, o)
	default:
		return nil, errors.New("open database: neither a file nor a URL is given")
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &DB{engine: e, now: o.Now, budgets: o.Budgets}, nil
}

// Close waits for running transactions and closes every connection.
func (d *DB) Close() error { return d.engine.close() }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.engine.ping(ctx) }

// Engine returns "sqlite" or "postgres", for messages and tests.
func (d *DB) Engine() string { return d.engine.name() }

// Now returns the time by the installation's clock, for code outside a transaction (a token's expiry). Inside one, use
// Tx.Now.
func (d *DB) Now() Time { return At(d.now()) }

// redact hides the credentials of a database URL in a driver's message. If a password has an unescaped @ or /, a driver
// takes the rest of the password for the host and quotes it: then the message is replaced.
func redact(err error, url string) error {
	if err == nil || url == "" {
		return err
	}
	text := strings.ReplaceAll(err.Error(), url, "DATABASE_URL")
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.LastIndexByte(rest, '@'); end >= 0 {
		_, password, _ := strings.Cut(rest[:end], ":")
		if strings.ContainsAny(password, "@/?#") {
			return errors.New("the URL cannot be read, because its password has a character with a meaning in URLs: " +
				"write @ as %40, / as %2F, ? as %3F, # as %23, % as %25")
		}
	}
	return errors.New(text)
}
