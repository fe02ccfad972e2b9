package notify

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
)

func findDigest(tx *db.Tx, user int64) (digest, error) {
	v, err := db.One(tx, func(r db.Row, v *digest) error { return r.Scan(&v.enabled, &v.hour, &v.zone) },
		`SELECT enabled, hour, time_zone FROM digests WHERE company_id = $1 AND user_id = $2`, user)
	if isNotFound(err) {
		return digest{hour: defaultHour, zone: defaultZone}, nil
	}
	return v, err
}

func storeDigest(tx *db.Tx, user int64, v digest, next *db.Time) error {
	_, err := tx.Exec(`INSERT INTO digests (company_id, user_id, enabled, hour, time_zone, next_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (company_id, user_id) DO UPDATE
		SET enabled = excluded.enabled, hour = excluded.hour, time_zone = excluded.time_zone,
			next_at = excluded.next_at`,
		user, v.enabled, v.hour, v.zone, next)
	return err
}

// dueDigest is a member whose digest is due.
type dueDigest struct {
	company, user int64
	at            db.Time
	digest
}

// dueDigests returns the digests of all companies that are due, the oldest first, from the one after last on.
func dueDigests(ctx context.Context, d *db.DB, last dueDigest, limit int) ([]dueDigest, error) {
	return db.Read(ctx, d.System("which members' digests are due"), func(tx *db.SystemTx) ([]dueDigest, error) {
		return db.All(tx, func(r db.Row, v *dueDigest) error {
			return r.Scan(&v.company, &v.user, &v.at, &v.enabled, &v.hour, &v.zone)
		}, `SELECT company_id, user_id, next_at, enabled, hour, time_zone FROM digests
			WHERE next_at <= $1 AND (next_at, company_id, user_id) > ($2, $3, $4)
			ORDER BY next_at, company_id, user_id LIMIT $5`, tx.Now, last.at, last.company, last.user, limit)
	})
}

// moveDigest moves a member's digest from at to next. If several processes try, one succeeds and moveDigest reports
// true to it.
func moveDigest(tx *db.Tx, user int64, at, next db.Time) (bool, error) {
	n, err := tx.Exec(`UPDATE digests SET next_at = $4 WHERE company_id = $1 AND user_id = $2 AND next_at = $3`,
		user, at, next)
	return n == 1, err
}

// ZoneOf returns the time zone that a member has chosen, or "".
func ZoneOf(tx *db.Tx, user int64) (string, error) {
	name, err := db.One(tx, db.Column[string],
		`SELECT time_zone FROM digests WHERE company_id = $1 AND user_id = $2`, user)
	if isNotFound(err) {
		return "", nil
	}
	return name, err
}
