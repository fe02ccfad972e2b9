package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

// sampleValues returns two values for each field of a task that clients set, as JSON reads them.
func sampleValues(s *server) map[string][2]any {
	return map[string][2]any{
		"title":       {"Paint the fence", "Paint the door"},
		"description": {"white\n\nand blue", "green"},
		"status":      {"in_progress", "done"},
		"assigned_to": {float64(s.acme.owner.id), float64(s.acme.admin.id)},
		"priority":    {"high", "urgent"},
		"start_date":  {"2026-03-29", "2024-02-29"},
		"due_date":    {"2026-03-29", "9999-12-31"},
		"due_at":      {"2026-03-29T01:30:00.000Z", "2026-10-25T23:59:59.999Z"},
		"estimate":    {0.0, 13.0},
	}
}

// followers returns the fields that change with a field because they follow from it.
func followers(field string) []string {
	switch field {
	case "status":
		return []string{"completed_at"}
	case "due_at":
		return []string{"due_date"}
	}
	return nil
}

// names returns the names of the fields that a form reads.
func names(read func(*form.Form)) map[string]bool {
	all := map[string]bool{}
	for _, f := range form.Describe(read) {
		all[f.Name] = true
	}
	return all
}

// TestEveryFieldOfATaskTravels walks the fields of a task. It sets, changes, undoes, deletes, restores, filters,
// exports and imports each field, and checks its value after every step.
func TestEveryFieldOfATaskTravels(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m, values := s.acme.member, sampleValues(s)
		filters := names(new(task.Query).Read)
		title := func(field string) string { return "It travels with " + field }
		for field := range names(new(task.New).Read) {
			v, ok := values[field]
			if !ok {
				t.Errorf("a task has a field %q: add two sample values for it to sampleValues", field)
				continue
			}
			if v[0] == v[1] {
				t.Fatalf("the two sample values of %q are the same", field)
			}
			has := func(step string, a answer, want any) {
				t.Helper()
				if got := a.at(field); !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %s is %v, want %v", step, field, got, want)
				}
			}
			in := body{"title": title(field)}
			in[field] = v[0]
			made := m.post(t, "/api/tasks/", in).want(t, 201)
			has("created", made, v[0])
			where := taskPath(made.id("id"))
			has("read", m.get(t, where).want(t, 200), v[0])

			changed := m.patch(t, where, body{field: v[1]}).want(t, 200)
			has("changed", changed, v[1])
			moment := m.get(t, where+"history/").want(t, 200).at("results.0.changes")
			want := map[string]any{"old": v[0], "new": v[1]}
			if got, _ := moment.(map[string]any); !reflect.DeepEqual(got[field], want) ||
				len(got) != 1+len(followers(field)) {
				t.Errorf("the event of changing %s says %v, want %v", field, moment, want)
			}
			undo := func(a answer, changes float64) {
				t.Helper()
				done := m.post(t, "/api/tasks/undo/", body{"seqs": []int64{a.seq(t)}}).want(t, 200)
				if done.at("changed") != changes || len(done.at("refused").([]any)) > 0 {
					t.Errorf("undoing a change of %s says %s", field, done.body)
				}
			}
			undo(changed, 1)
			has("undone", m.get(t, where).want(t, 200), v[0])
			undo(m.delete(t, where).want(t, 204), 1)
			has("restored", m.get(t, where).want(t, 200), v[0])

			if field != "title" {
				m.patch(t, where, body{"title": title(field)}).want(t, 200)
			}
			if !filters[field] {
				continue
			}
			for i, want := range []int{1, 0} {
				q := url.Values{field: {fmt.Sprint(v[i])}, "search": {title(field)}}
				if got := len(m.get(t, "/api/tasks/?"+q.Encode()).want(t, 200).at("results").([]any)); got != want {
					t.Errorf("%s finds %d tasks, want %d", q.Encode(), got, want)
				}
			}
		}

		there := s.moved(t, s.acme)
		for field, v := range values {
			search := title(field)
			if field == "title" {
				search = v[0].(string)
			}
			q := "/api/tasks/?" + url.Values{"search": {search}}.Encode()
			here, imported := m.get(t, q).want(t, 200), there.get(t, q).want(t, 200)
			where := "results.0." + field
			if here.at(where+"_detail") != nil { // an id, which differs on the other server
				where += "_detail.username"
			}
			if got, want := imported.at(where), here.at(where); got != want || want == nil {
				t.Errorf("imported: %s is %v, want %v", where, got, want)
			}
		}
	})
}

// moved exports a company and imports it on a server of its own, where ids differ. It returns the company's member
// there.
func (s *server) moved(t *testing.T, c cast) actor {
	t.Helper()
	var file bytes.Buffer
	if _, err := transfer.Export(t.Context(), s.db, c.id, &file); err != nil {
		t.Fatal(err)
	}
	archive, err := transfer.OpenArchive(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(file.Bytes())), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	o := dbtest.Fresh(t, s.engine)
	o.Now = s.clock.Now
	there := instance(t, o, s.clock, s.key, live.Limits{})
	there.found(t, "Initech", "initech")
	done, err := archive.Import(t.Context(), there.db, transfer.Import{})
	if err != nil {
		t.Fatal(err)
	}
	member := actor{s: there, company: done.Company, username: c.member.username}
	err = there.db.System("a test looks for a person").Read(t.Context(), func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&member.id) }, `SELECT id FROM users WHERE username = $1`,
			member.username)
	})
	if err != nil || member.id == c.member.id {
		t.Fatalf("%s is imported with the id %d, here it is %d: %v", strings.ToUpper(member.username), member.id,
			c.member.id, err)
	}
	return member.again(t)
}
