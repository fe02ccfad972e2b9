package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

func TestAudit(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.acme
		first := c.owner.task(t, body{"title": "first"})
		second := c.member.task(t, body{"title": "second"})
		s.clock.advance(10 * time.Minute)
		between := s.clock.Now()
		s.clock.advance(10 * time.Minute)
		c.member.patch(t, path("/api/tasks/%d/", first), body{"status": "done"}).want(t, 200)
		c.owner.delete(t, path("/api/tasks/%d/", second)).want(t, 204)
		c.owner.patch(t, path("/api/auth/company-users/%d/", c.guest.id), body{"role": "member"}).want(t, 200)
		op := s.operator(t, "root")
		op.patch(t, path("/api/operator/companies/%d/tasks/%d/", c.id, first), body{"title": "put right"}).want(t, 200)
		s.globex.owner.tasks(t, "of another company", "of another company too")

		at := url.QueryEscape(between.Format(time.RFC3339Nano))
		for query, want := range map[string]string{
			"":                                "6 5 4 3 2 1",
			"?kind=task_updated":              "6 3",
			"?actor=MEMBER":                   "3 2",
			"?actor=MEMBER&kind=task_created": "2",
			"?task=FIRST":                     "6 3 1",
			"?task=SECOND":                    "4 2",
			"?subject=member":                 "5",
			"?subject=task&subject_id=FIRST&to=BETWEEN": "1",
			"?from=BETWEEN":                  "6 5 4 3",
			"?to=BETWEEN":                    "2 1",
			"?from=BETWEEN&to=BETWEEN":       "",
			"?from=1970-01-01&to=9999-01-01": "6 5 4 3 2 1",
			"?page=2&page_size=4":            "2 1",
			"?actor=987654321":               "",
		} {
			q := strings.NewReplacer("MEMBER", fmt.Sprint(c.member.id), "FIRST", fmt.Sprint(first), "SECOND",
				fmt.Sprint(second), "BETWEEN", at).Replace(query)
			got := c.admin.get(t, "/api/events/audit/"+q).want(t, 200)
			list := strings.Join(got.list("seq"), " ")
			if list != want || !strings.Contains(query, "page") && got.id("count") != int64(len(got.list("seq"))) {
				t.Errorf("%s: %s, want %s\n%s", query, list, want, got.body)
			}
			if strings.Contains(string(got.body), "another company") {
				t.Errorf("%s shows another company's: %s", query, got.body)
			}
		}
		all := c.admin.get(t, "/api/events/audit/").want(t, 200)
		if all.at("results.0.operator") != true || all.at("results.0.actor") != nil ||
			all.text("results.3.actor.email") != c.member.email || all.text("results.3.changes.status.new") != "done" ||
			all.id("results.1.subject_id") != c.guest.id || all.text("results.1.subject") != "member" {
			t.Errorf("who did what: %s", all.body)
		}
		// The list is read page by page while the log grows.
		var seen []string
		for next := "/api/events/audit/?page_size=2&cursor="; next != ""; {
			got := c.owner.get(t, next).want(t, 200)
			seen = append(seen, got.list("seq")...)
			c.owner.task(t, body{})
			if next = ""; got.at("next") != nil {
				next = got.next(t, "next")
			}
		}
		if got := strings.Join(seen, " "); got != "6 5 4 3 2 1" {
			t.Errorf("page by page: %s", got)
		}
		c.admin.get(t, "/api/events/audit/?subject_id=1").wantErrors(t, "subject_id", "Say of which subject.")
		c.admin.get(t, "/api/events/audit/?task=1&subject=member").wantErrors(t, "task",
			"Give either task or subject, not both.")
		c.admin.get(t, "/api/events/audit/?kind=nothing").wantErrors(t, "kind", `"nothing" is not a valid choice.`)
		c.admin.get(t, "/api/events/audit/?from=soon").want(t, 400)
		c.member.get(t, "/api/events/audit/").wantDetail(t, 403, forbids)
	})
}

// asIfOfBefore makes a notification like an old one, from before notifications had a text to search in.
func (s *server) asIfOfBefore(t testing.TB, company, id int64) {
	t.Helper()
	err := s.db.SystemScope(company, "a test").Write(t.Context(), func(tx *db.Tx) error {
		return db.Found(tx.Exec(`UPDATE notifications SET search_text = '' WHERE company_id = $1 AND id = $2`, id))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestManagersSeeWhatEverybodyWasTold(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		old := s.acme.owner.told(t, 1, "Ours")
		s.asIfOfBefore(t, s.acme.id, old)
		s.acme.member.told(t, 2, "Ours: ÄPFEL 50%")
		s.globex.member.told(t, 1, "Theirs")
		got := s.acme.admin.get(t, "/api/notifications/sent/").want(t, 200)
		if got.id("count") != 2 || got.id("results.0.user") != s.acme.member.id ||
			got.text("results.0.mail") != "none" || got.at("results.0.read") != false ||
			strings.Contains(string(got.body), "Theirs") {
			t.Errorf("all: %s", got.body)
		}
		for query, want := range map[string]int64{
			"?kind=assigned": 2, "?kind=status": 0, "?mail=sent": 0, path("?user=%d", s.acme.owner.id): 1, "?task=1": 0,
			"?search=ours": 2, "?search=%C3%A4pfel+OURS": 1, "?search=50%25": 1, "?search=5_%25": 0,
			"?search=theirs": 0,
		} {
			if got := s.acme.admin.get(t, "/api/notifications/sent/"+query).want(t, 200); got.id("count") != want {
				t.Errorf("%s: %s", query, got.body)
			}
		}
		s.acme.member.get(t, "/api/notifications/sent/").wantDetail(t, 403, forbids)

		// An operator marks a notification in a member's inbox, and finds no other company's by this company's path.
		op := s.operator(t, "root")
		p := path("/api/operator/companies/%d/notifications/%d/", s.acme.id, got.id("results.0.id"))
		got = op.patch(t, p, body{"read": true}).want(t, 200)
		if got.at("read") != true || got.id("user") != s.acme.member.id {
			t.Errorf("marked: %s", got.body)
		}
		if got := s.acme.member.get(t, "/api/notifications/unread/").want(t, 200); got.id("unread") != 0 {
			t.Errorf("unread: %s", got.body)
		}
		op.patch(t, strings.Replace(p, path("/%d/", s.acme.id), path("/%d/", s.globex.id), 1), body{"read": false}).
			wantDetail(t, 404, "Not found.")
	})
}

func TestOperatorSeesTheFiguresOfAll(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.acme.owner.tasks(t, "a", "b", "c")
		id := s.globex.owner.task(t, body{"assigned_to": s.globex.member.id})
		s.clock.advance(26 * time.Hour)
		s.globex.owner = s.globex.owner.again(t)
		s.acme.owner = s.acme.owner.again(t)
		s.globex.owner.patch(t, path("/api/tasks/%d/", id), body{"status": "done"}).want(t, 200)
		op := s.operator(t, "root")
		query := "?days=3&tz=Asia/Kathmandu&as_of=" + url.QueryEscape(s.clock.Now().Format(time.RFC3339Nano))
		all := op.get(t, "/api/operator/analytics/"+query).want(t, 200)
		if all.id("count") != 2 {
			t.Fatalf("reports: %s", all.body)
		}
		for i, c := range []cast{s.acme, s.globex} { // the members' own reports, which the oracle test has checked
			got := fmt.Sprint(all.at(fmt.Sprint("results.", i)))
			want := fmt.Sprint(c.owner.get(t, "/api/analytics/"+query).want(t, 200).json)
			if got != want {
				t.Errorf("%s:\n%s\nand its members are answered\n%s", c.name, got, want)
			}
		}
		got := op.get(t, "/api/operator/analytics/?page=2&page_size=1").want(t, 200)
		if got.id("results.0.company.id") != s.globex.id || got.at("next") != nil {
			t.Errorf("page 2: %s", got.body)
		}
		op.get(t, "/api/operator/analytics/?days=0").want(t, 400)
	})
}

func TestOperatorFindsJobs(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		s.job(t, s.acme, "dead")
		for query, want := range map[string]int64{
			"?kind=mail": 1, "?kind=none": 0, "?search=SECRET+mail": 1, "?search=secret+none": 0, "?search=%25": 0,
		} {
			if got := op.get(t, "/api/operator/jobs/"+query).want(t, 200); got.id("count") != want {
				t.Errorf("%s: %s", query, got.body)
			}
		}
	})
}
