package notify

import "github.com/taskhouse/taskhouse/internal/db"

// channels says how a member is notified about one kind. Both false turns the kind off.
type channels struct{ inbox, email bool }

// ownActs is the name under which a member's wish to be notified of own acts is stored, beside the kinds.
const ownActs Kind = "own"

// preferenceOverrides holds the non-default settings of members; by default every kind goes to inbox and e-mail.
type preferenceOverrides map[int64]map[Kind]channels

func (p preferenceOverrides) of(user int64, k Kind) channels {
	if v, ok := p[user][k]; ok {
		return v
	}
	return channels{inbox: true, email: true}
}

func preferenceOverridesOf(tx *db.Tx, users []int64) (preferenceOverrides, error) {
	all := preferenceOverrides{}
	err := tx.Query(func(r db.Row) error {
		var user int64
		var k Kind
		var v channels
		err := r.Scan(&user, (*string)(&k), &v.inbox, &v.email)
		if all[user] == nil {
			all[user] = map[Kind]channels{}
		}
		all[user][k] = v
		return err
	}, `SELECT user_id, kind, inbox, email FROM notification_preferences
		WHERE company_id = $1 AND user_id `+tx.OneOf("$2"),
		db.IDs(users))
	return all, err
}

func storePreference(tx *db.Tx, user int64, k Kind, v channels) error {
	_, err := tx.Exec(`INSERT INTO notification_preferences (company_id, user_id, kind, inbox, email)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (company_id, user_id, kind) DO UPDATE SET inbox = excluded.inbox, email = excluded.email`,
		user, string(k), v.inbox, v.email)
	return err
}
