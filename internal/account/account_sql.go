package account

import "github.com/taskhouse/taskhouse/internal/db"

// EachCompany runs fn inside every company that has the account as an active or inactive member. It goes in the order
// of the companies' ids, so that two such transactions lock the heads in the same order.
func EachCompany(tx *db.SystemTx, user int64, fn func(*db.Tx) error) error {
	ids, err := companiesWith(tx, user)
	for _, id := range ids {
		if err == nil {
			err = tx.In(id, user, fn)
		}
	}
	return err
}

// EachCompanyAsOperator does the same as EachCompany, with an operator as the actor.
func EachCompanyAsOperator(tx *db.SystemTx, operator, user int64, fn func(*db.Tx) error) error {
	ids, err := companiesWith(tx, user)
	for _, id := range ids {
		if err == nil {
			err = tx.InAsOperator(id, operator, fn)
		}
	}
	return err
}

func companiesWith(tx *db.SystemTx, user int64) ([]int64, error) {
	return db.All(tx, db.Column[int64],
		`SELECT company_id FROM members WHERE user_id = $1 AND state <> 'removed' ORDER BY company_id`, user)
}

// EndSessions ends all sessions of a member but one, and returns how many of them had not expired. Sessions belong to
// package auth. This one statement is here because deactivating a member ends its sessions in the same transaction.
func EndSessions(tx *db.Tx, user int64, but string) (usable int64, err error) {
	err = tx.Query(func(r db.Row) error {
		var expires db.Time
		err := r.Scan(&expires)
		if expires > tx.Now {
			usable++
		}
		return err
	}, `UPDATE sessions SET ended_at = $4
		WHERE company_id = $1 AND user_id = $2 AND id <> $3 AND ended_at IS NULL RETURNING expires_at`,
		user, but, tx.Now)
	return usable, err
}
