package task

import (
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
)

// columns are a task's in the order that scan reads them.
const columns = `company_id, id, title, description, status, assigned_to, created_by, rank, version, created_at, updated_at`

func scan(r db.Row, t *Task) error {
	err := r.Scan(&t.Company, &t.ID, &t.Title, &t.Description, (*string)(&t.Status), &t.AssignedTo, &t.CreatedBy, &t.Rank, &t.Version, &t.CreatedAt, &t.UpdatedAt)
	if t.Rank == "" {
		t.Rank = rankOf(t.ID)
	}
	return err
}

func scanInt(r db.Row, v *int64) error { return r.Scan(v) }

func insert(tx *db.Tx, t Task) (id int64, err error) {
	return db.One(tx, scanInt, `INSERT INTO tasks (company_id, title, description, search_text, status, assigned_to, created_by, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		t.Title, t.Description, searchText(t), string(t.Status), t.AssignedTo, t.CreatedBy, t.Version, t.CreatedAt, t.UpdatedAt)
}

func find(tx *db.Tx, id int64) (Task, error) {
	return db.One(tx, scan, `SELECT `+columns+` FROM tasks WHERE company_id = $1 AND id = $2`, id)
}

// restore inserts a task again that was deleted.
func restore(tx *db.Tx, t Task) error {
	_, err := tx.Exec(`INSERT INTO tasks (company_id, id, title, description, search_text, status, assigned_to, created_by, rank, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		t.ID, t.Title, t.Description, searchText(t), string(t.Status), t.AssignedTo, t.CreatedBy, t.Rank, t.Version, t.CreatedAt, t.UpdatedAt)
	return err
}

// newest is the greatest id of a task; 0 if there is none.
func newest(tx *db.Tx) (int64, error) {
	return db.One(tx, scanInt, `SELECT coalesce(max(id), 0) FROM tasks WHERE company_id = $1`)
}

// lockAll is findAll, holding the rows until the transaction ends.
func lockAll(tx *db.Tx, ids []int64) ([]Task, error) {
	return db.All(tx, scan, `SELECT `+columns+` FROM tasks WHERE company_id = $1 AND id `+tx.OneOf("$2")+` ORDER BY id`+tx.Pick("", " FOR UPDATE"), db.IDs(ids))
}

func findAll(tx *db.Tx, ids []int64) ([]Task, error) {
	return db.All(tx, scan, `SELECT `+columns+` FROM tasks WHERE company_id = $1 AND id `+tx.OneOf("$2"), db.IDs(ids))
}

// findForUpdate is find, holding the row until the transaction ends. SQLite has one writer and holds everything.
func findForUpdate(tx *db.Tx, id int64) (Task, error) {
	return db.One(tx, scan, tx.Pick(
		`SELECT `+columns+` FROM tasks WHERE company_id = $1 AND id = $2`,
		`SELECT `+columns+` FROM tasks WHERE company_id = $1 AND id = $2 FOR UPDATE`), id)
}

// lockAssigned is the first tasks of a member, held.
func lockAssigned(tx *db.Tx, member int64, limit int) ([]Task, error) {
	return db.All(tx, scan, tx.Pick(
		`SELECT `+columns+` FROM tasks WHERE company_id = $1 AND assigned_to = $2 ORDER BY id LIMIT $3`,
		`SELECT `+columns+` FROM tasks WHERE company_id = $1 AND assigned_to = $2 ORDER BY id LIMIT $3 FOR UPDATE`), member, limit)
}

// unfinished is the condition of tasks that are still to be done.
const unfinished = `status IN ('todo', 'in_progress')`

func listOpen(tx *db.Tx, member int64, limit int) ([]Task, error) {
	return db.All(tx, scan, `SELECT `+columns+` FROM tasks WHERE company_id = $1 AND assigned_to = $2 AND `+unfinished+`
		ORDER BY updated_at DESC, id DESC LIMIT $3`, member, limit)
}

func countOpen(tx *db.Tx, member int64) (int64, error) {
	return db.One(tx, scanInt, `SELECT coalesce(sum(n), 0) FROM task_counts WHERE company_id = $1 AND assignee = $2 AND `+unfinished, member)
}

// update stores a task that the transaction holds; nothing waits for it.
func update(tx *db.Tx, t Task) error {
	return tx.AtCommit(`UPDATE tasks SET title = $3, description = $4, search_text = $5, status = $6, assigned_to = $7, rank = $8, version = $9, updated_at = $10
		WHERE company_id = $1 AND id = $2`, t.ID, t.Title, t.Description, searchText(t), string(t.Status), t.AssignedTo, t.Rank, t.Version, t.UpdatedAt)
}

func remove(tx *db.Tx, id int64) error {
	return tx.AtCommit(`DELETE FROM tasks WHERE company_id = $1 AND id = $2`, id)
}

func searchText(t Task) string { return db.Fold(t.Title + "\n" + t.Description) }

// count adds n tasks like t to the counters, after the head row is locked: see db.Tx.AtCommitFirst.
func count(tx *db.Tx, t Task, n int64) error {
	assignee := int64(0)
	if t.AssignedTo != nil {
		assignee = *t.AssignedTo
	}
	return tx.AtCommit(`INSERT INTO task_counts (company_id, status, assignee, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (company_id, status, assignee) DO UPDATE SET n = task_counts.n + excluded.n`, string(t.Status), assignee, n)
}

// move counts a task where it is now instead of where it was.
func move(tx *db.Tx, old, now Task) error {
	if old.Status == now.Status && equal(old.AssignedTo, now.AssignedTo) {
		return nil
	}
	if err := count(tx, old, -1); err != nil {
		return err
	}
	return count(tx, now, +1)
}

// count is how many tasks match: from the counters where they know, else by looking.
func (w where) count(tx *db.Tx) (int64, error) {
	if !w.counted {
		return db.One(tx, scanInt, `SELECT count(*) FROM tasks WHERE `+w.text, w.args...)
	}
	sql, args := `SELECT coalesce(sum(n), 0) FROM task_counts WHERE company_id = $1`, []any(nil)
	if w.status != "" {
		args = append(args, string(w.status))
		sql += fmt.Sprintf(` AND status = $%d`, len(args)+1)
	}
	if w.assignee != nil {
		args = append(args, *w.assignee)
		sql += fmt.Sprintf(` AND assignee = $%d`, len(args)+1)
	}
	return db.One(tx, scanInt, sql, args...)
}

// deep is the offset from which skipping whole rows costs more than finding the page's ids in an index first.
const deep = 200

// indexed reports whether an index gives this order, so that a page is read without looking at the rest.
func indexed(order []term) bool { return order[0].column == "created_at" || order[0].column == "id" }

func selectPage(tx *db.Tx, w where, order []term, back bool, limit int, offset int64) ([]Task, error) {
	by := make([]string, len(order))
	for i, o := range order {
		if by[i] = o.column; o.down != back {
			by[i] += " DESC"
		}
	}
	orderBy := ` ORDER BY ` + strings.Join(by, ", ")
	n := len(w.args)
	limits := fmt.Sprintf(` LIMIT $%d OFFSET $%d`, n+2, n+3)
	args := append(w.args[:n:n], limit, offset)
	if !indexed(order) || offset >= deep {
		tx.MayScan()
	}
	if offset < deep {
		return db.All(tx, scan, `SELECT `+columns+` FROM tasks WHERE `+w.text+orderBy+limits, args...)
	}
	return db.All(tx, scan, `SELECT `+columns+` FROM tasks WHERE company_id = $1 AND id IN (SELECT id FROM tasks WHERE `+w.text+orderBy+limits+`)`+orderBy, args...)
}
