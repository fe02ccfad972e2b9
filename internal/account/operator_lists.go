package account

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// CompanySummary is a company as an operator sees it from above.
type CompanySummary struct {
	ID           int64    `json:"id"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	CreatedAt    db.Time  `json:"created_at"`
	Members      int64    `json:"members" doc:"The active ones."`
	Tasks        int64    `json:"tasks"`
	Events       int64    `json:"events"`
	LastActivity *db.Time `json:"last_activity" nullable:"true" doc:"When its log last grew."`
}

// AccountView is an account as the API shows it to operators.
type AccountView struct {
	ID          int64        `json:"id"`
	Username    string       `json:"username"`
	Email       string       `json:"email"`
	IsActive    bool         `json:"is_active" doc:"Whether it may sign in at all."`
	IsSuperuser bool         `json:"is_superuser" doc:"Whether it is an operator."`
	CreatedAt   db.Time      `json:"created_at"`
	LastLogin   *db.Time     `json:"last_login" nullable:"true"`
	Companies   []Membership `json:"companies"`
}

// Membership is what an account is in a company.
type Membership struct {
	ID       int64  `json:"id" doc:"The company's."`
	Name     string `json:"name"`
	Role     Role   `json:"role" enum:"owner,admin,member,guest"`
	IsActive bool   `json:"is_active"`
}

// CompanySearch is which companies an operator lists.
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
type AccountSearch struct {
	Page    page.Request
	Search  string
	Company form.Optional[int64]
	Super   form.Optional[bool]
}

// Read reads the query.
func (q *AccountSearch) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Search = f.Text("search", form.Blank, form.Max(200), form.Doc("Words that all occur in the username or e-mail address.")).V
	q.Company = f.ID("company", form.Doc("Only accounts that are in this company."))
	q.Super = f.Bool("is_superuser", form.Doc("Only operators, or with false the others."))
}

// Companies is a page of all companies, oldest first. It is for operators and for commands.
func (s *Service) Companies(ctx context.Context, q CompanySearch) (list *page.List[CompanySummary], err error) {
	err = s.DB.System("an operator looks at all companies").Read(ctx, func(tx *db.SystemTx) error {
		where, args := matchWords("TRUE", nil, q.Search, "c.name_key")
		count, err := countRows(tx, `SELECT count(*) FROM companies c WHERE `+where, args...)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, "companies "+q.Search, page.Up, q.Page, count,
			func(p page.Slice) ([]CompanySummary, error) { return summaries(tx, where, args, p) }, func(c *CompanySummary) int64 { return c.ID })
		return err
	})
	return list, err
}

// CompanySummary returns one company as operators see it.
func (s *Service) CompanySummary(ctx context.Context, id int64) (c CompanySummary, err error) {
	err = s.DB.System("an operator looks at all companies").Read(ctx, func(tx *db.SystemTx) error {
		all, err := summaries(tx, `c.company_id = $1`, []any{id}, page.First(page.Up, 1))
		if err == nil && len(all) == 0 {
			err = fail.NotFound()
		}
		if err == nil {
			c = all[0]
		}
		return err
	})
	return c, err
}

// Accounts is a page of all accounts, oldest first. It is for operators and for commands.
func (s *Service) Accounts(ctx context.Context, q AccountSearch) (list *page.List[AccountView], err error) {
	err = s.DB.System("an operator looks at all accounts").Read(ctx, func(tx *db.SystemTx) error {
		where, args := matchWords("TRUE", nil, q.Search, "u.username_key || ' ' || u.email_key")
		if q.Company.Set {
			args = append(args, q.Company.V)
			where += fmt.Sprintf(` AND EXISTS (SELECT 1 FROM members m WHERE m.company_id = $%d AND m.user_id = u.id AND m.state <> 'removed')`, len(args))
		}
		if q.Super.Set {
			args = append(args, q.Super.V)
			where += fmt.Sprintf(` AND u.is_superuser = $%d`, len(args))
		}
		count, err := countRows(tx, `SELECT count(*) FROM users u WHERE `+where, args...)
		if err != nil {
			return err
		}
		list, err = page.Keyed(s.Cursors, fmt.Sprintf("accounts %s %q", where, args), page.Up, q.Page, count,
			func(p page.Slice) ([]AccountView, error) { return accountViews(tx, where, args, p) }, func(a *AccountView) int64 { return a.ID })
		return err
	})
	return list, err
}

// Account returns one account as operators see it.
func (s *Service) Account(ctx context.Context, id int64) (a AccountView, err error) {
	err = s.DB.System("an operator looks at all accounts").Read(ctx, func(tx *db.SystemTx) error {
		a, err = FindAccount(tx, id)
		return err
	})
	return a, err
}

// matchWords adds to a condition that an expression contains all words of a search.
func matchWords(where string, args []any, search, expression string) (string, []any) {
	for _, word := range db.SearchWords(search) {
		args = append(args, word)
		where += fmt.Sprintf(` AND %s LIKE $%d ESCAPE '\'`, expression, len(args))
	}
	return where, args
}

func summaries(tx *db.SystemTx, where string, args []any, p page.Slice) (all []CompanySummary, err error) {
	all = []CompanySummary{}
	slice, args := p.SQL("c.company_id", 1, args)
	err = tx.Query(func(r db.Row) error {
		var c CompanySummary
		var last db.Time
		err := r.Scan(&c.ID, &c.Name, &c.Description, &c.CreatedAt, &c.Members, &c.Tasks, &c.Events, &last)
		c.LastActivity = orNever(last)
		all = append(all, c)
		return err
	}, `SELECT c.company_id, c.name, c.description, c.created_at,
			(SELECT count(*) FROM members m WHERE m.company_id = c.company_id AND m.state = 'active'),
			(SELECT CAST(coalesce(sum(t.n), 0) AS BIGINT) FROM task_counts t WHERE t.company_id = c.company_id),
			h.seq, (SELECT e.at FROM events e WHERE e.company_id = c.company_id AND e.seq = h.seq)
		FROM companies c JOIN heads h ON h.company_id = c.company_id WHERE `+where+slice, args...)
	return all, err
}

func FindAccount(tx *db.SystemTx, id int64) (AccountView, error) {
	all, err := accountViews(tx, `u.id = $1`, []any{id}, page.First(page.Up, 1))
	if err == nil && len(all) == 0 {
		err = fail.NotFound()
	}
	if err != nil {
		return AccountView{}, err
	}
	return all[0], nil
}

func accountViews(tx *db.SystemTx, where string, args []any, p page.Slice) (all []AccountView, err error) {
	all = []AccountView{}
	at := map[int64]int{}
	slice, args := p.SQL("u.id", 1, args)
	var ids []int64
	err = tx.Query(func(r db.Row) error {
		a := AccountView{Companies: []Membership{}}
		var last db.Time
		err := r.Scan(&a.ID, &a.Username, &a.Email, &a.IsActive, &a.IsSuperuser, &a.CreatedAt, &last)
		a.LastLogin = orNever(last)
		at[a.ID] = len(all)
		ids = append(ids, a.ID)
		all = append(all, a)
		return err
	}, `SELECT u.id, u.username, u.email, u.is_active, u.is_superuser, u.created_at, u.last_login_at FROM users u WHERE `+where+slice, args...)
	if err != nil || len(ids) == 0 {
		return all, err
	}
	return all, tx.Query(func(r db.Row) error {
		var user int64
		var m Membership
		var state string
		err := r.Scan(&user, &m.ID, &m.Name, (*string)(&m.Role), &state)
		m.IsActive = state == StateActive
		all[at[user]].Companies = append(all[at[user]].Companies, m)
		return err
	}, `SELECT m.user_id, c.company_id, c.name, m.role, m.state FROM members m JOIN companies c ON c.company_id = m.company_id
		WHERE m.state <> 'removed' AND m.user_id `+tx.OneOf("$1")+` ORDER BY m.joined_at, c.company_id`, db.IDs(ids))
}

// LockAccount is an account, held until the transaction ends.
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
