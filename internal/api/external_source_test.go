package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
)

// system starts another system that requires a secret, and records who asked.
func system(t *testing.T, name string) *httptest.Server {
	u := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") != "hunter2 "+name {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = fmt.Fprintf(w, `{"items": [{"no": 7, "what": "of %s", "state": "closed"}]}`, name)
	}))
	t.Cleanup(u.Close)
	return u
}

const sourcePath = "/api/external-tasks/source/"

func TestACompanysOwnSource(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		acme, globex := system(t, "acme"), system(t, "globex")
		admin := s.acme.admin
		admin.get(t, sourcePath).want(t, 404)
		admin.delete(t, sourcePath).want(t, 404)
		set := func(who actor, u, value string) answer {
			t.Helper()
			return who.put(t, sourcePath, body{
				"url": u, "fields": "list=items,id=no,title=what,completed=state:closed", "header": "x-key",
				"value": value,
			})
		}
		a := set(admin, acme.URL, "hunter2 acme").want(t, 200)
		if a.text("header") != "X-Key" || a.text("url") != acme.URL || strings.Contains(string(a.body), "hunter2") {
			t.Errorf("set: %s", a.body)
		}
		set(s.globex.owner, globex.URL, "hunter2 globex").want(t, 200)
		shown := func(who actor) string {
			t.Helper()
			a := who.get(t, "/api/external-tasks/").want(t, 200)
			return fmt.Sprintln(a.at("external_tasks.0.id"), a.at("external_tasks.0.title"),
				a.at("external_tasks.0.completed"), a.at("external.status"), a.at("external.reason"))
		}
		if got := shown(s.acme.guest); got != "7 of acme true ok <nil>\n" {
			t.Errorf("Acme is shown %s", got)
		}
		if got := shown(s.globex.member); got != "7 of globex true ok <nil>\n" {
			t.Errorf("Globex is shown %s", got)
		}

		// The value stays while address and header stay, and the server sends it nowhere else.
		again := body{
			"url": acme.URL, "fields": "list=items,id=no,title=what,completed=state:closed", "header": "X-Key",
		}
		admin.put(t, sourcePath, again).want(t, 200)
		if got := shown(s.acme.guest); got != "7 of acme true ok <nil>\n" {
			t.Errorf("after it was set again Acme is shown %s", got)
		}
		again["url"] = globex.URL
		admin.put(t, sourcePath, again).wantErrors(t, "value", "This field is required.")
		set(admin, acme.URL, "wrong").want(t, 200)
		if got := shown(s.acme.guest); got != "<nil> <nil> <nil> unavailable refused\n" {
			t.Errorf("with a wrong value Acme is shown %s", got)
		}

		// Neither the log nor the database shows the secret. The change itself is an event.
		events := s.acme.guest.get(t, "/api/events/").want(t, 200)
		if log := string(events.body); !strings.Contains(log, "external_source_changed") ||
			strings.Contains(log, acme.URL) || strings.Contains(log, "hunter2") {
			t.Errorf("the log says %s", log)
		}
		err := s.db.System("a test reads all").Read(t.Context(), func(tx *db.SystemTx) error {
			return tx.Query(func(r db.Row) error {
				var sealed string
				err := r.Scan(&sealed)
				if sealed == "" || strings.Contains(sealed, "hunter2") {
					t.Errorf("the database has %q", sealed)
				}
				return err
			}, `SELECT secret FROM external_sources`)
		})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s.logs.String(), "hunter2") {
			t.Error("the log shows the secret")
		}

		admin.delete(t, sourcePath).want(t, 204)
		s.globex.owner.get(t, sourcePath).want(t, 200)
		if got := shown(s.acme.guest); got != "<nil> <nil> <nil> unavailable off\n" {
			t.Errorf("with the installation's source again Acme is shown %s", got)
		}
		set(admin, acme.URL, "hunter2 acme").want(t, 200)
		if got := shown(s.acme.guest); got != "7 of acme true ok <nil>\n" {
			t.Errorf("set once more Acme is shown %s", got)
		}
		for _, who := range []actor{s.acme.member, s.acme.guest} {
			who.get(t, sourcePath).want(t, 403)
			set(who, acme.URL, "x").want(t, 403)
		}
		for _, wrong := range []struct {
			field string
			body  body
		}{
			{"url", body{"url": "ftp://other.example.com"}},
			{"url", body{"url": "todos"}},
			{"url", body{"url": "https://me:hunter2@other.example.com"}},
			{"url", body{}},
			{"fields", body{"url": acme.URL, "fields": "colour=red"}},
			{"header", body{"url": acme.URL, "header": "Host", "value": "x"}},
			{"header", body{"url": acme.URL, "header": "transfer-encoding", "value": "x"}},
			{"header", body{"url": acme.URL, "header": "X Key", "value": "x"}},
			{"header", body{"url": acme.URL, "value": "x"}},
			{"value", body{"url": acme.URL, "header": "X-Other"}},
			{"value", body{"url": acme.URL, "header": "X-Key", "value": ""}},
		} {
			a := admin.put(t, sourcePath, wrong.body).want(t, 400)
			if a.errors()[wrong.field] == nil {
				t.Errorf("%v: %s", wrong.body, a.body)
			}
		}
	})
}

// X1: a company's source reaches public addresses only, whatever the installation's own source may reach.
func TestThreat_X1_ACompanysSourceIsPublic(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		inside := 0
		u := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside++ }))
		t.Cleanup(u.Close)
		s.api.External.AllowPrivate = false
		outside(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `[]`) })(s)
		s.acme.owner.put(t, sourcePath, body{"url": u.URL}).want(t, 200)
		a := s.acme.owner.get(t, "/api/external-tasks/").want(t, 200)
		if a.text("external.reason") != "unreachable" || inside != 0 {
			t.Errorf("%d requests came through: %s", inside, a.body)
		}
	})
}
