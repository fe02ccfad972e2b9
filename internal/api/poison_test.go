package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// plant runs a statement that damages rows, past every rule of the product.
func (s *server) plant(t *testing.T, sql string, args ...any) {
	t.Helper()
	err := s.db.System("a test damages a row").Write(t.Context(), func(tx *db.SystemTx) error {
		n, err := tx.Exec(sql, args...)
		if err == nil && n == 0 {
			t.Fatalf("nothing is planted by %s", sql)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// number returns the number that a query gives.
func (s *server) number(t *testing.T, sql string, args ...any) int64 {
	t.Helper()
	n, err := db.Read(t.Context(), s.db.System("a test"), func(tx *db.SystemTx) (int64, error) {
		return db.One(tx, db.Column[int64], sql, args...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// notCounted returns how many events of a company a follower has not read.
func (s *server) notCounted(t *testing.T, follower string, c cast) int64 {
	t.Helper()
	return s.number(t, `SELECT h.seq - coalesce((SELECT c.seq FROM cursors c
		WHERE c.company_id = h.company_id AND c.name = $1), 0) FROM heads h WHERE h.company_id = $2`, follower, c.id)
}

// poisons are damaged events. fails lists the followers that cannot handle them.
var poisons = []struct {
	name, set string
	fails     []string
}{
	{"data is no JSON", `data = '{"id":'`, []string{"notify", "analytics"}},
	{"data is a list", `data = '[]'`, []string{"notify", "analytics"}},
	{"changes are no JSON", `changes = '{"status"'`, nil},
	{"a status that does not exist", `data = replace(data, '"todo"', '"perhaps"')`, nil},
	{"a subject that does not exist", `subject_id = -7`, nil},
	{"a kind that does not exist", `kind = 'task_exploded'`, nil},
	{"a time that does not exist", `at = 9223372036854775807`, nil},
	{"a version that does not exist", `version = -1`, nil},
	{"another number", `seq = seq + 1000000`, []string{"notify", "analytics"}},
}

// A damaged event in one company's log stops no other company's followers. It is recorded, and retried with a backoff
// until it is repaired.
func TestThreat_R24_ADamagedEventStopsNoOtherCompany(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.acme.owner.task(t, body{"title": "Whole"})
		for _, p := range poisons {
			t.Run(p.name, func(t *testing.T) {
				s.later(t, notifyDelay)
				s.sent(t)
				before := progress(s)
				s.acme.owner.task(t, body{"title": p.name, "assigned_to": s.acme.member.id})
				s.plant(t, `UPDATE events SET `+p.set+` WHERE company_id = $1
					AND seq = (SELECT seq FROM heads WHERE company_id = $1)`, s.acme.id)
				s.globex.owner.task(t, body{"title": p.name, "assigned_to": s.globex.member.id})
				s.clock.advance(notifyDelay)
				err := s.followers.CatchUpDue(t.Context())
				for _, f := range []string{"notify", "analytics"} {
					if n := s.notCounted(t, f, s.globex); n != 0 {
						t.Errorf("%s has not read %d events of the other company", f, n)
					}
				}
				if mails := addresses(s.sent(t)); !strings.Contains(fmt.Sprint(mails), s.globex.member.email) {
					t.Errorf("mails %q", mails)
				}
				for _, f := range p.fails {
					if n := s.notCounted(t, f, s.acme); n == 0 || err == nil ||
						!strings.Contains(err.Error(), "follower "+f) {
						t.Errorf("%s passes the damaged event over: %v", f, err)
					}
					if now := progress(s)[f]; now.Failing != 1 || now.Failures != before[f].Failures+1 ||
						now.Lag > time.Minute {
						t.Errorf("the failure of %s is not recorded: %+v", f, now)
					}
				}
				// The rest of the run begins with a log that is whole.
				s.plant(
					t,
					`DELETE FROM events WHERE company_id = $1 AND seq >= (SELECT seq FROM heads WHERE company_id = $1)`,
					s.acme.id,
				)
				s.plant(
					t,
					`UPDATE heads SET seq = (SELECT max(seq) FROM events WHERE company_id = $1) WHERE company_id = $1`,
					s.acme.id,
				)
				s.plant(t, `UPDATE cursors SET seq = (SELECT max(seq) FROM events WHERE company_id = $1)
					WHERE company_id = $1`, s.acme.id)
				s.clock.advance(time.Minute)
			})
		}
	})
}

func progress(s *server) map[string]event.Progress {
	all := map[string]event.Progress{}
	for _, p := range s.followers.Progress() {
		all[p.Name] = p
	}
	return all
}

func TestThreat_R24_ADamagedEventIsRetriedWithBackoff(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.acme.owner.task(t, body{"title": "Paint", "assigned_to": s.acme.member.id})
		whole := s.acme.owner.get(t, "/api/events/").want(t, 200)
		s.plant(t, `UPDATE events SET data = 'x' || data WHERE company_id = $1`, s.acme.id)
		tries := func(d time.Duration) int64 {
			t.Helper()
			before := progress(s)["notify"].Failures
			s.clock.advance(d)
			_ = s.followers.CatchUpDue(t.Context())
			return progress(s)["notify"].Failures - before
		}
		for i, step := range []struct {
			wait time.Duration
			want int64
		}{{notifyDelay, 1}, {0, 0}, {time.Second, 1}, {time.Second, 0}, {time.Second, 1}, {2 * time.Second, 0}} {
			if n := tries(step.wait); n != step.want {
				t.Errorf("step %d: %d tries, want %d", i, n, step.want)
			}
		}
		if !strings.Contains(s.logs.String(), "a follower failed; it will retry") {
			t.Error("the log does not say so")
		}
		// Meanwhile the figures are shown as far as they go.
		a := s.acme.owner.get(t, "/api/analytics/").want(t, 200)
		if a.id("behind") != 1 {
			t.Errorf("behind %d", a.id("behind"))
		}
		op := s.operator(t, "root")
		if n := len(op.get(t, "/api/operator/analytics/").want(t, 200).list("company")); n != 2 {
			t.Errorf("the figures of %d companies", n)
		}
		s.plant(t, `UPDATE events SET data = substr(data, 2) WHERE company_id = $1`, s.acme.id)
		s.later(t, 10*time.Minute)
		equalStrings(t, "notifications", s.acme.member.kinds(t), "assigned")
		if p := progress(s)["notify"]; p.Failing != 0 {
			t.Errorf("still failing: %+v", p)
		}
		if again := s.acme.owner.get(t, "/api/events/").want(t, 200); again.id(
			"results.0.seq",
		) != whole.id(
			"results.0.seq",
		) {
			t.Error("the repaired log is another one")
		}
	})
}

// A damaged job ends in its own row, with the reason, and other companies' jobs are done.
func TestThreat_R24_ADamagedJobStopsNoOther(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, p := range []struct{ name, set, reason string }{
			{"arguments are no JSON", `args = '{"seq":'`, "arguments"},
			{"arguments of another kind", `args = '[1, 2]'`, "arguments"},
			{"a notification that does not exist", `args = '{"seq": -1, "user": -1, "kind": "perhaps"}'`, ""},
			{"a kind that does not exist", `kind = 'perhaps'`, "no jobs of the kind"},
			{"a trace that is none", `trace = 'perhaps'`, ""},
			{"due before time began", `due_at = -9000000000000000000`, ""},
			{"many attempts", `attempts = 9000000000000000000`, "attempts"},
		} {
			t.Run(p.name, func(t *testing.T) {
				for _, c := range []cast{s.acme, s.globex} {
					c.owner.task(t, body{"title": p.name, "assigned_to": c.member.id})
				}
				s.later(t, notifyDelay)
				job := s.number(t, `SELECT max(id) FROM jobs WHERE company_id = $1`, s.acme.id)
				s.plant(t, `UPDATE jobs SET `+p.set+` WHERE company_id = $1 AND id = $2`, s.acme.id, job)
				if mails := addresses(s.sent(t)); !strings.Contains(fmt.Sprint(mails), s.globex.member.email) {
					t.Errorf("mails %q", mails)
				}
				op := s.operator(t, strings.ReplaceAll(p.name, " ", "."))
				j := op.get(t, path("/api/operator/jobs/%d/", job)).want(t, 200)
				if p.reason != "" && (j.text("state") != "dead" || !strings.Contains(j.text("error"), p.reason)) {
					t.Errorf("the job is %s", j.body)
				}
			})
		}
	})
}

// Rows with values that no version writes keep no housekeeper from other companies' rows.
func TestThreat_R24_SweepsPassDamagedRows(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, c := range []cast{s.acme, s.globex} {
			c.owner.post(t, "/api/tasks/", body{"title": "x", "assigned_to": c.member.id}, "Idempotency-Key", "k").
				want(t, 201)
		}
		s.later(t, notifyDelay)
		s.sent(t)
		const never = 9223372036854775807
		for _, sweep := range []struct {
			table, column, damage string
			run                   func(context.Context, *db.DB) error
		}{
			{"idempotency_keys", "created_at", "answer = '{'", event.ForgetAnswers},
			{
				"sessions", "expires_at", "agent = 'x'",
				func(ctx context.Context, _ *db.DB) error { return s.auth.ForgetSessions(ctx) },
			},
			{"jobs", "finished_at", "kind = 'perhaps'", job.Forget},
			{"notifications", "created_at", "kind = 'perhaps'", notify.Forget},
		} {
			t.Run(sweep.table, func(t *testing.T) {
				s.plant(t, `UPDATE `+sweep.table+` SET `+sweep.damage+`, `+sweep.column+` = $2 WHERE company_id = $1`,
					s.acme.id, int64(never))
				s.plant(t, `UPDATE `+sweep.table+` SET `+sweep.column+` = 1 WHERE company_id = $1`, s.globex.id)
				if err := sweep.run(t.Context(), s.db); err != nil {
					t.Fatal(err)
				}
				if n := s.number(t, `SELECT count(*) FROM `+sweep.table+` WHERE company_id = $1`, s.globex.id); n != 0 {
					t.Errorf("%d old rows of the other company stay", n)
				}
				if n := s.number(t, `SELECT count(*) FROM `+sweep.table+` WHERE company_id = $1`, s.acme.id); n == 0 {
					t.Error("the rows that are not old are gone")
				}
			})
		}
	})
}

// Digests with impossible hours are enqueued at the default one, and stop no other.
func TestThreat_R24_ImpossibleHoursOfDigests(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, m := range []actor{s.acme.member, s.acme.admin, s.globex.member} {
			m.task(t, body{"title": "Paint", "assigned_to": m.id})
			m.patch(t, "/api/notifications/preferences/",
				body{"digest": true, "digest_hour": 12, "time_zone": "UTC"}).want(t, 200)
		}
		s.later(t, notifyDelay)
		s.sent(t)
		s.plant(t, `UPDATE digests SET hour = -9000000000000 WHERE user_id = $1`, s.acme.member.id)
		s.plant(t, `UPDATE digests SET hour = 9000000000000 WHERE user_id = $1`, s.acme.admin.id)
		s.clock.advance(4 * time.Hour)
		if took := timed(func() {
			if err := s.notices.Digests(t.Context()); err != nil {
				t.Error(err)
			}
		}); took > 30*time.Second {
			t.Errorf("a damaged row keeps all others waiting for %v", took)
		}
		if mails := addresses(s.sent(t)); !strings.Contains(fmt.Sprint(mails), s.globex.member.email) {
			t.Errorf("mails %q", mails)
		}
	})
}

// A damaged event reaches only its own company's live feed.
func TestThreat_R24_ADamagedEventStopsNoOtherFeed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		mine, theirs := s.acme.member.joined(t, ""), s.globex.member.joined(t, "")
		s.plant(t, `UPDATE heads SET seq = seq + 5 WHERE company_id = $1`, s.acme.id)
		s.acme.owner.task(t, body{"title": "x"})
		s.plant(t, `UPDATE events SET data = '{', changes = '{' WHERE company_id = $1`, s.acme.id)
		for range 3 {
			s.globex.owner.task(t, body{"title": "x"})
			theirs.until(t, "task_created")
		}
		_ = mine
	})
}
