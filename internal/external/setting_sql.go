package external

import "github.com/taskhouse/taskhouse/internal/db"

func findSetting(tx *db.Tx) (Setting, error) {
	return db.One(tx, func(r db.Row, v *Setting) error {
		return r.Scan(&v.URL, &v.Fields, &v.Header, &v.sealed, &v.ChangedAt)
	}, `SELECT url, fields, header, secret, changed_at FROM external_sources WHERE company_id = $1`)
}

func storeSetting(tx *db.Tx, v Setting) error {
	_, err := tx.Exec(`INSERT INTO external_sources (company_id, url, fields, header, secret, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (company_id) DO UPDATE SET url = excluded.url, fields = excluded.fields, header = excluded.header,
			secret = excluded.secret,
			changed_at = excluded.changed_at`, v.URL, v.Fields, v.Header, v.sealed, v.ChangedAt)
	return err
}

func removeSetting(tx *db.Tx) error {
	return db.Found(tx.Exec(`DELETE FROM external_sources WHERE company_id = $1`))
}
