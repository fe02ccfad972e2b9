package app

import (
	"errors"
	"strings"
)

// ExitCode is the process's code for err: 0 for none, what the error says of itself by a method ExitCode() int, else 1.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var own interface{ ExitCode() int }
	if errors.As(err, &own) {
		return own.ExitCode()
	}
	return 1
}

// usageError is a command line or configuration that cannot be used; its code is 2.
type usageError struct{ error }

func usage(err error) error { return usageError{err} }

// ExitCode is 2, as shells have it for misuse.
func (usageError) ExitCode() int { return 2 }

// Unwrap gives what is wrong.
func (e usageError) Unwrap() error { return e.error }

// failures are what people read of err: one line, or one for each of the bad options that it joins.
func failures(err error) []string {
	if err == nil {
		return nil
	}
	var own usageError
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &own) || !errors.As(own.error, &joined) {
		return []string{escape(oneLine(err.Error()))}
	}
	var out []string
	for _, e := range joined.Unwrap() {
		out = append(out, escape(e.Error()))
	}
	return out
}

// oneLine joins the lines of an error that lists what it tried, as a database's failure to connect does.
func oneLine(s string) string {
	var b strings.Builder
	for row := range strings.Lines(s) {
		row = strings.TrimSpace(row)
		switch {
		case row == "":
			continue
		case b.Len() > 0 && strings.HasSuffix(b.String(), ":"):
			b.WriteString(" ")
		case b.Len() > 0:
			b.WriteString("; ")
		}
		b.WriteString(row)
	}
	return b.String()
}
