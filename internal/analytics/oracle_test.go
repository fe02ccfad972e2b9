package analytics_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/task"
)

// moment holds the state of a task from an instant on; gone: the task was deleted then.
type moment struct {
	at       time.Time
	status   string
	assignee int64
	gone     bool
}

// replay holds a company's log from its beginning up to an instant. It counts every figure from the histories of all
// tasks by brute force: with exact durations, and with the days that a clock on the wall shows.
type replay struct {
	until  time.Time
	zone   *time.Location
	tasks  map[int64][]moment
	active map[int64]bool
}

func newReplay(t fataler, log []event.Entry, until time.Time, zone *time.Location) *replay {
	r := &replay{until: until, zone: zone, tasks: map[int64][]moment{}, active: map[int64]bool{}}
	var last db.Time
	for _, e := range log {
		last = max(last, e.At) // a clock that was behind makes no event earlier than the one before it
		at := last.Std()
		if at.After(until) {
			break
		}
		switch e.Kind { //nolint:exhaustive // the others change no figure
		case event.MemberJoined, event.MemberReactivated:
			r.active[e.SubjectID] = true
		case event.MemberDeactivated, event.MemberRemoved:
			delete(r.active, e.SubjectID)
		case event.TaskCreated, event.TaskUpdated, event.TaskDeleted:
			var data struct {
				Status     string `json:"status"`
				AssignedTo int64  `json:"assigned_to"`
			}
			must(t, json.Unmarshal(e.Data, &data))
			r.tasks[e.SubjectID] = append(r.tasks[e.SubjectID],
				moment{at, data.Status, data.AssignedTo, e.Kind == event.TaskDeleted})
		}
	}
	return r
}

// stood returns the state of a task right before an instant, or at the end.
func stood(history []moment, before time.Time) (m moment, exists bool) {
	for _, h := range history {
		if !h.at.Before(before) {
			break
		}
		m, exists = h, !h.gone
	}
	return m, exists
}

var end = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

func open4(status string) bool { return status == "todo" || status == "in_progress" }

// completion describes one completion of a task.
type completion struct {
	at          time.Time
	assignee    int64
	lead, cycle time.Duration // cycle < 0: the task was never in progress
}

func completions(history []moment) (all []completion) {
	var started time.Time
	before := ""
	for _, m := range history {
		if m.gone || m.status != "done" {
			all = nil // reopened or deleted: the completion does not stand
		}
		if m.gone {
			break
		}
		if m.status == "in_progress" && started.IsZero() {
			started = m.at
		}
		if m.status == "done" && before != "done" {
			c := completion{at: m.at, assignee: m.assignee, lead: m.at.Sub(history[0].at), cycle: -1}
			if !started.IsZero() {
				c.cycle = m.at.Sub(started)
			}
			all = append(all, c)
		}
		before = m.status
	}
	return all
}

// spread returns the exact median and ninth decile in seconds, by nearest rank.
func spread(ds []time.Duration) (s analytics.Spread) {
	if s.Count = int64(len(ds)); s.Count == 0 {
		return s
	}
	slices.Sort(ds)
	at := func(share float64) *int64 {
		v := int64(ds[int(math.Ceil(share*float64(len(ds))-1e-9))-1] / time.Second)
		return &v
	}
	s.Median, s.P90 = at(0.5), at(0.9)
	return s
}

func round(v float64, places float64) float64 { return math.Round(v*places) / places }

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return round(100*float64(n)/float64(of), 10)
}

// report counts every figure.
func (r *replay) report(days int, names map[int64]string) (v analytics.Report) {
	v.AsOf, v.TimeZone, v.Days = db.At(r.until), r.zone.String(), days
	var dates []string
	local := r.until.In(r.zone)
	for i := days - 1; i >= 0; i-- {
		dates = append(dates,
			time.Date(local.Year(), local.Month(), local.Day()-i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	date := func(t time.Time) string { return t.In(r.zone).Format(time.DateOnly) }
	onDay := map[string]int{}
	for i, d := range dates {
		onDay[d] = i
		v.Trend = append(v.Trend, analytics.DayCreated{Date: d})
		v.History.Throughput = append(v.History.Throughput, analytics.Throughput{Date: d})
		v.History.Flow = append(v.History.Flow, analytics.DayFlow{Date: d})
	}
	status, users, load := map[string]int64{}, map[int64]*analytics.PersonTasks{}, map[int64]*analytics.Workload{}
	user := func(id int64) *analytics.PersonTasks {
		if users[id] == nil {
			users[id] = &analytics.PersonTasks{Username: names[id], Active: r.active[id]}
			if id != 0 {
				users[id].UserID = &id
			}
		}
		return users[id]
	}
	worker := func(id int64) *analytics.Workload {
		if load[id] == nil {
			load[id] = &analytics.Workload{UserID: id, Username: names[id]}
		}
		return load[id]
	}
	for id := range r.active {
		user(id)
		worker(id)
		v.Performance.Members++
	}
	var leadNow, lead, cycle []time.Duration
	oldest := ""
	for _, history := range r.tasks {
		if i, ok := onDay[date(history[0].at)]; ok {
			v.Trend[i].Created++
			v.History.Throughput[i].Created++
		}
		done := completions(history)
		for _, c := range done {
			i, ok := onDay[date(c.at)]
			if !ok {
				continue
			}
			v.History.Throughput[i].Completed++
			lead = append(lead, c.lead)
			if c.cycle >= 0 {
				cycle = append(cycle, c.cycle)
			}
			if c.assignee != 0 {
				worker(c.assignee).Completed++
			}
		}
		for i, d := range dates {
			var m moment
			for _, h := range history { // the last moment that is not after this day
				if date(h.at) <= d {
					m = h
				}
			}
			if m.gone {
				continue
			}
			f := &v.History.Flow[i]
			switch m.status {
			case "todo":
				f.Todo++
			case "in_progress":
				f.InProgress++
			case "done":
				f.Done++
			case "cancelled":
				f.Cancelled++
			}
		}
		var first moment // its state before the first day
		for _, h := range history {
			if date(h.at) < dates[0] {
				first = h
			}
		}
		if !first.gone && open4(first.status) && first.assignee != 0 {
			worker(first.assignee).OpenFirst++
		}
		m, exists := stood(history, end)
		if !exists {
			continue
		}
		status[m.status]++
		u := user(m.assignee)
		u.Total++
		switch m.status {
		case "todo":
			u.Todo++
		case "in_progress":
			u.InProgress++
		case "done":
			u.Done++
			leadNow = append(leadNow, done[len(done)-1].lead)
		case "cancelled":
			u.Cancelled++
		}
		v.Performance.Tasks++
		if !open4(m.status) {
			continue
		}
		v.Assignment.Open++
		if m.assignee != 0 {
			v.Assignment.Assigned++
			worker(m.assignee).OpenLast++
		} else {
			v.Assignment.Unassigned++
		}
		if born := history[0].at.UTC().Format(time.DateOnly); oldest == "" || born < oldest {
			oldest = born
		}
	}
	for _, s := range task.Statuses {
		v.Statuses = append(v.Statuses, analytics.StatusShare{
			Status: s, Count: status[string(s)], Percent: share(status[string(s)], v.Performance.Tasks),
		})
	}
	v.Performance.Completed = status["done"]
	v.Performance.Rate = share(status["done"], v.Performance.Tasks)
	if n := float64(v.Performance.Members); n > 0 {
		v.Performance.TasksPerMember = round(float64(v.Performance.Tasks)/n, 100)
		v.Assignment.OpenPerMember = round(float64(v.Assignment.Assigned)/n, 100)
	}
	v.Performance.Lead, v.History.Lead, v.History.Cycle = spread(leadNow), spread(lead), spread(cycle)
	for _, u := range users {
		v.Users = append(v.Users, *u)
		if u.UserID != nil && (u.Active || u.Todo+u.InProgress > 0) {
			v.Assignment.Load = append(v.Assignment.Load, analytics.Load{
				UserID: *u.UserID, Username: u.Username, Open: u.Todo + u.InProgress,
				Percent: share(u.Todo+u.InProgress, v.Assignment.Assigned),
			})
		}
	}
	for _, w := range load {
		v.History.Workload = append(v.History.Workload, *w)
	}
	if oldest != "" {
		born, _ := time.Parse(time.DateOnly, oldest)
		age := int64(r.until.UTC().Truncate(24*time.Hour).Sub(born) / (24 * time.Hour))
		v.Assignment.OldestOn, v.Assignment.OldestDays = &oldest, &age
	}
	slices.SortFunc(v.Users, func(a, b analytics.PersonTasks) int {
		return cmp.Or(cmp.Compare(nobody(a), nobody(b)), cmp.Compare(b.Total, a.Total),
			strings.Compare(a.Username, b.Username))
	})
	slices.SortFunc(v.Assignment.Load, func(a, b analytics.Load) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), strings.Compare(a.Username, b.Username))
	})
	slices.SortFunc(v.History.Workload,
		func(a, b analytics.Workload) int { return strings.Compare(a.Username, b.Username) })
	return v
}

func nobody(u analytics.PersonTasks) int {
	if u.UserID == nil {
		return 1
	}
	return 0
}

// same compares a whole report with the replay's; durations may differ within a bucket.
func same(got, want analytics.Report) string {
	near := func(what string, got, want *analytics.Spread) string {
		for _, v := range [][2]*int64{{got.Median, want.Median}, {got.P90, want.P90}} {
			switch {
			case (v[0] == nil) != (v[1] == nil):
				return fmt.Sprintf("%s: got %v, want %v", what, got, want)
			case v[0] != nil && math.Abs(float64(*v[0]-*v[1])) > float64(*v[1])/128+1:
				return fmt.Sprintf("%s: got %d s, want %d s", what, *v[0], *v[1])
			case v[0] != nil:
				*v[1] = *v[0]
			}
		}
		return ""
	}
	return cmp.Or(
		near("lead time", &got.Performance.Lead, &want.Performance.Lead),
		near("lead time of the days", &got.History.Lead, &want.History.Lead),
		near("cycle time of the days", &got.History.Cycle, &want.History.Cycle),
		gocmp.Diff(want, got),
	)
}

// company is one company under test with its people; the first person owns it.
type company struct {
	id     int64
	people []int64
	tasks  []int64
}

var zones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana",
	"Asia/Beirut",
}

// starts lists days shortly before clocks change somewhere.
var starts = []time.Time{
	time.Date(2025, 3, 7, 11, 3, 0, 0, time.UTC), time.Date(2025, 3, 28, 1, 0, 0, 0, time.UTC),
	time.Date(2025, 10, 24, 22, 59, 0, 0, time.UTC), time.Date(2025, 10, 31, 3, 0, 0, 0, time.UTC),
}

// step makes one random request in a company; a refused request is fine.
func (h *house) step(ctx context.Context, t *rapid.T, c *company) {
	kind := rapid.SampledFrom([]string{
		"create", "create", "create", "status", "status", "status", "assign", "title", "delete", "deactivate",
		"reactivate", "remove", "invite",
	}).Draw(t, "kind")
	person := rapid.SampledFrom(c.people).Draw(t, "person")
	status := rapid.SampledFrom(task.Statuses).Draw(t, "status")
	some := rapid.Bool().Draw(t, "some")
	id := int64(1 << 40)
	if len(c.tasks) > 0 {
		id = rapid.SampledFrom(c.tasks).Draw(t, "task")
	}
	set := func(in task.Change) error {
		return h.as(ctx, c.id, c.people[0],
			func(who account.Caller) error { _, err := h.tasks.Update(ctx, who, id, in); return err })
	}
	owner := func(fn func(account.Caller) error) error { return h.as(ctx, c.id, c.people[0], fn) }
	switch kind {
	case "create":
		in := task.New{Fields: task.Fields{Title: form.Sent("a task"), Status: form.Sent(status)}}
		if some {
			in.AssignedTo = form.Sent(person)
		}
		_ = owner(func(who account.Caller) error {
			made, err := h.tasks.Create(ctx, who, in, event.Once{})
			if err == nil {
				c.tasks = append(c.tasks, made.ID)
			}
			return err
		})
	case "status":
		_ = set(task.Change{Fields: task.Fields{Status: form.Sent(status)}})
	case "assign": // sometimes with a new status
		in := task.Change{Fields: task.Fields{AssignedTo: form.Sent(person)}}
		in.Status = form.Optional[task.Status]{Set: some, V: status}
		_ = set(in)
	case "title":
		_ = set(task.Change{Fields: task.Fields{Title: form.Sent("another title")}})
	case "delete":
		_ = owner(func(who account.Caller) error {
			_, err := h.tasks.Delete(ctx, who, id, nil, event.Once{})
			return err
		})
	case "deactivate", "reactivate":
		_ = owner(func(who account.Caller) error {
			_, err := h.accounts.ChangeMember(ctx, who, person,
				account.MemberChange{IsActive: form.Optional[bool]{Set: true, V: kind == "reactivate"}})
			return err
		})
	case "remove":
		in := account.MemberRemoval{}
		if some {
			in.ReassignTo = form.Optional[int64]{Set: true, V: c.people[0]}
		}
		_ = owner(func(who account.Caller) error { return h.accounts.RemoveMember(ctx, who, person, in) })
	case "invite":
		_ = h.invite(ctx, c, person)
	}
}

// invite adds a person to the company, or a removed person again.
func (h *house) invite(ctx context.Context, c *company, person int64) error {
	var token string
	err := h.as(ctx, c.id, c.people[0], func(who account.Caller) error {
		inv, err := h.accounts.Invite(ctx, who, account.NewInvitation{Role: account.Ordinary})
		token = inv.Token
		return err
	})
	if err != nil {
		return err
	}
	var home int64
	err = h.db.System("where a user comes from").Read(ctx, func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&home) },
			`SELECT min(company_id) FROM members WHERE user_id = $1`, person)
	})
	if err != nil {
		return err
	}
	return h.as(ctx, home, person, func(who account.Caller) error {
		_, err := h.accounts.Accept(ctx, who, account.InvitationToken{Token: token})
		return err
	})
}

// logOf returns a company's whole log, and the names in it.
func (h *house) logOf(ctx context.Context, t fataler, id int64) (log []event.Entry, names map[int64]string) {
	names = map[int64]string{}
	must(t, h.db.SystemScope(id, "a test").Read(ctx, func(tx *db.Tx) (err error) {
		if log, err = event.Since(tx, 0, 1<<30); err != nil {
			return err
		}
		return tx.Query(func(r db.Row) error {
			var id int64
			var name string
			err := r.Scan(&id, &name)
			names[id] = name
			return err
		}, `SELECT user_id, username FROM members WHERE company_id = $1`)
	}))
	return log, names
}

// TestReportsEqualAReplayOfTheLog compares every figure of reports, now and as of any instant, with a count by brute
// force.
func TestReportsEqualAReplayOfTheLog(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			var people []int64
			for i := range 3 {
				id, _, err := h.register(ctx, fmt.Sprint("p", i), fmt.Sprint("home ", i))
				must(t, err)
				people = append(people, id)
			}
			checks, reports := 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				checks++
				start := rapid.SampledFrom(starts).Draw(rt, "start")
				h.clock.Store(start.UnixMicro())
				both := make([]*company, 2)
				for i := range both {
					owner, id, err := h.register(ctx, fmt.Sprintf("o%d.%d", checks, i),
						fmt.Sprintf("company %d.%d", checks, i))
					must(rt, err)
					both[i] = &company{id: id, people: append([]int64{owner}, people...)}
					for _, p := range people {
						must(rt, h.invite(ctx, both[i], p))
					}
				}
				latest := h.clock.Load()
				for range rapid.IntRange(5, 60).Draw(rt, "steps") {
					wait := rapid.SampledFrom([]time.Duration{
						0, time.Microsecond, 7 * time.Second, 13 * time.Minute, 50 * time.Minute, 5 * time.Hour,
						26 * time.Hour, -40 * time.Second,
					}).Draw(rt, "wait")
					latest = max(latest, h.clock.Add(wait.Microseconds()))
					c := rapid.SampledFrom(both).Draw(rt, "company")
					h.step(ctx, rt, c)
					if rapid.IntRange(0, 9).Draw(rt, "follow") == 0 {
						must(rt, analytics.Follower.CatchUpNow(ctx, h.db, c.id, 0))
					}
				}
				h.clock.Store(latest)
				h.clock.Add(rapid.Int64Range(0, 3*24*time.Hour.Microseconds()).Draw(rt, "after"))
				for _, c := range both {
					log, names := h.logOf(ctx, rt, c.id)
					for i := range 6 {
						q := analytics.Query{
							Days: rapid.IntRange(1, 12).Draw(rt, "days"),
							Zone: rapid.SampledFrom(zones).Draw(rt, "zone"),
						}
						until := h.db.Now().Std()
						if i > 0 { // an event's own instant, the one before it, or any
							e := rapid.SampledFrom(log).Draw(rt, "event")
							until = e.At.Std().Add(rapid.SampledFrom([]time.Duration{
								0, 0, -time.Microsecond, time.Microsecond, 3 * time.Minute, 4 * time.Hour,
							}).Draw(rt, "off"))
							if until.After(h.db.Now().Std()) {
								until = h.db.Now().Std()
							}
							q.AsOf = &until
						}
						var got analytics.Report
						var err error
						if i%2 == 0 {
							got, err = h.figures.OfCompany(ctx, c.id, q)
						} else {
							err = h.as(ctx, c.id, c.people[0],
								func(who account.Caller) error { got, err = h.figures.Of(ctx, who, q); return err })
						}
						must(rt, err)
						reports++
						zone, err := time.LoadLocation(q.Zone)
						must(rt, err)
						want := newReplay(rt, log, until, zone).report(q.Days, names)
						want.Company = got.Company
						want.Seq = log[len(log)-1].Seq
						if got.Company.ID != c.id ||
							!strings.HasPrefix(got.Company.Name, fmt.Sprintf("company %d.", checks)) {
							rt.Fatalf("the report is of %v", got.Company)
						}
						if (got.Assignment.Oldest != nil) != (q.AsOf == nil && want.Assignment.Open > 0) {
							rt.Fatalf("the oldest open task is %v", got.Assignment.Oldest)
						}
						o := got.Assignment.Oldest
						if o != nil && o.CreatedAt.Std().Format(time.DateOnly) != *want.Assignment.OldestOn {
							rt.Fatalf("the oldest open task is %v, and of %v", *o, *want.Assignment.OldestOn)
						}
						got.Assignment.Oldest = nil
						if diff := same(got, want); diff != "" {
							rt.Fatalf("company %d, %+v: a replay of the log gives (-), the report (+):\n%s", c.id, q,
								diff)
						}
					}
				}
			})
			t.Logf("%d reports of %d histories", reports, checks)
		})
	}
}
