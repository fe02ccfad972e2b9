package db

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/trace"
)

// Tx is a transaction inside one company. $1 of every statement is the company; the caller's parameters start at $2.
//
// It carries no context; the door holds it. On SQLite an interrupted statement of a write would roll back the writes of
// other callers that share the commit.
type Tx struct {
	// Now is the instant of this transaction. Code inside it reads no other clock.
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
	first    []statement // added by AtCommitFirst: the head row's lock
	late     []statement // added by AtCommit
	use      Use         // to be carried into the head row
	after    []func()    // added by OnCommitted

	// These are set if the transaction is traced.
	under  context.Context // holds the parent of its spans; nothing else of it is used
	origin trace.Origin
	commit trace.Span
}

type statement struct {
	sql  string
	args []any
	row  func(Row) error // called for each row of the answer, if there is one
}

// Row is one row of an answer. Scan fills the pointers in the order of the columns. Text goes to *string, integers to
// *int64, *int or *Time, booleans to *bool. A column that may be NULL goes to a pointer of those (**int64), or to
// *Time, where NULL becomes 0.
type Row interface{ Scan(dest ...any) error }

// Company returns the company's id, the value of $1.
func (t *Tx) Company() int64 { return t.company }

// Actor returns the user id of the acting member; 0 stands for the system.
func (t *Tx) Actor() int64 { return t.actor }

// Operator returns the user id of the acting operator; 0 if a member or the system acts.
func (t *Tx) Operator() int64 { return t.operator }

// Epoch returns the epoch to compare when the write takes its event's number. If it is negative, none is compared.
func (t *Tx) Epoch() int64 { return t.epoch }

// ReadOnly reports whether this is a read. Do not remember rows that a write sees: it may still be rolled back.
func (t *Tx) ReadOnly() bool { return t.readonly }

// Pick returns the text for the transaction's engine. Engines differ in no other place.
func (t *Tx) Pick(sqlite, postgres string) string {
	if t.sqlite {
		return sqlite
	}
	return postgres
}

// OneOf returns the condition that a number is one of those in a parameter, which IDs makes. PostgreSQL gets an array
// and not a subquery. It makes the plan once and knows the length of neither, and for a subquery it prefers to compare
// all rows of the company with it (60 ms for one task of 100,000).
func (t *Tx) OneOf(param string) string {
	return t.Pick(
		`IN (SELECT value FROM json_each(`+param+`))`,
		`= ANY (ARRAY(SELECT value::bigint FROM json_array_elements_text(`+param+`::json)))`,
	)
}

// IDs returns ids as a JSON array, for OneOf.
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

// SQLite reports the engine, for the few places where the order of the work differs and not only a text.
func (t *Tx) SQLite() bool { return t.sqlite }

// MayScan says that the following statements of this read may read many more rows than they return. On SQLite, MayScan
// lets the statement timeout and the end of the caller's context interrupt them. That watch costs as much as a short
// statement, so statements that an index bounds do without it. PostgreSQL itself watches all statements.
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

// AtCommit runs a statement last in the transaction, after fn, in the order of the calls and in the commit's own round
// trip. Use it for statements whose result fn does not need. If the statement fails, the transaction fails.
func (t *Tx) AtCommit(sql string, args ...any) error {
	if err := guard(sql); err != nil {
		return err
	}
	t.late = append(t.late, statement{sql: sql, args: t.args(args)})
	return nil
}

// AtCommitFirst runs a statement at the commit, before those of AtCommit. Only the log uses it: it locks the head row
// first, so that two writers that touch the same counters wait for each other there and never deadlock. If row is not
// nil, it is called for each row of the answer.
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

// write runs fn in a transaction of the engine, and calls the functions of OnCommitted after it.
func (t *Tx) write(ctx context.Context, fn func(*Tx) error) error {
	ctx, span := t.spanned(ctx, "write")
	began := time.Now()
	err := t.db.engine.write(ctx, t, fn)
	waiting(ctx, began)
	t.commit.End(err)
	span.End(err)
	if err == nil {
		t.committed()
	}
	return err
}

// errUseWithoutEvent is a fault of the product: the usage of a company would not be counted.
var errUseWithoutEvent = errors.New("a transaction changes the usage of a company and records no event")

// attempt runs fn each time that an engine begins the transaction. It first drops the statements and functions of an
// earlier attempt.
func (t *Tx) attempt(fn func(*Tx) error) error {
	t.first, t.late, t.after, t.use, t.Now = nil, nil, nil, Use{}, t.db.Now()
	err := fn(t)
	if err == nil && t.use != (Use{}) {
		err = errUseWithoutEvent
	}
	return t.committing(err)
}

func (t *Tx) committed() {
	for _, fn := range t.after {
		fn()
	}
}

// names finds the company in a statement: compared with $1, or inserted as $1.
var names = regexp.MustCompile(
	`(?i)\bcompany_id\s*=\s*\$1\b` +
		`|insert\s+into\s+\w+\s*\(\s*company_id\b[^)]*\)\s*(values\s*\(\s*\$1\b|select\s+\$1\b)`,
)

var guarded sync.Map // statement text -> struct{}; the texts are few

// guard rejects a statement that does not name its company. Any test that runs the statement fails by that.
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

// ErrUnique reports a violated uniqueness constraint. The caller finds out which row exists before it tells the client.
var ErrUnique = errors.New("a row with this key exists")

// ErrReference reports a reference to a row that does not exist in this company.
var ErrReference = errors.New("the referenced row does not exist")

// Statements returns the texts of the companies' statements that this process has run, for tests that check their
// plans.
func Statements() (all []string) {
	guarded.Range(func(text, _ any) bool {
		all = append(all, text.(string))
		return true
	})
	slices.Sort(all)
	return all
}
