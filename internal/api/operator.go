package api

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/page"
)

// The operators' routes. In a route with {company} in its path, call.caller is the operator inside that company, as
// account.Service.Inside returns it. So members' operations serve operators too, and the company's log names the
// operator.

// noteRead notes that an operator reads something, of one company or of all (0), before the answer.
func (a *API) noteRead(c *call, company int64, what string, id int64) error {
	return a.Accounts.NoteRead(c.ctx, c.operator.ID, company, what, id)
}

func (a *API) operatorLog(c *call, q account.InstallationQuery) (*page.List[account.InstallationEntry], error) {
	return a.Accounts.InstallationLog(c.ctx, q)
}

func (a *API) operatorLogin(c *call, in auth.OperatorCredentials) (auth.OperatorToken, error) {
	in.Agent = c.agent
	return a.Auth.OperatorLogin(c.ctx, in, c.addr)
}

func (a *API) operatorLogout(c *call) (none, error) {
	return none{}, a.Auth.OperatorLogout(c.ctx, c.operator)
}

func (a *API) operatorChangePassword(c *call, in auth.PasswordChange) (Result[none], error) {
	in.Device = c.device
	d, err := a.Auth.ChangeOperatorPassword(c.ctx, c.operator, in)
	return Result[none]{Device: a.newDeviceCookie(c, d)}, err
}

func (a *API) operatorCompanies(c *call, q account.CompanySearch) (*page.List[account.CompanySummary], error) {
	return a.Accounts.Companies(c.ctx, q)
}

func (a *API) operatorCompany(c *call) (account.CompanySummary, error) {
	return a.Accounts.CompanySummary(c.ctx, c.caller.Scope.Company())
}

func (a *API) operatorChangeCompany(c *call, in account.CompanyChange) (account.CompanySummary, error) {
	if _, err := a.changeCompany(c, in); err != nil {
		return account.CompanySummary{}, err
	}
	return a.Accounts.CompanySummary(c.ctx, c.caller.Scope.Company())
}

func (a *API) operatorSetBudgets(c *call, in account.BudgetChange) (account.Usage, error) {
	if _, err := a.Accounts.SetBudgets(c.ctx, c.caller, in); err != nil {
		return account.Usage{}, err
	}
	return a.usage(c)
}

func (a *API) operatorUsers(c *call, q account.AccountSearch) (*page.List[account.AccountView], error) {
	if err := a.noteRead(c, q.Company.V, "users", 0); err != nil {
		return nil, err
	}
	return a.Accounts.Accounts(c.ctx, q)
}

func (a *API) operatorUser(c *call) (account.AccountView, error) {
	if err := a.noteRead(c, 0, "user", c.id); err != nil {
		return account.AccountView{}, err
	}
	return a.Accounts.Account(c.ctx, c.id)
}

func (a *API) operatorChangeUser(c *call, in auth.AccountChange) (account.AccountView, error) {
	return a.Auth.ChangeAccount(c.ctx, c.operator, c.id, in)
}

func (a *API) operatorAnalyticsOfAll(c *call, q analytics.ListQuery) (*page.List[analytics.Report], error) {
	if err := a.noteRead(c, 0, "analytics", 0); err != nil {
		return nil, err
	}
	return a.Analytics.OfAll(c.ctx, a.Cursors, q)
}

func (a *API) operatorTotals(c *call, q analytics.TotalsQuery) (analytics.Totals, error) {
	return a.Analytics.TotalsOfAll(c.ctx, q)
}

func (a *API) operatorMarkNotification(c *call, in notify.Mark) (notify.SentNotification, error) {
	return a.Notices.MarkSent(c.ctx, c.caller, c.id, in)
}

// Job is a job as operators see it.
type Job struct {
	ID         int64     `json:"id"`
	Company    int64     `json:"company"`
	Kind       string    `json:"kind"`
	Key        string    `json:"key" doc:"Identifies repetitions of the same work."`
	State      job.State `json:"state"`
	Attempts   int       `json:"attempts"`
	DueAt      *db.Time  `json:"due_at" nullable:"true" doc:"When it may run; while it runs, the end of its lease."`
	CreatedAt  db.Time   `json:"created_at"`
	FinishedAt *db.Time  `json:"finished_at" nullable:"true"`
	Error      string    `json:"error" doc:"The error of the last attempt, or why the job failed for good."`
}

func showJob(r job.Row) Job {
	j := Job{
		ID: r.ID, Company: r.Company, Kind: r.Kind, Key: r.Key, State: r.State, Attempts: r.Attempts,
		CreatedAt: r.CreatedAt, Error: r.Error,
	}
	if r.DueAt != 0 {
		j.DueAt = &r.DueAt
	}
	if r.FinishedAt != 0 {
		j.FinishedAt = &r.FinishedAt
	}
	return j
}

// jobQuery filters the list of jobs.
type jobQuery struct {
	page page.Request
	job.Query
}

// Read reads the query.
func (q *jobQuery) Read(f *form.Form) {
	q.page = page.Read(f)
	q.State = job.State(f.Choice("state", q.State.Values()).V)
	q.Kind = f.Text("kind", form.Blank, form.Max(100), form.Doc("Only jobs of this kind, such as mail.")).V
	q.Company = f.ID("company", form.Doc("Only jobs of this company.")).V
	q.Search = f.Text("search", form.Blank, form.Max(200),
		form.Doc("Words that must all occur in the kind, key or error.")).V
}

func (a *API) operatorJobs(c *call, q jobQuery) (*page.List[Job], error) {
	if err := a.noteRead(c, q.Company, "jobs", 0); err != nil {
		return nil, err
	}
	count, err := job.Count(c.ctx, a.DB, q.Query)
	if err != nil {
		return nil, err
	}
	list := fmt.Sprintf("jobs %d %q %q %q", q.Company, q.State, q.Kind, q.Search)
	read := func(p page.Slice) ([]Job, error) {
		rows, err := job.List(c.ctx, a.DB, q.Query, p)
		all := make([]Job, len(rows))
		for i, r := range rows {
			all[i] = showJob(r)
		}
		return all, err
	}
	return page.Keyed(a.Cursors, list, page.Down, q.page, count, read, func(j *Job) int64 { return j.ID })
}

func (a *API) operatorJob(c *call) (Job, error) {
	r, err := job.Find(c.ctx, a.DB, c.id)
	if err == nil {
		err = a.noteRead(c, r.Company, "job", r.ID)
	}
	return showJob(r), err
}

func (a *API) operatorRetryJob(c *call) (Job, error)  { return a.changeJob(c, job.Retry) }
func (a *API) operatorCancelJob(c *call) (Job, error) { return a.changeJob(c, job.Cancel) }

// changeJob changes a job inside its company, so that the change is an event there.
func (a *API) changeJob(c *call, do job.Action) (Job, error) {
	r, err := job.Find(c.ctx, a.DB, c.id)
	if err != nil {
		return Job{}, err
	}
	who, err := a.Auth.Inside(c.ctx, c.operator, r.Company)
	if err != nil {
		return Job{}, err
	}
	if err := do(c.ctx, a.Events, who.Scope, c.id); err != nil {
		return Job{}, err
	}
	r, err = job.Find(c.ctx, a.DB, c.id)
	return showJob(r), err
}
