package analytics

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// fill computes the parts of the report from the figures.
func (r *Report) fill(t *tally, dates []string, names map[int64]string) {
	active := t.at.standing(members)
	r.statuses(t)
	r.users(t, active, names)
	r.assignment(t, active)
	r.Performance.Members = int64(len(active))
	r.Performance.TasksPerMember = ratio(r.Performance.Tasks, r.Performance.Members)
	r.Performance.Lead = spread(t.at.standing(byLead))
	r.days(t, dates)
	r.History.Lead, r.History.Cycle = spread(t.stand(leadDone, leadBack)), spread(t.stand(cycleDone, cycleBack))
	r.workload(t, active, names)
}

func (r *Report) statuses(t *tally) {
	counts := t.at.standing(byStatus)
	for i := range statuses {
		r.Performance.Tasks += counts[int64(i+1)]
	}
	for i, name := range statuses {
		n := counts[int64(i+1)]
		r.Statuses = append(r.Statuses, StatusShare{name, n, percent(n, r.Performance.Tasks)})
	}
	r.Performance.Completed = counts[done]
	r.Performance.Rate = percent(counts[done], r.Performance.Tasks)
}

func (r *Report) users(t *tally, active map[int64]int64, names map[int64]string) {
	byID := map[int64]*PersonTasks{}
	of := func(id int64) *PersonTasks {
		if byID[id] == nil {
			byID[id] = &PersonTasks{Username: names[id], Active: active[id] > 0}
			if id != 0 {
				byID[id].UserID = &id
			}
		}
		return byID[id]
	}
	for id := range active {
		of(id)
	}
	for p, n := range t.at {
		if p.measure != byPerson || n == 0 {
			continue
		}
		u := of(p.a)
		u.Total += n
		*[]*int64{&u.Todo, &u.InProgress, &u.Done, &u.Cancelled}[p.b-1] += n
	}
	for _, u := range byID {
		r.Users = append(r.Users, *u)
	}
	slices.SortFunc(r.Users, func(a, b PersonTasks) int {
		switch {
		case a.UserID == nil:
			return 1
		case b.UserID == nil:
			return -1
		}
		return cmp.Or(cmp.Compare(b.Total, a.Total), strings.Compare(a.Username, b.Username),
			cmp.Compare(*a.UserID, *b.UserID))
	})
}

func (r *Report) assignment(t *tally, active map[int64]int64) {
	a := &r.Assignment
	for _, u := range r.Users {
		a.Open += u.open()
		if u.UserID == nil {
			a.Unassigned = u.open()
		} else if u.Active || u.open() > 0 {
			a.Load = append(a.Load, Load{UserID: *u.UserID, Username: u.Username, Open: u.open()})
		}
	}
	a.Assigned = a.Open - a.Unassigned
	a.OpenPerMember = ratio(a.Assigned, int64(len(active)))
	for i := range a.Load {
		a.Load[i].Percent = percent(a.Load[i].Open, a.Assigned)
	}
	slices.SortStableFunc(a.Load, func(x, y Load) int {
		return cmp.Or(cmp.Compare(y.Open, x.Open), strings.Compare(x.Username, y.Username),
			cmp.Compare(x.UserID, y.UserID))
	})
	oldest, some := int64(0), false
	for d := range t.at.standing(byAge) {
		if !some || d < oldest {
			oldest, some = d, true
		}
	}
	if some {
		on := time.Unix(oldest*86_400, 0).UTC().Format(time.DateOnly)
		days := int64(r.AsOf/day) - oldest
		a.OldestOn, a.OldestDays = &on, &days
	}
}

// days fills the figures of each day.
func (r *Report) days(t *tally, dates []string) {
	now, back := t.before.standing(byStatus), t.backByDay()
	for i, date := range dates {
		brought := t.daily[i]
		n, completed := brought[place{created, 0, 0}], brought[place{finished, 0, 0}]-back[i]
		r.Trend = append(r.Trend, DayCreated{date, n})
		r.History.Throughput = append(r.History.Throughput, Throughput{date, n, completed})
		for s := range statuses {
			now[int64(s+1)] += brought[place{byStatus, int64(s + 1), 0}]
		}
		r.History.Flow = append(r.History.Flow, DayFlow{date, now[1], now[2], now[3], now[4]})
	}
}

func (r *Report) workload(t *tally, active map[int64]int64, names map[int64]string) {
	byID := map[int64]*Workload{}
	of := func(id int64) *Workload {
		if byID[id] == nil {
			byID[id] = &Workload{UserID: id, Username: names[id]}
		}
		return byID[id]
	}
	for id := range active {
		of(id)
	}
	for p, n := range t.at {
		if p.measure == byPerson && open(p.b) && n != 0 {
			of(p.a).OpenLast += n
		}
	}
	for p, n := range t.before {
		if p.measure == byPerson && open(p.b) && n != 0 {
			of(p.a).OpenFirst += n
		}
	}
	for id, n := range t.stand(finishedBy, finishedByBack) {
		of(id).Completed += n
	}
	delete(byID, 0)
	for _, w := range byID {
		r.History.Workload = append(r.History.Workload, *w)
	}
	slices.SortFunc(r.History.Workload, func(a, b Workload) int {
		return cmp.Or(strings.Compare(a.Username, b.Username), cmp.Compare(a.UserID, b.UserID))
	})
}
