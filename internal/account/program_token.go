package account

import (
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// TokenScope names the routes that a token for programs opens. Each route of the API names its scope.
type TokenScope string

// The scopes of tokens. None includes another one.
const (
	TasksRead          TokenScope = "tasks:read"
	TasksWrite         TokenScope = "tasks:write"
	EventsRead         TokenScope = "events:read" // the log, the live feed and presence
	PeopleRead         TokenScope = "people:read" // with addresses, if the role may see them
	PeopleWrite        TokenScope = "people:write"
	NotificationsRead  TokenScope = "notifications:read"
	NotificationsWrite TokenScope = "notifications:write"
	Administer         TokenScope = "admin" // settings of the company, its audit log and usage, sessions of members
)

var tokenScopes = []string{
	string(TasksRead), string(TasksWrite), string(EventsRead), string(PeopleRead), string(PeopleWrite),
	string(NotificationsRead), string(NotificationsWrite), string(Administer),
}

// Values returns all scopes. The caller must not change them.
func (TokenScope) Values() []string { return tokenScopes }

// MinRole returns the lowest role whose token may have the scope. A token with more than its member's role allows
// would be useless, and would come to life when the role rises.
func (s TokenScope) MinRole() Role {
	switch s { //nolint:exhaustive // the others read, which every member may
	case TasksWrite:
		return Ordinary
	case PeopleWrite, Administer:
		return Admin
	}
	return Guest
}

// TokenScopes are the scopes of one token.
type TokenScopes []TokenScope

// ParseTokenScopes reads the text of String.
func ParseTokenScopes(text string) (all TokenScopes) {
	for s := range strings.FieldsSeq(text) {
		all = append(all, TokenScope(s))
	}
	return all
}

// String returns the scopes, separated by spaces.
func (s TokenScopes) String() string {
	words := make([]string, len(s))
	for i := range s {
		words[i] = string(s[i])
	}
	return strings.Join(words, " ")
}

// Within reports whether a member with this role may have a token with these scopes.
func (s TokenScopes) Within(r Role) bool {
	return !slices.ContainsFunc(s, func(one TokenScope) bool { return !r.AtLeast(one.MinRole()) })
}

// Grant is the token for programs with which a caller came: it narrows the caller's rights to its scopes.
type Grant struct {
	ID     int64
	Scopes TokenScopes
}

// Has reports whether the caller may use routes of this scope. The role is compared besides.
func (m Caller) Has(scope TokenScope) bool {
	return m.Grant == nil || slices.Contains(m.Grant.Scopes, scope)
}

// TokenEvent makes an event about a token of a member. It has the token's id, name and scopes, and never the token.
func TokenEvent(k event.Kind, p *Member, c Company, name, rest string) event.Event {
	changes := event.Changes{}
	if k == event.TokenCreated {
		event.Set(changes, "token", "", name)
	} else {
		event.Set(changes, "token", name, "")
	}
	return MemberEvent(k, p.View(c, false), changes, "The access token “"+name+"” of "+p.Name()+" was "+rest)
}

// RevokeTokens revokes the tokens of a member that go beyond a role, and returns an event for each. The empty role
// allows none. Tokens belong to package auth. These statements are here because a change of a member ends its tokens in
// the same transaction.
func RevokeTokens(tx *db.Tx, p *Member, c Company, role Role) (events []event.Event, err error) {
	type token struct {
		id     int64
		name   string
		scopes TokenScopes
	}
	// The lock makes a token that is just being made visible here, or fails the transaction that makes it.
	if err := LockMember(tx, p.ID); err != nil {
		return nil, err
	}
	open, err := db.All(tx, func(r db.Row, v *token) error {
		var scopes string
		err := r.Scan(&v.id, &v.name, &scopes)
		v.scopes = ParseTokenScopes(scopes)
		return err
	}, `SELECT id, name, scopes FROM program_tokens
		WHERE company_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3 ORDER BY id`,
		p.ID, tx.Now)
	if err != nil {
		return nil, err
	}
	for _, t := range open {
		if role != "" && t.scopes.Within(role) {
			continue
		}
		n, err := tx.Exec(`UPDATE program_tokens SET revoked_at = $3
			WHERE company_id = $1 AND id = $2 AND revoked_at IS NULL`, t.id, tx.Now)
		if err != nil {
			return nil, err
		}
		if n == 0 { // revoked meanwhile, with an event of its own
			continue
		}
		const why = "revoked with the right that it came from"
		events = append(events, TokenEvent(event.TokenRevoked, p, c, t.name, why))
	}
	return events, nil
}
