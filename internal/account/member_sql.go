package account

import (
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
)

// memberColumns lists the columns of a Member in the order in which scanMember reads them.
const memberColumns = `user_id, username, email, first_name, last_name, phone, role, state, joined_at, is_service`

func scanMember(r db.Row, p *Member) error {
	return r.Scan(
		&p.ID, &p.Username, &p.Email, &p.FirstName, &p.LastName, &p.Phone, (*string)(&p.Role), &p.State, &p.Joined,
		&p.Service)
}

// FindMember returns a member; a removed one is fail.NotFound.
func FindMember(tx *db.Tx, id int64) (Member, error) {
	return db.One(tx, scanMember,
		`SELECT `+memberColumns+` FROM members WHERE company_id = $1 AND user_id = $2 AND state <> 'removed'`, id)
}

// MemberWithCompany returns a member, removed ones included, and the company.
func MemberWithCompany(tx *db.Tx, id int64) (p Member, c Company, err error) {
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(
			&p.ID, &p.Username, &p.Email, &p.FirstName, &p.LastName, &p.Phone, (*string)(&p.Role), &p.State, &p.Joined,
			&p.Service, &c.ID, &c.Name, &c.Description, &c.CreatedAt)
	}, `SELECT `+memberColumns+`, c.company_id, c.name, c.description, c.created_at
		FROM members m JOIN companies c ON c.company_id = m.company_id
		WHERE m.company_id = $1 AND m.user_id = $2`, id)
	return p, c, err
}

// membersByID returns the rows of these members, removed ones included.
func membersByID(tx *db.Tx, ids []int64) ([]Member, error) {
	return db.All(tx, scanMember,
		`SELECT `+memberColumns+` FROM members WHERE company_id = $1 AND user_id `+tx.OneOf("$2"), db.IDs(ids))
}

// membersByName returns the rows of active members. lower() folds ASCII letters only: on SQLite by design, and on
// PostgreSQL for a column that compares bytes.
func membersByName(tx *db.Tx, names []string) ([]Member, error) {
	b, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	oneOf := tx.Pick(`IN (SELECT lower(value) FROM json_each($2))`,
		`= ANY (ARRAY(SELECT lower(value COLLATE "C") FROM json_array_elements_text($2::json)))`)
	return db.All(tx, scanMember, `SELECT `+memberColumns+` FROM members
		WHERE company_id = $1 AND state = 'active' AND lower(username) `+oneOf+` ORDER BY user_id`, string(b))
}

// matchMembers returns the conditions of a list of members.
func matchMembers(search string) (w db.Where) {
	w.And(`state <> 'removed'`)
	w.Search(`search_text`, search)
	return w
}

func countMembers(tx *db.Tx, search string) (int64, error) {
	tx.MayScan()
	w := matchMembers(search)
	return db.One(tx, db.Column[int64], `SELECT count(*) FROM members WHERE company_id = $1`+w.SQL(), w.Args()...)
}

func listMembers(tx *db.Tx, search string, p page.Slice) ([]Member, error) {
	slice, args := matchMembers(search).Slice("user_id", p)
	return db.All(tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE company_id = $1`+slice, args...)
}

func countServiceAccounts(tx *db.Tx) (int64, error) {
	return db.One(tx, db.Column[int64],
		`SELECT count(*) FROM members WHERE company_id = $1 AND is_service AND state <> 'removed'`)
}

func listServiceAccounts(tx *db.Tx, p page.Slice) ([]Member, error) {
	var w db.Where
	w.And(`is_service AND state <> 'removed'`)
	slice, args := w.Slice("user_id", p)
	return db.All(tx, scanMember, `SELECT `+memberColumns+` FROM members WHERE company_id = $1`+slice, args...)
}

func countOwners(tx *db.Tx) (int64, error) {
	return db.One(tx, db.Column[int64],
		`SELECT count(*) FROM members WHERE company_id = $1 AND role = 'owner' AND state = 'active'`)
}

// LockMember locks the row of a member until the transaction ends. Making a token and revoking the tokens of the same
// member exclude each other by it.
func LockMember(tx *db.Tx, id int64) error {
	return db.Found(tx.Exec(`UPDATE members SET state = state WHERE company_id = $1 AND user_id = $2`, id))
}

func updateMember(tx *db.Tx, p Member) error {
	return db.Found(tx.Exec(`UPDATE members
		SET email = $3, first_name = $4, last_name = $5, phone = $6, role = $7, state = $8, search_text = $9
		WHERE company_id = $1 AND user_id = $2`,
		p.ID, p.Email, p.FirstName, p.LastName, p.Phone, string(p.Role), p.State, searchText(p)))
}

// joinMember adds a member, or brings a removed one back. It returns false if the account is a member already.
func joinMember(tx *db.Tx, p Member) (bool, error) {
	n, err := tx.Exec(`INSERT INTO members
			(company_id, user_id, username, email, first_name, last_name, phone, role, state, search_text, joined_at,
			is_service)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (company_id, user_id) DO UPDATE
		SET email = excluded.email, role = excluded.role, state = excluded.state, joined_at = excluded.joined_at
		WHERE members.company_id = excluded.company_id AND members.state = 'removed'`,
		p.ID, p.Username, p.Email, p.FirstName, p.LastName, p.Phone, string(p.Role), p.State, searchText(p), p.Joined,
		p.Service)
	tx.Use(db.Use{Members: n})
	return n == 1, err
}

// searchText returns the text that a search in members looks at. It lacks the e-mail address, because a search must not
// find data that it may not show.
func searchText(p Member) string {
	return db.Fold(strings.Join([]string{p.Username, p.FirstName, p.LastName}, " "))
}
