package auth

import (
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
)

// sessionRow is a row of sessions.
type sessionRow struct {
	id      string
	user    int64
	refresh string
	renewed db.Time // when it was opened or last renewed
	expires db.Time
	kind    SessionKind // set to open a session, as is agent
	agent   string
}

// insertSession opens a session of an active member. Any other user is fail.NotFound.
func insertSession(tx *db.Tx, s sessionRow) error {
	return db.Found(tx.Exec(`INSERT INTO sessions
			(company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at, kind, agent)
		SELECT $1, $2, user_id, $4, $5, $5, $6, $7, $8 FROM members
		WHERE company_id = $1 AND user_id = $3 AND state = 'active'`,
		s.id, s.user, s.refresh, tx.Now, s.expires, string(s.kind), clipAgent(s.agent)))
}

// rotateSession replaces the refresh token used with the next one, and returns when the session expires. If used is not
// the current token, it fails with fail.NotFound. client is the mark of the client that used it.
func rotateSession(tx *db.Tx, s sessionRow, used, client string, age time.Duration) (expires db.Time, err error) {
	return db.One(tx, db.Column[db.Time], `UPDATE sessions
		SET refresh_id = $4, refreshed_at = $5,
			expires_at = CASE WHEN created_at + $7 < $6 THEN created_at + $7 ELSE $6 END,
			previous_id = $8, previous_client = $9
		WHERE company_id = $1 AND id = $2 AND user_id = $3 AND refresh_id = $8 AND ended_at IS NULL AND expires_at > $5
		AND created_at + $7 > $5
		AND EXISTS (SELECT 1 FROM members m WHERE m.company_id = $1 AND m.user_id = $3 AND m.state = 'active')
		RETURNING expires_at`,
		s.id, s.user, s.refresh, tx.Now, s.expires, age.Microseconds(), used, client)
}

// repeatedRotation returns the session whose refresh token the same client has replaced after the time since. It fails
// with fail.NotFound if used is not the token before the current one, or another client has used it.
func repeatedRotation(tx *db.Tx, s sessionRow, used, client string, since db.Time) (sessionRow, error) {
	err := db.Exists(tx, func(r db.Row) error { return r.Scan(&s.refresh, &s.renewed, &s.expires) },
		`SELECT refresh_id, refreshed_at, expires_at FROM sessions
		WHERE company_id = $1 AND id = $2 AND user_id = $3 AND previous_id = $4 AND previous_client = $5
		AND refreshed_at > $6 AND ended_at IS NULL AND expires_at > $7
		AND EXISTS (SELECT 1 FROM members m WHERE m.company_id = $1 AND m.user_id = $3 AND m.state = 'active')`,
		s.id, s.user, used, client, since, tx.Now)
	return s, err
}

// renewSession extends a session and returns when it expires. If the session has ended, has expired or is too old, it
// fails with fail.NotFound.
func renewSession(tx *db.Tx, s sessionRow, age time.Duration) (expires db.Time, err error) {
	return db.One(tx, db.Column[db.Time], `UPDATE sessions
		SET refreshed_at = $4, expires_at = CASE WHEN created_at + $6 < $5 THEN created_at + $6 ELSE $5 END
		WHERE company_id = $1 AND id = $2 AND user_id = $3 AND ended_at IS NULL AND expires_at > $4
		AND created_at + $6 > $4 RETURNING expires_at`,
		s.id, s.user, tx.Now, s.expires, age.Microseconds())
}

func endSession(tx *db.Tx, s sessionRow) (bool, error) {
	n, err := tx.Exec(`UPDATE sessions SET ended_at = $4
		WHERE company_id = $1 AND id = $2 AND user_id = $3 AND ended_at IS NULL`, s.id, s.user, tx.Now)
	return n == 1, err
}

// openSessions returns the conditions of a member's open sessions.
func openSessions(tx *db.Tx, user int64) (w db.Where) {
	w.And(`user_id = ? AND ended_at IS NULL AND expires_at > ?`, user, tx.Now)
	return w
}

func countSessions(tx *db.Tx, user int64) (int64, error) {
	w := openSessions(tx, user)
	return db.One(tx, db.Column[int64], `SELECT count(*) FROM sessions WHERE company_id = $1`+w.SQL(), w.Args()...)
}

func listSessions(tx *db.Tx, user int64, p page.Slice) ([]Session, error) {
	slice, args := openSessions(tx, user).Slice("created_at", p)
	return db.All(tx, func(r db.Row, v *Session) error {
		return r.Scan(&v.ID, (*string)(&v.Kind), &v.Agent, &v.CreatedAt, &v.RefreshedAt, &v.ExpiresAt)
	}, `SELECT id, kind, agent, created_at, refreshed_at, expires_at FROM sessions
		WHERE company_id = $1`+slice, args...)
}

// loadCaller returns an open session's member and company, and the epoch at which they were read.
func loadCaller(tx *db.Tx, user int64, id string) (v account.Verified, err error) {
	p, c := &v.Member, &v.Company
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(
			&p.ID, &p.Username, &p.Email, &p.FirstName, &p.LastName, &p.Phone, (*string)(&p.Role), &p.State, &p.Joined,
			&p.Service, &c.ID, &c.Name, &c.Description, &c.CreatedAt,
			&c.Calendar.TimeZone, (*string)(&c.Calendar.WeekStart), &c.Calendar.WorkingDays, &v.Epoch)
	}, `SELECT m.user_id, m.username, m.email, m.first_name, m.last_name, m.phone, m.role, m.state, m.joined_at,
			m.is_service, c.company_id, c.name, c.description, c.created_at,
			c.time_zone, c.week_start, c.working_days, h.epoch
		FROM sessions s
		JOIN members m ON m.company_id = s.company_id AND m.user_id = s.user_id
		JOIN companies c ON c.company_id = s.company_id
		JOIN heads h ON h.company_id = s.company_id
		WHERE s.company_id = $1 AND s.id = $2 AND s.user_id = $3 AND s.ended_at IS NULL AND m.state = 'active'`,
		id, user)
	v.Session, v.Role = id, p.Role
	return v, err
}

// statusOf returns the status of a session of a member in this state.
func statusOf(state string, holds bool) SessionStatus {
	switch {
	case state != account.StateActive:
		return NoMember
	case holds:
		return Holds
	}
	return SignedOut
}

// sessionStatuses returns the status of each of these sessions.
func sessionStatuses(tx *db.Tx, sessions []string) (map[string]SessionStatus, error) {
	ids, tokens, err := splitSessions(sessions)
	if err != nil {
		return nil, err
	}
	found := make(map[string]SessionStatus, len(sessions))
	if len(tokens) > 0 {
		if err := tokenStatuses(tx, tokens, found); err != nil {
			return nil, err
		}
	}
	err = tx.Query(func(r db.Row) error {
		var id, state string
		var holds bool
		if err := r.Scan(&id, &state, &holds); err != nil {
			return err
		}
		found[id] = statusOf(state, holds)
		return nil
	}, `SELECT s.id, m.state, s.ended_at IS NULL AND s.expires_at > $3 FROM sessions s
		JOIN members m ON m.company_id = s.company_id AND m.user_id = s.user_id
		WHERE s.company_id = $1 AND s.id `+tx.Pick(
		`IN (SELECT value FROM json_each($2))`,
		`= ANY (ARRAY(SELECT json_array_elements_text($2::json)))`,
	), ids, tx.Now)
	return found, err
}
