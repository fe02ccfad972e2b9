package testenv

import "os"

// LongEnv names the variable that gives the long runs their full length, as CI does.
const LongEnv = "TEST_LONG"

// Long returns long if TEST_LONG is set, and otherwise short: the size of a run that finds more the longer it takes.
// Both run the same checks.
func Long[T any](short, long T) T {
	if os.Getenv(LongEnv) != "" {
		return long
	}
	return short
}
