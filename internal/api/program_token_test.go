package api_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

// allScopes are the scopes of tokens, a second time, so that the test does not trust the list that it tests.
var allScopes = []string{
	"tasks:read", "tasks:write", "events:read", "people:read", "people:write", "notifications:read",
	"notifications:write", "admin",
}

// program is an actor whose requests carry a token for programs.
type program struct {
	actor

	grant int64 // the id of the token
}

// mint makes a token of the actor's, and returns a program that has it.
func (a actor) mint(t testing.TB, scopes ...string) program {
	t.Helper()
	return a.minted(t, "/api/auth/tokens/", scopes...)
}

func (a actor) minted(t testing.TB, path string, scopes ...string) program {
	t.Helper()
	made := a.again(t.(*testing.T)).post(t, path, body{"name": "a program", "scopes": scopes}).want(t, 201)
	p := program{a, made.id("id")}
	p.actor.id, p.access = made.id("user"), made.text("token")
	return p
}

// on returns the program at another node.
func (p program) on(s *server) program { p.actor = p.actor.on(s); return p }

// robot makes a service account and returns its id.
func (a actor) robot(t testing.TB, name, role string) int64 {
	t.Helper()
	return a.post(t, "/api/auth/company/service-accounts/", body{"name": name, "role": role}).want(t, 201).id("id")
}

const (
	myTokens  = "/api/auth/tokens/"
	ourTokens = "/api/auth/company/tokens/"
	robots    = "/api/auth/company/service-accounts/"
)

// checksumOf returns the checksum that a scanner of secrets computes: CRC-32 in base 62, upper case first.
func checksumOf(text string) string {
	sum := strings.Map(func(r rune) rune { // math/big has lower case first
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, big.NewInt(int64(crc32.ChecksumIEEE([]byte(text)))).Text(62))
	return strings.Repeat("0", 6-len(sum)) + sum
}

func TestThreat_A29_TokensAreShownOnceAndStoredHashed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		made := m.post(t, myTokens, body{"name": "CI", "scopes": []string{"tasks:write", "tasks:read", "tasks:read"}}).
			want(t, 201)
		token := made.text("token")
		if !regexp.MustCompile(`^thp_[0-9A-Za-z]{36}$`).MatchString(token) {
			t.Fatalf("the token is %q", token)
		}
		if want := checksumOf(token[:34]); token[34:] != want {
			t.Errorf("the checksum of %s is not %s", token, want)
		}
		if got := fmt.Sprint(made.at("scopes")); got != "[tasks:read tasks:write]" {
			t.Errorf("the scopes are %s", got)
		}
		if made.text("hint") != token[36:] || made.id("user") != m.id || made.at("last_used_at") != nil {
			t.Errorf("the answer is %s", made.body)
		}
		rows := s.snapshot(t, 0)
		if strings.Contains(rows, token) || strings.Contains(rows, token[4:34]) {
			t.Error("the database has the token")
		}
		hash := sha256.Sum256([]byte(token))
		if !strings.Contains(rows, hex.EncodeToString(hash[:])) {
			t.Error("the database does not have the hash")
		}
		for _, a := range []answer{m.get(t, myTokens), s.acme.admin.get(t, ourTokens)} {
			if a.want(t, 200); a.id("count") != 1 || strings.Contains(string(a.body), token[4:34]) {
				t.Errorf("%s: %s", a.request, a.body)
			}
		}
		if other := m.mint(t, "tasks:read"); other.access == token {
			t.Error("two tokens are equal")
		}
		audit := string(s.acme.admin.get(t, "/api/events/audit/?kind=token_created").want(t, 200).body)
		if !strings.Contains(audit, "“CI”") || !strings.Contains(audit, "tasks:read tasks:write") ||
			strings.Contains(audit, token[4:34]) || strings.Contains(audit, hex.EncodeToString(hash[:])) {
			t.Errorf("the audit log says %s", audit)
		}
	})
}

func TestThreat_A29_TokensNeedAFreshProofAndHaveBounds(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		in := func(more body) body {
			b := body{"name": "x", "scopes": []string{"tasks:read"}}
			for k, v := range more {
				b[k] = v
			}
			return b
		}
		life := func(a answer) time.Duration {
			from, err1 := time.Parse(time.RFC3339, a.text("created_at"))
			to, err2 := time.Parse(time.RFC3339, a.text("expires_at"))
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			return to.Sub(from)
		}
		day := 24 * time.Hour
		if got := life(m.post(t, myTokens, in(nil)).want(t, 201)); got != 90*day {
			t.Errorf("without expires_in_days it lives %v", got)
		}
		if got := life(m.post(t, myTokens, in(body{"expires_in_days": 366})).want(t, 201)); got != 366*day {
			t.Errorf("it lives %v", got)
		}
		for _, days := range []any{0, 367, -1, "90", 1.5} {
			m.post(t, myTokens, in(body{"expires_in_days": days})).want(t, 400)
		}
		for _, scopes := range []any{
			[]string{},
			[]string{"tasks"},
			[]string{"*"},
			[]string{"none"},
			[]string{"any"},
			"tasks:read",
			[]any{nil},
			[]any{1},
			[]string{"tasks:read", "TASKS:WRITE"},
			[]string{"tasks:read tasks:write"},
		} {
			a := m.post(t, myTokens, in(body{"scopes": scopes})).want(t, 400)
			if len(a.errors()["scopes"]) != 1 {
				t.Errorf("%v: %s", scopes, a.body)
			}
		}
		s.clock.advance(11 * time.Minute)
		m.post(t, myTokens, in(nil)).wantErrors(t, "current_password", "Enter your current password, or sign in again.")
		m.post(t, myTokens, in(body{"current_password": "another " + password})).wantErrors(t,
			"current_password", "Your old password was entered incorrectly. Please enter it again.")
		m.post(t, myTokens, in(body{"current_password": password})).want(t, 201)
		m.refreshed(t).post(t, myTokens, in(nil)).want(t, 400) // a refresh is no sign-in

		for _, c := range []struct {
			who     actor
			scope   string
			message string
		}{
			{s.acme.guest, "tasks:write", "The role guest does not allow tasks:write."},
			{s.acme.member, "admin", "The role member does not allow admin."},
			{s.acme.member, "people:write", "The role member does not allow people:write."},
		} {
			c.who.again(t).post(t, myTokens, in(body{"scopes": []string{c.scope, "people:read"}})).
				wantErrors(t, "scopes", c.message)
		}
		fresh := s.acme.guest.again(t)
		for range 50 {
			fresh.post(t, myTokens, in(nil)).want(t, 201)
		}
		fresh.post(t, myTokens, in(nil)).want(t, 409)
	})
}

func TestProgramTokensNoteTheirUseRarely(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.acme.member.mint(t, "tasks:read")
		used := func() string { return s.acme.member.get(t, myTokens).want(t, 200).text("results.0.last_used_at") }
		p.get(t, "/api/tasks/").want(t, 200)
		first := used()
		if first == "" {
			t.Fatal("the use is not noted")
		}
		s.unchanged(t, 0, func() {
			for range 20 {
				p.get(t, "/api/tasks/").want(t, 200)
			}
		})
		s.clock.advance(4 * time.Minute)
		p.get(t, "/api/tasks/").want(t, 200)
		if got := used(); got != first {
			t.Errorf("after 4 minutes it was noted again: %s, %s", first, got)
		}
		s.clock.advance(2 * time.Minute)
		p.get(t, "/api/tasks/").want(t, 200)
		if got := used(); got <= first {
			t.Errorf("after 6 minutes it was not noted again: %s, %s", first, got)
		}
	})
}

// TestThreat_A4_A5_A7_A29_TokensThatMustNotHold sends texts that are no valid token for programs.
func TestThreat_A4_A5_A7_A29_TokensThatMustNotHold(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		good := m.mint(t, "tasks:read")
		good.get(t, "/api/tasks/").want(t, 200)
		token := good.access
		swap := func(at int) string {
			b := []byte(token)
			b[at] = map[bool]byte{true: 'b', false: 'a'}[b[at] == 'a']
			return string(b)
		}
		rehashed := func(text string) string { return text + checksumOf(text) }
		revoked := m.mint(t, "tasks:read")
		revoked.get(t, "/api/tasks/").want(t, 200)
		m.delete(t, path("%s%d/", myTokens, revoked.grant)).want(t, 204)
		cases := map[string]string{
			"truncated":                   token[:39],
			"cut to the prefix":           "thp_",
			"extended":                    token + "A",
			"another random part":         swap(20),
			"another checksum":            swap(39),
			"another case":                strings.ToLower(token),
			"the other prefix":            "ths_" + token[4:],
			"the other prefix, checked":   rehashed("ths_" + token[4:34]),
			"never issued, checked":       rehashed("thp_" + strings.Repeat("A", 30)),
			"padded":                      token + "=",
			"a space before":              " " + token,
			"not base 62":                 token[:20] + "-" + token[21:],
			"a letter beyond ASCII":       token[:20] + "é" + token[22:],
			"revoked":                     revoked.access,
			"its hash":                    fmt.Sprintf("thp_%x", sha256.Sum256([]byte(token))),
			"16 KB":                       token + strings.Repeat("A", 16<<10),
			"a token of a session inside": "thp_" + m.access,
		}
		for name, bad := range cases {
			for _, p := range []string{"/api/tasks/", "/api/auth/profile/", "/api/events/"} {
				a := s.call(t, "GET", p, nil, "Authorization", "Bearer "+bad)
				if a.status != 401 || a.text("detail") != badToken {
					t.Errorf("%s: %s is answered %d\n%s", name, p, a.status, a.body)
				}
			}
		}
		s.call(t, "GET", "/api/tasks/", nil, "Authorization", "Token "+token).wantDetail(t, 401, notGiven)
		for _, c := range []string{"taskhouse", "__Host-taskhouse"} {
			a := s.call(t, "GET", "/api/tasks/", nil, "Cookie", c+"="+token)
			if a.status != 401 {
				t.Errorf("in a cookie it is answered %d", a.status)
			}
		}
		s.tryRefresh(t, token).want(t, 401)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": token}).want(t, 401)
		good.get(t, "/api/operator/companies/").wantDetail(t, 403, forbids)
		good.get(t, "/api/tasks/").want(t, 200)

		days := m.again(t).post(t, myTokens, body{"name": "x", "scopes": []string{"tasks:read"}, "expires_in_days": 1}).
			want(t, 201)
		p := m
		p.access = days.text("token")
		p.get(t, "/api/tasks/").want(t, 200)
		s.clock.advance(24*time.Hour - time.Minute)
		p.get(t, "/api/tasks/").want(t, 200)
		s.clock.advance(time.Minute)
		p.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		s.acme.owner = s.acme.owner.again(t)
		got := s.acme.owner.get(t, ourTokens).want(t, 200).list("id")
		if !slices.Contains(got, fmt.Sprint(days.id("id"))) {
			t.Error("an expired token is not in the list")
		}
		s.clock.advance(31 * 24 * time.Hour)
		if err := s.auth.ForgetSessions(t.Context()); err != nil {
			t.Fatal(err)
		}
		row := fmt.Sprintf("program_tokens: %d|%d|", m.company, days.id("id"))
		if strings.Contains(s.snapshot(t, 0), row) {
			t.Error("an expired token stays for ever")
		}
	})
}

// TestThreat_A41_EveryRouteByEveryScope calls every row of the table with a token of each scope. A route is open to the
// scopes that it declares and to no other, whatever the role: the tokens are an owner's.
func TestThreat_A41_EveryRouteByEveryScope(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner := s.acme.owner
		programs := map[string]program{}
		for _, scope := range allScopes {
			programs[scope] = owner.mint(t, scope)
		}
		everything := owner.mint(t, allScopes...)
		opened := map[string]int{}
		for _, r := range s.api.Routes() {
			if r.Anyone || r.Operator {
				continue
			}
			for _, scope := range allScopes {
				open := r.Scope == "any" || r.Scope == scope
				if open {
					opened[scope]++
				}
				tryScope(t, programs[scope], r, open)
			}
			tryScope(t, everything, r, r.Scope != "none")
		}
		for _, scope := range allScopes {
			if opened[scope] < 4 { // three routes are open to any token
				t.Errorf("%s opens no route of its own", scope)
			}
		}
	})
}

// tryScope calls a route with a token. An open route may answer anything but 401 and 403.
func tryScope(t *testing.T, p program, r api.Route, open bool) {
	t.Helper()
	target := fill(r, never)
	if r.Stream {
		target += "?since=none"
	}
	a := p.call(t, r.Method, target, payloadOf(r))
	switch refused := a.status == 403 && a.text("code") == "insufficient_scope"; {
	case open && (a.status == 401 || a.status == 403):
		t.Errorf("%s (%s) is refused to a token that has its scope: %s", a.request, r.Scope, a.body)
	case !open && !refused:
		t.Errorf("%s (%s) is open to a token without its scope: %d %s", a.request, r.Scope, a.status, a.body)
	}
}

// TestThreat_A41_ScopesOfRoutes lists the scopes of the table a second time: the test above trusts the table. Routes
// that are not listed read or change tasks.
func TestThreat_A41_ScopesOfRoutes(t *testing.T) {
	listed := map[string][]string{
		"any": {"profile", "company", "markdown"},
		// They concern sign-ins, or would give a thief more than the token.
		"none": {
			"changeProfile", "changePassword", "sessions", "endSession", "endOtherSessions", "acceptInvitation",
			"programTokens", "createProgramToken", "revokeProgramToken", "companyTokens", "revokeCompanyToken",
			"serviceAccounts", "createServiceAccount", "changeServiceAccount", "createServiceToken",
			"ownAccount", "changeOwnAccount", "resendConfirmation",
		},
		"events:read":         {"events", "stream", "socket", "presence"},
		"people:read":         {"members", "member", "invitations"},
		"people:write":        {"changeMember", "removeMember", "invite", "revokeInvitation"},
		"notifications:read":  {"notifications", "unreadNotifications", "preferences"},
		"notifications:write": {"readNotifications", "readNotification", "changePreferences"},
		"admin": {
			"changeCompany", "usage", "memberSessions", "endMemberSession", "endMemberSessions", "externalSource",
			"setExternalSource", "unsetExternalSource", "sentNotifications", "audit",
		},
	}
	want := map[string]string{}
	for scope, names := range listed {
		for _, name := range names {
			want[name] = scope
		}
	}
	for _, r := range newServer(t, "sqlite").api.Routes() {
		if r.Anyone || r.Operator {
			continue
		}
		scope := want[r.Name]
		delete(want, r.Name)
		switch {
		case scope != "":
		case r.Method == "GET":
			scope = "tasks:read"
		default:
			scope = "tasks:write"
		}
		if r.Scope != scope {
			t.Errorf("%s is open to %s, want %s", r.Name, r.Scope, scope)
		}
		if strings.HasSuffix(r.Scope, ":read") && r.Method != "GET" ||
			r.ManagersOnly && strings.HasPrefix(r.Scope, "tasks:") {
			t.Errorf("%s (%s) has the scope %s", r.Name, r.Method, r.Scope)
		}
	}
	for name := range want {
		t.Errorf("there is no route %s", name)
	}
}

func TestThreat_A41_ARouteWithoutAScopeDoesNotStart(t *testing.T) {
	for _, c := range []struct {
		name, scope string
		members, ok bool
	}{
		{"a scope", "tasks:read", true, true},
		{"any token", "any", true, true},
		{"no token", "none", true, true},
		{"nothing", "", true, false},
		{"a word that is no scope", "tasks", true, false},
		{"no token, for anyone", "none", false, true},
		{"a scope, for anyone", "tasks:read", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := api.CheckScope(c.members, c.scope); (err == nil) != c.ok {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestThreat_A41_ATokenCanDoNoMoreThanItsPerson(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.acme.admin.mint(t, allScopes...)
		id := s.acme.member.task(t, body{"assigned_to": s.acme.member.id})
		// An admin may not change owners, with a token neither.
		member := func(a actor) string { return path("/api/auth/company-users/%d/", a.id) }
		p.patch(t, member(s.acme.owner), body{"role": "guest"}).wantDetail(t, 403, forbids)
		p.patch(t, member(s.acme.member), body{"role": "owner"}).wantDetail(t, 403, forbids)
		p.get(t, taskPath(s.globex.owner.task(t, body{}))).want(t, 404)
		if got := p.get(t, taskPath(id)).text("assigned_to_detail.email"); got != s.acme.member.email {
			t.Errorf("with people:read an admin's token shows the address %q", got)
		}
		// Addresses need people:read, wherever a person is shown.
		narrow := s.acme.admin.mint(t, "tasks:read", "events:read")
		for _, a := range []answer{
			narrow.get(t, taskPath(id)), narrow.get(t, "/api/tasks/"), narrow.get(t, "/api/auth/profile/"),
			narrow.get(t, "/api/tasks/statistics/"), narrow.get(t, path("/api/tasks/%d/history/", id)),
			narrow.get(t, "/api/events/"),
		} {
			if a.want(t, 200); strings.Contains(string(a.body), "@mail.example") {
				t.Errorf("%s shows an address: %s", a.request, a.body)
			}
		}
		// The role is compared at each request.
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", s.acme.admin.id), body{"role": "guest"}).want(t, 200)
		narrow.get(t, "/api/tasks/").want(t, 200)
		narrow.post(t, "/api/tasks/", body{"title": "x"}).wantDetail(t, 403, forbids)
	})
}

// ends lists the ways in which a right ends that gave a token.
var ends = []struct {
	name string
	end  func(t *testing.T, s *server, p program)
	as   string // the kind of event that tells it besides token_revoked
}{
	{"revoked by the person", func(t *testing.T, _ *server, p program) {
		t.Helper()
		p.again(t).delete(t, path("%s%d/", myTokens, p.grant)).want(t, 204)
	}, ""},
	{"revoked by an admin", func(t *testing.T, s *server, p program) {
		t.Helper()
		s.acme.admin.again(t).delete(t, path("%s%d/", ourTokens, p.grant)).want(t, 204)
	}, ""},
	{"the member is deactivated", func(t *testing.T, s *server, p program) {
		t.Helper()
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", p.id), body{"is_active": false}).want(t, 200)
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", p.id), body{"is_active": true}).want(t, 200)
	}, "member_deactivated"},
	{"the member is removed", func(t *testing.T, s *server, p program) {
		t.Helper()
		s.acme.owner.delete(t, path("/api/auth/company-users/%d/", p.id)).want(t, 204)
	}, "member_removed"},
	{"the role no longer allows a scope", func(t *testing.T, s *server, p program) {
		t.Helper()
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", p.id), body{"role": "guest"}).want(t, 200)
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", p.id), body{"role": "member"}).want(t, 200)
	}, "member_role_changed"},
	{"the password is changed", func(t *testing.T, _ *server, p program) {
		t.Helper()
		p.again(t).post(t, "/api/auth/password/", body{"current_password": password, "new_password": theirs("next")}).
			want(t, 204)
	}, ""},
	{"the password is reset", func(t *testing.T, s *server, p program) {
		t.Helper()
		if err := s.auth.ResetPassword(t.Context(), p.username, theirs("next")); err != nil {
			t.Fatal(err)
		}
	}, ""},
	{"the person signs out everywhere", func(t *testing.T, s *server, p program) {
		t.Helper()
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": p.again(t).token, "everywhere": true}).want(t, 204)
	}, ""},
	{"an operator signs the account out", func(t *testing.T, s *server, p program) {
		t.Helper()
		if err := s.auth.SignOutEverywhere(t.Context(), p.username); err != nil {
			t.Fatal(err)
		}
	}, ""},
	{"an operator closes the account", func(t *testing.T, s *server, p program) {
		t.Helper()
		root := s.operator(t, "root."+p.username)
		root.patch(t, path("/api/operator/users/%d/", p.id), body{"is_active": false}).want(t, 200)
		root.patch(t, path("/api/operator/users/%d/", p.id), body{"is_active": true}).want(t, 200)
	}, "member_updated"},
}

// TestThreat_A29_A31_A40_TokensEndWithTheirRight ends a token in every way, under a live connection: here, and on
// another node that PostgreSQL or Redis wakes.
func TestThreat_A29_A31_A40_TokensEndWithTheirRight(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		s := newServer(t, "sqlite")
		tokensEnd(t, s, s)
	})
	t.Run("two nodes on PostgreSQL", func(t *testing.T) {
		s := newServer(t, "postgres")
		tokensEnd(t, s, s.second(t))
	})
	t.Run("two nodes with Redis", func(t *testing.T) {
		s := newServer(t, "postgres")
		redis := testenv.Redis(t)
		a := instanceWith(t, redis, s.where, s.clock, s.key, live.Limits{})
		a.acme, a.globex = s.acme, s.globex
		for _, p := range []*actor{&a.acme.owner, &a.acme.admin, &a.acme.member} {
			*p = p.on(a)
		}
		tokensEnd(t, a, a.second(t))
	})
}

func tokensEnd(t *testing.T, s, node *server) {
	t.Helper()
	var delays []time.Duration
	for i, c := range ends {
		t.Run(c.name, func(t *testing.T) {
			who := s.person(t, s.acme.id, fmt.Sprint("acme.p", i), account.Ordinary)
			p := who.mint(t, "tasks:read", "tasks:write", "events:read")
			there := p.on(node)
			there.get(t, "/api/tasks/").want(t, 200)
			there.task(t, body{})
			l := there.joined(t, "")
			from := s.seq(t)
			c.end(t, s, p)
			began := time.Now()
			there.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
			there.post(t, "/api/tasks/", body{"title": "x"}).wantDetail(t, 401, badToken)
			p.get(t, "/api/auth/profile/").wantDetail(t, 401, badToken)
			if code, _ := l.closed(t); code != 4001 && code != 4003 {
				t.Errorf("the socket closed with %d", code)
			}
			delays = append(delays, time.Since(began))
			if code, _ := there.listen(t, "").closed(t); code != 4001 {
				t.Errorf("the next socket closed with %d", code)
			}
			log := s.acme.owner.again(t).get(t, path("/api/events/?after=%d&limit=100", from))
			kinds := log.want(t, 200).list("type")
			revoked := 0
			for _, k := range kinds {
				if k == "token_revoked" {
					revoked++
				}
			}
			if revoked != 1 || c.as != "" && !slices.Contains(kinds, c.as) {
				t.Errorf("the log says %q", kinds)
			}
		})
	}
	// Most of them, because one may have waited for the machine.
	if slices.Sort(delays); len(delays) == len(ends) && delays[len(delays)/2] > time.Second {
		t.Errorf("they ended so late: %v", delays)
	}
}

// seq returns the number of the last event of the first company.
func (s *server) seq(t testing.TB) (n int64) {
	t.Helper()
	err := s.db.SystemScope(s.acme.id, "a test").Read(t.Context(), func(tx *db.Tx) error {
		return db.Exists(tx, func(r db.Row) error { return r.Scan(&n) }, `SELECT seq FROM heads WHERE company_id = $1`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestThreat_A40_ANarrowerRoleKeepsWhatItAllows ends only the tokens that go beyond the new role.
func TestThreat_A40_ANarrowerRoleKeepsWhatItAllows(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		reads, writes, admin := s.acme.admin.mint(t, "tasks:read"), s.acme.admin.mint(t, "tasks:read", "tasks:write"),
			s.acme.admin.mint(t, "tasks:read", "admin")
		role := func(role string) {
			s.acme.owner.patch(t, path("/api/auth/company-users/%d/", s.acme.admin.id), body{"role": role}).want(t, 200)
		}
		role("member")
		reads.get(t, "/api/tasks/").want(t, 200)
		writes.post(t, "/api/tasks/", body{"title": "x"}).want(t, 201)
		admin.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		role("guest")
		reads.get(t, "/api/tasks/").want(t, 200)
		writes.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		role("admin")
		writes.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		admin.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
	})
}

// TestThreat_A40_ATokenBesideTheReset makes tokens while the password is reset, with the old session: none may live on.
func TestThreat_A40_ATokenBesideTheReset(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for i := range 10 {
			who := s.person(t, s.acme.id, fmt.Sprint("acme.r", i), account.Ordinary)
			made := make(chan string, 3)
			for range cap(made) {
				go func() {
					a := who.post(t, myTokens, body{"name": "x", "scopes": []string{"tasks:read"}})
					made <- a.text("token")
				}()
			}
			if err := s.auth.SignOutEverywhere(t.Context(), who.username); err != nil {
				t.Fatal(err)
			}
			for range cap(made) {
				p := who
				if p.access = <-made; p.access != "" {
					p.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
				}
			}
		}
	})
}

// TestThreat_T1_A29_TokensDoNotCross tries the tokens and service accounts of another company and of another member.
func TestThreat_T1_A29_TokensDoNotCross(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.acme.member.mint(t, "tasks:read")
		robot := s.acme.owner.robot(t, "Robot", "member")
		for _, c := range []struct {
			who  actor
			path string
		}{
			{s.globex.owner, path("%s%d/", ourTokens, p.grant)},
			{s.globex.owner, path("%s%d/", myTokens, p.grant)},
			{s.acme.owner, path("%s%d/", myTokens, p.grant)}, // it is a member's
			{s.acme.member, path("%s%d/", myTokens, never)},
		} {
			c.who.delete(t, c.path).wantDetail(t, 404, "Not found.")
		}
		s.globex.owner.patch(t, path("%s%d/", robots, robot), body{"name": "Ours"}).wantDetail(t, 404, "Not found.")
		in := body{"name": "x", "scopes": []string{"tasks:read"}}
		s.globex.owner.post(t, path("%s%d/tokens/", robots, robot), in).wantDetail(t, 404, "Not found.")
		// A person is no service account, of one's own company neither.
		s.acme.owner.post(t, path("%s%d/tokens/", robots, s.acme.member.id), in).wantDetail(t, 404, "Not found.")
		s.acme.owner.patch(t, path("%s%d/", robots, s.acme.member.id), body{"name": "x"}).
			wantDetail(t, 404, "Not found.")
		if got := s.globex.owner.get(t, ourTokens).want(t, 200).id("count"); got != 0 {
			t.Errorf("another company sees %d tokens", got)
		}
		if got := s.acme.guest.get(t, myTokens).want(t, 200).id("count"); got != 0 {
			t.Errorf("another member sees %d tokens", got)
		}
		p.get(t, "/api/tasks/").want(t, 200)
	})
}

// TestThreat_T15_A29_TokensOfOnePersonInTwoCompanies gives a person tokens in two companies, with other roles there.
func TestThreat_T15_A29_TokensOfOnePersonInTwoCompanies(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		here, there := s.both(t)
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", here.id), body{"role": "admin"}).want(t, 200)
		admin := here.again(t).mint(t, "tasks:read", "tasks:write", "admin", "events:read")
		member := there.mint(t, "tasks:read", "tasks:write", "events:read")
		for _, c := range []struct {
			p       program
			company int64
			role    string
		}{{admin, s.acme.id, "admin"}, {member, s.globex.id, "member"}} {
			profile := c.p.get(t, "/api/auth/profile/").want(t, 200)
			if profile.id("company.id") != c.company || profile.text("role") != c.role {
				t.Errorf("the profile is %s", profile.body)
			}
			c.p.task(t, body{"title": "mine"})
			if got := c.p.get(t, "/api/tasks/").want(t, 200).id("count"); got != 1 {
				t.Errorf("a token sees %d tasks", got)
			}
		}
		for who, want := range map[*actor]program{&here: admin, &there: member} {
			got := who.again(t).get(t, myTokens).want(t, 200).list("id")
			if !slices.Equal(got, []string{fmt.Sprint(want.grant)}) {
				t.Errorf("the tokens in company %d are %v", who.company, got)
			}
		}
		member.post(t, "/api/auth/tokens/", body{}).want(t, 403)
		in := body{"name": "x", "scopes": []string{"admin"}}
		there.again(t).post(t, myTokens, in).wantErrors(t, "scopes", "The role member does not allow admin.")
		// The tokens of another company do not count here.
		fresh := there.again(t)
		for range 49 {
			fresh.post(t, myTokens, body{"name": "x", "scopes": []string{"tasks:read"}}).want(t, 201)
		}
		more := here.again(t).mint(t, "tasks:read")
		// The token here stays, with its connection, when the one there ends.
		l := admin.joined(t, "")
		s.globex.owner.patch(t, path("/api/auth/company-users/%d/", here.id), body{"is_active": false}).want(t, 200)
		member.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		s.acme.owner.patch(t, "/api/auth/company/", body{"description": "verified again"}).want(t, 200)
		l.until(t, "company_updated")
		admin.task(t, body{"title": "still here"})
		l.until(t, "task_created")
		more.get(t, "/api/tasks/").want(t, 200)
		// A person who signs out everywhere ends the tokens in both.
		s.globex.owner.patch(t, path("/api/auth/company-users/%d/", here.id), body{"is_active": true}).want(t, 200)
		member = there.again(t).mint(t, "tasks:read")
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": here.again(t).token, "everywhere": true}).want(t, 204)
		admin.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		member.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
	})
}

// TestThreat_A24_A42_TokensInAddressesLogsAndArchives sends a token everywhere where it does not belong, and looks for
// it in everything that is written.
func TestThreat_A24_A42_TokensInAddressesLogsAndArchives(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		p := m.mint(t, allScopes[:3]...)
		token, secret := p.access, p.access[4:34]
		nobody := m
		nobody.access = ""
		if code, _ := nobody.listen(t, "?token="+token, "Authorization", "").closed(t); code != 4001 {
			t.Errorf("in the address of a socket: closed with %d", code)
		}
		a := s.call(t, "GET", "/api/events/stream/?token="+token, nil)
		if a.want(t, 401).text("code") != "token_in_address" {
			t.Errorf("in the address of a stream: %s", a.body)
		}
		s.call(t, "GET", "/api/tasks/?token="+token, nil).want(t, 401)
		p.get(t, "/api/tasks/?token="+token).want(t, 400)
		p.get(t, "/api/tasks/"+token+"/").want(t, 404)
		p.get(t, "/"+token).want(t, 404)
		p.get(t, "/api/tasks/?search="+token).want(t, 200)
		p.get(t, "/api/tasks/?cursor="+token).want(t, 400)
		p.post(t, "/api/tasks/", "{"+token, "Content-Type", "application/json").want(t, 400)
		s.call(t, "GET", "/api/tasks/", nil, "Authorization", "Bearer "+token[:39]).want(t, 401)
		s.tryLogin(t, token, token).want(t, 401)
		// A program sets the header, or the subprotocol where it cannot.
		p.joined(t, "")
		nobody.joined(t, "", "Authorization", "", "Sec-Websocket-Protocol", "bearer, "+token)
		m.again(t).delete(t, path("%s%d/", myTokens, p.grant)).want(t, 204)
		p.get(t, "/api/tasks/").want(t, 401)

		hash := sha256.Sum256([]byte(token))
		written := map[string]string{"the log of the server": s.logs.String(), "the log of the company": string(
			s.acme.owner.get(t, "/api/events/?limit=100").want(t, 200).body)}
		for name, export := range map[string]func(w io.Writer) error{
			"an archive": func(w io.Writer) error {
				_, err := transfer.Export(t.Context(), s.db, s.acme.id, w)
				return err
			},
			"an archive for the customer": func(w io.Writer) error {
				_, _, err := transfer.ExportForCustomer(t.Context(), s.db, s.acme.id, w)
				return err
			},
		} {
			var file bytes.Buffer
			if err := export(&file); err != nil {
				t.Fatal(err)
			}
			r, err := gzip.NewReader(&file)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil || !bytes.Contains(text, []byte("token_created")) {
				t.Fatalf("%s is not read: %v", name, err)
			}
			written[name] = string(text)
		}
		for name, text := range written {
			if strings.Contains(text, secret[:20]) || strings.Contains(text, hex.EncodeToString(hash[:])) {
				t.Errorf("%s has the token or its hash", name)
			}
		}
		if !strings.Contains(s.logs.String(), fmt.Sprintf(`"token":%d`, p.grant)) {
			t.Error("the log does not say which token a request came with")
		}
	})
}

func TestThreat_A43_ServiceAccounts(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		admin := s.acme.admin
		made := admin.post(t, robots, body{"name": "Deploy robot", "role": "member"}).want(t, 201)
		id, username := made.id("id"), made.text("username")
		if made.at("is_service") != true || made.text("first_name") != "Deploy robot" || made.text("email") != "" {
			t.Errorf("it is %s", made.body)
		}
		p := admin.minted(t, path("%s%d/tokens/", robots, id), "tasks:read", "tasks:write", "notifications:read")
		if !strings.HasPrefix(p.access, "ths_") || p.id != id {
			t.Errorf("its token is %s, of %d", p.access, p.id)
		}
		t.Run("works under its own name", func(t *testing.T) {
			task := p.post(t, "/api/tasks/", body{"title": "Deployed", "assigned_to": id}).want(t, 201)
			if got := task.text("created_by_detail.first_name") + task.text("assigned_to_detail.first_name"); got !=
				"Deploy robotDeploy robot" {
				t.Errorf("the task is %s", task.body)
			}
			history := s.acme.guest.get(t, path("/api/tasks/%d/history/", task.id("id"))).want(t, 200)
			if got := history.text("results.0.actor.first_name"); got != "Deploy robot" {
				t.Errorf("the history is %s", history.body)
			}
			if got := p.get(t, "/api/auth/profile/").want(t, 200).id("id"); got != id {
				t.Errorf("its profile is %d's", got)
			}
		})
		t.Run("is in the lists, with a flag", func(t *testing.T) {
			got := s.acme.guest.get(t, "/api/auth/company-users/").want(t, 200)
			flagged := 0
			for i, is := range got.list("is_service") {
				if is == "true" {
					flagged++
					if got.list("id")[i] != fmt.Sprint(id) {
						t.Errorf("the flag is on %s", got.list("id")[i])
					}
				}
			}
			if flagged != 1 {
				t.Errorf("%d members have the flag", flagged)
			}
			if got := admin.get(t, robots).want(t, 200).list("id"); !slices.Equal(got, []string{fmt.Sprint(id)}) {
				t.Errorf("the service accounts are %v", got)
			}
		})
		t.Run("cannot sign in", func(t *testing.T) {
			for _, secret := range []string{"", "!", password, p.access, username} {
				if secret == "" {
					continue
				}
				s.tryLogin(t, username, secret).wantDetail(t, 401, noLogin)
			}
			if err := s.auth.ResetPassword(t.Context(), username, theirs("robot")); err == nil {
				t.Error("its password can be reset")
			}
			s.tryLogin(t, username, theirs("robot")).wantDetail(t, 401, noLogin)
			// A password that was written into the database does not help either.
			hash, err := storedPassword()
			if err != nil {
				t.Fatal(err)
			}
			err = s.db.System("a test").Write(t.Context(), func(tx *db.SystemTx) error {
				_, err := tx.Exec(`UPDATE users SET password = $2 WHERE id = $1`, id, hash)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			s.tryLogin(t, username, password).wantDetail(t, 401, noLogin)
			s.call(t, "POST", "/api/session/", body{"username": username, "password": password}).want(t, 401)
			s.call(t, "POST", "/api/operator/login/", body{"username": username, "password": password}).want(t, 401)
		})
		t.Run("is no operator and no owner", func(t *testing.T) {
			if _, err := s.auth.Promote(t.Context(), username); err == nil {
				t.Error("it can be made an operator")
			}
			root := s.operator(t, "root")
			root.patch(t, path("/api/operator/users/%d/", id), body{"is_superuser": true}).want(t, 409)
			s.acme.owner.patch(t, path("/api/auth/company-users/%d/", id), body{"role": "owner"}).wantErrors(t,
				"role", "A service account cannot be an owner.")
			s.acme.owner.patch(t, path("%s%d/", robots, id), body{"role": "owner"}).want(t, 400)
			s.acme.owner.post(t, robots, body{"name": "x", "role": "owner"}).want(t, 400)
		})
		t.Run("gets no mail", func(t *testing.T) {
			s.acme.member.task(t, body{"title": "For the robot", "assigned_to": id})
			s.later(t, notifyDelay+time.Second)
			if rows := s.snapshot(t, s.acme.id); strings.Contains(rows, "jobs: ") {
				t.Errorf("a mail is queued:\n%s", rows)
			}
			if got := p.get(t, "/api/notifications/").want(t, 200).id("count"); got == 0 {
				t.Error("its inbox is empty")
			}
		})
		t.Run("is renamed, and keeps its tokens", func(t *testing.T) {
			admin.patch(t, path("%s%d/", robots, id), body{"name": "Release robot"}).want(t, 200)
			p.get(t, "/api/tasks/").want(t, 200)
			if got := admin.get(t, "/api/auth/company-users/?search=release").want(t, 200).id("count"); got != 1 {
				t.Errorf("%d members have the new name", got)
			}
		})
		t.Run("a lower role ends the tokens beyond it", func(t *testing.T) {
			admin.patch(t, path("%s%d/", robots, id), body{"role": "guest"}).want(t, 200)
			p.get(t, "/api/tasks/").want(t, 401)
			admin.patch(t, path("%s%d/", robots, id), body{"role": "member"}).want(t, 200)
		})
		t.Run("is deactivated, with its tokens", func(t *testing.T) {
			again := admin.minted(t, path("%s%d/tokens/", robots, id), "tasks:read")
			again.get(t, "/api/tasks/").want(t, 200)
			admin.patch(t, path("%s%d/", robots, id), body{"is_active": false}).want(t, 200)
			again.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
			in := body{"name": "x", "scopes": []string{"tasks:read"}}
			admin.again(t).post(t, path("%s%d/tokens/", robots, id), in).want(t, 409)
			admin.patch(t, path("%s%d/", robots, id), body{"is_active": true}).want(t, 200)
			again.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		})
		t.Run("stays when its maker leaves", func(t *testing.T) {
			other := s.person(t, s.acme.id, "acme.leaver", account.Admin)
			kept := other.minted(t, path("%s%d/tokens/", robots, id), "tasks:read")
			s.acme.owner.delete(t, path("/api/auth/company-users/%d/", other.id)).want(t, 204)
			kept.get(t, "/api/tasks/").want(t, 200)
			s.acme.owner.delete(t, path("/api/auth/company-users/%d/", id)).want(t, 204)
			kept.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		})
	})
}
