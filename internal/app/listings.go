package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

type companiesCommand struct {
	Search string `placeholder:"WORDS" help:"Only those whose names have all these words."`
	Format string `enum:"table,json" default:"table" help:"How it is printed: table or json."`
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
		return printTable(p.stdout, "COMPANY\tNAME\tMEMBERS\tTASKS\tEVENTS\tCREATED\tLAST ACTIVITY", all, func(c account.CompanySummary) string {
			return fmt.Sprintf("%d\t%s\t%d\t%d\t%d\t%s\t%s", c.ID, printable(c.Name), c.Members, c.Tasks, c.Events, moment(&c.CreatedAt), moment(c.LastActivity))
		})
	})
}

type usersCommand struct {
	Search    string `placeholder:"WORDS" help:"Only those whose username or e-mail address has all these words."`
	Company   int64  `placeholder:"ID" help:"Only those who are in this company."`
	Operators bool   `help:"Only operators."`
	Format    string `enum:"table,json" default:"table" help:"How it is printed: table or json."`
}

// Run lists all accounts.
func (c usersCommand) Run(p *program) error {
	return p.withAccounts(func(s *auth.Service) error {
		all, err := everyPage(func(r page.Request) (*page.List[account.AccountView], error) {
			return s.Accounts.Accounts(p.ctx, account.AccountSearch{
				Page: r, Search: c.Search, Company: form.Optional[int64]{Set: c.Company != 0, V: c.Company}, Super: form.Optional[bool]{Set: c.Operators, V: true},
			})
		})
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return printJSON(p.stdout, all)
		}
		return printTable(p.stdout, "USER\tUSERNAME\tE-MAIL\tSTATE\tCOMPANIES\tLAST SIGN-IN", all, func(a account.AccountView) string {
			return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s", a.ID, printable(a.Username), printable(a.Email), accountState(a), printable(memberships(a)), moment(a.LastLogin))
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

// everyPage reads a list to its end.
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

func printTable[T any](w io.Writer, head string, all []T, row func(T) string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, head) // a tabwriter keeps its errors for Flush
	for _, v := range all {
		_, _ = fmt.Fprintln(table, row(v))
	}
	return table.Flush()
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func moment(t *db.Time) string {
	if t == nil {
		return "-"
	}
	return t.Std().Format(time.RFC3339)
}

type flushCommand struct {
	YesDelete string `name:"yes-delete" placeholder:"NAME" help:"The database's name, instead of typing it when asked."`
}

// Help is the rest of the command's help.
func (flushCommand) Help() string {
	return `All companies, people, tasks and logs are deleted; the schema stays, and ids are not used again. It asks for the database's name first. Stop the servers before, and make a backup.

Exit codes: 0 deleted, 1 failed, 2 the name was not given or is another; then nothing was deleted.`
}

// Run deletes everything.
func (c flushCommand) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error {
		place, err := d.Place(p.ctx)
		if err != nil {
			return err
		}
		given := c.YesDelete
		if given == "" {
			ask := p.asker(false)
			if !ask.possible() {
				return usage(fmt.Errorf("this deletes everything in %s: say so with --yes-delete %s", place.Full, place.Name))
			}
			_, _ = fmt.Fprintf(p.stderr, "This deletes all companies, people, tasks and logs in %s.\n", place.Full)
			if given, err = ask.text(fmt.Sprintf("Type the database's name (%s) to go on: ", place.Name), "the name", "--yes-delete"); err != nil {
				return err
			}
		}
		if given != place.Name {
			return usage(fmt.Errorf("the database's name is %s and not %q: nothing was deleted", place.Name, given))
		}
		rows, err := d.Flush(p.ctx)
		if err != nil {
			return errors.Join(errors.New("nothing was deleted"), err)
		}
		_, err = fmt.Fprintf(p.stdout, "deleted %d companies with everything in them, and %d accounts\n", rows["companies"], rows["users"])
		return err
	})
}
