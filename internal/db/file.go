package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// CopyInto copies a SQLite database, as it is at one instant, into a new file. The file gets its name only when it is whole
// and on the disk, and only its owner may read it. The database may be in use meanwhile, by another process too. edit
// changes the copy before it gets its name.
func (o Owner) CopyInto(ctx context.Context, path string, edit func(*OwnerTx) error) (err error) {
	e, ok := o.db.engine.(*sqliteEngine)
	if !ok {
		return errors.New("only the embedded database is backed up into a file: use pg_dump")
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	part := path + ".part"
	if err := errors.Join(forget(part), forget(part+"-journal")); err != nil {
		return err
	}
	// SQLite writes into an empty file that is there, so only its owner may read it from the first byte on.
	if err := create(part); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, forget(part), forget(part+"-journal"))
		}
	}()
	c, err := e.connect("")
	if err != nil {
		return err
	}
	c.ctx = ctx
	_, err = c.exec(`VACUUM INTO $1`, []any{part})
	if err := errors.Join(err, c.close()); err != nil {
		return fmt.Errorf("copy the database: %w", e.translate(ctx, err))
	}
	if err := editFile(part, edit); err != nil {
		return err
	}
	return settle(part, path)
}

// ErrFileExists reports a database that would have to be replaced.
var ErrFileExists = errors.New("there is a database already")

// ReplaceFile puts a copy of the SQLite file source at path. edit changes the copy first. If there is a database at path and
// replace is false, ReplaceFile returns ErrFileExists. It fails if a process uses that database. Whenever it is interrupted,
// either the old database or the copy is there, whole, at the latest when the database is next opened.
func ReplaceFile(source, path string, replace bool, edit func(*OwnerTx) error) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := finishReplace(path); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil && !replace {
		return ErrFileExists
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	part := path + ".part"
	defer func() { err = errors.Join(err, forget(part)) }()
	if err := copyFile(source, part); err != nil {
		return err
	}
	if err := editFile(part, edit); err != nil {
		return err
	}
	if err := settle(part, path+replacement); err != nil {
		return err
	}
	return finishReplace(path)
}

// replacement ends the name of a file that is about to take the database's place.
const replacement = ".restored"

// finishReplace lets a whole file that waits beside the database take its place. It removes the old log first: SQLite would
// apply that to the file it finds.
func finishReplace(path string) error {
	if _, err := os.Stat(path + replacement); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if err := errors.Join(forget(path+"-wal"), forget(path+"-shm"), forget(path+"-journal"), forget(path)); err != nil {
		return err
	}
	if err := os.Rename(path+replacement, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// editFile runs fn on a file that no process serves. Deleted rows are overwritten, so that none is left in free pages.
func editFile(path string, fn func(*OwnerTx) error) error {
	c, err := openFile(path, "mode=rw&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
	if err != nil {
		return err
	}
	return errors.Join(fn(&OwnerTx{c: c, sqlite: true}), c.close())
}

func forget(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := forget(to); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// settle brings a file to the disk and then under its name.
func settle(part, path string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
