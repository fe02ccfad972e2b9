package testenv

import (
	"os"
	"syscall"
)

// lock makes the file at path and holds it until unlock or the end of this process.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := hold(f); err != nil {
		return nil, err
	}
	// Rename it only now: an unlocked file would look abandoned.
	if err := os.Rename(path+".new", path); err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// inherit takes the lock of a process that has ended. It fails while the process lives.
func inherit(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := hold(f); err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

func hold(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		_ = f.Close()
	}
	return err
}
