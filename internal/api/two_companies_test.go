package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// both adds a member of Acme to Globex as well.
func (s *server) both(t *testing.T) (here, there actor) {
	t.Helper()
	here = s.acme.member
	token := s.globex.owner.post(t, "/api/auth/invitations/", body{}).want(t, 201).text("token")
	here.post(t, "/api/auth/invitations/accept/", body{"token": token}).want(t, 200)
	there = here
	there.company = s.globex.id
	return here, there.again(t)
}

// level brings the logs of both companies to the same number, so that their next events have equal numbers.
func (s *server) level(t *testing.T) {
	t.Helper()
	head := func(c cast) int64 { return c.owner.get(t, "/api/events/?limit=1").want(t, 200).id("count") }
	for head(s.acme) < head(s.globex) {
		s.acme.owner.task(t, body{"title": "nobody's"})
	}
	for head(s.globex) < head(s.acme) {
		s.globex.owner.task(t, body{"title": "nobody's"})
	}
}

// One person is notified of tasks with the same event number in two companies. This gives two inboxes, two mails and
// two sets of preferences, and an action in one company does not touch the other.
func TestThreat_T15_OnePersonInTwoCompanies(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		here, there := s.both(t)
		s.later(t, notifyDelay) // the inviter is notified
		s.sent(t)
		s.level(t)
		give := func(what string) {
			t.Helper()
			s.acme.owner.task(t, body{"title": "Quokka " + what, "assigned_to": here.id})
			s.globex.owner.task(t, body{"title": "Penguin " + what, "assigned_to": here.id})
			s.later(t, notifyDelay)
		}
		unread := func(who actor) int64 { return who.get(t, "/api/notifications/unread/").want(t, 200).id("unread") }

		give("one")
		equalStrings(t, "Acme's inbox", here.inbox(t), "acme.owner assigned you: Quokka one")
		equalStrings(t, "Globex's inbox", there.inbox(t), "globex.owner assigned you: Penguin one")
		mails := s.sent(t)
		if len(mails) != 2 {
			t.Fatalf("%d mails, want 2", len(mails))
		}
		for _, m := range mails {
			mine, other := "Quokka one", "Penguin one"
			if strings.Contains(m.From, "Globex") {
				mine, other = other, mine
			}
			if !strings.Contains(m.Subject, mine) || strings.Contains(m.Subject+m.Text+m.HTML, other) {
				t.Errorf("the mail from %s is %+v", m.From, m)
			}
		}

		// One notification is read. The other company's stays unread, and this company's path does not find its number.
		id := here.get(t, "/api/notifications/").want(t, 200).id("results.0.id")
		there.patch(t, path("/api/notifications/%d/", id), body{"read": true}).want(t, 404)
		there.patch(t, path("/api/notifications/%d/", id), body{}).want(t, 404)
		if unread(here) != 1 || unread(there) != 1 {
			t.Errorf("after the other company's was tried %d and %d are unread", unread(here), unread(there))
		}
		here.patch(t, path("/api/notifications/%d/", id), body{"read": true}).want(t, 200)
		if unread(here) != 0 || unread(there) != 1 {
			t.Errorf("after one was read %d and %d are unread", unread(here), unread(there))
		}
		here.patch(t, path("/api/notifications/%d/", id), body{"read": false}).want(t, 200)
		there.post(t, "/api/notifications/read/", nil).want(t, 200)
		if unread(here) != 1 || unread(there) != 0 {
			t.Errorf("after all of Globex's were read %d and %d are unread", unread(here), unread(there))
		}

		// Preferences belong to one company.
		here.patch(t, "/api/notifications/preferences/", body{"assigned_email": false}).want(t, 200)
		there.patch(t, "/api/notifications/preferences/", body{"digest_hour": 5, "time_zone": "Asia/Tokyo"}).
			want(t, 200)
		a := here.get(t, "/api/notifications/preferences/").want(t, 200)
		g := there.get(t, "/api/notifications/preferences/").want(t, 200)
		if a.at("assigned_email") != false || g.at("assigned_email") != true || a.text("time_zone") != "UTC" ||
			g.text("time_zone") != "Asia/Tokyo" || a.id("digest_hour") == 5 {
			t.Errorf("Acme's preferences are %s\nGlobex's %s", a.body, g.body)
		}
		give("two")
		if mails = s.sent(t); len(mails) != 1 || !strings.Contains(mails[0].Subject, "Penguin two") {
			t.Errorf("Acme's mails are off, and these were sent: %+v", mails)
		}
	})
}

// Two digests that are due at the same instant in two companies are two mails.
func TestThreat_T15_DigestsOfTheSameHour(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		here, there := s.both(t)
		for _, who := range []actor{here, there} {
			who.patch(t, "/api/notifications/preferences/", body{
				"digest": true, "digest_hour": 12, "time_zone": "UTC",
			}).want(t, 200)
		}
		s.acme.owner.task(t, body{"title": "Quokka survey", "assigned_to": here.id})
		s.globex.owner.task(t, body{"title": "Penguin parade", "assigned_to": here.id})
		s.later(t, notifyDelay)
		s.sent(t)
		s.clock.advance(4 * time.Hour)
		if err := s.notices.Digests(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		var subjects []string
		for _, m := range s.sent(t) {
			subjects = append(subjects, m.From)
		}
		if len(subjects) != 2 || subjects[0] == subjects[1] {
			t.Errorf("mails of the day came from %q", subjects)
		}
	})
}

// Each company remembers the events that were notified ahead, however far another company's log goes. A member who has
// a task for nine seconds gets no notification, not even of losing it.
func TestThreat_T15_WhatWasToldAheadIsRememberedByCompany(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		// Acme's follower passes a number that Globex notified ahead; Acme must have notified something ahead itself.
		for range 12 {
			s.acme.owner.task(t, body{"title": "nobody's"})
		}
		early := s.acme.owner.task(t, body{"title": "Quokka", "assigned_to": s.acme.member.id})
		s.clock.advance(notifyDelay / 2)
		task := s.globex.owner.task(t, body{"title": "Penguin", "assigned_to": s.globex.member.id})
		s.acme.owner.patch(t, taskPath(early), body{"assigned_to": s.acme.admin.id}).want(t, 200)
		s.clock.advance(notifyDelay / 4)
		s.globex.owner.patch(t, taskPath(task), body{"assigned_to": s.globex.admin.id}).want(t, 200)
		for range 8 { // the events of each company become old enough
			s.later(t, notifyDelay/8)
		}
		s.later(t, 2*notifyDelay)
		equalStrings(t, "who has it", s.globex.admin.inbox(t), "globex.owner assigned you: Penguin")
		equalStrings(t, "who had it for a moment", s.globex.member.inbox(t))
		equalStrings(t, "who had Acme's", s.acme.member.inbox(t))
	})
}

// A mail of one company leaves a queued mail of the other company alone, even if its notification has the same number,
// kind and person.
func TestThreat_T15_AMailSentIsOneCompanys(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		here, there := s.both(t)
		s.later(t, notifyDelay)
		s.sent(t)
		s.level(t)
		s.acme.owner.task(t, body{"title": "Quokka", "assigned_to": here.id})
		s.later(t, notifyDelay)
		seq := here.get(t, "/api/notifications/").want(t, 200).id("results.0.event")
		queued := there.told(t, seq, "Penguin")
		err := s.db.SystemScope(there.company, "a test").Write(t.Context(), func(tx *db.Tx) error {
			return db.Found(tx.Exec(`UPDATE notifications SET mail = 'queued' WHERE company_id = $1 AND id = $2`,
				queued))
		})
		if err != nil {
			t.Fatal(err)
		}
		equalStrings(t, "Acme's mail", addresses(s.sent(t)), here.email)
		err = s.db.SystemScope(there.company, "a test").Read(t.Context(), func(tx *db.Tx) error {
			state, err := db.One(tx, func(r db.Row, v *string) error { return r.Scan(v) },
				`SELECT mail FROM notifications WHERE company_id = $1 AND id = $2`, queued)
			if state != "queued" {
				t.Errorf("Globex's mail is %s", state)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
