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

// ExitCode returns the exit code for err: 0 for nil, the result of its ExitCode method if it has one, else 1.
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

// usageError reports an unusable command line. Its exit code is 2.
type usageError struct{ error }

func usage(err error) error { return usageError{err} }

// ExitCode returns 2, the code that shells use for misuse.
func (usageError) ExitCode() int { return 2 }

// Unwrap returns the cause.
func (e usageError) Unwrap() error { return e.error }

// failures returns the lines that report err: one, or one for each bad setting.
func failures(err error) []string {
	var invalid *config.Error
	var reported endedElsewhere
	switch {
	case err == nil, errors.As(err, &reported):
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

// inWords turns an error about fields into one line for a shell.
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
