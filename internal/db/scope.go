package db

import (
	"context"
	"errors"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// ErrStale reports that rights in the company have changed since the Scope was made: a member was deactivated, a
// role changed, a session ended. Nothing was read or written. The code that made the Scope verifies the caller again
// and repeats; no other code handles ErrStale.
var ErrStale = errors.New("rights in the company have changed since this caller was verified")

// anyEpoch is the epoch of a SystemScope, whose transactions compare none.
const anyEpoch = -1

// Scope is one company as one actor sees it. It is the only way to the company's rows.
//
// It carries the epoch of the company's rights at which its caller was verified, and every transaction compares
// it. A read compares it with the head row in the statement's own round trip (on SQLite in memory: one process owns the
// file). A write compares it again when it takes its event's number, under the lock of that row. So a revoked role is
// gone at the next request on every node, and no write commits after the revocation that forbids it. No request pays an
// extra query for that.
//
// A test lists the few functions that make a Scope: from a verified token (auth), and in rooms that act without a
// caller.
type Scope struct {
	db      *DB
	company int64
	actor   int64
	epoch   int64

	operator int64
}

// CallerScope returns the scope of a company for a member whose rights were verified at an epoch. Every transaction
// compares that epoch, and returns ErrStale once it has moved.
func (d *DB) CallerScope(company, user, epoch int64) Scope {
	return Scope{db: d, company: company, actor: user, epoch: epoch}
}

// SystemScope returns the scope of a company for work without a verified caller: a command, a follower, a job. Its
// transactions compare no epoch. why tells the reader of the code which other proof protects the rows.
func (d *DB) SystemScope(company int64, why string) Scope {
	if why == "" {
		panic("db.SystemScope: say why no caller's rights are compared")
	}
	return Scope{db: d, company: company, epoch: anyEpoch}
}

// AsMember returns the scope with a member as its actor. The proof on which the caller of SystemScope relies names that
// member: a sealed link, or a token whose signature holds.
func (s Scope) AsMember(user int64) Scope {
	s.actor, s.operator = user, 0
	return s
}

// AsOperator returns the scope with an operator instead of an actor: a user above companies, who is no member there.
// The log names the operator in the events of the scope's changes.
func (s Scope) AsOperator(user int64) Scope {
	s.actor, s.operator = 0, user
	return s
}

// Operator returns the user id of the acting operator; 0 if a member or the system acts.
func (s Scope) Operator() int64 { return s.operator }

// Company returns the company's id.
func (s Scope) Company() int64 { return s.company }

// Actor returns the user id of the acting member; 0 stands for the system.
func (s Scope) Actor() int64 { return s.actor }

// Epoch returns the epoch of the rights at which the caller was verified.
func (s Scope) Epoch() int64 { return s.epoch }

// Read runs fn on the company's rows; fn cannot change them. Each of its statements sees the commits made before it
// began. Read returns ErrStale when the caller must be verified again.
func (s Scope) Read(ctx context.Context, fn func(*Tx) error) error {
	t, err := s.begin(ctx)
	if err != nil {
		return err
	}
	t.readonly = true
	ctx, span := t.spanned(ctx, "read")
	err = s.db.engine.read(ctx, t, fn)
	span.End(err)
	return err
}

// Write runs fn in one transaction. When Write returns nil, all that fn did is durable; after an error none of it is
// there, with one exception: an unavailable error at the very commit leaves the outcome unknown, and an Idempotency-Key
// settles it. fn may run more than once and must have no effect but through tx. On SQLite fn holds the one writer: it
// must not wait.
func (s Scope) Write(ctx context.Context, fn func(*Tx) error) error {
	t, err := s.begin(ctx)
	if err != nil {
		return err
	}
	return t.write(ctx, fn)
}

func (s Scope) begin(ctx context.Context) (*Tx, error) {
	if s.db == nil || s.company <= 0 {
		return nil, errors.New("a scope without a company reaches no rows: make it from a verified token")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &Tx{
		Now: s.db.Now(), db: s.db, origin: trace.OriginOf(ctx),
		company: s.company, actor: s.actor, operator: s.operator, epoch: s.epoch,
	}, nil
}

// System reaches rows of all companies. It is for work that cannot know its company beforehand: a sign-in under a name,
// the invitation of a token, a new company, the housekeeper. On PostgreSQL it runs under systemRole.
type System struct{ db *DB }

// System opens the door that spans companies; why is for the reader of the code.
func (d *DB) System(why string) System {
	if why == "" {
		panic("db.System: say why this must span companies")
	}
	return System{db: d}
}

// Read runs fn on the rows of all companies.
func (s System) Read(ctx context.Context, fn func(*SystemTx) error) error {
	t := &Tx{Now: s.db.Now(), readonly: true, epoch: anyEpoch}
	ctx, span := t.spanned(ctx, "read")
	err := s.db.engine.read(ctx, t, func(t *Tx) error { return fn(&SystemTx{tx: t, Now: t.Now}) })
	span.End(err)
	return err
}

// Write runs fn in one transaction, with the promises of Scope.Write.
func (s System) Write(ctx context.Context, fn func(*SystemTx) error) error {
	t := &Tx{Now: s.db.Now(), db: s.db, origin: trace.OriginOf(ctx), epoch: anyEpoch}
	return t.write(ctx, func(t *Tx) error { return fn(&SystemTx{tx: t, Now: t.Now}) })
}

// SystemTx is a transaction that spans companies: its statements' parameters start at $1.
type SystemTx struct {
	tx  *Tx
	Now Time
}

// Exec runs a statement and returns how many rows it touched.
func (s *SystemTx) Exec(sql string, args ...any) (int64, error) { return s.tx.exec(sql, args) }

// Query calls row for each row of the answer.
func (s *SystemTx) Query(row func(Row) error, sql string, args ...any) error {
	return s.tx.query(row, sql, args)
}

// Pick does the same as Tx.Pick.
func (s *SystemTx) Pick(sqlite, postgres string) string { return s.tx.Pick(sqlite, postgres) }

// OneOf does the same as Tx.OneOf.
func (s *SystemTx) OneOf(param string) string { return s.tx.OneOf(param) }

// Verify compares the epoch of a caller's scope, for work of a verified caller that spans companies. It returns
// ErrStale when the caller must be verified again.
func (s *SystemTx) Verify(caller Scope) error {
	epoch, err := One(s, Column[int64], `SELECT epoch FROM heads WHERE company_id = $1`, caller.company)
	if fail.Is(err, fail.KindNotFound) {
		return ErrStale
	}
	if err == nil && epoch != caller.epoch {
		err = ErrStale
	}
	return err
}

// In runs fn as this company inside the same transaction, under the same guard and row security as a Scope.
func (s *SystemTx) In(company, actor int64, fn func(*Tx) error) error {
	return s.in(company, actor, 0, fn)
}

// InAsOperator does the same as In for an operator: see Scope.AsOperator. An operator of 0 is the system itself.
func (s *SystemTx) InAsOperator(company, operator int64, fn func(*Tx) error) error {
	return s.in(company, 0, operator, fn)
}

func (s *SystemTx) in(company, actor, operator int64, fn func(*Tx) error) error {
	if company <= 0 {
		return fail.NotFound()
	}
	t := *s.tx
	t.company, t.actor, t.operator, t.use = company, actor, operator, Use{}
	if e, ok := t.c.(enterer); ok {
		if err := e.enter(company); err != nil {
			return err
		}
		defer e.leave()
	}
	err := fn(&t)
	if err == nil && t.use != (Use{}) {
		err = errUseWithoutEvent
	}
	s.tx.first, s.tx.late, s.tx.after = t.first, t.late, t.after
	return err
}

// enterer is a connection that sets row security for a company (PostgreSQL).
type enterer interface {
	enter(company int64) error
	leave()
}
