package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
)

// An invitation gives at most the role that its creator may give when it is accepted. If the creator loses the right,
// each open invitation ends with an event.
func TestThreat_A21_A31_InvitationsEndWithTheRightToInvite(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, op := s.acme.owner, s.operator(t, "root")
		member := func(p actor) string { return path("/api/auth/company-users/%d/", p.id) }
		for i, c := range []struct {
			name string
			lose func(p actor)
			keep bool
		}{
			{name: "removed", lose: func(p actor) { owner.delete(t, member(p)).want(t, 204) }},
			{name: "deactivated", lose: func(p actor) {
				owner.patch(t, member(p), body{"is_active": false}).want(t, 200)
			}},
			{name: "member", lose: func(p actor) { owner.patch(t, member(p), body{"role": "member"}).want(t, 200) }},
			{name: "guest", lose: func(p actor) { owner.patch(t, member(p), body{"role": "guest"}).want(t, 200) }},
			{name: "closed", lose: func(p actor) {
				op.patch(t, path("/api/operator/users/%d/", p.id), body{"is_active": false}).want(t, 200)
			}},
			{name: "changed by an operator", lose: func(p actor) {
				where := path("/api/operator/companies/%d/members/%d/", s.acme.id, p.id)
				op.patch(t, where, body{"role": "guest"}).want(t, 200)
			}},
			{name: "promoted and back", keep: true, lose: func(p actor) {
				owner.patch(t, member(p), body{"role": "owner"}).want(t, 200)
				owner.patch(t, member(p), body{"role": "admin"}).want(t, 200)
			}},
		} {
			t.Run(c.name, func(t *testing.T) {
				p := s.person(t, s.acme.id, fmt.Sprint("inviter", i), account.Admin)
				invite := func(b body) string {
					return p.post(t, "/api/auth/invitations/", b).want(t, 201).text("token")
				}
				forNew, forOther := invite(body{"role": "admin"}), invite(body{"role": "guest"})
				invite(body{"email": "queued@mail.example"})
				others := owner.post(t, "/api/auth/invitations/", body{}).want(t, 201)
				from := owner.get(t, "/api/events/").id("count")
				c.lose(p)
				back := s.person(t, s.globex.id, fmt.Sprint("back", i), account.Ordinary)
				register := registration(body{
					"username": fmt.Sprint("new", i), "company_name": nil, "invitation_token": forNew,
				})
				if c.keep {
					s.call(t, "POST", "/api/auth/register/", register).want(t, 201)
					back.post(t, "/api/auth/invitations/accept/", body{"token": forOther}).want(t, 200)
					equalStrings(t, "invited", addresses(s.sent(t)), "queued@mail.example")
					return
				}
				s.call(t, "POST", "/api/auth/register/", register).wantErrors(t, "invitation_token", noInvite)
				back.post(t, "/api/auth/invitations/accept/", body{"token": forOther}).wantErrors(t, "token", noInvite)
				got := owner.get(t, "/api/auth/invitations/").want(t, 200)
				if got.id("count") != 1 || got.id("results.0.id") != others.id("id") {
					t.Errorf("open are %s", got.body)
				}
				owner.delete(t, path("/api/auth/invitations/%d/", others.id("id"))).want(t, 204)
				kinds := owner.get(t, path("/api/events/?after=%d", from)).want(t, 200).list("type")
				kinds = slices.DeleteFunc(kinds, func(k string) bool { return k != "invitation_revoked" })
				if len(kinds) != 4 {
					t.Errorf("the log has %d revoked invitations, want 4", len(kinds))
				}
				equalStrings(t, "invited", addresses(s.sent(t)))
			})
		}
	})
}

// TestThreat_A31_AnInvitationBesideTheChange takes the right away and leaves the invitation, as if it had been created
// beside the change.
func TestThreat_A31_AnInvitationBesideTheChange(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, sql := range []string{
			`UPDATE members SET role = 'member' WHERE company_id = $1 AND user_id = $2`,
			`UPDATE members SET state = 'inactive' WHERE company_id = $1 AND user_id = $2`,
			`UPDATE users SET is_active = FALSE WHERE $1 > 0 AND id = $2`,
		} {
			p := s.person(t, s.acme.id, fmt.Sprint("inviter", len(sql)), account.Admin)
			made := p.post(t, "/api/auth/invitations/",
				body{"role": "admin", "email": "queued@mail.example"}).want(t, 201)
			err := s.db.System("a test").Write(t.Context(), func(tx *db.SystemTx) error {
				n, err := tx.Exec(sql, s.acme.id, p.id)
				if err == nil && n != 1 {
					err = fmt.Errorf("%d rows", n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			s.call(t, "POST", "/api/auth/register/", registration(body{
				"username": fmt.Sprint("new", len(sql)), "company_name": nil, "invitation_token": made.text("token"),
				"email": "queued@mail.example",
			})).wantErrors(t, "invitation_token", noInvite)
			if strings.HasPrefix(sql, "UPDATE members") { // the mail's transaction sees no accounts: closing revokes
				equalStrings(t, "invited", addresses(s.sent(t)))
			}
		}
	})
}

// A change of password by any way ends all sessions of the old password, an operator's sessions too.
func TestThreat_A13_A32_EverythingEndsWithThePassword(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.acme.member
		if _, err := s.auth.Promote(t.Context(), p.username); err != nil {
			t.Fatal(err)
		}
		now := password
		open := func() (member, op actor) {
			t.Helper()
			op = p
			in := body{"username": p.username, "password": now}
			op.access = s.call(t, "POST", "/api/operator/login/", in).want(t, 200).text("access")
			op.get(t, "/api/operator/companies/").want(t, 200)
			return s.login(t, p.username, now), op
		}
		ended := func(member, op actor) {
			t.Helper()
			member.dead(t)
			op.get(t, "/api/operator/companies/").wantDetail(t, 401, badToken)
		}
		member, op := open()
		here := s.login(t, p.username, now)
		next := theirs("one")
		here.post(t, "/api/auth/password/", body{"current_password": now, "new_password": next}).want(t, 204)
		now = next
		ended(member, op)
		here.alive(t)

		member, op = open()
		_, keeps := open()
		next = theirs("two")
		keeps.post(t, "/api/operator/password/", body{"current_password": "wrong", "new_password": next}).wantErrors(t,
			"current_password", "Your old password was entered incorrectly. Please enter it again.")
		keeps.post(t, "/api/operator/password/",
			body{"current_password": now, "new_password": "password1"}).wantErrors(t, "new_password",
			"This password is too common.")
		keeps.post(t, "/api/operator/password/", body{"current_password": now, "new_password": next}).want(t, 204)
		now = next
		ended(member, op)
		here.dead(t)
		keeps.get(t, "/api/operator/companies/").want(t, 200)

		member, op = open()
		now = theirs("three")
		if err := s.auth.ResetPassword(t.Context(), p.username, now); err != nil {
			t.Fatal(err)
		}
		ended(member, op)

		member, op = open()
		root := s.operator(t, "root")
		root.patch(t, path("/api/operator/users/%d/", p.id), body{"is_active": false}).want(t, 200)
		ended(member, op)
	})
}

// TestThreat_A32_SignInsUnderWay signs in with the old password while it is changed: no session of it may live on.
func TestThreat_A32_SignInsUnderWay(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.acme.member
		if _, err := s.auth.Promote(t.Context(), p.username); err != nil {
			t.Fatal(err)
		}
		now := password
		for round := range 4 {
			here := s.login(t, p.username, now)
			stop := make(chan struct{})
			var mu sync.Mutex
			var members, operators []actor
			var loops sync.WaitGroup
			for i := range 3 {
				loops.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
						}
						to := "/api/auth/login/"
						if i == 2 {
							to = "/api/operator/login/"
						}
						a := s.call(t, "POST", to, body{"username": p.username, "password": now})
						mu.Lock()
						switch {
						case a.status == 200 && i == 2:
							operators = append(operators, actor{s: s, access: a.text("access")})
						case a.status == 200:
							members = append(members, actor{s: s, access: a.text("access")})
						case a.status != 401:
							t.Errorf("%d\n%s", a.status, a.body)
						}
						mu.Unlock()
					}
				})
			}
			next := theirs(fmt.Sprint("round ", round))
			here.post(t, "/api/auth/password/", body{"current_password": now, "new_password": next}).want(t, 204)
			close(stop)
			loops.Wait()
			for _, m := range members {
				if a := m.get(t, "/api/auth/profile/"); a.status != 401 {
					t.Errorf("round %d: a session of the old password is answered %d", round, a.status)
				}
			}
			for _, o := range operators {
				if a := o.get(t, "/api/operator/companies/"); a.status != 401 {
					t.Errorf("round %d: an operator's session of the old password is answered %d", round, a.status)
				}
			}
			now = next
		}
	})
}

// Sign-ins at once all replace the same old hash, and all succeed.
func TestThreat_A32_ParallelSignInsReplaceAnOldHash(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		p := s.person(t, s.acme.id, "parallel", account.Ordinary)
		var all sync.WaitGroup
		for i := range 8 {
			name := []string{p.username, p.email}[i%2]
			all.Go(func() {
				if a := s.tryLogin(t, name, password); a.status != 200 {
					t.Errorf("%d\n%s", a.status, a.body)
				}
			})
		}
		all.Wait()
	})
}
