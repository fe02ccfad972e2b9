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

// CopyInto copies a SQLite database, as it is at one instant, into a new file. The file gets its name only when it is
// whole and on the disk, and only its owner may read it. This process and others may use the database during the copy.
// edit changes the copy before it gets its name.
func (o Owner) CopyInto(ctx context.Context, path string, edit func(*OwnerTx) error) (err error) {
	e, ok := o.db.engine.(*sqliteEngine)
	if !ok {
		return errors.New("only a SQLite database is backed up into a file: use pg_dump for PostgreSQL")
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	part := path + ".part"
	if err := errors.Join(removeIfExists(part), removeIfExists(part+"-journal")); err != nil {
		return err
	}
	// SQLite writes into an empty file that exists, so only its owner may read it from the first byte on.
	if err := createPrivate(part); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfExists(part), removeIfExists(part+"-journal"))
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
	if err := editFile(ctx, part, edit); err != nil {
		return e.translate(ctx, err)
	}
	return syncAndRename(part, path)
}

// ErrFileExists reports a database that ReplaceFile would have to replace.
var ErrFileExists = errors.New("there is a database already")

// ReplaceFile puts a copy of the SQLite file source at path. edit changes the copy first. If there is a database at
// path and replace is false, ReplaceFile returns ErrFileExists. It fails if a process uses that database. After an
// interruption at any point, the next opening finds either the old database or the copy, whole.
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
	defer func() { err = errors.Join(err, removeIfExists(part)) }()
	if err := copyFile(source, part); err != nil {
		return err
	}
	if err := editFile(context.Background(), part, edit); err != nil {
		return err
	}
	if err := syncAndRename(part, path+replacement); err != nil {
		return err
	}
	return finishReplace(path)
}

// replacement ends the name of a file that is about to take the database's place.
const replacement = ".restored"

// finishReplace moves a complete replacement file to the database's place, if one exists. It removes the old log first:
// SQLite would apply that log to the new file.
func finishReplace(path string) error {
	if _, err := os.Stat(path + replacement); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for _, old := range []string{path + "-wal", path + "-shm", path + "-journal", path} {
		if err := removeIfExists(old); err != nil {
			return err
		}
	}
	if err := os.Rename(path+replacement, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// editFile runs fn on a file that no process serves. Deleted rows are overwritten, so that none is left in free pages.
func editFile(ctx context.Context, path string, fn func(*OwnerTx) error) error {
	c, err := openFile(path, "mode=rw&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
	if err != nil {
		return err
	}
	c.ctx = ctx
	return errors.Join(fn(&OwnerTx{c: c, sqlite: true}), c.close())
}

func removeIfExists(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func createPrivate(path string) error {
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
	if err := removeIfExists(to); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// syncAndRename writes a file to the disk and then gives it its name.
func syncAndRename(part, path string) error {
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
