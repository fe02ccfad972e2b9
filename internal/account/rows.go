package account

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/page"
)

// memberColumns lists the columns of a Member in the order in which scanMember reads them.
const memberColumns = `user_id, username, email, first_name, last_name, phone, role, state, joined_at`

func scanMember(r db.Row, p *Member) error {
	return r.Scan(&p.ID, &p.Username, &p.Email, &p.FirstName, &p.LastName, &p.Phone, (*string)(&p.Role), &p.State, &p.Joined)
}

func scanInt(r db.Row, v *int64) error { return r.Scan(v) }

// findMember is a member who is not removed.
func findMember(tx *db.Tx, id int64) (Member, error) {
	return db.One(tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE company_id = $1 AND user_id = $2 AND state <> 'removed'`, id)
}

// MemberWithCompany returns a member, removed ones included, and the company.
func MemberWithCompany(tx *db.Tx, id int64) (p Member, c Company, err error) {
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&p.ID, &p.Username, &p.Email, &p.FirstName, &p.LastName, &p.Phone, (*string)(&p.Role), &p.State, &p.Joined,
			&c.ID, &c.Name, &c.Description, &c.CreatedAt)
	}, `SELECT `+memberColumns+`, c.company_id, c.name, c.description, c.created_at FROM members m JOIN companies c ON c.company_id = m.company_id
		WHERE m.company_id = $1 AND m.user_id = $2`, id)
	return p, c, err
}

// membersByID is the rows of these members, removed ones included.
func membersByID(tx *db.Tx, ids []int64) ([]Member, error) {
	return db.All(tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE company_id = $1 AND user_id `+tx.OneOf("$2"), db.IDs(ids))
}

// membersByName is the rows of active members; lower folds ASCII alone on both engines, where a column compares bytes.
func membersByName(tx *db.Tx, names []string) ([]Member, error) {
	b, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	oneOf := tx.Pick(`IN (SELECT lower(value) FROM json_each($2))`, `= ANY (ARRAY(SELECT lower(value COLLATE "C") FROM json_array_elements_text($2::json)))`)
	return db.All(tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE company_id = $1 AND state = 'active' AND lower(username) `+oneOf+`
		ORDER BY user_id`, string(b))
}

// matching is the condition of a search in members, and its parameters from $2 on.
func matching(search string) (where string, args []any) {
	where = `company_id = $1 AND state <> 'removed'`
	for _, word := range db.SearchWords(search) {
		args = append(args, word)
		where += fmt.Sprintf(` AND search_text LIKE $%d ESCAPE '\'`, len(args)+1)
	}
	return where, args
}

func countMembers(tx *db.Tx, search string) (int64, error) {
	tx.MayScan()
	where, args := matching(search)
	return db.One(tx, scanInt, `SELECT count(*) FROM members WHERE `+where, args...)
}

func listMembers(tx *db.Tx, search string, p page.Slice) ([]Member, error) {
	where, args := matching(search)
	slice, args := p.SQL("user_id", 2, args)
	return db.All(tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE `+where+slice, args...)
}

func countOwners(tx *db.Tx) (int64, error) {
	return db.One(tx, scanInt, `SELECT count(*) FROM members WHERE company_id = $1 AND role = 'owner' AND state = 'active'`)
}

func updateMember(tx *db.Tx, p Member) error {
	return db.Found(tx.Exec(`UPDATE members SET email = $3, first_name = $4, last_name = $5, phone = $6, role = $7, state = $8, search_text = $9
		WHERE company_id = $1 AND user_id = $2`, p.ID, p.Email, p.FirstName, p.LastName, p.Phone, string(p.Role), p.State, searchText(p)))
}

// joinMember adds a member, or brings a removed one back; it reports false for whoever is one already.
func joinMember(tx *db.Tx, p Member) (bool, error) {
	n, err := tx.Exec(`INSERT INTO members (company_id, user_id, username, email, first_name, last_name, phone, role, state, search_text, joined_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (company_id, user_id) DO UPDATE SET email = excluded.email, role = excluded.role, state = excluded.state, joined_at = excluded.joined_at
		WHERE members.company_id = excluded.company_id AND members.state = 'removed'`,
		p.ID, p.Username, p.Email, p.FirstName, p.LastName, p.Phone, string(p.Role), p.State, searchText(p), p.Joined)
	return n == 1, err
}

// searchText is what a search in members looks at. Not the address: a search must not find what it may not show.
func searchText(p Member) string {
	return db.Fold(strings.Join([]string{p.Username, p.FirstName, p.LastName}, " "))
}

// Companies

// CompanyOf is the company of a transaction.
func CompanyOf(tx *db.Tx) (Company, error) {
	c, _, err := loadCompany(tx)
	return c, err
}

func loadCompany(tx *db.Tx) (c Company, version int64, err error) {
	err = db.Exists(tx, func(r db.Row) error { return r.Scan(&c.ID, &c.Name, &c.Description, &c.CreatedAt, &version) },
		`SELECT company_id, name, description, created_at, version FROM companies WHERE company_id = $1`)
	return c, version, err
}

func updateCompany(tx *db.Tx, c Company) error {
	_, err := tx.Exec(`UPDATE companies SET name = $2, name_key = $3, description = $4, version = version + 1, updated_at = $5 WHERE company_id = $1`,
		c.Name, CompanyKey(c.Name), c.Description, tx.Now)
	return err
}

func insertCompany(tx *db.SystemTx, name string) (Company, error) {
	c := Company{Name: name, CreatedAt: tx.Now}
	err := tx.Query(func(r db.Row) error { return r.Scan(&c.ID) }, `INSERT INTO companies (name, name_key, created_at, updated_at)
		VALUES ($1, $2, $3, $3) RETURNING company_id`, name, CompanyKey(name), tx.Now)
	if err == nil {
		_, err = tx.Exec(`INSERT INTO heads (company_id) VALUES ($1)`, c.ID)
	}
	return c, err
}

// Accounts

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

// eachCompany runs fn inside every company that has a row of the account, active or not, in the order of their ids, so that
// two such transactions lock the heads in the same order.
func eachCompany(tx *db.SystemTx, user int64, fn func(*db.Tx) error) error {
	ids, err := companiesWith(tx, user)
	for _, id := range ids {
		if err == nil {
			err = tx.In(id, user, fn)
		}
	}
	return err
}

// eachCompanyAs is eachCompany with an operator who acts.
func eachCompanyAs(tx *db.SystemTx, operator, user int64, fn func(*db.Tx) error) error {
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

func insertAccount(tx *db.SystemTx, p Member, password string) (id int64, err error) {
	err = tx.Query(func(r db.Row) error { return r.Scan(&id) }, `INSERT INTO users (username, username_key, email, email_key, password, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`, p.Username, UsernameKey(p.Username), p.Email, EmailKey(p.Email), password, tx.Now)
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

func setEmail(tx *db.SystemTx, user int64, email string) error {
	_, err := tx.Exec(`UPDATE users SET email = $2, email_key = $3 WHERE id = $1`, user, email, EmailKey(email))
	return err
}

func countRows(tx *db.SystemTx, sql string, args ...any) (n int64, err error) {
	err = tx.Query(func(r db.Row) error { return r.Scan(&n) }, sql, args...)
	return n, err
}

// Sessions

// insertSession opens a session of an active member; fail.NotFound for anybody else.
func insertSession(tx *db.Tx, s sessionRow) error {
	return db.Found(tx.Exec(`INSERT INTO sessions (company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at, kind, agent)
		SELECT $1, $2, user_id, $4, $5, $5, $6, $7, $8 FROM members WHERE company_id = $1 AND user_id = $3 AND state = 'active'`,
		s.id, s.user, s.refresh, tx.Now, s.expires, s.kind, clipAgent(s.agent)))
}

// rotateSession puts the next refresh token in the place of used, if that is the one whose turn it is.
func rotateSession(tx *db.Tx, s sessionRow, used string) (bool, error) {
	n, err := tx.Exec(`UPDATE sessions SET refresh_id = $4, refreshed_at = $5, expires_at = $6
		WHERE company_id = $1 AND id = $2 AND user_id = $3 AND refresh_id = $7 AND ended_at IS NULL AND expires_at > $5
		AND EXISTS (SELECT 1 FROM members m WHERE m.company_id = $1 AND m.user_id = $3 AND m.state = 'active')`,
		s.id, s.user, s.refresh, tx.Now, s.expires, used)
	return n == 1, err
}

// renewSession lengthens a session that is still one.
func renewSession(tx *db.Tx, s sessionRow) (bool, error) {
	n, err := tx.Exec(`UPDATE sessions SET refreshed_at = $4, expires_at = $5
		WHERE company_id = $1 AND id = $2 AND user_id = $3 AND ended_at IS NULL AND expires_at > $4`, s.id, s.user, tx.Now, s.expires)
	return n == 1, err
}

func endSession(tx *db.Tx, s sessionRow) (bool, error) {
	n, err := tx.Exec(`UPDATE sessions SET ended_at = $4 WHERE company_id = $1 AND id = $2 AND user_id = $3 AND ended_at IS NULL`, s.id, s.user, tx.Now)
	return n == 1, err
}

// endSessions ends all sessions of a member but one.
func endSessions(tx *db.Tx, user int64, but string) error {
	_, err := countEnded(tx, user, but)
	return err
}

// countEnded is endSessions, and how many ended that could still be used.
func countEnded(tx *db.Tx, user int64, but string) (n int64, err error) {
	err = tx.Query(func(r db.Row) error {
		var expires db.Time
		err := r.Scan(&expires)
		if expires > tx.Now {
			n++
		}
		return err
	}, `UPDATE sessions SET ended_at = $4 WHERE company_id = $1 AND user_id = $2 AND id <> $3 AND ended_at IS NULL RETURNING expires_at`, user, but, tx.Now)
	return n, err
}

// sessionOpen is the condition of a member's sessions that can be used.
const sessionOpen = `user_id = $2 AND ended_at IS NULL AND expires_at > $3`

func countSessions(tx *db.Tx, user int64) (int64, error) {
	return db.One(tx, scanInt, `SELECT count(*) FROM sessions WHERE company_id = $1 AND `+sessionOpen, user, tx.Now)
}

func listSessions(tx *db.Tx, user int64, p page.Slice) ([]Session, error) {
	slice, args := p.SQL("created_at", 2, []any{user, tx.Now})
	return db.All(tx, func(r db.Row, v *Session) error {
		return r.Scan(&v.ID, &v.Kind, &v.Agent, &v.CreatedAt, &v.RefreshedAt, &v.ExpiresAt)
	}, `SELECT id, kind, agent, created_at, refreshed_at, expires_at FROM sessions WHERE company_id = $1 AND `+sessionOpen+slice, args...)
}

// loadCaller is a live session with its member and company, and the epoch at which they were read.
func loadCaller(tx *db.Tx, user int64, id string) (m Caller, epoch int64, err error) {
	p := &Member{}
	c := &m.Company
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&p.ID, &p.Username, &p.Email, &p.FirstName, &p.LastName, &p.Phone, (*string)(&p.Role), &p.State, &p.Joined,
			&c.ID, &c.Name, &c.Description, &c.CreatedAt, &epoch)
	}, `SELECT m.user_id, m.username, m.email, m.first_name, m.last_name, m.phone, m.role, m.state, m.joined_at,
			c.company_id, c.name, c.description, c.created_at, h.epoch
		FROM sessions s
		JOIN members m ON m.company_id = s.company_id AND m.user_id = s.user_id
		JOIN companies c ON c.company_id = s.company_id
		JOIN heads h ON h.company_id = s.company_id
		WHERE s.company_id = $1 AND s.id = $2 AND s.user_id = $3 AND s.ended_at IS NULL AND m.state = 'active'`, id, user)
	m.Session, m.Role, m.self = id, p.Role, p
	return m, epoch, err
}

// sessionStatuses returns the status of each of these sessions.
func sessionStatuses(tx *db.Tx, sessions []string) (map[string]SessionStatus, error) {
	ids, err := json.Marshal(sessions)
	if err != nil {
		return nil, err
	}
	found := make(map[string]SessionStatus, len(sessions))
	err = tx.Query(func(r db.Row) error {
		var id, state string
		var holds bool
		if err := r.Scan(&id, &state, &holds); err != nil {
			return err
		}
		switch {
		case state != active:
			found[id] = NoMember
		case holds:
			found[id] = Holds
		default:
			found[id] = SignedOut
		}
		return nil
	}, `SELECT s.id, m.state, s.ended_at IS NULL AND s.expires_at > $3 FROM sessions s
		JOIN members m ON m.company_id = s.company_id AND m.user_id = s.user_id
		WHERE s.company_id = $1 AND s.id `+tx.Pick(`IN (SELECT value FROM json_each($2))`, `= ANY (ARRAY(SELECT json_array_elements_text($2::json)))`),
		string(ids), tx.Now)
	return found, err
}

// Invitations

const invitationOpen = `accepted_at IS NULL AND revoked_at IS NULL AND expires_at > `

func insertInvitation(tx *db.Tx, v Invitation, hash string) (int64, error) {
	return db.One(tx, scanInt, `INSERT INTO invitations (company_id, email, role, token_hash, created_by, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, v.Email, string(v.Role), hash, tx.Actor(), v.CreatedAt, v.ExpiresAt)
}

func countInvitations(tx *db.Tx) (int64, error) {
	return db.One(tx, scanInt, `SELECT count(*) FROM invitations WHERE company_id = $1 AND `+invitationOpen+`$2`, tx.Now)
}

func listInvitations(tx *db.Tx, p page.Slice) ([]Invitation, error) {
	slice, args := p.SQL("id", 2, []any{tx.Now})
	return db.All(tx, func(r db.Row, v *Invitation) error {
		return r.Scan(&v.ID, &v.Email, (*string)(&v.Role), &v.CreatedAt, &v.ExpiresAt)
	}, `SELECT id, email, role, created_at, expires_at FROM invitations WHERE company_id = $1 AND `+invitationOpen+`$2`+slice, args...)
}

// OpenInvitation is an invitation that can still be accepted, without its token, and the name of who made it.
func OpenInvitation(tx *db.Tx, id int64) (v Invitation, by string, err error) {
	var p Member
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&v.ID, &v.Email, (*string)(&v.Role), &v.CreatedAt, &v.ExpiresAt, &p.Username, &p.FirstName, &p.LastName)
	}, `SELECT i.id, i.email, i.role, i.created_at, i.expires_at, m.username, m.first_name, m.last_name FROM invitations i
		JOIN members m ON m.company_id = i.company_id AND m.user_id = i.created_by
		WHERE i.company_id = $1 AND i.id = $2 AND i.`+invitationOpen+`$3`, id, tx.Now)
	return v, p.Name(), err
}

// InvitedBy is the member who made an invitation.
func InvitedBy(tx *db.Tx, id int64) (user int64, err error) {
	return db.One(tx, scanInt, `SELECT created_by FROM invitations WHERE company_id = $1 AND id = $2`, id)
}

func revokeInvitation(tx *db.Tx, id int64) (Role, error) {
	return db.One(tx, func(r db.Row, v *Role) error { return r.Scan((*string)(v)) },
		`UPDATE invitations SET revoked_at = $3 WHERE company_id = $1 AND id = $2 AND `+invitationOpen+`$3 RETURNING role`, id, tx.Now)
}

func invitationBy(tx *db.SystemTx, hash string) (v invitationRow, err error) {
	found := false
	err = tx.Query(func(r db.Row) error { found = true; return r.Scan(&v.id, &v.company, &v.email, (*string)(&v.role)) },
		`SELECT id, company_id, email, role FROM invitations WHERE token_hash = $1 AND `+invitationOpen+`$2`, hash, tx.Now)
	if err == nil && !found {
		err = fail.NotFound()
	}
	return v, err
}

// useInvitation marks an invitation as accepted; of two who try at once the second finds nothing.
func useInvitation(tx *db.Tx, id, user int64) error {
	return db.Found(tx.Exec(`UPDATE invitations SET accepted_by = $3, accepted_at = $4 WHERE company_id = $1 AND id = $2 AND `+invitationOpen+`$4`, id, user, tx.Now))
}
