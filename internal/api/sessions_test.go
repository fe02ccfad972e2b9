package api_test

import (
	"strings"
	"testing"
	"time"
)

func TestSessionsAreListedAndEnded(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member // has one session from the harness
		s.call(t, "POST", "/api/auth/login/", body{"username": m.username, "password": password}, "User-Agent",
			"curl/8.9").want(t, 200)
		s.clock.advance(time.Second)
		signedIn := s.call(t, "POST", "/api/session/", body{"username": m.username, "password": password}, "User-Agent",
			"Firefox \xff"+strings.Repeat("ß", 300)).want(t, 200)
		cookie := strings.SplitN(signedIn.header.Get("Set-Cookie"), ";", 2)[0]
		inBrowser := func(method, path string) answer { return s.call(t, method, path, nil, "Cookie", cookie) }

		all := inBrowser("GET", "/api/auth/sessions/").want(t, 200)
		if all.id("count") != 3 || all.text("results.0.kind") != "web" || all.at("results.0.current") != true ||
			all.at("results.1.current") != false ||
			all.text("results.0.agent") != "Firefox "+strings.Repeat("ß", 192) {
			t.Errorf("in the browser: %s", all.body)
		}
		byTokens := m.get(t, "/api/auth/sessions/").want(t, 200)
		if byTokens.text("results.1.kind") != "api" || byTokens.text("results.1.agent") != "curl/8.9" ||
			byTokens.at("results.2.current") != true || byTokens.text("results.2.id") != m.session {
			t.Errorf("by tokens: %s", byTokens.body)
		}
		if got := m.get(t, "/api/auth/sessions/?page=2&page_size=2").want(t, 200); got.list("id")[0] != m.session {
			t.Errorf("page 2: %s", got.body)
		}
		// The routes of a member's own sessions neither show nor end another member's.
		if got := s.acme.owner.get(t, "/api/auth/sessions/").want(t, 200); got.id("count") != 1 {
			t.Errorf("the owner's own: %s", got.body)
		}
		for _, id := range []string{"none", all.text("results.1.id"), m.session} {
			s.acme.owner.delete(t, path("/api/auth/sessions/%s/", id)).wantDetail(t, 404, "Not found.")
			s.globex.owner.delete(t, path("/api/auth/sessions/%s/", id)).wantDetail(t, 404, "Not found.")
		}
		m.delete(t, "/api/auth/sessions/%ff%00/").wantDetail(t, 404, "Not found.")

		events := s.last(t, s.acme).id("count")
		m.delete(t, path("/api/auth/sessions/%s/", all.text("results.1.id"))).want(t, 204)
		m.delete(t, path("/api/auth/sessions/%s/", all.text("results.1.id"))).wantDetail(t, 404, "Not found.")
		inBrowser("GET", "/api/tasks/").want(t, 200)
		inBrowser("DELETE", "/api/auth/sessions/").want(t, 204) // all but the browser's session
		m.dead(t)
		if got := inBrowser("GET", "/api/auth/sessions/").want(t, 200); got.id("count") != 1 {
			t.Errorf("what is left: %s", got.body)
		}
		// The session that asks.
		inBrowser("DELETE", path("/api/auth/sessions/%s/", all.text("results.0.id"))).want(t, 204)
		inBrowser("GET", "/api/auth/sessions/").wantDetail(t, 401, badToken)
		if got := s.last(t, s.acme).id("count"); got != events {
			t.Errorf("signing out is %d events", got-events)
		}
	})
}

func TestManagersEndSessions(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		second := m.again(t)
		sessions := path("/api/auth/company-users/%d/sessions/", m.id)
		got := s.acme.admin.get(t, sessions).want(t, 200)
		if got.id("count") != 2 || got.at("results.0.current") != false {
			t.Errorf("a member's: %s", got.body)
		}
		told := func(message string) {
			t.Helper()
			if e := s.last(t, s.acme); e.text("results.0.type") != "member_signed_out" ||
				e.text("results.0.message") != message || e.id("results.0.actor") != s.acme.admin.id ||
				strings.Contains(string(e.body), m.email) || strings.Contains(string(e.body), m.session) {
				t.Errorf("the last event is %s", e.body)
			}
		}
		s.acme.admin.delete(t, sessions+second.session+"/").want(t, 204)
		told("A session of acme.member was ended")
		second.dead(t)
		m.alive(t)
		s.acme.admin.delete(t, sessions).want(t, 204)
		told("acme.member was signed out")
		m.dead(t)
		events := s.last(t, s.acme).id("count")
		s.acme.admin.delete(t, sessions).want(t, 204) // no session is left
		s.acme.admin.delete(t, sessions+second.session+"/").wantDetail(t, 404, "Not found.")
		if got := s.last(t, s.acme).id("count"); got != events {
			t.Errorf("nothing is %d events", got-events)
		}

		// Only owners manage an owner's sessions. A removed member's and another company's sessions are not found.
		owners := path("/api/auth/company-users/%d/sessions/", s.acme.owner.id)
		s.acme.admin.delete(t, owners).wantDetail(t, 403, forbids)
		s.acme.admin.delete(t, owners+s.acme.owner.session+"/").wantDetail(t, 403, forbids)
		s.acme.owner.alive(t)
		s.unchanged(t, s.acme.id, func() {
			s.globex.owner.get(t, owners).wantDetail(t, 404, "Not found.")
			s.globex.owner.delete(t, owners).wantDetail(t, 404, "Not found.")
			// A session is not found by another person's path, or by the path of a person of another company.
			s.acme.owner.delete(t, path("/api/auth/company-users/%d/sessions/%s/", s.acme.guest.id,
				s.acme.admin.session)).wantDetail(t, 404, "Not found.")
			s.globex.owner.delete(t, path("/api/auth/company-users/%d/sessions/%s/", s.globex.member.id,
				s.acme.admin.session)).wantDetail(t, 404, "Not found.")
		})
		s.acme.owner.delete(t, path("/api/auth/company-users/%d/", m.id)).want(t, 204)
		s.acme.owner.get(t, sessions).wantDetail(t, 404, "Not found.")
	})
}
