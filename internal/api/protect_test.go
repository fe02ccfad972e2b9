package api_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
)

// rates gives a server rate limits; a zero rate is no limit.
func rates(o limit.RateOptions) func(*server) {
	return func(s *server) {
		o.Now = s.clock.Now
		s.api.Rates = limit.NewRates(o)
	}
}

func perMinute(n int) limit.Rate { return limit.Rate{Burst: n, Per: time.Minute} }

// Threat A17: the exceeded limit refuses the request, and the answer says when to come back.
func TestThreat_A17_TooManyRequests(t *testing.T) {
	for name, c := range map[string]struct {
		rates limit.RateOptions
		other func(s *server) actor // an actor that the limit does not concern
	}{
		"token":   {limit.RateOptions{Token: perMinute(5)}, func(s *server) actor { return s.acme.owner.again(t) }},
		"user":    {limit.RateOptions{User: perMinute(5)}, func(s *server) actor { return s.acme.member }},
		"company": {limit.RateOptions{Company: perMinute(5)}, func(s *server) actor { return s.globex.owner }},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, "sqlite", rates(c.rates))
			for i := range 5 {
				a := s.acme.owner.get(t, "/api/tasks/").want(t, 200)
				want := fmt.Sprintf(`"%s";r=%d;`, name, 4-i)
				if got := a.header.Get("RateLimit"); !strings.HasPrefix(got, want) {
					t.Fatalf("RateLimit is %q, not %q...", got, want)
				}
				if got, want := a.header.Get("RateLimit-Policy"), `"`+name+`";q=5;w=60`; got != want {
					t.Fatalf("RateLimit-Policy is %q, not %q", got, want)
				}
			}
			o := s.acme.owner
			for _, a := range []answer{
				o.get(t, "/api/tasks/"), o.post(t, "/api/tasks/", body{"title": ""}), o.get(t, "/api/events/stream/"),
			} {
				if a.want(t, 429); a.header.Get("Retry-After") == "" || a.text("code") != "throttled" {
					t.Errorf("%v: Retry-After %q, code %q", a.request, a.header.Get("Retry-After"), a.text("code"))
				}
			}
			c.other(s).get(t, "/api/tasks/").want(t, 200)
			s.clock.advance(12 * time.Second)
			s.acme.owner.get(t, "/api/tasks/").want(t, 200)
			s.acme.owner.get(t, "/api/tasks/").want(t, 429)
		})
	}
}

// Threat A17: the address limit counts before the request is authenticated, by the address that a trusted proxy names.
// Health checks are always answered.
func TestThreat_A17_A18_AddressesAreCountedFirst(t *testing.T) {
	a := bare()
	a.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")} // the peer address of httptest's requests
	c := &clock{now: time.Now()}
	a.Rates = limit.NewRates(limit.RateOptions{Address: perMinute(3), Now: c.Now})
	h := a.Handler()
	for i := range 5 {
		want := 401
		if i >= 3 {
			want = 429
		}
		if w := ask(h, "GET", "/api/tasks/", "X-Forwarded-For", "203.0.113.7"); w.Code != want {
			t.Fatalf("request %d: %d, not %d", i, w.Code, want)
		}
	}
	for path, want := range map[string]int{"/api/none/": 429, "/livez/": 200, "/livez": 200} {
		if w := ask(h, "GET", path, "X-Forwarded-For", "203.0.113.7"); w.Code != want {
			t.Errorf("%s: %d, not %d", path, w.Code, want)
		}
	}
	if w := ask(h, "GET", "/api/tasks/", "X-Forwarded-For", "203.0.113.7, 203.0.113.8"); w.Code != 401 {
		t.Errorf("another address: %d", w.Code)
	}
	if w := ask(h, "GET", "/api/tasks/", "X-Forwarded-For", "203.0.113.9, 203.0.113.7"); w.Code != 429 {
		t.Errorf("an address that invents another one: %d", w.Code)
	}
}

// Threat R15: a full gate refuses a request before it uses the database, except the requests that must always be
// answered.
func TestThreat_R15_AFullGateRefusesAtOnce(t *testing.T) {
	gate := limit.NewGate(time.Now, nil)
	s := newServer(t, "sqlite", func(s *server) { s.api.Gate = gate })
	l := s.acme.owner
	stream := l.joined(t, "")
	for i := int64(1000); gate.Stats().Inside < gate.Stats().Limit; i++ {
		gate.Enter(context.Background(), limit.CompanyPayer(i))
	}
	before := s.db.Numbers().Writes
	for _, path := range []string{
		"/api/tasks/", "/api/tasks/?search=x", "/api/analytics/", "/api/docs/", "/api/operator/jobs/",
	} {
		a := l.get(t, path).want(t, 503)
		if a.header.Get("Retry-After") == "" {
			t.Errorf("%s: without Retry-After", path)
		}
	}
	if n := s.db.Numbers().Writes; n != before {
		t.Errorf("%d writes for requests that were refused", n-before)
	}
	s.call(t, "GET", "/livez/", nil).want(t, 200)
	s.call(t, "GET", "/readyz/", nil).want(t, 200)
	l.joined(t, "") // a live connection has limits of its own
	_ = stream
	for i := range int64(gate.Stats().Inside) {
		gate.Leave(limit.CompanyPayer(1000+i), limit.Cost{})
	}
	l.get(t, "/api/tasks/").want(t, 200)
	if in := gate.Stats().Inside; in != 0 {
		t.Errorf("%d are still inside", in)
	}
}

// Threat R15: on a machine with too few processors the gate refuses requests before any other work, in the usual
// format. Requests that must always be answered still are.
func TestThreat_R15_RefusedAtTheDoor(t *testing.T) {
	var later atomic.Int64
	gate := limit.NewGate(func() time.Time { return time.Unix(0, later.Load()) }, nil)
	s := newServer(t, "sqlite", func(s *server) { s.api.Gate = gate })
	l := s.acme.owner
	later.Store(int64(time.Second))
	gate.Probed(50 * time.Millisecond)
	refused := 0
	for range 60 * runtime.GOMAXPROCS(0) {
		a := l.get(t, "/api/tasks/")
		if a.status != 503 {
			a.want(t, 200)
			continue
		}
		refused++
		told := a.json.(map[string]any)
		if a.header.Get("Retry-After") == "" || a.header.Get("X-Request-Id") != told["request_id"] ||
			a.header.Get("X-Content-Type-Options") != "nosniff" || told["code"] != "unavailable" {
			t.Fatalf("refused with %v %v", a.header, a.json)
		}
	}
	if refused < 20*runtime.GOMAXPROCS(0) {
		t.Errorf("%d were refused", refused)
	}
	s.call(t, "GET", "/livez/", nil).want(t, 200)
	for range 2 { // two streams, while nearly all other requests are refused
		l.stream(t, "")
	}
	l.joined(t, "")
}

// Threat F23: if other answers use the memory already, a page is refused. A change that was made is reported all the
// same.
func TestThreat_F23_AChangeThatWasMadeIsTold(t *testing.T) {
	memory := limit.NewMemory(10 << 20)
	s := newServer(t, "sqlite", func(s *server) { s.api.Memory = memory })
	l := s.acme.owner
	const others = 5 << 19 // a quarter, which is the whole budget
	if !memory.Send(others) {
		t.Fatal("a quarter of the memory is refused")
	}
	a := l.post(t, "/api/tasks/", body{"title": "long", "description": strings.Repeat("x", 65_536)}).want(t, 201)
	if refused := l.get(t, "/api/tasks/").want(t, 503); refused.header.Get("Retry-After") == "" {
		t.Error("refused without Retry-After")
	}
	memory.ReleaseOut(others)
	if got := l.get(t, "/api/tasks/").want(t, 200); got.id("results.0.id") != a.id("id") {
		t.Errorf("%d tasks", got.id("count"))
	}
	if memory.Receive(1<<20 + 1) { // the limit for all bodies together; earlier bodies were given back
		t.Error("more than a tenth is taken")
	}
	if !memory.Receive(1 << 20) {
		t.Error("the body of a request that is answered is still counted")
	}
}

// Threat R11: only some heavy requests of a company run at once. The others wait outside the gate, and other companies
// are not affected.
func TestThreat_R11_DearRequestsHaveShares(t *testing.T) {
	gate, heavy := limit.NewGate(time.Now, nil), limit.NewShares(1, 2, 1)
	s := newServer(t, "sqlite", func(s *server) { s.api.Gate, s.api.Heavy = gate, heavy })
	heavy.Take(t.Context(), limit.CompanyPayer(s.acme.id)) // a request that does not end
	var wg sync.WaitGroup
	wg.Go(func() { s.acme.owner.get(t, "/api/analytics/").want(t, 200) })
	for _, waiting := heavy.Stats(); waiting == 0; _, waiting = heavy.Stats() {
		runtime.Gosched()
	}
	for _, path := range []string{"/api/analytics/", "/api/tasks/?search=x", "/api/tasks/my_tasks/?search=x"} {
		if a := s.acme.member.get(t, path).want(t, 429); a.header.Get("Retry-After") == "" {
			t.Errorf("%s: without Retry-After", path)
		}
	}
	if in := gate.Stats().Inside; in != 0 {
		t.Errorf("%d stand inside the gate and wait", in)
	}
	s.acme.owner.get(t, "/api/tasks/").want(t, 200)
	s.globex.owner.get(t, "/api/analytics/").want(t, 200)
	heavy.Give(limit.CompanyPayer(s.acme.id))
	wg.Wait()
	s.acme.owner.get(t, "/api/analytics/").want(t, 200)
}

// Threat I20: a browser does nothing with the answer of any route or unknown path.
func TestThreat_I20_HeadersOnEveryRoute(t *testing.T) {
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "no-referrer", "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
	}
	a := bare()
	a.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}
	a.Site = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; frame-ancestors 'none'")
	})
	h := a.Handler()
	type line struct{ method, path string }
	all := []line{
		{"GET", "/"},
		{"GET", "/tasks/7"},
		{"GET", "/api/none/"},
		{"GET", "//x"},
		{"OPTIONS", "/api/tasks/"},
		{"DELETE", "/api/tasks/"},
	}
	for _, r := range a.Routes() {
		if r.Anyone && (r.Raw || r.HasBody || r.Method == "DELETE") && r.Name != "livez" {
			// its own method needs a database; another method of the same path does not
			all = append(all, line{"TRACE", fill(r, 1)})
			continue
		}
		all = append(all, line{r.Method, fill(r, 1)})
	}
	for _, l := range all {
		for _, c := range []struct {
			name    string
			hsts    bool
			tls     bool
			headers []string
		}{
			{name: "over HTTP"},
			{name: "over TLS", tls: true, hsts: true},
			{name: "by a proxy over HTTPS", headers: []string{"X-Forwarded-Proto", "https"}, hsts: true},
			{name: "by a proxy over HTTP", headers: []string{"X-Forwarded-Proto", "http"}},
		} {
			r := httptest.NewRequest(l.method, l.path, nil)
			for i := 0; i < len(c.headers); i += 2 {
				r.Header.Set(c.headers[i], c.headers[i+1])
			}
			if r.Header.Set("Accept", "text/html"); c.tls {
				r.TLS = &tls.ConnectionState{}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			for name, value := range want {
				if got := w.Header().Get(name); got != value {
					t.Errorf("%s %s %s: %s is %q, not %q", l.method, l.path, c.name, name, got, value)
				}
			}
			csp := w.Header().Get("Content-Security-Policy")
			if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("%s %s: Content-Security-Policy %q", l.method, l.path, csp)
			}
			if got := w.Header().Get("Strict-Transport-Security") != ""; got != c.hsts {
				t.Errorf("%s %s %s: it has HSTS is %v", l.method, l.path, c.name, got)
			}
			if strings.HasPrefix(l.path, "/api/") && w.Header().Get("Cache-Control") != "no-store" && w.Code >= 400 {
				t.Errorf("%s %s: may be kept", l.method, l.path)
			}
		}
	}
	a.TrustedProxies = nil
	w := ask(h, "GET", "/api/none/", "X-Forwarded-Proto", "https")
	if w.Header().Get("Strict-Transport-Security") != "" {
		t.Error("a stranger says that it comes by HTTPS, and is believed")
	}
}

// Threat I21: only pages of the named origins can read answers, and they cannot use the web app's cookie.
func TestThreat_I21_CORS(t *testing.T) {
	const app = "https://app.example.org"
	s := newServer(t, "sqlite", func(s *server) { s.api.CORSOrigins = []string{app} })
	for _, origin := range []string{
		"null", "*", "http://app.example.org", "https://app.example.org.evil.com", "https://evilapp.example.org",
		"https://app.example.org:8443", "https://APP.example.org",
		"https://app.example.org/", "https://evil.com", publicURL,
	} {
		a := s.acme.owner.get(t, "/api/tasks/", "Origin", origin).want(t, 200)
		if got := a.header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s: may be read by %q", origin, got)
		}
		if !slices.Contains(a.header.Values("Vary"), "Origin") {
			t.Errorf("%s: a cache would give the answer to other origins", origin)
		}
	}
	a := s.acme.owner.get(t, "/api/tasks/", "Origin", app).want(t, 200)
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": app, "Access-Control-Allow-Credentials": "",
		"Access-Control-Expose-Headers": "Allow, ETag, Event-Seq, Location, RateLimit, RateLimit-Policy, " +
			"Retry-After, X-Request-Id",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	// A refusal is readable too.
	a = s.call(t, "GET", "/api/tasks/", nil, "Origin", app).want(t, 401)
	if a.header.Get("Access-Control-Allow-Origin") != app {
		t.Error("a refusal cannot be read")
	}
	p := s.call(t, "OPTIONS", "/api/tasks/", nil, "Origin", app, "Access-Control-Request-Method", "POST",
		"Access-Control-Request-Headers", "authorization,content-type").want(t, 204)
	got := p.header.Get("Access-Control-Allow-Headers")
	if !strings.Contains(got, "Authorization") || !strings.Contains(got, "Content-Type") {
		t.Errorf("a request with a token is not let in: %q", got)
	}
	if got := p.header.Get("Access-Control-Allow-Methods"); got != "GET, HEAD, POST, PUT, PATCH, DELETE" {
		t.Errorf("methods %q", got)
	}
	p = s.call(t, "OPTIONS", "/api/tasks/", nil, "Origin", "https://evil.com", "Access-Control-Request-Method", "POST")
	if p.header.Get("Access-Control-Allow-Methods") != "" {
		t.Error("a preflight of a stranger is allowed")
	}
	// A browser sends along the cookie of a user of the web app.
	cookie := s.call(t, "POST", "/api/session/", body{"username": s.acme.owner.username, "password": password},
		"Origin", publicURL).want(t, 200).header.Get("Set-Cookie")
	cookie, _, _ = strings.Cut(cookie, ";")
	s.call(t, "GET", "/api/tasks/", nil, "Cookie", cookie).want(t, 200)
	s.call(t, "GET", "/api/tasks/", nil, "Cookie", cookie, "Origin", app).want(t, 401)
	s.call(t, "POST", "/api/tasks/", body{"title": "x"}, "Cookie", cookie, "Origin", app).want(t, 401)
}

// Without the option, no answer has CORS headers.
func TestThreat_I21_NoCORSUnlessNamed(t *testing.T) {
	w := ask(bare().Handler(), "GET", "/api/tasks/", "Origin", "https://app.example.org")
	for name := range w.Header() {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: %v", name, w.Header()[name])
		}
	}
}

// Threat F9: if the clock goes back by less than the leeway, or ahead by less than the life of a token, no one is
// signed out. Rows that are created then keep their order by number.
func TestThreat_F9_ClockJumpsSignNobodyOut(t *testing.T) {
	for _, jump := range []time.Duration{-20 * time.Second, 50 * time.Minute} {
		t.Run(jump.String(), func(t *testing.T) {
			s := newServer(t, "sqlite")
			s.acme.owner.task(t, body{"title": "before"})
			s.clock.advance(jump)
			s.acme.owner.task(t, body{"title": "after"})
			var titles []string
			for _, e := range s.acme.owner.get(t, "/api/events/").want(t, 200).at("results").([]any) {
				titles = append(titles, e.(map[string]any)["message"].(string))
			}
			if len(titles) < 2 || !strings.Contains(titles[len(titles)-2], "before") ||
				!strings.Contains(titles[len(titles)-1], "after") {
				t.Errorf("the log has another order: %q", titles)
			}
			s.call(t, "POST", "/api/auth/token/refresh/", body{"refresh": s.acme.owner.token}).want(t, 200)
		})
	}
}
