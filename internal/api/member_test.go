package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/limit"
)

func user(id int64) string { return path("/api/auth/company-users/%d/", id) }

func TestThreat_A15_HashesDoNotTellTheName(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.login(t, "acme.owner", password) // its hash has the salt of its address from now on
		s.login(t, "acme.guest", password)
		s.acme.owner.patch(t, user(s.acme.guest.id), body{"is_active": false}).want(t, 200)
		for _, c := range []struct {
			name, username, password string
			company                  any
			hashes                   int64
		}{
			{name: "right", username: "acme.owner", password: password, hashes: 1},
			{name: "wrong", username: "acme.owner", password: "wrong", hashes: 1},
			{name: "unknown name", username: "nobody", password: password, hashes: 1},
			{name: "right address", username: "acme.owner@mail.example", password: password, hashes: 1},
			{name: "wrong by address", username: "acme.owner@mail.example", password: "wrong", hashes: 3},
			{name: "unknown address", username: "nobody@mail.example", password: password, hashes: 3},
			{name: "deactivated", username: "acme.guest", password: password, hashes: 1},
			{name: "other company", username: "acme.owner", password: password, company: s.globex.id, hashes: 1},
		} {
			t.Run(c.name, func(t *testing.T) {
				before := s.auth.Hasher.Computed()
				b := body{"username": c.username, "password": c.password}
				if c.company != nil {
					b["company"] = c.company
				}
				s.call(t, "POST", "/api/auth/login/", b)
				if n := s.auth.Hasher.Computed() - before; n != c.hashes {
					t.Errorf("%d hashes, want %d", n, c.hashes)
				}
			})
		}
		before := s.auth.Hasher.Computed()
		s.call(t, "POST", "/api/auth/login/", body{"username": "acme.owner"}).want(t, 400)
		s.call(t, "POST", "/api/auth/register/", registration(body{"username": "acme.owner"})).want(t, 400)
		s.call(t, "POST", "/api/auth/register/", registration(body{"company_name": "globex"})).want(t, 400)
		if n := s.auth.Hasher.Computed() - before; n != 0 {
			t.Errorf("%d hashes for what was refused without looking at a password", n)
		}
	})
}

func TestThreat_A17_ThrottledAttemptsCostNoHash(t *testing.T) {
	s := newServer(t, "sqlite", func(s *server) {
		s.auth.Limits.LoginByAddress = limit.New(limit.Rate{Burst: 2, Per: time.Minute}, s.clock.Now)
	})
	for range 50 {
		s.tryLogin(t, "acme.owner", "wrong")
	}
	if n := s.auth.Hasher.Computed(); n > 2 {
		t.Errorf("50 attempts cost %d hashes", n)
	}
}

func TestThreat_T9_MembersSeeEachOther(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.acme
		all := []string{"acme.owner", "acme.admin", "acme.member", "acme.guest"}
		for _, who := range []actor{c.owner, c.admin, c.member, c.guest} {
			list := who.get(t, "/api/auth/company-users/").want(t, 200)
			if got := list.list("username"); !slices.Equal(got, all) || list.id("count") != 4 {
				t.Errorf("%s sees %q", who.username, got)
			}
			for i, p := range []actor{c.owner, c.admin, c.member, c.guest} {
				email, phone := p.email, p.phone
				if (who.username == "acme.member" || who.username == "acme.guest") && who.id != p.id {
					email, phone = "", ""
				}
				one := who.get(t, user(p.id)).want(t, 200)
				for from, got := range map[string][2]string{
					"list": {
						list.text(fmt.Sprintf("results.%d.email", i)), list.text(fmt.Sprintf("results.%d.phone", i)),
					},
					"one": {one.text("email"), one.text("phone")},
				} {
					if got != [2]string{email, phone} {
						t.Errorf("%s sees of %s in the %s %q", who.username, p.username, from, got)
					}
				}
			}
		}
		o := c.owner
		for query, want := range map[string][]string{
			"search=MEMBER": {"acme.member"}, "search=acme+guest": {"acme.guest"}, "search=globex": nil,
			"search=%25": nil, "search=_": nil, "search=": all,
			"search=mail.example": nil, // a search must not find a hidden address
			"page_size=1&page=2":  {"acme.admin"}, "page_size=3&page=last": {"acme.guest"},
		} {
			got := o.get(t, "/api/auth/company-users/?"+query).want(t, 200).list("username")
			if !slices.Equal(got, want) {
				t.Errorf("%s finds %q, want %q", query, got, want)
			}
		}
		o.get(t, "/api/auth/company-users/?page=2").wantDetail(t, 404, "Invalid page.")
		o.get(t, "/api/auth/company-users/?role=owner").wantErrors(t, "role", "Unknown parameter.")
		o.get(t, user(never)).wantDetail(t, 404, "Not found.")
		o.get(t, user(s.globex.owner.id)).wantDetail(t, 404, "Not found.")
	})
}

func TestProfile(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		a := m.patch(t, "/api/auth/profile/", body{
			"first_name": " Grace ", "last_name": "Hopper", "phone": "", "email": "grace@mail.example",
			"current_password": password,
		}).want(t, 200)
		for field, want := range map[string]string{
			"first_name": "Grace", "last_name": "Hopper", "phone": "", "email": "grace@mail.example",
			"username": "acme.member",
		} {
			if got := a.text(field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		if got := m.get(t, "/api/auth/profile/").want(t, 200); string(got.body) != string(a.body) {
			t.Errorf("the profile is %s", got.body)
		}
		if got := s.login(t, "grace@mail.example", password); got.id != m.id {
			t.Errorf("the new address signs in %d", got.id)
		}
		s.tryLogin(t, m.email, password).wantDetail(t, 401, noLogin)
		last := s.acme.guest.get(t, "/api/events/?after=0").want(t, 200)
		n := len(last.list("seq")) - 1
		change := last.at(fmt.Sprintf("results.%d.changes", n)).(map[string]any)
		if got := last.text(fmt.Sprintf("results.%d.type", n)); got != "member_updated" {
			t.Errorf("the event is %q", got)
		}
		for field, want := range map[string]string{
			"email": "map[new:<nil> old:<nil>]", "phone": "map[new:<nil> old:<nil>]",
			"first_name": "map[new:Grace old:]", "last_name": "map[new:Hopper old:]",
		} {
			if got := fmt.Sprint(change[field]); got != want {
				t.Errorf("the event says of %s %s", field, got)
			}
		}
		s.unchanged(t, 0, func() {
			m.patch(t, "/api/auth/profile/", body{}).want(t, 200)
			m.patch(t, "/api/auth/profile/", body{"first_name": "Grace", "email": "grace@mail.example"}).want(t, 200)
			m.patch(t, "/api/auth/profile/", body{"email": "", "first_name": null}).wantErrors(t, "email", notBlank,
				"first_name", notNull)
			m.patch(t, "/api/auth/profile/", body{"email": "x", "phone": strings.Repeat("1", 21)}).wantErrors(t,
				"email", badEmail, "phone", tooLong(20))
		})
		// The detail of the person in tasks and lists follows.
		id := s.acme.owner.task(t, body{"assigned_to": m.id})
		got := s.acme.owner.get(t, path("/api/tasks/%d/", id)).text("assigned_to_detail.first_name")
		if got != "Grace" {
			t.Errorf("the task shows %q", got)
		}
	})
}

func TestCompany(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		if got := s.acme.guest.get(t, "/api/auth/company/").want(t, 200); got.text("name") != s.acme.name {
			t.Errorf("%s", got.body)
		}
		a := s.acme.admin.patch(t, "/api/auth/company/",
			body{"name": "Acme & Sons", "description": "We\nbuild", "id": s.globex.id}).want(t, 200)
		if a.text("name") != "Acme & Sons" || a.text("description") != "We\nbuild" || a.id("id") != s.acme.id {
			t.Errorf("%s", a.body)
		}
		s.unchanged(t, 0, func() {
			o.patch(t, "/api/auth/company/", body{}).want(t, 200)
			o.patch(t, "/api/auth/company/", body{"name": "Acme & Sons"}).want(t, 200)
			o.patch(t, "/api/auth/company/", body{"name": "GLOBEX "}).wantErrors(t, "name", takenName)
			o.patch(t, "/api/auth/company/", body{"name": "Gl\u043ebex"}).wantErrors(t, "name", takenName)
			o.patch(t, "/api/auth/company/", body{"name": " ", "description": null}).wantErrors(t, "name", notBlank,
				"description", notNull)
			o.patch(t, "/api/auth/company/", body{"name": "\u200b"}).wantErrors(t, "name", notBlank)
		})
		o.patch(t, "/api/auth/company/", body{"name": "ACME & SONS"}).want(t, 200) // its own name in another spelling
		if got := s.acme.guest.get(t, "/api/auth/company/").text("name"); got != "ACME & SONS" {
			t.Errorf("the name is %q", got)
		}
	})
}

func TestThreat_A14_RolesAndTheLastOwner(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.acme
		const lastOwner = "The company needs an owner: make somebody else one first."
		const yourself = "You cannot deactivate or remove yourself: ask another owner or admin."
		s.unchanged(t, 0, func() {
			// Admins cannot change owners, or make a member an owner.
			c.admin.patch(t, user(c.owner.id), body{"role": "member"}).wantDetail(t, 403, forbids)
			c.admin.patch(t, user(c.owner.id), body{"is_active": false}).wantDetail(t, 403, forbids)
			c.admin.delete(t, user(c.owner.id)).wantDetail(t, 403, forbids)
			c.admin.patch(t, user(c.member.id), body{"role": "owner"}).wantDetail(t, 403, forbids)
			c.admin.patch(t, user(c.admin.id), body{"role": "owner"}).wantDetail(t, 403, forbids)
			// The last owner stays an owner.
			c.owner.patch(t, user(c.owner.id), body{"role": "member"}).wantDetail(t, 409, lastOwner)
			c.owner.patch(t, user(c.owner.id), body{"is_active": false}).wantDetail(t, 409, yourself)
			c.owner.delete(t, user(c.owner.id)).wantDetail(t, 409, yourself)
			c.admin.delete(t, user(c.admin.id)).wantDetail(t, 409, yourself)
			// Invalid values.
			c.owner.patch(t, user(c.member.id), body{"role": "boss", "is_active": "yes"}).wantErrors(t, "is_active",
				"Must be a valid boolean.", "role", `"boss" is not a valid choice.`)
			c.owner.patch(t, user(c.member.id), body{"role": null, "is_active": null}).wantErrors(t, "is_active",
				notNull, "role", notNull)
			c.owner.patch(t, user(never), body{"role": "guest"}).wantDetail(t, 404, "Not found.")
			c.owner.delete(t, user(never)).wantDetail(t, 404, "Not found.")
			c.owner.delete(t, user(c.member.id)+"?reassign_to="+fmt.Sprint(never)).wantErrors(t, "reassign_to",
				noSuch(never))
			c.owner.delete(t, user(c.member.id)+"?reassign_to="+fmt.Sprint(s.globex.owner.id)).wantErrors(t,
				"reassign_to", noSuch(s.globex.owner.id))
			c.owner.delete(t, user(c.member.id)+"?reassign_to="+fmt.Sprint(c.member.id)).wantErrors(t, "reassign_to",
				"Name somebody else than the member who is removed.")
			c.owner.delete(t, user(c.member.id)+"?reassign_to=x").wantErrors(t, "reassign_to", "Enter a number.")
			c.owner.delete(t, user(c.member.id)+"?to=1").wantErrors(t, "to", "Unknown parameter.")
			// A change without effect makes no event.
			c.owner.patch(t, user(c.member.id), body{"role": "member", "is_active": true}).want(t, 200)
			c.owner.patch(t, user(c.member.id),
				body{"username": "other", "email": "x@mail.example", "id": 1, "company": s.globex.id}).want(t, 200)
		})
		a := c.owner.patch(t, user(c.admin.id), body{"role": "owner"}).want(t, 200)
		if a.text("role") != "owner" || a.text("email") != c.admin.email {
			t.Errorf("%s", a.body)
		}
		// Two owners who take each other's role at the same moment: one stays owner.
		both := []actor{c.owner, c.admin}
		answers := atOnce(2, func(i int) answer { return both[i].patch(t, user(both[1-i].id), body{"role": "member"}) })
		if answers[0].status == 200 && answers[1].status == 200 {
			t.Error("two owners deposed each other")
		}
		owners := 0
		for _, role := range c.guest.get(t, "/api/auth/company-users/").want(t, 200).list("role") {
			if role == "owner" {
				owners++
			}
		}
		if owners != 1 {
			t.Errorf("the company has %d owners", owners)
		}
	})
}

func TestRemovalHandsTasksOver(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.acme
		leaver := s.person(t, c.id, "acme.leaver", account.Ordinary)
		heir := s.person(t, c.id, "acme.heir", account.Ordinary)
		var mine []int64
		for i := range 205 { // more than one step of the hand-over
			b := body{"title": fmt.Sprint("Task ", i), "assigned_to": leaver.id}
			if i%2 == 1 {
				b["status"] = "done"
			}
			mine = append(mine, leaver.task(t, b))
		}
		other := c.owner.task(t, body{"assigned_to": c.member.id})
		before := c.owner.get(t, "/api/events/?limit=1").want(t, 200).id("count")
		c.owner.delete(t, user(leaver.id)+"?reassign_to="+fmt.Sprint(heir.id)).want(t, 204)

		stats := c.owner.get(t, "/api/tasks/statistics/").want(t, 200)
		got := fmt.Sprint(stats.at("by_user"))
		if got != "map[acme.admin:0 acme.guest:0 acme.heir:205 acme.member:1 acme.owner:0]" {
			t.Errorf("by_user is %s", got)
		}
		for query, want := range map[string]int64{
			"assigned_to=" + fmt.Sprint(heir.id): 205, "assigned_to=" + fmt.Sprint(leaver.id): 0,
			"status=done&assigned_to=" + fmt.Sprint(heir.id): 102, "created_by=" + fmt.Sprint(leaver.id): 205,
		} {
			if got := c.owner.get(t, "/api/tasks/?"+query).want(t, 200).id("count"); got != want {
				t.Errorf("%s counts %d, want %d", query, got, want)
			}
		}
		one := c.owner.get(t, path("/api/tasks/%d/", mine[0])).want(t, 200)
		if one.id("assigned_to") != heir.id || one.id("created_by") != leaver.id ||
			one.text("created_by_detail.username") != "acme.leaver" || one.id("version") != 2 {
			t.Errorf("%s", one.body)
		}
		if got := c.owner.get(t, path("/api/tasks/%d/", other)).id("version"); got != 1 {
			t.Error("another's task was changed")
		}
		log := c.owner.get(t, fmt.Sprintf("/api/events/?after=%d&limit=1000", before)).want(t, 200)
		kinds := log.list("type")
		if len(kinds) != 207 || kinds[0] != "member_deactivated" || kinds[206] != "member_removed" {
			t.Fatalf("%d events: %.200q", len(kinds), kinds)
		}
		for i, seq := range log.list("seq") {
			if seq != fmt.Sprint(before+int64(i)+1) {
				t.Fatalf("event %d has number %s: there is a gap", before+int64(i)+1, seq)
			}
			if i > 0 && i < 206 &&
				(kinds[i] != "task_updated" || fmt.Sprint(log.at(fmt.Sprintf("results.%d.changes.assigned_to",
					i))) != fmt.Sprintf("map[new:%d old:%d]", heir.id, leaver.id)) {
				t.Fatalf("event %s: %v", seq, log.at(fmt.Sprintf("results.%d", i)))
			}
		}
		c.owner.get(t, user(leaver.id)).wantDetail(t, 404, "Not found.")
		c.owner.delete(t, user(leaver.id)).wantDetail(t, 404, "Not found.")
		c.owner.patch(t, user(leaver.id), body{"is_active": true}).wantDetail(t, 404, "Not found.")
		c.owner.post(t, "/api/tasks/", body{"title": "x", "assigned_to": leaver.id}).wantErrors(t, "assigned_to",
			noSuch(leaver.id))

		c.owner.delete(t, user(heir.id)).want(t, 204) // without a new assignee
		first := c.owner.get(t, path("/api/tasks/%d/", mine[0])).want(t, 200)
		if first.at("assigned_to") != nil || first.at("assigned_to_detail") != nil {
			t.Errorf("%s", first.body)
		}
		stats = c.owner.get(t, "/api/tasks/statistics/").want(t, 200)
		if stats.id("total_tasks") != 206 || stats.at("by_user.acme.heir") != nil ||
			fmt.Sprint(stats.at("by_status")) != "map[cancelled:0 done:102 in_progress:0 todo:104]" {
			t.Errorf("%s", stats.body)
		}
	})
}

// invite creates an invitation and returns its token.
func (a actor) invite(t *testing.T, b body) string {
	t.Helper()
	v := a.post(t, "/api/auth/invitations/", b).want(t, 201)
	if v.text("token") == "" || v.text("url") != publicURL+"/invitations/#"+v.text("token") {
		t.Fatalf("%s", v.body)
	}
	return v.text("token")
}

func (a actor) accept(t *testing.T, token string) answer {
	t.Helper()
	return a.post(t, "/api/auth/invitations/accept/", body{"token": token})
}

func TestThreat_A21_Invitations(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c, g := s.acme, s.globex
		v := c.admin.post(t, "/api/auth/invitations/", body{"email": "Guest@Mail.Example", "role": "guest"}).
			want(t, 201)
		got := sorted(v.json.(map[string]any))
		if !slices.Equal(got, []string{"created_at", "email", "expires_at", "id", "role", "token", "url"}) {
			t.Errorf("an invitation has %q", got)
		}
		if len(v.text("token")) < 26 { // 26 characters of base 32: 130 bits
			t.Errorf("the token %q is short", v.text("token"))
		}
		list := c.owner.get(t, "/api/auth/invitations/").want(t, 200)
		if list.id("count") != 1 || list.text("results.0.email") != "Guest@Mail.Example" ||
			strings.Contains(string(list.body), "token") || strings.Contains(string(list.body), "url") {
			t.Errorf("the list shows %s", list.body)
		}
		c.owner.post(t, "/api/auth/invitations/", body{"role": "owner"}).wantErrors(t, "role",
			`"owner" is not a valid choice.`)
		c.owner.post(t, "/api/auth/invitations/", body{"email": "x"}).wantErrors(t, "email", badEmail)

		join := func(token string, change body) answer {
			b := registration(body{"company_name": nil, "invitation_token": token})
			for k, v := range change {
				b[k] = v
			}
			return s.call(t, "POST", "/api/auth/register/", b)
		}
		refused := func(t *testing.T, token string) {
			t.Helper()
			s.unchanged(t, 0, func() {
				join(token, body{"username": "late", "email": "late@mail.example"}).wantErrors(t, "invitation_token",
					noInvite)
				g.member.accept(t, token).wantErrors(t, "token", noInvite)
			})
		}
		t.Run("registering", func(t *testing.T) {
			s.unchanged(t, 0, func() {
				join(v.text("token"), body{"email": "other@mail.example"}).wantErrors(t, "invitation_token", noInvite)
			})
			a := join(v.text("token"), body{"email": "guest@mail.example", "role": "owner", "company": g.id}).
				want(t, 201)
			if a.text("role") != "guest" || a.id("company.id") != c.id {
				t.Errorf("%s", a.body)
			}
			if got := s.login(t, "new.person", password); got.company != c.id {
				t.Errorf("signed in to company %d", got.company)
			}
		})
		t.Run("reused", func(t *testing.T) { refused(t, v.text("token")) })
		t.Run("forged", func(t *testing.T) {
			token := c.owner.invite(t, body{})
			last := "A"
			if strings.HasSuffix(token, last) {
				last = "B"
			}
			for _, forged := range []string{
				"x", token[:len(token)-1], token[:len(token)-1] + last, token + "A", strings.ToLower(token),
				strings.Repeat("A", 26), "%", "' OR 1=1 --",
			} {
				refused(t, forged)
			}
			join(strings.Repeat("A", 101), body{"username": "late"}).wantErrors(t, "invitation_token", tooLong(100))
		})
		t.Run("revoked", func(t *testing.T) {
			v := c.owner.post(t, "/api/auth/invitations/", body{}).want(t, 201)
			g.owner.delete(t, path("/api/auth/invitations/%d/", v.id("id"))).wantDetail(t, 404, "Not found.")
			c.admin.delete(t, path("/api/auth/invitations/%d/", v.id("id"))).want(t, 204)
			c.admin.delete(t, path("/api/auth/invitations/%d/", v.id("id"))).wantDetail(t, 404, "Not found.")
			refused(t, v.text("token"))
		})
		t.Run("for another address",
			func(t *testing.T) { refused(t, c.owner.invite(t, body{"email": "somebody@mail.example"})) })
		t.Run("of one's own company", func(t *testing.T) {
			token := c.owner.invite(t, body{"role": "admin"})
			s.unchanged(t, 0, func() {
				c.member.accept(t, token).wantDetail(t, 409, "You are a member of this company already.")
			})
			g.guest.accept(t, token).want(t, 200) // this does not use the token up
		})
		t.Run("expired", func(t *testing.T) {
			token := c.owner.invite(t, body{})
			s.clock.advance(7*24*time.Hour - time.Minute)
			if got := c.owner.again(t).get(t, "/api/auth/invitations/").want(t, 200); got.id("count") == 0 {
				t.Error("the list is empty before the time")
			}
			s.clock.advance(time.Minute)
			g.member = g.member.again(t)
			refused(t, token)
			if got := c.owner.again(t).get(t, "/api/auth/invitations/").want(t, 200); got.id("count") != 0 {
				t.Errorf("the list still shows %s", got.body)
			}
		})
		g.member.post(t, "/api/auth/invitations/accept/", body{}).wantErrors(t, "token", required)
	})
}

func TestThreat_A21_AcceptAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		token := s.acme.owner.invite(t, body{})
		people := []actor{s.globex.owner, s.globex.admin, s.globex.member, s.globex.guest}
		won := 0
		for _, a := range atOnce(8, func(i int) answer { return people[i%4].accept(t, token) }) {
			switch a.status {
			case 200:
				won++
			case 409: // the winner's second try
			default:
				a.wantErrors(t, "token", noInvite)
			}
		}
		if won != 1 {
			t.Errorf("%d accepted one invitation", won)
		}
		if got := s.acme.owner.get(t, "/api/auth/company-users/").id("count"); got != 5 {
			t.Errorf("the company has %d members", got)
		}
		token = s.acme.owner.invite(t, body{})
		won = 0
		for _, a := range atOnce(4, func(i int) answer {
			return s.call(t, "POST", "/api/auth/register/",
				registration(body{"username": fmt.Sprint("racer", i), "company_name": nil, "invitation_token": token}))
		}) {
			if a.status == 201 {
				won++
				continue
			}
			a.wantErrors(t, "invitation_token", noInvite)
		}
		if won != 1 {
			t.Errorf("%d registered with one invitation", won)
		}
	})
}

// ids returns the ids of a page, and its count.
func ids(t testing.TB, a answer) (all []string) {
	t.Helper()
	var page struct {
		Count   int
		Results []struct{ ID string }
	}
	if err := json.Unmarshal(a.want(t, 200).body, &page); err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Results {
		all = append(all, r.ID)
	}
	if page.Count != len(all) {
		t.Errorf("%s: counts %d, and has %d", a.request, page.Count, len(all))
	}
	return all
}

func TestAnAccountInTwoCompanies(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.globex.member
		theirs := p.task(t, body{"title": "of Globex"})
		a := p.accept(t, s.acme.owner.invite(t, body{"role": "guest", "email": strings.ToUpper(p.email)})).want(t, 200)
		if a.id("id") != s.acme.id || a.text("name") != s.acme.name {
			t.Errorf("%s", a.body)
		}
		p.alive(t) // still signed in to the earlier company, with the role there
		if got := p.get(t, "/api/auth/profile/"); got.id("company.id") != s.globex.id || got.text("role") != "member" {
			t.Errorf("%s", got.body)
		}
		if got := s.login(t, p.username, password); got.company != s.globex.id {
			t.Errorf("without a company the sign-in leads to %d, not to the one joined first", got.company)
		}
		in := s.call(t, "POST", "/api/auth/login/",
			body{"username": p.username, "password": password, "company": s.acme.id}).want(t, 200)
		guest := actor{
			s: s, id: p.id, company: s.acme.id, username: p.username, access: in.text("access"),
			token: in.text("refresh"),
		}
		if got := guest.get(t, "/api/auth/profile/"); got.id("company.id") != s.acme.id || got.text("role") != "guest" {
			t.Errorf("%s", got.body)
		}
		guest.get(t, path("/api/tasks/%d/", theirs)).wantDetail(t, 404, "Not found.")
		guest.post(t, "/api/tasks/", body{"title": "x"}).wantDetail(t, 403, forbids)
		ours := s.acme.owner.task(t, body{"assigned_to": p.id})
		p.get(t, path("/api/tasks/%d/", ours)).wantDetail(t, 404, "Not found.")
		if got := guest.get(t, "/api/tasks/my_tasks/").want(t, 200).id("count"); got != 1 {
			t.Errorf("%d tasks of theirs in Acme", got)
		}
		if got := p.get(t, "/api/tasks/my_tasks/").want(t, 200).id("count"); got != 0 {
			t.Errorf("%d tasks of theirs in Globex", got)
		}
		guest = guest.refreshed(t)
		if got := guest.get(t, "/api/auth/profile/").id("company.id"); got != s.acme.id {
			t.Errorf("the refresh leads to %d", got)
		}

		// The member and the managers of a company see only the sessions in that company.
		theirsThere, hereOwn, hereManaged := ids(t, p.get(t, "/api/auth/sessions/")), ids(t,
			guest.get(t, "/api/auth/sessions/")), ids(t, s.acme.owner.get(t, user(p.id)+"sessions/"))
		if len(theirsThere) != 2 || len(hereOwn) != 1 || !slices.Equal(hereOwn, hereManaged) ||
			slices.Contains(theirsThere, hereOwn[0]) {
			t.Errorf("sessions there %q, here %q, as the owner sees them %q", theirsThere, hereOwn, hereManaged)
		}

		// An e-mail address belongs to the account, a name to the member.
		p.patch(t, "/api/auth/profile/", body{
			"email": "moved@mail.example", "first_name": "Only", "last_name": "Here", "current_password": password,
		}).want(t, 200)
		got := s.acme.owner.get(t, user(p.id)).want(t, 200)
		if got.text("email") != "moved@mail.example" || got.text("first_name") != "" {
			t.Errorf("%s", got.body)
		}

		// Each company ends its own membership; a sign-in then leads to the other company.
		s.globex.owner.patch(t, user(p.id), body{"is_active": false}).want(t, 200)
		p.dead(t)
		guest.alive(t)
		if got := s.login(t, p.username, password); got.company != s.acme.id {
			t.Errorf("the sign-in leads to %d", got.company)
		}
		// A new password ends the sessions in all companies.
		here := guest.again(t)
		here.post(t, "/api/auth/password/", body{"current_password": password, "new_password": "another " + password}).
			want(t, 204)
		guest.dead(t)
		here.alive(t)
	})
}

func TestARemovedMemberComesBack(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.globex.member
		p.accept(t, s.acme.owner.invite(t, body{})).want(t, 200)
		id := s.acme.owner.task(t, body{"assigned_to": p.id})
		s.acme.owner.delete(t, user(p.id)).want(t, 204)
		// Acme no longer gets events about this person.
		p.patch(t, "/api/auth/profile/", body{"email": "moved@mail.example", "current_password": password}).want(t, 200)
		history := path("/api/tasks/%d/history/", id)
		s.acme.owner.patch(t, path("/api/tasks/%d/", id), body{"title": "remembers who was here"}).want(t, 200)
		s.acme.owner.get(t, history).want(t, 200)
		s.acme.owner.post(t, "/api/tasks/", body{"title": "x", "assigned_to": p.id}).wantErrors(t, "assigned_to",
			noSuch(p.id))
		s.acme.owner.get(t, "/api/tasks/?created_by="+fmt.Sprint(p.id)).want(t, 200)

		p.accept(t, s.acme.owner.invite(t, body{"role": "admin"})).want(t, 200)
		back := s.acme.owner.get(t, user(p.id)).want(t, 200)
		if back.text("role") != "admin" || back.at("is_active") != true || back.text("email") != "moved@mail.example" {
			t.Errorf("%s", back.body)
		}
		s.acme.owner.task(t, body{"assigned_to": p.id})
		if got := s.acme.owner.get(t, "/api/auth/company-users/").id("count"); got != 5 {
			t.Errorf("%d members", got)
		}
	})
}

// The cached data of a removed person is not used when the person is back.
func TestARemovedMemberIsRememberedAndComesBack(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.globex.member
		p.accept(t, s.acme.owner.invite(t, body{})).want(t, 200)
		in := s.call(t, "POST", "/api/auth/login/",
			body{"username": p.username, "password": password, "company": s.acme.id}).want(t, 200)
		inside := actor{s: s, access: in.text("access")}
		id := inside.task(t, body{})
		s.acme.owner.delete(t, user(p.id)).want(t, 204)
		got := s.acme.owner.get(t, path("/api/tasks/%d/", id)).want(t, 200)
		if got.at("created_by_detail.is_active") != false {
			t.Errorf("a removed member is shown as %v", got.at("created_by_detail"))
		}
		p.accept(t, s.acme.owner.invite(t, body{})).want(t, 200)
		got = s.acme.owner.get(t, path("/api/tasks/%d/", id)).want(t, 200)
		if got.at("created_by_detail.is_active") != true {
			t.Errorf("who is back is shown as %v", got.at("created_by_detail"))
		}
		s.acme.owner.post(t, "/api/tasks/", body{"title": "x", "assigned_to": p.id}).want(t, 201)
		inside.dead(t) // the session from before the removal stays ended
	})
}
