package db

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/taskhouse/taskhouse/internal/trace"
)

// Tx is a transaction inside one company. $1 of every statement is the company; a statement's own parameters start at $2.
//
// It carries no context: the door holds it, because on SQLite an interrupted statement of a write would roll back the writes
// of other callers that share the commit.
type Tx struct {
	// Now is the instant of this transaction; nobody else asks the time.
	Now Time

	db       *DB
	c        conn
	sqlite   bool
	readonly bool
	company  int64
	actor    int64
	operator int64
	epoch    int64
	epochs   *epochs     // where SQLite notes moved epochs; nil on PostgreSQL
	first    []statement // what AtCommitFirst was given: the head row's lock
	late     []statement // what AtCommit was given
	after    []func()    // what OnCommitted was given

	// Of a traced transaction.
	under  context.Context // what its spans are under, and nothing else of it
	origin trace.Origin
	commit trace.Span
}

type statement struct {
	sql  string
	args []any
	row  func(Row) error // called for each row of the answer, if there is one
}

// Row is one row of an answer; Scan fills the pointers in the order of the columns. Text goes to *string, integers to *int64,
// *int or *Time, truth to *bool; what may be NULL to a pointer of those (**int64), or to *Time, where NULL is 0.
type Row interface{ Scan(dest ...any) error }

// Company is the company's id: what $1 stands for.
func (t *Tx) Company() int64 { return t.company }

// Actor is the user id of who acts; 0 is the system itself.
func (t *Tx) Actor() int64 { return t.actor }

// Operator is the user id of the operator who acts; 0 where it is a member or the system.
func (t *Tx) Operator() int64 { return t.operator }

// Epoch is the authorization epoch to check when the write takes its event's number; negative checks nothing.
func (t *Tx) Epoch() int64 { return t.epoch }

// ReadOnly tells a read from a write: what a write sees may still be rolled back, so it is not for remembering.
func (t *Tx) ReadOnly() bool { return t.readonly }

// Pick is the one place where the engines differ.
func (t *Tx) Pick(sqlite, postgres string) string {
	if t.sqlite {
		return sqlite
	}
	return postgres
}

// OneOf is the condition that a number is one of those in a parameter, which IDs makes. On PostgreSQL it is an array and not a subquery: a
// plan is made once and knows the length of neither, and for a subquery it would rather compare the whole company's rows with it
// (60 ms for one task of 100,000).
func (t *Tx) OneOf(param string) string {
	return t.Pick(`IN (SELECT value FROM json_each(`+param+`))`, `= ANY (ARRAY(SELECT value::bigint FROM json_array_elements_text(`+param+`::json)))`)
}

// IDs is ids as a JSON array, for OneOf.
func IDs(ids []int64) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}

// SQLite reports the engine, for the few places where not a text but the order of the work differs.
func (t *Tx) SQLite() bool { return t.sqlite }

// MayScan says that the statements of this read that follow may look at many more rows than they give. On SQLite they then end
// with the statement timeout and with the caller's patience; watching over a statement costs as much as a short one, so those
// that an index bounds go without. PostgreSQL watches over all of them by itself.
func (t *Tx) MayScan() {
	if c, ok := t.c.(*sqliteConn); ok && c.watch != nil {
		c.watch()
	}
}

// Exec runs a statement and returns how many rows it touched.
func (t *Tx) Exec(sql string, args ...any) (int64, error) {
	if err := guard(sql); err != nil {
		return 0, err
	}
	return t.exec(sql, t.args(args))
}

// Query calls row for each row of the answer.
func (t *Tx) Query(row func(Row) error, sql string, args ...any) error {
	if err := guard(sql); err != nil {
		return err
	}
	return t.query(row, sql, t.args(args))
}

// AtCommit runs a statement last in the transaction, after fn, in the order of the calls and in the commit's own round trip.
// Use it for statements whose result fn does not need. If the statement fails, the transaction fails.
func (t *Tx) AtCommit(sql string, args ...any) error {
	if err := guard(sql); err != nil {
		return err
	}
	t.late = append(t.late, statement{sql: sql, args: t.args(args)})
	return nil
}

// AtCommitFirst runs a statement at the commit, before those of AtCommit. Only the log uses it: it locks the head row first,
// so that two writers that touch the same counters wait for each other there and never deadlock. If row is not nil,
// it is called for each row of the answer.
func (t *Tx) AtCommitFirst(row func(Row) error, sql string, args ...any) error {
	if err := guard(sql); err != nil {
		return err
	}
	t.first = append(t.first, statement{sql, t.args(args), row})
	return nil
}

// deferred returns the statements of AtCommitFirst and AtCommit in the order in which they run.
func (t *Tx) deferred() []statement { return append(t.first, t.late...) }

// OnCommitted calls fn once the transaction is durable. If the transaction fails, fn is not called.
func (t *Tx) OnCommitted(fn func()) { t.after = append(t.after, fn) }

func (t *Tx) args(own []any) []any {
	all := make([]any, 0, len(own)+1)
	return append(append(all, t.company), own...)
}

// write runs fn in a transaction of the engine, and what OnCommitted was given behind it.
func (t *Tx) write(ctx context.Context, fn func(*Tx) error) error {
	ctx, span := t.spanned(ctx, "write")
	err := t.db.engine.write(ctx, t, fn)
	t.commit.End(err)
	span.End(err)
	if err == nil {
		t.committed()
	}
	return err
}

// attempt runs fn, once for each time that an engine begins the transaction, and forgets what an earlier run asked for.
func (t *Tx) attempt(fn func(*Tx) error) error {
	t.first, t.late, t.after, t.Now = nil, nil, nil, t.db.Now()
	return t.committing(fn(t))
}

func (t *Tx) committed() {
	for _, fn := range t.after {
		fn()
	}
}

// names finds the company in a statement: compared with $1, or inserted as it.
var names = regexp.MustCompile(`(?i)\bcompany_id\s*=\s*\$1\b|insert\s+into\s+\w+\s*\(\s*company_id\b[^)]*\)\s*(values\s*\(\s*\$1\b|select\s+\$1\b)`)

var guarded sync.Map // statement text -> struct{}; the texts are few

// guard refuses a statement that does not name its company, so that the first run of any test finds it.
func guard(sql string) error {
	if _, ok := guarded.Load(sql); ok {
		return nil
	}
	if !names.MatchString(sql) {
		return fmt.Errorf("statement without its company (write company_id = $1): %s", sql)
	}
	guarded.Store(sql, struct{}{})
	return nil
}

// ErrUnique is a row that exists already, whichever constraint says so. What a client may be told of it is the caller's to
// find out, by looking.
var ErrUnique = errors.New("a row with this key exists")

// ErrReference is a reference to a row that does not exist in this company.
var ErrReference = errors.New("the referenced row does not exist")

// Statements are the texts of the companies' statements that this process has run, for tests that look at their plans.
func Statements() (all []string) {
	guarded.Range(func(text, _ any) bool {
		all = append(all, text.(string))
		return true
	})
	slices.Sort(all)
	return all
}
