package notify

import "github.com/taskhouse/taskhouse/internal/db"

// notifiedThrough maps a task to the last event that an earlier window covered, where the follower has not read that
// far yet.
func notifiedThrough(tx *db.Tx) (map[int64]int64, error) {
	covered := map[int64]int64{}
	err := tx.Query(func(r db.Row) error {
		var id, seq int64
		err := r.Scan(&id, &seq)
		covered[id] = seq
		return err
	}, `SELECT task_id, seq FROM told WHERE company_id = $1`)
	return covered, err
}

func setNotifiedThrough(tx *db.Tx, taskID, seq int64) error {
	return tx.AtCommit(`INSERT INTO told (company_id, task_id, seq) VALUES ($1, $2, $3)
		ON CONFLICT (company_id, task_id) DO UPDATE SET seq = excluded.seq`, taskID, seq)
}

// deleteNotifiedThrough deletes the rows that a cursor at seq has passed.
func deleteNotifiedThrough(tx *db.Tx, seq int64) error {
	return tx.AtCommit(`DELETE FROM told WHERE company_id = $1 AND seq <= $2`, seq)
}
