// Package analytics counts a company's tasks: their state now or at an instant, and their changes over days.
//
// A follower of the log keeps sums (fold.go). A report therefore costs the same at ten tasks and at a million, and
// blocks no writer. A report as of an instant equals a replay of the log up to that instant; see Report.AsOf. The
// package gives no figure about a person that the company's members could not count themselves. It stores only values
// that the log can give again.
package analytics

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/internal/zone"
)

// Company names the company that a report describes.
type Company struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Report holds a company's figures.
type Report struct {
	Company  Company `json:"company"`
	AsOf     db.Time `json:"as_of" doc:"The figures hold at this instant: the first event after it is not counted."`
	TimeZone string  `json:"time_zone" doc:"The time zone of the days."`
	Days     int     `json:"days" doc:"How many days back the figures over time go, the day of as_of included."`
	Seq      int64   `json:"seq" doc:"The last event of the company's log that is counted."`
	Behind   int64   `json:"behind" doc:"How many events of the log are not counted yet: usually none."`

	Users       []PersonTasks `json:"tasks_per_user" doc:"Active members and others with tasks; unassigned tasks last."`
	Statuses    []StatusShare `json:"status_distribution" doc:"All four statuses."`
	Performance Performance   `json:"company_performance"`
	Trend       []DayCreated  `json:"daily_creation" doc:"Each of the days, the oldest first."`
	Assignment  Assignment    `json:"assignment"`
	History     History       `json:"history"`
}

// PersonTasks counts the tasks of one assignee by status.
type PersonTasks struct {
	UserID     *int64 `json:"user_id" nullable:"true" doc:"null: the tasks are unassigned."`
	Username   string `json:"username"`
	Active     bool   `json:"active" doc:"Whether the person was an active member."`
	Total      int64  `json:"total"`
	Todo       int64  `json:"todo"`
	InProgress int64  `json:"in_progress"`
	Done       int64  `json:"done"`
	Cancelled  int64  `json:"cancelled"`
}

func (p PersonTasks) open() int64 { return p.Todo + p.InProgress }

// StatusShare counts the tasks in a status.
type StatusShare struct {
	Status  task.Status `json:"status"`
	Count   int64       `json:"count"`
	Percent float64     `json:"percent" doc:"Of all tasks, to one decimal."`
}

// Performance sums up the company as a whole.
type Performance struct {
	Tasks          int64   `json:"tasks"`
	Completed      int64   `json:"completed" doc:"Tasks that are done."`
	Rate           float64 `json:"completion_rate" doc:"Completed tasks in per cent, to one decimal."`
	Members        int64   `json:"members" doc:"Active members."`
	TasksPerMember float64 `json:"tasks_per_member" doc:"To two decimals; 0 without members."`
	Lead           Spread  `json:"lead_time" doc:"From the creation of each done task to its last completion."`
}

// DayCreated counts the tasks that were created on a day.
type DayCreated struct {
	Date    string `json:"date" format:"date" doc:"In the report's time zone."`
	Created int64  `json:"created" doc:"Includes tasks that were deleted later."`
}

// Assignment distributes the open tasks over people.
type Assignment struct {
	Open          int64   `json:"open" doc:"Tasks that are todo or in progress."`
	Assigned      int64   `json:"assigned" doc:"Open tasks with an assignee."`
	Unassigned    int64   `json:"unassigned"`
	OpenPerMember float64 `json:"open_per_member" doc:"Assigned open tasks by active member, to two decimals."`
	OldestOn      *string `json:"oldest_open_on" format:"date" nullable:"true" doc:"In UTC. null: no task is open."`
	OldestDays    *int64  `json:"oldest_open_days" nullable:"true" doc:"Its age in days of UTC."`
	Oldest        *Oldest `json:"oldest_open" nullable:"true" doc:"As it is now. null with as_of, or if none is open."`
	Load          []Load  `json:"load" doc:"Active members, and others with open tasks; most open tasks first."`
}

// Oldest describes the open task that was created first.
type Oldest struct {
	ID         int64   `json:"id"`
	Title      string  `json:"title"`
	AssignedTo *int64  `json:"assigned_to" nullable:"true"`
	CreatedAt  db.Time `json:"created_at"`
}

// Load counts one person's open tasks.
type Load struct {
	UserID   int64   `json:"user_id"`
	Username string  `json:"username"`
	Open     int64   `json:"open"`
	Percent  float64 `json:"percent" doc:"Of all assigned open tasks, to one decimal."`
}

// History describes the changes over the days.
type History struct {
	Lead       Spread       `json:"lead_time" doc:"From creation to each completion in these days."`
	Cycle      Spread       `json:"cycle_time" doc:"From a task's first start to each completion in these days."`
	Flow       []DayFlow    `json:"cumulative_flow" doc:"How many tasks there were at each day's end, by status."`
	Throughput []Throughput `json:"created_and_completed"`
	Workload   []Workload   `json:"workload" doc:"Active members, and others with open or completed tasks."`
}

// DayFlow counts the tasks by status at the end of a day, or at the instant of the report.
type DayFlow struct {
	Date       string `json:"date" format:"date"`
	Todo       int64  `json:"todo"`
	InProgress int64  `json:"in_progress"`
	Done       int64  `json:"done"`
	Cancelled  int64  `json:"cancelled"`
}

// Throughput counts the tasks that were created and completed on a day.
type Throughput struct {
	Date      string `json:"date" format:"date"`
	Created   int64  `json:"created"`
	Completed int64  `json:"completed" doc:"Completions that stand: not of tasks that were reopened or deleted since."`
}

// Workload counts one person's open tasks at both ends of the days, and the completions between.
type Workload struct {
	UserID    int64  `json:"user_id"`
	Username  string `json:"username"`
	OpenFirst int64  `json:"open_at_start" doc:"Before the first day."`
	OpenLast  int64  `json:"open_at_end"`
	Completed int64  `json:"completed" doc:"Completions of tasks of this person that stand."`
}

// Query selects a report.
type Query struct {
	Days int        // 0 is DefaultDays
	AsOf *time.Time // nil: now
	Zone string     // a name of the IANA database; empty is UTC
}

// The days of a report.
const (
	DefaultDays = 30
	MaxDays     = 366
)

// Read reads the query.
func (q *Query) Read(f *form.Form) {
	q.readDays(f)
	asOf := f.Time("as_of", form.Doc("The instant of the figures; now if it is absent or in the future."))
	q.AsOf = asOf.Ptr()
	q.readZone(f)
}

func (q *Query) readDays(f *form.Form) {
	q.Days = DefaultDays
	if n := f.Int("days", 1, MaxDays, form.Default(DefaultDays), form.Doc("How many days back.")); n.Set {
		q.Days = int(n.V)
	}
}

func (q *Query) readZone(f *form.Form) {
	z := f.Text("tz", form.Max(64), form.Default("UTC"),
		form.Doc("The time zone of the days: a name of the IANA database, such as Europe/Berlin."))
	q.Zone = cmp.Or(z.V, "UTC")
	if _, err := zone.Load(q.Zone); err != nil {
		f.Fail("tz", "This is no time zone.")
	}
}

// Service makes reports.
type Service struct{ DB *db.DB }

// How long a report waits for uncounted events before it answers with the counted ones: see Report.Behind.
const (
	memberCatchUpLimit = 200 * time.Millisecond
	noCatchUpLimit     = 10 * 365 * 24 * time.Hour
)

// Of returns a member's report.
func (s *Service) Of(ctx context.Context, who account.Caller, q Query) (Report, error) {
	return s.report(ctx, who.Scope, q, memberCatchUpLimit)
}

// OfCompany returns an operator's report. It counts the whole log first, however long that takes. It returns an error
// of kind NotFound if the company does not exist.
func (s *Service) OfCompany(ctx context.Context, company int64, q Query) (Report, error) {
	return s.report(ctx, s.DB.SystemScope(company, "an operator asks, who is above companies"), q, noCatchUpLimit)
}

// Companies returns all companies, ordered by id.
func (s *Service) Companies(ctx context.Context) (all []Company, err error) {
	err = s.DB.System("an operator looks at all companies' figures").Read(ctx, func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error {
			var c Company
			err := r.Scan(&c.ID, &c.Name)
			all = append(all, c)
			return err
		}, `SELECT company_id, name FROM companies ORDER BY company_id`)
	})
	return all, err
}

// ListQuery selects a page of the reports of all companies.
type ListQuery struct {
	Page page.Request
	Query
}

// Read reads the query.
func (q *ListQuery) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Query.Read(f)
}

// OfAll returns a page of the reports of all companies to an operator, ordered by id. Each report equals the one that
// the company's members get.
func (s *Service) OfAll(ctx context.Context, cursors *page.Cursors, q ListQuery) (*page.List[Report], error) {
	companies, err := s.Companies(ctx)
	if err != nil {
		return nil, err
	}
	return page.Keyed(cursors, "figures", page.Up, q.Page, int64(len(companies)), func(p page.Slice) ([]Report, error) {
		reports := []Report{}
		for _, c := range slice(companies, p) {
			scope := s.DB.SystemScope(c.ID, "an operator asks, who is above companies")
			r, err := s.report(ctx, scope, q.Query, memberCatchUpLimit)
			if fail.Is(err, fail.KindNotFound) { // erased since
				continue
			}
			if err != nil {
				return nil, err
			}
			reports = append(reports, r)
		}
		return reports, nil
	}, func(r *Report) int64 { return r.Company.ID })
}

// Totals are sums over all companies.
type Totals struct {
	Companies int64 `json:"companies"`
	Tasks     int64 `json:"tasks"`
	Open      int64 `json:"open" doc:"Tasks that are neither done nor cancelled."`
	Days      int   `json:"days" doc:"How many days back created and completed go."`
	Created   int64 `json:"created"`
	Completed int64 `json:"completed" doc:"Completions that stand."`
}

// TotalsQuery selects the days of the totals.
type TotalsQuery struct{ Query }

// Read reads the query.
func (q *TotalsQuery) Read(f *form.Form) {
	q.readDays(f)
	q.readZone(f)
}

// TotalsOfAll returns sums over all companies to an operator. They hold for the events that the follower has counted.
func (s *Service) TotalsOfAll(ctx context.Context, q TotalsQuery) (t Totals, err error) {
	location, err := zone.Load(q.Zone)
	if err != nil {
		return t, err
	}
	err = s.DB.System("an operator looks at all companies' figures").Read(ctx, func(tx *db.SystemTx) error {
		_, begins := calendar(tx.Now, q.Days, location)
		t, err = totals(tx, begins[0])
		return err
	})
	t.Days = q.Days
	return t, err
}

// slice returns the companies of a page, in the order of the page.
func slice(all []Company, p page.Slice) []Company {
	part := slices.DeleteFunc(slices.Clone(all), func(c Company) bool { return c.ID < p.Low || c.ID > p.High })
	if p.Order == page.Down {
		slices.Reverse(part)
	}
	part = part[min(int64(len(part)), p.Offset):]
	return part[:min(len(part), p.Limit)]
}

// report counts the events that the follower has not counted yet, within the limit, and returns the report.
func (s *Service) report(ctx context.Context, scope db.Scope, q Query, limit time.Duration) (r Report, err error) {
	behind := false
	err = scope.Read(ctx, func(tx *db.Tx) error {
		r, err = read(tx, q)
		behind = r.Behind > 0
		return err
	})
	if err != nil || !behind {
		return r, err
	}
	err = Follower.CatchUpNow(ctx, s.DB, scope.Company(), limit)
	if limit != noCatchUpLimit && err != nil && !fail.Is(err, fail.KindUnavailable) && ctx.Err() == nil {
		return r, nil // of a damaged log, what is counted so far: the follower reports it, and Behind says so
	}
	if err != nil {
		return r, err
	}
	err = scope.Read(ctx, func(tx *db.Tx) error {
		r, err = read(tx, q)
		return err
	})
	return r, err
}

// place identifies a figure: a measure and its two arguments.
type place struct {
	measure measure
	a, b    int64
}

// sums holds the value of each figure.
type sums map[place]int64

// tally collects the figures while the rows are read.
type tally struct {
	days         []db.Time // when each day begins, and last when the report ends
	seq, head    int64
	at           sums   // totals at the end
	before       sums   // totals before the first day, of some measures
	after, since sums   // changes after the end, and changes since the first day began
	daily        []sums // changes of each day, of some measures
}

func newTally(days []db.Time) *tally {
	t := &tally{days: days, at: sums{}, before: sums{}, after: sums{}, since: sums{}, daily: make([]sums, len(days)-1)}
	for i := range t.daily {
		t.daily[i] = sums{}
	}
	return t
}

func (t *tally) add(v row) error {
	p := place{v.measure, v.a, v.b}
	switch v.part {
	case partHead:
		t.seq, t.head = v.a, v.b
	case partTotal:
		t.at[p] += v.n
		t.before[p] += v.n
	case partAfter:
		t.after[p] += v.n
	case partSince:
		t.since[p] += v.n
	case partSeries:
		t.onDay(v.start, p, v.n)
	case partSteps:
		return parse(v.deltas, func(d delta) {
			t.after[d.place()] += d.n
			t.onDay(v.start, d.place(), -d.n)
		})
	}
	return nil
}

func (d delta) place() place { return place{d.measure, d.a, d.b} }

// onDay adds a change to the day of an instant. A change after the end goes to the last day; add takes it off there.
func (t *tally) onDay(at db.Time, p place, n int64) { t.daily[t.day(at)][p] += n }

// day returns the day of an instant. An instant after the end is on the last day.
func (t *tally) day(at db.Time) int {
	i, found := slices.BinarySearch(t.days, at)
	for found && i+1 < len(t.days) && t.days[i+1] == at { // a day that the zone skipped is empty
		i++
	}
	if !found {
		i--
	}
	return min(max(i, 0), len(t.daily)-1)
}

// settle subtracts later changes from the totals, which gives the totals at the end and before the first day.
func (t *tally) settle() {
	for p, n := range t.after {
		t.at[p] -= n
	}
	for p, n := range t.since {
		t.before[p] -= n
	}
}

// within returns the sums of a measure between the first day and the end, by a.
func (t *tally) within(m measure) map[int64]int64 {
	counts := map[int64]int64{}
	for p, n := range t.since {
		if p.measure == m {
			counts[p.a] += n
		}
	}
	for p, n := range t.after {
		if p.measure == m {
			counts[p.a] -= n
		}
	}
	maps.DeleteFunc(counts, func(_, n int64) bool { return n == 0 })
	return counts
}

// stand returns the completions of within that were not taken back, by a.
func (t *tally) stand(m, back measure) map[int64]int64 {
	counts := t.within(m)
	t.eachBack(back, func(_ int, b, n int64) { counts[b] -= n })
	maps.DeleteFunc(counts, func(_, n int64) bool { return n == 0 })
	return counts
}

// backByDay returns how many completions of each day were taken back.
func (t *tally) backByDay() []int64 {
	days := make([]int64, len(t.daily))
	t.eachBack(finishedByBack, func(day int, _, n int64) { days[day] += n })
	return days
}

// eachBack calls fn for the completions since the first day that were taken back until the end, with their day.
func (t *tally) eachBack(m measure, fn func(day int, b, n int64)) {
	for sign, changes := range map[int64]sums{+1: t.since, -1: t.after} {
		for p, n := range changes {
			if p.measure != m {
				continue
			}
			if done := db.Time(p.a) * quarter; done >= t.days[0] {
				fn(t.day(done), p.b, sign*n)
			}
		}
	}
}

// standing returns the sums of a measure at an instant, by a.
func (s sums) standing(m measure) map[int64]int64 {
	counts := map[int64]int64{}
	for p, n := range s {
		if p.measure == m && n != 0 {
			counts[p.a] += n
		}
	}
	return counts
}

// read makes the report from the counted events.
func read(tx *db.Tx, q Query) (r Report, err error) {
	location, err := zone.Load(q.Zone)
	if err != nil {
		return r, err
	}
	r.AsOf, r.TimeZone, r.Days = tx.Now, location.String(), q.Days
	if r.Days == 0 {
		r.Days = DefaultDays
	}
	if q.AsOf != nil {
		r.AsOf = min(db.At(*q.AsOf), tx.Now)
	}
	until := r.AsOf + 1
	dates, begins := calendar(r.AsOf, r.Days, location)
	t := newTally(append(slices.Clone(begins), until))
	if err := eachFigure(tx, window{begins, until}, t.add); err != nil {
		return r, err
	}
	t.settle()
	r.Seq, r.Behind = t.seq, t.head-t.seq
	if r.Company, err = companyName(tx); err != nil {
		return r, err
	}
	names, err := usernames(tx, t.people())
	if err != nil {
		return r, err
	}
	r.fill(t, dates, names)
	if q.AsOf == nil && r.Assignment.Open > 0 {
		r.Assignment.Oldest, err = oldestOpen(tx)
	}
	return r, err
}

// people returns the ids of the members whose names the report needs.
func (t *tally) people() []int64 {
	ids := map[int64]bool{}
	for _, s := range []sums{t.at, t.before} {
		for p, n := range s {
			if n != 0 && (p.measure == members || p.measure == byPerson) {
				ids[p.a] = true
			}
		}
	}
	for id := range t.within(finishedBy) {
		ids[id] = true
	}
	delete(ids, 0)
	return slices.Sorted(maps.Keys(ids))
}

// calendar returns the last days up to an instant: their dates, and the instants at which they begin.
func calendar(at db.Time, days int, in *time.Location) (dates []string, begins []db.Time) {
	last := at.Std().In(in)
	for i := days - 1; i >= 0; i-- {
		noon := time.Date(last.Year(), last.Month(), last.Day()-i, 12, 0, 0, 0, time.UTC)
		dates = append(dates, noon.Format(time.DateOnly))
		begins = append(begins, db.At(zone.Begin(noon.Year(), noon.Month(), noon.Day(), in)))
	}
	return dates, begins
}

func percent(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return math.Round(1000*float64(n)/float64(of)) / 10
}

func ratio(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return math.Round(100*float64(n)/float64(of)) / 100
}
