package api_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

// refresh asks for the next pair of tokens with more headers.
func (a actor) refresh(t *testing.T, headers ...string) answer {
	t.Helper()
	return a.s.call(t, "POST", "/api/auth/token/refresh/", body{"refresh": a.token}, headers...)
}

// A client that asks twice gets one successor. A thief ends the session, and so does the client after ten seconds.
func TestThreat_A10_A33_ARepeatedRefresh(t *testing.T) {
	for _, c := range []struct {
		name   string
		after  time.Duration
		again  []string
		status int
	}{
		{"the same client", 9 * time.Second, []string{"User-Agent", "one", "X-Forwarded-For", "198.51.100.1"}, 200},
		{"after ten seconds", 11 * time.Second, []string{"User-Agent", "one", "X-Forwarded-For", "198.51.100.1"}, 401},
		{"another program", 0, []string{"User-Agent", "two", "X-Forwarded-For", "198.51.100.1"}, 401},
		{"another address", 0, []string{"User-Agent", "one", "X-Forwarded-For", "198.51.100.2"}, 401},
	} {
		for _, engine := range dbtest.Engines {
			t.Run(c.name+"/"+engine, func(t *testing.T) {
				t.Parallel()
				s := newServer(t, engine, behindProxy)
				p := s.acme.member
				first := p.refresh(t, "User-Agent", "one", "X-Forwarded-For", "198.51.100.1").want(t, 200)
				next := p
				next.access, next.token = first.text("access"), first.text("refresh")
				s.clock.advance(c.after)
				again := p.refresh(t, c.again...).want(t, c.status)
				if c.status == 401 {
					next.dead(t)
					p.dead(t)
					next.refresh(t).want(t, 401)
					return
				}
				if string(again.body) != string(first.body) {
					t.Errorf("the successor of before is\n%s\nand now\n%s", first.body, again.body)
				}
				next.alive(t)
				// The database has neither token, nor what one can be made of without the key.
				rows := s.snapshot(t, p.company)
				for _, token := range []string{p.token, next.token, next.access} {
					if strings.Contains(rows, token) || strings.Contains(rows, strings.Split(token, ".")[2]) {
						t.Error("a row has a token")
					}
				}
				if strings.Contains(rows, "198.51.100.1") {
					t.Error("a row has the address")
				}
			})
		}
	}
}

// TestThreat_A33_AnEndForEverySession renews sessions as long as it can.
func TestThreat_A33_AnEndForEverySession(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.auth.SessionAge = 30 * time.Hour // tokens live a day, access tokens an hour
		begin := s.clock.Now()
		p := s.login(t, s.acme.member.username, password)
		in := body{"username": s.acme.guest.username, "password": password}
		c := s.call(t, "POST", "/api/session/", in, browser(nil)...).want(t, 200).cookie(t)
		renewals := 0
		for range 5 {
			s.clock.advance(7 * time.Hour)
			if s.clock.Now().Sub(begin) > 30*time.Hour {
				break
			}
			p = p.refreshed(t)
			a := s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).want(t, 200)
			if a.header.Get("Set-Cookie") != "" {
				c = a.cookie(t)
				renewals++
				if renewals > 1 {
					t.Error("a cookie that cannot live longer is renewed")
				}
				if end := begin.Add(30*time.Hour + time.Minute); c.Expires.After(end) {
					t.Errorf("the cookie is valid until %v, the session until %v", c.Expires, end)
				}
			}
		}
		if renewals == 0 {
			t.Error("the cookie was never renewed")
		}
		p.dead(t)
		p.refresh(t).want(t, 401)
		s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).wantDetail(t, 401, badToken)
	})
}

// An access token does not outlive its session.
func TestThreat_A33_TheLastAccessToken(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.auth.SessionAge = 30 * time.Hour
		p := s.login(t, s.acme.member.username, password)
		s.clock.advance(23 * time.Hour)
		p = p.refreshed(t)
		s.clock.advance(6*time.Hour + 50*time.Minute)
		p = p.refreshed(t)
		p.alive(t)
		s.clock.advance(15 * time.Minute) // an access token lives an hour, but the session is 30 hours old
		p.dead(t)
	})
}

func TestThreat_A12_A33_SignOutEverywhere(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.acme.member
		if _, err := s.auth.Promote(t.Context(), p.username); err != nil {
			t.Fatal(err)
		}
		p.accept(t, s.globex.owner.invite(t, body{})).want(t, 200)
		in := body{"username": p.username, "password": password}
		open := func() (all []actor) {
			t.Helper()
			there := s.call(t, "POST", "/api/auth/login/", body{
				"username": p.username, "password": password, "company": s.globex.id,
			}).want(t, 200)
			op := s.call(t, "POST", "/api/operator/login/", in).want(t, 200)
			return []actor{
				s.login(t, p.username, password),
				{s: s, access: there.text("access"), token: there.text("refresh")},
				{s: s, access: op.text("access")},
			}
		}
		ended := func(all []actor, want int) {
			t.Helper()
			for i, where := range []string{"/api/auth/profile/", "/api/auth/profile/", "/api/operator/companies/"} {
				if a := all[i].get(t, where); a.status != want {
					t.Errorf("session %d is answered %d, want %d", i, a.status, want)
				}
			}
		}
		all := open()
		one := p.again(t)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": one.token, "everywhere": false}).want(t, 204)
		one.dead(t)
		ended(all, 200)
		// A token that opens nothing any more ends nothing.
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": one.token, "everywhere": true}).wantDetail(t, 401,
			badToken)
		ended(all, 200)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": p.token, "everywhere": true}).want(t, 204)
		p.dead(t)
		ended(all, 401)
		s.acme.guest.alive(t)

		all = open()
		c := s.call(t, "POST", "/api/session/", in, browser(nil)...).want(t, 200).cookie(t)
		s.call(t, "DELETE", "/api/session/?everywhere=1x", nil, browser(c)...).want(t, 400)
		s.call(t, "DELETE", "/api/session/?everywhere=true", nil, browser(c)...).want(t, 204)
		s.call(t, "GET", "/api/auth/profile/", nil, browser(c)...).wantDetail(t, 401, badToken)
		ended(all, 401)
		s.person(t, s.acme.id, "another", account.Guest).alive(t)
	})
}

// behindProxy makes a server believe X-Forwarded-For.
func behindProxy(s *server) {
	s.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}
