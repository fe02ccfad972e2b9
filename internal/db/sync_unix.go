//go:build unix

package db

import (
	"errors"
	"os"
)

// syncFolder writes the names in a folder to the disk.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
