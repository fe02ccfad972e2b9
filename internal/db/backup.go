package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// notesTable is in a backup alone: what was written down beside the rows.
const notesTable = own + "backup"

// Backup copies a SQLite database, as it is at one instant, into a new file, which stands under its name only when it is whole and on the
// disk. It is read by nobody but its owner. The database may be in use meanwhile, by another process too. notes are
// written down beside the rows, for Restore.
func (d *DB) Backup(ctx context.Context, path string, notes map[string]string) (err error) {
	e, ok := d.engine.(*sqliteEngine)
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
	// SQLite writes into an empty file that is there, and it is nobody else's from the first byte on.
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
	if err := note(part, notes); err != nil {
		return fmt.Errorf("write the notes: %w", err)
	}
	return settle(part, path)
}

// note writes the notes of a backup.
func note(path string, notes map[string]string) error {
	c, err := openFile(path, "mode=rw&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	err = c.script(`CREATE TABLE ` + notesTable + ` (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT`)
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		if err == nil {
			_, err = c.exec(`INSERT INTO `+notesTable+` (name, value) VALUES ($1, $2)`, []any{name, notes[name]})
		}
	}
	return errors.Join(err, c.close())
}

// Notes is what was written down when a backup was made; a database that is none has no notes.
func (d *DB) Notes(ctx context.Context) (map[string]string, error) {
	notes := map[string]string{}
	if d.engine.name() != "sqlite" {
		return notes, nil
	}
	err := d.engine.owner(ctx, func(c ownerConn) error {
		there := false
		if err := c.query(`SELECT 1 FROM sqlite_master WHERE name = '`+notesTable+`'`, nil, func(Row) error { there = true; return nil }); err != nil || !there {
			return err
		}
		return c.query(`SELECT name, value FROM `+notesTable, nil, func(r Row) error {
			var name, value string
			err := r.Scan(&name, &value)
			notes[name] = value
			return err
		})
	})
	return notes, err
}

// ErrThere is a database that would have to be replaced.
var ErrThere = errors.New("there is a database already")

// Restore puts a backup at path, where the rooms' rows are from then on; the notes are left out. A database that is there is replaced only
// if that is asked for, else ErrThere. It fails when a process uses that database. Whenever it is interrupted, either the old
// database or the backup is there, whole, at the latest when the database is next opened.
func Restore(backup, path string, replace bool) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := finishRestore(path); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil && !replace {
		return ErrThere
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	part := path + ".part"
	defer func() { err = errors.Join(err, forget(part)) }()
	if err := copyFile(backup, part); err != nil {
		return err
	}
	// What was noted, a key perhaps, must not be left in the file's free pages.
	c, err := openFile(part, "mode=rw&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
	if err != nil {
		return err
	}
	if err := errors.Join(c.script(`DROP TABLE IF EXISTS `+notesTable), c.close()); err != nil {
		return fmt.Errorf("take the notes out: %w", err)
	}
	if err := settle(part, path+restored); err != nil {
		return err
	}
	return finishRestore(path)
}

// restored ends the name of a backup that is about to take the database's place.
const restored = ".restored"

// finishRestore lets a whole backup that lies beside the database take its place. The old log goes first: SQLite would apply it to
// whatever file it finds beside.
func finishRestore(path string) error {
	if _, err := os.Stat(path + restored); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if err := errors.Join(forget(path+"-wal"), forget(path+"-shm"), forget(path+"-journal"), forget(path)); err != nil {
		return err
	}
	if err := os.Rename(path+restored, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
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
