package cli

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

type analyticsCommand struct {
	Company string `placeholder:"ID|NAME" help:"Only this company."`
	Days    int    `default:"30" help:"Days of history, 1 to 366."`
	AsOf    string `name:"as-of" placeholder:"TIME" help:"Figures at this time: 2026-03-14 or 2026-03-14T09:26:53Z."`
	TZ      string `name:"tz" default:"UTC" help:"Time zone of the days, such as Europe/Berlin."`
	Format  string `enum:"table,json,csv" default:"table" help:"Output format: table, json or csv."`
}

// Help returns the long help of the command.
func (analyticsCommand) Help() string {
	return `Prints five reports of each company (tasks per user, statuses, performance, tasks created per day,
assignment) and their history over the days. It counts the newest events of the log first.

On a terminal the tables have bars. json is an array of the answers of GET /api/analytics/; csv has one figure a line.

Exit codes: 0 printed, 1 failed or no such company, 2 an invalid command line.`
}

// Run prints the reports.
func (c analyticsCommand) Run(p *program) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	return p.withDatabase(func(d *db.DB) error {
		s := &analytics.Service{DB: d}
		companies, err := s.Companies(p.ctx)
		if err != nil {
			return err
		}
		if c.Company != "" {
			if companies = named(companies, c.Company); len(companies) == 0 {
				return fmt.Errorf("no company %s: see taskhouse companies", config.Printable(c.Company))
			}
		}
		out := reporters[c.Format](p.stdout)
		bar := p.newProgress("computing reports", "companies")
		defer bar.end()
		for i, company := range companies {
			bar.show(int64(i), int64(len(companies)))
			r, err := s.OfCompany(p.ctx, company.ID, q)
			if err != nil {
				return fmt.Errorf("company %d: %w", company.ID, err)
			}
			bar.clear()
			if err := out.report(r); err != nil {
				return err
			}
		}
		return out.end()
	})
}

// query validates the flags by the rules of the API.
func (c analyticsCommand) query() (q analytics.Query, err error) {
	v := url.Values{"days": {strconv.Itoa(c.Days)}, "tz": {c.TZ}}
	if c.AsOf != "" {
		v.Set("as_of", c.AsOf)
	}
	f := form.Query(v)
	q.Read(f)
	var invalid *fail.Error
	if errors.As(f.Err(), &invalid) {
		for _, flag := range [][2]string{{"days", "--days"}, {"as_of", "--as-of"}, {"tz", "--tz"}} {
			if m := invalid.Fields[flag[0]]; len(m) > 0 {
				return q, usage(fmt.Errorf("%s: %s", flag[1], strings.Join(m, " ")))
			}
		}
	}
	return q, f.Err()
}

// named returns the company with an id or a name.
func named(companies []analytics.Company, word string) []analytics.Company {
	id, _ := strconv.ParseInt(word, 10, 64)
	for _, same := range []func(analytics.Company) bool{
		func(c analytics.Company) bool { return c.ID == id },
		func(c analytics.Company) bool { return account.CompanyKey(c.Name) == account.CompanyKey(word) },
	} {
		for _, c := range companies {
			if same(c) {
				return []analytics.Company{c}
			}
		}
	}
	return nil
}

// reporter prints reports one after another.
type reporter interface {
	report(analytics.Report) error
	end() error
}

var reporters = map[string]func(io.Writer) reporter{
	"table": func(w io.Writer) reporter { return &tables{w: w, bars: app.IsTerminal(w)} },
	"json":  func(w io.Writer) reporter { return &jsonArray{w: w} },
	"csv":   func(w io.Writer) reporter { return &figureLines{w: w} },
}

// jsonArray prints all reports at the end, so that a failure leaves no incomplete array.
type jsonArray struct {
	w   io.Writer
	all []analytics.Report
}

func (j *jsonArray) report(r analytics.Report) error {
	j.all = append(j.all, r)
	return nil
}

func (j *jsonArray) end() error {
	if j.all == nil {
		j.all = []analytics.Report{}
	}
	return printJSON(j.w, j.all)
}

// tables prints reports for people.
type tables struct {
	w    io.Writer
	bars bool // only on a terminal
	n    int
}

func (t *tables) end() error {
	if t.n == 0 {
		_, err := fmt.Fprintln(t.w, "no companies")
		return err
	}
	return nil
}

func (t *tables) report(r analytics.Report) error {
	if t.n++; t.n > 1 {
		fmt.Fprintln(t.w)
	}
	fmt.Fprintf(t.w, "%s (company %d), as of %s, days of %s\n", config.Printable(r.Company.Name), r.Company.ID,
		r.AsOf.Std().Format(time.RFC3339), r.TimeZone)

	users := t.table("1. Tasks per user", "USER\tTOTAL\tTODO\tIN PROGRESS\tDONE\tCANCELLED")
	for _, u := range r.Users {
		users.bar(u.Total, "%s\t%d\t%d\t%d\t%d\t%d", who(u), u.Total, u.Todo, u.InProgress, u.Done, u.Cancelled)
	}
	statuses := t.table("2. Status distribution", "STATUS\tTASKS\tPERCENT")
	for _, s := range r.Statuses {
		statuses.bar(s.Count, "%s\t%d\t%.1f", s.Status, s.Count, s.Percent)
	}
	v := r.Performance
	performance := t.table("3. Company performance", "")
	performance.row("tasks\t%d", v.Tasks)
	performance.row("completed\t%d (%.1f %%)", v.Completed, v.Rate)
	performance.row("active members\t%d", v.Members)
	performance.row("tasks per member\t%.2f", v.TasksPerMember)
	performance.row("lead time, median\t%s", span(v.Lead.Median))
	performance.row("lead time, 9 in 10 within\t%s", span(v.Lead.P90))
	trend := t.table(fmt.Sprintf("4. Daily creation, %d days", r.Days), "DATE\tCREATED")
	for _, d := range r.Trend {
		trend.bar(d.Created, "%s\t%d", d.Date, d.Created)
	}
	a := r.Assignment
	assignment := t.table("5. Assignment", "")
	assignment.row("open\t%d", a.Open)
	assignment.row("assigned\t%d", a.Assigned)
	assignment.row("unassigned\t%d", a.Unassigned)
	assignment.row("open per member\t%.2f", a.OpenPerMember)
	assignment.row("oldest open\t%s", oldest(a))
	load := t.table("", "USER\tOPEN\tPERCENT")
	for _, l := range a.Load {
		load.bar(l.Open, "%s\t%d\t%.1f", config.Printable(l.Username), l.Open, l.Percent)
	}
	h := r.History
	times := t.table(fmt.Sprintf("6. History, %d days", r.Days), "TIME\tTASKS DONE\tMEDIAN\t9 IN 10 WITHIN")
	times.row("lead\t%d\t%s\t%s", h.Lead.Count, span(h.Lead.Median), span(h.Lead.P90))
	times.row("cycle\t%d\t%s\t%s", h.Cycle.Count, span(h.Cycle.Median), span(h.Cycle.P90))
	flow := t.table("", "DATE\tCREATED\tCOMPLETED\tTODO\tIN PROGRESS\tDONE\tCANCELLED")
	for i, f := range h.Flow {
		flow.row("%s\t%d\t%d\t%d\t%d\t%d\t%d", f.Date, h.Throughput[i].Created, h.Throughput[i].Completed, f.Todo,
			f.InProgress, f.Done, f.Cancelled)
	}
	work := t.table("", "USER\tOPEN BEFORE\tOPEN NOW\tCOMPLETED")
	for _, w := range h.Workload {
		work.bar(w.Completed, "%s\t%d\t%d\t%d", config.Printable(w.Username), w.OpenFirst, w.OpenLast, w.Completed)
	}
	return errors.Join(users.end(), statuses.end(), performance.end(), trend.end(), assignment.end(), load.end(),
		times.end(), flow.end(), work.end())
}

// unassigned stands for the user of unassigned tasks. No username has parentheses.
const unassigned = "(nobody)"

func who(u analytics.PersonTasks) string {
	if u.UserID == nil {
		return unassigned
	}
	return config.Printable(u.Username)
}

func oldest(a analytics.Assignment) string {
	if a.OldestOn == nil {
		return "-"
	}
	text := fmt.Sprintf("of %s, %d days ago", *a.OldestOn, *a.OldestDays)
	if a.Oldest != nil {
		text += fmt.Sprintf(": task %d, %s", a.Oldest.ID, config.Printable(a.Oldest.Title))
	}
	return text
}

// span formats seconds in the two largest units.
func span(seconds *int64) string {
	if seconds == nil {
		return "-"
	}
	s := *seconds
	switch {
	case s >= 86_400:
		return fmt.Sprintf("%d d %d h", s/86_400, s%86_400/3600)
	case s >= 3600:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	case s >= 60:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	return fmt.Sprintf("%d s", s)
}

// table is one table. It prints its rows at the end, because the largest figure determines the scale of the bars.
type table struct {
	*tables
	title, head string
	rows        []string
	sizes       []int64
}

func (t *tables) table(title, head string) *table { return &table{tables: t, title: title, head: head} }

func (t *table) row(format string, args ...any) {
	t.rows = append(t.rows, fmt.Sprintf(format, args...))
	t.sizes = append(t.sizes, -1)
}

// bar adds a row with a bar after it.
func (t *table) bar(size int64, format string, args ...any) {
	t.row(format, args...)
	t.sizes[len(t.sizes)-1] = size
}

const longestBar = 30

func (t *table) end() error {
	fmt.Fprintln(t.w)
	if t.title != "" {
		fmt.Fprintln(t.w, t.title)
	}
	out := tabwriter.NewWriter(t.w, 0, 0, 2, ' ', 0)
	if t.head != "" {
		fmt.Fprintln(out, t.head)
	}
	most := int64(1)
	for _, n := range t.sizes {
		most = max(most, n)
	}
	for i, r := range t.rows {
		if n := t.sizes[i]; t.bars && n > 0 {
			r += "\t" + strings.Repeat("█", int(max(1, n*longestBar/most)))
		}
		fmt.Fprintln(out, r)
	}
	return out.Flush()
}

// figureLines prints one figure a line, for spreadsheets.
type figureLines struct {
	w    io.Writer
	head bool
}

func (f *figureLines) report(r analytics.Report) error {
	var b strings.Builder
	if !f.head {
		f.head = true
		b.WriteString("company_id,company,as_of,report,item,figure,value\r\n")
	}
	line := func(report, item, figure, value string) {
		fmt.Fprintf(&b, "%d,%s,%s,%s,%s,%s,%s\r\n", r.Company.ID, cell(r.Company.Name),
			r.AsOf.Std().Format(time.RFC3339), report, cell(item), figure, value)
	}
	num := func(report, item, figure string, value int64) {
		line(report, item, figure, strconv.FormatInt(value, 10))
	}
	dec := func(report, item, figure string, value float64) {
		line(report, item, figure, strconv.FormatFloat(value, 'f', -1, 64))
	}
	spread := func(report, item string, s analytics.Spread) {
		num(report, item, "count", s.Count)
		if s.Median != nil && s.P90 != nil {
			num(report, item, "median_seconds", *s.Median)
			num(report, item, "p90_seconds", *s.P90)
		}
	}
	for _, u := range r.Users {
		name := u.Username
		if u.UserID == nil {
			name = unassigned
		}
		for _, v := range []struct {
			figure string
			n      int64
		}{
			{"total", u.Total},
			{"todo", u.Todo},
			{"in_progress", u.InProgress},
			{"done", u.Done},
			{"cancelled", u.Cancelled},
		} {
			num("tasks_per_user", name, v.figure, v.n)
		}
	}
	for _, s := range r.Statuses {
		num("status_distribution", string(s.Status), "count", s.Count)
		dec("status_distribution", string(s.Status), "percent", s.Percent)
	}
	num("company_performance", "", "tasks", r.Performance.Tasks)
	num("company_performance", "", "completed", r.Performance.Completed)
	dec("company_performance", "", "completion_rate", r.Performance.Rate)
	num("company_performance", "", "members", r.Performance.Members)
	dec("company_performance", "", "tasks_per_member", r.Performance.TasksPerMember)
	spread("company_performance", "lead_time", r.Performance.Lead)
	for _, d := range r.Trend {
		num("daily_creation", d.Date, "created", d.Created)
	}
	num("assignment", "", "open", r.Assignment.Open)
	num("assignment", "", "assigned", r.Assignment.Assigned)
	num("assignment", "", "unassigned", r.Assignment.Unassigned)
	dec("assignment", "", "open_per_member", r.Assignment.OpenPerMember)
	if r.Assignment.OldestOn != nil {
		line("assignment", "", "oldest_open_on", *r.Assignment.OldestOn)
		num("assignment", "", "oldest_open_days", *r.Assignment.OldestDays)
	}
	for _, l := range r.Assignment.Load {
		num("assignment", l.Username, "open", l.Open)
		dec("assignment", l.Username, "percent", l.Percent)
	}
	spread("history", "lead_time", r.History.Lead)
	spread("history", "cycle_time", r.History.Cycle)
	for i, d := range r.History.Flow {
		num("history", d.Date, "created", r.History.Throughput[i].Created)
		num("history", d.Date, "completed", r.History.Throughput[i].Completed)
		num("history", d.Date, "todo", d.Todo)
		num("history", d.Date, "in_progress", d.InProgress)
		num("history", d.Date, "done", d.Done)
		num("history", d.Date, "cancelled", d.Cancelled)
	}
	for _, w := range r.History.Workload {
		num("workload", w.Username, "open_at_start", w.OpenFirst)
		num("workload", w.Username, "open_at_end", w.OpenLast)
		num("workload", w.Username, "completed", w.Completed)
	}
	_, err := io.WriteString(f.w, b.String())
	return err
}

func (f *figureLines) end() error { return nil }

// formulas are the characters that begin a formula in a spreadsheet, fullwidth forms included.
const formulas = "=+-@|%＝＋－＠\t\r\n"

// cell quotes an untrusted text (RFC 4180) and puts an apostrophe before a formula, so that a spreadsheet does not
// compute it.
func cell(s string) string {
	if strings.IndexAny(strings.TrimLeft(s, " \u00a0\u3000'\""), formulas) == 0 || strings.IndexAny(s, formulas) == 0 {
		s = "'" + s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
