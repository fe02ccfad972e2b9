// Package analytics gives a company's tasks in figures: how they stand now or stood at an instant, and what happened
// over days.
//
// A follower of the log keeps sums (fold.go), so that a report costs the same at ten tasks and at a million, and reads
// without holding anybody up. A report as of an instant is what a replay of the log up to there gives; see Report.AsOf.
// It is not for figures about single persons that the company's members could not count themselves, and keeps nothing
// that cannot be made again from the log.
package analytics

import (
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
)

// Company is whose figures they are.
type Company struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Report is a company's figures.
type Report struct {
	Company  Company `json:"company"`
	AsOf     db.Time `json:"as_of" doc:"The instant that the figures are of: the log is read up to its first event after it."`
	TimeZone string  `json:"time_zone" doc:"Whose days are counted."`
	Days     int     `json:"days" doc:"How many days back the figures over time go, the day of as_of included."`
	Seq      int64   `json:"seq" doc:"The last event of the company's log that is counted."`
	Behind   int64   `json:"behind" doc:"How many events of the log are not counted yet: usually none."`

	Users       []PersonTasks `json:"tasks_per_user" doc:"Every active member, whoever else has tasks, and last nobody, where some are unassigned."`
	Statuses    []StatusShare `json:"status_distribution" doc:"All four statuses."`
	Performance Performance   `json:"company_performance"`
	Trend       []DayCreated  `json:"daily_creation" doc:"Each of the days, the oldest first."`
	Assignment  Assignment    `json:"assignment"`
	History     History       `json:"history"`
}

// PersonTasks is the tasks of one assignee by status.
type PersonTasks struct {
	UserID     *int64 `json:"user_id" nullable:"true" doc:"null: the tasks are unassigned."`
	Username   string `json:"username"`
	Active     bool   `json:"active" doc:"Whether they were an active member."`
	Total      int64  `json:"total"`
	Todo       int64  `json:"todo"`
	InProgress int64  `json:"in_progress"`
	Done       int64  `json:"done"`
	Cancelled  int64  `json:"cancelled"`
}

func (p PersonTasks) open() int64 { return p.Todo + p.InProgress }

// StatusShare is how many tasks have a status.
type StatusShare struct {
	Status  task.Status `json:"status"`
	Count   int64       `json:"count"`
	Percent float64     `json:"percent" doc:"Of all tasks, to one decimal."`
}

// Performance is the company as a whole.
type Performance struct {
	Tasks          int64   `json:"tasks"`
	Completed      int64   `json:"completed" doc:"Tasks that are done."`
	Rate           float64 `json:"completion_rate" doc:"Those in a hundred tasks, to one decimal."`
	Members        int64   `json:"members" doc:"Active ones."`
	TasksPerMember float64 `json:"tasks_per_member" doc:"To two decimals; 0 without members."`
	Lead           Spread  `json:"lead_time" doc:"From a task's creation to when it was last done, of the tasks that are done."`
}

// DayCreated is one day's new tasks.
type DayCreated struct {
	Date    string `json:"date" format:"date" doc:"In the report's time zone."`
	Created int64  `json:"created" doc:"Those that were deleted later included."`
}

// Assignment is who has what still to be done.
type Assignment struct {
	Open          int64   `json:"open" doc:"Tasks that are todo or in progress."`
	Assigned      int64   `json:"assigned" doc:"Of those, the ones that somebody has."`
	Unassigned    int64   `json:"unassigned"`
	OpenPerMember float64 `json:"open_per_member" doc:"Assigned ones by active member, to two decimals; 0 without members."`
	OldestOn      *string `json:"oldest_open_on" format:"date" nullable:"true" doc:"The day of UTC on which the oldest open task was created. null: none is open."`
	OldestDays    *int64  `json:"oldest_open_days" nullable:"true" doc:"How many days of UTC ago that was."`
	Oldest        *Oldest `json:"oldest_open" nullable:"true" doc:"That task as it is now. null with as_of, and when none is open."`
	Load          []Load  `json:"load" doc:"Every active member, and whoever else has open tasks; the most loaded first."`
}

// Oldest is the open task that was created first.
type Oldest struct {
	ID         int64   `json:"id"`
	Title      string  `json:"title"`
	AssignedTo *int64  `json:"assigned_to" nullable:"true"`
	CreatedAt  db.Time `json:"created_at"`
}

// Load is one person's open tasks.
type Load struct {
	UserID   int64   `json:"user_id"`
	Username string  `json:"username"`
	Open     int64   `json:"open"`
	Percent  float64 `json:"percent" doc:"Of all assigned open tasks, to one decimal."`
}

// History is what happened over the days.
type History struct {
	Lead       Spread       `json:"lead_time" doc:"From creation, of each time in these days that a task was done."`
	Cycle      Spread       `json:"cycle_time" doc:"From when it was first in progress, of each time in these days that a task was done that ever was."`
	Flow       []DayFlow    `json:"cumulative_flow" doc:"How many tasks there were at each day's end, by status."`
	Throughput []Throughput `json:"created_and_completed"`
	Workload   []Workload   `json:"workload" doc:"Every active member, and whoever else had open tasks or did some."`
}

// DayFlow is how the tasks stood at the end of a day, or of the report.
type DayFlow struct {
	Date       string `json:"date" format:"date"`
	Todo       int64  `json:"todo"`
	InProgress int64  `json:"in_progress"`
	Done       int64  `json:"done"`
	Cancelled  int64  `json:"cancelled"`
}

// Throughput is what came and what was done on a day.
type Throughput struct {
	Date      string `json:"date" format:"date"`
	Created   int64  `json:"created"`
	Completed int64  `json:"completed" doc:"How often a task was done; one that was reopened counts again."`
}

// Workload is one person's open tasks over the days.
type Workload struct {
	UserID    int64  `json:"user_id"`
	Username  string `json:"username"`
	OpenFirst int64  `json:"open_at_start" doc:"Before the first day."`
	OpenLast  int64  `json:"open_at_end"`
	Completed int64  `json:"completed" doc:"How often one of their tasks was done."`
}

// Query is which report is asked for.
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
	q.Days = DefaultDays
	if n := f.Int("days", 1, MaxDays, form.Default(DefaultDays), form.Doc("How many days back.")); n.Set {
		q.Days = int(n.V)
	}
	q.AsOf = f.Time("as_of", form.Doc("The instant that the figures are of; now if it is absent or in the future.")).
		Ptr()
	z := f.Text("tz", form.Max(64), form.Default("UTC"),
		form.Doc("Whose days are counted: a name of the IANA time zone database, such as Europe/Berlin."))
	if q.Zone = z.V; z.V != "" {
		if _, err := Zone(z.V); err != nil {
			f.Fail("tz", "This is no time zone.")
		}
	}
}

// Zone is the time zone of a name.
func Zone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err == nil && name == "Local" {
		err = errLocal
	}
	return zone, err
}

// Service makes reports.
type Service struct{ DB *db.DB }

// How long a report counts what is missing before it gives what there is: see Report.Behind.
const (
	patience = 200 * time.Millisecond
	forever  = 10 * 365 * 24 * time.Hour
)

// Of is the report that a member asks for.
func (s *Service) Of(ctx context.Context, who account.Caller, q Query) (Report, error) {
	return s.report(ctx, who.Scope, q, patience)
}

// OfCompany is the report that an operator asks for: everything in the log is counted first, however much it is. A
// company that does not exist is not found.
func (s *Service) OfCompany(ctx context.Context, company int64, q Query) (Report, error) {
	return s.report(ctx, s.DB.SystemScope(company, "an operator asks, who is above companies"), q, forever)
}

// Companies are all companies, in the order of their ids.
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

// ListQuery is which part of the reports of all companies is asked for.
type ListQuery struct {
	Page page.Request
	Query
}

// Read reads the query.
func (q *ListQuery) Read(f *form.Form) {
	q.Page = page.Read(f)
	q.Query.Read(f)
}

// OfAll are the reports of a page of all companies, in the order of their ids. It is for operators: of each it is what
// its own members are answered.
func (s *Service) OfAll(ctx context.Context, cursors *page.Cursors, q ListQuery) (*page.List[Report], error) {
	companies, err := s.Companies(ctx)
	if err != nil {
		return nil, err
	}
	return page.Keyed(cursors, "figures", page.Up, q.Page, int64(len(companies)), func(p page.Slice) ([]Report, error) {
		reports := []Report{}
		for _, c := range slice(companies, p) {
			r, err := s.report(ctx, s.DB.SystemScope(c.ID, "an operator asks, who is above companies"), q.Query,
				patience)
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

// slice is the part of all companies that p names, in its order.
func slice(all []Company, p page.Slice) []Company {
	part := slices.DeleteFunc(slices.Clone(all), func(c Company) bool { return c.ID < p.Low || c.ID > p.High })
	if p.Order == page.Down {
		slices.Reverse(part)
	}
	part = part[min(int64(len(part)), p.Offset):]
	return part[:min(len(part), p.Limit)]
}

// report counts what the follower has not counted yet, for so long, and reports.
func (s *Service) report(ctx context.Context, scope db.Scope, q Query, patience time.Duration) (r Report, err error) {
	behind := false
	err = scope.Read(ctx, func(tx *db.Tx) error {
		r, err = read(tx, q)
		behind = r.Behind > 0
		return err
	})
	if err != nil || !behind {
		return r, err
	}
	if err := Follower.CatchUp(ctx, s.DB, scope.Company(), patience); err != nil {
		return r, err
	}
	err = scope.Read(ctx, func(tx *db.Tx) error {
		r, err = read(tx, q)
		return err
	})
	return r, err
}

// place is what a figure is of.
type place struct {
	measure measure
	a, b    int64
}

// sums are figures by what they are of.
type sums map[place]int64

// tally is the figures as they are read.
type tally struct {
	days         []db.Time // when each day begins, and last when the report ends
	seq, head    int64
	at           sums   // how things are at the end
	before       sums   // how things were before the first day, of some measures
	after, since sums   // what came after the end, and what since the first day began
	daily        []sums // what each day brought, of some measures
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

// onDay counts something at an instant; what is after the end is on the last day, to be taken off it.
func (t *tally) onDay(at db.Time, p place, n int64) {
	i, found := slices.BinarySearch(t.days, at)
	for found && i+1 < len(t.days) && t.days[i+1] == at { // a day that its zone left out is empty
		i++
	}
	if !found {
		i--
	}
	t.daily[min(max(i, 0), len(t.daily)-1)][p] += n
}

// settle turns what came after into how things were.
func (t *tally) settle() {
	for p, n := range t.after {
		t.at[p] -= n
	}
	for p, n := range t.since {
		t.before[p] -= n
	}
}

// within is the counts of a measure of events between the first day and the end, by a.
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

// standing is the counts of a measure at an instant, by a.
func (s sums) standing(m measure) map[int64]int64 {
	counts := map[int64]int64{}
	for p, n := range s {
		if p.measure == m && n != 0 {
			counts[p.a] += n
		}
	}
	return counts
}

// read makes the report from what is counted.
func read(tx *db.Tx, q Query) (r Report, err error) {
	zone, err := Zone(q.Zone)
	if err != nil {
		return r, err
	}
	r.AsOf, r.TimeZone, r.Days = tx.Now, zone.String(), q.Days
	if r.Days == 0 {
		r.Days = DefaultDays
	}
	if q.AsOf != nil {
		r.AsOf = min(db.At(*q.AsOf), tx.Now)
	}
	until := r.AsOf + 1
	dates, begins := calendar(r.AsOf, r.Days, zone)
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

// people are whose names the report needs.
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

// calendar is the last days up to an instant: their dates, and when they begin.
func calendar(at db.Time, days int, zone *time.Location) (dates []string, begins []db.Time) {
	last := at.Std().In(zone)
	for i := days - 1; i >= 0; i-- {
		noon := time.Date(last.Year(), last.Month(), last.Day()-i, 12, 0, 0, 0, time.UTC)
		dates = append(dates, noon.Format(time.DateOnly))
		begins = append(begins, db.At(begin(noon.Year(), noon.Month(), noon.Day(), zone)))
	}
	return dates, begins
}

// begin is when a day begins: the first instant that clocks show its date, or a later one where the zone left the day
// out. It is not always midnight, and there can be two of those.
func begin(year int, month time.Month, dayOfMonth int, zone *time.Location) time.Time {
	want := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)
	reached := func(t time.Time) bool {
		y, m, d := t.In(zone).Date()
		return !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Before(want)
	}
	// The offsets that may hold there: each gives a midnight, and a change of them may jump over it.
	best := want.Add(26 * time.Hour)
	for t := want.Add(-26 * time.Hour); ; {
		local := t.In(zone)
		_, offset := local.Zone()
		_, change := local.ZoneBounds()
		midnight := want.Add(-time.Duration(offset) * time.Second)
		if !midnight.Before(t) && (change.IsZero() || midnight.Before(change)) && midnight.Before(best) {
			best = midnight
		}
		if change.IsZero() || change.After(want.Add(26*time.Hour)) {
			return best
		}
		if reached(change) && change.Before(best) {
			best = change
		}
		t = change
	}
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
