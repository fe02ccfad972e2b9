package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
)

// foldAtOnce is how many tasks Fold changes in one transaction. On SQLite other writes wait for it.
const foldAtOnce = 200

// Fold computes the texts for search and order of tasks that an older program wrote, of all companies. It returns how
// many these were. Clients cannot see these texts, so the changes are no events.
func Fold(ctx context.Context, d *db.DB) (folded int, err error) {
	type row struct {
		company, id        int64
		title, description string
	}
	system := d.System("the housekeeper folds the texts of all companies")
	for {
		var rows []row
		err := system.Write(ctx, func(tx *db.SystemTx) error {
			rows = nil
			err := tx.Query(func(r db.Row) error {
				var t row
				err := r.Scan(&t.company, &t.id, &t.title, &t.description)
				rows = append(rows, t)
				return err
			}, `SELECT company_id, id, title, description FROM tasks WHERE title_key = ''
				ORDER BY company_id, id LIMIT $1`, foldAtOnce)
			if err != nil {
				return err
			}
			for _, t := range rows {
				// A title that was changed since is folded by who changed it.
				_, err := tx.Exec(`UPDATE tasks SET search_text = $3, title_key = $4
					WHERE company_id = $1 AND id = $2 AND title = $5 AND description = $6`,
					t.company, t.id, searchText(t.title, t.description), titleKey(t.title), t.title, t.description)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(rows) == 0 {
			return folded, err
		}
		folded += len(rows)
	}
}

// titleKey returns the key by which lists order a title. It is never empty: an old title may show nothing.
func titleKey(title string) string {
	if key := db.SortKey(title); key != "" {
		return key
	}
	return " "
}
