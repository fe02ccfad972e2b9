package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/task"
)

// outcomes collects each engine's answers by the name of the case: the engines must answer the same.
type outcomes struct {
	mu  sync.Mutex
	all map[string]map[string]string // by engine
}

func (o *outcomes) add(engine, name string, a answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = map[string]map[string]string{}
	}
	if o.all[engine] == nil {
		o.all[engine] = map[string]string{}
	}
	o.all[engine][name] = fmt.Sprint(a.status, " ", comparable(a, 0))
}

// compare fails the test if two engines answered differently.
func (o *outcomes) compare(t *testing.T) {
	t.Helper()
	first := o.all[dbtest.Engines[0]]
	for _, engine := range dbtest.Engines[1:] {
		if o.all[engine] == nil {
			continue // the machine does not have it, and its subtest says so
		}
		for _, name := range sorted(first) {
			if got := o.all[engine][name]; got != first[name] {
				t.Errorf("%s: %s answers\n%s\n%s answers\n%s", name, engine, got, dbtest.Engines[0], first[name])
			}
		}
	}
}

// onEach runs fn on each engine, and then compares the outcomes.
func onEach(t *testing.T, fn func(t *testing.T, s *server, o *outcomes)) {
	t.Helper()
	o := &outcomes{}
	t.Run("engines", func(t *testing.T) {
		each(t, func(t *testing.T, s *server) { fn(t, s, o) })
	})
	o.compare(t)
}

// target describes a route with a body: valid fields, and the actor that sends them.
type target struct {
	name, method, path string
	good               body
	fields             []string // the text fields
	who                actor
}

func targets(t *testing.T, s *server) []target {
	t.Helper()
	id := s.acme.member.task(t, body{"title": "stays"})
	return []target{
		{
			"create", "POST", "/api/tasks/",
			body{"title": "x"},
			[]string{
				"title", "description", "status", "assigned_to", "priority", "start_date", "due_date", "due_at",
				"estimate",
			},
			s.acme.member,
		},
		{
			"replace", "PUT", taskPath(id),
			body{"title": "stays"},
			[]string{
				"title", "description", "status", "assigned_to", "priority", "start_date", "due_date", "due_at",
				"estimate",
			},
			s.acme.member,
		},
		{
			"change", "PATCH", taskPath(id),
			body{},
			[]string{
				"title", "description", "status", "assigned_to", "priority", "start_date", "due_date", "due_at",
				"estimate",
			},
			s.acme.member,
		},
		{"register", "POST", "/api/auth/register/", registration(nil), []string{
			"username", "email", "password", "password_confirm", "first_name", "last_name", "phone", "company_name",
		}, actor{s: s}},
		{
			"login", "POST", "/api/auth/login/",
			body{"username": "acme.owner", "password": "wrong"},
			[]string{"username", "password", "company"},
			actor{s: s},
		},
		{"refresh", "POST", "/api/auth/token/refresh/", body{"refresh": "x"}, []string{"refresh"}, actor{s: s}},
		{"logout", "POST", "/api/auth/logout/", body{"refresh": "x"}, []string{"refresh"}, actor{s: s}},
		{
			"profile", "PATCH", "/api/auth/profile/",
			body{},
			[]string{"email", "first_name", "last_name", "phone"},
			s.acme.member,
		},
		{
			"password", "POST", "/api/auth/password/",
			body{"current_password": "wrong", "new_password": "x"},
			[]string{"current_password", "new_password"},
			s.acme.member,
		},
		{"company", "PATCH", "/api/auth/company/", body{}, []string{
			"name", "description", "time_zone", "week_start",
		}, s.acme.owner},
		{"member", "PATCH", user(s.acme.guest.id), body{}, []string{"role", "is_active"}, s.acme.owner},
		{"invite", "POST", "/api/auth/invitations/", body{}, []string{"email", "role"}, s.acme.owner},
		{"accept", "POST", "/api/auth/invitations/accept/", body{"token": "x"}, []string{"token"}, s.acme.member},
	}
}

// Every field of every route gets every payload that is not a valid text. The answer names the field, stores nothing,
// and is the same on both engines.
func TestThreat_I1_I2_I5_I17_FieldsAndPayloads(t *testing.T) {
	deep := strings.Repeat("[", 60) + strings.Repeat("]", 60)
	payloads := map[string]string{ // JSON
		"NUL": `"a\u0000b"`, "bell": `"a\u0007b"`, "escape": `"a\u001b[31mb"`, "delete": `"a\u007fb"`,
		"C1": `"a\u009bb"`, "line separator": `"a\u2028b"`,
		"list": `["a"]`, "object": `{"a":1}`, "nested list": deep, "float": `1.5`, "exponent": `1e5`,
		"2^63": `9223372036854775808`, "-2^63-1": `-9223372036854775809`, "-0": `-0`,
		"number": `0`, "long number": strings.Repeat("9", 300), "empty list": `[]`, "null": `null`,
		"300 kB": `"` + strings.Repeat("x", 300_000) + `"`,
	}
	multiline := map[string]bool{"description": true}
	nullable := map[string]bool{
		"assigned_to": true, "start_date": true, "due_date": true, "due_at": true, "estimate": true,
	}
	// A number is taken as its text, and a line separator as a space, where any text is valid.
	notText := map[string]bool{
		"status": true, "assigned_to": true, "company": true, "role": true, "is_active": true, "email": true,
		"start_date": true, "due_date": true, "due_at": true, "estimate": true, "priority": true,
	}
	asText := map[string]bool{
		"float": true, "exponent": true, "2^63": true, "-2^63-1": true, "-0": true, "number": true, "long number": true,
		"line separator": true,
	}
	onEach(t, func(t *testing.T, s *server, o *outcomes) {
		all := targets(t, s)
		s.unchanged(t, 0, func() {
			for _, g := range all {
				for _, field := range g.fields {
					for name, payload := range payloads {
						if nullable[field] && payload == "null" ||
							field == "estimate" && (payload == "0" || payload == "-0") {
							continue // a valid value
						}
						if asText[name] && !notText[field] && !(multiline[field] && name == "line separator") {
							continue
						}
						fields := maps.Clone(g.good)
						delete(fields, field)
						text := "{" + join(t, fields) + fmt.Sprintf("%q:%s}", field, payload)
						a := g.who.call(t, g.method, g.path, text)
						o.add(s.engine, g.name+" "+field+" "+name, a)
						// a password may have any character, and answers with rules of its own
						password := strings.Contains(field, "password")
						switch {
						case multiline[field] && name == "line separator" && a.status == 400:
						case password && (a.status == 400 || a.status == 401):
						case field == "refresh" && a.status == 401, field == "token" && a.status == 400:
						case a.status != 400:
							t.Errorf("%s %s = %s: status %d\n%.300s", g.name, field, name, a.status, a.body)
						case len(a.errors()[field]) == 0:
							t.Errorf("%s %s = %s is not named: %.300s", g.name, field, name, a.body)
						}
					}
				}
			}
		})
	})
}

// join returns the fields as JSON, each followed by a comma.
func join(t *testing.T, fields body) string {
	t.Helper()
	var out strings.Builder
	for _, name := range sorted(fields) {
		fmt.Fprintf(&out, "%q:%q,", name, fields[name])
	}
	return out.String()
}

// Every route with a body refuses bodies that are not JSON objects.
func TestThreat_I2_I3_I4_I5_I7_I8_BodiesThatAreRefused(t *testing.T) {
	const notDict = "Invalid data. Expected a dictionary, but got "
	bodies := []struct{ name, payload, detail, message string }{
		{"empty", "", "JSON parse error", ""},
		{"a word", "nonsense", "JSON parse error", ""},
		{"cut", `{"title":`, "JSON parse error", ""},
		{"single quotes", `{'title':'x'}`, "JSON parse error", ""},
		{"trailing comma", `{"title":"x",}`, "JSON parse error", ""},
		{"comment", `{"title":"x"/* */}`, "JSON parse error", ""},
		{"two objects", `{"title":"x"}{"title":"y"}`, "JSON parse error", ""},
		{"anything after it", `{"title":"x"}x`, "JSON parse error", ""},
		{"a byte order mark", "\ufeff" + `{"title":"x"}`, "JSON parse error", ""},
		{"NaN", `{"title":NaN}`, "JSON parse error", ""},
		{"1e400", `{"title":1e400}`, "JSON parse error", ""},
		{"leading zero", `{"title":01}`, "JSON parse error", ""},
		{"a name twice", `{"title":"x","title":"y"}`, "JSON parse error", ""},
		{"a name twice, escaped", `{"title":"x","t\u0069tle":"y"}`, "JSON parse error", ""},
		{"a name twice inside", `{"x":{"a":1,"a":2}}`, "JSON parse error", ""},
		{"invalid UTF-8", "{\"title\":\"a\xffb\"}", "JSON parse error", ""},
		{"UTF-8 of a surrogate", "{\"title\":\"a\xed\xa0\x80b\"}", "JSON parse error", ""},
		{"overlong UTF-8", "{\"title\":\"a\xc0\x80b\"}", "JSON parse error", ""},
		{"lone surrogate", `{"title":"a\ud800b"}`, "JSON parse error", ""},
		{"surrogates swapped", `{"title":"\udc00\ud800"}`, "JSON parse error", ""},
		{"raw NUL", "{\"title\":\"a\x00b\"}", "JSON parse error", ""},
		{"raw line break", "{\"title\":\"a\nb\"}", "JSON parse error", ""},
		{"20k deep", strings.Repeat("[", 20_000), "JSON parse error", ""},
		{"20k deep objects", strings.Repeat(`{"a":`, 20_000), "JSON parse error", ""},
		{"500k elements", `{"x":[` + strings.Repeat("1,", 499_999) + `1]}`, "JSON parse error", ""},
		{"UTF-16", "\xff\xfe{\x00}\x00", "JSON parse error", ""},
		{"list", `[{"title":"x"}]`, "", notDict + "list."},
		{"string", `"x"`, "", notDict + "str."},
		{"number", `1`, "", notDict + "int."},
		{"float", `1.5`, "", notDict + "float."},
		{"true", `true`, "", notDict + "bool."},
		{"null", `null`, "", notDict + "NoneType."},
	}
	onEach(t, func(t *testing.T, s *server, o *outcomes) {
		routes := slices.DeleteFunc(s.api.Routes(), func(r api.Route) bool { return !r.HasBody })
		if len(routes) < 12 {
			t.Fatalf("only %d routes take a body", len(routes))
		}
		operator := s.operator(t, "root")
		s.unchanged(t, 0, func() {
			for _, r := range routes {
				who := s.acme.owner
				if r.Operator { // the first company and its first row exist
					operator.id = who.id
					who = operator
				}
				for _, b := range bodies {
					a := who.call(t, r.Method, fill(r, who.id), b.payload)
					o.add(s.engine, r.Name+" "+b.name, a)
					if a.status != 400 || !strings.HasPrefix(a.text("detail"), b.detail) || b.message != "" &&
						fmt.Sprint(a.errors()) != fmt.Sprint(map[string][]string{"non_field_errors": {b.message}}) {
						t.Errorf("%s with %s is answered %d %s", r.Name, b.name, a.status, a.body)
					}
				}
				for contentType, want := range map[string]int{
					"text/plain": 415, "multipart/form-data": 415,
					"application/x-www-form-urlencoded; charset=latin1": 415,
					"": 415, "application/json; charset=latin1": 415, "application/xml": 415,
					"application/jsonx": 415, "application/json;": 400, "application/json; charset=UTF-8": 400,
					"APPLICATION/JSON": 400, "text/json": 415, "application/vnd.api+json": 415, "json": 415,
					"a/b/c": 415,
				} {
					a := who.call(t, r.Method, fill(r, who.id), "[]", "Content-Type", contentType)
					if a.status != want {
						t.Errorf("%s as %q is answered %d %s", r.Name, contentType, a.status, a.body)
					}
					if want == 415 {
						a.wantDetail(t, 415, fmt.Sprintf("Unsupported media type %q in request.", contentType))
					}
				}
				who.call(t, r.Method, fill(r, who.id), `{"x":"`+strings.Repeat("x", maxBody)+`"}`).wantDetail(t, 413,
					fmt.Sprintf("Request body is larger than %d bytes.", maxBody))
				for _, enc := range []string{"gzip", "br", "deflate, gzip"} {
					who.call(t, r.Method, fill(r, who.id), `{}`, "Content-Encoding", enc).want(t, 415)
				}
			}
		})
		// The same at one route, for payloads that need a connection of their own.
		who := s.acme.owner
		s.unchanged(t, 0, func() {
			var bomb bytes.Buffer
			z := gzip.NewWriter(&bomb)
			_, _ = z.Write(make([]byte, 4*maxBody))
			_ = z.Close()
			who.call(t, "POST", "/api/tasks/", bomb.String(), "Content-Encoding", "gzip").want(t, 415)
			for name, size := range map[string]int{
				"unknown length, over": maxBody + 100, "unknown length, nothing": 0,
			} {
				req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/tasks/",
					io.MultiReader(strings.NewReader(strings.Repeat("x", size))))
				if err != nil {
					t.Fatal(err)
				}
				req.ContentLength = -1
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Authorization", "Bearer "+who.access)
				want := 413
				if size == 0 {
					want = 400
				}
				if a := s.send(t, req); a.status != want {
					t.Errorf("%s: %d %s", name, a.status, a.body)
				}
			}
		})
		// I4, I8: the spelling of names counts, and unknown names have no effect.
		who.post(t, "/api/tasks/", `{"TITLE":"x"}`).wantErrors(t, "title", required)
		who.post(t, "/api/tasks/", `{"title ":"x"}`).wantErrors(t, "title", required)
		a := who.post(t, "/api/tasks/", `{"title":"x","Title":"y","x":{"y":[1,{"z":null}]},"\u0000":1,"__proto__":1}`).
			want(t, 201)
		if a.text("title") != "x" {
			t.Errorf("%s", a.body)
		}
	})
}

func TestJSONParseErrorsSayWhere(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for payload, where := range map[string]string{
			`{"title": nope}`: "line 1 column 11", "{\n  \"title\" \"x\"}": "line 2 column 11",
		} {
			a := s.acme.owner.post(t, "/api/tasks/", payload).want(t, 400)
			if !strings.HasPrefix(a.text("detail"), "JSON parse error - ") ||
				!strings.Contains(a.text("detail"), where) || a.text("code") != "parse_error" {
				t.Errorf("%q: %s", payload, a.body)
			}
		}
	})
}

// Texts that look like SQL stay texts, wherever a client sends them.
func TestThreat_I15_SQLIsText(t *testing.T) {
	payloads := []string{
		`'`, `"`, `\`, `'; DROP TABLE tasks; --`, `' OR '1'='1`, `") OR 1=1 --`, `1; update tasks set title = 'x'`,
		`$1`, `$2`, `?`, `%s`, `:company`, `{{.Int}}`, `\'; --`, `' UNION ALL select 1,2 --`, `/* */`, `%_`, `\x27`,
		`＇`,
	}
	onEach(t, func(t *testing.T, s *server, o *outcomes) {
		m := s.acme.member
		for i, p := range payloads {
			a := m.post(t, "/api/tasks/", body{"title": p, "description": p}).want(t, 201)
			if a.text("title") != p || a.text("description") != p {
				t.Errorf("%q came back as %s", p, a.body)
			}
			if got := m.get(t, "/api/tasks/?search="+escape(p)).want(t, 200).list("title"); !slices.Contains(got, p) {
				t.Errorf("the search for %q finds %q", p, got)
			}
			for _, q := range []string{
				"ordering", "status", "assigned_to", "created_by", "created_at__gte", "cursor", "page_size", "nonsense",
				"priority", "due", "due_before", "start_after", "completed_before", "estimate__gte", "tz",
			} {
				a := m.get(t, "/api/tasks/?"+q+"="+escape(p))
				a.want(t, 400)
				o.add(s.engine, fmt.Sprint(q, " ", i), a)
			}
			for _, path := range []string{
				"/api/tasks/" + escape(p) + "/", "/api/auth/company-users/" + escape(p) + "/",
			} {
				m.get(t, path).wantDetail(t, 404, "Not found.")
			}
			o.add(s.engine, fmt.Sprint("login ", i), s.tryLogin(t, p, "x"))
			m.get(t, "/api/auth/company-users/?search="+escape(p)).want(t, 200)
		}
		if got := m.get(t, "/api/tasks/").want(t, 200).id("count"); got != int64(len(payloads)) {
			t.Errorf("%d tasks are left of %d", got, len(payloads))
		}
	})
}

// escape escapes a text as one segment or value of a URL.
func escape(s string) string {
	var out strings.Builder
	for _, b := range []byte(s) {
		fmt.Fprintf(&out, "%%%02X", b)
	}
	return out.String()
}

// No log and no answer to another person contains a secret.
func TestThreat_A24_T30_NoSecretIsLogged(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		const canary = "zebra-canary-5190"
		o := s.acme.owner
		token := o.invite(t, body{"email": "striped@mail.example"})
		s.call(t, "POST", "/api/auth/register/", registration(body{
			"username": "canary.user", "password": canary, "password_confirm": canary, "email": "striped@mail.example",
			"phone": "", "invitation_token": token, "company_name": nil,
		})).want(t, 201)
		p := s.login(t, "canary.user", canary)
		s.call(t, "POST", "/api/auth/register/", registration(body{
			"password": canary + "1", "password_confirm": canary, "invitation_token": "x" + token,
		})).want(t, 400)
		s.call(t, "POST", "/api/auth/register/",
			registration(body{"password": strings.Repeat(canary, 10), "password_confirm": canary + "2"})).want(t, 400)
		s.call(t, "POST", "/api/auth/register/", `{"password":"`+canary+`"`).want(t, 400)
		s.tryLogin(t, "acme.owner", canary).want(t, 401)
		s.tryLogin(t, canary+"\x00", canary).want(t, 400)
		s.call(t, "POST", "/api/auth/login/", `{"password":["`+canary+`"]}`).want(t, 400)
		s.call(t, "POST", "/api/auth/login/", `{"password":"`+canary+`"`).want(t, 400)
		s.tryRefresh(t, p.token+canary).want(t, 401)
		p = p.refreshed(t)
		p.post(t, "/api/auth/password/", body{"current_password": canary, "new_password": canary + "9"}).want(t, 204)
		p.post(t, "/api/auth/password/", body{"current_password": canary, "new_password": canary + "8"}).want(t, 400)
		p.post(t, "/api/auth/invitations/accept/", body{"token": canary}).want(t, 400)
		for _, where := range []string{
			"/invitations/", "/Invitations/", "//invitations/", "/invitations//", "/x/invitations/", "/%69nvitations/",
			"/api/auth/invitations/", "/api/auth/invitations/accept/",
		} {
			for _, secret := range []string{token, canary} {
				for _, end := range []string{"", "/"} {
					res, err := (&http.Client{Transport: carrier}).Get(s.url + where + secret + end)
					if err != nil {
						t.Fatal(err)
					}
					_ = res.Body.Close()
				}
			}
		}
		s.call(t, "GET", "/api/tasks/", nil, "Authorization", "Bearer "+canary).want(t, 401)
		s.call(t, "GET", "/api/tasks/", nil, "Authorization", "Bearer "+p.access+"x").want(t, 401)
		p.get(t, "/api/tasks/?token="+canary).want(t, 400)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": p.token}).want(t, 204)
		s.call(t, "POST", "/api/auth/logout/", body{"refresh": p.token}).want(t, 401)

		log := s.logs.String()
		if !strings.Contains(log, `"path":"/api/auth/password/"`) || !strings.Contains(log, `"status":401`) {
			t.Fatalf("the log does not hold the requests:\n%.500s", log)
		}
		for name, secret := range map[string]string{
			"a password or its beginning": canary, "the invitation's token": token, "an access token": p.access,
			"a refresh token":     p.token,
			"a token's signature": p.access[strings.LastIndex(p.access, ".")+1:], "a signing key": string(s.key),
			"a hash": "$argon2id$",
		} {
			if strings.Contains(log, secret) {
				i := strings.Index(log, secret)
				t.Errorf("the log shows %s: %q", name, log[max(0, i-200):i+20])
			}
		}
		// I16: an entry of the log is one line, whatever the path contains.
		before := strings.Count(s.logs.String(), "\n")
		s.call(t, "GET", "/api/%0a%1b[31mforged%0d%0alevel=ERROR/", nil).want(t, 404)
		if n := strings.Count(s.logs.String(), "\n") - before; n != 1 || strings.Contains(s.logs.String(), "\x1b") {
			t.Errorf("one request made %d lines", n)
		}
	})
}

// A panic answers a 500 without its message, and the process continues.
func TestThreat_F22_APanicIsAPlainFault(t *testing.T) {
	s := newServer(t, "sqlite", func(s *server) { s.api.Tasks = &task.Service{} }) // it has no cursors, so it panics
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/api/tasks/?cursor="+strings.Repeat("A", 40), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.acme.owner.access)
	res, err := carrier.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"type":"about:blank","title":"Internal Server Error","status":500,`+
		`"detail":"A server error occurred.","code":"error","request_id":%q}`, res.Header.Get("X-Request-Id"))
	if res.StatusCode != 500 || res.Header.Get("Content-Type") != "application/problem+json" || string(b) != want {
		t.Errorf("%d %s\n%s", res.StatusCode, res.Header.Get("Content-Type"), b)
	}
	log := s.logs.String()
	if !strings.Contains(log, "nil pointer") || !strings.Contains(log, res.Header.Get("X-Request-Id")) {
		t.Error("the log does not say why, or not of which request")
	}
	s.acme.owner.get(t, "/api/tasks/").want(t, 200)
}
