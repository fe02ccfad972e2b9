package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// sqliteEngine is one writer and a pool of readers on one file. This process owns the file: it holds a lock beside the
// file until it closes the engine.
//
// It uses the driver without database/sql. So a statement is prepared once per connection, and a row is scanned without
// the pool's locks and conversions, which took the larger part of a read.
type sqliteEngine struct {
	path    string
	lock    io.Closer
	writer  *writer
	readers chan *sqliteConn // free readers; a nil entry is a permit to open one
	size    int
	timeout time.Duration
	log     *slog.Logger
	epochs  *epochs
	// readOnly says that another process may own the file, and that this engine has no writer.
	readOnly bool
	closing  sync.Once
	closed   chan struct{}
}

// pragmas apply to every connection. WAL with synchronous=FULL: a commit is on the disk before it is acknowledged.
const pragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=journal_size_limit(67108864)"

func openSQLite(ctx context.Context, o Options) (engine, error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, err
	}
	if o.ReadOnly {
		return openReadOnly(path, o)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	if err := finishReplace(path); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e := &sqliteEngine{
		path: path, lock: lock, size: o.Conns, timeout: o.StatementTimeout, log: o.Log,
		readers: make(chan *sqliteConn, o.Conns), epochs: newEpochs(), closed: make(chan struct{}),
	}
	// Only the owner may read a new file, whatever the umask says.
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, errors.Join(err, lock.Close())
	} else if err := f.Close(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	c, err := e.connect("&_pragma=cache_size(-8000)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), lock.Close())
	}
	for range o.Conns {
		e.readers <- nil
	}
	e.writer = newWriter(c)
	return e, nil
}

func (e *sqliteEngine) name() string { return "sqlite" }

func (e *sqliteEngine) connect(more string) (*sqliteConn, error) {
	if e.readOnly { // keep the file's own journal mode, and do not create a missing file
		const keep = "mode=rw&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)"
		return openFile(e.path, keep+more)
	}
	return openFile(e.path, pragmas+more)
}

func openFile(path, how string) (*sqliteConn, error) {
	raw, err := (&sqlite.Driver{}).Open((&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String() + "?" + how)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{raw: raw, stmts: map[string]driver.Stmt{}}, nil
}

// openReadOnly opens a file that another process may own.
func openReadOnly(path string, o Options) (engine, error) {
	if i, err := os.Stat(path); err != nil {
		return nil, err
	} else if !i.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	e := &sqliteEngine{
		path: path, readOnly: true, size: o.Conns, timeout: o.StatementTimeout, log: o.Log,
		readers: make(chan *sqliteConn, o.Conns), epochs: newEpochs(), closed: make(chan struct{}),
	}
	for range o.Conns {
		e.readers <- nil
	}
	return e, nil
}

var errReadOnly = errors.New("the database is opened read-only")

// snapshot reads on its own connection. Only one process writes a file, and that is this one unless it opened the file
// read-only. So still adds nothing.
func (e *sqliteEngine) snapshot(ctx context.Context, still bool, fn func(c ownerConn) error) (err error) {
	if still && e.readOnly {
		return errReadOnly
	}
	c, err := e.connect("&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	c.ctx = ctx
	if err := c.run("BEGIN"); err != nil {
		return e.translate(ctx, err)
	}
	err = fn(c)
	return e.translate(ctx, errors.Join(err, c.run("ROLLBACK")))
}

func (e *sqliteEngine) look(ctx context.Context, fn func(c conn) error) error {
	return e.snapshot(ctx, false, func(c ownerConn) error { return fn(c) })
}

// read runs fn on a reader. As on PostgreSQL, each statement sees the commits made before it began. A transaction
// around the statements would cost two more of them, and most reads are one statement.
func (e *sqliteEngine) read(ctx context.Context, t *Tx, fn func(*Tx) error) (err error) {
	if e.epochs.stale(t) {
		return ErrStale
	}
	c, err := e.reader(ctx)
	if err != nil {
		return err
	}
	good := false
	defer func() {
		if !good && c != nil { // an interrupted or failed reader is not reused
			_ = c.close()
			c = nil
		}
		e.readers <- c
	}()
	if c == nil {
		if c, err = e.connect("&_pragma=query_only(1)&_pragma=cache_size(-4000)"); err != nil {
			return e.translate(ctx, err)
		}
	}
	c.watch = func() {
		if c.ctx == nil {
			c.ctx, c.cancel = context.WithTimeoutCause(ctx, timeoutOf(ctx, e.timeout), errTooLong)
		}
	}
	t.c, t.sqlite = c, true
	defer func() {
		if c != nil && c.cancel != nil {
			c.cancel()
			c.ctx, c.cancel = nil, nil
		}
	}()
	err = fn(t)
	good = !isSQLite(err) && (c.ctx == nil || context.Cause(c.ctx) == nil)
	return e.translate(c.context(), err)
}

// reader takes a free reader, or waits for one. It is nil if the connection must still be opened.
func (e *sqliteEngine) reader(ctx context.Context) (c *sqliteConn, err error) {
	select {
	case c = <-e.readers:
		return c, nil
	default:
	}
	defer waiting(ctx, time.Now())
	select {
	case c = <-e.readers:
		return c, nil
	case <-e.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (e *sqliteEngine) write(ctx context.Context, t *Tx, fn func(*Tx) error) error {
	if e.readOnly {
		return errReadOnly
	}
	if e.epochs.stale(t) {
		return ErrStale
	}
	t.sqlite, t.epochs = true, e.epochs
	return e.translate(ctx, e.writer.write(ctx, t, fn))
}

func (e *sqliteEngine) owner(ctx context.Context, fn func(c ownerConn) error) error {
	if e.readOnly {
		c, err := e.connect("&_pragma=query_only(1)")
		if err != nil {
			return e.translate(ctx, err)
		}
		return e.translate(ctx, errors.Join(fn(c), c.close()))
	}
	err := e.writer.do(&job{ctx: ctx, script: func(c *sqliteConn) error { return fn(c) }})
	return e.translate(ctx, err)
}

// check does nothing: openSQLite has settled the file's lock and mode.
func (e *sqliteEngine) check(context.Context) error { return nil }

func (e *sqliteEngine) ping(ctx context.Context) error {
	t := &Tx{epoch: anyEpoch}
	return e.read(ctx, t, func(t *Tx) error {
		return t.c.query("SELECT 1", nil, func(Row) error { return nil })
	})
}

// scrub rewrites the file, so that it has no free pages, and empties the log, which holds old pages.
func (e *sqliteEngine) scrub(ctx context.Context) error {
	if e.readOnly {
		return errReadOnly
	}
	c, err := e.connect("&_pragma=secure_delete(1)")
	if err != nil {
		return e.translate(ctx, err)
	}
	c.ctx = ctx
	err = c.run("VACUUM")
	if err == nil {
		err = c.query("PRAGMA wal_checkpoint(TRUNCATE)", nil, func(r Row) error {
			var busy, pages, done int64
			err := r.Scan(&busy, &pages, &done)
			if err == nil && busy != 0 {
				err = errors.New("the log could not be emptied: another connection is reading from it; scrub again")
			}
			return err
		})
	}
	return e.translate(ctx, errors.Join(err, c.close()))
}

// close closes the engine once: a second close returns nil, and later reads return errClosed.
func (e *sqliteEngine) close() (err error) {
	e.closing.Do(func() {
		close(e.closed)
		if e.writer != nil {
			err = e.writer.close()
		}
		for range e.size {
			if c := <-e.readers; c != nil {
				err = errors.Join(err, c.close())
			}
		}
		if e.lock != nil {
			err = errors.Join(err, e.lock.Close())
		}
	})
	return err
}

var errTooLong = errors.New("statement timeout")

type timeoutKey struct{}

// WithStatementTimeout returns a context in which a read of SQLite may take longer than Options.StatementTimeout. It is
// for commands that run inside a server.
func WithStatementTimeout(ctx context.Context, timeout time.Duration) context.Context {
	return context.WithValue(ctx, timeoutKey{}, timeout)
}

func timeoutOf(ctx context.Context, usual time.Duration) time.Duration {
	if own, ok := ctx.Value(timeoutKey{}).(time.Duration); ok {
		return own
	}
	return usual
}

// translate turns the driver's errors into those that the rooms know.
func (e *sqliteEngine) translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(context.Cause(ctx), errTooLong) {
		return fail.Unavailable("The database took too long to answer this.", time.Second).Because(err)
	}
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	switch se.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fmt.Errorf("%w: %w", ErrUnique, err)
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", ErrReference, err)
	case lib.SQLITE_CONSTRAINT_NOTNULL:
		if over := overBudget(notNull(se.Error())); over != nil {
			return over
		}
	}
	switch se.Code() & 0xff {
	case lib.SQLITE_FULL:
		return fail.Full().Because(err)
	case lib.SQLITE_IOERR, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_BUSY:
		return fail.Unavailable("The database does not answer.", time.Second).Because(err)
	}
	return err
}

func isSQLite(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se)
}

// sqliteConn is one connection with its prepared statements.
type sqliteConn struct {
	raw   driver.Conn
	stmts map[string]driver.Stmt
	named []driver.NamedValue
	row   sqliteRow

	// These belong to the running read: watch ends its statements with ctx. The writer has none, and is never
	// interrupted.
	watch  func()
	ctx    context.Context
	cancel context.CancelFunc
}

// maxStatements bounds the prepared statements of a connection. The product has fewer texts, so only a runaway exceeds
// it.
const maxStatements = 256

func (c *sqliteConn) prepare(sql string) (driver.Stmt, error) {
	if s, ok := c.stmts[sql]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		for k, s := range c.stmts {
			_ = s.Close()
			delete(c.stmts, k)
		}
	}
	s, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, inStatement(sql, err)
	}
	c.stmts[sql] = s
	return s, nil
}

func (c *sqliteConn) context() context.Context {
	if c.ctx == nil {
		return context.Background()
	}
	return c.ctx
}

// run runs a statement of the transaction itself: without parameters, and never interrupted.
func (c *sqliteConn) run(sql string) error {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	_, err = s.(driver.StmtExecContext).ExecContext(context.Background(), nil)
	return err
}

// script runs several statements at once without preparing them, for migrations.
func (c *sqliteConn) script(sql string) error {
	_, err := c.raw.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

func (c *sqliteConn) exec(sql string, args []any) (int64, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	if err := c.bind(args); err != nil {
		return 0, inStatement(sql, err)
	}
	r, err := s.(driver.StmtExecContext).ExecContext(c.context(), c.named)
	if err != nil {
		return 0, inStatement(sql, err)
	}
	return r.RowsAffected()
}

func (c *sqliteConn) query(sql string, args []any, row func(Row) error) (err error) {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	if err := c.bind(args); err != nil {
		return inStatement(sql, err)
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(c.context(), c.named)
	if err != nil {
		return inStatement(sql, err)
	}
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
	}()
	n := len(rows.Columns())
	r := &c.row
	if cap(r.vals) < n {
		r.vals = make([]driver.Value, n)
	}
	r.vals = r.vals[:n]
	for {
		if err := rows.Next(r.vals); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return inStatement(sql, err)
		}
		if err := row(r); err != nil {
			return err
		}
	}
}

// bind converts the arguments to the driver's own types.
func (c *sqliteConn) bind(args []any) error {
	c.named = c.named[:0]
	for i, a := range args {
		v, err := value(a)
		if err != nil {
			return fmt.Errorf("parameter %d: %w", i+1, err)
		}
		c.named = append(c.named, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return nil
}

func value(a any) (driver.Value, error) {
	switch a := a.(type) {
	case nil, int64, float64, bool, string, []byte:
		return a, nil
	case int:
		return int64(a), nil
	case Time:
		return int64(a), nil
	case *int64:
		if a == nil {
			return nil, nil
		}
		return *a, nil
	case *string:
		if a == nil {
			return nil, nil
		}
		return *a, nil
	case *Time:
		if a == nil {
			return nil, nil
		}
		return int64(*a), nil
	}
	return nil, fmt.Errorf("no column takes a %T", a)
}

func (c *sqliteConn) close() error {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	return c.raw.Close()
}

// sqliteRow scans one row of the driver's values.
type sqliteRow struct{ vals []driver.Value }

func (r *sqliteRow) Scan(dest ...any) error {
	if len(dest) != len(r.vals) {
		return fmt.Errorf("scan %d columns into %d destinations", len(r.vals), len(dest))
	}
	for i, d := range dest {
		if !assign(d, r.vals[i]) {
			return fmt.Errorf("scan column %d: a %T does not hold %T", i+1, d, r.vals[i])
		}
	}
	return nil
}

// assign stores v in the variable that d points to, and reports whether it fits.
func assign(d any, v driver.Value) bool {
	switch d := d.(type) {
	case *any:
		*d = v
		return true
	case *int64:
		n, ok := v.(int64)
		*d = n
		return ok
	case *string:
		s, ok := v.(string)
		*d = s
		return ok
	case *bool:
		n, ok := v.(int64)
		*d = n != 0
		return ok
	case *int:
		n, ok := v.(int64)
		*d = int(n)
		return ok
	case *float64:
		if n, ok := v.(int64); ok {
			*d = float64(n)
			return true
		}
		n, ok := v.(float64)
		*d = n
		return ok
	case *Time:
		n, ok := v.(int64)
		*d = Time(n)
		return ok || v == nil
	case *[]byte:
		switch v := v.(type) {
		case string:
			*d = []byte(v)
			return true
		case []byte:
			*d = v
			return true
		}
		return false
	case **int64:
		*d = nil
		if n, ok := v.(int64); ok {
			*d = &n
			return true
		}
		return v == nil
	case **Time:
		*d = nil
		if n, ok := v.(int64); ok {
			t := Time(n)
			*d = &t
			return true
		}
		return v == nil
	case **string:
		*d = nil
		if s, ok := v.(string); ok {
			*d = &s
			return true
		}
		return v == nil
	}
	return false
}
