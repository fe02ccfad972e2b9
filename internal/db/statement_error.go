package db

import "errors"

// statementError is an error of a statement. Its text is that of the error alone, because people read it too.
type statementError struct {
	sql string
	error
}

func inStatement(sql string, err error) error { return &statementError{sql, err} }

// Unwrap returns the cause.
func (e *statementError) Unwrap() error { return e.error }

// StatementOf returns the SQL of the statement that failed with err, for logs; "" if no statement did.
func StatementOf(err error) string {
	var in *statementError
	if errors.As(err, &in) {
		return in.sql
	}
	return ""
}
