//go:build unix

package db

import (
	"errors"
	"os"
)

// syncFolder brings a folder's names to the disk.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
