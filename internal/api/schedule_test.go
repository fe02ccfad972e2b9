package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// found returns the titles that a list has, first by page and then by cursor in steps of two, which must be the same.
func (a actor) found(t *testing.T, query string) string {
	t.Helper()
	titles := strings.Join(a.get(t, "/api/tasks/?"+query).want(t, 200).list("title"), " ")
	var stepped []string
	for next := "/api/tasks/?page_size=2&cursor=&" + query; next != ""; {
		p := a.get(t, next).want(t, 200)
		stepped = append(stepped, p.list("title")...)
		if next = ""; p.at("next") != nil {
			next = p.next(t, "next")
		}
	}
	if got := strings.Join(stepped, " "); got != titles {
		t.Errorf("?%s finds %q by page and %q by cursor", query, titles, got)
	}
	return titles
}

func (a actor) wantFound(t *testing.T, wants map[string]string) {
	t.Helper()
	for query, want := range wants {
		if got := a.found(t, query); got != want {
			t.Errorf("?%s finds %q, want %q", query, got, want)
		}
	}
}

// Lists are ordered by the rank of a priority, and tasks without a value come last in both directions.
func TestOrderOfPriorityAndDates(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		for _, v := range []body{
			{"title": "h", "priority": "high", "due_date": "2026-03-05", "estimate": 3},
			{"title": "n", "due_date": "2026-03-05"},
			{
				"title": "l", "priority": "low", "start_date": "2026-01-01", "due_date": "2026-02-01", "estimate": 0,
			},
			{"title": "u", "priority": "urgent", "start_date": "2026-02-01"},
			{"title": "m", "priority": "medium", "due_date": "2027-01-01"},
		} {
			m.task(t, v)
		}
		m.wantFound(t, map[string]string{
			"ordering=priority": "n l m h u", "ordering=-priority": "u h m l n",
			"ordering=due_date": "l h n m u", "ordering=-due_date": "m n h l u",
			"ordering=start_date": "l u h n m", "ordering=-start_date": "u l m n h",
			"ordering=estimate": "l h n u m", "ordering=-estimate": "h l m u n",
			"ordering=due_date,-priority": "l h n m u", "ordering=-due_date,priority": "m n h l u",
			"ordering=due_date&due=none":             "u",
			"priority=high,urgent&ordering=priority": "h u", "priority=none": "n",
			"priority=none,low&ordering=id": "n l",
			"estimate__gte=1":               "h", "estimate__lte=3&ordering=id": "h l",
		})
	})
}

// due_at decides about due_date, and a moved due_date takes due_at along.
func TestDueDateAndDueAt(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		s.acme.owner.patch(t, "/api/auth/company/", body{"time_zone": "Europe/Berlin"}).want(t, 200)
		date, at := any("2026-03-10"), any("2026-03-28T23:30:00.000Z") // half past midnight in Berlin, the 29th
		for _, c := range []struct {
			name     string
			first    body
			then     body
			day, due any
		}{
			{"a date alone", body{"due_date": date}, nil, date, nil},
			{"an instant alone", body{"due_at": at}, nil, "2026-03-29", at},
			{"both, and they agree", body{"due_at": at, "due_date": "2026-03-29"}, nil, "2026-03-29", at},
			{
				"microseconds",
				body{"due_at": "2026-03-01T00:00:00.123456Z"},
				nil, "2026-03-01",
				"2026-03-01T00:00:00.123Z",
			},
			{
				"before 1970",
				body{"due_at": "1969-12-31T23:59:59.999999Z"},
				nil, "1970-01-01",
				"1969-12-31T23:59:59.999Z",
			},
			{"an instant for a date", body{"due_date": date}, body{"due_at": at}, "2026-03-29", at},
			{
				"a date moves the instant, over the change of clocks",
				body{"due_at": at},
				body{"due_date": "2026-03-30"},
				"2026-03-30", "2026-03-29T22:30:00.000Z",
			},
			{
				"a date moves the instant into the gap",
				body{"due_at": "2026-03-28T01:30:00Z"},
				body{"due_date": "2026-03-29"},
				"2026-03-29", "2026-03-29T01:30:00.000Z",
			},
			{
				"the whole task again, with another date",
				body{"due_at": at},
				body{"title": "x", "due_date": date, "due_at": at},
				date, "2026-03-09T23:30:00.000Z",
			},
			{
				"the whole task again, with another instant",
				body{"due_at": at},
				body{"title": "x", "due_date": "2026-03-29", "due_at": "2026-04-01T12:00:00Z"},
				"2026-04-01",
				"2026-04-01T12:00:00.000Z",
			},
			{"no instant", body{"due_at": at}, body{"due_at": null}, "2026-03-29", nil},
			{"no date", body{"due_at": at}, body{"due_date": null}, nil, nil},
			{"neither", body{"due_at": at}, body{"due_date": null, "due_at": null}, nil, nil},
			{"a date instead of the instant", body{"due_at": at}, body{"due_date": date, "due_at": null}, date, nil},
		} {
			id := m.task(t, c.first)
			before := m.get(t, taskPath(id)).want(t, 200)
			now := before
			if c.then != nil {
				now = m.patch(t, taskPath(id), c.then).want(t, 200)
			}
			if now.at("due_date") != c.day || now.at("due_at") != c.due {
				t.Errorf("%s: due %v, at %v; want %v and %v", c.name, now.at("due_date"), now.at("due_at"), c.day,
					c.due)
			}
			if c.then == nil {
				continue
			}
			m.post(t, "/api/tasks/undo/", body{"seqs": []int64{now.seq(t)}}).want(t, 200)
			undone := m.get(t, taskPath(id)).want(t, 200)
			if undone.at("due_date") != before.at("due_date") || undone.at("due_at") != before.at("due_at") {
				t.Errorf("%s: undone it is due %v, at %v; it was %v, at %v", c.name, undone.at("due_date"),
					undone.at("due_at"), before.at("due_date"), before.at("due_at"))
			}
		}
		both := body{"title": "x", "due_at": at, "due_date": "2026-03-28"}
		const apart = "due_at is on 2026-03-29 in the company's time zone. Send one of the two."
		m.post(t, "/api/tasks/", both).wantErrors(t, "due_date", apart)
		m.patch(t, taskPath(m.task(t, body{})), both).wantErrors(t, "due_date", apart)
	})
}

// A task never starts after it is due. A change of several tasks refuses those that would.
func TestStartAfterDue(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		const startsLate = "This is after the due date, 2026-03-10."
		const dueEarly = "This is before the start date, 2026-03-05."
		m.post(t, "/api/tasks/", body{"title": "x", "start_date": "2026-03-11", "due_date": "2026-03-10"}).
			wantErrors(t, "start_date", startsLate)
		id := m.task(t, body{"title": "x", "start_date": "2026-03-05", "due_date": "2026-03-10"})
		m.patch(t, taskPath(id), body{"start_date": "2026-03-11"}).wantErrors(t, "start_date", startsLate)
		m.patch(t, taskPath(id), body{"due_date": "2026-03-04"}).wantErrors(t, "due_date", dueEarly)
		m.patch(t, taskPath(id), body{"due_at": "2026-03-04T12:00:00Z"}).wantErrors(t, "due_at", dueEarly)
		m.patch(t, taskPath(id), body{"start_date": "2026-03-10"}).want(t, 200)
		m.patch(t, taskPath(id), body{"start_date": "2026-03-12", "due_date": "2026-03-12"}).want(t, 200)

		free := m.task(t, body{"title": "y"})
		a := m.post(t, "/api/tasks/bulk/", body{"ids": []int64{id, free}, "due_date": "2026-03-11"}).want(t, 200)
		if a.id("changed") != 1 || a.id("refused.0.id") != id ||
			a.text("refused.0.detail") != "due_date: This is before the start date, 2026-03-12." {
			t.Errorf("the change of both says %s", a.body)
		}

		moved := m.patch(t, taskPath(free), body{"start_date": "2026-03-01"}).want(t, 200)
		away := m.patch(t, taskPath(free), body{"start_date": null}).want(t, 200)
		m.patch(t, taskPath(free), body{"due_date": "2026-02-01"}).want(t, 200)
		a = m.post(t, "/api/tasks/undo/", body{"seqs": []int64{away.seq(t)}}).want(t, 200)
		if a.text("refused.0.detail") != "start_date: This is after the due date, 2026-02-01." {
			t.Errorf("the undo after %d says %s", moved.seq(t), a.body)
		}
	})
}

// The server notes when a task was done, and forgets it when the task is open again.
func TestCompletedAt(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		undo := func(a answer) {
			t.Helper()
			done := m.post(t, "/api/tasks/undo/", body{"seqs": []int64{a.seq(t)}}).want(t, 200)
			if done.id("changed") != 1 {
				t.Errorf("the undo says %s", done.body)
			}
		}
		where := taskPath(m.task(t, body{"completed_at": "2001-01-01T00:00:00Z"}))
		completed := func(step string, want any) {
			t.Helper()
			if got := m.get(t, where).want(t, 200).at("completed_at"); got != want {
				t.Errorf("%s: completed at %v, want %v", step, got, want)
			}
		}
		completed("created", nil)
		m.patch(t, where, body{"status": "cancelled"}).want(t, 200)
		completed("cancelled", nil)
		done := m.patch(t, where, body{"status": "done"}).want(t, 200)
		at := done.at("updated_at")
		completed("done", at)
		s.clock.advance(time.Minute)
		m.patch(t, where, body{"status": "done", "title": "y"}).want(t, 200)
		completed("changed while done", at)
		open := m.patch(t, where, body{"status": "in_progress"}).want(t, 200)
		completed("open again", nil)
		s.clock.advance(time.Minute)
		undo(open)
		completed("and undone", at)
		undo(m.delete(t, where).want(t, 204))
		completed("deleted and restored", at)
		undo(done)
		completed("never done", nil)
		if a := m.post(t, "/api/tasks/", body{"title": "z", "status": "done"}).want(t, 201); a.at("completed_at") !=
			a.at("created_at") {
			t.Errorf("created as done: %s", a.body)
		}
		one := []int64{m.task(t, body{"title": "b"})}
		bulk := m.post(t, "/api/tasks/bulk/", body{"ids": one, "status": "done"}).want(t, 200)
		if a := m.get(t, "/api/tasks/?search=b&completed_after=2026-03-01").want(t, 200); a.id("count") != 1 {
			t.Errorf("done by %s: %s", bulk.body, a.body)
		}
	})
}

// The clock shows nine on Monday the second of March 2026, UTC.
func TestFiltersByDate(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		for _, v := range []body{
			{"title": "none"},
			{"title": "yesterday", "due_date": "2026-03-01"},
			{"title": "closed", "due_date": "2026-03-01", "status": "cancelled"},
			{"title": "today", "due_date": "2026-03-02", "start_date": "2026-02-27", "assigned_to": m.id},
			{"title": "eight", "due_at": "2026-03-02T08:00:00Z"},
			{"title": "evening", "due_at": "2026-03-02T23:30:00Z"},
			{"title": "sunday", "due_date": "2026-03-08", "status": "in_progress"},
			{"title": "monday", "due_date": "2026-03-09", "status": "done", "assigned_to": s.acme.owner.id},
		} {
			m.task(t, v)
		}
		const order = "&ordering=id"
		m.wantFound(t, map[string]string{
			"due=none" + order:                                        "none",
			"due=overdue" + order:                                     "yesterday eight",
			"due=today" + order:                                       "today eight evening",
			"due=week" + order:                                        "today eight evening sunday",
			"due=overdue,today" + order:                               "yesterday today eight evening",
			"due=none,overdue" + order:                                "none yesterday eight",
			"due_before=today" + order:                                "yesterday closed",
			"due_before=2026-03-02" + order:                           "yesterday closed",
			"due_before=%2B1d&due_after=-1d" + order:                  "today eight evening",
			"due_before=+1d&due_after=-1d" + order:                    "today eight evening", // a space for the plus
			"due_after=0d" + order:                                    "sunday monday",
			"due_after=1w" + order:                                    "",
			"due_after=6d" + order:                                    "monday",
			"start_before=today" + order:                              "today",
			"start_after=-3d" + order:                                 "",
			"completed_after=-1d" + order:                             "monday",
			"completed_before=today" + order:                          "",
			"completed_before=2026-03-02T12:00:00Z" + order:           "monday",
			"created_after=today":                                     "",
			"created_after=-1d&due=none":                              "none",
			"updated_before=2026-03-03&due=none":                      "none",
			"status=in_progress,done" + order:                         "sunday monday",
			"status=todo,in_progress,done,cancelled&due=none":         "none",
			"assigned_to=me" + order:                                  "today",
			"assigned_to=none&due=today" + order:                      "eight evening",
			"assigned_to=me,none&due=today" + order:                   "today eight evening",
			fmt.Sprintf("assigned_to=me,%d", s.acme.owner.id) + order: "today monday",
			"assigned_to=me,1,2,3,4,5,6,7&due=today&status=todo":      "today",
			"created_by=me&due=none":                                  "none",
			// 9:00 in UTC is 20:00 of the same day in Noumea and 23:00 of the first in Pago Pago.
			"due=today&tz=Pacific/Pago_Pago" + order:   "yesterday closed eight",
			"due=overdue&tz=Pacific/Pago_Pago" + order: "eight",
			"due=today&tz=Pacific/Noumea" + order:      "today eight",
			"due_before=today&tz=Pacific/Pago_Pago":    "",
		})
		if a := m.get(t, "/api/tasks/my_tasks/?due=today").want(t, 200); strings.Join(a.list("title"), " ") != "today" {
			t.Errorf("my tasks of today are %q", a.list("title"))
		}
		for query, want := range map[string]int64{"assigned_to=none": 6, "assigned_to=me,none&status=todo": 5} {
			if got := m.get(t, "/api/tasks/?"+query).want(t, 200).id("count"); got != want {
				t.Errorf("?%s counts %d, want %d", query, got, want)
			}
		}

		// Without tz the day is that of the reader's preferences, and otherwise that of the company's zone.
		far := body{"time_zone": "Pacific/Pago_Pago", "week_start": "sunday"}
		s.acme.owner.patch(t, "/api/auth/company/", far).want(t, 200)
		m.wantFound(t, map[string]string{
			"due=today" + order: "yesterday closed eight", "due=week" + order: "yesterday closed today eight evening",
		})
		m.patch(t, "/api/notifications/preferences/", body{"time_zone": "Pacific/Noumea"}).want(t, 200)
		m.wantFound(t, map[string]string{"due=today" + order: "today eight"})
		s.acme.owner.wantFound(t, map[string]string{"due=today" + order: "yesterday closed eight"})
	})
}

// A cursor stays valid while the time goes on, and leads on in its own list only.
func TestCursorOfADatedList(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		for i := range 5 {
			m.task(t, body{"title": fmt.Sprint(i), "due_date": "2026-02-01"})
		}
		first := m.get(t, "/api/tasks/?due=overdue&page_size=2&cursor=").want(t, 200)
		s.clock.advance(40 * time.Minute)
		if got := strings.Join(m.get(t, first.next(t, "next")).want(t, 200).list("title"), ""); got != "21" {
			t.Errorf("the second page has %q", got)
		}
		for _, other := range []string{"due=overdue,today", "due_before=today", "due=overdue&tz=Europe/Berlin"} {
			next := strings.Replace(first.next(t, "next"), "due=overdue", other, 1)
			m.get(t, next).wantErrors(t, "cursor", "Invalid cursor.")
		}
	})
}

// The settings of a company are shown to its members, and a change is an event that moves the days of due_at.
func TestCompanyCalendar(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o, m := s.acme.owner, s.acme.member
		week := []any{"monday", "tuesday", "wednesday", "thursday", "friday"}
		a := m.get(t, "/api/auth/company/").want(t, 200)
		if a.text("time_zone") != "UTC" || a.text("week_start") != "monday" ||
			!slices.Equal(a.at("working_days").([]any), week) {
			t.Errorf("a new company has %s", a.body)
		}
		late := m.task(t, body{"title": "late", "due_at": "2026-03-10T23:30:00Z"})
		early := m.task(t, body{"title": "early", "due_at": "2026-03-10T01:30:00Z"})
		kept := m.task(t, body{"title": "kept", "due_date": "2026-03-10"})
		bound := m.task(t, body{"title": "bound", "due_at": "2026-03-10T01:30:00Z", "start_date": "2026-03-10"})
		change := body{
			"time_zone": "America/New_York", "week_start": "sunday", "working_days": []string{"sunday", "monday"},
		}
		if a := o.patch(t, "/api/auth/company/", change).want(t, 200); a.text("time_zone") != "America/New_York" ||
			fmt.Sprint(a.at("working_days")) != "[monday sunday]" {
			t.Errorf("changed, it has %s", a.body)
		}
		for id, want := range map[int64]string{
			late: "2026-03-10", early: "2026-03-09", kept: "2026-03-10", bound: "2026-03-10",
		} {
			if got := m.get(t, taskPath(id)).want(t, 200).text("due_date"); got != want {
				t.Errorf("task %d is due on %s, want %s", id, got, want)
			}
		}
		e := o.get(t, "/api/events/audit/?kind=company_updated").want(t, 200)
		for where, want := range map[string]any{
			"time_zone.old": "UTC", "time_zone.new": "America/New_York", "week_start.new": "sunday",
		} {
			if got := e.at("results.0.changes." + where); got != want {
				t.Errorf("the audit log says %s is %v", where, got)
			}
		}
		if got := fmt.Sprint(e.at("results.0.changes.working_days.new")); got != "[monday sunday]" {
			t.Errorf("the audit log says that %s are working days", got)
		}
		s.unchanged(t, s.acme.id, func() { o.patch(t, "/api/auth/company/", change).want(t, 200) })
		for field, v := range map[string]any{"time_zone": "localtime", "week_start": "Monday"} {
			if a := o.patch(t, "/api/auth/company/", body{field: v}).want(t, 400); len(a.errors()[field]) == 0 {
				t.Errorf("%s = %v: %s", field, v, a.body)
			}
		}
		for _, v := range []any{"monday", []any{1}, []any{"someday"}, null, []any{null}} {
			a := o.patch(t, "/api/auth/company/", body{"working_days": v}).want(t, 400)
			if len(a.errors()["working_days"]) == 0 {
				t.Errorf("working_days = %v: %s", v, a.body)
			}
		}
		m.patch(t, "/api/auth/company/", change).want(t, 403)
		if got := s.globex.owner.get(t, "/api/auth/company/").want(t, 200).text("time_zone"); got != "UTC" {
			t.Errorf("the other company is in %s", got)
		}
	})
}

// TestDueOnTheDaysWhenClocksChange compares the filter due with the days that clocks show, in zones that change at
// midnight, have two midnights or odd offsets, around the change and in two passes: before it and after it.
func TestDueOnTheDaysWhenClocksChange(t *testing.T) {
	names := []string{
		"UTC", "America/New_York", "Europe/Berlin", "Asia/Beirut", "Africa/Cairo", "America/Havana", "Atlantic/Azores",
		"Australia/Lord_Howe", "America/Santiago", "Pacific/Chatham", "Antarctica/Troll", "America/St_Johns",
		"Asia/Kathmandu", "Pacific/Kiritimati",
	}
	each(t, func(t *testing.T, s *server) {
		type point struct {
			in     *time.Location
			change time.Time
		}
		var points []point
		for _, name := range names {
			in, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			_, change := s.clock.Now().Add(48 * time.Hour).In(in).ZoneBounds()
			if change.IsZero() {
				change = s.clock.Now().Add(7 * 24 * time.Hour).Truncate(24 * time.Hour)
			}
			points = append(points, point{in, change})
		}
		slices.SortFunc(points, func(a, b point) int { return a.change.Compare(b.change) })
		for i, p := range points {
			name, word := p.in.String(), fmt.Sprintf("zone%dx", i)
			day := func(at time.Time) string { return at.In(p.in).Format(time.DateOnly) }
			if wait := p.change.Add(-30 * time.Minute).Sub(s.clock.Now()); wait > 0 {
				s.clock.advance(wait)
			}
			o := s.acme.owner.again(t)
			o.patch(t, "/api/auth/company/", body{"time_zone": name}).want(t, 200)
			type due struct {
				day string
				at  time.Time
			}
			tasks := map[string]due{}
			for _, hours := range []int{-170, -50, -26, -25, -24, -2, -1, 0, 1, 2, 22, 23, 24, 25, 26, 50, 170} {
				at := p.change.Add(time.Duration(hours) * time.Hour)
				title := fmt.Sprint(word, " at ", hours)
				in := body{"title": title, "due_at": at.UTC().Format(time.RFC3339)}
				a := o.post(t, "/api/tasks/", in).want(t, 201)
				if got := a.text("due_date"); got != day(at) {
					t.Errorf("%s: %v is due on %s, want %s", name, at, got, day(at))
				}
				title2 := fmt.Sprint(word, " on ", hours)
				o.task(t, body{"title": title2, "due_date": day(at)})
				tasks[title], tasks[title2] = due{day(at), at}, due{day: day(at)}
			}
			for range 2 {
				now := s.clock.Now()
				monday := now.In(p.in).AddDate(0, 0, -(int(now.In(p.in).Weekday())+6)%7)
				sunday := monday.AddDate(0, 0, 6)
				for filter, holds := range map[string]func(d due) bool{
					"overdue": func(d due) bool {
						return d.at.IsZero() && d.day < day(now) || !d.at.IsZero() && d.at.Before(now)
					},
					"today": func(d due) bool { return d.day == day(now) },
					"week":  func(d due) bool { return day(monday) <= d.day && d.day <= day(sunday) },
				} {
					var want []string
					for title, d := range tasks {
						if holds(d) {
							want = append(want, title)
						}
					}
					q := url.Values{"due": {filter}, "tz": {name}, "search": {word}, "page_size": {"100"}}
					got := o.get(t, "/api/tasks/?"+q.Encode()).want(t, 200).list("title")
					slices.Sort(want)
					if slices.Sort(got); !slices.Equal(got, want) {
						t.Errorf("%s at %v, %s:\n got %q\nwant %q", name, now.In(p.in), filter, got, want)
					}
				}
				s.clock.advance(time.Hour)
				o = o.again(t)
			}
		}
	})
}

// A change of several tasks takes the filters of a list in place of ids.
func TestBulkByQuery(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		for _, v := range []body{
			{"title": "a", "due_date": "2026-03-01"},
			{"title": "b", "due_date": "2026-03-01", "assigned_to": m.id},
			{"title": "c"},
			{"title": "d", "due_date": "2026-03-20"},
		} {
			m.task(t, v)
		}
		s.globex.owner.task(t, body{"title": "theirs", "due_date": "2026-03-01"})
		bulk := func(query string, change body) answer {
			in := body{"query": query}
			for k, v := range change {
				in[k] = v
			}
			return m.post(t, "/api/tasks/bulk/", in)
		}
		a := bulk("due=overdue&assigned_to=none,me", body{"priority": "urgent"}).want(t, 200)
		if a.id("changed") != 2 {
			t.Errorf("the change says %s", a.body)
		}
		m.wantFound(t, map[string]string{"priority=urgent&ordering=id": "a b"})
		if got := s.globex.owner.get(t, "/api/tasks/?priority=urgent").want(t, 200).id("count"); got != 0 {
			t.Errorf("%d tasks of another company have changed", got)
		}
		if a := bulk("due=overdue&search=zebra", body{"delete": true}).want(t, 200); a.id("deleted") != 0 {
			t.Errorf("nothing matches, and the answer is %s", a.body)
		}
		bulk("due=late&page=2", body{"priority": "low"}).wantErrors(t, "query",
			`due: "late" is not a valid choice. Choose from: overdue, today, week, none.`,
			"query", "page: Unknown parameter.")
		bulk("due=%zz", body{"priority": "low"}).wantErrors(t, "query", "This is not the query of an address.")
		bulk("", body{"priority": "low"}).wantErrors(t, "query", notBlank)
		bulk("due=today", body{"ids": []int64{1}, "priority": "low"}).
			wantErrors(t, "query", "Send ids or a query, not both.")
		for range 2 {
			for i := range 100 {
				m.task(t, body{"title": fmt.Sprint("many ", i)})
			}
		}
		s.unchanged(t, 0, func() {
			bulk("status=todo", body{"delete": true}).
				wantErrors(t, "query", "More than 200 tasks match. Narrow the query.")
		})
	})
}
