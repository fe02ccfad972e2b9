package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// limitedLogins makes sign-ins run into every limit quickly. The clients' addresses come from X-Forwarded-For.
func limitedLogins(s *server) {
	s.auth.Limits.LoginByPair = limit.New(limit.Rate{Burst: 2, Per: time.Hour}, s.clock.Now)
	s.auth.Limits.LoginByAccount = limit.New(limit.Rate{Burst: 4, Per: time.Hour}, s.clock.Now)
	s.auth.Limits.LoginByAddress = limit.New(limit.Rate{Burst: 12, Per: time.Hour}, s.clock.Now)
	s.auth.Limits.LoginByDevice = limit.New(limit.Rate{Burst: 3, Per: time.Hour}, s.clock.Now)
	s.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// eachLimited runs fn like each, with servers whose sign-ins run into every limit quickly.
func eachLimited(t *testing.T, fn func(t *testing.T, s *server)) {
	t.Helper()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, newServer(t, engine, limitedLogins))
		})
	}
}

// home is the address of the owner's browser.
const home = "198.51.100.77"

// webLogin signs in to the web app from an address, in a browser with these cookies.
func (s *server) webLogin(t *testing.T, name, word, from string, cookies ...*http.Cookie) answer {
	t.Helper()
	h := browser(nil, "X-Forwarded-For", from)
	for _, c := range cookies {
		h = append(h, "Cookie", c.Name+"="+c.Value)
	}
	return s.call(t, "POST", "/api/session/", body{"username": name, "password": word}, h...)
}

// device returns the device cookie that an answer sets.
func (a answer) device(t testing.TB) *http.Cookie {
	t.Helper()
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == "__Host-taskhouse-device" {
			return c
		}
	}
	t.Fatalf("%s sets no device cookie: %q", a.request, a.header.Values("Set-Cookie"))
	return nil
}

// attack uses up the attempts on an account from everywhere, also from the owner's address.
func (s *server) attack(t *testing.T, name string) {
	t.Helper()
	for i := range 12 {
		s.tryLogin(t, name, "wrong", "X-Forwarded-For", fmt.Sprint("203.0.113.", i))
	}
	for i := range 12 {
		s.tryLogin(t, fmt.Sprint("nobody", i), "wrong", "X-Forwarded-For", home)
	}
	s.tryLogin(t, name, password, "X-Forwarded-For", "203.0.113.200").want(t, 429)
	s.tryLogin(t, "acme.guest", password, "X-Forwarded-For", home).want(t, 429)
}

// An owner signs in where they signed in before, whatever attempts come from elsewhere.
func TestThreat_A17_A35_NoLockOutFromAKnownDevice(t *testing.T) {
	eachLimited(t, func(t *testing.T, s *server) {
		m, later := s.acme.member, s.acme.admin
		c := s.webLogin(t, m.username, password, home).want(t, 200).device(t)
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" ||
			c.Expires.Before(s.clock.Now().AddDate(0, 6, 0)) {
			t.Errorf("the cookie is %s", c)
		}
		s.attack(t, m.username)
		s.webLogin(t, m.username, password, home).want(t, 429)
		for _, name := range []string{m.username, m.email} {
			c = s.webLogin(t, name, password, home, c).want(t, 200).device(t)
		}

		// The device has a limit of its own, which the next cookies share, and no more attempts beside it.
		s.webLogin(t, m.username, "wrong", home, c).want(t, 401)
		s.webLogin(t, m.username, password, home, c).want(t, 429)
		s.clock.advance(21 * time.Minute)
		s.attack(t, m.username)
		s.webLogin(t, m.username, password, "192.0.2.1", c).want(t, 200) // the device, not the address, is known

		// A cookie is for its account.
		s.attack(t, later.username)
		s.webLogin(t, later.username, password, home, c).want(t, 429)
		s.webLogin(t, s.acme.owner.username, password, "192.0.2.7", c).want(t, 200)
	})
}

func TestThreat_A35_AttemptsFromADeviceCountThere(t *testing.T) {
	s := newServer(t, "sqlite", limitedLogins)
	m := s.acme.member
	c := s.webLogin(t, m.username, password, home).want(t, 200).device(t)
	for range 3 {
		s.webLogin(t, m.username, "wrong", home, c).want(t, 401)
	}
	// A stolen cookie takes no attempt from other devices, and no typing error one from the account.
	for i := range 3 {
		s.webLogin(t, m.username, password, fmt.Sprint("192.0.2.", i)).want(t, 200)
	}
	// Beyond its own limit a device is like an unknown one.
	s.webLogin(t, m.username, password, home, c).want(t, 429)
}

func TestThreat_A35_ForgedDevices(t *testing.T) {
	s := newServer(t, "sqlite", limitedLogins)
	m := s.acme.member
	in := s.webLogin(t, m.username, password, home).want(t, 200)
	c, session := in.device(t), in.cookie(t)
	signed := func(claims auth.Claims) string {
		claims.IssuedAt, claims.Session = s.clock.Now(), "device"
		if claims.Expires.IsZero() {
			claims.Expires = claims.IssuedAt.Add(time.Hour)
		}
		token, err := s.auth.Signer.Sign(claims)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	s.attack(t, m.username)
	good := signed(auth.Claims{Type: auth.TokenDevice, UserID: m.id})
	s.webLogin(t, m.username, password, home, &http.Cookie{Name: c.Name, Value: good}).want(t, 200)
	for name, value := range map[string]string{
		"another kind":    signed(auth.Claims{Type: auth.TokenWeb, UserID: m.id, CompanyID: m.company}),
		"the session":     session.Value,
		"another account": signed(auth.Claims{Type: auth.TokenDevice, UserID: s.acme.owner.id}),
		"no account":      signed(auth.Claims{Type: auth.TokenDevice, UserID: 999_999}),
		"another password": signed(auth.Claims{
			Type: auth.TokenDevice, UserID: m.id, PasswordEpoch: 1,
		}),
		"damaged": c.Value[:len(c.Value)-2] + "AA",
		"empty":   "",
		"many":    strings.Repeat("x~", 1000) + c.Value,
	} {
		t.Run(name, func(t *testing.T) {
			s.webLogin(t, m.username, password, home, &http.Cookie{Name: c.Name, Value: value}).want(t, 429)
		})
	}
	// It opens nothing.
	for _, name := range []string{c.Name, session.Name} {
		s.call(t, "GET", "/api/auth/profile/", nil, browser(&http.Cookie{Name: name, Value: c.Value})...).want(t, 401)
	}
	s.call(t, "GET", "/api/auth/profile/", nil, "Authorization", "Bearer "+c.Value).want(t, 401)
	s.call(t, "POST", "/api/auth/token/refresh/", body{"refresh": c.Value}).want(t, 401)
	// A page of another site cannot use it, nor can a client of tokens.
	s.call(t, "POST", "/api/session/", body{"username": m.username, "password": password},
		"Sec-Fetch-Site", "cross-site", "Cookie", c.Name+"="+c.Value).want(t, 403)
	s.tryLogin(t, m.username, password, "X-Forwarded-For", home, "Cookie", c.Name+"="+c.Value).want(t, 429)
}

// A new password makes the devices of the old one unknown, but the browser in which it was set. A new address or a new
// salt makes none unknown.
func TestThreat_A35_ANewPasswordForgetsDevices(t *testing.T) {
	eachLimited(t, func(t *testing.T, s *server) {
		m := s.acme.member
		thief := s.webLogin(t, m.username, password, "192.0.2.1").want(t, 200).device(t)
		in := s.webLogin(t, m.username, password, home).want(t, 200)
		mine, session := in.device(t), in.cookie(t)
		cookies := session.Name + "=" + session.Value + "; " + mine.Name + "=" + mine.Value

		// Attempts from elsewhere stop no owner from changing the password or the address.
		s.attack(t, m.username)
		s.call(t, "PATCH", "/api/auth/profile/", body{"email": "new@mail.example", "current_password": password},
			browser(nil, "Cookie", cookies)...).want(t, 200)
		s.webLogin(t, "new@mail.example", password, home, mine).want(t, 200)
		mine = s.call(t, "POST", "/api/auth/password/",
			body{"current_password": password, "new_password": "another-good-one-7"},
			browser(nil, "Cookie", cookies)...).want(t, 204).device(t)

		s.webLogin(t, m.username, "another-good-one-7", "192.0.2.1", thief).want(t, 429)
		s.webLogin(t, m.username, "another-good-one-7", home, mine).want(t, 200)
		// A client with tokens has no cookies.
		a := s.acme.admin.post(t, "/api/auth/password/",
			body{"current_password": password, "new_password": "another-good-one-7"}).want(t, 204)
		if got := a.header.Get("Set-Cookie"); got != "" {
			t.Errorf("a client with tokens gets a cookie: %s", got)
		}
		// So does a new password from the command line.
		if err := s.auth.ResetPassword(t.Context(), m.username, "a third good one 7"); err != nil {
			t.Fatal(err)
		}
		s.webLogin(t, m.username, "a third good one 7", home, mine).want(t, 429)
	})
}

// Several accounts use one browser, some with one address: each is known there, and no other holder of the address
// keeps one out.
func TestThreat_A35_SeveralAccountsOnADevice(t *testing.T) {
	s := newServer(t, "sqlite", limitedLogins)
	m, other := s.acme.member, s.globex.member
	c := s.webLogin(t, m.username, password, home).want(t, 200).device(t)
	c = s.webLogin(t, other.username, password, home, c).want(t, 200).device(t)
	if _, err := s.auth.Promote(t.Context(), s.acme.admin.username); err != nil {
		t.Fatal(err)
	}
	op := func(cookies ...*http.Cookie) answer {
		h := browser(nil, "X-Forwarded-For", home)
		for _, c := range cookies {
			h = append(h, "Cookie", c.Name+"="+c.Value)
		}
		return s.call(t, "POST", "/api/operator/session/",
			body{"username": s.acme.admin.username, "password": password}, h...)
	}
	c = op(c).want(t, 200).device(t)
	for _, p := range []actor{m, other, s.acme.admin} {
		s.attack(t, p.username)
	}
	op().want(t, 429)
	op(c).want(t, 200)
	for _, p := range []actor{m, other} {
		s.webLogin(t, p.username, password, home, c).want(t, 200)
	}
	// A fourth account takes the place of the first one.
	c = s.webLogin(t, s.globex.owner.username, password, "192.0.2.9", c).want(t, 200).device(t)
	s.webLogin(t, m.username, password, home, c).want(t, 429)
	s.webLogin(t, other.username, password, home, c).want(t, 200)

	// Another account takes the address, and its attempts are used up.
	if a := s.acme.guest.patch(t, "/api/auth/profile/",
		body{"email": other.email, "current_password": password}); a.status != 200 {
		t.Fatalf("the address is not taken: %s", a.body)
	}
	before := s.auth.Hasher.Computed()
	s.webLogin(t, other.email, "wrong", home, c).want(t, 401)
	if n := s.auth.Hasher.Computed() - before; n != 3 {
		t.Errorf("%d hashes, but every failed attempt with an address computes 3", n)
	}
}
