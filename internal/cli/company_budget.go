package cli

import (
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/form"
)

type companyBudget struct {
	ID              int64  `arg:"" help:"ID of the company."`
	Tasks           string `placeholder:"N" help:"Most tasks."`
	Bytes           string `placeholder:"N" help:"Most bytes of texts and log."`
	Members         string `placeholder:"N" help:"Most members."`
	Invitations     string `placeholder:"N" help:"Most open invitations."`
	InvitationMails string `placeholder:"N" help:"Most invitations mailed in 24 hours."`
	Requests        string `placeholder:"N" help:"Most requests at the same time on one node."`
	Format          string `enum:"table,json" default:"table" help:"Output format: table or json."`
}

// Help returns the long help of the command.
func (companyBudget) Help() string {
	return `Without a flag the command shows the budgets. N is a number, 0 for no limit, or "default" for the limit of
the installation (TASKHOUSE_BUDGET_TASKS and so on). A change is an event in the company's log. Rows that exist stay,
even if they are more than the new limit. The server may run.

Exit codes: 0 done, 1 failed, 2 a number is invalid.`
}

// Run shows the budgets, and sets those that are given.
func (c companyBudget) Run(p *program) error {
	var in account.BudgetChange
	for i, text := range []string{c.Tasks, c.Bytes, c.Members, c.Invitations, c.InvitationMails, c.Requests} {
		if text == "" {
			continue
		}
		in[i] = form.Optional[int64]{Set: true, Null: text == "default"}
		if in[i].Null {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > account.MaxBudget {
			return usage(fmt.Errorf("%q is no budget: give a number, 0 for no limit, or default", text))
		}
		in[i].V = n
	}
	return p.withAccounts(func(s *auth.Service) error {
		u, err := s.Accounts.SetBudgetsOf(p.ctx, c.ID, in)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return printJSON(p.stdout, u)
		}
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "BUDGET\tUSED\tLIMIT\tSET BY")
		for i, b := range u.All() {
			limit, by := "none", "installation"
			if b.Limit != nil {
				limit = strconv.FormatInt(*b.Limit, 10)
			}
			if b.Own {
				by = "operator"
			}
			used := strconv.FormatInt(b.Used, 10)
			if account.BudgetNames[i] == "requests" {
				used = "-"
			}
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", account.BudgetNames[i], used, limit, by)
		}
		return w.Flush()
	})
}
