package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/job"
)

// acts returns the entries of the installation's log, newest first, as "act company subject/id".
func acts(t *testing.T, op actor, query string) (all []string) {
	t.Helper()
	for _, e := range op.get(t, "/api/operator/log/"+query).want(t, 200).at("results").([]any) {
		m := e.(map[string]any)
		text := m["act"].(string)
		if c, ok := m["company"].(map[string]any); ok {
			text += " " + c["name"].(string)
		}
		if m["subject"] != "" {
			text += " " + m["subject"].(string)
		}
		if m["subject_id"] != nil {
			text += fmt.Sprintf("/%v", m["subject_id"])
		}
		all = append(all, text)
	}
	return all
}

func TestThreat_A39_SignInsAndRightsOfOperatorsAreNoted(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		m := s.acme.member
		for range 3 {
			s.call(t, "POST", "/api/operator/login/", body{"username": "root", "password": "not " + password}).
				want(t, 401)
		}
		s.call(t, "POST", "/api/operator/login/", body{"username": "hunter2 hunter2", "password": "x"}).want(t, 401)
		op.patch(t, path("/api/operator/users/%d/", m.id), body{"is_superuser": true}).want(t, 200)
		op.patch(t, path("/api/operator/users/%d/", m.id), body{"is_superuser": true}).want(t, 200) // changes nothing
		second := actor{s: s, id: m.id, access: s.operatorToken(t, m.username)}
		second.post(t, "/api/operator/logout/", nil).want(t, 204)
		op.patch(t, path("/api/operator/users/%d/", m.id), body{"is_superuser": false, "is_active": false}).want(t, 200)
		if err := s.auth.ResetPassword(t.Context(), "root", "another good one 7"); err != nil {
			t.Fatal(err)
		}
		op.access = s.call(t, "POST", "/api/operator/login/",
			body{"username": "root", "password": "another good one 7"}).want(t, 200).text("access")

		equalStrings(
			t,
			"the log",
			acts(t, op, ""),
			"signed_in",
			fmt.Sprintf("password_changed account/%d", op.id),
			fmt.Sprintf(
				"member_updated %s member/%d",
				s.acme.name,
				m.id,
			),
			fmt.Sprintf("account_closed account/%d", m.id),
			fmt.Sprintf("operator_demoted account/%d", m.id),
			"signed_out",
			"signed_in",
			fmt.Sprintf("operator_promoted account/%d", m.id),
			"sign_in_failed",
			"sign_in_failed",
			"signed_in",
			fmt.Sprintf("operator_promoted account/%d", op.id),
		)

		failed := op.get(t, "/api/operator/log/?act=sign_in_failed").want(t, 200)
		if strings.Contains(string(failed.body), "hunter2") || failed.at("results.0.operator") != nil {
			t.Errorf("an unknown name is kept: %s", failed.body)
		}
		if failed.id("results.1.times") != 3 || failed.text("results.1.operator.name") != "root" {
			t.Errorf("three failures are %s", failed.body)
		}
		for query, want := range map[string]int64{
			"?via=command": 2, fmt.Sprintf("?operator=%d", m.id): 2, fmt.Sprintf("?company=%d", s.acme.id): 1,
			"?act=signed_in": 3, "?from=2100-01-01T00:00:00Z": 0, "?to=2000-01-01T00:00:00Z": 0,
		} {
			if n := op.get(t, "/api/operator/log/"+query).want(t, 200).id("count"); n != want {
				t.Errorf("%s lists %d, want %d", query, n, want)
			}
		}
		op.get(t, "/api/operator/log/?act=nonsense").want(t, 400)
		s.acme.owner.get(t, "/api/operator/log/").want(t, 403)
		s.call(t, "GET", "/api/operator/log/", nil).want(t, 401)
	})
}

// An operator's read of a company is noted before the answer, and the company learns that it happened.
func TestThreat_A39_ReadsOfACompanyAreNoted(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		task := s.acme.member.task(t, body{"title": "Secret plan"})
		tasks := path("/api/operator/companies/%d/tasks/", s.acme.id)
		for range 3 {
			op.get(t, tasks).want(t, 200)
		}
		op.get(t, path("/api/operator/companies/%d/tasks/%d/", s.acme.id, task)).want(t, 200)
		op.call(t, "HEAD", tasks, nil).want(t, 200)
		equalStrings(t, "reads", acts(t, op, "?act=read"),
			fmt.Sprintf("read %s task/%d", s.acme.name, task), fmt.Sprintf("read %s tasks", s.acme.name))
		if n := op.get(t, "/api/operator/log/?act=read").id("results.1.times"); n != 4 {
			t.Errorf("four reads count as %d", n)
		}
		seen := func(c cast) int64 {
			t.Helper()
			return c.owner.get(t, "/api/events/audit/?kind=operator_read").want(t, 200).id("count")
		}
		if n := seen(s.acme); n != 2 {
			t.Errorf("the company sees %d reads, want one of its tasks and one of a task", n)
		}
		if n := seen(s.globex); n != 0 {
			t.Errorf("another company sees %d reads", n)
		}
		e := s.last(t, s.acme)
		if e.at("results.0.operator") == nil || e.at("results.0.actor") != nil ||
			strings.Contains(string(e.body), "Secret plan") || strings.Contains(string(e.body), "root") {
			t.Errorf("the company reads %s", e.body)
		}
		s.clock.advance(event.ActsTogether)
		op.get(t, tasks).want(t, 200)
		if n := seen(s.acme); n != 3 {
			t.Errorf("later, the company sees %d reads", n)
		}
	})
}

// reads lists what each operators' route for reading is noted as. A route that is not here is a test failure.
var unnotedReads = map[string]string{
	"operatorCompanies": "the list of companies has their names and sizes",
	"operatorLog":       "the log itself",
	"operatorTotals":    "sums over all companies tell of none",
}

func TestThreat_A39_EveryReadIsNoted(t *testing.T) {
	s := newServer(t, "sqlite")
	op := s.operator(t, "root")
	s.acme.member.task(t, body{"title": "x", "assigned_to": s.acme.admin.id})
	s.later(t, 11*time.Second)
	seen := 0
	for _, r := range s.api.Routes() {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.Path, "/api/operator/") {
			continue
		}
		seen++
		before := op.get(t, "/api/operator/log/?act=read").want(t, 200).id("count")
		id := map[string]int64{"operatorMember": s.acme.member.id, "operatorUser": s.acme.member.id}[r.Name]
		p := strings.NewReplacer("{company}", fmt.Sprint(s.acme.id), "{id}", fmt.Sprint(max(id, 1))).Replace(r.Path)
		op.get(t, p).want(t, 200)
		noted := op.get(t, "/api/operator/log/?act=read").want(t, 200).id("count") - before
		if why := unnotedReads[r.Name]; noted == 0 && why == "" || noted > 1 {
			t.Errorf("%s is noted %d times", r.Name, noted)
		}
	}
	if seen < 10 {
		t.Errorf("only %d routes", seen)
	}
}

// An operator's change inside a company is in both logs, or in neither.
func TestThreat_A39_ChangesAreNotedWithTheirEvents(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		task := s.acme.member.task(t, body{"title": "x", "assigned_to": s.acme.admin.id})
		s.later(t, 11*time.Second)
		at := path("/api/operator/companies/%d/", s.acme.id)
		op.patch(t, at, body{"description": "Fences"}).want(t, 200)
		op.patch(t, at+"usage/", body{"tasks": 50}).want(t, 200)
		op.patch(t, at+path("tasks/%d/", task), body{"title": "y"}).want(t, 200)
		op.patch(t, at+path("tasks/%d/", task), body{"title": ""}).want(t, 400)
		op.patch(t, at+path("members/%d/", s.acme.guest.id), body{"role": "member"}).want(t, 200)
		notice := op.get(t, at+"notifications/").want(t, 200).id("results.0.id")
		op.patch(t, at+path("notifications/%d/", notice), body{"read": true}).want(t, 200)
		op.patch(t, at+path("notifications/%d/", notice), body{"read": true}).want(t, 200) // changes nothing
		j := op.get(t, path("/api/operator/jobs/?company=%d", s.acme.id)).want(t, 200).id("results.0.id")
		op.post(t, path("/api/operator/jobs/%d/cancel/", j), nil).want(t, 200)
		if err := job.FromShell(t.Context(), s.db, j, job.Retry); err != nil {
			t.Fatal(err)
		}
		mine := fmt.Sprintf("?company=%d", s.acme.id)
		var changed []string
		for _, a := range acts(t, op, mine) {
			if !strings.HasPrefix(a, "read ") {
				changed = append(changed, strings.Split(a, " ")[0])
			}
		}
		equalStrings(t, "the installation's log", changed, "job_retried", "job_cancelled", "notification_marked",
			"member_role_changed", "task_updated", "company_updated", "company_updated")
		for _, kind := range []string{"job_retried", "job_cancelled", "notification_marked", "member_role_changed"} {
			if n := s.acme.owner.get(t, "/api/events/audit/?kind="+kind).want(t, 200).id("count"); n != 1 {
				t.Errorf("the company has %d events %s", n, kind)
			}
		}
		// A member's own changes are the company's business.
		s.acme.owner.patch(t, "/api/auth/company/", body{"description": "Walls"}).want(t, 200)
		if n := op.get(t, "/api/operator/log/"+mine+"&act=company_updated").id("count"); n != 2 {
			t.Errorf("%d changes of the company", n)
		}
	})
}

func TestThreat_A39_TheLogIsKeptForTwoYears(t *testing.T) {
	s := newServer(t, "sqlite")
	s.operator(t, "root")
	s.clock.advance(event.KeepActs + time.Hour)
	if _, err := s.auth.CreateOperator(t.Context(),
		auth.NewOperator{Username: "late", Password: password}); err != nil {
		t.Fatal(err)
	}
	if err := event.ForgetActs(t.Context(), s.db); err != nil {
		t.Fatal(err)
	}
	late := actor{s: s, access: s.operatorToken(t, "late")}
	if all := acts(t, late, ""); len(all) != 2 {
		t.Errorf("the log has %q", all)
	}
}
