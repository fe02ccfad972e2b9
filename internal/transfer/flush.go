package transfer

import (
	"context"
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

// Flush deletes every row of every table but the schema's own, in one transaction. Ids continue where they were. It
// returns how many rows each table had.
func Flush(ctx context.Context, d *db.DB) (map[string]int64, error) {
	return db.Write(ctx, d.Owner("all rows are deleted"), func(tx *db.OwnerTx) (map[string]int64, error) {
		rows := map[string]int64{}
		var names []string
		err := snapshot.ReadIn(tx, func(r *snapshot.Reader) error {
			for _, t := range r.Tables {
				n, err := db.One(r, db.Column[int64], `SELECT count(*) FROM "`+t.Name+`"`)
				if err != nil {
					return fmt.Errorf("count %s: %w", t.Name, err)
				}
				rows[t.Name], names = n, append(names, t.Name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if !tx.SQLite() {
			return rows, tx.Script(`TRUNCATE "` + strings.Join(names, `", "`) + `"`)
		}
		// References are compared at the commit, when no rows are left.
		if err := tx.Script(`PRAGMA defer_foreign_keys = ON`); err != nil {
			return nil, err
		}
		for _, name := range names {
			if _, err := tx.Exec(`DELETE FROM "` + name + `"`); err != nil {
				return nil, fmt.Errorf("empty %s: %w", name, err)
			}
		}
		return rows, nil
	})
}
