package api_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/task"
)

// budget sets a budget of acme as an operator does.
func (s *server) budget(t *testing.T, op actor, b body) answer {
	t.Helper()
	return op.patch(t, fmt.Sprintf("/api/operator/companies/%d/usage/", s.acme.id), b).want(t, 200)
}

// counted fails unless what companies use matches a recount.
func (s *server) counted(t *testing.T) {
	t.Helper()
	wrong, err := task.RecountUsage(t.Context(), s.db)
	if err != nil || len(wrong) > 0 {
		t.Errorf("the usage differs from a recount: %v, %v", wrong, err)
	}
}

// wantBudget fails unless the answer is that a budget is used up.
func (a answer) wantBudget(t *testing.T, status int, name string) answer {
	t.Helper()
	a.want(t, status)
	if a.text("budget") != name || a.text("code") != "budget_reached" {
		t.Errorf("budget %q, code %q, not %q", a.text("budget"), a.text("code"), name)
	}
	if status == 429 && a.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	return a
}

// Threat R22: a company gets as many tasks and bytes as its budget has, exactly, however many ask at once; what frees
// some is always possible, and the counts match a recount whatever was done.
func TestThreat_R22_TasksAndBytesHaveABudget(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op, m := s.operator(t, "root"), s.acme.member
		for _, id := range []int64{s.acme.id, s.globex.id} { // the people of the harness are rows without events
			if err := task.RepairCounters(t.Context(), s.db, id); err != nil {
				t.Fatal(err)
			}
		}
		s.budget(t, op, body{"tasks": 10})
		var made, refused atomic.Int64
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() {
				switch a := m.post(t, "/api/tasks/", body{"title": fmt.Sprint("task ", i)}); a.status {
				case 201:
					made.Add(1)
				default:
					a.wantBudget(t, 507, "tasks")
					refused.Add(1)
				}
			})
		}
		wg.Wait()
		if made.Load() != 10 || refused.Load() != 20 {
			t.Errorf("%d made, %d refused", made.Load(), refused.Load())
		}
		s.globex.member.task(t, body{"title": "another company's"})
		id := m.get(t, "/api/tasks/").id("results.0.id")
		path := fmt.Sprintf("/api/tasks/%d/", id)
		m.patch(t, path, body{"status": "done"}).want(t, 200)
		gone := m.delete(t, path).want(t, 204).seq(t)
		again := m.task(t, body{"title": "in its place"})
		m.post(t, "/api/tasks/undo/", body{"seqs": []int64{gone}}).wantBudget(t, 507, "tasks")
		s.counted(t)

		used := s.budget(t, op, body{"tasks": nil, "bytes": 0}).id("bytes.used")
		s.budget(t, op, body{"bytes": used + 5_000})
		long := body{"title": "x", "description": strings.Repeat("x", 9_000)}
		m.post(t, "/api/tasks/", long).wantBudget(t, 507, "bytes")
		for i := 0; ; i++ { // until it is full
			a := m.patch(t, fmt.Sprintf("/api/tasks/%d/", again), body{"title": fmt.Sprint("title ", i)})
			if a.status != 200 {
				a.wantBudget(t, 507, "bytes")
				break
			}
			if i == 100 {
				t.Fatal("no bound of bytes")
			}
		}
		m.get(t, "/api/tasks/").want(t, 200)
		m.delete(t, fmt.Sprintf("/api/tasks/%d/", again)).want(t, 204)
		s.counted(t)

		// The company's admins see it, members do not, and the log has who changed it.
		u := s.acme.admin.get(t, "/api/auth/company/usage/").want(t, 200)
		if u.id("tasks.used") != 9 || u.at("tasks.own") != false || u.at("bytes.own") != true {
			t.Errorf("usage %v", u.json)
		}
		m.get(t, "/api/auth/company/usage/").want(t, 403)
		audit := s.acme.owner.get(t, "/api/events/audit/?kind=company_updated").want(t, 200)
		if audit.at("results.0.operator") != true || audit.at("results.0.changes.budget_bytes") == nil {
			t.Errorf("the log says %v", audit.at("results.0"))
		}
		op.patch(t, fmt.Sprintf("/api/operator/companies/%d/usage/", s.acme.id), body{"tasks": -1}).want(t, 400)
	})
}

// Threat R22: members and open invitations have a budget, exactly.
func TestThreat_R22_MembersAndInvitationsHaveABudget(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op, owner := s.operator(t, "root"), s.acme.owner
		for _, id := range []int64{s.acme.id, s.globex.id} { // the people of the harness are rows without events
			if err := task.RepairCounters(t.Context(), s.db, id); err != nil {
				t.Fatal(err)
			}
		}
		s.budget(t, op, body{"invitations": 5})
		var made, refused atomic.Int64
		var wg sync.WaitGroup
		for range 15 {
			wg.Go(func() {
				switch a := owner.post(t, "/api/auth/invitations/", body{}); a.status {
				case 201:
					made.Add(1)
				default:
					a.wantBudget(t, 507, "invitations")
					refused.Add(1)
				}
			})
		}
		wg.Wait()
		if made.Load() != 5 || refused.Load() != 10 {
			t.Errorf("%d made, %d refused", made.Load(), refused.Load())
		}
		open := owner.get(t, "/api/auth/invitations/").want(t, 200)
		if open.id("count") != 5 {
			t.Errorf("%d are open", open.id("count"))
		}
		owner.delete(t, fmt.Sprintf("/api/auth/invitations/%d/", open.id("results.0.id"))).want(t, 204)
		token := owner.invite(t, body{})
		members := s.budget(t, op, body{"members": 0}).id("members.used")
		if members != 4 {
			t.Errorf("%d members", members)
		}
		s.budget(t, op, body{"members": members})
		s.globex.guest.post(t, "/api/auth/invitations/accept/", body{"token": token}).wantBudget(t, 507, "members")
		owner.delete(t, fmt.Sprintf("/api/auth/company-users/%d/", s.acme.guest.id)).want(t, 204)
		s.globex.guest.post(t, "/api/auth/invitations/accept/", body{"token": token}).want(t, 200)
		s.counted(t)
	})
}

// Threat X8: invitations cannot be used to mail to anybody without end: by company, by member and by address.
func TestThreat_X8_InvitationMailsHaveABudget(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op, owner, admin := s.operator(t, "root"), s.acme.owner, s.acme.admin
		invite := func(a actor, address string) answer {
			return a.post(t, "/api/auth/invitations/", body{"email": address})
		}
		s.budget(t, op, body{"invitation_mails": 3})
		s.accounts.MailsPerMember = 2
		invite(owner, "a@example.com").want(t, 201)
		invite(owner, "b@example.com").want(t, 201)
		invite(owner, "c@example.com").wantBudget(t, 429, "invitation_mails")
		owner.post(t, "/api/auth/invitations/", body{}).want(t, 201) // without a mail
		invite(admin, "d@example.com").want(t, 201)
		invite(admin, "e@example.com").wantBudget(t, 429, "invitation_mails")
		s.clock.advance(25 * time.Hour)
		s.accounts.MailsToAddress = limit.New(limit.Rate{Burst: 1, Per: 24 * time.Hour}, s.clock.Now)
		owner, globex := owner.again(t), s.globex.owner.again(t)
		invite(owner, "Victim@Example.com").want(t, 201)
		invite(globex, "victim@example.com").wantBudget(t, 429, "invitation_mails")
		invite(globex, "other@example.com").want(t, 201)
	})
}

// Threat R22: a company has at most so many requests inside the gate at once, and another company does not notice.
func TestThreat_R22_RequestsHaveABudget(t *testing.T) {
	gate := limit.NewGate(time.Now, nil)
	s := newServer(t, "sqlite", func(s *server) { s.api.Gate = gate })
	s.budget(t, s.operator(t, "root"), body{"requests": 2})
	acme := limit.CompanyPayer(s.acme.id)
	for range 2 { // two requests that do not end
		if !gate.Enter(t.Context(), acme) {
			t.Fatal("the gate is full")
		}
	}
	s.acme.owner.get(t, "/api/tasks/").wantBudget(t, 429, "requests")
	s.globex.owner.get(t, "/api/tasks/").want(t, 200)
	gate.Leave(acme, limit.Cost{})
	s.acme.owner.get(t, "/api/tasks/").want(t, 200)
	u := s.acme.owner.get(t, "/api/auth/company/usage/").want(t, 200)
	if u.id("requests.limit") != 2 || u.id("requests.used") != 2 {
		t.Errorf("usage %v", u.at("requests"))
	}
}
