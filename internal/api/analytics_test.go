package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAnalytics(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.globex.owner.tasks(t, "of another company", "of another company too", "and a third")
		c := s.acme
		first := c.owner.task(t, body{"title": "paint", "assigned_to": c.member.id})
		c.owner.task(t, body{"title": "sweep"})
		s.clock.advance(20 * time.Minute)
		c.member.patch(t, fmt.Sprintf("/api/tasks/%d/", first), body{"status": "in_progress"}).want(t, 200)
		between := s.clock.Now()
		s.clock.advance(10 * time.Minute)
		c.member.patch(t, fmt.Sprintf("/api/tasks/%d/", first), body{"status": "done"}).want(t, 200)

		a := c.guest.get(t, "/api/analytics/?days=3&tz=Europe/Berlin").want(t, 200)
		got := fmt.Sprintln(a.at("company.id") == float64(c.id), a.at("behind"), a.at("time_zone"),
			a.at("company_performance.tasks"), a.at("company_performance.completed"),
			a.at("company_performance.completion_rate"), a.at("assignment.unassigned"),
			a.at("assignment.oldest_open.title"), len(a.at("daily_creation").([]any)))
		if want := fmt.Sprintln(true, 0, "Europe/Berlin", 2, 1, 50, 1, "sweep", 3); got != want {
			t.Errorf("got %s, want %s\n%s", got, want, a.body)
		}
		for path, want := range map[string]float64{
			"company_performance.lead_time.median_seconds": 1800, "history.lead_time.median_seconds": 1800,
			"history.cycle_time.median_seconds": 600,
		} {
			if got, _ := a.at(path).(float64); got < want*0.992 || got > want*1.008 {
				t.Errorf("%s is %v, want %v", path, a.at(path), want)
			}
		}
		a = c.member.get(t, "/api/analytics/?as_of="+between.UTC().Format("2006-01-02T15:04:05.000000Z")).want(t, 200)
		if got, want := fmt.Sprintln(a.at("company_performance.completed"), a.at("status_distribution.1.count"),
			a.at("assignment.oldest_open")), "0 1 <nil>\n"; got != want {
			t.Errorf("as of then: got %s, want %s\n%s", got, want, a.body)
		}
		for _, long := range []string{"0001-01-01", "1969-12-31T23:59:59Z", "2026-01-01"} {
			a = c.member.get(t, "/api/analytics/?tz=Asia/Kathmandu&as_of="+long).want(t, 200)
			got := fmt.Sprintln(a.at("company_performance.tasks"), a.at("assignment.oldest_open_on"),
				a.at("daily_creation.0.created"))
			if got != "0 <nil> 0\n" {
				t.Errorf("as of %s: %s\n%s", long, got, a.body)
			}
		}
		for _, field := range []string{c.admin.email, c.admin.phone} {
			if strings.Contains(string(c.owner.get(t, "/api/analytics/").want(t, 200).body), field) {
				t.Errorf("the figures show %s", field)
			}
		}
		if a := s.call(t, http.MethodGet, "/api/analytics/", nil); a.status != 401 {
			t.Errorf("without a token: %d", a.status)
		}
		for query, field := range map[string]string{
			"days=0": "days", "days=367": "days", "days=x": "days", "tz=Mars/Olympus": "tz", "tz=Local": "tz",
			"tz=../../etc/passwd": "tz", "as_of=soon": "as_of", "company=2": "company",
		} {
			if a := c.owner.get(t, "/api/analytics/?"+query).want(t, 400); a.at("errors."+field) == nil {
				t.Errorf("%s: %s", query, a.body)
			}
		}
	})
}
