package auth

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
)

func insertOperatorSession(tx *db.SystemTx, id string, user int64, expires db.Time) error {
	return db.Found(tx.Exec(`INSERT INTO operator_sessions (id, user_id, created_at, expires_at)
		SELECT $1, id, $3, $4 FROM users WHERE id = $2 AND is_active AND is_superuser`, id, user, tx.Now, expires))
}

// endOperatorSessions ends all operator's sessions of an account but one.
func endOperatorSessions(tx *db.SystemTx, user int64, but string) error {
	_, err := tx.Exec(`UPDATE operator_sessions SET ended_at = $2 WHERE user_id = $1 AND id <> $3 AND ended_at IS NULL`,
		user, tx.Now, but)
	return err
}

// operatorOf returns the username of an operator with a valid session, and fail.NotFound for any other.
func operatorOf(tx *db.SystemTx, op Operator) (username string, err error) {
	return db.One(tx, db.Column[string],
		`SELECT u.username FROM operator_sessions s JOIN users u ON u.id = s.user_id
		WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
		AND u.is_active AND u.is_superuser`,
		op.Session, op.ID, tx.Now)
}

// companyAt returns a company and the epoch of its rights.
func companyAt(tx *db.SystemTx, id int64) (c account.Company, epoch int64, err error) {
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&c.ID, &c.Name, &c.Description, &c.CreatedAt,
			&c.Calendar.TimeZone, (*string)(&c.Calendar.WeekStart), &c.Calendar.WorkingDays, &epoch)
	}, `SELECT c.company_id, c.name, c.description, c.created_at,
			c.time_zone, c.week_start, c.working_days, h.epoch
		FROM companies c JOIN heads h ON h.company_id = c.company_id
		WHERE c.company_id = $1`, id)
	return c, epoch, err
}

func setSuperuser(tx *db.SystemTx, id int64, is bool) error {
	return db.Found(tx.Exec(`UPDATE users SET is_superuser = $2 WHERE id = $1`, id, is))
}
