package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/api"
	"github.com/taskhouse/taskhouse/internal/api/apitest"
	"github.com/taskhouse/taskhouse/internal/app/apptest"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// publicURL is the base of the links in answers; the tests send no request to it.
const publicURL = apptest.PublicURL

// maxBody is the body limit of the tests' servers.
const maxBody = apptest.MaxBody

// server is the product over real HTTP, with a database and a clock of its own and without limits of attempts.
type server struct {
	url      string
	client   *http.Client // checks every answer against the OpenAPI document
	engine   string
	redis    string // the URL of the Redis that wakes other nodes; "": PostgreSQL does
	where    db.Options
	db       *db.DB
	clock    *clock
	logs     *logBook
	api      *api.API
	accounts *account.Service
	auth     *auth.Service
	key      []byte // the secret that signs its tokens

	notices   *notify.Service
	site      http.Handler     // the web app, which most servers of tests do not serve
	followers *event.Followers // they run only when a test says so
	letters   *notify.AccountMails
	mails     *mailbox

	// Every server has two companies that know nothing of each other.
	acme, globex cast
}

// cast holds the people of a company.
type cast struct {
	id                          int64
	name                        string
	owner, admin, member, guest actor
}

// actor is a person with a session in one company.
type actor struct {
	s             *server
	id, company   int64
	username      string
	email, phone  string
	session       string
	access, token string // token is the refresh token
}

// password is the password of every actor.
const password = "correct horse 7 battery"

// each runs fn once for each engine, with a fresh server.
func each(t *testing.T, fn func(t *testing.T, s *server)) {
	t.Helper()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, newServer(t, engine))
		})
	}
}

// newServer returns a server on a fresh database, with two companies; change adapts it to a test.
func newServer(t *testing.T, engine string, change ...func(*server)) *server {
	t.Helper()
	return newServerWithFeed(t, engine, live.Limits{}, change...)
}

// newServerWithFeed returns a server as newServer does, with limits for connections to the feed.
func newServerWithFeed(t *testing.T, engine string, feed live.Limits, change ...func(*server)) *server {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	o := dbtest.Fresh(t, engine)
	o.Now = c.Now
	key := sha256.Sum256([]byte(t.Name()))
	s := instance(t, o, c, key[:], feed, change...)
	s.acme = s.found(t, "Acme Wombat Works", "acme")
	s.globex = s.found(t, "Globex", "globex")
	return s
}

// second returns another instance of the product on the same database, like another node. Only PostgreSQL allows one.
func (s *server) second(t *testing.T) *server {
	t.Helper()
	return instanceWith(t, s.redis, s.where, s.clock, s.key, live.Limits{})
}

func instance(
	t *testing.T, o db.Options, c *clock, signing []byte, feed live.Limits, change ...func(*server),
) *server {
	t.Helper()
	return instanceWith(t, "", o, c, signing, feed, change...)
}

// instanceWith returns an instance whose nodes wake each other through this Redis.
func instanceWith(
	t *testing.T, redis string, o db.Options, c *clock, signing []byte, feed live.Limits, change ...func(*server),
) *server {
	t.Helper()
	s := &server{redis: redis, where: o, clock: c, key: signing, logs: &logBook{}, mails: &mailbox{}}
	log := slog.New(slog.NewJSONHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Log = log
	s.db = dbtest.Open(t, o)
	s.engine = s.db.Engine()
	wired := apptest.Wire(t, s.db, apptest.Options{
		Key: signing, Log: log, Mailer: s.mails, Feed: feed, Redis: redis,
	})
	s.api, s.followers, s.letters = wired.API, wired.Followers, wired.Mails
	s.accounts, s.auth, s.notices = s.api.Accounts, s.api.Auth, s.api.Notices
	s.auth.AskConfirm = false                                   // most tests count mails of other kinds
	s.site, s.api.Site, s.api.Version = s.api.Site, nil, "test" // package web has tests of its own
	for _, fn := range change {
		fn(s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	running := make(chan struct{})
	go func() { defer close(running); s.api.Live.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		s.api.Live.Close(ctx)
		<-running
	})
	srv := httptest.NewServer(s.api.Handler())
	t.Cleanup(srv.Close)
	s.url = srv.URL
	s.client = &http.Client{
		Transport: carrier,
		// Redirects are not followed: the tests check the first answer.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	document := s.call(t, "GET", "/api/schema/", nil).want(t, 200).body
	s.client.Transport = apitest.NewValidator(t, document, carrier)
	return s
}

// storedPassword returns the hash of password, computed once, because a hash is expensive.
var storedPassword = sync.OnceValues(func() (string, error) {
	return auth.NewHasher(0, time.Minute).Hash(context.Background(), password)
})

// found makes a company with one member of each role. Registration has tests of its own.
func (s *server) found(t *testing.T, name, prefix string) cast {
	t.Helper()
	c := cast{name: name}
	err := s.db.System("a test's company").Write(t.Context(), func(tx *db.SystemTx) error {
		scan := func(r db.Row) error { return r.Scan(&c.id) }
		if err := tx.Query(scan,
			`INSERT INTO companies (name, name_key, created_at, updated_at) VALUES ($1, $2, $3, $3)
				RETURNING company_id`,
			name, account.CompanyKey(name), tx.Now); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO heads (company_id) VALUES ($1)`, c.id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c.owner = s.person(t, c.id, prefix+".owner", account.Owner)
	c.admin = s.person(t, c.id, prefix+".admin", account.Admin)
	c.member = s.person(t, c.id, prefix+".member", account.Ordinary)
	c.guest = s.person(t, c.id, prefix+".guest", account.Guest)
	return c
}

// person makes an account in a company, and signs it in.
func (s *server) person(t *testing.T, company int64, username string, role account.Role) actor {
	t.Helper()
	hash, err := storedPassword()
	if err != nil {
		t.Fatal(err)
	}
	a := actor{
		s: s, company: company, username: username, email: username + "@mail.example",
		phone: "+49 30 " + fmt.Sprint(len(username)) + "77301",
	}
	err = s.db.System("a test's person").Write(t.Context(), func(tx *db.SystemTx) error {
		scan := func(r db.Row) error { return r.Scan(&a.id) }
		err := tx.Query(scan, `INSERT INTO users (username, username_key, email, email_key, password, created_at)
			VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
			username, account.UsernameKey(username), a.email, account.EmailKey(a.email), hash, tx.Now)
		if err != nil {
			return err
		}
		return tx.In(company, a.id, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO members (company_id, user_id, username, email, first_name, last_name, phone,
				role, state, search_text, joined_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $10)`,
				a.id, username, a.email, "", "", a.phone, string(role), db.Fold(username), tx.Now)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return a.again(t)
}

// again returns the same person with one more session.
func (a actor) again(t *testing.T) actor {
	t.Helper()
	a.session = rand.Text()
	refresh := rand.Text()
	var now time.Time
	err := a.s.db.SystemScope(a.company, "a test").AsMember(a.id).Write(t.Context(), func(tx *db.Tx) error {
		now = tx.Now.Std()
		_, err := tx.Exec(`INSERT INTO sessions
			(company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $5, $6)`,
			a.session, a.id, refresh, tx.Now, tx.Now.Add(24*time.Hour))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := auth.Claims{
		Type: auth.TokenAccess, UserID: a.id, CompanyID: a.company, Session: a.session, IssuedAt: now,
		Expires: now.Add(time.Hour),
	}
	if a.access, err = a.s.auth.Signer.Sign(c); err != nil {
		t.Fatal(err)
	}
	c.Type, c.ID, c.Expires = auth.TokenRefresh, refresh, now.Add(24*time.Hour)
	if a.token, err = a.s.auth.Signer.Sign(c); err != nil {
		t.Fatal(err)
	}
	return a
}

// on returns the same session at another node.
func (a actor) on(s *server) actor { a.s = s; return a }

// clock is the servers' clock: it ticks a millisecond at each reading, so that no two instants are equal.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the next instant.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// logBook collects the log of a server.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// body is a JSON object to be sent.
type body = map[string]any

// answer holds an answer and its request.
type answer struct {
	request string // the request, for messages
	status  int
	header  http.Header
	body    []byte
	json    any // nil: the answer has none
}

// call sends a request without a token. It sends a string payload unchanged, nothing for nil, and JSON for anything
// else. headers alternates names and values.
func (s *server) call(t testing.TB, method, path string, payload any, headers ...string) answer {
	t.Helper()
	var r io.Reader
	switch p := payload.(type) {
	case nil:
	case string:
		r = strings.NewReader(p)
	default:
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, r)
	if err != nil {
		t.Fatal(err)
	}
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.send(t, req)
}

// carrier holds the connections of all tests.
var carrier = &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}

func (s *server) send(t testing.TB, req *http.Request) answer {
	t.Helper()
	res, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: read the answer: %v", req.Method, req.URL.Path, err)
	}
	a := answer{request: req.Method + " " + req.URL.RequestURI(), status: res.StatusCode, header: res.Header, body: b}
	if strings.Contains(res.Header.Get("Content-Type"), "json") && len(b) > 0 &&
		res.Header.Get("Content-Encoding") == "" {
		if err := json.Unmarshal(b, &a.json); err != nil {
			t.Errorf("%s: the answer is not JSON: %v\n%s", a.request, err, b)
		}
	}
	a.check(t, req.Method)
	return a
}

// call sends a request as the actor.
func (a actor) call(t testing.TB, method, path string, payload any, headers ...string) answer {
	t.Helper()
	return a.s.call(t, method, path, payload, append([]string{"Authorization", "Bearer " + a.access}, headers...)...)
}

func (a actor) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	return a.call(t, "GET", path, nil, headers...)
}

func (a actor) post(t testing.TB, path string, payload any, headers ...string) answer {
	t.Helper()
	return a.call(t, "POST", path, payload, headers...)
}

func (a actor) patch(t testing.TB, path string, payload any, headers ...string) answer {
	t.Helper()
	return a.call(t, "PATCH", path, payload, headers...)
}

func (a actor) put(t testing.TB, path string, payload any, headers ...string) answer {
	t.Helper()
	return a.call(t, "PUT", path, payload, headers...)
}

func (a actor) delete(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	return a.call(t, "DELETE", path, nil, headers...)
}

// task creates a task and returns its id.
func (a actor) task(t testing.TB, fields body) int64 {
	t.Helper()
	if fields["title"] == nil {
		fields["title"] = "A task"
	}
	return a.post(t, "/api/tasks/", fields).want(t, 201).id("id")
}

// tasks creates several tasks and returns their ids.
func (a actor) tasks(t testing.TB, titles ...string) (ids []int64) {
	t.Helper()
	for _, title := range titles {
		ids = append(ids, a.task(t, body{"title": title}))
	}
	return ids
}

// path fills in a pattern of the route table, or a format.
func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// want stops the test on another status.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: status %d, want %d\n%s", a.request, a.status, status, a.body)
	}
	return a
}

// wantDetail stops the test unless the answer is a problem with this status and sentence.
func (a answer) wantDetail(t testing.TB, status int, detail string) answer {
	t.Helper()
	a.want(t, status)
	if got := a.text("detail"); got != detail {
		t.Errorf("%s: detail %q, want %q", a.request, got, detail)
	}
	return a
}

// wantErrors stops the test unless the answer is a 400 with exactly these messages: a field and its message in turn.
func (a answer) wantErrors(t testing.TB, fieldsAndMessages ...string) answer {
	t.Helper()
	a.want(t, 400)
	want := map[string][]string{}
	for i := 0; i < len(fieldsAndMessages); i += 2 {
		want[fieldsAndMessages[i]] = append(want[fieldsAndMessages[i]], fieldsAndMessages[i+1])
	}
	if got := a.errors(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: errors\n got %q\nwant %q", a.request, got, want)
	}
	return a
}

func (a answer) errors() map[string][]string {
	var p struct{ Errors map[string][]string }
	_ = json.Unmarshal(a.body, &p)
	return p.Errors
}

// at returns a value inside the answer. where joins names and positions in lists with dots.
func (a answer) at(where string) any {
	v := a.json
	for step := range strings.SplitSeq(where, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) text(where string) string {
	s, _ := a.at(where).(string)
	return s
}

func (a answer) id(where string) int64 {
	n, _ := a.at(where).(float64)
	return int64(n)
}

// list returns one field of all results of a list.
func (a answer) list(field string) (all []string) {
	results, _ := a.at("results").([]any)
	for i := range results {
		all = append(all, fmt.Sprint(a.at(fmt.Sprintf("results.%d.%s", i, field))))
	}
	return all
}

// next returns the path and query of a link in the answer.
func (a answer) next(t testing.TB, link string) string {
	t.Helper()
	u, ok := strings.CutPrefix(a.text(link), publicURL)
	if !ok {
		t.Fatalf("%s: %s is %v, no URL under %s", a.request, link, a.at(link), publicURL)
	}
	return u
}

// securityHeaders lists the headers of every answer.
var securityHeaders = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

// leaks lists words of SQL, of Go and of drivers that no answer may contain.
var leaks = []string{
	"SELECT ", "INSERT INTO", "UPDATE ", "company_id =", "SQLSTATE", "sqlite", "pgx", "constraint", "goroutine ",
	".go:", "panic",
	"runtime error", "internal/", "account.", "task.Task",
}

// check checks an answer against the promises that the contract makes for all answers.
func (a answer) check(t testing.TB, method string) {
	t.Helper()
	if len(a.header.Values("X-Request-Id")) != 1 || len(a.header.Get("X-Request-Id")) < 16 {
		t.Errorf("%s: X-Request-Id is %q", a.request, a.header.Values("X-Request-Id"))
	}
	for name, value := range securityHeaders {
		if got := a.header.Get(name); got != value {
			t.Errorf("%s: %s is %q, want %q", a.request, name, got, value)
		}
	}
	csp := a.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") ||
		strings.Contains(csp, "unsafe-inline") {
		t.Errorf("%s: Content-Security-Policy is %q", a.request, csp)
	}
	if a.status >= 500 && a.status != http.StatusServiceUnavailable && a.status != http.StatusInsufficientStorage {
		t.Errorf("%s: a fault of ours: %d\n%s", a.request, a.status, a.body)
	}
	if a.status < 400 || method == http.MethodHead {
		return
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s: a %d is %q, no problem", a.request, a.status, got)
	}
	var p api.Problem
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Errorf("%s: no problem: %v\n%s", a.request, err, a.body)
		return
	}
	if p.Type == "" || p.Title != http.StatusText(a.status) || p.Status != a.status || p.Detail == "" || p.Code == "" ||
		p.RequestID != a.header.Get("X-Request-Id") {
		t.Errorf("%s: a problem that lacks something, or says something else than the status line: %+v", a.request, p)
	}
	for _, word := range leaks {
		if bytes.Contains(a.body, []byte(word)) {
			t.Errorf("%s: the problem shows %q (T30)\n%s", a.request, word, a.body)
		}
	}
	if a.status == http.StatusUnauthorized && a.header.Get("WWW-Authenticate") != `Bearer realm="api"` {
		t.Errorf("%s: WWW-Authenticate is %q", a.request, a.header.Get("WWW-Authenticate"))
	}
	if (a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable) &&
		a.header.Get("Retry-After") == "" {
		t.Errorf("%s: a %d without Retry-After", a.request, a.status)
	}
}

// snapshot returns every row of a company (0: of all), table by table, as text. Equal snapshots mean that nothing
// changed.
func (s *server) snapshot(t testing.TB, company int64) string {
	t.Helper()
	var out strings.Builder
	err := s.db.System("a test looks whether anything changed").Read(t.Context(), func(tx *db.SystemTx) error {
		tables, err := columnsOf(tx, s.engine)
		if err != nil {
			return err
		}
		for _, table := range sorted(tables) {
			text := make([]string, 0, len(tables[table]))
			owned := slices.Contains(tables[table], "company_id")
			for _, c := range tables[table] {
				text = append(text, fmt.Sprintf(`coalesce(cast("%s" as text), '-')`, c))
			}
			sql := `SELECT ` + strings.Join(text, ` || '|' || `) + ` FROM ` + table
			switch {
			case company != 0 && owned:
				sql += fmt.Sprintf(` WHERE company_id = %d`, company)
			case company != 0 && slices.Contains(tables[table], "user_id"):
				sql += fmt.Sprintf(` WHERE user_id IN (SELECT user_id FROM members WHERE company_id = %d)`, company)
			case company != 0:
				sql += fmt.Sprintf(` WHERE id IN (SELECT user_id FROM members WHERE company_id = %d)`, company)
			}
			err := tx.Query(func(r db.Row) error {
				var row string
				err := r.Scan(&row)
				fmt.Fprintf(&out, "%s: %s\n", table, row)
				return err
			}, sql+` ORDER BY 1`)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// columnsOf returns the tables with texts of people, and their columns.
func columnsOf(tx *db.SystemTx, engine string) (map[string][]string, error) {
	sql := `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, c.cid`
	if engine == "postgres" {
		sql = `SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
			AND a.attnum > 0 AND NOT a.attisdropped
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1, a.attnum`
	}
	tables := map[string][]string{}
	err := tx.Query(func(r db.Row) error {
		var table, column string
		err := r.Scan(&table, &column)
		// The first sign-in makes the secret of the salts. The rows of account_mails are sealed. Operators' requests
		// are noted.
		if table != "schema_versions" && table != "password_salt" && table != "account_mails" &&
			table != "installation_log" {
			tables[table] = append(tables[table], column)
		}
		return err
	}, sql)
	return tables, err
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// unchanged fails the test if fn changed a row of the company (0: any row).
func (s *server) unchanged(t testing.TB, company int64, fn func()) {
	t.Helper()
	before := s.snapshot(t, company)
	fn()
	if after := s.snapshot(t, company); after != before {
		t.Errorf("rows have changed:\n%s", difference(before, after))
	}
}

// difference returns the lines that only one of two texts has.
func difference(before, after string) string {
	b, a := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out []string
	for _, l := range b {
		if !slices.Contains(a, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range a {
		if !slices.Contains(b, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}

// field describes a field that a route reads.
type field = form.Field

// isID reports whether a field holds the id of a row, or a parameter several of them. Only form.ID and the filters by
// ids describe a field in this way.
func isID(f field) bool {
	return f.Type == "integer" && f.Min != nil && *f.Min == 1 && f.Max == nil ||
		f.Items != nil && f.Items.Format == "id"
}

// param describes a parameter of a URL.
func param(t testing.TB, link, name string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Query().Get(name) == "" {
		t.Fatalf("%q has no %s", link, name)
	}
	return u.Query().Get(name)
}

// notifyDelay is the delay of notifications after a change.
const notifyDelay = 10 * time.Second

// mailbox is a mailer that collects its mails.
type mailbox struct {
	mu  sync.Mutex
	all []notify.Message
}

// Send stores a mail.
func (m *mailbox) Send(_ context.Context, msg notify.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, msg)
	return nil
}

// later advances the clock and lets the followers do their due work.
func (s *server) later(t testing.TB, d time.Duration) {
	t.Helper()
	s.clock.advance(d)
	if err := s.followers.CatchUpDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// told inserts a notification into the actor's inbox without its event, and returns its id.
func (a actor) told(t testing.TB, seq int64, message string) (id int64) {
	t.Helper()
	err := a.s.db.SystemScope(a.company, "a test").Write(t.Context(), func(tx *db.Tx) error {
		return db.Exists(tx, func(r db.Row) error { return r.Scan(&id) }, `INSERT INTO notifications
			(company_id, user_id, kind, seq, message, search_text, inbox, mail, created_at)
			VALUES ($1, $2, 'assigned', $3, $4, $5, $6, 'none', $7) RETURNING id`,
			a.id, seq, message, db.Fold(message), true, tx.Now)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
