package auth

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
)

// tokenSessionPrefix begins the id under which a token stands where others have the id of a session: in the cache of
// callers, in rate limits and in live connections. No session has a space in its id.
const tokenSessionPrefix = "token "

func tokenSession(id int64) string { return tokenSessionPrefix + strconv.FormatInt(id, 10) }

// tokenOf returns the id of the token that stands for a session.
func tokenOf(session string) (id int64, ok bool) {
	text, ok := strings.CutPrefix(session, tokenSessionPrefix)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// tokenOpen is a condition that the present time follows.
const tokenOpen = `revoked_at IS NULL AND expires_at > ` //nolint:gosec // G101: a condition, and no credential

// tokenByHash returns a token that holds.
func tokenByHash(tx *db.SystemTx, hash tokenHash) (*knownToken, error) {
	k := new(knownToken)
	var used db.Time
	err := db.Exists(tx, func(r db.Row) error { return r.Scan(&k.company, &k.user, &k.id, &k.expires, &used) },
		`SELECT company_id, user_id, id, expires_at, last_used_at FROM program_tokens
		WHERE token_hash = $1 AND `+tokenOpen+`$2`, hex.EncodeToString(hash[:]), tx.Now)
	k.session = tokenSession(k.id)
	k.used.Store(int64(used))
	return k, err
}

// loadTokenCaller returns the member and company of a token that holds, and the epoch at which they were read.
func loadTokenCaller(tx *db.Tx, user, id int64) (v account.Verified, err error) {
	p, c := &v.Member, &v.Company
	var scopes string
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(
			&p.ID, &p.Username, &p.Email, &p.FirstName, &p.LastName, &p.Phone, (*string)(&p.Role), &p.State, &p.Joined,
			&p.Service, &c.ID, &c.Name, &c.Description, &c.CreatedAt,
			&c.Calendar.TimeZone, (*string)(&c.Calendar.WeekStart), &c.Calendar.WorkingDays, &v.Epoch, &scopes)
	}, `SELECT m.user_id, m.username, m.email, m.first_name, m.last_name, m.phone, m.role, m.state, m.joined_at,
			m.is_service, c.company_id, c.name, c.description, c.created_at,
			c.time_zone, c.week_start, c.working_days, h.epoch, t.scopes
		FROM program_tokens t
		JOIN members m ON m.company_id = t.company_id AND m.user_id = t.user_id
		JOIN companies c ON c.company_id = t.company_id
		JOIN heads h ON h.company_id = t.company_id
		WHERE t.company_id = $1 AND t.id = $2 AND t.user_id = $3 AND t.revoked_at IS NULL AND t.expires_at > $4
		AND m.state = 'active'`, id, user, tx.Now)
	v.Session, v.Role = tokenSession(id), p.Role
	v.Grant = &account.Grant{ID: id, Scopes: account.ParseTokenScopes(scopes)}
	return v, err
}

func noteTokenUse(tx *db.Tx, id int64, now db.Time) error {
	_, err := tx.Exec(`UPDATE program_tokens SET last_used_at = $3
		WHERE company_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < $3)`, id, now)
	return err
}

// tokenStatuses adds the status of each of these tokens, by the id that stands for its session.
func tokenStatuses(tx *db.Tx, ids []int64, found map[string]SessionStatus) error {
	return tx.Query(func(r db.Row) error {
		var id int64
		var state string
		var holds bool
		err := r.Scan(&id, &state, &holds)
		found[tokenSession(id)] = statusOf(state, holds)
		return err
	}, `SELECT t.id, m.state, t.revoked_at IS NULL AND t.expires_at > $3 FROM program_tokens t
		JOIN members m ON m.company_id = t.company_id AND m.user_id = t.user_id
		WHERE t.company_id = $1 AND t.id `+tx.OneOf("$2"), db.IDs(ids), tx.Now)
}

// insertToken adds a token. Its creator is the actor.
func insertToken(tx *db.Tx, t ProgramToken, hash tokenHash) (int64, error) {
	return db.One(tx, db.Column[int64], `INSERT INTO program_tokens
			(company_id, user_id, created_by, name, token_hash, hint, scopes, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		t.User, t.CreatedBy, t.Name, hex.EncodeToString(hash[:]), t.Hint, t.Scopes.String(), t.CreatedAt, t.ExpiresAt)
}

// matchTokens returns the conditions of a list of tokens: of one member, or with 0 of all. Expired ones are in the list
// until they are deleted, so that a person finds out why a program stopped.
func matchTokens(user int64) (w db.Where) {
	w.And(`revoked_at IS NULL`)
	if user != 0 {
		w.And(`user_id = ?`, user)
	}
	return w
}

func countTokens(tx *db.Tx, user int64) (int64, error) {
	w := matchTokens(user)
	return db.One(tx, db.Column[int64],
		`SELECT count(*) FROM program_tokens WHERE company_id = $1`+w.SQL(), w.Args()...)
}

// countOpenTokens returns how many tokens of a member can be used.
func countOpenTokens(tx *db.Tx, user int64) (int64, error) {
	return db.One(tx, db.Column[int64],
		`SELECT count(*) FROM program_tokens WHERE company_id = $1 AND user_id = $2 AND `+tokenOpen+`$3`, user, tx.Now)
}

func listTokens(tx *db.Tx, user int64, p page.Slice) ([]ProgramToken, error) {
	slice, args := matchTokens(user).Slice("id", p)
	return db.All(tx, func(r db.Row, t *ProgramToken) error {
		var scopes string
		var used db.Time
		err := r.Scan(&t.ID, &t.User, &t.CreatedBy, &t.Name, &t.Hint, &scopes, &t.CreatedAt, &t.ExpiresAt, &used)
		t.Scopes = account.ParseTokenScopes(scopes)
		if used != 0 {
			t.LastUsedAt = &used
		}
		return err
	}, `SELECT id, user_id, created_by, name, hint, scopes, created_at, expires_at, last_used_at
		FROM program_tokens WHERE company_id = $1`+slice, args...)
}

// revokeToken revokes a token of a member, or with 0 of any, and returns its member and name. A token that was revoked
// or does not exist is fail.NotFound.
func revokeToken(tx *db.Tx, id, user int64) (of int64, name string, err error) {
	err = db.Exists(tx, func(r db.Row) error { return r.Scan(&of, &name) }, `UPDATE program_tokens SET revoked_at = $4
		WHERE company_id = $1 AND id = $2 AND (user_id = $3 OR $3 = 0) AND revoked_at IS NULL RETURNING user_id, name`,
		id, user, tx.Now)
	return of, name, err
}

// signedInSince reports whether a session was opened by a sign-in after an instant.
func signedInSince(tx *db.Tx, user int64, session string, since db.Time) (bool, error) {
	n, err := db.One(tx, db.Column[int64],
		`SELECT count(*) FROM sessions WHERE company_id = $1 AND id = $2 AND user_id = $3 AND created_at > $4`,
		session, user, since)
	return n > 0, err
}

// splitSessions separates the tokens from the sessions, and returns the sessions as JSON.
func splitSessions(all []string) (sessions string, tokens []int64, err error) {
	plain := make([]string, 0, len(all))
	for _, id := range all {
		if token, ok := tokenOf(id); ok {
			tokens = append(tokens, token)
		} else {
			plain = append(plain, id)
		}
	}
	b, err := json.Marshal(plain)
	return string(b), tokens, err
}
