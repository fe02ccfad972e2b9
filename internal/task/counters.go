package task

import "github.com/taskhouse/taskhouse/internal/db"

// The table task_counts counts a company's tasks by status and assignee, where 0 is no assignee. Every transaction that
// changes tasks updates it, so that lists and statistics know their totals without counting.

// count adds n tasks like t to the counters, after the head row is locked; see db.Tx.AtCommitFirst.
func count(tx *db.Tx, t Task, n int64) error {
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
	if old.Status == now.Status && samePerson(old.AssignedTo, now.AssignedTo) {
		return nil
	}
	if err := count(tx, old, -1); err != nil {
		return err
	}
	return count(tx, now, +1)
}

func samePerson(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }
