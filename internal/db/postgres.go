package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// Rows are reached under these two roles. Neither can log in, owns anything, or is above row security. The connection's
// own role switches to appRole for a company's rows, under the policy of that company, and to systemRole for System.
const (
	appRole    = "taskhouse_app"
	systemRole = "taskhouse_system"
)

// applicationName is the name under which a serving process connects. DB.Alone looks for it.
const applicationName = "taskhouse"

// pgEngine is a pool of connections. Each runs under appRole from its first statement on.
type pgEngine struct {
	pool *pgxpool.Pool
	opts Options
	log  *slog.Logger
}

func openPostgres(ctx context.Context, o Options) (engine, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", redact(err, o.URL))
	}
	cfg.MaxConns = int32(o.Conns) //nolint:gosec // a number of connections
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	p := cfg.ConnConfig.RuntimeParams
	p["application_name"] = applicationName
	if o.ReadOnly {
		p["application_name"] = applicationName + " read-only"
	}
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, sessionSettings(o.StatementTimeout))
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, redact(err, o.URL)
	}
	return &pgEngine{pool: pool, opts: o, log: o.Log}, nil
}

// sessionSettings returns the statements that prepare a new connection. The product relies on these settings, so it
// does not inherit them from the server, the role or the database. They are no startup parameters, because a pooler
// such as PgBouncer refuses or drops those that it does not know.
//
// PostgreSQL plans a statement under a row-security policy again each time, at three times the cost, unless the plan is
// generic. With synchronous_commit off, a crash of the server loses commits that were acknowledged; its other values
// are the operator's choice.
func sessionSettings(statementTimeout time.Duration) string {
	return "SET ROLE " + appRole + `;
		SET statement_timeout = ` + strconv.FormatInt(statementTimeout.Milliseconds(), 10) + `;
		SET idle_in_transaction_session_timeout = 60000;
		SET plan_cache_mode = force_generic_plan;
		SET jit = off;
		SET default_transaction_isolation = 'read committed';
		SET default_transaction_read_only = off;` + everySession
}

// everySession sets what both the sessions of requests and those of the schema's owner rely on.
const everySession = `
		SET row_security = on;
		SET lock_timeout = 0;
		SET idle_session_timeout = 0;
		SET client_encoding = 'UTF8';
		SET TimeZone = 'UTC';
		SET standard_conforming_strings = on;
		SELECT set_config('transaction_timeout', '0', false) WHERE current_setting('transaction_timeout', true) <> '0';
		SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

// ownSettings prepares a connection of the schema's owner, whose statements take as long as they must.
const ownSettings = `SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;` + everySession

func (e *pgEngine) name() string { return "postgres" }

func (e *pgEngine) close() error {
	e.pool.Close()
	return nil
}

func (e *pgEngine) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerGrace)
	defer cancel()
	return e.translate(e.pool.Ping(ctx), false)
}

// read sends each statement together with the company's setting in one implicit transaction: one round trip, without
// BEGIN and COMMIT. If the pool's connection turns out to be dead, read repeats fn once on a fresh connection.
func (e *pgEngine) read(ctx context.Context, t *Tx, fn func(*Tx) error) error {
	defer waiting(ctx, time.Now())
	return e.retry(ctx, func() (bool, error) {
		c, err := e.acquire(ctx, t)
		if err != nil {
			return false, err
		}
		defer c.release()
		return false, fn(t)
	})
}

// write runs fn in one explicit transaction. BEGIN and the company's setting travel with the first statement, the
// deferred statements with the COMMIT. So a write of one statement and its event takes two round trips.
func (e *pgEngine) write(ctx context.Context, t *Tx, fn func(*Tx) error) error {
	return e.retry(ctx, func() (bool, error) {
		c, err := e.acquire(ctx, t)
		if err != nil {
			return false, err
		}
		defer c.release()
		c.explicit = true
		if err := t.attempt(fn); err != nil {
			if !c.begun && t.epoch >= 0 { // fn failed on cached facts alone: compare the epoch before reporting it
				if _, e := c.exec("SELECT 1", nil); e != nil {
					err = e
				}
			}
			return false, err
		}
		late := t.deferred()
		if !c.begun && len(late) == 0 {
			return true, nil
		}
		return true, c.commit(late)
	})
}

// maxAttempts is how often retry runs a transaction.
const maxAttempts = 5

// retry runs once, and repeats it in two cases: once reports that it cannot have committed anything and the connection
// was dead, or PostgreSQL itself rolled the transaction back (a deadlock).
func (e *pgEngine) retry(ctx context.Context, once func() (mayHaveCommitted bool, err error)) error {
	for attempt := 1; ; attempt++ {
		mayHaveCommitted, err := once()
		if err == nil {
			return nil
		}
		again := isUndone(err)
		if !again && !mayHaveCommitted && isLost(err) {
			e.pool.Reset() // after a restart of the server every idle connection is dead
			// A caller whose time was spent on waiting for an answer does not wait again.
			again = attempt == 1 && !errors.Is(err, context.DeadlineExceeded)
		}
		if !again || attempt == maxAttempts || ctx.Err() != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return e.translate(err, mayHaveCommitted)
		}
	}
}

func (e *pgEngine) acquire(ctx context.Context, t *Tx) (*pgTx, error) {
	timeout := e.opts.StatementTimeout + answerGrace
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c, err := e.pool.Acquire(limited)
	if err != nil {
		return nil, err
	}
	p := &pgTx{ctx: ctx, c: c, company: t.company, epoch: t.epoch, timeout: timeout}
	t.c = p
	return p, nil
}

// answerGrace is how much longer than the statement timeout this process waits for an answer. PostgreSQL itself ends a
// statement that takes too long, but a server or a network that has gone silent ends nothing. A ping and a
// rollback, which take no time, have this time alone.
const answerGrace = 2 * time.Second

// pgTx is one transaction on one connection. In a read it is a chain of implicit transactions.
type pgTx struct {
	ctx      context.Context
	timeout  time.Duration // for each answer; see answerGrace
	c        *pgxpool.Conn
	company  int64 // 0: the system role
	epoch    int64
	explicit bool
	begun    bool
}

// These statements set the role and company that row security compares. The setting ends with the transaction, explicit
// or implicit.
const (
	enterCompany = `SELECT taskhouse_enter($1), current_user = '` + appRole + `'`
	enterApp     = `SELECT set_config('role', '` + appRole + `', true)`
	enterSystem  = `SELECT set_config('role', '` + systemRole + `', true)`
)

// open queues the statements that must run before the first one of the caller, and returns how many answers to skip.
func (p *pgTx) open(b *pgx.Batch) (queued int) {
	if p.begun {
		return 0
	}
	if p.explicit {
		b.Queue("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
		queued++
		p.begun = true
	}
	if p.company == 0 {
		b.Queue(enterSystem)
	} else {
		b.Queue(enterCompany, p.company)
	}
	return queued + 1
}

// opened reads the answers to the statements that open queued, and compares the epoch.
func (p *pgTx) opened(r pgx.BatchResults, queued int) error {
	if queued == 2 {
		if _, err := r.Exec(); err != nil {
			return err
		}
	}
	if queued == 0 {
		return nil
	}
	if p.company == 0 {
		_, err := r.Exec()
		return err
	}
	var epoch *int64
	var guarded bool
	if err := r.QueryRow().Scan(&epoch, &guarded); err != nil {
		return err
	}
	if !guarded {
		return errPooled
	}
	if p.epoch >= 0 && (epoch == nil || *epoch != p.epoch) {
		return ErrStale
	}
	return nil
}

// errPooled reports a connection on which the role that SET ROLE chose has gone, so that row security would be off.
var errPooled = errors.New("a pooler between Taskhouse and PostgreSQL gives each transaction another connection, " +
	"which would turn row security off: set its pool_mode to session, or connect to PostgreSQL itself")

func (p *pgTx) exec(sql string, args []any) (n int64, err error) {
	err = p.send(sql, args, func(r pgx.BatchResults) error {
		tag, err := r.Exec()
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

func (p *pgTx) query(sql string, args []any, row func(Row) error) error {
	return p.send(sql, args, func(r pgx.BatchResults) error { return statement{row: row}.answered(r) })
}

// send runs a statement in one round trip, behind those that open the transaction.
func (p *pgTx) send(sql string, args []any, answered func(pgx.BatchResults) error) (err error) {
	ctx, cancel := context.WithTimeout(p.ctx, p.timeout)
	defer cancel()
	b := &pgx.Batch{}
	queued := p.open(b)
	b.Queue(sql, args...)
	r := p.c.SendBatch(ctx, b)
	defer func() { err = errors.Join(err, closeBatch(r, err)) }()
	if err := p.opened(r, queued); err != nil {
		return err
	}
	if err := answered(r); err != nil {
		return inStatement(sql, err)
	}
	return nil
}

// closeBatch ends a batch. It drops the error of Close if there was one before, because Close repeats that one.
func closeBatch(r pgx.BatchResults, before error) error {
	if err := r.Close(); before == nil {
		return err
	}
	return nil
}

// answered reads the answer to a statement of a batch.
func (s statement) answered(r pgx.BatchResults) error {
	if s.row == nil {
		_, err := r.Exec()
		return err
	}
	rows, err := r.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := s.row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// commit sends the deferred statements and the COMMIT in one round trip.
func (p *pgTx) commit(late []statement) (err error) {
	if !p.begun { // no statement has run: compare the epoch before anything can be committed
		if _, err := p.exec("SELECT 1", nil); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(p.ctx, p.timeout)
	defer cancel()
	b := &pgx.Batch{}
	for _, s := range late {
		b.Queue(s.sql, s.args...)
	}
	b.Queue("COMMIT")
	r := p.c.SendBatch(ctx, b)
	defer func() { err = errors.Join(err, closeBatch(r, err)) }()
	for _, s := range late {
		if err := s.answered(r); err != nil {
			return inStatement(s.sql, err)
		}
	}
	tag, err := r.Exec()
	if err != nil {
		return err
	}
	if tag.String() != "COMMIT" {
		return fmt.Errorf("commit was answered %q", tag.String())
	}
	p.begun = false
	return nil
}

// enter switches a system transaction to one company, under appRole and the company's policy.
func (p *pgTx) enter(company int64) error {
	if _, err := p.exec(enterApp, nil); err != nil {
		return err
	}
	_, err := p.exec(enterCompany, []any{company})
	return err
}

// leave returns to the system role. If it fails, the transaction has failed, and the commit reports that.
func (p *pgTx) leave() {
	_, _ = p.exec(`SELECT set_config('taskhouse.company', '', true)`, nil)
	_, _ = p.exec(enterSystem, nil)
}

// release gives the connection back without a transaction on it. The pool closes a connection that cannot be cleaned.
func (p *pgTx) release() {
	if !p.c.Conn().IsClosed() && p.c.Conn().PgConn().TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), answerGrace)
		_, _ = p.c.Exec(ctx, "ROLLBACK")
		cancel()
	}
	p.c.Release()
}

// isLost reports that the server or the connection to it is gone.
func isLost(err error) bool {
	if err == nil {
		return false
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch {
		case strings.HasPrefix(pe.Code, "08"), strings.HasPrefix(pe.Code, "57P"), pe.Code == "53300":
			return true
		}
		return false
	}
	var ce *pgconn.ConnectError
	var ne net.Error
	return errors.As(err, &ce) || errors.As(err, &ne) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed pool")
}

// isUndone reports that PostgreSQL rolled the transaction back and asks for another attempt.
func isUndone(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40P01" || pe.Code == "40001")
}

// translate turns the driver's errors into those that the rooms know. mayHaveCommitted says so of the
// failed step.
func (e *pgEngine) translate(err error, mayHaveCommitted bool) error {
	var pe *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case isLost(err) && mayHaveCommitted:
		const lost = "The database went away while this was being committed; it may or may not have been done."
		return fail.Unavailable(lost, time.Second).Because(err)
	case isLost(err):
		return fail.Unavailable("The database does not answer.", time.Second).Because(redact(err, e.opts.URL))
	case !errors.As(err, &pe):
		return err
	}
	switch pe.Code {
	case "23505":
		return fmt.Errorf("%w: %w", ErrUnique, err)
	case "23503":
		return fmt.Errorf("%w: %w", ErrReference, err)
	case "23502":
		if pe.TableName == "events" && pe.ColumnName == "seq" { // no head row at the caller's epoch; see package event
			return ErrStale
		}
		if over := overBudget(pe.TableName, pe.ColumnName); over != nil {
			return over
		}
	case "53100":
		return fail.Full().Because(err)
	case "57014":
		return fail.Unavailable("The database took too long to answer this.", time.Second).Because(err)
	}
	return err
}
