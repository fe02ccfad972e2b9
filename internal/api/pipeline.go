package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// A request passes the edge and then, if there is a route for it, the steps of the route. docs/ARCHITECTURE.md draws
// both lists, and a test compares them. A step that returns an error ends the request: the error is the answer.

// step is one stage of the pipeline.
type step struct {
	name string
	do   func(*exchange) error
}

// edge has the steps of every request after load shedding. The last one finds the route.
var edge = []step{
	{"HTTPS", (*exchange).setHSTS},
	{"CORS", (*exchange).setCORSHeaders},
	{"rate limit by address", (*exchange).limitAddress},
	{"canonical path", (*exchange).canonicalPath},
	{"route", (*exchange).findRoute},
}

// routeSteps has the steps of every request with a route.
var routeSteps = []step{
	{"credential", (*exchange).readCredential},
	{"CSRF check", (*exchange).checkCSRF},
	{"receive body", (*exchange).receiveBody},
	{"admission", (*exchange).enterGate},
	{"authentication", (*exchange).authenticate},
	{"rate limits", (*exchange).limitCaller},
	{"fair share", (*exchange).payShare},
	{"read input", (*exchange).readRequest},
	{"operation", (*exchange).operate},
	{"answer", (*exchange).answer},
}

// exchange is a request and its answer on their way through the pipeline.
type exchange struct {
	call

	api       *API
	requestID string // X-Request-Id
	w         statusWriter
	path      string // as the client sent it
	r         *http.Request
	began     time.Time
	span      trace.Span
	route     *route // nil until it is found
	site      bool   // the web app answers
	logged    struct {
		company, user int64
		token         int64 // the id of a token for programs
		cause         error
	}

	verdict    limit.Verdict // of the rate limits so far
	credential credential
	renewed    *http.Cookie // of a web session that was extended
	payload    []byte
	readForm   func([]byte) (*form.Form, error) // reads the payload, by its media type
	badPayload error                            // why there is no payload; the answer to a caller who may know
	result     result

	entered  time.Time   // the gate; zero: the request is outside
	shed     bool        // rejected by load shedding
	received int         // bytes of the body that count against the bounds of memory
	payer    limit.Payer // for the place in the gate, and for a share
	waits    limit.Waits
	isHeavy  bool
	shares   *limit.Shares // of which the request holds one; nil: it holds none
}

type exchangeKey struct{}

// exchangeContext is the context of a request.
type exchangeContext struct {
	context.Context
	x *exchange
}

// Value returns the exchange, its count of waits, and the values of the parent context.
func (c exchangeContext) Value(key any) any {
	switch key.(type) {
	case exchangeKey:
		return c.x
	case limit.WaitsKey:
		return &c.x.waits
	}
	return c.Context.Value(key)
}

// exchangeOf returns the exchange of a request; every request that Handler serves has one.
func exchangeOf(r *http.Request) *exchange { return r.Context().Value(exchangeKey{}).(*exchange) }

// Handler serves every route of the table, and the web app at other paths.
func (a *API) Handler() http.Handler {
	if a.Rates != nil {
		a.ratePolicies = fixed(a.Rates.Policies())
	}
	a.mux = a.newMux()
	return http.HandlerFunc(a.serve)
}

// serve takes a request through the pipeline.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	if a.shedLoad(w, r) { // before anything is spent on the request
		return
	}
	x := a.newExchange(w, r)
	defer x.end()
	x.run(edge)
}

// run takes the exchange through steps until one fails.
func (x *exchange) run(steps []step) {
	for _, s := range steps {
		if err := s.do(x); err != nil {
			writeProblem(x, err)
			return
		}
	}
}

// newExchange gives the request an id and a trace, and sets the headers of all answers.
func (a *API) newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{api: a, requestID: rand.Text(), path: r.URL.Path}
	x.began = time.Now() //nolint:forbidigo // durations are real time, also in tests
	x.w.ResponseWriter = w
	ctx, span := trace.Request(r.Context(), r.Header, limit.ByProxy(r, a.TrustedProxies))
	x.span = span
	x.r = r.WithContext(exchangeContext{ctx, x})
	x.call = call{ctx: x.r.Context(), addr: limit.ClientAddr(r, a.TrustedProxies), agent: r.UserAgent()}
	setHeaders(w.Header(), x.requestID)
	return x
}

// end answers a panic, and logs, measures and traces the request.
func (x *exchange) end() {
	v := recover()
	if v != nil && v != http.ErrAbortHandler { //nolint:errorlint // net/http compares it in the same way
		x.logged.cause = fmt.Errorf("panic: %v", v)
		x.api.Log.LogAttrs(x.ctx, slog.LevelError, "request panicked",
			slog.String("request_id", x.requestID), slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
		if x.w.status == 0 {
			writeProblem(x, x.logged.cause)
		}
	}
	took := time.Since(x.began) //nolint:forbidigo // as above
	if x.api.Observed != nil {
		x.api.Observed(x.routeName(), x.w.status, took)
	}
	x.log(took)
	x.endSpan(x.w.status)
}

// routeName returns the name for logs and metrics; "" is an unknown path.
func (x *exchange) routeName() string {
	switch {
	case x.route != nil:
		return x.route.name
	case x.site:
		return "site"
	}
	return ""
}

// setHSTS makes browsers that came by HTTPS return by HTTPS (HSTS).
func (x *exchange) setHSTS() error {
	if overHTTPS(x.r, limit.ByProxy(x.r, x.api.TrustedProxies)) {
		x.w.Header()["Strict-Transport-Security"] = hsts
	}
	return nil
}

// setCORSHeaders lets pages of the configured origins read the answer (CORS).
func (x *exchange) setCORSHeaders() error {
	if forPrograms(x.r.URL.Path) {
		x.api.cors(x.w.Header(), x.r)
	}
	return nil
}

// limitAddress counts the request against the rate limit of the client's address. Health checks are exempt: monitors
// share an address with clients, and need an answer in any case.
func (x *exchange) limitAddress() error {
	p := x.r.URL.Path
	if x.api.Rates == nil || isHealthCheck(p) {
		return nil
	}
	x.verdict = x.api.Rates.CountAddress(x.addr)
	if forPrograms(p) {
		x.showRates()
	}
	if !x.verdict.OK {
		return fail.Throttled(x.verdict.Wait)
	}
	return nil
}

// canonicalPath serves a path without its final slash like the one with it, without a redirect. It rejects every
// spelling that a cleaner might turn into another path (//, /./, an escaped slash).
func (x *exchange) canonicalPath() error {
	p := x.r.URL.Path
	if !strings.HasSuffix(p, "/") {
		p += "/"
	}
	if clean := path.Clean(p); clean != "/" && clean+"/" != p || clean == "/" && p != "/" || x.r.URL.RawPath != "" {
		return fail.NotFound()
	}
	if p != x.r.URL.Path {
		u, r := *x.r.URL, *x.r
		u.Path, r.URL = p, &u
		x.r = &r
	}
	return nil
}

// findRoute continues in endpoint.ServeHTTP if the path and method have a route.
func (x *exchange) findRoute() error {
	x.api.mux.ServeHTTP(&x.w, x.r)
	return nil
}

// endpoint serves one route.
type endpoint struct{ route route }

// ServeHTTP takes the request through the steps of its route.
func (e *endpoint) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r)
	x.r, x.route = r, &e.route
	defer x.release()
	x.run(routeSteps)
}

// release returns the resources of the request: its share, memory, its place inside the gate.
func (x *exchange) release() {
	x.stopPaying()
	x.api.Memory.ReleaseIn(x.received)
	x.api.Bodies.Give(x.addr, x.received)
}

// stopPaying gives back the request's share and its place inside the gate. The client reads the answer at its own pace,
// and occupies neither.
func (x *exchange) stopPaying() {
	x.leaveGate()
	if x.shares != nil {
		x.shares.Give(x.payer)
		x.shares = nil
	}
}

// limitCaller counts the request against the rate limits of the caller's session, user and company.
func (x *exchange) limitCaller() error {
	rates, by := x.api.Rates, x.route.who
	if rates == nil || by == anyone || x.unverified != nil {
		return nil
	}
	if by == operator { // not against the limit of the company that the operator visits
		x.verdict = rates.CountCaller(x.verdict, x.operator.Session, x.operator.ID, 0)
	} else {
		x.verdict = rates.CountCaller(x.verdict, x.caller.Session, x.caller.Actor(), x.caller.Scope.Company())
	}
	x.showRates()
	if !x.verdict.OK {
		return fail.Throttled(x.verdict.Wait)
	}
	return nil
}

// noteOperatorRead notes an operator's read of a company in the logs of the installation and of the company, before the
// operation answers. The operations of other operators' routes note reads themselves.
func (x *exchange) noteOperatorRead() error {
	if x.route.who != operator || !x.reads() || x.r.PathValue("company") == "" {
		return nil
	}
	what := strings.TrimPrefix(x.route.name, "operator") // "operatorTasks" reads tasks
	return x.api.noteRead(&x.call, x.caller.Scope.Company(), strings.ToLower(what), x.id)
}

// maxVerifications bounds how often one request verifies its caller, in a company whose rights change all the time.
const maxVerifications = 5

// operate runs the operation of the route. If the company's rights have changed since the caller was verified, it
// verifies the caller again and repeats the operation.
func (x *exchange) operate() (err error) {
	op := &x.route.op
	switch {
	case op.raw != nil:
		return op.raw(&x.w, x.r)
	case op.stream != nil:
		x.endSpan(op.status) // a client may listen for days
		return op.stream(&x.call, &x.w, x.r)
	}
	if err := x.noteOperatorRead(); err != nil {
		return err
	}
	for i := 0; ; i++ {
		x.result, err = op.runner.run(x)
		if !errors.Is(err, db.ErrStale) || i == maxVerifications {
			break
		}
		if x.caller.Scope.Company() == 0 { // the operation enters the company itself
			continue
		}
		if err = x.verifyAgain(); err != nil {
			break
		}
	}
	if err != nil {
		return x.preferSessionError(err)
	}
	return nil
}
