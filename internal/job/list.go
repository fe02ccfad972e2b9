package job

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Row is a job as operators see it.
type Row struct {
	Company, ID int64
	Kind, Key   string
	State       State
	Attempts    int
	DueAt       db.Time // 0: never
	CreatedAt   db.Time
	FinishedAt  db.Time // 0: not yet
	Error       string
}

// columns lists the columns of a Row in the order that scan reads them.
const columns = `company_id, id, kind, key, state, attempts, due_at, created_at, finished_at, error`

func scan(r db.Row, v *Row) error {
	return r.Scan(&v.Company, &v.ID, &v.Kind, &v.Key, (*string)(&v.State), &v.Attempts, &v.DueAt, &v.CreatedAt,
		&v.FinishedAt, &v.Error)
}

// Query selects jobs of all companies. An empty field selects all.
type Query struct {
	State   State
	Kind    string
	Company int64
	Search  string // words that all occur in the kind, the key or the error; case is ignored in ASCII
}

// where returns the query's conditions.
func (q Query) where() db.Where {
	w := db.SystemWhere()
	if q.State != "" {
		w.And(`state = ?`, string(q.State))
	}
	if q.Kind != "" {
		w.And(`kind = ?`, q.Kind)
	}
	if q.Company != 0 {
		w.And(`company_id = ?`, q.Company)
	}
	w.Search(`lower(kind || ' ' || key || ' ' || error)`, q.Search)
	return w
}

// Count counts the jobs of all companies that a query selects.
func Count(ctx context.Context, d *db.DB, q Query) (int64, error) {
	w := q.where()
	return db.Read(ctx, d.System("an operator looks at all companies' jobs"), func(tx *db.SystemTx) (int64, error) {
		return db.One(tx, db.Column[int64], `SELECT count(*) FROM jobs WHERE TRUE`+w.SQL(), w.Args()...)
	})
}

// List returns a slice of the jobs of all companies that a query selects, by id.
func List(ctx context.Context, d *db.DB, q Query, p page.Slice) ([]Row, error) {
	slice, args := q.where().Slice("id", p)
	return db.Read(ctx, d.System("an operator looks at all companies' jobs"), func(tx *db.SystemTx) ([]Row, error) {
		return db.All(tx, scan, `SELECT `+columns+` FROM jobs WHERE TRUE`+slice, args...)
	})
}

// Find returns one job of any company, or fail.NotFound.
func Find(ctx context.Context, d *db.DB, id int64) (Row, error) {
	return db.Read(ctx, d.System("an operator looks at all companies' jobs"), func(tx *db.SystemTx) (Row, error) {
		return db.One(tx, scan, `SELECT `+columns+` FROM jobs WHERE id = $1`, id)
	})
}
