package db

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// Door opens transactions of one kind: Scope opens those of one company (*Tx), System those of all companies
// (*SystemTx).
type Door[X any] interface {
	Read(ctx context.Context, fn func(X) error) error
	Write(ctx context.Context, fn func(X) error) error
}

// Read runs fn in a read of door, such as Scope.Read, and returns the value of fn. On an error it returns the zero
// value.
func Read[T, X any, D Door[X]](ctx context.Context, door D, fn func(X) (T, error)) (T, error) {
	var v T
	err := door.Read(ctx, func(tx X) (err error) {
		v, err = fn(tx)
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// Write runs fn in a write of door, such as Scope.Write, and returns the value of the run of fn that was committed.
// On an error it returns the zero value.
func Write[T, X any, D Door[X]](ctx context.Context, door D, fn func(X) (T, error)) (T, error) {
	var v T
	err := door.Write(ctx, func(tx X) (err error) {
		v, err = fn(tx)
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// Querier runs queries. *Tx and *SystemTx are the two.
type Querier interface {
	Query(row func(Row) error, sql string, args ...any) error
}

// One returns the row of a query that finds at most one. If the query finds no row, One returns fail.NotFound.
func One[T any](q Querier, scan func(Row, *T) error, sql string, args ...any) (T, error) {
	var v T
	found := false
	err := q.Query(func(r Row) error {
		found = true
		return scan(r, &v)
	}, sql, args...)
	if err == nil && !found {
		err = fail.NotFound()
	}
	return v, err
}

// All returns the rows of a query. If there are none it returns an empty slice, not nil.
func All[T any](q Querier, scan func(Row, *T) error, sql string, args ...any) ([]T, error) {
	vs := []T{}
	err := q.Query(func(r Row) error {
		var v T
		if err := scan(r, &v); err != nil {
			return err
		}
		vs = append(vs, v)
		return nil
	}, sql, args...)
	return vs, err
}

// Exists calls scan for the row of a query that finds at most one. If the query finds no row, Exists returns
// fail.NotFound. Use it if scan stores the row in variables of its own.
func Exists(q Querier, scan func(Row) error, sql string, args ...any) error {
	_, err := One(q, func(r Row, _ *struct{}) error { return scan(r) }, sql, args...)
	return err
}

// Column scans a row of one column, for One and All: db.One(tx, db.Column[int64], `SELECT count(*) ...`).
func Column[T any](r Row, v *T) error { return r.Scan(v) }

// Found turns "the statement touched no row" into fail.NotFound: db.Found(tx.Exec(...)).
func Found(n int64, err error) error {
	if err == nil && n == 0 {
		return fail.NotFound()
	}
	return err
}
