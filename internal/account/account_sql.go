package account

import "github.com/taskhouse/taskhouse/internal/db"

func scanInt(r db.Row, v *int64) error { return r.Scan(v) }

func countRows(tx *db.SystemTx, sql string, args ...any) (n int64, err error) {
	err = tx.Query(func(r db.Row) error { return r.Scan(&n) }, sql, args...)
	return n, err
}

// EachCompany runs fn inside every company that has a row of the account, active or not, in the order of their ids, so that
// two such transactions lock the heads in the same order.
func EachCompany(tx *db.SystemTx, user int64, fn func(*db.Tx) error) error {
	ids, err := companiesWith(tx, user)
	for _, id := range ids {
		if err == nil {
			err = tx.In(id, user, fn)
		}
	}
	return err
}

// EachCompanyAsOperator is EachCompany with an operator who acts.
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
	var ids []int64
	err := tx.Query(func(r db.Row) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT company_id FROM members WHERE user_id = $1 AND state <> 'removed' ORDER BY company_id`, user)
	return ids, err
}

func setEmail(tx *db.SystemTx, user int64, email string) error {
	_, err := tx.Exec(`UPDATE users SET email = $2, email_key = $3 WHERE id = $1`, user, email, EmailKey(email))
	return err
}

// EndSessions ends all sessions of a member but one, and returns how many of them could still be used. Sessions are package auth's;
// this one statement is here because a member who is deactivated loses them in the same transaction.
func EndSessions(tx *db.Tx, user int64, but string) (usable int64, err error) {
	err = tx.Query(func(r db.Row) error {
		var expires db.Time
		err := r.Scan(&expires)
		if expires > tx.Now {
			usable++
		}
		return err
	}, `UPDATE sessions SET ended_at = $4 WHERE company_id = $1 AND user_id = $2 AND id <> $3 AND ended_at IS NULL RETURNING expires_at`, user, but, tx.Now)
	return usable, err
}
