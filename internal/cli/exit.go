package cli

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/fail"
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

// failures are what people read of err: one line, or one for each of the settings that cannot be used.
func failures(err error) []string {
	var invalid *config.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &invalid):
		return []string{app.Escape(app.OneLine(err.Error()))}
	}
	var out []string
	for _, problem := range invalid.Problems {
		out = append(out, app.Escape(problem.Error()))
	}
	return out
}

// inWords says an error about fields in one line for a shell.
func inWords(err error) error {
	var invalid *fail.Error
	if !errors.As(err, &invalid) || invalid.Kind != fail.KindInvalid {
		return err
	}
	var all []string
	for _, field := range slices.Sorted(maps.Keys(invalid.Fields)) {
		all = append(all, field+": "+strings.Join(invalid.Fields[field], " "))
	}
	return errors.New(strings.Join(all, "; "))
}
