package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// undo reverses what an answer reports.
func (a actor) undo(t *testing.T, done answer) {
	t.Helper()
	seq, err := strconv.ParseInt(done.header.Get("Event-Seq"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	a.post(t, "/api/tasks/undo/", body{"seqs": []int64{seq}}).want(t, 200)
}

// completedToday returns the completions of today, of a person and of the lead times, in a company's report.
func completedToday(t *testing.T, c cast, query string) (today, person, leads int64) {
	t.Helper()
	a := c.owner.get(t, "/api/analytics/?days=3"+query).want(t, 200)
	for _, w := range a.at("history.workload").([]any) {
		if m := w.(map[string]any); m["user_id"] == float64(c.member.id) {
			person = int64(m["completed"].(float64))
		}
	}
	return a.id("history.created_and_completed.2.completed"), person, a.id("history.lead_time.count")
}

// A completion that was undone, reopened or deleted does not stand, and the report of an instant before still has it.
func TestFault_A9_CompletedFollowsWhatStands(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		check := func(what, query string, want int64) {
			t.Helper()
			if today, person, leads := completedToday(t, s.acme, query); today != want || person != want ||
				leads != want {
				t.Errorf("%s: %d today, %d of the person, %d lead times; want %d", what, today, person, leads, want)
			}
		}
		undo := func(a answer) { t.Helper(); m.undo(t, a) }
		id := m.task(t, body{"title": "x", "assigned_to": m.id})
		s.later(t, time.Minute)
		at := path("/api/tasks/%d/", id)
		m.patch(t, at, body{"status": "in_progress"}).want(t, 200)
		done := m.patch(t, at, body{"status": "done"}).want(t, 200)
		s.later(t, time.Minute)
		check("done", "", 1)
		then := s.clock.Now().UTC().Format(time.RFC3339)
		s.later(t, 20*time.Minute)
		undo(done)
		s.later(t, time.Minute)
		check("undone", "", 0)
		check("at an instant before", "&as_of="+then, 1)
		m.patch(t, at, body{"status": "done", "assigned_to": s.acme.admin.id}).want(t, 200)
		m.patch(t, at, body{"assigned_to": m.id}).want(t, 200)
		m.patch(t, at, body{"status": "todo"}).want(t, 200)
		s.later(t, time.Minute)
		check("done by another, and reopened", "", 0)
		m.patch(t, at, body{"status": "done"}).want(t, 200)
		s.later(t, time.Minute)
		check("done again", "", 1)
		gone := m.delete(t, at).want(t, 204)
		s.later(t, time.Minute)
		check("deleted", "", 0)
		undo(gone)
		s.later(t, time.Minute)
		check("restored", "", 1)
		s.clock.advance(24 * time.Hour)
		m, s.acme.owner = m.again(t), s.acme.owner.again(t)
		m.patch(t, at, body{"status": "todo"}).want(t, 200)
		s.later(t, time.Minute)
		check("reopened on the next day", "", 0)
		for i := range 3 {
			a := s.acme.owner.get(t, "/api/analytics/?days=3").want(t, 200)
			if n := a.id(fmt.Sprintf("history.created_and_completed.%d.completed", i)); n != 0 {
				t.Errorf("day %d has %d completions", i, n)
			}
		}
	})
}

// Operators' totals are those of all companies, not of the page that is shown.
func TestFault_OperatorsTotalsAreTotals(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		for range 3 {
			s.acme.owner.task(t, body{"title": "x"})
		}
		id := s.globex.owner.task(t, body{"title": "x"})
		twice := s.globex.owner.task(t, body{"title": "x"})
		s.globex.owner.patch(t, path("/api/tasks/%d/", id), body{"status": "done"}).want(t, 200)
		s.globex.owner.patch(t, path("/api/tasks/%d/", twice), body{"status": "done"}).want(t, 200)
		s.later(t, time.Minute)
		s.globex.owner.patch(t, path("/api/tasks/%d/", twice), body{"status": "todo"}).want(t, 200)
		s.later(t, time.Minute)
		got := op.get(t, "/api/operator/analytics/totals/?days=7").want(t, 200)
		for field, want := range map[string]int64{
			"companies": 2, "tasks": 5, "open": 4, "created": 5, "completed": 1, "days": 7,
		} {
			if got.id(field) != want {
				t.Errorf("%s is %d, want %d", field, got.id(field), want)
			}
		}
		sum := int64(0)
		for i := range 2 {
			page := op.get(t, path("/api/operator/analytics/?page_size=1&page=%d&days=7", i+1)).want(t, 200)
			sum += page.id("results.0.company_performance.tasks")
		}
		if sum != got.id("tasks") {
			t.Errorf("the companies have %d tasks together, the totals %d", sum, got.id("tasks"))
		}
		op.get(t, "/api/operator/analytics/totals/?days=0").want(t, 400)
		op.get(t, "/api/operator/analytics/totals/?tz=Nowhere").want(t, 400)
		s.acme.owner.get(t, "/api/operator/analytics/totals/").want(t, 403)
	})
}

// Of what is created, deleted and brought back within the delay, only what stands at its end is news.
func TestFault_G5_DeletedAndUndoneWithinTheDelay(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, member := s.acme.owner, s.acme.member
		undo := func(a answer) { t.Helper(); owner.undo(t, a) }
		// Created, deleted and brought back, in three steps of the follower.
		id := owner.task(t, body{"title": "Roof", "assigned_to": member.id})
		s.later(t, notifyDelay/3)
		gone := owner.delete(t, path("/api/tasks/%d/", id)).want(t, 204)
		s.later(t, notifyDelay/3)
		undo(gone)
		for range 4 {
			s.later(t, notifyDelay/2)
		}
		equalStrings(t, "created, deleted, undone", member.inbox(t), "acme.owner assigned you: Roof")
		equalStrings(t, "mails", addresses(s.sent(t)), member.email)
		member.post(t, "/api/notifications/read/", nil).want(t, 200)

		// An old task, deleted and brought back: nothing has changed.
		gone = owner.delete(t, path("/api/tasks/%d/", id)).want(t, 204)
		s.later(t, notifyDelay/2)
		undo(gone)
		for range 4 {
			s.later(t, notifyDelay/2)
		}
		equalStrings(t, "deleted, undone", member.inbox(t))
		// Created, and its creation undone.
		created := owner.post(t, "/api/tasks/", body{"title": "Roof", "assigned_to": member.id}).want(t, 201)
		s.later(t, notifyDelay/2)
		undo(created)
		for range 4 {
			s.later(t, notifyDelay/2)
		}
		equalStrings(t, "created, undone", member.inbox(t))
		// Changed after it came back.
		gone = owner.delete(t, path("/api/tasks/%d/", id)).want(t, 204)
		undo(gone)
		owner.patch(t, path("/api/tasks/%d/", id), body{"assigned_to": s.acme.admin.id}).want(t, 200)
		for range 4 {
			s.later(t, notifyDelay/2)
		}
		equalStrings(t, "given away after it came back", member.kinds(t), "unassigned")
		equalStrings(t, "to the next", s.acme.admin.kinds(t), "assigned")
	})
}

func TestFault_G5_OwnActs(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		if m.get(t, "/api/notifications/preferences/").want(t, 200).at("notify_own") != true {
			t.Error("the default is not README's mail")
		}
		own := func(want ...string) {
			t.Helper()
			m.task(t, body{"title": "Mine", "assigned_to": m.id})
			s.later(t, notifyDelay)
			equalStrings(t, "own acts", m.inbox(t), want...)
			m.post(t, "/api/notifications/read/", nil).want(t, 200)
		}
		own("Your new task: Mine")
		if a := m.patch(t, "/api/notifications/preferences/", body{"notify_own": false}).want(t, 200); a.at(
			"notify_own",
		) != false ||
			a.at("assigned_email") != true {
			t.Errorf("the preferences are %s", a.body)
		}
		own()
		s.acme.owner.task(t, body{"title": "Another's", "assigned_to": m.id})
		s.later(t, notifyDelay)
		equalStrings(t, "others' acts", m.kinds(t), "assigned")
		m.post(t, "/api/notifications/read/", nil).want(t, 200)
		m.patch(t, "/api/notifications/preferences/", body{"notify_own": true}).want(t, 200)
		own("Your new task: Mine")
		if s.acme.admin.get(t, "/api/notifications/preferences/").at("notify_own") != true {
			t.Error("another member's preference has changed")
		}
	})
}

// The changes that one member makes in a burst are one mail to each recipient.
func TestFault_G5_ABurstIsOneMail(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, member := s.acme.owner, s.acme.member
		make5 := func(pause time.Duration) {
			for i := range 5 {
				owner.task(t, body{"title": fmt.Sprint("Task ", i), "assigned_to": member.id})
				s.later(t, pause)
			}
		}
		for _, pause := range []time.Duration{0, time.Second, 4 * time.Second} {
			make5(pause)
			for range 6 { // the follower reads them in several steps
				s.later(t, notifyDelay/4)
			}
			mails := s.sent(t)
			equalStrings(t, fmt.Sprintf("mails, one each %v", pause), addresses(mails), member.email)
			for i := range 5 {
				line := fmt.Sprintf("acme.owner assigned you: Task %d", i)
				if strings.Count(mails[0].Text, line) != 1 || !strings.Contains(mails[0].HTML, line) {
					t.Errorf("the mail has not %q once:\n%s", line, mails[0].Text)
				}
			}
			if !strings.HasSuffix(mails[0].Subject, ", and 4 more") || strings.Count(mails[0].Text, "/tasks/") != 5 {
				t.Errorf("the mail is %q:\n%s", mails[0].Subject, mails[0].Text)
			}
			if n := len(owner.get(t, "/api/notifications/sent/?mail=queued").want(t, 200).list("id")); n != 0 {
				t.Errorf("%d notifications still wait for a mail", n)
			}
			s.clock.advance(10 * time.Minute)
		}
		// Other actors' changes are mails of their own, and what no longer holds is left out.
		owner.task(t, body{"title": "Stays", "assigned_to": member.id})
		goes := owner.task(t, body{"title": "Goes", "assigned_to": member.id})
		s.acme.admin.task(t, body{"title": "Of another", "assigned_to": member.id})
		s.later(t, notifyDelay)
		owner.delete(t, path("/api/tasks/%d/", goes)).want(t, 204)
		mails := s.sent(t)
		equalStrings(t, "mails of two actors", addresses(mails), member.email, member.email)
		for _, m := range mails {
			if strings.Contains(m.Text, "Goes") || strings.Contains(m.Subject, "more") {
				t.Errorf("the mail is %q:\n%s", m.Subject, m.Text)
			}
		}
	})
}

// A mail does not wait for ever for an actor who goes on.
func TestFault_G5_ALongBurstIsMailedInParts(t *testing.T) {
	s := newServer(t, "sqlite")
	begin := s.clock.Now()
	for i := 0; s.clock.Now().Sub(begin) < 5*time.Minute; i++ {
		s.acme.owner.task(t, body{"title": fmt.Sprint("Task ", i), "assigned_to": s.acme.member.id})
		s.later(t, 4*time.Second)
		due := s.number(t, `SELECT count(*) FROM jobs WHERE due_at > created_at + 60000000 AND state = 'queued'`)
		if due > 0 {
			t.Fatal("a mail waits for more than a minute")
		}
	}
}
