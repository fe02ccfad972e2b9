package db

import (
	"context"
	"strings"

	"github.com/taskhouse/taskhouse/internal/trace"
)

// Origin returns the transaction's place in the trace of its request; it is empty if the request is not traced.
func (t *Tx) Origin() trace.Origin { return t.origin }

// Under records the following statements under the span of ctx, for code that learns its cause only inside the
// transaction.
func (t *Tx) Under(ctx context.Context) { t.under = ctx }

// spanned begins the span of a transaction.
func (t *Tx) spanned(ctx context.Context, name string) (context.Context, trace.Span) {
	ctx, span := trace.Start(ctx, name)
	if span.Real() {
		t.under = ctx
	}
	return ctx, span
}

// committing begins the span of the commit, which includes the deferred statements. It first ends the span of an
// earlier attempt, if the closure ran before.
func (t *Tx) committing(err error) error {
	t.commit.End(err)
	if t.commit = (trace.Span{}); err == nil && t.under != nil {
		_, t.commit = trace.Call(t.under, "COMMIT")
	}
	return err
}

func (t *Tx) exec(sql string, args []any) (int64, error) {
	if t.under == nil {
		return t.c.exec(sql, args)
	}
	span := t.statement(sql)
	n, err := t.c.exec(sql, args)
	span.End(err)
	return n, err
}

func (t *Tx) query(row func(Row) error, sql string, args []any) error {
	if t.under == nil {
		return t.c.query(sql, args, row)
	}
	span := t.statement(sql)
	err := t.c.query(sql, args, row)
	span.End(err)
	return err
}

// statement begins the span of a statement and stores its text, which has placeholders instead of values.
func (t *Tx) statement(sql string) trace.Span {
	words := strings.Fields(sql)
	_, span := trace.Call(t.under, words[0])
	if span.Real() {
		span.Text("db.query.text", strings.Join(words, " "))
		span.Text("db.system.name", t.Pick("sqlite", "postgresql"))
	}
	return span
}
