package account

import "github.com/taskhouse/taskhouse/internal/db"

// CompanyOf returns the company of a transaction.
func CompanyOf(tx *db.Tx) (Company, error) {
	c, _, err := loadCompany(tx)
	return c, err
}

func loadCompany(tx *db.Tx) (c Company, version int64, err error) {
	err = db.Exists(tx, func(r db.Row) error {
		return r.Scan(&c.ID, &c.Name, &c.Description, &c.CreatedAt, &version,
			&c.Calendar.TimeZone, (*string)(&c.Calendar.WeekStart), &c.Calendar.WorkingDays)
	}, `SELECT company_id, name, description, created_at, version, time_zone, week_start, working_days
		FROM companies WHERE company_id = $1`)
	return c, version, err
}

func updateCompany(tx *db.Tx, c Company) error {
	_, err := tx.Exec(`UPDATE companies
		SET name = $2, name_key = $3, description = $4, version = version + 1, updated_at = $5,
			time_zone = $6, week_start = $7, working_days = $8 WHERE company_id = $1`,
		c.Name, CompanyKey(c.Name), c.Description, tx.Now, c.Calendar.TimeZone, string(c.Calendar.WeekStart),
		c.Calendar.WorkingDays)
	return err
}

func insertCompany(tx *db.SystemTx, name string) (Company, error) {
	id, err := db.One(tx, db.Column[int64], `INSERT INTO companies (name, name_key, created_at, updated_at)
		VALUES ($1, $2, $3, $3) RETURNING company_id`, name, CompanyKey(name), tx.Now)
	if err == nil {
		_, err = tx.Exec(`INSERT INTO heads (company_id) VALUES ($1)`, id)
	}
	return Company{ID: id, Name: name, CreatedAt: tx.Now, Calendar: newCalendar}, err
}
