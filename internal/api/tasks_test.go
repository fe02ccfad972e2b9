package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/event"
)

func taskPath(id int64) string { return path("/api/tasks/%d/", id) }

func TestTaskFromCreationToDeletion(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o, m := s.acme.owner, s.acme.member
		a := m.post(t, "/api/tasks/", body{
			"title": "  Paint the fence ", "description": " white\n", "status": "in_progress", "assigned_to": o.id,
		}).want(t, 201)
		want := []string{
			"assigned_to", "assigned_to_detail", "company", "completed_at", "created_at", "created_by",
			"created_by_detail", "description", "due_at", "due_date", "estimate", "id", "priority", "rank",
			"start_date", "status", "title", "updated_at", "version",
		}
		if got := sorted(a.json.(map[string]any)); !slices.Equal(got, want) {
			t.Errorf("a task has %q", got)
		}
		for where, want := range map[string]any{
			"title": "Paint the fence", "description": "white", "status": "in_progress", "assigned_to": float64(o.id),
			"created_by": float64(m.id), "company": float64(s.acme.id),
			"version": 1.0, "assigned_to_detail.username": "acme.owner", "assigned_to_detail.email": "",
			"assigned_to_detail.phone": "", "created_by_detail.username": "acme.member",
			"created_by_detail.email": m.email, "created_by_detail.company.name": s.acme.name,
		} {
			if got := a.at(where); got != want {
				t.Errorf("%s is %v, want %v", where, got, want)
			}
		}
		id := a.id("id")
		if got := a.header.Get("Location"); got != taskPath(id) {
			t.Errorf("Location %q", got)
		}
		if a.text("created_at") != a.text("updated_at") {
			t.Errorf("created %s, updated %s", a.text("created_at"), a.text("updated_at"))
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", a.text("created_at")); err != nil {
			t.Error(err)
		}
		g := m.get(t, taskPath(id)).want(t, 200)
		if string(g.body) != string(a.body) || g.header.Get("ETag") != a.header.Get("ETag") ||
			g.header.Get("ETag") == "" {
			t.Errorf("GET gives\n%s\nwith %s, POST gave\n%s\nwith %s", g.body, g.header.Get("ETag"), a.body,
				a.header.Get("ETag"))
		}
		p := m.put(t, taskPath(id), body{"title": "Paint the door"}).want(t, 200)
		if p.text("title") != "Paint the door" || p.text("description") != "white" ||
			p.text("status") != "in_progress" || p.id("assigned_to") != o.id || p.id("version") != 2 {
			t.Errorf("PUT with the title alone gives %s", p.body)
		}
		if p.text("created_at") != a.text("created_at") || p.text("updated_at") <= a.text("updated_at") {
			t.Errorf("PUT leaves created %s, updated %s", p.text("created_at"), p.text("updated_at"))
		}
		p = m.patch(t, taskPath(id), body{"assigned_to": null, "description": "", "status": "done"}).want(t, 200)
		if p.at("assigned_to") != nil || p.at("assigned_to_detail") != nil || p.text("description") != "" ||
			p.text("status") != "done" || p.text("title") != "Paint the door" {
			t.Errorf("PATCH gives %s", p.body)
		}
		if got := m.delete(t, taskPath(id)).want(t, 204); len(got.body) > 0 {
			t.Errorf("DELETE says %q", got.body)
		}
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
			m.call(t, method, taskPath(id), body{"title": "x"}).wantDetail(t, 404, "Not found.")
		}
		m.get(t, taskPath(id)+"history/").wantDetail(t, 404, "Not found.")
		if next := m.task(t, body{}); next <= id {
			t.Errorf("the id %d is given again after %d was deleted", next, id)
		}
	})
}

func TestTaskFields(t *testing.T) {
	emoji := strings.Repeat("\U0001f427", 200)
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		good := []struct {
			name  string
			send  body
			where string
			want  any
		}{
			{"title alone", body{"title": "x"}, "status", "todo"},
			{"no description", body{"title": "x"}, "description", ""},
			{"nobody", body{"title": "x"}, "assigned_to", nil},
			{"null for nobody", body{"title": "x", "assigned_to": null}, "assigned_to", nil},
			{"200 characters of four bytes", body{"title": emoji}, "title", emoji},
			{
				"lines and tabs in the description",
				body{"title": "x", "description": "a\r\n\tb"},
				"description",
				"a\r\n\tb",
			},
			{"markup", body{"title": `<script>alert("1")</script>`}, "title", `<script>alert("1")</script>`},
			{"a formula", body{"title": "=1+1"}, "title", "=1+1"},
			{"cancelled", body{"title": "x", "status": "cancelled"}, "status", "cancelled"},
			{"oneself", body{"title": "x", "assigned_to": m.id}, "assigned_to", float64(m.id)},
			{"a guest", body{"title": "x", "assigned_to": s.acme.guest.id}, "assigned_to", float64(s.acme.guest.id)},
			{"what is only read", body{
				"title": "x", "id": 1, "version": 99, "company": s.globex.id, "created_by": s.globex.owner.id,
				"created_at": "2001-01-01T00:00:00Z", "unknown": []int{1},
			}, "created_by", float64(m.id)},
		}
		for _, c := range good {
			t.Run(c.name, func(t *testing.T) {
				if got := m.post(t, "/api/tasks/", c.send).want(t, 201).at(c.where); got != c.want {
					t.Errorf("%s is %.80v, want %.80v", c.where, got, c.want)
				}
			})
		}
		bad := []struct {
			name     string
			send     body
			errors   []string
			atCreate bool // a PATCH with this body is valid
		}{
			{"nothing", body{}, []string{"title", required}, true},
			{
				"null",
				body{"title": null, "description": null, "status": null},
				[]string{"description", notNull, "status", notNull, "title", notNull},
				false,
			},
			{
				"empty",
				body{"title": "", "status": ""},
				[]string{"status", `"" is not a valid choice.`, "title", notBlank},
				false,
			},
			{"blank", body{"title": " \t\n\u00a0\u3000"}, []string{"title", notBlank}, false},
			{
				"too long",
				body{"title": emoji + "x", "description": strings.Repeat("x", 65537)},
				[]string{"description", tooLong(65536), "title", tooLong(200)},
				false,
			},
			{
				"a status of nobody's",
				body{"title": "x", "status": "urgent"},
				[]string{"status", `"urgent" is not a valid choice.`},
				false,
			},
			{
				"a status in capitals",
				body{"title": "x", "status": "Done"},
				[]string{"status", `"Done" is not a valid choice.`},
				false,
			},
			{"wrong types", body{"title": []int{1}, "description": body{}, "status": 3, "assigned_to": "one"}, []string{
				"assigned_to", "Incorrect type. Expected pk value, received str.", "description", notString, "status",
				`"3" is not a valid choice.`, "title", notString,
			}, false},
			{"a bool as title", body{"title": true}, []string{"title", notString}, false},
			{
				"a bool as person",
				body{"title": "x", "assigned_to": true},
				[]string{"assigned_to", "Incorrect type. Expected pk value, received bool."},
				false,
			},
			{
				"half a person",
				body{"title": "x", "assigned_to": 1.5},
				[]string{"assigned_to", "Incorrect type. Expected pk value, received float."},
				false,
			},
			{
				"persons",
				body{"title": "x", "assigned_to": []int{1}},
				[]string{"assigned_to", "Incorrect type. Expected pk value, received list."},
				false,
			},
			{"person 0", body{"title": "x", "assigned_to": 0}, []string{"assigned_to", noSuch(0)}, false},
			{"person -1", body{"title": "x", "assigned_to": -1}, []string{"assigned_to", noSuch(-1)}, false},
			{"nobody", body{"title": "x", "assigned_to": never}, []string{"assigned_to", noSuch(never)}, false},
			{
				"another company's",
				body{"title": "x", "assigned_to": s.globex.member.id},
				[]string{"assigned_to", noSuch(s.globex.member.id)},
				false,
			},
			{
				"another company",
				body{"title": "x", "assigned_to": s.globex.id + 1000},
				[]string{"assigned_to", noSuch(s.globex.id + 1000)},
				false,
			},
		}
		id := m.task(t, body{"title": "stays"})
		s.unchanged(t, 0, func() {
			for _, c := range bad {
				t.Run(c.name, func(t *testing.T) {
					m.post(t, "/api/tasks/", c.send).wantErrors(t, c.errors...)
					m.put(t, taskPath(id), c.send).wantErrors(t, c.errors...)
					if c.atCreate {
						m.patch(t, taskPath(id), c.send).want(t, 200)
						return
					}
					m.patch(t, taskPath(id), c.send).wantErrors(t, c.errors...)
				})
			}
			// A change without effect makes no event and no new version.
			m.patch(t, taskPath(id), body{"title": "stays", "status": "todo", "assigned_to": null}).want(t, 200)
			m.put(t, taskPath(id), body{"title": " stays "}).want(t, 200)
		})
	})
}

func TestThreat_I22_ETags(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		a := m.post(t, "/api/tasks/", body{"title": "one"}).want(t, 201)
		p, first := taskPath(a.id("id")), a.header.Get("ETag")

		for name, match := range map[string]string{
			"its tag": first, "any": "*", "one of several": `"0-x", ` + first, "weak": "W/" + first,
		} {
			got := m.get(t, p, "If-None-Match", match)
			if got.status != 304 || len(got.body) > 0 || got.header.Get("ETag") != first {
				t.Errorf("If-None-Match with %s: %d %s", name, got.status, got.body)
			}
		}
		m.call(t, "HEAD", p, nil, "If-None-Match", first).want(t, 304)
		m.get(t, p, "If-None-Match", `"1-0000000000000000"`).want(t, 200)

		b := m.patch(t, p, body{"title": "two"}, "If-Match", first).want(t, 200)
		second := b.header.Get("ETag")
		if second == first || second == "" {
			t.Errorf("the tag is %q after a change", second)
		}
		const changed = "The resource has changed since the version in If-Match."
		s.unchanged(t, 0, func() {
			for _, match := range []string{first, `"99-x"`, "nonsense", `"`, "W/" + first, `""`, "2"} {
				m.patch(t, p, body{"title": "lost"}, "If-Match", match).wantDetail(t, 412, changed)
				m.put(t, p, body{"title": "lost"}, "If-Match", match).wantDetail(t, 412, changed)
				m.delete(t, p, "If-Match", match).wantDetail(t, 412, changed)
			}
			m.patch(t, taskPath(never), body{"title": "x"}, "If-Match", "*").wantDetail(t, 404, "Not found.")
			s.globex.owner.patch(t, p, body{"title": "x"}, "If-Match", second).wantDetail(t, 404, "Not found.")
			if got := s.globex.owner.get(t, p, "If-None-Match", second); got.status != 404 { // T18
				t.Errorf("another company gets %d", got.status)
			}
		})
		for _, method := range []string{"GET", "HEAD"} { // RFC 9110 defines it for every method
			m.call(t, method, p, nil, "If-Match", second).want(t, 200)
			if got := m.call(t, method, p, nil, "If-Match", first, "If-None-Match", second); got.status != 412 {
				t.Errorf("%s of a version that is gone: %d", method, got.status)
			}
		}
		m.patch(t, p, body{"title": "three"}, "If-Match", first+", "+second).want(t, 200)
		m.patch(t, p, body{"title": "four"}, "If-Match", "*").want(t, 200)

		// A tag changes with the content of the answer, even if the version does not.
		tag := m.get(t, p).header.Get("ETag")
		m.patch(t, "/api/auth/profile/", body{"first_name": "Grace"}).want(t, 200)
		if got := m.get(t, p, "If-None-Match", tag).want(t, 200); got.id("version") != 4 {
			t.Errorf("version %d", got.id("version"))
		}

		// Of many clients that change the version they have seen, one succeeds.
		seen := m.get(t, p).header.Get("ETag")
		won := 0
		for _, a := range atOnce(10,
			func(i int) answer { return m.patch(t, p, body{"title": fmt.Sprint("edit ", i)}, "If-Match", seen) }) {
			if a.status == 200 {
				won++
			} else {
				a.wantDetail(t, 412, changed)
			}
		}
		if won != 1 {
			t.Errorf("%d of 10 changes of one version were taken", won)
		}
		m.delete(t, p, "If-Match", m.get(t, p).header.Get("ETag")).want(t, 204)
	})
}

func TestThreat_T18_T19_IdempotencyKeys(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		b := body{"title": "once", "assigned_to": s.acme.owner.id}
		key := []string{"Idempotency-Key", "the-key"}
		first := m.post(t, "/api/tasks/", b, key...).want(t, 201)
		id := first.id("id")
		replays := func(t *testing.T, a answer) {
			t.Helper()
			if a.want(t, 201); string(a.body) != string(first.body) ||
				a.header.Get("ETag") != first.header.Get("ETag") ||
				a.header.Get("Location") != first.header.Get("Location") {
				t.Errorf("the second answer differs:\n%s %v\n%s %v", a.body, a.header, first.body, first.header)
			}
		}
		s.unchanged(t, 0, func() {
			replays(t, m.post(t, "/api/tasks/", b, key...))
			replays(t, m.post(t, "/api/tasks", b, key...))
			m.post(t, "/api/tasks/", body{"title": "twice"}, key...).wantDetail(t, 422,
				"This Idempotency-Key was used with another request.")
			m.post(t, "/api/tasks/", body{"title": "x"}, "Idempotency-Key", strings.Repeat("k", 256)).want(t, 400)
			m.post(t, "/api/tasks/", body{"title": "x", "assigned_to": never}, "Idempotency-Key", "refused").
				want(t, 400)
		})
		// A refusal does not use the key up.
		m.post(t, "/api/tasks/", body{"title": "x"}, "Idempotency-Key", "refused").want(t, 201)

		for name, who := range map[string]actor{"another member": s.acme.admin, "another company": s.globex.member} {
			other := who.post(t, "/api/tasks/", body{"title": "theirs"}, key...).want(t, 201)
			if other.id("id") == id || other.text("title") != "theirs" {
				t.Errorf("%s got %s", name, other.body)
			}
		}
		m.patch(t, taskPath(id), body{"title": "changed since"}).want(t, 200)
		replays(t, m.post(t, "/api/tasks/", b, key...))
		m.delete(t, taskPath(id)).want(t, 204)
		replays(t, m.post(t, "/api/tasks/", b, key...))

		// Of 20 requests at once one creates a task, and all get the same answer.
		before := m.get(t, "/api/tasks/").want(t, 200).id("count")
		answers := atOnce(20,
			func(int) answer { return m.post(t, "/api/tasks/", body{"title": "race"}, "Idempotency-Key", "race") })
		for _, a := range answers {
			if a.want(t, 201); string(a.body) != string(answers[0].body) {
				t.Errorf("two answers to one key:\n%s\n%s", a.body, answers[0].body)
			}
		}
		if got := m.get(t, "/api/tasks/").want(t, 200).id("count"); got != before+1 {
			t.Errorf("20 requests with one key made %d tasks", got-before)
		}

		// A day later the key is free, even before the cleanup.
		s.clock.advance(event.KeepAnswers - time.Minute)
		m = m.again(t)
		replays(t, m.post(t, "/api/tasks/", b, key...))
		s.clock.advance(2 * time.Minute)
		m = m.again(t)
		if again := m.post(t, "/api/tasks/", b, key...).want(t, 201); again.id("id") == id {
			t.Error("the key is kept for more than a day")
		}
		s.clock.advance(event.KeepAnswers + time.Minute)
		if err := event.ForgetAnswers(t.Context(), s.db); err != nil {
			t.Fatal(err)
		}
		if rows := s.snapshot(t, 0); strings.Contains(rows, "idempotency_keys:") {
			t.Error("answers are left after the sweep")
		}
	})
}

// A stored answer shows only values that its caller may see at the time of the repetition.
func TestThreat_T18_AKeptAnswerKnowsTheRightsOfNow(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, key := s.acme.admin, []string{"Idempotency-Key", "kept"}
		b := body{"title": "once", "assigned_to": s.acme.owner.id}
		first := a.post(t, "/api/tasks/", b, key...).want(t, 201)
		if first.text("assigned_to_detail.email") == "" {
			t.Fatalf("an admin sees no address: %s", first.body)
		}
		s.acme.owner.patch(t, path("/api/auth/company-users/%d/", a.id), body{"role": "member"}).want(t, 200)
		again := a.post(t, "/api/tasks/", b, key...).want(t, 201)
		if again.id("id") != first.id("id") ||
			strings.Contains(string(again.body), first.text("assigned_to_detail.email")) {
			t.Errorf("the member that they are now sees %s", again.body)
		}
	})
}

func TestThreat_I1_IdempotencyKeysOfAnyBytes(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for name, key := range map[string]string{
			"Latin-1": "\xff\xfe", "UTF-8": "clé", "quotes": `'"; --`, "tab": "a\tb", "255": strings.Repeat("k", 255),
		} {
			t.Run(name, func(t *testing.T) {
				a := s.acme.member.post(t, "/api/tasks/", body{"title": "x"}, "Idempotency-Key", key)
				if name == "Latin-1" {
					a.wantDetail(t, 400, "Idempotency-Key is not UTF-8.")
					return
				}
				b := s.acme.member.post(t, "/api/tasks/", body{"title": "x"}, "Idempotency-Key", key).want(t, 201)
				if b.id("id") != a.id("id") {
					t.Error("the key was not kept")
				}
			})
		}
	})
}

func TestThreat_T8_Statistics(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.acme
		empty := c.guest.get(t, "/api/tasks/statistics/").want(t, 200)
		const none = `{"total_tasks":0,"by_status":{"cancelled":0,"done":0,"in_progress":0,"todo":0},` +
			`"by_user":{"acme.admin":0,"acme.guest":0,"acme.member":0,"acme.owner":0}}`
		if got := string(empty.body); got != none {
			t.Errorf("%s", got)
		}
		s.globex.owner.tasks(t, "not", "ours")
		// A model that gets the same changes.
		type one struct {
			status string
			who    int64
		}
		model := map[int64]one{}
		people := []int64{0, c.owner.id, c.member.id, c.guest.id}
		statuses := []string{"todo", "in_progress", "done", "cancelled"}
		at := func(i int64) any {
			if people[i] == 0 {
				return null
			}
			return people[i]
		}
		ids := []int64{}
		for i := range int64(40) {
			who, status := (i*7)%4, statuses[(i*5)%4]
			id := c.member.task(t, body{"assigned_to": at(who), "status": status})
			model[id], ids = one{status, people[who]}, append(ids, id)
		}
		for i, id := range ids {
			switch n := int64(i); i % 4 {
			case 0:
				c.owner.delete(t, taskPath(id)).want(t, 204)
				delete(model, id)
			case 1:
				c.owner.patch(t, taskPath(id), body{"status": statuses[(n/4)%4]}).want(t, 200)
				model[id] = one{statuses[(n/4)%4], model[id].who}
			case 2:
				c.owner.patch(t, taskPath(id), body{"assigned_to": at((n / 3) % 4), "status": "done"}).want(t, 200)
				model[id] = one{"done", people[(n/3)%4]}
			}
		}
		count := func(keep func(one) bool) (n int64) {
			for _, o := range model {
				if keep(o) {
					n++
				}
			}
			return n
		}
		st := c.guest.get(t, "/api/tasks/statistics/").want(t, 200)
		if st.id("total_tasks") != int64(len(model)) {
			t.Errorf("total %d, want %d", st.id("total_tasks"), len(model))
		}
		for _, status := range statuses {
			want := count(func(o one) bool { return o.status == status })
			if got := st.id("by_status." + status); got != want {
				t.Errorf("%s: %d, want %d", status, got, want)
			}
			if got := c.guest.get(t, "/api/tasks/?status="+status).want(t, 200).id("count"); got != want {
				t.Errorf("the list counts %d %s, want %d", got, status, want)
			}
			for _, id := range people[1:] {
				want := count(func(o one) bool { return o.status == status && o.who == id })
				a := c.guest.get(t, fmt.Sprintf("/api/tasks/?page_size=100&status=%s&assigned_to=%d", status, id)).
					want(t, 200)
				if a.id("count") != want || int64(len(a.list("id"))) != want {
					t.Errorf("%s of %d: count %d, %d results, want %d", status, id, a.id("count"), len(a.list("id")),
						want)
				}
			}
		}
		users, _ := st.at("by_user").(map[string]any)
		for id, name := range map[int64]string{
			c.owner.id: "acme.owner", c.member.id: "acme.member", c.guest.id: "acme.guest", c.admin.id: "acme.admin",
		} {
			if want := count(func(o one) bool { return o.who == id }); users[name] != float64(want) {
				t.Errorf("%s: %v, want %d", name, users[name], want)
			}
		}
	})
}

func TestHistory(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.acme
		id := c.member.task(t, body{"title": "one", "description": "long"})
		c.owner.patch(t, taskPath(id), body{"title": "two", "status": "done"}).want(t, 200)
		c.member.put(t, taskPath(id), body{"title": "two", "assigned_to": c.guest.id, "description": ""}).want(t, 200)
		c.member.task(t, body{"title": "another"})
		h := c.guest.get(t, taskPath(id)+"history/").want(t, 200)
		got := h.list("type")
		if !slices.Equal(got, []string{"task_updated", "task_updated", "task_created"}) || h.id("count") != 3 {
			t.Fatalf("%q", got)
		}
		for where, want := range map[string]string{
			"results.0.changes": fmt.Sprintf("map[assigned_to:map[new:%d old:<nil>] description:map[new: old:long]]",
				c.guest.id),
			"results.1.changes": fmt.Sprintf("map[completed_at:map[new:%v old:<nil>] "+
				"status:map[new:done old:todo] title:map[new:two old:one]]", h.at("results.1.at")),
			"results.2.changes":        "map[]",
			"results.0.actor.username": "acme.member", "results.1.actor.username": "acme.owner",
			"results.2.actor.username": "acme.member",
			"results.1.actor.email":    "", "results.1.actor.phone": "", "results.0.version": "3",
			"results.2.version": "1",
		} {
			if got := fmt.Sprint(h.at(where)); got != want {
				t.Errorf("%s is %s, want %s", where, got, want)
			}
		}
		if h.text("results.0.at") <= h.text("results.1.at") || h.id("results.0.seq") <= h.id("results.1.seq") {
			t.Errorf("not newest first: %s", h.body)
		}
		h = c.owner.get(t, taskPath(id)+"history/?page_size=2&page=2").want(t, 200)
		if h.id("count") != 3 || len(h.list("seq")) != 1 || h.at("next") != nil || h.at("previous") == nil {
			t.Errorf("%s", h.body)
		}
		c.owner.get(t, taskPath(id)+"history/?page=3").wantDetail(t, 404, "Invalid page.")
		c.owner.get(t, taskPath(never)+"history/").wantDetail(t, 404, "Not found.")
		s.globex.owner.get(t, taskPath(id)+"history/").wantDetail(t, 404, "Not found.")
		c.owner.get(t, taskPath(id)+"history/?x=1").wantErrors(t, "x", "Unknown parameter.")
	})
}

func TestThreat_T26_Events(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.acme
		// Everything that people type in contains a word that must not come back, except titles of tasks and names of
		// companies.
		canaries := []string{"mail.example", "77301", password, "canaryphone"}
		token := c.owner.invite(t, body{"email": "canary@mail.example"})
		canaries = append(canaries, token)
		joined := s.call(t, "POST", "/api/auth/register/", registration(body{
			"username": "joiner", "email": "CANARY@mail.example", "phone": "canaryphone", "company_name": nil,
			"invitation_token": token,
		})).want(t, 201)
		p := s.login(t, "joiner", password)
		canaries = append(canaries, p.access, p.token, strings.Split(p.access, ".")[2])
		p.patch(t, "/api/auth/profile/", body{
			"email": "second@mail.example", "phone": "canaryphone2", "first_name": "Joy", "current_password": password,
		}).want(t, 200)
		p.patch(t, "/api/auth/profile/", body{"phone": "canaryphone3"}).want(t, 200)
		p.post(t, "/api/auth/password/", body{"current_password": password, "new_password": "canary " + password}).
			want(t, 204)
		id := p.task(t, body{"title": "Announce", "assigned_to": c.owner.id})
		c.owner.patch(t, taskPath(id), body{"status": "done"}, "Idempotency-Key", "canarykey").want(t, 200)
		c.owner.delete(t, taskPath(id)).want(t, 204)
		c.owner.patch(t, user(p.id), body{"role": "admin"}).want(t, 200)
		c.owner.patch(t, user(p.id), body{"is_active": false}).want(t, 200)
		c.owner.patch(t, user(p.id), body{"is_active": true, "role": "guest"}).want(t, 200)
		v := c.owner.post(t, "/api/auth/invitations/", body{"email": "revoked@mail.example"}).want(t, 201)
		canaries = append(canaries, v.text("token"))
		c.owner.delete(t, path("/api/auth/invitations/%d/", v.id("id"))).want(t, 204)
		c.owner.patch(t, "/api/auth/company/", body{"description": "new"}).want(t, 200)
		c.owner.delete(t, user(p.id)).want(t, 204)

		all := c.guest.get(t, "/api/events/").want(t, 200)
		want := []string{
			"invitation_created", "invitation_accepted", "member_joined", "member_updated", "member_updated",
			"task_created", "task_updated", "task_deleted", "member_role_changed",
			"member_deactivated", "member_role_changed", "member_reactivated", "invitation_created",
			"invitation_revoked", "company_updated", "member_deactivated", "member_removed",
		}
		if got := all.list("type"); !slices.Equal(got, want) {
			t.Fatalf("the log is\n%q\nwant\n%q", got, want)
		}
		for i, seq := range all.list("seq") {
			if seq != fmt.Sprint(i+1) {
				t.Errorf("event %d has number %s", i+1, seq)
			}
		}
		for _, who := range []actor{c.guest, c.owner} { // the feed is the same for every reader
			feed := who.get(t, "/api/events/").want(t, 200)
			for _, word := range canaries {
				if strings.Contains(strings.ToLower(string(feed.body)), strings.ToLower(word)) {
					t.Errorf("the log that %s reads shows %q", who.username, word)
				}
			}
			if string(feed.body) != string(all.body) {
				t.Errorf("%s reads another log", who.username)
			}
		}
		for where, want := range map[string]string{
			"results.2.actor": fmt.Sprint(joined.id("id")), "results.2.message": "Ada Byron joined as member",
			"results.5.message": "New task created: Announce", "results.5.task.title": "Announce",
			"results.6.changes": fmt.Sprintf("map[completed_at:map[new:%v old:<nil>] status:map[new:done old:todo]]",
				all.at("results.6.at")),
			"results.7.task.id": fmt.Sprint(id),
			"results.8.changes": "map[role:map[new:admin old:member]]", "results.8.member.role": "admin",
			"results.9.changes":    "map[is_active:map[new:false old:true]]",
			"results.14.changes":   "map[description:map[new:new old:]]",
			"results.0.invitation": fmt.Sprintf("map[id:%v role:member]", all.at("results.0.invitation.id")),
		} {
			if got := fmt.Sprint(all.at(where)); got != want {
				t.Errorf("%s is %s, want %s", where, got, want)
			}
		}
		// Pagination by number.
		var seqs []string
		for next := "/api/events/?limit=5"; next != ""; {
			a := c.guest.get(t, next).want(t, 200)
			if a.id("count") != 17 {
				t.Errorf("count %d", a.id("count"))
			}
			seqs = append(seqs, a.list("seq")...)
			if next = ""; a.at("next") != nil {
				next = a.next(t, "next")
			}
		}
		if !slices.Equal(seqs, all.list("seq")) {
			t.Errorf("in parts: %q", seqs)
		}
		got := c.guest.get(t, "/api/events/?after=17").want(t, 200)
		if len(got.list("seq")) != 0 || got.id("count") != 17 || got.at("next") != nil {
			t.Errorf("%s", got.body)
		}
		c.guest.get(t, "/api/events/?after=4611686018427387904").want(t, 200)
		c.guest.get(t, "/api/events/?after=-1&limit=0").wantErrors(t, "after", "A valid integer is required.", "limit",
			"Ensure this value is greater than or equal to 1.")
		c.guest.get(t, "/api/events/?after=x&limit=1001").wantErrors(t, "after", "A valid integer is required.",
			"limit", "Ensure this value is less than or equal to 1000.")
		c.guest.get(t, "/api/events/?after=1&after=2").wantErrors(t, "after", "This parameter may be given only once.")
		c.guest.get(t, "/api/events/?since=1").wantErrors(t, "since", "Unknown parameter.")
		// Another company's writes do not change the numbers.
		s.globex.owner.tasks(t, "a", "b")
		if got := c.guest.get(t, "/api/events/").id("count"); got != 17 {
			t.Errorf("count %d after another company's writes", got)
		}
		theirs := s.globex.guest.get(t, "/api/events/").want(t, 200).list("type")
		if !slices.Equal(theirs, []string{"task_created", "task_created"}) {
			t.Errorf("Globex reads %q", theirs)
		}
	})
}

func TestWritersAtOnceLeaveNoGap(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		who := []actor{s.acme.owner, s.acme.admin, s.acme.member}
		ids := s.acme.owner.tasks(t, "a", "b", "c")
		atOnce(12, func(i int) int {
			for n := range 5 {
				switch (i + n) % 3 {
				case 0:
					who[i%3].task(t, body{"assigned_to": who[n%3].id})
				case 1:
					who[i%3].patch(t, taskPath(ids[n%3]),
						body{"title": fmt.Sprint(i, " ", n), "assigned_to": who[i%3].id}).want(t, 200)
				default:
					who[i%3].delete(t, taskPath(who[i%3].task(t, body{"status": "done"}))).want(t, 204)
				}
			}
			return 0
		})
		a := s.acme.guest.get(t, "/api/events/?limit=1000").want(t, 200)
		seqs := a.list("seq")
		for i, seq := range seqs {
			if seq != fmt.Sprint(i+1) {
				t.Fatalf("event %d has number %s", i+1, seq)
			}
		}
		if a.id("count") != int64(len(seqs)) || len(seqs) != 3+20+20+40 {
			t.Errorf("%d events, count %d", len(seqs), a.id("count"))
		}
		st := s.acme.guest.get(t, "/api/tasks/statistics/").want(t, 200)
		if st.id("total_tasks") != 23 || st.id("by_status.todo") != 23 || st.id("by_status.done") != 0 {
			t.Errorf("%s", st.body)
		}
	})
}

func TestThreat_T3_AssigningWhoIsGone(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		gone := s.person(t, s.acme.id, "acme.gone", account.Ordinary)
		off := s.person(t, s.acme.id, "acme.off", account.Ordinary)
		m := s.acme.member
		id, kept := m.task(t, body{}), m.task(t, body{"assigned_to": off.id})
		s.acme.owner.delete(t, user(gone.id)).want(t, 204)
		s.acme.owner.patch(t, user(off.id), body{"is_active": false}).want(t, 200)
		for _, p := range []actor{gone, off} {
			m.post(t, "/api/tasks/", body{"title": "x", "assigned_to": p.id}).wantErrors(t, "assigned_to", noSuch(p.id))
			m.put(t, taskPath(id), body{"title": "x", "assigned_to": p.id}).wantErrors(t, "assigned_to", noSuch(p.id))
			m.patch(t, taskPath(id), body{"assigned_to": p.id}).wantErrors(t, "assigned_to", noSuch(p.id))
			s.acme.owner.delete(t, user(m.id)+"?reassign_to="+fmt.Sprint(p.id)).wantErrors(t, "reassign_to",
				noSuch(p.id))
		}
		// A task keeps its assignee while other fields change.
		got := m.put(t, taskPath(kept), body{"title": "kept", "assigned_to": off.id}).want(t, 200)
		if got.id("assigned_to") != off.id || got.text("title") != "kept" {
			t.Errorf("%s", got.body)
		}
		if got := m.get(t, "/api/tasks/?assigned_to="+fmt.Sprint(off.id)).want(t, 200).id("count"); got != 1 {
			t.Errorf("count %d", got)
		}
	})
}
