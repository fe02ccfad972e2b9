//go:build !linux && !darwin

package cli

import "errors"

// freeSpace is not known here.
func freeSpace(string) (int64, error) { return 0, errors.New("this platform does not tell") }
