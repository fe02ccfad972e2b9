package apitest_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/api/apitest"
)

// document returns the real document.
func document(publicURL string) []byte {
	a := &api.API{PublicURL: publicURL, MaxBody: 1 << 20, Version: "test", Log: slog.New(slog.DiscardHandler)}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/schema/", nil))
	return w.Body.Bytes()
}

// noted is a test that records a failure instead of failing.
type noted struct {
	testing.TB
	failures []string
}

func (n *noted) Errorf(format string, a ...any) {
	n.failures = append(n.failures, fmt.Sprintf(format, a...))
}

// exchange holds a request, and the answer of a server.
type exchange struct {
	method, target string
	body           string
	header         http.Header // of the request
	status         int
	answer         string
	contentType    string
	headers        http.Header // of the answer, with an X-Request-Id
}

// RoundTrip returns the answer, as a server would.
func (x exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if string(b) != x.body {
			return nil, fmt.Errorf("the request arrived as %q", b)
		}
	}
	h := http.Header{"X-Request-Id": {"MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI"}}
	for k, v := range x.headers {
		h[k] = v
	}
	if x.contentType != "" {
		h.Set("Content-Type", x.contentType)
	}
	return &http.Response{StatusCode: x.status, Header: h, Body: io.NopCloser(strings.NewReader(x.answer)), Request: r},
		nil
}

// check sends the request through a Validator, and returns its failures.
func (x exchange) check(t *testing.T) []string {
	t.Helper()
	n := &noted{TB: t}
	client := http.Client{
		Transport:     apitest.NewValidator(n, document("https://tasks.example.com"), x),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	r, err := http.NewRequestWithContext(t.Context(), x.method, "https://tasks.example.com"+x.target,
		strings.NewReader(x.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer x")
	if x.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range x.header {
		r.Header[k] = v
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil || string(b) != x.answer {
		t.Errorf("the answer came through as %q, %v", b, err)
	}
	return n.failures
}

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
	company     = `{"id": 1, "name": "Acme Corp", "description": "", "created_at": "2026-03-14T09:26:53.589Z"}`
	settled     = `{"id": 1, "name": "Acme Corp", "description": "", "created_at": "2026-03-14T09:26:53.589Z",
		"time_zone": "UTC", "week_start": "monday", "working_days": ["monday"]}`
	user = `{"id": 1, "username": "ada", "email": "", "first_name": "", "last_name": "", "phone": "",
		"role": "owner", "is_active": true, "is_service": false,
		"company": ` + company + `, "date_joined": "2026-03-14T09:26:53.589Z"}`
	taskHead = `{"id": 7, "title": "Paint", "description": "", "status": "todo", "assigned_to": null,
		"assigned_to_detail": null, "priority": "none", "start_date": null, "due_date": null, "due_at": null,
		"estimate": null, "completed_at": null, "created_by": 1,
		"created_by_detail": ` + user + `, "company": 1, "rank": "AzL8n0Y58m7", "version": 1,
		"created_at": "2026-03-14T09:26:53.589Z", `
	task      = taskHead + `"updated_at": "2026-03-14T09:26:53.589Z"}`
	eventHead = `{"type": "company_updated", "seq": 1, "at": "2026-03-14T09:26:53.589Z", "actor": null,"operator":null,
		"message": "x",
		"changes": {"name": {"old": "A", "new": null}}`
)

func problem(status int, code string) string {
	return fmt.Sprintf(`{"type": "about:blank", "title": "x", "status": %d, "detail": "x", "code": %q,
		"request_id": "x"}`, status, code)
}

func events(of string) string {
	return `{"count": 1, "next": null, "previous": null, "results": [` + of + `]}`
}

var (
	tagged  = http.Header{"Etag": {`"1-0011223344556677"`}}
	created = http.Header{"Etag": {`"1-0011223344556677"`}, "Location": {"/api/tasks/7/"}}
	allow   = http.Header{"Allow": {"GET, HEAD, OPTIONS, PATCH"}}
)

func TestWhatIsDocumentedPasses(t *testing.T) {
	for name, x := range map[string]exchange{
		"an object": {
			method: "GET", target: "/api/auth/company/", status: 200, answer: settled, contentType: jsonType,
		},
		"without the slash": {
			method: "GET", target: "/api/auth/company", status: 200, answer: settled, contentType: jsonType,
		},
		"with a charset": {
			method: "GET", target: "/api/auth/company/", status: 200, answer: settled,
			contentType: jsonType + "; charset=utf-8",
		},
		"HEAD": {method: "HEAD", target: "/api/auth/company/", status: 200, contentType: jsonType},
		"a task": {
			method: "GET", target: "/api/tasks/7/", status: 200, answer: task, contentType: jsonType, headers: tagged,
		},
		"not modified": {method: "GET", target: "/api/tasks/7/", status: 304, headers: tagged},
		"a creation": {
			method: "POST", target: "/api/tasks/", body: `{"title": "Paint"}`, status: 201, answer: task,
			contentType: jsonType, headers: created,
		},
		"an unknown field": {
			method: "POST", target: "/api/tasks/", body: `{"title": "Paint", "id": 9}`, status: 201, answer: task,
			contentType: jsonType, headers: created,
		},
		"white space": {
			method: "POST", target: "/api/tasks/", body: `{"title": "  ` + strings.Repeat("x", 200) + `\n"}`,
			status: 201, answer: task, contentType: jsonType, headers: created,
		},
		"no content": {method: "DELETE", target: "/api/tasks/7/", status: 204},
		"a wrong request": {
			method: "POST", target: "/api/tasks/?x=1", body: `{"title": 7, "status": `, status: 400,
			answer: problem(400, "parse_error"), contentType: problemType,
		},
		"a wrong id": {
			method: "GET", target: "/api/tasks/abc/", status: 404, answer: problem(404, "not_found"),
			contentType: problemType,
		},
		"a fault": {
			method: "GET", target: "/api/tasks/7/", status: 500, answer: problem(500, "error"),
			contentType: problemType,
		},
		"no such path": {
			method: "GET", target: "/api/nothing/", status: 404, answer: problem(404, "not_found"),
			contentType: problemType,
		},
		"a path to clean": {
			method: "GET", target: "/api//tasks/", status: 404, answer: problem(404, "not_found"),
			contentType: problemType,
		},
		"no such method": {
			method: "PUT", target: "/api/auth/company/", status: 405, answer: problem(405, "method_not_allowed"),
			contentType: problemType, headers: allow,
		},
		"a method in lowcase": {
			method: "get", target: "/api/auth/company/", status: 405, answer: problem(405, "method_not_allowed"),
			contentType: problemType, headers: allow,
		},
		"OPTIONS": {method: "OPTIONS", target: "/api/auth/company/", status: 204, headers: allow},
		"an event": {
			method: "GET", target: "/api/events/?after=0", status: 200,
			answer: events(eventHead + `, "company": ` + company + `}`), contentType: jsonType,
		},
		"query": {
			method: "GET", target: "/api/tasks/?page=last&page_size=5&cursor=&assigned_to=3&status=done", status: 200,
			answer: events(task), contentType: jsonType,
		},
		"a date for a time": {
			method: "GET", target: "/api/tasks/?created_at__gte=2026-03-14", status: 200, answer: events(task),
			contentType: jsonType,
		},
		"without a token": {
			method: "GET", target: "/livez", header: http.Header{"Authorization": nil}, status: 200,
			answer: `{"status": "ok"}`, contentType: jsonType,
		},
		"a page for people": {
			method: "GET", target: "/api/docs/", status: 200, answer: "<!doctype html>",
			contentType: "text/html; charset=utf-8", headers: tagged,
		},
		"the document as YAML": {
			method: "GET", target: "/api/schema/?format=yaml", status: 200, answer: "openapi: 3.1.0",
			contentType: "application/yaml", headers: tagged,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range x.check(t) {
				t.Error(f)
			}
		})
	}
}

// The check itself must be able to fail.
func TestWhatIsNotDocumentedFails(t *testing.T) {
	for name, test := range map[string]struct {
		exchange
		say string // a part of the failure
	}{
		"a path": {
			exchange{method: "GET", target: "/api/secrets/", status: 200, answer: "{}", contentType: jsonType},
			"not documented",
		},
		"a path, refusing": {exchange{
			method: "GET", target: "/api/secrets/", status: 401, answer: problem(401, "x"), contentType: problemType,
		}, "not documented"},
		"a path to clean": {exchange{method: "GET", target: "/api//tasks/", status: 301}, "not documented"},
		"a method": {
			exchange{method: "PUT", target: "/api/auth/company/", status: 200, answer: settled, contentType: jsonType},
			"not documented",
		},
		"a method, by OPTIONS": {exchange{
			method: "OPTIONS", target: "/api/auth/company/", status: 204,
			headers: http.Header{"Allow": {"GET, HEAD, OPTIONS, PATCH, PUT"}},
		}, "Allow"},
		"a status": {
			exchange{method: "GET", target: "/api/auth/company/", status: 202, answer: settled, contentType: jsonType},
			"no status 202",
		},
		"a status, refusing": {exchange{
			method: "GET", target: "/api/auth/company/", status: 418, answer: problem(418, "x"),
			contentType: problemType,
		}, "no status 418"},
		"a field more": {exchange{
			method: "GET", target: "/api/auth/company/", status: 200,
			answer: strings.Replace(settled, "{", `{"secret": 1, `, 1), contentType: jsonType,
		}, "secret"},
		"a field less": {exchange{
			method: "GET", target: "/api/auth/company/", status: 200,
			answer: strings.Replace(settled, `"id": 1, `, "", 1), contentType: jsonType,
		}, "id"},
		"a field more, deep": {exchange{
			method: "GET", target: "/api/tasks/7/", status: 200,
			answer: strings.Replace(task, `"username"`, `"hash": "x", "username"`, 1), contentType: jsonType,
			headers: tagged,
		}, "hash"},
		"a type": {exchange{
			method: "GET", target: "/api/auth/company/", status: 200, answer: strings.Replace(settled, "1", `"1"`, 1),
			contentType: jsonType,
		}, "integer"},
		"null": {exchange{
			method: "GET", target: "/api/auth/company/", status: 200,
			answer: strings.Replace(settled, `"Acme Corp"`, "null", 1), contentType: jsonType,
		}, "null"},
		"a time": {exchange{
			method: "GET", target: "/api/auth/company/", status: 200, answer: strings.Replace(settled, "T09", " 09", 1),
			contentType: jsonType,
		}, "date-time"},
		"a choice": {exchange{
			method: "GET", target: "/api/tasks/7/", status: 200, answer: strings.Replace(task, `"todo"`, `"urgent"`, 1),
			contentType: jsonType, headers: tagged,
		}, "todo"},
		"no JSON": {
			exchange{method: "GET", target: "/api/auth/company/", status: 200, answer: "{", contentType: jsonType},
			"decoded",
		},
		"a media type": {exchange{
			method: "GET", target: "/api/auth/company/", status: 200, answer: settled, contentType: "text/plain",
		}, "text/plain"},
		"no media type": {
			exchange{method: "GET", target: "/api/auth/company/", status: 200, answer: settled}, "content type",
		},
		"a plain failure": {exchange{
			method: "GET", target: "/api/auth/company/", status: 500, answer: `{"error": "x"}`,
			contentType: problemType,
		}, "code"},
		"a body that is none": {
			exchange{method: "DELETE", target: "/api/tasks/7/", status: 204, answer: "{}", contentType: jsonType},
			"none is described",
		},
		"a body with a 304": {
			exchange{method: "GET", target: "/api/tasks/7/", status: 304, answer: task, headers: tagged},
			"none is described",
		},
		"no body": {
			exchange{method: "GET", target: "/api/auth/company/", status: 200, contentType: jsonType}, "no body",
		},
		"no ETag": {
			exchange{method: "GET", target: "/api/tasks/7/", status: 200, answer: task, contentType: jsonType}, "ETag",
		},
		"no Location": {exchange{
			method: "POST", target: "/api/tasks/", body: `{"title": "Paint"}`, status: 201, answer: task,
			contentType: jsonType, headers: tagged,
		}, "Location"},
		"two subjects": {exchange{
			method: "GET", target: "/api/events/", status: 200,
			answer: events(eventHead + `, "company": ` + company + `, "member": ` + user + `}`), contentType: jsonType,
		}, "maxProperties"},
		"no subject": {exchange{
			method: "GET", target: "/api/events/", status: 200, answer: events(eventHead + `}`), contentType: jsonType,
		}, "minProperties"},
		"a change": {exchange{
			method: "GET", target: "/api/events/", status: 200,
			answer:      events(strings.Replace(eventHead, `"old"`, `"was"`, 1) + `, "company": ` + company + `}`),
			contentType: jsonType,
		}, "was"},
		"a parameter": {exchange{
			method: "GET", target: "/api/tasks/?everybody=1", status: 200, answer: events(task), contentType: jsonType,
		}, `no parameter "everybody"`},
		"a parameter's type": {exchange{
			method: "GET", target: "/api/tasks/?page_size=x", status: 200, answer: events(task),
			contentType: jsonType,
		}, "page_size"},
		"a body's type": {exchange{
			method: "POST", target: "/api/tasks/", body: `{"title": 7}`, status: 201, answer: task,
			contentType: jsonType, headers: created,
		}, "title"},
		"a body's length": {exchange{
			method: "POST", target: "/api/tasks/", body: `{"title": "` + strings.Repeat("x", 201) + `"}`, status: 201,
			answer: task, contentType: jsonType, headers: created,
		}, "maxLength"},
		"a body without": {exchange{
			method: "POST", target: "/api/tasks/", body: `{}`, status: 201, answer: task, contentType: jsonType,
			headers: created,
		}, "title"},
		"no token where it needs": {exchange{method: "GET", target: "/api/auth/company/", header: http.Header{
			"Authorization": nil,
		}, status: 200, answer: settled, contentType: jsonType}, "uthorization"},
	} {
		t.Run(name, func(t *testing.T) {
			failures := test.check(t)
			if len(failures) == 0 {
				t.Fatal("it passes")
			}
			if all := strings.Join(failures, "\n"); !strings.Contains(all, test.say) {
				t.Errorf("it does not say %q: %s", test.say, all)
			}
		})
	}
}

// Every server of a suite has an address of its own, and parsing the document costs more than a test.
func TestLoadReadsADocumentOnce(t *testing.T) {
	one, err := apitest.Load(document("https://one.example"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := apitest.Load(document("https://other.example"))
	if err != nil {
		t.Fatal(err)
	}
	if one != other {
		t.Error("the same document is read twice")
	}
	changed, err := apitest.Load(bytes.ReplaceAll(document("https://one.example"), []byte(`"maxLength":200`),
		[]byte(`"maxLength":201`)))
	if err != nil {
		t.Fatal(err)
	}
	if changed == one {
		t.Error("another document is taken for the same")
	}
}

func TestLoadRefusesWhatIsNoDocument(t *testing.T) {
	for _, s := range []string{"", "{", "[]", "{}", `{"openapi": "3.1.0", "paths": {}}`} {
		if _, err := apitest.Load([]byte(s)); err == nil {
			t.Errorf("%q is a document", s)
		}
	}
}

func TestUnseen(t *testing.T) {
	c, err := apitest.Load(bytes.ReplaceAll(document("https://one.example"), []byte(`"maxLength":200`),
		[]byte(`"maxLength":199`)))
	if err != nil {
		t.Fatal(err)
	}
	all := len(c.Unseen())
	for status, want := range map[int]int{500: all, 200: all - 1} {
		resp := &http.Response{StatusCode: status, Header: http.Header{}}
		c.Check(httptest.NewRequest(http.MethodGet, "/api/auth/company/", nil), nil, resp, nil)
		if got := len(c.Unseen()); status == 200 && got != want {
			t.Errorf("after a %d %d operations are unseen, not %d", status, got, want)
		}
	}
	if slices.Contains(c.Unseen(), "company") || !slices.Contains(c.Unseen(), "task") {
		t.Error(c.Unseen())
	}
}

func BenchmarkCheck(b *testing.B) {
	c, err := apitest.Load(document("https://one.example"))
	if err != nil {
		b.Fatal(err)
	}
	list := []byte(events(strings.TrimSuffix(strings.Repeat(task+",", 20), ",")))
	resp := &http.Response{StatusCode: 200, Header: http.Header{"X-Request-Id": {"x"}, "Content-Type": {jsonType}}}
	r := httptest.NewRequest(http.MethodGet, "/api/tasks/?page=2", nil)
	r.Header.Set("Authorization", "Bearer x")
	for b.Loop() {
		if wrong := c.Check(r, nil, resp, list); len(wrong) > 0 {
			b.Fatal(wrong)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := apitest.Load(document("https://one.example")); err != nil {
			b.Fatal(err)
		}
	}
}
