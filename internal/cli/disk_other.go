//go:build !linux && !darwin

package cli

import "errors"

// freeSpace fails: the platform is not supported.
func freeSpace(string) (int64, error) { return 0, errors.New("not supported on this platform") }
