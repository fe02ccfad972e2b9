package auth

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// accountBy is the oldest account for which a condition holds.
func accountBy(tx *db.SystemTx, where string, args ...any) (a accountRow, err error) {
	found := false
	err = tx.Query(func(r db.Row) error { found = true; return r.Scan(&a.id, &a.password, &a.active) },
		`SELECT id, password, is_active FROM users WHERE `+where+` ORDER BY id LIMIT 1`, args...)
	if err == nil && !found {
		err = fail.NotFound()
	}
	if err != nil {
		return a, err
	}
	a.companies, err = companiesOf(tx, a.id)
	return a, err
}

// companiesOf is the companies that an account is an active member of, in the order of joining.
func companiesOf(tx *db.SystemTx, user int64) (ids []int64, err error) {
	err = tx.Query(func(r db.Row) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT company_id FROM members WHERE user_id = $1 AND state = 'active' ORDER BY joined_at, company_id`, user)
	return ids, err
}

func insertAccount(tx *db.SystemTx, p account.Member, password string) (id int64, err error) {
	err = tx.Query(func(r db.Row) error { return r.Scan(&id) }, `INSERT INTO users (username, username_key, email, email_key, password, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`, p.Username, account.UsernameKey(p.Username), p.Email, account.EmailKey(p.Email), password, tx.Now)
	return id, err
}

// setPassword replaces a password hash, unless another change was first.
func setPassword(tx *db.SystemTx, user int64, old, hash string) error {
	n, err := tx.Exec(`UPDATE users SET password = $3 WHERE id = $1 AND password = $2`, user, old, hash)
	if err == nil && n == 0 {
		err = fail.Conflict("The password was changed at the same time by another request.")
	}
	return err
}

// noteSignIn notes when an account last signed in; fail.NotFound for one that is closed. It holds the account's row, so that no
// session comes to be beside its closing.
func noteSignIn(tx *db.SystemTx, user int64) error {
	return db.Found(tx.Exec(`UPDATE users SET last_login_at = $2 WHERE id = $1 AND is_active`, user, tx.Now))
}

func usernameTaken(tx *db.SystemTx, username string) (bool, error) {
	var n int64
	err := tx.Query(func(r db.Row) error { return r.Scan(&n) }, `SELECT count(*) FROM users WHERE username_key = $1`, account.UsernameKey(username))
	return n > 0, err
}
