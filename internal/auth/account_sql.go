package auth

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// accountBy returns the first account that meets a condition: one that has confirmed its address, else the oldest.
func accountBy(tx *db.SystemTx, where string, args ...any) (accountRow, error) {
	a, err := db.One(tx, func(r db.Row, a *accountRow) error {
		return r.Scan(&a.id, &a.usernameKey, &a.emailKey, &a.password, &a.passwordEpoch, &a.active, &a.service)
	}, `SELECT id, username_key, email_key, password, password_epoch, is_active, is_service
		FROM users
		WHERE `+where+` ORDER BY CASE WHEN confirmed_key = email_key THEN 0 ELSE 1 END, id LIMIT 1`, args...)
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

// findOtherSalt returns the first account with a working address and a password that does not have the address's salt
// yet. The account user (0: none) is left out.
func findOtherSalt(tx *db.SystemTx, emailKey, prefix string, user int64) (accountRow, error) {
	return accountBy(tx,
		`email_key = $1 AND substr(password, 1, $2) <> $3 AND id <> $4 AND is_active AND `+addressWorks,
		emailKey, int64(len(prefix)), prefix, user)
}

// holdersOf returns the oldest accounts that an address signs in.
func holdersOf(tx *db.SystemTx, emailKey string, most int64) ([]int64, error) {
	return db.All(tx, db.Column[int64],
		`SELECT id FROM users WHERE email_key = $1 AND `+addressWorks+` ORDER BY id LIMIT $2`, emailKey, most)
}

// findSaltSecret returns the secret of the salts, or "" if there is none yet.
func findSaltSecret(tx *db.SystemTx) (secret string, err error) {
	err = tx.Query(func(r db.Row) error { return r.Scan(&secret) }, `SELECT secret FROM password_salt WHERE id = 1`)
	return secret, err
}

func insertSaltSecret(tx *db.SystemTx, secret string) error {
	_, err := tx.Exec(`INSERT INTO password_salt (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, secret)
	return err
}

// setAddress replaces an account's e-mail address. Links to the old one end, except those that bring it back.
func setAddress(tx *db.SystemTx, user int64, email string, mustConfirm bool) error {
	if err := voidLinks(tx, user, 0, confirmLink, resetLink); err != nil {
		return err
	}
	return db.Found(tx.Exec(`UPDATE users SET email = $2, email_key = $3, must_confirm = $4 WHERE id = $1`,
		user, email, account.EmailKey(email), mustConfirm))
}

// newAccount is an account before it is stored.
type newAccount struct {
	username, email, password string // the password is hashed
	language                  string
	mustConfirm, service      bool
}

func insertAccount(tx *db.SystemTx, a newAccount) (id int64, err error) {
	return db.One(tx, db.Column[int64], `INSERT INTO users
			(username, username_key, email, email_key, password, language, must_confirm, is_service,
			created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		a.username, account.UsernameKey(a.username), a.email, account.EmailKey(a.email), a.password, a.language,
		a.mustConfirm, a.service, tx.Now)
}

// setPassword replaces the hash of a password. It fails with fail.Conflict if a concurrent request has replaced it.
func setPassword(tx *db.SystemTx, user int64, old, hash string) error {
	n, err := tx.Exec(`UPDATE users SET password = $3 WHERE id = $1 AND password = $2`, user, old, hash)
	if err == nil && n == 0 {
		err = fail.Conflict("The password was changed at the same time by another request.")
	}
	return err
}

// changePassword replaces a password hash like setPassword, and makes the device tokens of the old password useless.
func changePassword(tx *db.SystemTx, user int64, old, hash string) error {
	if err := setPassword(tx, user, old, hash); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE users SET password_epoch = password_epoch + 1 WHERE id = $1`, user)
	return err
}

// noteSignIn stores the time of an account's last sign-in. It fails with fail.NotFound if the account is closed, or if
// password is not its stored hash any more: the password was changed after this sign-in had verified the old one. It
// locks the account's row, so that no session opens while the account is being closed or its password changed.
func noteSignIn(tx *db.SystemTx, user int64, password string) error {
	return db.Found(tx.Exec(`UPDATE users SET last_login_at = $2 WHERE id = $1 AND is_active AND password = $3`,
		user, tx.Now, password))
}

func usernameTaken(tx *db.SystemTx, username string) (bool, error) {
	n, err := db.One(tx, db.Column[int64],
		`SELECT count(*) FROM users WHERE username_key = $1`, account.UsernameKey(username))
	return n > 0, err
}
