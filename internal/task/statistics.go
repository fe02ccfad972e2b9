package task

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
)

// Statistics counts a company's tasks.
type Statistics struct {
	Total    int64            `json:"total_tasks"`
	ByStatus map[string]int64 `json:"by_status" doc:"All four statuses."`
	ByUser   map[string]int64 `json:"by_user" doc:"By username: active members, and others with tasks."`
}

// Statistics reads the counters: its cost does not depend on the number of tasks.
func (s *Service) Statistics(ctx context.Context, who account.Caller) (st Statistics, err error) {
	err = who.Read(ctx, func(tx *db.Tx) error {
		st = Statistics{ByStatus: map[string]int64{}, ByUser: map[string]int64{}}
		for _, status := range Statuses {
			st.ByStatus[string(status)] = 0
		}
		byID := map[int64]int64{}
		if err := eachCount(tx, func(status string, assignee, n int64) {
			st.Total += n
			st.ByStatus[status] += n
			byID[assignee] += n
		}); err != nil {
			return err
		}
		return eachMember(tx, func(id int64, username string, active bool) {
			if n := byID[id]; active || n > 0 {
				st.ByUser[username] = n
			}
		})
	})
	return st, err
}

func eachCount(tx *db.Tx, fn func(status string, assignee, n int64)) error {
	var status string
	var assignee, n int64
	return tx.Query(func(r db.Row) error {
		err := r.Scan(&status, &assignee, &n)
		fn(status, assignee, n)
		return err
	}, `SELECT status, assignee, n FROM task_counts WHERE company_id = $1`)
}

func eachMember(tx *db.Tx, fn func(id int64, username string, active bool)) error {
	var id int64
	var username, state string
	return tx.Query(func(r db.Row) error {
		err := r.Scan(&id, &username, &state)
		fn(id, username, state == "active")
		return err
	}, `SELECT user_id, username, state FROM members WHERE company_id = $1`)
}
