//go:build linux || darwin

package cli

import "syscall"

// freeSpace returns the bytes that can still be written in a folder.
func freeSpace(folder string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:gosec // no disk has 2^63 bytes
}
