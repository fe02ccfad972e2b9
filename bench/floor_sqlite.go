package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
)

// The product's pragmas; the cache is the readers' or the writer's.
const (
	pragmas = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=journal_size_limit(67108864)"
	readerPragmas = "&_pragma=query_only(1)&_pragma=cache_size(-4000)"
	writerPragmas = "&_pragma=cache_size(-8000)"
)

func (c floorConfig) file(o order) string {
	if writes(o.Name) {
		return "file:" + c.Where + pragmas + writerPragmas
	}
	return "file:" + c.Where + pragmas + readerPragmas
}

// driverRunner uses the driver without database/sql, as the product does: statements prepared once, values as they
// come.
type driverRunner struct {
	c     driver.Conn
	stmts map[string]driver.Stmt
	trips []trip
	batch int // writes in a commit; 0 for reads
	vals  []driver.Value
	recall
}

func newDriverRunner(cfg floorConfig, o order) (*driverRunner, error) {
	c, err := (&sqlite.Driver{}).Open(cfg.file(o))
	if err != nil {
		return nil, err
	}
	r := &driverRunner{
		c:      c,
		stmts:  map[string]driver.Stmt{},
		trips:  operation("sqlite", o.Name, cfg.Subject),
		vals:   make([]driver.Value, 32), // more than a row has
		recall: recall{n: o.First},
	}
	if writes(o.Name) {
		r.batch = callers
	}
	return r, nil
}

func (r *driverRunner) close() error {
	for _, s := range r.stmts {
		_ = s.Close()
	}
	return r.c.Close()
}

// run performs one read, or commits as many writes as there are callers, a savepoint each.
func (r *driverRunner) run(ctx context.Context) (int, error) {
	if r.batch == 0 {
		return 1, r.once(ctx)
	}
	if err := r.plain(ctx, "BEGIN IMMEDIATE"); err != nil {
		return 0, err
	}
	for range r.batch {
		if err := r.plain(ctx, "SAVEPOINT one"); err != nil {
			return 0, err
		}
		if err := r.once(ctx); err != nil {
			return 0, err
		}
		if err := r.plain(ctx, "RELEASE one"); err != nil {
			return 0, err
		}
	}
	return r.batch, r.plain(ctx, "COMMIT")
}

func (r *driverRunner) plain(ctx context.Context, sql string) error {
	return r.statement(ctx, statement{sql: sql})
}

func (r *driverRunner) once(ctx context.Context) error {
	r.begin()
	for _, t := range r.trips {
		for _, s := range t {
			r.got = append(r.got, 0)
			if err := r.statement(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s.sql, err)
			}
		}
	}
	return nil
}

func (r *driverRunner) statement(ctx context.Context, s statement) (err error) {
	p, ok := r.stmts[s.sql]
	if !ok {
		if p, err = r.c.Prepare(s.sql); err != nil {
			return err
		}
		r.stmts[s.sql] = p
	}
	args := make([]driver.NamedValue, len(s.args))
	for i, a := range s.args {
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: r.value(a)}
	}
	if s.row == nil {
		_, err := p.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	}
	rows, err := p.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	vals := r.vals[:len(rows.Columns())]
	for {
		if err := rows.Next(vals); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if n, ok := vals[0].(int64); ok {
			r.got[len(r.got)-1] = n
		}
	}
}

// recall holds the state of a runner between the statements of an operation, and between operations.
type recall struct {
	n   int     // operations so far
	got []int64 // the first column of each statement's answer
}

// begin begins an operation.
func (m *recall) begin() { m.n, m.got = m.n+1, m.got[:0] }

// value returns a parameter as the drivers take it.
func (m *recall) value(a any) any {
	switch a := a.(type) {
	case ref:
		return m.got[a]
	case cycle:
		return m.value(a[m.n%len(a)])
	case int:
		return int64(a)
	}
	return a
}

// poolRunner does the same through database/sql.
type poolRunner struct {
	pool  *sql.DB
	stmts map[string]*sql.Stmt
	trips []trip
	write bool
	recall
}

func newPoolRunner(cfg floorConfig, o order) (*poolRunner, error) {
	pool, err := sql.Open("sqlite", cfg.file(o))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1) // each runner stands for one connection
	return &poolRunner{
		pool:   pool,
		stmts:  map[string]*sql.Stmt{},
		trips:  operation("sqlite", o.Name, cfg.Subject),
		write:  writes(o.Name),
		recall: recall{n: o.First},
	}, nil
}

func (r *poolRunner) close() error { return r.pool.Close() }

func (r *poolRunner) run(ctx context.Context) (int, error) {
	if err := r.prepare(); err != nil {
		return 0, err
	}
	if !r.write {
		return 1, r.once(ctx, func(s *sql.Stmt) *sql.Stmt { return s })
	}
	tx, err := r.pool.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	in := func(s *sql.Stmt) *sql.Stmt { return tx.StmtContext(ctx, s) }
	for range callers {
		if _, err := in(r.stmts["SAVEPOINT one"]).ExecContext(ctx); err != nil {
			return 0, errors.Join(err, tx.Rollback())
		}
		if err := r.once(ctx, in); err != nil {
			return 0, errors.Join(err, tx.Rollback())
		}
		if _, err := in(r.stmts["RELEASE one"]).ExecContext(ctx); err != nil {
			return 0, errors.Join(err, tx.Rollback())
		}
	}
	return callers, tx.Commit()
}

// prepare prepares everything before the first transaction, which holds the only connection.
func (r *poolRunner) prepare() error {
	if len(r.stmts) > 0 {
		return nil
	}
	texts := []string{"SAVEPOINT one", "RELEASE one"}
	for _, t := range r.trips {
		for _, s := range t {
			texts = append(texts, s.sql)
		}
	}
	for _, sql := range texts {
		s, err := r.pool.Prepare(sql)
		if err != nil {
			return err
		}
		r.stmts[sql] = s
	}
	return nil
}

// once runs the operation with the statements as in gives them: those of a transaction, or as they are.
func (r *poolRunner) once(ctx context.Context, in func(*sql.Stmt) *sql.Stmt) error {
	r.begin()
	for _, t := range r.trips {
		for _, s := range t {
			r.got = append(r.got, 0)
			if err := r.statement(ctx, in(r.stmts[s.sql]), s); err != nil {
				return fmt.Errorf("%s: %w", s.sql, err)
			}
		}
	}
	return nil
}

func (r *poolRunner) statement(ctx context.Context, p *sql.Stmt, s statement) error {
	args := make([]any, len(s.args))
	for i, a := range s.args {
		args[i] = r.value(a)
	}
	if s.row == nil {
		_, err := p.ExecContext(ctx, args...)
		return err
	}
	rows, err := p.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		dest := s.row()
		if err := rows.Scan(dest...); err != nil {
			return errors.Join(err, rows.Close())
		}
		r.note(dest[0])
	}
	return errors.Join(rows.Err(), rows.Close())
}

func (r *poolRunner) note(first any) {
	if n, ok := first.(*int64); ok {
		r.got[len(r.got)-1] = *n
	}
}
