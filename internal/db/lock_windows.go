//go:build windows

package db

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// lockFile takes the lock that makes this process the one owner of a SQLite file. It opens the file without sharing,
// and Windows releases it when the process ends.
func lockFile(path string) (io.Closer, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const (
		access     = syscall.GENERIC_READ | syscall.GENERIC_WRITE
		shareNone  = 0
		noTemplate = 0
	)
	h, err := syscall.CreateFile(
		name, access, shareNone, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, noTemplate,
	)
	if err != nil {
		return nil, fmt.Errorf("another process is using %s: stop it, or give this one another data folder",
			strings.TrimSuffix(path, ".lock"))
	}
	return os.NewFile(uintptr(h), path), nil
}
