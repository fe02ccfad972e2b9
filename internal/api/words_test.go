package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/task"
)

// The API keeps its word: it reads what clients of Django REST Framework send, and refuses what has no effect.

const formType = "application/x-www-form-urlencoded"

func TestFormsOfClients(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		fields := url.Values{
			"title": {"Ladder & rope"}, "description": {"first\r\nsecond"}, "status": {"done"},
			"assigned_to": {strconv.FormatInt(m.id, 10)}, "company": {"999"}, "csrfmiddlewaretoken": {"x"},
		}
		var parts bytes.Buffer
		w := multipart.NewWriter(&parts)
		for name, values := range fields {
			if err := w.WriteField(name, values[0]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for contentType, payload := range map[string]string{
			formType: fields.Encode(), w.FormDataContentType(): parts.String(),
			formType + "; charset=UTF-8": fields.Encode(),
		} {
			a := m.post(t, "/api/tasks/", payload, "Content-Type", contentType).want(t, 201)
			if a.text("title") != "Ladder & rope" || a.text("description") != "first\r\nsecond" ||
				a.text("status") != "done" || a.id("assigned_to") != m.id || a.id("company") != m.company {
				t.Errorf("%s: %s", contentType, a.body)
			}
			id := a.id("id")
			a = m.patch(t, taskPath(id), "assigned_to=&title=Rope", "Content-Type", formType).want(t, 200)
			if a.at("assigned_to") != nil || a.text("title") != "Rope" || a.text("status") != "done" {
				t.Errorf("PATCH: %s", a.body)
			}
			m.put(t, taskPath(id), "status=todo", "Content-Type", formType).wantErrors(t, "title", required)
		}
		ids := m.tasks(t, "one", "two")
		m.post(t, "/api/tasks/bulk/", fmt.Sprintf("ids=%d&ids=%d&status=done", ids[0], ids[1]),
			"Content-Type", formType).
			want(t, 200)
		if a := m.get(t, taskPath(ids[1])); a.text("status") != "done" {
			t.Errorf("bulk: %s", a.body)
		}
		a := m.post(t, "/api/tasks/", "title=&assigned_to=me", "Content-Type", formType)
		a.wantErrors(t, "title", notBlank, "assigned_to", "Incorrect type. Expected pk value, received str.")

		// Signing in needs no token, and a script of the original does it with a form.
		in := s.call(t, "POST", "/api/auth/login/",
			url.Values{"username": {m.username}, "password": {password}}.Encode(),
			"Content-Type", formType).
			want(t, 200)
		s.call(t, "GET", "/api/auth/profile/", nil, "Authorization", "Bearer "+in.text("access")).want(t, 200)
	})
}

// A page of another site can send a form with the browser's cookies and without asking first.
func TestThreat_A26_FormsNeverCountWithACookie(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		in := s.call(t, "POST", "/api/session/", body{"username": o.username, "password": password}, browser(nil)...)
		c := in.want(t, 200).cookie(t)
		root := s.operator(t, "root")
		opened := s.call(t, "POST", "/api/operator/session/", body{"username": root.username, "password": password},
			browser(nil)...).want(t, 200).cookie(t)
		routes := 0
		s.unchanged(t, o.company, func() {
			for _, r := range s.api.Routes() {
				if !r.HasBody {
					continue
				}
				routes++
				with := c
				if r.Operator {
					with = opened
				}
				for _, contentType := range []string{formType, "multipart/form-data; boundary=b"} {
					detail := fmt.Sprintf("Unsupported media type %q in request.", contentType)
					s.call(t, r.Method, fill(r, o.id), "title=x", browser(with, "Content-Type", contentType)...).
						wantDetail(t, 415, detail)
				}
			}
		})
		if routes < 12 {
			t.Errorf("only %d routes take a body", routes)
		}
		// A token speaks for itself, whatever cookies the browser adds.
		s.call(t, "POST", "/api/tasks/", "title=x", browser(c, "Content-Type", formType,
			"Authorization", "Bearer "+o.access)...).want(t, 201)
		s.call(t, "POST", "/api/tasks/", body{"title": "x"}, browser(c)...).want(t, 201)
	})
}

func TestNumbersAndDigits(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		id := strconv.FormatInt(m.id, 10)
		a := m.unchecked(t, "POST", "/api/tasks/", `{"title": 5, "description": 1.50, "assigned_to": "`+id+`"}`).
			want(t, 201)
		if a.text("title") != "5" || a.text("description") != "1.5" || a.id("assigned_to") != m.id {
			t.Errorf("%s", a.body)
		}
		m.unchecked(t, "POST", "/api/tasks/", `{"title": true, "assigned_to": "someone"}`).wantErrors(t,
			"title", "Not a valid string.", "assigned_to", "Incorrect type. Expected pk value, received str.")
		foreign := strconv.FormatInt(s.globex.member.id, 10)
		m.unchecked(t, "POST", "/api/tasks/", `{"title": "x", "assigned_to": "`+foreign+`"}`).wantErrors(t,
			"assigned_to", `Invalid pk "`+foreign+`" - object does not exist.`)
		if a := m.unchecked(t, "POST", "/api/tasks/", `{"title": "x", "assigned_to": ""}`).want(t, 201); a.at(
			"assigned_to",
		) != nil {
			t.Errorf("an empty id: %s", a.body)
		}
		m.unchecked(t, "POST", "/api/tasks/bulk/",
			`{"ids": ["`+strconv.FormatInt(a.id("id"), 10)+`"], "status": "done"}`).
			want(t, 200)
	})
}

func TestFault_P15_TitlesShowSomething(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		for _, title := range []string{"\u200b", "\u2800", "\u3164 \u00ad", "\u202e"} {
			m.post(t, "/api/tasks/", body{"title": title}).wantErrors(t, "title", notBlank)
		}
		m.patch(t, taskPath(m.task(t, body{"title": "x"})), body{"title": "\u200b"}).wantErrors(t, "title", notBlank)
		a := m.post(t, "/api/tasks/", body{"title": "one\r\ntwo\u2028three\u202efour", "description": "\u200b"}).
			want(t, 201)
		if a.text("title") != "one two threefour" || a.text("description") != "" {
			t.Errorf("%s", a.body)
		}
		a = m.patch(t, "/api/auth/profile/", body{"first_name": "\u200b", "last_name": "Ann\u2029Lee"}).want(t, 200)
		if a.text("first_name") != "" || a.text("last_name") != "Ann Lee" {
			t.Errorf("%s", a.body)
		}
		s.call(t, "POST", "/api/auth/register/", registration(body{"username": "x\u202ey"})).want(t, 400)
	})
}

// headerRefused is the code of a change with a header that the operation does not know.
const headerRefused = "header_not_supported"

// Every write knows If-Match and Idempotency-Key, or refuses them: none accepts one and does nothing.
func TestThreat_I22_HeadersWorkOrAreRefused(t *testing.T) {
	_, doc := readDocument(t)
	each(t, func(t *testing.T, s *server) {
		o, root := s.acme.owner, s.operator(t, "root")
		root.id = o.id
		writes := 0
		s.unchanged(t, 0, func() {
			for _, r := range s.api.Routes() {
				if r.Method == "GET" {
					continue
				}
				writes++
				who := o
				if r.Operator {
					who = root
				}
				var payload any
				if r.HasBody {
					payload = body{}
				}
				for _, header := range []string{"If-Match", "Idempotency-Key"} {
					documented := false
					for _, p := range doc.Paths[r.Path][strings.ToLower(r.Method)].Parameters {
						documented = documented || p.Name == header
					}
					if documented { // its own tests show that it works; an empty key is none
						continue
					}
					a := who.call(t, r.Method, fill(r, never), payload, header, `"1-x"`)
					if !r.Anyone && a.status == 404 { // the company of an operator's route
						a = who.call(t, r.Method, fill(r, o.company), payload, header, `"1-x"`)
					}
					if a.status == 415 || a.status == 403 { // the CSRF check of a route about a cookie
						t.Errorf("%s: %d", r.Name, a.status)
					}
					if a.want(t, 400).text("code") != headerRefused || !strings.Contains(a.text("detail"), header) {
						t.Errorf("%s with %s: %s", r.Name, header, a.body)
					}
				}
			}
		})
		if writes < 30 {
			t.Errorf("only %d routes write", writes)
		}
	})
}

func TestThreat_T18_RepeatedChangesTakeEffectOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		id := m.task(t, body{"title": "one"})
		first := m.patch(t, taskPath(id), body{"title": "two"}, "Idempotency-Key", "a").want(t, 200)
		m.patch(t, taskPath(id), body{"title": "three"}).want(t, 200)
		again := m.patch(t, taskPath(id), body{"title": "two"}, "Idempotency-Key", "a").want(t, 200)
		if first.text("title") != "two" || again.text("title") != "two" || again.id("version") != first.id("version") {
			t.Errorf("%s\n%s", first.body, again.body)
		}
		if now := m.get(t, taskPath(id)); now.text("title") != "three" {
			t.Errorf("a repetition took effect: %s", now.body)
		}
		m.patch(t, taskPath(id), body{"title": "four"}, "Idempotency-Key", "a").want(t, 422)
		m.put(t, taskPath(id), body{"title": "two"}, "Idempotency-Key", "a").want(t, 422)
		m.put(t, taskPath(id), body{"title": "five"}, "Idempotency-Key", "b").want(t, 200)
		m.put(t, taskPath(id), body{"title": "five"}, "Idempotency-Key", "b").want(t, 200)

		m.delete(t, taskPath(id), "Idempotency-Key", "c").want(t, 204)
		m.delete(t, taskPath(id), "Idempotency-Key", "c").want(t, 204)
		m.delete(t, taskPath(id), "Idempotency-Key", "d").want(t, 404)
		m.delete(t, taskPath(id)).want(t, 404)
		s.acme.admin.delete(t, taskPath(id), "Idempotency-Key", "c").want(t, 404)
	})
}

func TestParametersWithoutEffect(t *testing.T) {
	s := newServer(t, "sqlite")
	o, root := s.acme.owner, s.operator(t, "root")
	root.id = o.company
	m := s.acme.member
	m.tasks(t, "one", "two")
	lists := 0
	for _, r := range s.api.Routes() {
		if r.Method != "GET" || r.Raw || r.Stream {
			continue
		}
		who := o
		if r.Operator {
			who = root
		}
		p := fill(r, who.id)
		plain := who.get(t, p)
		if got := who.get(t, p+"?format=json&_=1700000000"); got.status != plain.status {
			t.Errorf("%s: %d, and with format=json %d %s", r.Name, plain.status, got.status, got.body)
		}
		if plain.status != 200 {
			continue
		}
		who.get(t, p+"?format=xml").wantErrors(t, "format", `"xml" is not a valid choice.`)
		for _, name := range []string{"fields", "expand", "limit_", "Page"} {
			who.get(t, p+"?"+name+"=1").wantErrors(t, name, "Unknown parameter.")
		}
		if slices.ContainsFunc(r.Query, func(f field) bool { return f.Name == "page" }) {
			lists++
			who.get(t, p+"?page=last").want(t, 200)
			for _, page := range []string{"0", "-1", "x", "99999"} {
				who.get(t, p+"?page="+page).wantDetail(t, 404, "Invalid page.")
			}
		}
	}
	if lists < 10 {
		t.Errorf("only %d lists", lists)
	}
	m.post(t, "/api/tasks/?format=json", body{"title": "x"}).want(t, 201)
}

// A 429 names one time, in Retry-After, in RateLimit and in its sentence.
func TestThreat_A17_ARejectionNamesOneTime(t *testing.T) {
	s := newServer(t, "sqlite", rates(limit.RateOptions{Token: limit.Rate{Burst: 3, Per: 90 * time.Second}}))
	o := s.acme.owner
	for range 3 {
		o.get(t, "/api/tasks/").want(t, 200)
	}
	for range 3 {
		a := o.get(t, "/api/tasks/").want(t, 429)
		after := a.header.Get("Retry-After")
		if a.header.Get("RateLimit") != `"token";r=0;t=`+after ||
			a.text("detail") != "Request was throttled. Expected available in "+after+" seconds." {
			t.Errorf("Retry-After %s, RateLimit %s, %s", after, a.header.Get("RateLimit"), a.text("detail"))
		}
		s.clock.advance(7 * time.Second)
	}
}

// unzip returns the JSON of a compressed answer.
func (a answer) unzip(t *testing.T) string {
	t.Helper()
	if a.header.Get("Content-Encoding") != "gzip" || a.header.Get("Content-Length") != strconv.Itoa(len(a.body)) {
		t.Fatalf("%s: Content-Encoding %q, %s of %d bytes", a.request, a.header.Get("Content-Encoding"),
			a.header.Get("Content-Length"), len(a.body))
	}
	z, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// zipped sends a request of a client that accepts gzip.
func (s *server) zipped(t *testing.T, who actor, method, path string, payload any, headers ...string) answer {
	t.Helper()
	return who.on(s).
		unchecked(t, method, path, payload, append([]string{"Accept-Encoding", "zstd, br, gzip"}, headers...)...)
}

// unchecked sends a request as call does. It compares neither the request nor the answer with the OpenAPI document:
// the document says what clients should send, and not all that is read.
func (a actor) unchecked(t *testing.T, method, path string, payload any, headers ...string) answer {
	t.Helper()
	s := *a.s
	s.client = &http.Client{Transport: carrier}
	a.s = &s
	return a.call(t, method, path, payload, headers...)
}

func TestAnswersAreCompressed(t *testing.T) {
	s := newServer(t, "sqlite")
	m := s.acme.member
	for i := range 20 {
		m.task(t, body{"title": fmt.Sprint("Paint the fence ", i)})
	}
	plain := m.get(t, "/api/tasks/").want(t, 200)
	zipped := s.zipped(t, m, "GET", "/api/tasks/", nil)
	if got := zipped.unzip(t); got != string(plain.body) || len(zipped.body)*5 > len(plain.body) {
		t.Errorf("%d bytes became %d", len(plain.body), len(zipped.body))
	}
	for _, a := range []answer{plain, zipped} {
		if !strings.Contains(a.header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: Vary is %q", a.request, a.header.Get("Vary"))
		}
	}
	if head := s.zipped(t, m, "HEAD", "/api/tasks/", nil); len(head.body) > 0 ||
		head.header.Get("Content-Length") != strconv.Itoa(len(zipped.body)) {
		t.Errorf("HEAD: %v", head.header)
	}
	if a := s.zipped(t, m, "GET", "/api/tasks/?page_size=1", nil); a.header.Get("Content-Encoding") != "" {
		t.Error("a short answer is compressed")
	}
	if a := s.zipped(t, m, "GET", "/api/tasks/", nil, "Accept-Encoding", "zstd"); a.header.Get(
		"Content-Encoding",
	) != "" {
		t.Error("an answer is compressed for a client that did not ask")
	}
	for _, path := range []string{"/api/schema/", "/api/docs/", "/api/docs/style/"} {
		a := s.zipped(t, actor{}, "GET", path, nil)
		if a.unzip(t) != ask(s.api.Handler(), "GET", path).Body.String() {
			t.Errorf("%s is another document when compressed", path)
		}
		tag := a.header.Get("ETag")
		if b := s.zipped(t, actor{}, "GET", path, nil, "If-None-Match", tag); b.status != 304 {
			t.Errorf("%s: %d for its own tag", path, b.status)
		}
	}
}

// The tag of the compressed form differs, and works wherever the other one does.
func TestFault_P4_TagsOfCompressedAnswers(t *testing.T) {
	s := newServer(t, "sqlite")
	m := s.acme.member
	p := taskPath(m.task(t, body{"title": "Paint", "description": strings.Repeat("fence ", 300)}))
	tags := func() (plain, zipped string) {
		a := s.zipped(t, m, "GET", p, nil)
		a.unzip(t)
		return m.get(t, p).want(t, 200).header.Get("ETag"), a.header.Get("ETag")
	}
	plain, zipped := tags()
	if zipped != strings.TrimSuffix(plain, `"`)+`-gzip"` {
		t.Errorf("the tags are %s and %s", plain, zipped)
	}
	for _, weak := range []string{"", "W/"} {
		for i := range 2 {
			plain, zipped = tags()
			tag := weak + []string{plain, zipped}[i]
			for name, a := range map[string]answer{
				"plain":  m.get(t, p, "If-None-Match", tag),
				"zipped": s.zipped(t, m, "GET", p, nil, "If-None-Match", tag),
			} {
				if a.status != 304 || a.header.Get("Content-Encoding") != "" || len(a.body) > 0 {
					t.Errorf("%s for %s: %d %v", name, tag, a.status, a.header)
				}
			}
			m.patch(t, p, body{"title": "Paint " + tag}, "If-Match", tag).want(t, 200)
			m.patch(t, p, body{"title": "Lost"}, "If-Match", tag).want(t, 412)
		}
	}
}

// Answers that hold a token are never compressed: their length must not depend on what is beside it (BREACH).
func TestThreat_A24_SecretsAreNotCompressed(t *testing.T) {
	_, doc := readDocument(t)
	s := newServer(t, "sqlite")
	o, long := s.acme.owner, strings.Repeat("n", 100)
	root := s.operator(t, "root")
	sent := map[string]answer{
		"login": s.zipped(
			t,
			actor{},
			"POST",
			"/api/auth/login/",
			body{"username": o.username, "password": password},
		),
		"refresh": s.zipped(t, actor{}, "POST", "/api/auth/token/refresh/", body{"refresh": o.token}),
		"invite": s.zipped(
			t,
			o.again(t),
			"POST",
			"/api/auth/invitations/",
			body{"email": long[:50] + "@mail.example"},
		),
		"operatorLogin": s.zipped(
			t,
			actor{},
			"POST",
			"/api/operator/login/",
			body{"username": root.username, "password": password},
		),
	}
	for name, a := range sent {
		if a.status/100 != 2 || a.header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d, Content-Encoding %q", name, a.status, a.header.Get("Content-Encoding"))
		}
	}
	secret := map[string]bool{}
	for _, r := range bare().Routes() {
		secret[r.Name] = r.Secret
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			b, err := json.Marshal(op.Responses)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"Tokens", "Invitation", "OperatorToken", "Set-Cookie"} {
				if method != "get" && method != "delete" && bytes.Contains(b, []byte("/"+name+`"`)) &&
					!secret[op.OperationID] {
					t.Errorf("%s %s answers with %s, and may be compressed", method, path, name)
				}
			}
		}
	}
	for _, name := range []string{
		"register", "login", "refresh", "signIn", "invite", "operatorLogin", "operatorSignIn",
	} {
		if !secret[name] {
			t.Errorf("%s may be compressed", name)
		}
	}
}

func TestFault_P12_SearchInTwoSpellings(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		m.tasks(t, "Open the cafe\u0301", "Close the CAFÉ")
		for _, search := range []string{"café", "cafe\u0301", "CAFE\u0301"} {
			if got := m.get(t, "/api/tasks/?search="+url.QueryEscape(search)).want(t, 200).id("count"); got != 2 {
				t.Errorf("%+q finds %d of 2", search, got)
			}
		}
		m.patch(t, "/api/auth/profile/", body{"first_name": "Rene\u0301"}).want(t, 200)
		if got := m.get(t, "/api/auth/company-users/?search=rené").want(t, 200).id("count"); got != 1 {
			t.Errorf("%d members are found", got)
		}
	})
}

// The same order on both engines, also across pages, also of titles that an older program wrote.
func TestFault_P20_TitlesInTheOrderOfPeople(t *testing.T) {
	want := []string{
		"#1 first", "2 apples", "10 apples", "a b", "a_b", "Äpfel", "apple", "Banana", "Straße", "STRASSE 2",
		"Übermut", "zoo",
	}
	onEach(t, func(t *testing.T, s *server, o *outcomes) {
		m := s.acme.member
		shuffled := slices.Clone(want)
		slices.SortFunc(shuffled, func(a, b string) int { return strings.Compare(a[len(a)-1:]+a, b[len(b)-1:]+b) })
		m.tasks(t, shuffled...)
		m.patch(t, taskPath(m.get(t, "/api/tasks/?search=zoo").id("results.0.id")), body{"title": "aaa"}).want(t, 200)
		m.patch(t, taskPath(m.get(t, "/api/tasks/?search=aaa").id("results.0.id")), body{"title": "zoo"}).want(t, 200)
		check := func() {
			t.Helper()
			if got := m.get(t, "/api/tasks/?ordering=title").want(t, 200).list("title"); !slices.Equal(got, want) {
				t.Errorf("by page: %q", got)
			}
			for _, order := range []string{"title", "-title"} {
				var got []string
				for link := "/api/tasks/?page_size=5&cursor=&ordering=" + order; link != ""; {
					a := m.get(t, link).want(t, 200)
					got = append(got, a.list("title")...)
					if a.at("next") == nil {
						break
					}
					link = a.next(t, "next")
				}
				if order == "-title" {
					slices.Reverse(got)
				}
				if !slices.Equal(got, want) {
					t.Errorf("by cursor, %s: %q", order, got)
				}
			}
		}
		check()
		err := s.db.System("an older program wrote these rows").Write(t.Context(), func(tx *db.SystemTx) error {
			_, err := tx.Exec(`UPDATE tasks SET title_key = '', search_text = lower(title) WHERE id > $1`, 3)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := task.Fold(t.Context(), s.db); err != nil || n != len(want)-3 {
			t.Errorf("folded %d tasks: %v", n, err)
		}
		check()
		if got := m.get(t, "/api/tasks/?search="+url.QueryEscape("übermut")).id("count"); got != 1 {
			t.Errorf("a folded title is found %d times", got)
		}
	})
}
