package auth

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// accountBy returns the oldest account that meets a condition.
func accountBy(tx *db.SystemTx, where string, args ...any) (accountRow, error) {
	a, err := db.One(tx, func(r db.Row, a *accountRow) error { return r.Scan(&a.id, &a.password, &a.active) },
		`SELECT id, password, is_active FROM users WHERE `+where+` ORDER BY id LIMIT 1`, args...)
	if err != nil {
		return a, err
	}
	a.companies, err = companiesOf(tx, a.id)
	return a, err
}

// companiesOf returns the companies that have the account as an active member, in the order of joining.
func companiesOf(tx *db.SystemTx, user int64) (ids []int64, err error) {
	return db.All(tx, db.Column[int64],
		`SELECT company_id FROM members WHERE user_id = $1 AND state = 'active' ORDER BY joined_at, company_id`, user)
}

func insertAccount(tx *db.SystemTx, p account.Member, password string) (id int64, err error) {
	return db.One(tx, db.Column[int64],
		`INSERT INTO users (username, username_key, email, email_key, password, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		p.Username, account.UsernameKey(p.Username), p.Email, account.EmailKey(p.Email), password, tx.Now)
}

// setPassword replaces a password hash. It fails with fail.Conflict if a concurrent request has replaced it.
func setPassword(tx *db.SystemTx, user int64, old, hash string) error {
	n, err := tx.Exec(`UPDATE users SET password = $3 WHERE id = $1 AND password = $2`, user, old, hash)
	if err == nil && n == 0 {
		err = fail.Conflict("The password was changed at the same time by another request.")
	}
	return err
}

// noteSignIn stores the time of an account's last sign-in. A closed account is fail.NotFound. It locks the account's
// row, so that no session opens while the account is being closed.
func noteSignIn(tx *db.SystemTx, user int64) error {
	return db.Found(tx.Exec(`UPDATE users SET last_login_at = $2 WHERE id = $1 AND is_active`, user, tx.Now))
}

func usernameTaken(tx *db.SystemTx, username string) (bool, error) {
	n, err := db.One(tx, db.Column[int64],
		`SELECT count(*) FROM users WHERE username_key = $1`, account.UsernameKey(username))
	return n > 0, err
}
