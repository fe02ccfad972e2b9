package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// cookie returns the session's cookie that an answer sets. A sign-in sets the device's cookie after it.
func (a answer) cookie(t testing.TB) *http.Cookie {
	t.Helper()
	all := (&http.Response{Header: a.header}).Cookies()
	if len(all) == 2 && all[1].Name == "__Host-taskhouse-device" {
		all = all[:1]
	}
	if len(all) != 1 {
		t.Fatalf("%s sets %d cookies: %q", a.request, len(all), a.header.Values("Set-Cookie"))
	}
	return all[0]
}

// browser returns the headers that a browser sends from a page of the product.
func browser(c *http.Cookie, more ...string) []string {
	h := []string{"Sec-Fetch-Site", "same-origin"}
	if c != nil {
		h = append(h, "Cookie", c.Name+"="+c.Value)
	}
	return append(h, more...)
}

func TestThreat_A27_SessionOfTheWebApp(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		in := s.call(t, "POST", "/api/session/", body{"username": m.username, "password": password}, browser(nil)...).
			want(t, 200)
		if in.id("id") != m.id {
			t.Errorf("signed in as %s", in.body)
		}
		c := in.cookie(t)
		if c.Name != "__Host-taskhouse" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode ||
			c.Path != "/" || c.Domain != "" || c.Expires.IsZero() {
			t.Errorf("the cookie is %s", c)
		}
		s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).want(t, 200)
		task := s.call(t, "POST", "/api/tasks/", body{"title": "From the app"}, browser(c)...).want(t, 201)
		if task.id("created_by") != m.id {
			t.Errorf("created by %v", task.at("created_by"))
		}

		// Each credential works only for its own kind of request.
		s.call(t, "GET", "/api/auth/profile/", nil, "Authorization", "Bearer "+c.Value).wantDetail(t, 401, badToken)
		s.call(t, "POST", "/api/auth/token/refresh/", body{"refresh": c.Value}).want(t, 401)
		for _, token := range []string{m.access, m.token} {
			s.call(t, "GET", "/api/auth/profile/", nil, "Cookie", c.Name+"="+token).wantDetail(t, 401, badToken)
		}
		s.call(t, "GET", "/api/operator/companies/", nil, browser(c)...).want(t, 401)
		s.call(t, "GET", "/api/auth/profile/", nil, "Cookie", "taskhouse="+c.Value).wantDetail(t, 401, notGiven)

		// A sign-in ends the session that the browser had before, so that an attacker cannot plant a session.
		again := s.call(t, "POST", "/api/session/", body{"username": m.username, "password": password}, browser(c)...).
			want(t, 200).cookie(t)
		if again.Value == c.Value {
			t.Error("the same session after another sign-in")
		}
		s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).wantDetail(t, 401, badToken)
		s.call(t, "GET", "/api/auth/profile/", nil, browser(again)...).want(t, 200)

		out := s.call(t, "DELETE", "/api/session/", nil, browser(again)...).want(t, 204).cookie(t)
		if out.MaxAge >= 0 || out.Value != "" {
			t.Errorf("signed out leaves the cookie %s", out)
		}
		s.call(t, "GET", "/api/auth/profile/", nil, browser(again)...).wantDetail(t, 401, badToken)
		s.call(t, "DELETE", "/api/session/", nil, browser(again)...).want(t, 204)
		s.call(t, "POST", "/api/session/", body{"username": m.username, "password": "wrong " + password},
			browser(nil)...).wantDetail(t, 401, noLogin)
	})
}

func TestSessionOfTheWebAppIsRenewed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		c := s.call(t, "POST", "/api/session/", body{"username": m.username, "password": password}, browser(nil)...).
			want(t, 200).cookie(t)
		s.clock.advance(11 * time.Hour)
		got := s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).want(t, 200)
		if got.header.Get("Set-Cookie") != "" {
			t.Errorf("renewed before half of its life: %s", got.header.Get("Set-Cookie"))
		}
		s.clock.advance(2 * time.Hour)
		next := s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).want(t, 200).cookie(t)
		s.clock.advance(12 * time.Hour)
		s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).wantDetail(t, 401, badToken)
		s.call(t, "GET", "/api/auth/profile/", nil, browser(next)...).want(t, 200)
		s.clock.advance(24 * time.Hour)
		s.call(t, "GET", "/api/auth/profile/", nil, browser(next)...).wantDetail(t, 401, badToken)
	})
}

func TestThreat_A26_PagesOfOtherSites(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		credentials := body{"username": m.username, "password": password}
		c := s.call(t, "POST", "/api/session/", credentials, browser(nil)...).want(t, 200).cookie(t)
		cookie := []string{"Cookie", c.Name + "=" + c.Value}
		for _, from := range []struct {
			name    string
			headers []string
			allowed bool
		}{
			{"its own page", []string{"Sec-Fetch-Site", "same-origin", "Origin", publicURL}, true},
			{"a person's hand", []string{"Sec-Fetch-Site", "none"}, true},
			{"an older browser, its own page", []string{"Origin", publicURL}, true},
			{"no browser", nil, true},
			{"another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false},
			{
				"another host of the site",
				[]string{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.example.com"},
				false,
			},
			{"an older browser, another site", []string{"Origin", "https://evil.example"}, false},
			{"a name that begins alike", []string{"Origin", publicURL + ".evil.example"}, false},
			{"a sandbox", []string{"Origin", "null"}, false},
		} {
			t.Run(from.name, func(t *testing.T) {
				for _, r := range []struct {
					method, path string
					payload      any
					ok           int
				}{
					{"POST", "/api/tasks/", body{"title": "Forged"}, 201},
					{"PATCH", "/api/auth/profile/", body{"first_name": "Forged"}, 200},
					{"POST", "/api/notifications/read/", nil, 200},
				} {
					a := s.call(t, r.method, r.path, r.payload, append(cookie, from.headers...)...)
					if from.allowed {
						a.want(t, r.ok)
					} else {
						text := a.want(t, 403).text("detail")
						if !strings.HasPrefix(text, "A page of another site may not do this.") {
							t.Errorf("it is refused with %q", text)
						}
					}
				}
				// The browser itself keeps other pages from reading answers, and SameSite keeps the cookie.
				s.call(t, "GET", "/api/auth/profile/", nil, append(cookie, from.headers...)...).want(t, 200)
				if !from.allowed { // a page of another site signs no one in or out either
					s.call(t, "POST", "/api/session/", credentials, from.headers...).want(t, 403)
					s.call(t, "DELETE", "/api/session/", nil, append(cookie, from.headers...)...).want(t, 403)
					// A token that a script holds is proof enough.
					s.call(t, "POST", "/api/tasks/", body{"title": "By token"},
						append([]string{"Authorization", "Bearer " + m.access}, from.headers...)...).want(t, 201)
				}
			})
		}
	})
}

func TestOperatorsSessionOfTheWebApp(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.call(t, "POST", "/api/operator/session/", body{"username": s.acme.owner.username, "password": password},
			browser(nil)...).wantDetail(t, 401, noLogin)
		op := s.operator(t, "root")
		in := s.call(t, "POST", "/api/operator/session/", body{"username": op.username, "password": password},
			browser(nil)...).want(t, 200)
		c := in.cookie(t)
		if in.text("username") != op.username || c.Name != "__Host-taskhouse-operator" || !c.HttpOnly || !c.Secure {
			t.Errorf("%s with %s", in.body, c)
		}
		s.call(t, "GET", "/api/operator/companies/", nil, browser(c)...).want(t, 200)
		s.call(t, "GET", "/api/tasks/", nil, browser(c)...).want(t, 401)
		rename := path("/api/operator/companies/%d/", s.globex.id)
		s.call(t, "PATCH", rename, body{"description": "x"}, "Cookie", c.Name+"="+c.Value, "Origin",
			"https://evil.example").want(t, 403)
		s.call(t, "PATCH", rename, body{"description": "x"}, browser(c)...).want(t, 200)
		s.call(t, "DELETE", "/api/operator/session/", nil, browser(c)...).want(t, 204)
		s.call(t, "GET", "/api/operator/companies/", nil, browser(c)...).want(t, 401)
	})
}

// The web app's cookie opens the feed only for pages of this site, and a sign-out closes the feed.
func TestThreat_R5_FeedByCookie(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		c := s.call(t, "POST", "/api/session/", body{"username": m.username, "password": password}, browser(nil)...).
			want(t, 200).cookie(t)
		cookie := []string{"Authorization", "", "Cookie", c.Name + "=" + c.Value}
		l := m.joined(t, "", append(cookie, "Origin", publicURL)...)
		m.task(t, body{"title": "Seen by the app"})
		if e := l.next(t); e["message"] != "New task created: Seen by the app" {
			t.Errorf("the app is told %v", e)
		}
		m.get(t, "/api/events/stream/",
			append(cookie, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")...).want(t, 403)
		s.call(t, "DELETE", "/api/session/", nil, browser(c)...).want(t, 204)
		if code, _ := l.closed(t); code != 4001 {
			t.Errorf("after the sign-out the socket is closed with %d", code)
		}
	})
}
