package cli

import (
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

type companiesCommand struct {
	Search string `placeholder:"WORDS" help:"Only companies whose names contain all these words."`
	Format string `enum:"table,json" default:"table" help:"Output format: table or json."`
}

// Run lists all companies.
func (c companiesCommand) Run(p *program) error {
	return p.withAccounts(func(s *auth.Service) error {
		all, err := everyPage(func(r page.Request) (*page.List[account.CompanySummary], error) {
			return s.Accounts.Companies(p.ctx, account.CompanySearch{Page: r, Search: c.Search})
		})
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return printJSON(p.stdout, all)
		}
		const columns = "COMPANY\tNAME\tMEMBERS\tTASKS\tEVENTS\tCREATED\tLAST ACTIVITY"
		return printTable(p.stdout, columns, all, func(c account.CompanySummary) string {
			return fmt.Sprintf("%d\t%s\t%d\t%d\t%d\t%s\t%s", c.ID, config.Printable(c.Name), c.Members, c.Tasks,
				c.Events, moment(&c.CreatedAt), moment(c.LastActivity))
		})
	})
}

type usersCommand struct {
	Search    string `placeholder:"WORDS" help:"Only accounts with all these words in the username or e-mail address."`
	Company   int64  `placeholder:"ID" help:"Only accounts in this company."`
	Operators bool   `help:"Only operators."`
	Format    string `enum:"table,json" default:"table" help:"Output format: table or json."`
}

// Run lists all accounts.
func (c usersCommand) Run(p *program) error {
	return p.withAccounts(func(s *auth.Service) error {
		all, err := everyPage(func(r page.Request) (*page.List[account.AccountView], error) {
			return s.Accounts.Accounts(p.ctx, account.AccountSearch{
				Page:    r,
				Search:  c.Search,
				Company: form.Optional[int64]{Set: c.Company != 0, V: c.Company},
				Super:   form.Optional[bool]{Set: c.Operators, V: true},
			})
		})
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return printJSON(p.stdout, all)
		}
		const columns = "USER\tUSERNAME\tE-MAIL\tSTATE\tCOMPANIES\tLAST SIGN-IN"
		return printTable(p.stdout, columns, all, func(a account.AccountView) string {
			return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s", a.ID, config.Printable(a.Username), config.Printable(a.Email),
				accountState(a), config.Printable(memberships(a)), moment(a.LastLogin))
		})
	})
}

func accountState(a account.AccountView) string {
	state := "active"
	if !a.IsActive {
		state = "closed"
	}
	if a.IsSuperuser {
		state += ", operator"
	}
	return state
}

func memberships(a account.AccountView) string {
	var all []string
	for _, m := range a.Companies {
		text := fmt.Sprintf("%s (%s)", m.Name, m.Role)
		if !m.IsActive {
			text = fmt.Sprintf("%s (%s, inactive)", m.Name, m.Role)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// everyPage returns the results of all pages of a list.
func everyPage[T any](read func(page.Request) (*page.List[T], error)) ([]T, error) {
	all := []T{}
	for n := 1; ; n++ {
		list, err := read(page.Number(n, page.MaxSize))
		if err != nil {
			return nil, err
		}
		if all = append(all, list.Results...); int64(n*page.MaxSize) >= list.Count {
			return all, nil
		}
	}
}
