package task

import "github.com/taskhouse/taskhouse/internal/db"

// The table task_counts counts a company's tasks by status and assignee, where 0 is no assignee. Every transaction that
// changes tasks updates it, so that lists and statistics know their totals without counting.

// count adds n tasks like t to the counters, after the head row is locked; see db.Tx.AtCommitFirst.
func count(tx *db.Tx, t Task, n int64) error {
	tx.Use(db.Use{Tasks: n, Bytes: n * t.textBytes()})
	return tally(tx, t, n)
}

func tally(tx *db.Tx, t Task, n int64) error {
	assignee := int64(0)
	if t.AssignedTo != nil {
		assignee = *t.AssignedTo
	}
	return tx.AtCommit(`INSERT INTO task_counts (company_id, status, assignee, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (company_id, status, assignee) DO UPDATE SET n = task_counts.n + excluded.n`, string(t.Status),
		assignee, n)
}

// recount moves a task from its old counter to its new one.
func recount(tx *db.Tx, old, now Task) error {
	if n := now.textBytes() - old.textBytes(); n != 0 {
		tx.Use(db.Use{Bytes: n})
	}
	if old.Status == now.Status && samePerson(old.AssignedTo, now.AssignedTo) {
		return nil
	}
	if err := tally(tx, old, -1); err != nil {
		return err
	}
	return tally(tx, now, +1)
}

// textBytes is how much of the company's budget the texts of a task use.
func (t *Task) textBytes() int64 { return int64(len(t.Title) + len(t.Description)) }

func samePerson(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }
