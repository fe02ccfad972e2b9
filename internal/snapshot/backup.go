package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// notesTable exists in a backup only. It holds the notes of Backup.
const notesTable = db.SchemaPrefix + "backup"

const createNotes = `CREATE TABLE ` + notesTable + ` (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT`

// These notes hold the checksums of a backup: the Sums of all tables as JSON, and the SHA-256 of all other notes, the
// Sums included.
const (
	noteSums = "sums"
	noteHash = "sha256"
)

// ErrDamaged reports a backup that differs from the one that Backup wrote.
var ErrDamaged = errors.New("the backup is damaged or was altered")

// Backup copies a SQLite database, as it is at one instant, into a new file: see db.Owner.CopyInto. The database may be
// in use during the copy. The backup also stores notes, which Notes reads, and checksums, which CheckSums compares.
func Backup(ctx context.Context, d *db.DB, path string, notes map[string]string) error {
	return d.Owner("a backup has every row").CopyInto(ctx, path, func(tx *db.OwnerTx) error {
		all := maps.Clone(notes)
		if all == nil {
			all = map[string]string{}
		}
		err := readWatched(ctx, tx, func(r *Reader) error {
			sums, err := r.SumUp()
			if err != nil {
				return err
			}
			text, err := json.Marshal(sums)
			all[noteSums] = string(text)
			return err
		})
		if err != nil {
			return fmt.Errorf("compute the checksums: %w", err)
		}
		all[noteHash] = hashNotes(all)
		err = tx.Script(createNotes)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if err == nil {
				_, err = tx.Exec(`INSERT INTO `+notesTable+` (name, value) VALUES ($1, $2)`, name, all[name])
			}
		}
		if err != nil {
			err = fmt.Errorf("write the notes: %w", err)
		}
		return err
	})
}

// hashNotes returns the SHA-256 of all notes but itself.
func hashNotes(notes map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		if name != noteHash {
			_, _ = fmt.Fprintf(h, "%q %q\n", name, notes[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
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

// CheckSums compares a backup's rows and notes with the checksums in its notes. It returns ErrDamaged, with the tables
// that differ, if they do not match. It reports whether there are checksums: a database in use and a backup by a
// version before them have none. The checksums find damage and careless changes. They are no signature: a person who
// can write to the file can compute them again.
func CheckSums(ctx context.Context, d *db.DB) (compared bool, err error) {
	notes, err := Notes(ctx, d)
	if err != nil {
		return false, err
	}
	if notes[noteSums] == "" && notes[noteHash] == "" {
		return false, nil
	}
	var want Sums
	if hashNotes(notes) != notes[noteHash] || json.Unmarshal([]byte(notes[noteSums]), &want) != nil {
		return true, fmt.Errorf("%w: its notes do not match their checksum", ErrDamaged)
	}
	have, err := SumUp(ctx, d)
	if err != nil {
		return true, err
	}
	if lines := want.Differ(have); len(lines) > 0 {
		text := strings.ReplaceAll(strings.Join(lines, "; "), "in the other database", "in the file")
		return true, fmt.Errorf("%w: %s", ErrDamaged, text)
	}
	return true, nil
}

// ForeignObjects returns a line for each trigger, view and other object that this program does not make: see
// db.DB.ForeignObjects. The notes of a backup may be there.
func ForeignObjects(ctx context.Context, d *db.DB) ([]string, error) {
	return d.ForeignObjects(ctx, createNotes)
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
