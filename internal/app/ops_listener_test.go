package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// TestThreat_A24_T29_M2_OperatorListener checks that metrics are on the operators' listener only, that they count
// routes by name, and that they show no text of a client.
func TestThreat_A24_T29_M2_OperatorListener(t *testing.T) {
	const canary = "hunter2canary"
	cfg, err := config.Load(nil, func(name string) (string, bool) {
		v, ok := map[string]string{
			"TASKHOUSE_DATA":      t.TempDir(),
			"TASKHOUSE_OPS_ADDR":  "127.0.0.1:9",
			"TASKHOUSE_LOG_LEVEL": "debug",
		}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	log := NewLogger(&logged, slog.LevelDebug, "json")
	d, closeDatabase, err := openMigrated(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	defer closeDatabase()
	server, err := Wire(cfg, d, log, io.Discard, Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	handler := server.Handler()
	call := func(h http.Handler, method, path, body string) (int, string) {
		r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+canary)
		r.Header.Set("Cookie", "session="+canary)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, path := range []string{"/api/auth/profile/", "/api/tasks/77/?x=" + canary, "/" + canary + "/"} {
		call(handler, "GET", path, "")
	}
	call(handler, "POST", "/api/auth/login/", `{"username":"ada","password":"`+canary+`"}`)
	ops := operatorHandler(cfg, server.metrics, d, server.worker)
	status, text := call(ops, "GET", "/metrics", "")
	for _, want := range []string{
		`taskhouse_http_requests_total{route="profile",status="401"} 1`,
		`taskhouse_http_requests_total{route="login",status="401"} 1`,
		`taskhouse_http_requests_total{route="none",status="404"} 1`,
		`taskhouse_http_request_seconds_count{route="task"} 1`,
		"taskhouse_db_commits_total",
		"taskhouse_db_writer_queue 0",
		"taskhouse_feed_connections 0",
		"taskhouse_gate_refused_total 0",
		"taskhouse_ask_failed 0",
		"go_goroutines",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%d, without %s", status, want)
		}
	}
	if strings.Contains(text, canary) {
		t.Errorf("the metrics show text that a client sent:\n%s", text)
	}
	// A path is logged. Headers, queries and bodies are not.
	n, paths := strings.Count(logged.String(), canary), strings.Count(logged.String(), `"path":"/`+canary+`/"`)
	if n != paths || paths == 0 {
		t.Errorf("the log shows a secret %d times, %d of them as the path:\n%s", n, paths, logged.String())
	}
	for path, want := range map[string]int{
		"/livez":        200,
		"/livez/":       200,
		"/readyz":       200,
		"/readyz/":      200,
		"/debug/pprof/": 404,
		"/api/docs/":    404,
	} {
		if got, body := call(ops, "GET", path, ""); got != want {
			t.Errorf("%s for operators: %d %s, want %d", path, got, body, want)
		}
	}
	cfg.Pprof = true
	if got, _ := call(operatorHandler(cfg, server.metrics, d, server.worker), "GET", "/debug/pprof/", ""); got != 200 {
		t.Errorf("pprof opted in: %d", got)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars"} {
		if got, _ := call(handler, "GET", path, ""); got != 404 {
			t.Errorf("%s for the public: %d", path, got)
		}
	}
}

func TestReadinessReportsStalledFollowers(t *testing.T) {
	now := db.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		name  string
		all   []event.Progress
		ready bool
	}{
		{"no follower runs here", nil, true},
		{"a recent poll", []event.Progress{{Name: "notify", LastPoll: now.Add(-2 * time.Second)}}, true},
		{
			"one has not polled for long",
			[]event.Progress{{Name: "a", LastPoll: now}, {Name: "b", LastPoll: now.Add(-time.Minute)}},
			false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := checkFollowers(c.all, now); (err == nil) != c.ready {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestReadyzNamesThePartToOperators checks that only operators see which part fails. The public sees only that the
// server is not ready.
func TestReadyzNamesThePartToOperators(t *testing.T) {
	broken := errors.New("dial postgres://taskhouse:hunter2@db/taskhouse: refused")
	for _, c := range []struct {
		name  string
		parts []part
		code  int
		lines string
	}{
		{"all well", []part{{"database", nothing}, {"jobs", nothing}}, 200, "database: ok\njobs: ok\n"},
		{
			"one not",
			[]part{{"database", nothing}, {"schema", func(context.Context) error { return broken }}, {"jobs", nothing}},
			503, "database: ok\nschema: dial postgres://[hidden]@db/taskhouse: refused\njobs: ok\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			reportParts(t.Context(), w, c.parts)
			if w.Code != c.code || w.Body.String() != c.lines {
				t.Errorf("%d\n%s", w.Code, w.Body)
			}
			err := readiness(c.parts)(t.Context())
			if (err == nil) != (c.code == 200) || err != nil && !fail.Is(err, fail.KindUnavailable) {
				t.Errorf("%v", err)
			}
			var f *fail.Error
			if errors.As(err, &f) && strings.Contains(f.Detail, "postgres") {
				t.Errorf("the public reads %q", f.Detail)
			}
		})
	}
}

func nothing(context.Context) error { return nil }

// TestReadinessChecksTheSchema checks that a server is not ready with a schema that lacks a migration, for instance
// after the restore of an older backup.
func TestReadinessChecksTheSchema(t *testing.T) {
	cfg, err := config.Load(nil, func(name string) (string, bool) {
		if name != "TASKHOUSE_DATA" {
			return "", false
		}
		return t.TempDir(), true
	})
	if err != nil {
		t.Fatal(err)
	}
	d, closeDatabase, err := openMigrated(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer closeDatabase()
	if err := d.Current(t.Context()); err != nil {
		t.Error(err)
	}
	err = d.System("a test takes a step back").Write(t.Context(), func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM schema_versions WHERE version = (SELECT max(version) FROM schema_versions)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Current(t.Context()); err == nil || !strings.Contains(err.Error(), "taskhouse migrate up") {
		t.Errorf("%v", err)
	}
}
