package snapshot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// notesTable exists in a backup only. It holds the notes of Backup.
const notesTable = db.SchemaPrefix + "backup"

// Backup copies a SQLite database, as it is at one instant, into a new file: see db.Owner.CopyInto. The database may be
// in use during the copy. The backup also stores notes, which Notes reads.
func Backup(ctx context.Context, d *db.DB, path string, notes map[string]string) error {
	return d.Owner("a backup has every row").CopyInto(ctx, path, func(tx *db.OwnerTx) error {
		err := tx.Script(`CREATE TABLE ` + notesTable + ` (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT`)
		for _, name := range slices.Sorted(maps.Keys(notes)) {
			if err == nil {
				_, err = tx.Exec(`INSERT INTO `+notesTable+` (name, value) VALUES ($1, $2)`, name, notes[name])
			}
		}
		if err != nil {
			err = fmt.Errorf("write the notes: %w", err)
		}
		return err
	})
}

// Notes returns the notes of a backup. A database that is not a backup has none.
func Notes(ctx context.Context, d *db.DB) (map[string]string, error) {
	notes := map[string]string{}
	if d.Engine() != "sqlite" {
		return notes, nil
	}
	err := d.Owner("a backup's notes belong to no company").Write(ctx, func(tx *db.OwnerTx) error {
		const find = `SELECT 1 FROM sqlite_master WHERE name = '` + notesTable + `'`
		err := db.Exists(tx, func(db.Row) error { return nil }, find)
		if fail.Is(err, fail.KindNotFound) {
			return nil
		}
		return errors.Join(err, tx.Query(func(r db.Row) error {
			var name, value string
			err := r.Scan(&name, &value)
			notes[name] = value
			return err
		}, `SELECT name, value FROM `+notesTable))
	})
	return notes, err
}

// Restore puts a backup at path, without its notes: a key in the notes must not stay in the database. For a database
// that exists at path, see db.ReplaceFile.
func Restore(backup, path string, replace bool) error {
	return db.ReplaceFile(backup, path, replace, func(tx *db.OwnerTx) error {
		if err := tx.Script(`DROP TABLE IF EXISTS ` + notesTable); err != nil {
			return fmt.Errorf("remove the notes: %w", err)
		}
		return nil
	})
}
