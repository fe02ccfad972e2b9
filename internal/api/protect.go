package api

import (
	"context"
	"crypto/rand"
	"hash/maphash"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// What stands before the routes and keeps them from being asked too much, or by pages of sites that nobody named.

// guard is what every request goes through, whatever its path: whose pages may read the answer, and how often its address may ask.
func (a *API) guard(w http.ResponseWriter, r *http.Request, n *requestNote, next http.Handler) {
	if overHTTPS(r, limit.ByProxy(r, a.TrustedProxies)) {
		w.Header()["Strict-Transport-Security"] = hsts
	}
	program := strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/ws/")
	if program {
		a.cors(w, r)
	}
	// Whether the process is well is asked by machines that come from one address, and must be answered whatever else comes from it.
	if a.Rates != nil && !health(r.URL.Path) {
		n.verdict = a.Rates.Arrives(n.addr)
		if program {
			a.showRates(w, n.verdict)
		}
		if !n.verdict.OK {
			writeProblem(w, r, fail.Throttled(n.verdict.Wait))
			return
		}
	}
	next.ServeHTTP(w, r)
}

func health(path string) bool {
	return path == "/livez/" || path == "/readyz/" || path == "/livez" || path == "/readyz"
}

// hsts tells a browser that came by HTTPS never to come otherwise, for a year. Other names of the same domain are not this installation's
// business.
var hsts = fixed("max-age=31536000")

// overHTTPS reports whether the client speaks TLS: to this process, or to the trusted proxy that the request comes from.
func overHTTPS(r *http.Request, proxied bool) bool {
	if r.TLS != nil {
		return true
	}
	proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return proxied && strings.EqualFold(strings.TrimSpace(proto), "https")
}

// showRates tells a client how it stands, so that a good one slows down by itself (draft-ietf-httpapi-ratelimit-headers-10).
func (a *API) showRates(w http.ResponseWriter, v limit.Verdict) {
	if v.Policy == "" {
		return
	}
	h := w.Header()
	h["Ratelimit-Policy"] = a.ratePolicies
	h["Ratelimit"] = []string{v.Header()}
}

// spend counts a request of a verified caller by its session, its user and its company.
func (e *endpoint) spend(c *call, w http.ResponseWriter, r *http.Request) error {
	if e.api.Rates == nil || c.unverified != nil {
		return nil
	}
	n := note(r)
	switch e.route.who {
	case anyone:
		return nil
	case operator: // not the company that they look at
		n.verdict = e.api.Rates.Verified(n.verdict, c.op.Session, c.op.ID, 0)
	default:
		n.verdict = e.api.Rates.Verified(n.verdict, c.who.Session, c.who.Actor(), c.who.Scope.Company())
	}
	e.api.showRates(w, n.verdict)
	if !n.verdict.OK {
		return fail.Throttled(n.verdict.Wait)
	}
	return nil
}

var tooMuch = fail.Unavailable("This server has more to do than it can. Try again in a moment.", time.Second)

func overloaded() error { return tooMuch }

// admits asks the gate whether there is time for a request at all, before anything is done for it: it is not even noted. What must be answered
// always, and live connections, which have limits of their own, do not ask.
func (a *API) admits(w http.ResponseWriter, r *http.Request) bool {
	p := r.URL.Path
	if a.Gate == nil || !strings.HasPrefix(p, "/api/") || a.open[strings.TrimSuffix(p, "/")] || a.Gate.Admits(flow(r, a.TrustedProxies)) {
		return true
	}
	h := w.Header()
	for _, kv := range headers {
		h[kv.name] = kv.value
	}
	a.cors(w, r)
	n := &requestNote{id: rand.Text()}
	h.Set("X-Request-Id", n.id)
	h.Set("Retry-After", "1")
	writeStatus(w, n, http.StatusServiceUnavailable, tooMuch)
	return false
}

// enter waits until there is room for the work. Live connections have limits of their own.
func (e *endpoint) enter(n *requestNote, r *http.Request) bool {
	if e.api.Gate == nil || e.route.op.free {
		return true
	}
	if e.route.op.stream != nil {
		return !e.api.Gate.Full()
	}
	if !e.api.Gate.Enter(r.Context()) {
		return false
	}
	n.entered = time.Now() //nolint:forbidigo // how long a request takes is the machine's time
	return true
}

// flowSeed makes flows other ones in each process, so that nobody can choose to be in somebody else's.
var flowSeed = maphash.MakeSeed()

// flow is who asks as far as it is known without verifying it: a token, a cookie, else the address.
func flow(r *http.Request, trusted []netip.Prefix) uint64 {
	for _, name := range []string{"Authorization", "Cookie"} {
		if v := r.Header[name]; len(v) > 0 {
			return maphash.String(flowSeed, v[0])
		}
	}
	b := limit.ClientAddr(r, trusted).As16()
	return maphash.Bytes(flowSeed, b[:])
}

// leave leaves the gate, if the request is inside.
func (e *endpoint) leave(n *requestNote) {
	if n.entered.IsZero() {
		return
	}
	took := max(time.Since(n.entered), 1) //nolint:forbidigo // as above
	if e.route.op.slow || n.dear {
		took = 0
	}
	n.entered = time.Time{}
	e.api.Gate.Leave(took)
}

// sending is what a client sends, counted while it comes: who only says that it will send much holds nothing.
type sending struct {
	io.Reader
	memory *limit.Memory
	n      *requestNote
}

func (s sending) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if !s.memory.Receive(n) {
		s.n.shed = true
		return 0, overloaded()
	}
	s.n.sent += n
	return n, err
}

// shareWait is how long a dear request waits for one of its company's shares.
const shareWait = 10 * time.Second

// share takes one of the company's shares of what is dear. Whoever waits for one stands outside the gate meanwhile, so that a company with
// many such questions takes no place of the others.
func (e *endpoint) share(c *call, r *http.Request) (giveBack func(), err error) {
	if e.api.Heavy == nil {
		return func() {}, nil
	}
	n, company := note(r), c.who.Scope.Company()
	n.dear = true
	e.leave(n)
	ctx, cancel := context.WithTimeout(r.Context(), shareWait)
	defer cancel()
	if !e.api.Heavy.Take(ctx, company) {
		return nil, fail.Throttled(time.Second)
	}
	giveBack = func() { e.api.Heavy.Give(company) }
	if !e.enter(n, r) {
		giveBack()
		n.shed = true
		return nil, overloaded()
	}
	return giveBack, nil
}

// always is answered at overload too, and counted by no rate.
func (o operation) always() operation { o.free = true; return o }

// hashing operations wait for their turn to hash a password: how long they take tells nothing of the rest.
func (o operation) hashing() operation { o.slow = true; return o }

// dear operations need one of the company's shares.
func (o operation) dear() operation {
	o.heavy = func(*http.Request) bool { return true }
	return o
}

// dearSearch lists need one when they search.
func (o operation) dearSearch() operation {
	o.heavy = func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "search=") }
	return o
}

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsTakes   = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
	corsShows   = "Allow, ETag, Event-Seq, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
	corsAge     = "600" // seconds for which a browser need not ask again
)

// cors lets pages of the named origins read the answers that their own token opens. It never offers them the cookies of the web app:
// there is no Access-Control-Allow-Credentials, and cookie takes none of such a request.
func (a *API) cors(w http.ResponseWriter, r *http.Request) {
	if len(a.CORSOrigins) == 0 {
		return
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if !a.fromElsewhere(r) {
		return
	}
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", corsMethods)
		h.Set("Access-Control-Allow-Headers", corsTakes)
		h.Set("Access-Control-Max-Age", corsAge)
		return
	}
	h.Set("Access-Control-Expose-Headers", corsShows)
}

// fromElsewhere reports whether a page of one of the named origins asks. An origin is compared as a whole: nothing that merely begins or
// ends like one is one.
func (a *API) fromElsewhere(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && origin != a.PublicURL && slices.Contains(a.CORSOrigins, origin)
}
