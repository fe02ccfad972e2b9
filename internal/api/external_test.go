package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/external"
)

// outside gives a server a source of external tasks that answers with serve.
func outside(t *testing.T, serve http.HandlerFunc) func(*server) {
	return func(s *server) {
		u := httptest.NewServer(serve)
		t.Cleanup(u.Close)
		source, err := external.NewSource(external.Options{URL: u.URL, AllowPrivate: true, Now: s.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		s.api.External.Source = source
	}
}

func TestExternalTasks(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			serve := outside(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprint(w, `[{"id": 1, "title": "Theirs", "completed": true},
					{"id": "two", "title": "Theirs too", "completed": false}]`)
			})
			s := newServer(t, engine, serve)
			s.globex.owner.task(t, body{"title": "of another company"})
			s.acme.owner.tasks(t, "one", "two", "three", "four", "five", "six")
			a := s.acme.guest.get(t, "/api/external-tasks/").want(t, 200)
			got := fmt.Sprintln(a.at("local_tasks.0.title"), a.at("local_tasks.4.title"), a.at("local_tasks.5"),
				a.at("external_tasks.0.title"),
				a.at("external_tasks.0.id"), a.at("external_tasks.1.id"), a.at("external_tasks.1.source"),
				a.at("merged_count"), a.at("external.status"))
			if want := "six two <nil> Theirs 1 two external 7 ok\n"; got != want {
				t.Errorf("got %s, want %s\n%s", got, want, a.body)
			}
			a = s.globex.owner.get(t, "/api/external-tasks/").want(t, 200)
			if a.text("local_tasks.0.title") != "of another company" {
				t.Errorf("%s", a.body)
			}
		})
	}
}

// X3, X4: whatever the other system does, the company's own tasks are listed.
func TestThreat_X4_ExternalTasksDegrade(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.acme.owner.tasks(t, "ours")
		for name, serve := range map[string]http.HandlerFunc{
			"malformed": func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprint(w, "<html>secret-of-theirs</html>")
			},
			"refused": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		} {
			outside(t, serve)(s)
			a := s.acme.owner.get(t, "/api/external-tasks/").want(t, 200)
			got := fmt.Sprintln(a.at("local_tasks.0.title"), a.at("external_tasks"), a.at("merged_count"),
				a.at("external.status"), a.at("external.reason"))
			if want := "ours [] 1 unavailable " + name + "\n"; got != want {
				t.Errorf("got %s, want %s\n%s", got, want, a.body)
			}
		}
	})
}
