package account

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// CompanySummary is a company as the API shows it to operators.
type CompanySummary struct {
	ID           int64    `json:"id"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	CreatedAt    db.Time  `json:"created_at"`
	Members      int64    `json:"members" doc:"The active ones."`
	Tasks        int64    `json:"tasks"`
	Events       int64    `json:"events"`
	LastActivity *db.Time `json:"last_activity" nullable:"true" doc:"Its newest event, reads by operators apart."`
}

// AccountView is an account as the API shows it to operators.
type AccountView struct { //nolint:revive // account.View could be of a member or a company too
	ID          int64        `json:"id"`
	Username    string       `json:"username"`
	Email       string       `json:"email"`
	IsActive    bool         `json:"is_active" doc:"Whether it may sign in at all."`
	IsSuperuser bool         `json:"is_superuser" doc:"Whether it is an operator."`
	IsService   bool         `json:"is_service" doc:"Whether it is a service account, which cannot sign in."`
	CreatedAt   db.Time      `json:"created_at"`
	LastLogin   *db.Time     `json:"last_login" nullable:"true"`
	Companies   []Membership `json:"companies"`
}

// Membership is the membership of an account in a company.
type Membership struct {
	ID       int64  `json:"id" doc:"The company's."`
	Name     string `json:"name"`
	Role     Role   `json:"role"`
	IsActive bool   `json:"is_active"`
}

// CompanySearch selects the companies that an operator lists.
type CompanySearch struct {
	Page   page.Request
	Search string
}

// Read reads the query.
func (q *CompanySearch) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in the name.")).V
}

// AccountSearch selects the accounts that an operator lists.
type AccountSearch struct { //nolint:revive // account.Search could be of members or companies too
	Page    page.Request
	Search  string
	Company form.Optional[int64]
	Super   form.Optional[bool]
}

// Read reads the query.
func (q *AccountSearch) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Search = f.Text("search", form.Blank, form.Max(200),
		form.Doc("Words that all occur in the username or e-mail address.")).V
	q.Company = f.ID("company", form.Doc("Only accounts that are in this company."))
	q.Super = f.Bool("is_superuser", form.Doc("Only operators, or with false the others."))
}

// Companies lists all companies, oldest first, for operators and for commands.
func (s *Service) Companies(ctx context.Context, q CompanySearch) (*page.List[CompanySummary], error) {
	door := s.DB.System("an operator looks at all companies")
	return db.Read(ctx, door, func(tx *db.SystemTx) (*page.List[CompanySummary], error) {
		w := db.SystemWhere()
		w.Search("c.name_key", q.Search)
		count, err := db.One(tx, db.Column[int64], `SELECT count(*) FROM companies c WHERE TRUE`+w.SQL(), w.Args()...)
		if err != nil {
			return nil, err
		}
		return page.Keyed(s.Cursors, "companies "+q.Search, page.Up, q.Page, count,
			func(p page.Slice) ([]CompanySummary, error) { return summaries(tx, w, p) },
			func(c *CompanySummary) int64 { return c.ID })
	})
}

// CompanySummary returns one company as operators see it.
func (s *Service) CompanySummary(ctx context.Context, id int64) (CompanySummary, error) {
	door := s.DB.System("an operator looks at all companies")
	return db.Read(ctx, door, func(tx *db.SystemTx) (CompanySummary, error) {
		w := db.SystemWhere()
		w.And(`c.company_id = ?`, id)
		return first(summaries(tx, w, page.First(page.Up, 1)))
	})
}

// first returns the first of all, or fail.NotFound if there is none.
func first[T any](all []T, err error) (T, error) {
	var zero T
	if err == nil && len(all) == 0 {
		err = fail.NotFound()
	}
	if err != nil {
		return zero, err
	}
	return all[0], nil
}

// Accounts lists all accounts, oldest first, for operators and for commands.
func (s *Service) Accounts(ctx context.Context, q AccountSearch) (*page.List[AccountView], error) {
	door := s.DB.System("an operator looks at all accounts")
	return db.Read(ctx, door, func(tx *db.SystemTx) (*page.List[AccountView], error) {
		w := q.where()
		count, err := db.One(tx, db.Column[int64], `SELECT count(*) FROM users u WHERE TRUE`+w.SQL(), w.Args()...)
		if err != nil {
			return nil, err
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("accounts %s %q", w.SQL(), w.Args()), page.Up, q.Page, count,
			func(p page.Slice) ([]AccountView, error) { return accountViews(tx, w, p) },
			func(a *AccountView) int64 { return a.ID })
	})
}

// where returns the conditions of the search.
func (q AccountSearch) where() db.Where {
	w := db.SystemWhere()
	w.Search("u.username_key || ' ' || u.email_key", q.Search)
	if q.Company.Set {
		w.And(
			`EXISTS (SELECT 1 FROM members m WHERE m.company_id = ? AND m.user_id = u.id AND m.state <> 'removed')`,
			q.Company.V)
	}
	if q.Super.Set {
		w.And(`u.is_superuser = ?`, q.Super.V)
	}
	return w
}

// Account returns one account as operators see it.
func (s *Service) Account(ctx context.Context, id int64) (AccountView, error) {
	door := s.DB.System("an operator looks at all accounts")
	return db.Read(ctx, door, func(tx *db.SystemTx) (AccountView, error) { return FindAccount(tx, id) })
}

func summaries(tx *db.SystemTx, w db.Where, p page.Slice) ([]CompanySummary, error) {
	slice, args := w.Slice("c.company_id", p)
	return db.All(tx, func(r db.Row, c *CompanySummary) error {
		var last db.Time
		err := r.Scan(&c.ID, &c.Name, &c.Description, &c.CreatedAt, &c.Members, &c.Tasks, &c.Events, &last)
		c.LastActivity = orNever(last)
		return err
	}, `SELECT c.company_id, c.name, c.description, c.created_at,
			(SELECT count(*) FROM members m WHERE m.company_id = c.company_id AND m.state = 'active'),
			(SELECT CAST(coalesce(sum(t.n), 0) AS BIGINT) FROM task_counts t WHERE t.company_id = c.company_id),
			h.seq, (SELECT e.at FROM events e WHERE e.company_id = c.company_id AND e.kind <> 'operator_read'
				ORDER BY e.seq DESC LIMIT 1)
		FROM companies c JOIN heads h ON h.company_id = c.company_id WHERE TRUE`+slice, args...)
}

// FindAccount returns one account with its memberships.
func FindAccount(tx *db.SystemTx, id int64) (AccountView, error) {
	w := db.SystemWhere()
	w.And(`u.id = ?`, id)
	return first(accountViews(tx, w, page.First(page.Up, 1)))
}

func accountViews(tx *db.SystemTx, w db.Where, p page.Slice) ([]AccountView, error) {
	slice, args := w.Slice("u.id", p)
	all, err := db.All(tx, func(r db.Row, a *AccountView) error {
		a.Companies = []Membership{}
		var last db.Time
		err := r.Scan(&a.ID, &a.Username, &a.Email, &a.IsActive, &a.IsSuperuser, &a.IsService, &a.CreatedAt, &last)
		a.LastLogin = orNever(last)
		return err
	}, `SELECT u.id, u.username, u.email, u.is_active, u.is_superuser, u.is_service, u.created_at,
			u.last_login_at
		FROM users u WHERE TRUE`+slice, args...)
	if err != nil || len(all) == 0 {
		return all, err
	}
	at, ids := make(map[int64]int, len(all)), make([]int64, len(all))
	for i := range all {
		at[all[i].ID], ids[i] = i, all[i].ID
	}
	return all, tx.Query(func(r db.Row) error {
		var user int64
		var m Membership
		var state string
		err := r.Scan(&user, &m.ID, &m.Name, (*string)(&m.Role), &state)
		m.IsActive = state == StateActive
		all[at[user]].Companies = append(all[at[user]].Companies, m)
		return err
	}, `SELECT m.user_id, c.company_id, c.name, m.role, m.state
		FROM members m JOIN companies c ON c.company_id = m.company_id
		WHERE m.state <> 'removed' AND m.user_id `+tx.OneOf("$1")+`
		ORDER BY m.joined_at, c.company_id`, db.IDs(ids))
}

// LockAccount returns an account and locks its row until the transaction ends.
func LockAccount(tx *db.SystemTx, id int64) (AccountView, error) {
	if err := db.Found(tx.Exec(`UPDATE users SET is_active = is_active WHERE id = $1`, id)); err != nil {
		return AccountView{}, err
	}
	return FindAccount(tx, id)
}

// orNever returns a pointer to t, or nil for the zero time.
func orNever(t db.Time) *db.Time {
	if t == 0 {
		return nil
	}
	return &t
}
