package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/task"
)

// operator makes an operator with a session.
func (s *server) operator(t *testing.T, username string) actor {
	t.Helper()
	id, err := s.auth.CreateOperator(t.Context(),
		auth.NewOperator{Username: username, Email: username + "@mail.example", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return actor{s: s, id: id, username: username, access: s.operatorToken(t, username)}
}

func (s *server) operatorToken(t *testing.T, username string) string {
	t.Helper()
	return s.call(t, "POST", "/api/operator/login/", body{"username": username, "password": password}).
		want(t, 200).text("access")
}

// last returns the last event of a company.
func (s *server) last(t *testing.T, c cast) answer {
	t.Helper()
	all := c.owner.get(t, "/api/events/?limit=1").want(t, 200)
	return c.owner.get(t, path("/api/events/?limit=1&after=%d", max(all.id("count")-1, 0))).want(t, 200)
}

func TestOperatorSignsIn(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		// An operator belongs to no company: the members' sign-in does not know operators, and the operators' sign-in
		// does not know members.
		s.call(t, "POST", "/api/auth/login/", body{"username": "root", "password": password}).wantDetail(t, 401,
			noLogin)
		for _, in := range []body{
			{"username": "root", "password": "another " + password},
			{"username": s.acme.owner.username, "password": password},
			{"username": "nobody", "password": password},
		} {
			s.tryLogin(t, in["username"].(string), password) // so that the hash has its salt
			before := s.auth.Hasher.Computed()
			s.call(t, "POST", "/api/operator/login/", in).wantDetail(t, 401, noLogin)
			if n := s.auth.Hasher.Computed() - before; n != 1 {
				t.Errorf("%v cost %d hashes, want 1", in["username"], n)
			}
		}
		op.get(t, "/api/operator/companies/").want(t, 200)
		// Signing out ends the token at once.
		op.post(t, "/api/operator/logout/", nil).want(t, 204)
		op.get(t, "/api/operator/companies/").wantDetail(t, 401, badToken)
		// Tokens also expire.
		op.access = s.operatorToken(t, "root")
		op.get(t, "/api/operator/users/").want(t, 200)
		s.clock.advance(auth.OperatorTTL + time.Minute)
		op.get(t, "/api/operator/users/").wantDetail(t, 401, badToken)
	})
}

// T16: an operator belongs to no company. An operator's token opens no route of a company, and no other token opens an
// operators' route.
func TestThreat_T16_OperatorsTokensAreForOperatorsRoutes(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		task := s.acme.owner.task(t, body{})
		for _, r := range s.api.Routes() {
			if r.Anyone || r.Operator || r.Stream {
				continue
			}
			op.call(t, r.Method, fill(r, task), payloadOf(r)).wantDetail(t, 401, badToken)
		}
		op.get(t, "/api/events/stream/").wantDetail(t, 401, badToken)
		// A member who is also an operator is a member with a member's token.
		if _, err := s.auth.Promote(t.Context(), s.acme.member.username); err != nil {
			t.Fatal(err)
		}
		s.acme.member.get(t, "/api/operator/companies/").wantDetail(t, 403, forbids)
		s.acme.member.get(t, "/api/tasks/").want(t, 200)
		both := s.acme.member
		both.access = s.operatorToken(t, both.username)
		both.get(t, "/api/operator/companies/").want(t, 200)
		both.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		// A refresh token and a forged token are no operators' tokens.
		op.access = s.acme.owner.token
		op.get(t, "/api/operator/companies/").wantDetail(t, 401, badToken)
		// A member's token whose session has ended does not reveal that the route exists.
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": s.globex.owner.token}).want(t, 204)
		s.globex.owner.get(t, "/api/operator/companies/").wantDetail(t, 401, badToken)
	})
}

func TestOperatorLooksFromAbove(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		s.acme.owner.task(t, body{"title": "One"})
		s.acme.owner.task(t, body{"title": "Two"})
		s.globex.owner.task(t, body{"title": "Theirs"})
		all := op.get(t, "/api/operator/companies/").want(t, 200)
		if all.id("count") != 2 || all.at("results.0.name") != s.acme.name {
			t.Errorf("companies: %s", all.body)
		}
		for i, c := range []cast{s.acme, s.globex} {
			got := func(field string) any { return all.at(fmt.Sprintf("results.%d.%s", i, field)) }
			n := float64(2 - i)
			if got("id") != float64(c.id) || got("members") != 4.0 || got("tasks") != n || got("events") != n ||
				got("last_activity") != s.last(t, c).at("results.0.at") {
				t.Errorf("%s: %s", c.name, all.body)
			}
		}
		one := op.get(t, path("/api/operator/companies/%d/", s.acme.id)).want(t, 200)
		if one.id("tasks") != 2 || one.id("members") != 4 || one.id("events") != 3 { // this look is one
			t.Errorf("acme: %s", one.body)
		}
		if one.at("last_activity") != all.at("results.0.last_activity") {
			t.Errorf("an operator's look is activity of the company: %s", one.body)
		}
		got := op.get(t, path("/api/operator/companies/%d/", s.globex.id)).want(t, 200)
		if got.text("name") != s.globex.name || got.id("tasks") != 1 {
			t.Errorf("globex: %s", got.body)
		}
		got = op.get(t, "/api/operator/companies/?search=glob").want(t, 200)
		if got.id("count") != 1 || got.at("results.0.id") != float64(s.globex.id) {
			t.Errorf("search: %s", got.body)
		}
		op.get(t, "/api/operator/companies/?search=%25").want(t, 200)
		op.get(t, path("/api/operator/companies/%d/", int64(never))).wantDetail(t, 404, "Not found.")
		op.get(t, "/api/operator/companies/none/tasks/").wantDetail(t, 404, "Not found.")

		users := op.get(t, "/api/operator/users/?page_size=2&page=last").want(t, 200)
		if users.id("count") != 9 || users.at("results.0.username") != "root" ||
			users.at("results.0.is_superuser") != true {
			t.Errorf("users: %s", users.body)
		}
		got = op.get(t, path("/api/operator/users/?company=%d&search=OWNER", s.acme.id)).want(t, 200)
		if got.id("count") != 1 || got.at("results.0.companies.0.role") != "owner" {
			t.Errorf("owners of acme: %s", got.body)
		}
		if got := op.get(t, "/api/operator/users/?is_superuser=true").want(t, 200); got.id("count") != 1 {
			t.Errorf("operators: %s", got.body)
		}
		u := op.get(t, path("/api/operator/users/%d/", s.acme.owner.id)).want(t, 200)
		if u.at("last_login") != nil || u.at("companies.0.name") != s.acme.name || u.at("companies.1") != nil {
			t.Errorf("in one company, and signed in never: %s", u.body)
		}
		s.call(t, "POST", "/api/auth/login/", body{"username": s.acme.owner.username, "password": password}).
			want(t, 200)
		if u := op.get(t, path("/api/operator/users/%d/", s.acme.owner.id)).want(t, 200); u.at("last_login") == nil {
			t.Errorf("signed in just now: %s", u.body)
		}
	})
}

// Every action of an operator inside a company is an event in that company's log, and in no other log.
func TestOperatorInsideACompany(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		id := s.acme.owner.task(t, body{"title": "Paint"})
		theirs := s.globex.owner.task(t, body{"title": "Theirs"})
		other := s.snapshot(t, s.globex.id)
		byOperator := func(kind string) answer {
			t.Helper()
			e := s.last(t, s.acme)
			if e.at("results.0.type") != kind || e.at("results.0.operator") != float64(op.id) ||
				e.at("results.0.actor") != nil {
				t.Errorf("the last event is %s", e.body)
			}
			return e
		}
		in := func(rest string, a ...any) string {
			return path("/api/operator/companies/%d/", s.acme.id) + fmt.Sprintf(rest, a...)
		}
		if got := op.get(t, in("tasks/?search=paint")).want(t, 200); got.id("count") != 1 {
			t.Errorf("tasks: %s", got.body)
		}
		got := op.get(t, in("tasks/%d/", id)).want(t, 200)
		if got.at("created_by_detail.email") != s.acme.owner.email {
			t.Errorf("an operator sees what an owner sees: %s", got.body)
		}
		op.patch(t, in("tasks/%d/", id), body{"status": "done", "assigned_to": s.acme.member.id}, "If-Match",
			got.header.Get("ETag")).want(t, 200)
		byOperator("task_updated")
		op.patch(t, in("tasks/%d/", id), body{"status": "todo"}, "If-Match", got.header.Get("ETag")).want(t, 412)
		op.patch(t, in("tasks/%d/", id), body{"assigned_to": s.globex.member.id}).wantErrors(t, "assigned_to",
			fmt.Sprintf(`Invalid pk "%d" - object does not exist.`, s.globex.member.id))
		history := s.acme.member.get(t, path("/api/tasks/%d/history/", id)).want(t, 200)
		if history.at("results.0.operator") != true || history.at("results.0.actor") != nil {
			t.Errorf("history: %s", history.body)
		}

		op.patch(t, in("members/%d/", s.acme.member.id), body{"role": "admin"}).want(t, 200)
		byOperator("member_role_changed")
		op.patch(t, in("members/%d/", s.acme.member.id), body{"is_active": false}).want(t, 200)
		byOperator("member_deactivated")
		s.acme.member.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		op.patch(t, in("members/%d/", s.acme.owner.id), body{"role": "guest"}).want(t, 409)
		if got := op.get(t, in("members/?search=guest")).want(t, 200); got.id("count") != 1 {
			t.Errorf("members: %s", got.body)
		}
		op.patch(t, path("/api/operator/companies/%d/", s.acme.id), body{"description": "Looked after."}).want(t, 200)
		byOperator("company_updated")

		// This company's path finds no row of another company.
		op.get(t, in("tasks/%d/", theirs)).wantDetail(t, 404, "Not found.")
		op.patch(t, in("tasks/%d/", theirs), body{"status": "done"}).wantDetail(t, 404, "Not found.")
		op.get(t, in("members/%d/", s.globex.member.id)).wantDetail(t, 404, "Not found.")
		op.patch(t, in("members/%d/", s.globex.member.id), body{"role": "guest"}).wantDetail(t, 404, "Not found.")
		if now := s.snapshot(t, s.globex.id); now != other {
			t.Errorf("the other company has changed:\n%s", difference(other, now))
		}
		// The rights of a company changed between two requests: the caller is verified again.
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", s.acme.guest.id), body{"role": "member"}).want(t, 200)
		op.get(t, in("tasks/")).want(t, 200)
	})
}

func TestOperatorLooksAtNotifications(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		s.acme.owner.told(t, 1, "Ours")
		s.globex.member.told(t, 1, "Theirs")
		p := path("/api/operator/companies/%d/notifications/", s.acme.id)
		got := op.get(t, p).want(t, 200)
		if got.id("count") != 1 || got.at("results.0.user") != float64(s.acme.owner.id) ||
			strings.Contains(string(got.body), "Theirs") {
			t.Errorf("notifications: %s", got.body)
		}
		if got := op.get(t, p+fmt.Sprintf("?user=%d&mail=none", s.acme.guest.id)).want(t, 200); got.id("count") != 0 {
			t.Errorf("of the guest: %s", got.body)
		}
		ours := got.id("results.0.id")
		theirs := op.get(t, path("/api/operator/companies/%d/notifications/", s.globex.id)).id("results.0.id")
		for _, mark := range []body{{}, {"read": true}} { // each company has its own notifications
			op.patch(t, p+fmt.Sprintf("%d/", theirs), mark).want(t, 404)
			op.patch(t, p+fmt.Sprintf("%d/", ours), mark).want(t, 200)
		}
	})
}

func TestOperatorClosesAccounts(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		user := func(id int64) string { return path("/api/operator/users/%d/", id) }
		before := s.last(t, s.globex).id("count")
		got := op.patch(t, user(s.acme.member.id), body{"is_active": false}).want(t, 200)
		if got.at("is_active") != false {
			t.Errorf("closed: %s", got.body)
		}
		e := s.last(t, s.acme)
		if e.at("results.0.operator") != float64(op.id) || e.at("results.0.changes.account_is_active.new") != false {
			t.Errorf("the last event is %s", e.body)
		}
		s.acme.member.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
		s.call(t, "POST", "/api/auth/token/refresh/", body{"refresh": s.acme.member.token}).wantDetail(t, 401, badToken)
		s.call(t, "POST", "/api/auth/login/", body{"username": s.acme.member.username, "password": password}).
			wantDetail(t, 401, noLogin)
		op.patch(t, user(s.acme.member.id), body{"is_active": true}).want(t, 200)
		s.call(t, "POST", "/api/auth/login/", body{"username": s.acme.member.username, "password": password}).
			want(t, 200)
		if after := s.last(t, s.globex).id("count"); after != before {
			t.Errorf("the other company has %d events, and had %d", after, before)
		}

		// Operators make operators, and cannot take their own rights.
		second := s.operator(t, "second")
		op.patch(t, user(op.id), body{"is_superuser": false}).want(t, 409)
		op.patch(t, user(op.id), body{"is_active": false}).want(t, 409)
		op.patch(t, user(second.id), body{"is_superuser": false}).want(t, 200)
		second.get(t, "/api/operator/companies/").wantDetail(t, 401, badToken)
		s.call(t, "POST", "/api/operator/login/", body{"username": "second", "password": password}).wantDetail(t, 401,
			noLogin)
		op.patch(t, user(never), body{"is_active": false}).wantDetail(t, 404, "Not found.")

		// A new password ends every session, the operator's too.
		if err := s.auth.ResetPassword(t.Context(), "root", "another horse 8 battery"); err != nil {
			t.Fatal(err)
		}
		op.get(t, "/api/operator/companies/").wantDetail(t, 401, badToken)
		if err := s.auth.ResetPassword(t.Context(), s.acme.owner.username, "another horse 8 battery"); err != nil {
			t.Fatal(err)
		}
		s.acme.owner.get(t, "/api/tasks/").wantDetail(t, 401, badToken)
	})
}

// T17: only operators reach jobs (see the walk), and an operator's action on a job is an event in its company.
func TestThreat_T17_OperatorLooksAfterJobs(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		op := s.operator(t, "root")
		ours := s.job(t, s.acme, "dead")
		s.job(t, s.globex, "queued")
		if got := op.get(t, "/api/operator/jobs/").want(t, 200); got.id("count") != 2 {
			t.Errorf("jobs: %s", got.body)
		}
		got := op.get(t, path("/api/operator/jobs/?state=dead&company=%d", s.acme.id)).want(t, 200)
		if got.id("count") != 1 || got.at("results.0.id") != float64(ours) {
			t.Errorf("dead jobs of acme: %s", got.body)
		}
		job := path("/api/operator/jobs/%d/", ours)
		if got := op.post(t, job+"retry/", nil).want(t, 200); got.text("state") != "queued" {
			t.Errorf("retried: %s", got.body)
		}
		e := s.last(t, s.acme)
		if e.at("results.0.type") != "job_retried" || e.at("results.0.operator") != float64(op.id) ||
			strings.Contains(string(e.body), "secret") {
			t.Errorf("the last event is %s", e.body)
		}
		op.post(t, job+"retry/", nil).want(t, 409)
		if got := op.post(t, job+"cancel/", nil).want(t, 200); got.text("state") != "cancelled" {
			t.Errorf("cancelled: %s", got.body)
		}
		op.post(t, job+"cancel/", nil).want(t, 409)
		op.get(t, path("/api/operator/jobs/%d/", int64(never))).wantDetail(t, 404, "Not found.")
		if events := s.globex.owner.get(t, "/api/events/").want(t, 200); events.id("count") != 0 {
			t.Errorf("the other company has events: %s", events.body)
		}
	})
}

// job inserts a row into jobs.
func (s *server) job(t *testing.T, c cast, state string) (id int64) {
	t.Helper()
	err := s.db.SystemScope(c.id, "a test").Write(t.Context(), func(tx *db.Tx) (err error) {
		var due, finished *db.Time
		if state == "queued" {
			due = &tx.Now
		} else {
			finished = &tx.Now
		}
		id, err = db.One(tx, func(r db.Row, v *int64) error { return r.Scan(v) },
			`INSERT INTO jobs (company_id, kind, key, args, state, due_at, finished_at, created_at)
				VALUES ($1, 'mail', 'secret key', '{}', $2, $3, $4, $5) RETURNING id`,
			state, due, finished, tx.Now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The checks of doctor, on correct rows and on rows that were written past the program.
func TestOperatorFindsWhatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		ours, gone := s.acme.owner.task(t, body{"title": "Ours"}), s.acme.owner.task(t, body{"title": "Gone"})
		theirs := s.globex.owner.task(t, body{"title": "Theirs", "assigned_to": s.globex.member.id})
		s.acme.owner.patch(t, path("/api/tasks/%d/", ours), body{"status": "done"}).want(t, 200)
		s.acme.owner.delete(t, path("/api/tasks/%d/", gone)).want(t, 204)
		look := func() (counters, log, rows []string) {
			t.Helper()
			counters, err := task.Recount(ctx, s.db)
			if err != nil {
				t.Fatal(err)
			}
			log, _, err = event.Gaps(ctx, s.db)
			if err != nil {
				t.Fatal(err)
			}
			sample, _, err := task.CompareLog(ctx, s.db, 10)
			if err != nil {
				t.Fatal(err)
			}
			rows, _, err = task.CompareLog(ctx, s.db, 0)
			if err != nil {
				t.Fatal(err)
			}
			if len(sample) > len(rows) {
				t.Errorf("a sample finds %q, and all rows %q", sample, rows)
			}
			return counters, log, rows
		}
		if c, l, r := look(); len(c)+len(l)+len(r) > 0 {
			t.Fatalf("of a whole database: %q %q %q", c, l, r)
		}
		tamper := func(sql string, args ...any) {
			t.Helper()
			err := s.db.System("a test writes past the log").Write(ctx,
				func(tx *db.SystemTx) error { _, err := tx.Exec(sql, args...); return err })
			if err != nil {
				t.Fatal(err)
			}
		}
		wants := func(what string, got []string, want ...string) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("%s: %q, want %q", what, got, want)
			}
			for i := range want {
				if !strings.Contains(got[i], want[i]) {
					t.Errorf("%s: %q, want %q", what, got[i], want[i])
				}
			}
		}

		// Counters: finding wrong ones, and counting one company again.
		tamper(`UPDATE task_counts SET n = n + 5 WHERE status IN ('done', 'todo') AND n > 0`)
		c, _, _ := look()
		wants("counters", c,
			fmt.Sprintf("company %d, done, assignee 0: the counter says 6, and there are 1", s.acme.id),
			fmt.Sprintf("company %d, todo, assignee %d: the counter says 6, and there are 1", s.globex.id,
				s.globex.member.id))
		if err := task.RepairCounters(ctx, s.db, s.acme.id); err != nil {
			t.Fatal(err)
		}
		c, _, _ = look()
		wants("the other company's counters", c, fmt.Sprintf("company %d, todo", s.globex.id))
		if err := task.RepairCounters(ctx, s.db, s.globex.id); err != nil {
			t.Fatal(err)
		}
		if c, _, _ = look(); len(c) > 0 {
			t.Errorf("counted anew: %q", c)
		}

		// Rows that differ from the log.
		tamper(`UPDATE tasks SET status = 'cancelled' WHERE id = $1`, theirs)
		_, _, r := look()
		wants("status", r, "the row has another status than the log")
		tamper(`UPDATE tasks SET status = 'todo', version = version + 1 WHERE id = $1`, theirs)
		_, _, r = look()
		wants("version", r, "the row has version 2, and the log 1")
		tamper(`UPDATE tasks SET version = 1, assigned_to = NULL WHERE id = $1`, theirs)
		_, _, r = look()
		wants("assignee", r, "another assignee")
		tamper(`UPDATE tasks SET assigned_to = $2, due_date = '2026-01-02' WHERE id = $1`, theirs, s.globex.member.id)
		_, _, r = look()
		wants("due date", r, "another due_date")
		tamper(`DELETE FROM tasks WHERE id = $1`, theirs)
		_, _, r = look()
		wants("no row", r, fmt.Sprintf("task %d: the log has it, and there is no row", theirs))

		// Each company is compared with its own log, even if another log has events of the same id.
		plant := func(company, seq, id int64, kind string) {
			t.Helper()
			tamper(`INSERT INTO events (company_id, seq, kind, subject, subject_id, version, at, message, changes, data)
				VALUES ($1, $2, $3, 'task', $4, 9, 1, '', '{}', '{}')`,
				company, seq, kind, id)
			tamper(`UPDATE heads SET seq = seq + 1 WHERE company_id = $1`, company)
		}
		plant(s.acme.id, 5, theirs, "task_deleted")
		plant(s.globex.id, 2, ours, "task_created")
		plant(s.globex.id, 3, ours, "task_updated")
		plant(s.globex.id, 4, ours, "task_updated")
		_, l, r := look()
		wants("planted", r, fmt.Sprintf("company %d, task %d", s.globex.id, ours),
			fmt.Sprintf("company %d, task %d", s.globex.id, theirs))
		if len(l) > 0 {
			t.Errorf("no gap: %q", l)
		}
		plant(s.globex.id, 9, ours, "task_updated")
		_, l, _ = look()
		wants("gap", l, fmt.Sprintf("company %d: 5 events from 1 to 9, and the head is at 5", s.globex.id))
	})
}
