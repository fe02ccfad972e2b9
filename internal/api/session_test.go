package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/auth/tokentest"
	"github.com/taskhouse/taskhouse/internal/limit"
)

func (s *server) tryLogin(t *testing.T, username, password string, headers ...string) answer {
	t.Helper()
	return s.call(t, "POST", "/api/auth/login/", body{"username": username, "password": password}, headers...)
}

func (s *server) tryRefresh(t *testing.T, token string) answer {
	t.Helper()
	return s.call(t, "POST", "/api/auth/token/refresh/", body{"refresh": token})
}

// refreshed returns the session after a refresh.
func (a actor) refreshed(t *testing.T) actor {
	t.Helper()
	r := a.s.tryRefresh(t, a.token).want(t, 200)
	a.access, a.token = r.text("access"), r.text("refresh")
	return a
}

// asks lists requests that need a session: reads, writes, and requests across companies.
var asks = []struct {
	name, method, path string
	payload            any
}{
	{"read", "GET", "/api/tasks/", nil},
	{"profile", "GET", "/api/auth/profile/", nil},
	{"events", "GET", "/api/events/", nil},
	{"write", "POST", "/api/tasks/", body{"title": "by the dead"}},
	{"write for somebody who is not there", "POST", "/api/tasks/", body{"title": "by the dead", "assigned_to": never}},
	{"names", "PATCH", "/api/auth/profile/", body{"first_name": "by the dead"}},
	{"address", "PATCH", "/api/auth/profile/", body{"email": "dead@mail.example"}},
	{"accept", "POST", "/api/auth/invitations/accept/", body{"token": "by the dead"}},
	{"password", "POST", "/api/auth/password/", body{
		"current_password": password, "new_password": "by the dead " + password,
	}},
	{"guessed password", "POST", "/api/auth/password/", body{
		"current_password": "by the dead", "new_password": "by the dead " + password,
	}},
	{"what only managers may", "PATCH", "/api/auth/company/", body{"description": "by the dead"}},
}

// dead fails the test unless the access token is refused everywhere.
func (a actor) dead(t *testing.T) {
	t.Helper()
	for _, c := range asks {
		r := a.call(t, c.method, c.path, c.payload)
		if r.status != 401 || r.text("detail") != badToken || r.text("code") != "token_not_valid" {
			t.Errorf("%s with a dead token is answered %d\n%s", c.name, r.status, r.body)
		}
	}
}

func (a actor) alive(t *testing.T) {
	t.Helper()
	a.get(t, "/api/auth/profile/").want(t, 200)
}

func TestThreat_A15_Login(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		for _, name := range []string{
			o.username, "ACME.Owner", " " + o.username + " ", o.email, strings.ToUpper(o.email),
		} {
			if got := s.login(t, name, password); got.id != o.id || got.company != s.acme.id {
				t.Errorf("%q signed in user %d of company %d", name, got.id, got.company)
			}
		}
		wrong := s.tryLogin(t, o.username, "wrong "+password).wantDetail(t, 401, noLogin)
		if wrong.text("code") != "no_active_account" {
			t.Errorf("code %q", wrong.text("code"))
		}
		for name, a := range map[string]answer{
			"unknown user":    s.tryLogin(t, "nobody", password),
			"unknown address": s.tryLogin(t, "nobody@mail.example", password),
			"wrong by e-mail": s.tryLogin(t, o.email, "wrong "+password),
			"padded password": s.tryLogin(t, o.username, password+" "),
			"capitals":        s.tryLogin(t, o.username, strings.ToUpper(password)),
			"other company": s.call(t, "POST", "/api/auth/login/",
				body{"username": o.username, "password": password, "company": s.globex.id}),
			"no such company": s.call(t, "POST", "/api/auth/login/",
				body{"username": o.username, "password": password, "company": never}),
		} {
			t.Run(name, func(t *testing.T) { same(t, a, wrong, 0) })
		}
		post := func(b body) answer { return s.call(t, "POST", "/api/auth/login/", b) }
		post(body{}).wantErrors(t, "username", required, "password", required)
		post(body{"username": "", "password": ""}).wantErrors(t, "username", notBlank, "password", notBlank)
		post(body{"username": null, "password": null, "company": null}).wantErrors(t, "username", notNull, "password",
			notNull, "company", notNull)
		post(body{"username": []int{}, "password": true, "company": "x"}).wantErrors(t,
			"username", notString, "password", notString, "company", "Incorrect type. Expected pk value, received str.")
		post(body{"username": "a\x00", "password": strings.Repeat("x", 129)}).wantErrors(t, "username", noNUL,
			"password", tooLong(128))
	})
}

func TestThreat_A15_DeactivatedAnswersLikeUnknown(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", s.acme.member.id), body{"is_active": false}).
			want(t, 200)
		s.acme.owner.delete(t, path("/api/auth/company-users/%d/", s.acme.guest.id)).want(t, 204)
		unknown := s.tryLogin(t, "nobody", password)
		same(t, s.tryLogin(t, s.acme.member.username, password), unknown, 0)
		same(t, s.tryLogin(t, s.acme.guest.username, password), unknown, 0)
	})
}

func TestThreat_A9_A10_RefreshRotates(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		first := s.acme.member
		other := first.again(t)
		second := first.refreshed(t)
		if second.token == first.token || second.access == first.access {
			t.Error("a refresh gave a token that was there before")
		}
		first.alive(t) // the earlier access token stays valid, with its session
		second.alive(t)
		third := second.refreshed(t)
		third.alive(t)

		// The second token comes back: one of its two holders is a thief, so the whole family ends.
		s.clock.advance(11 * time.Second)
		s.tryRefresh(t, second.token).wantDetail(t, 401, badToken)
		for _, a := range []actor{first, second, third} {
			a.dead(t)
			s.tryRefresh(t, a.token).wantDetail(t, 401, badToken)
		}
		other.alive(t) // another sign-in of the same person is another family
		other.refreshed(t).alive(t)
		s.acme.owner.alive(t)
	})
}

func TestThreat_A5_TokensOfAnotherKind(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		s.tryRefresh(t, m.access).wantDetail(t, 401, badToken)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": m.access}).wantDetail(t, 401, badToken)
		m.alive(t)
		s.call(t, "GET", "/api/auth/profile/", nil, "Authorization", "Bearer "+m.token).wantDetail(t, 401, badToken)
		for header, detail := range map[string]string{
			"Bearer": notGiven, "Bearer ": notGiven, m.access: notGiven, "Token " + m.access: notGiven,
			"Basic YTpi": notGiven, "Bearer x": badToken, "bearer " + m.access: "",
		} {
			a := s.call(t, "GET", "/api/auth/profile/", nil, "Authorization", header)
			if detail == "" {
				a.want(t, 200)
				continue
			}
			a.wantDetail(t, 401, detail)
		}
		post := func(b body) answer { return s.call(t, "POST", "/api/auth/token/refresh/", b) }
		post(body{}).wantErrors(t, "refresh", required)
		post(body{"refresh": ""}).wantErrors(t, "refresh", notBlank)
		post(body{"refresh": true}).wantErrors(t, "refresh", notString)
		post(body{"refresh": "x"}).wantDetail(t, 401, badToken)
		m.refreshed(t).alive(t)
	})
}

// TestThreat_A5_A14_ATokenNamesItsOwnSession signs claims that the service never signs, with the right key: a session
// with another person or another company. A cached session must not make them valid.
func TestThreat_A5_A14_ATokenNamesItsOwnSession(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		m.alive(t) // the session is cached now
		now := s.clock.Now()
		for name, c := range map[string]auth.Claims{
			"another company": {UserID: m.id, CompanyID: s.globex.id},
			"another person":  {UserID: s.acme.owner.id, CompanyID: m.company},
		} {
			c.Type, c.Session, c.IssuedAt, c.Expires = auth.TokenAccess, m.session, now, now.Add(time.Hour)
			forged := m
			var err error
			if forged.access, err = s.auth.Signer.Sign(c); err != nil {
				t.Fatal(err)
			}
			t.Log(name)
			forged.dead(t)
		}
		m.alive(t)
	})
}

func TestThreat_A4_TokensExpire(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		s.clock.advance(time.Hour - time.Minute)
		m.alive(t)
		s.clock.advance(time.Minute + time.Second)
		m.dead(t)
		m = m.refreshed(t)
		m.alive(t)
		s.clock.advance(24*time.Hour - time.Minute)
		m = m.refreshed(t) // a used session continues
		m.alive(t)
		s.clock.advance(24*time.Hour + time.Second)
		m.dead(t)
		s.tryRefresh(t, m.token).wantDetail(t, 401, badToken)
		if err := s.auth.ForgetSessions(context.Background()); err != nil {
			t.Fatal(err)
		}
		s.tryRefresh(t, m.token).wantDetail(t, 401, badToken)
	})
}

func TestThreat_A11_RefreshAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		next := m
		for i, a := range atOnce(50, func(int) answer { return s.tryRefresh(t, m.token) }) {
			a.want(t, 200)
			if i == 0 {
				next.access, next.token = a.text("access"), a.text("refresh")
			}
			if a.text("access") != next.access || a.text("refresh") != next.token {
				t.Fatal("one token has two successors")
			}
		}
		next.alive(t)
		last := next.refreshed(t)
		last.alive(t)
		// The successor has been used, so the token of before is reuse, however soon.
		s.tryRefresh(t, m.token).wantDetail(t, 401, badToken)
		last.dead(t)
		s.tryRefresh(t, last.token).wantDetail(t, 401, badToken)
		m.again(t).alive(t)
	})
}

func TestThreat_A12_Logout(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		other := m.again(t)
		m.alive(t) // the session is cached now
		m = m.refreshed(t)
		m.alive(t)
		a := s.call(t, "POST", "/api/auth/logout/", body{"refresh": m.token}).want(t, 204)
		if len(a.body) > 0 {
			t.Errorf("logout says %q", a.body)
		}
		m.dead(t)
		s.tryRefresh(t, m.token).wantDetail(t, 401, badToken)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": m.token}).wantDetail(t, 401, badToken)
		other.alive(t)
	})
}

func TestThreat_A13_PasswordChange(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		here, there := s.acme.member, s.acme.member.again(t)
		here.alive(t)
		there.alive(t)
		change := func(current, fresh any) answer {
			return here.post(t, "/api/auth/password/", body{"current_password": current, "new_password": fresh})
		}
		s.unchanged(t, 0, func() {
			here.post(t, "/api/auth/password/", body{}).wantErrors(t, "current_password", required, "new_password",
				required)
			change("", "").wantErrors(t, "current_password", notBlank, "new_password", notBlank)
			change("wrong "+password, "another "+password).wantErrors(t, "current_password",
				"Your old password was entered incorrectly. Please enter it again.")
			change(password, "x7!").wantErrors(t, "new_password",
				"This password is too short. It must contain at least 8 characters.")
			change(password, "password1").wantErrors(t, "new_password", "This password is too common.")
			change(password, "8305729164").wantErrors(t, "new_password", "This password is entirely numeric.")
			change(password, "acme.member1").wantErrors(t, "new_password",
				"The password is too similar to the username.")
			change(password, []int{}).wantErrors(t, "new_password", notString)
		})
		change(password, "another "+password).want(t, 204)
		there.dead(t)
		s.tryRefresh(t, there.token).wantDetail(t, 401, badToken)
		here.alive(t)
		here.refreshed(t).alive(t)
		s.tryLogin(t, here.username, password).wantDetail(t, 401, noLogin)
		s.login(t, here.username, "another "+password)
		s.acme.owner.alive(t)
	})
}

// Ways to take access away, and the answer to the member's next request. Each session was verified just before.
func TestThreat_A14_RightsEndWithTheNextRequest(t *testing.T) {
	each(t, func(t *testing.T, s *server) { rightsEnd(t, s, s) })
}

// The same when another node takes the access away.
func TestThreat_A12_A14_RightsEndOnEveryNode(t *testing.T) {
	s := newServer(t, "postgres")
	rightsEnd(t, s, s.second(t))
}

func rightsEnd(t *testing.T, s, node *server) {
	t.Helper()
	owner := s.acme.owner
	change := func(p actor, b body) { owner.patch(t, path("/api/auth/company-users/%d/", p.id), b).want(t, 200) }
	n := 0
	member := func(role account.Role) actor {
		n++
		p := s.person(t, s.acme.id, fmt.Sprint("acme.m", n), role).on(node)
		p.alive(t)
		p.get(t, "/api/tasks/").want(t, 200)
		return p
	}
	t.Run("deactivated", func(t *testing.T) {
		p := member(account.Ordinary)
		change(p, body{"is_active": false})
		p.dead(t)
		node.tryRefresh(t, p.token).wantDetail(t, 401, badToken)
		change(p, body{"is_active": true})
		p.dead(t) // its sessions ended, so a new one is needed
		p.again(t).alive(t)
	})
	t.Run("deactivated, and what they ask for is refused unread", func(t *testing.T) {
		p := member(account.Ordinary)
		id := p.task(t, body{})
		for _, ask := range []func() answer{
			func() answer { return p.get(t, "/api/tasks/none/") },
			func() answer { return p.get(t, "/api/tasks/?nonsense=1") },
			func() answer { return p.post(t, "/api/tasks/", body{}) },
			func() answer { return p.call(t, "POST", "/api/tasks/", "{", "Content-Type", "text/plain") },
			func() answer { return p.patch(t, taskPath(id), body{"status": "urgent"}) },
		} {
			if a := ask(); a.status < 400 || a.status == 401 {
				t.Fatalf("%s: status %d", a.request, a.status)
			}
		}
		change(p, body{"is_active": false})
		p.get(t, "/api/tasks/none/").wantDetail(t, 401, badToken)
		p.get(t, "/api/tasks/?nonsense=1").wantDetail(t, 401, badToken)
		p.post(t, "/api/tasks/", body{}).wantDetail(t, 401, badToken)
		p.call(t, "POST", "/api/tasks/", "{", "Content-Type", "text/plain").wantDetail(t, 401, badToken)
		p.patch(t, taskPath(id), body{"status": "urgent"}).wantDetail(t, 401, badToken)
	})
	t.Run("made a guest", func(t *testing.T) {
		p := member(account.Ordinary)
		id := p.task(t, body{})
		change(p, body{"role": "guest"})
		p.post(t, "/api/tasks/", body{"title": "x"}).wantDetail(t, 403, forbids)
		p.put(t, path("/api/tasks/%d/", id), body{"title": "x"}).wantDetail(t, 403, forbids)
		p.patch(t, path("/api/tasks/%d/", id), body{"title": "x"}).wantDetail(t, 403, forbids)
		p.delete(t, path("/api/tasks/%d/", id)).wantDetail(t, 403, forbids)
		p.get(t, path("/api/tasks/%d/", id)).want(t, 200)
		if got := p.get(t, "/api/auth/profile/").text("role"); got != "guest" {
			t.Errorf("the profile says %q", got)
		}
		change(p, body{"role": "member"})
		p.patch(t, path("/api/tasks/%d/", id), body{"title": "x"}).want(t, 200)
	})
	t.Run("no longer an admin", func(t *testing.T) {
		p := member(account.Admin)
		p.get(t, "/api/auth/invitations/").want(t, 200)
		users := p.get(t, "/api/auth/company-users/?search=acme.owner").want(t, 200)
		if users.text("results.0.email") != owner.email {
			t.Errorf("an admin sees %s", users.body)
		}
		change(p, body{"role": "member"})
		got := p.get(t, "/api/auth/company-users/?search=acme.owner").want(t, 200)
		if got.text("results.0.email") != "" || got.text("results.0.phone") != "" {
			t.Errorf("who is no admin any more still sees %s", got.body)
		}
		p.get(t, "/api/auth/invitations/").wantDetail(t, 403, forbids)
		p.post(t, "/api/auth/invitations/", body{}).wantDetail(t, 403, forbids)
		p.patch(t, "/api/auth/company/", body{"description": "x"}).wantDetail(t, 403, forbids)
		p.delete(t, path("/api/auth/company-users/%d/", s.acme.guest.id)).wantDetail(t, 403, forbids)
	})
	t.Run("removed", func(t *testing.T) {
		p := member(account.Ordinary)
		owner.delete(t, path("/api/auth/company-users/%d/", p.id)).want(t, 204)
		p.dead(t)
		node.tryRefresh(t, p.token).wantDetail(t, 401, badToken)
	})
	t.Run("signed out", func(t *testing.T) {
		p := member(account.Ordinary)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": p.token}).want(t, 204)
		p.dead(t)
	})
	t.Run("password changed elsewhere", func(t *testing.T) {
		p := member(account.Ordinary)
		p.on(s).again(t).post(t, "/api/auth/password/",
			body{"current_password": password, "new_password": "another " + password}).want(t, 204)
		p.dead(t)
	})
	t.Run("refresh token came back", func(t *testing.T) {
		p := member(account.Ordinary)
		s.tryRefresh(t, p.token).want(t, 200)
		s.clock.advance(11 * time.Second)
		s.tryRefresh(t, p.token).want(t, 401)
		p.dead(t)
	})
	t.Run("company renamed", func(t *testing.T) {
		p := member(account.Ordinary)
		owner.patch(t, "/api/auth/company/", body{"name": "Acme Renamed"}).want(t, 200)
		if got := p.get(t, "/api/auth/profile/").text("company.name"); got != "Acme Renamed" {
			t.Errorf("the profile says %q", got)
		}
		owner.patch(t, "/api/auth/company/", body{"name": s.acme.name}).want(t, 200)
	})
	// The first request after it finds the session cached; the later ones do not.
	for _, c := range asks {
		t.Run("the first request after it: "+c.name, func(t *testing.T) {
			ordinary, guest := member(account.Ordinary), member(account.Guest)
			change(ordinary, body{"is_active": false})
			s.call(t, "POST", "/api/auth/logout/", body{"refresh": guest.token}).want(t, 204)
			for _, p := range []actor{ordinary, guest} {
				s.unchanged(t, s.acme.id,
					func() { p.call(t, c.method, c.path, c.payload).wantDetail(t, 401, badToken) })
			}
		})
	}
	t.Run("deactivated persons get no tasks", func(t *testing.T) { // T3
		p, by := member(account.Ordinary), member(account.Ordinary)
		id := by.task(t, body{"assigned_to": p.id})
		by.get(t, path("/api/tasks/%d/", id)).want(t, 200) // the member is cached now
		change(p, body{"is_active": false})
		by.post(t, "/api/tasks/", body{"title": "x", "assigned_to": p.id}).wantErrors(t, "assigned_to", noSuch(p.id))
		if got := by.get(t, path("/api/tasks/%d/", id)).want(t, 200); got.at("assigned_to_detail.is_active") != false {
			t.Errorf("the task shows %v", got.at("assigned_to_detail"))
		}
		change(p, body{"is_active": true})
		by.task(t, body{"assigned_to": p.id})
	})
}

func noSuch(id int64) string { return fmt.Sprintf(`Invalid pk "%d" - object does not exist.`, id) }

func TestThreat_A1_A2_A3_A4_A5_A6_A7_ForgedTokens(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		// Forged tokens come from two sessions, because some of them end theirs: a valid refresh token that was never
		// issued counts as reuse.
		cases := tokentest.Corpus(m.access, s.key, s.clock.Now())
		refreshes := tokentest.Corpus(m.again(t).access, s.key, s.clock.Now())
		routes := s.api.Routes()
		sent := 0
		for i, c := range cases {
			if !c.Sendable() {
				continue
			}
			sent++
			// Every token at some routes, and every route with some tokens: all combinations would be 5,000 requests.
			for j, r := range routes {
				if r.Anyone || (i+j)%5 != 0 {
					continue
				}
				a := s.call(t, r.Method, fill(r, 1), payloadOf(r), "Authorization", "Bearer "+c.Token)
				if a.status != 401 || a.text("detail") != badToken && a.text("detail") != notGiven {
					t.Errorf("%s: %s is answered %d\n%s", c.Name, a.request, a.status, a.body)
				}
			}
			if a := s.tryRefresh(t, refreshes[i].Token); a.status != 401 && a.status != 400 {
				t.Errorf("%s: a refresh is answered %d", c.Name, a.status)
			}
		}
		if sent < 100 {
			t.Errorf("only %d forged tokens were sent", sent)
		}
		m.alive(t) // the session of the forged tokens
	})
}

func TestThreat_A17_A18_Throttling(t *testing.T) {
	limited := func(t *testing.T, engine string, trusted ...string) *server {
		t.Helper()
		return newServer(t, engine, func(s *server) {
			now := s.clock.Now
			s.auth.Limits.LoginByAccount = limit.New(limit.Rate{Burst: 3, Per: time.Minute}, now)
			s.auth.Limits.LoginByAddress = limit.New(limit.Rate{Burst: 6, Per: time.Minute}, now)
			s.auth.Limits.RegisterByAddress = limit.New(limit.Rate{Burst: 2, Per: time.Hour}, now)
			s.auth.Limits.RefreshByAddress = limit.New(limit.Rate{Burst: 2, Per: time.Minute}, now)
			for _, p := range trusted {
				s.api.TrustedProxies = append(s.api.TrustedProxies, netip.MustParsePrefix(p))
			}
		})
	}
	throttled := func(t *testing.T, a answer) {
		t.Helper()
		a.want(t, http.StatusTooManyRequests)
		wait := a.header.Get("Retry-After")
		want := fmt.Sprintf("Request was throttled. Expected available in %s seconds.", wait)
		if a.text("detail") != want {
			t.Errorf("detail %q, Retry-After %q", a.text("detail"), wait)
		}
	}
	// The limits are in memory, so one engine is enough.
	t.Run("by account, whoever asks and however it is spelled", func(t *testing.T) {
		s := limited(t, "sqlite", "127.0.0.0/8")
		for i := range 3 {
			s.tryLogin(t, "acme.owner", "wrong", "X-Forwarded-For", fmt.Sprint("198.51.100.", i)).want(t, 401)
		}
		for i, name := range []string{"acme.owner", "ACME.OWNER", " acme.owner"} {
			throttled(t, s.tryLogin(t, name, password, "X-Forwarded-For", fmt.Sprint("198.51.100.", 10+i)))
		}
		s.tryLogin(t, "acme.member", password, "X-Forwarded-For", "198.51.100.20").want(t, 200)
		s.acme.owner.alive(t)
		s.clock.advance(21 * time.Second) // a third of the minute: one more attempt, and no lock-out
		s.tryLogin(t, "acme.owner", password, "X-Forwarded-For", "198.51.100.21").want(t, 200)
	})
	t.Run("by account and address together, so that guessing shuts out only who guesses", func(t *testing.T) {
		s := newServer(t, "sqlite", func(s *server) {
			s.auth.Limits.LoginByPair = limit.New(limit.Rate{Burst: 2, Per: time.Minute}, s.clock.Now)
			s.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		})
		for range 2 {
			s.tryLogin(t, "acme.owner", "wrong", "X-Forwarded-For", "198.51.100.1").want(t, 401)
		}
		throttled(t, s.tryLogin(t, "Acme.Owner", password, "X-Forwarded-For", "198.51.100.1"))
		s.tryLogin(t, "acme.owner", password, "X-Forwarded-For", "198.51.100.2").want(t, 200)
		s.tryLogin(t, "acme.member", password, "X-Forwarded-For", "198.51.100.1").want(t, 200)
	})
	t.Run("by account, by whichever of its names", func(t *testing.T) {
		s := limited(t, "sqlite", "127.0.0.0/8")
		for i, name := range []string{"acme.owner", "acme.owner@mail.example", "ACME.OWNER@MAIL.EXAMPLE"} {
			s.tryLogin(t, name, "wrong", "X-Forwarded-For", fmt.Sprint("198.51.100.", i)).want(t, 401)
		}
		for i, name := range []string{
			"acme.owner", "acme.owner@mail.example", "acme.owner@mail\u3002example", "acme.owner@mail\uff61example",
		} {
			throttled(t, s.tryLogin(t, name, password, "X-Forwarded-For", fmt.Sprint("198.51.100.", 10+i)))
		}
		// A name that nobody has counts for each way to write it, too.
		for i, name := range []string{"no@mail.example", "no@mail\u3002example", "NO@mail\uff61example"} {
			s.tryLogin(t, name, "wrong", "X-Forwarded-For", fmt.Sprint("198.51.100.", 30+i)).want(t, 401)
		}
		throttled(t, s.tryLogin(t, "no@mail.example", "wrong", "X-Forwarded-For", "198.51.100.40"))
	})
	t.Run("unknown accounts like known ones", func(t *testing.T) {
		s := limited(t, "sqlite")
		for range 3 {
			s.tryLogin(t, "nobody", "wrong").want(t, 401)
		}
		throttled(t, s.tryLogin(t, "nobody", "wrong"))
	})
	t.Run("by address, whatever the headers say", func(t *testing.T) {
		s := limited(t, "sqlite")
		for i := range 6 {
			s.tryLogin(t, fmt.Sprint("nobody", i), "wrong").want(t, 401)
		}
		for i, header := range []string{
			"X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP",
			"X-Cluster-Client-IP",
		} {
			value := "203.0.113.7"
			if header == "Forwarded" {
				value = "for=203.0.113.7"
			}
			throttled(t, s.tryLogin(t, fmt.Sprint("somebody", i), "wrong", header, value))
		}
		s.clock.advance(11 * time.Second)
		s.tryLogin(t, "acme.owner", password).want(t, 200)
		throttled(t, s.tryLogin(t, "acme.owner", password)) // a success does not give attempts back
	})
	t.Run("behind a trusted proxy, by the hop before it", func(t *testing.T) {
		s := limited(t, "sqlite", "127.0.0.0/8")
		for i := range 6 {
			s.tryLogin(t, fmt.Sprint("nobody", i), "wrong", "X-Forwarded-For",
				fmt.Sprintf("203.0.113.%d, 198.51.100.1", i)).want(t, 401)
		}
		throttled(t, s.tryLogin(t, "somebody", "wrong", "X-Forwarded-For", "203.0.113.99, 198.51.100.1"))
		s.tryLogin(t, "somebody", "wrong", "X-Forwarded-For", "198.51.100.2").want(t, 401)
	})
	t.Run("registering and refreshing", func(t *testing.T) {
		s := limited(t, "sqlite")
		for range 2 {
			s.call(t, "POST", "/api/auth/register/", registration(body{"username": "acme.owner"})).want(t, 400)
			s.tryRefresh(t, "nonsense").want(t, 401)
		}
		throttled(t, s.call(t, "POST", "/api/auth/register/", registration(nil)))
		throttled(t, s.tryRefresh(t, s.acme.owner.token))
		s.clock.advance(31 * time.Second)
		s.tryRefresh(t, s.acme.owner.token).want(t, 200)
	})
	t.Run("changing a password counts for the session", func(t *testing.T) {
		s := limited(t, "sqlite")
		s.auth.Limits.LoginByDevice = limit.New(limit.Rate{Burst: 3, Per: time.Minute}, s.clock.Now)
		guess := body{"current_password": "wrong", "new_password": "another " + password}
		for range 3 {
			s.acme.member.post(t, "/api/auth/password/", guess).want(t, 400)
		}
		throttled(t, s.acme.member.post(t, "/api/auth/password/", guess))
		// A stolen session does not lock its owner out.
		s.tryLogin(t, "acme.member", password).want(t, 200)
	})
	t.Run("off is off", func(t *testing.T) {
		s := newServer(t, "sqlite")
		for range 40 {
			s.tryRefresh(t, "nonsense").want(t, 401)
		}
	})
}
