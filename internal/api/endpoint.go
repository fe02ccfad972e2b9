package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// call is one request as an operation sees it.
type call struct {
	ctx        context.Context
	who        account.Caller // of a route that is not for anyone; of an operator's route the {company} in its path, if there is one
	op         auth.Operator  // of an operator's route
	addr       netip.Addr     // the client's
	agent      string         // what the client says that it is
	id         int64          // {id} of the path
	session    string         // {session} of the path
	unverified error          // of a stream over a WebSocket: why the caller is not verified
	once       event.Once     // of a repeatable route
	match      func(version int64) bool

	cookie   string       // of a route about sessions in cookies: the one that the request carries
	location string       // set by the operation: where what it made can be found
	seq      int64        // set by the operation: the number of its event in the log
	give     *http.Cookie // set by the operation
}

// none is the answer of an operation that has nothing to say.
type none struct{}

// operation is what a route does, with what the OpenAPI document says of it.
type operation struct {
	run    func(a *API, c *call, r *http.Request, payload []byte) (any, error)
	raw    func(w http.ResponseWriter, r *http.Request) error
	stream func(c *call, w http.ResponseWriter, r *http.Request) error
	status int
	body   func(*form.Form) // reads the body; nil if there is none
	query  func(*form.Form) // reads the query; nil if there is none
	answer reflect.Type     // nil if there is none
	tag    bool             // the answer has an ETag
	cond   bool             // If-Match is obeyed
	once   bool             // Idempotency-Key is obeyed
	logged bool             // the answer has an Event-Seq
	cookie string           // which cookie the route is about: it is for pages of this site alone

	free  bool                     // it is answered at overload too, and counted by no rate
	slow  bool                     // its time says nothing of how much there is to do
	heavy func(*http.Request) bool // whether a request needs one of its company's shares; nil if none does

	// What only the OpenAPI document needs to be told.
	media    []string // what a raw route writes
	location bool     // the answer has a Location
	failures []int    // statuses that nothing above leads to
}

// input is a type that reads itself from a body or a query.
type input[T any] interface {
	*T
	Read(*form.Form)
}

// body is an operation on what stands in the request's body.
func body[In, Out any, P input[In]](status int, fn func(*call, In) (Out, error)) operation {
	return operation{
		status: status, answer: answerOf[Out](),
		body: func(f *form.Form) { P(new(In)).Read(f) },
		run: func(_ *API, c *call, r *http.Request, payload []byte) (any, error) {
			f, err := form.Body(payload)
			if err != nil {
				return nil, err
			}
			if r.Method == http.MethodPatch {
				f.Partial()
			}
			var in In
			if P(&in).Read(f); f.Err() != nil {
				return nil, f.Err()
			}
			if err := noQuery(r); err != nil {
				return nil, err
			}
			return fn(c, in)
		},
	}
}

// query is an operation on the request's parameters.
func query[In, Out any, P input[In]](status int, fn func(*call, In) (Out, error)) operation {
	return operation{
		status: status, answer: answerOf[Out](),
		query: func(f *form.Form) { P(new(In)).Read(f) },
		run: func(a *API, c *call, r *http.Request, _ []byte) (any, error) {
			values, err := parameters(r)
			if err != nil {
				return nil, err
			}
			f := form.Query(values)
			var in In
			P(&in).Read(f)
			f.Strict()
			if err := f.Err(); err != nil {
				return nil, err
			}
			out, err := fn(c, in)
			if l, ok := any(out).(interface {
				Link(func(param, value string) string)
			}); ok && err == nil {
				l.Link(func(param, value string) string { return a.link(r, values, param, value) })
			}
			return out, err
		},
	}
}

// get is an operation without input.
func get[Out any](fn func(*call) (Out, error)) operation {
	return operation{
		status: http.StatusOK, answer: answerOf[Out](),
		run: func(_ *API, c *call, r *http.Request, _ []byte) (any, error) {
			if err := noQuery(r); err != nil {
				return nil, err
			}
			return fn(c)
		},
	}
}

// raw is a route that writes its answer itself, as one of these media types: documents, health.
func raw(fn func(w http.ResponseWriter, r *http.Request) error, media ...string) operation {
	return operation{raw: fn, status: http.StatusOK, media: media}
}

// stream is a route of verified callers that writes its answer itself, for as long as the caller listens.
func stream(status int, fn func(c *call, w http.ResponseWriter, r *http.Request) error, media ...string) operation {
	return operation{stream: fn, status: status, media: media}
}

func (o operation) answers(status int) operation { o.status = status; return o }

// tagged answers carry an ETag, and If-Match and If-None-Match are obeyed.
func (o operation) tagged() operation { o.tag, o.cond = true, true; return o }

// matched obeys If-Match, where there is no answer to tag.
func (o operation) matched() operation { o.cond = true; return o }

// repeatable obeys Idempotency-Key.
func (o operation) repeatable() operation { o.once = true; return o }

// located answers carry a Location: the operation sets call.location.
func (o operation) located() operation { o.location = true; return o }

// numbered answers carry Event-Seq: the operation sets call.seq.
func (o operation) numbered() operation { o.logged = true; return o }

// about is a route about a session in a cookie.
func (o operation) about(cookie string) operation { o.cookie = cookie; return o.fails(403) }

// shows says what the JSON of a raw route is.
func (o operation) shows(v any) operation { o.answer = reflect.TypeOf(v); return o }

// asks says which parameters a raw route reads.
func (o operation) asks(read func(*form.Form)) operation { o.query = read; return o }

// fails names failures that the shape of the route does not show: a sign-in is refused or throttled, a state does not allow
// the change. A status that is missing here fails the tests that meet it.
func (o operation) fails(statuses ...int) operation {
	o.failures = append(o.failures[:len(o.failures):len(o.failures)], statuses...)
	return o
}

func answerOf[Out any]() reflect.Type {
	t := reflect.TypeFor[Out]()
	if t == reflect.TypeFor[none]() {
		return nil
	}
	return t
}

// noQuery refuses parameters where there are none to give.
func noQuery(r *http.Request) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	values, err := parameters(r)
	if err != nil {
		return err
	}
	f := form.Query(values)
	f.Strict()
	return f.Err()
}

// parameters reads the query, whole or not at all: URL.Query leaves out what it cannot read.
func parameters(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fail.Malformed("The query is not well-formed: %v.", err)
	}
	return values, nil
}

// link is the URL of the same request with one parameter set; of page and cursor only one stays.
func (a *API) link(r *http.Request, values url.Values, param, value string) string {
	v := url.Values{}
	for k, vs := range values {
		v[k] = vs
	}
	v.Set(param, value)
	return a.PublicURL + r.URL.Path + "?" + v.Encode()
}

// endpoint serves one route.
type endpoint struct {
	api   *API
	route route
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := note(r)
	n.route = e.route.name
	if !e.enter(n, r) {
		n.shed = true
		writeProblem(w, r, overloaded())
		return
	}
	defer e.leave(n)
	defer func() { e.api.Memory.Received(n.sent) }()
	var err error
	switch {
	case e.route.op.raw != nil:
		err = e.route.op.raw(w, r)
	case e.route.op.stream != nil:
		err = e.listen(w, r)
	default:
		err = e.serve(w, r)
	}
	if err != nil {
		writeProblem(w, r, err)
	}
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) error {
	c := &call{ctx: r.Context(), addr: note(r).addr, agent: r.UserAgent()}
	if err := e.admit(c, r); err != nil {
		return err
	}
	if err := e.spend(c, w, r); err != nil {
		return err
	}
	if e.route.op.heavy != nil && e.route.op.heavy(r) {
		giveBack, err := e.share(c, r)
		if err != nil {
			return err
		}
		defer giveBack()
	}
	payload, err := e.prepare(c, w, r)
	if err != nil {
		return e.refuse(c, err)
	}
	out, err := e.run(c, r, payload)
	if err != nil {
		return e.refuse(c, err)
	}
	return e.answer(c, w, r, out)
}

// refuse is what a caller is told of a failure. A body or a path may be refused before any transaction has compared what is
// remembered of the caller: whose session has ended is told that, and not what is wrong with the rest.
func (e *endpoint) refuse(c *call, err error) error {
	if e.route.who != reader && e.route.who != writer && e.route.who != manager {
		return err
	}
	if fail.Is(err, fail.KindThrottled) || fail.Is(err, fail.KindUnavailable) { // there is no time, or no database, to look
		return err
	}
	who, gone := e.api.Auth.Again(c.ctx, c.who)
	if gone == nil {
		gone = e.route.who.check(who)
	}
	if fail.Is(gone, fail.KindUnauthenticated) || fail.Is(gone, fail.KindForbidden) {
		return gone
	}
	return err
}

// listen serves a stream. Who asks for a WebSocket without a good token is let in to be told so there: a browser shows its page
// nothing of an answer that refuses one.
func (e *endpoint) listen(w http.ResponseWriter, r *http.Request) error {
	c := &call{ctx: r.Context(), addr: note(r).addr}
	c.unverified = e.admit(c, r)
	if c.unverified != nil && !(fail.Is(c.unverified, fail.KindUnauthenticated) && websocket.IsWebSocketUpgrade(r)) {
		return c.unverified
	}
	if err := e.spend(c, w, r); err != nil {
		return err
	}
	note(r).endSpan(r.Method, e.route.op.status) // who listens may do so for days
	return e.route.op.stream(c, w, r)
}

// admit verifies the caller, and that the route is for them.
func (e *endpoint) admit(c *call, r *http.Request) (err error) {
	if name := e.route.op.cookie; name != "" {
		c.cookie = e.api.cookie(r, name)
		return e.api.sameOrigin(r)
	}
	if e.route.who == anyone {
		return nil
	}
	if e.route.who == operator {
		return e.admitOperator(c, r)
	}
	if err := e.verify(c, r); err != nil {
		return err
	}
	n := note(r)
	n.company, n.user = c.who.Scope.Company(), c.who.Actor()
	if e.route.who.check(c.who) == nil {
		return nil
	}
	// What refuses here is only remembered, and no transaction will compare it: the session may have ended, the role be a new one.
	if c.who, err = e.api.Auth.Again(c.ctx, c.who); err != nil {
		return err
	}
	return e.route.who.check(c.who)
}

// verify finds out who the caller is: by the token that they show, else by the web app's cookie.
func (e *endpoint) verify(c *call, r *http.Request) error {
	token, err := bearer(r)
	if err != nil && r.Header.Get("Authorization") == "" {
		if e.route.op.stream != nil {
			token, err = listenerToken(r)
		}
		if kept := e.api.cookie(r, sessionCookie); err != nil && kept != "" {
			return e.admitCookie(c, r, kept)
		}
	}
	if err != nil {
		return err
	}
	c.who, err = e.api.Auth.Authenticate(c.ctx, token)
	return err
}

// admitOperator verifies an operator, and gives them the company of the path. It is the only way into a company without a
// membership.
func (e *endpoint) admitOperator(c *call, r *http.Request) error {
	token, err := bearer(r)
	if kept := e.api.cookie(r, operatorCookie); kept != "" && r.Header.Get("Authorization") == "" {
		token, err = kept, e.api.sameOrigin(r)
	}
	if err != nil {
		return err
	}
	if c.op, err = e.api.Auth.AuthenticateOperator(c.ctx, token); err != nil {
		return err
	}
	n := note(r)
	n.user = c.op.ID
	v := r.PathValue("company")
	if v == "" {
		return nil
	}
	id, err := pathID(v)
	if err != nil {
		return err
	}
	n.company = id
	c.who, err = e.api.Auth.Inside(c.ctx, c.op, id)
	return err
}

func (w access) check(m account.Caller) error {
	switch {
	case w == writer && !m.Role.AtLeast(account.Ordinary),
		w == manager && !m.Role.AtLeast(account.Admin):
		return fail.Forbidden()
	}
	return nil
}

func bearer(r *http.Request) (string, error) {
	h := r.Header.Get("Authorization")
	if h == "" {
		return "", fail.Unauthenticated()
	}
	scheme, token, ok := strings.Cut(h, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", fail.Unauthenticated()
	}
	return token, nil
}

// prepare reads what the operation needs of the request: the id of the path, the body, the conditions.
func (e *endpoint) prepare(c *call, w http.ResponseWriter, r *http.Request) (payload []byte, err error) {
	if v := r.PathValue("id"); v != "" {
		if c.id, err = pathID(v); err != nil {
			return nil, err
		}
	}
	if c.session = r.PathValue("session"); !utf8.ValidString(c.session) || strings.ContainsRune(c.session, 0) { // PostgreSQL would refuse it
		return nil, fail.NotFound()
	}
	if e.route.op.body != nil {
		if payload, err = e.api.readBody(w, r); err != nil {
			return nil, err
		}
	}
	if e.route.op.cond {
		c.match = ifMatch(r.Header.Values("If-Match"))
	}
	if key := r.Header.Get("Idempotency-Key"); e.route.op.once && key != "" {
		if len(key) > 255 {
			return nil, fail.Malformed("Idempotency-Key is longer than 255 characters.")
		}
		if !utf8.ValidString(key) { // PostgreSQL would refuse it
			return nil, fail.Malformed("Idempotency-Key is not UTF-8.")
		}
		sum := sha256.Sum256([]byte(r.Method + " " + r.URL.Path + "\n" + string(payload)))
		c.once = event.Once{Key: key, Request: hex.EncodeToString(sum[:])}
	}
	return payload, nil
}

// pathID reads an id as it is written in one way only; anything else is a path that leads nowhere.
func pathID(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fail.NotFound()
	}
	return n, nil
}

func (a *API) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	contentType := r.Header.Get("Content-Type")
	if media, params, err := mime.ParseMediaType(contentType); (contentType != "" || r.ContentLength != 0) &&
		(err != nil || media != "application/json" || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8")) {
		return nil, fail.MediaType(contentType)
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, fail.MediaType(contentType + "; content-encoding=" + enc)
	}
	if r.ContentLength > a.MaxBody {
		return nil, fail.TooLarge(a.MaxBody)
	}
	payload, err := io.ReadAll(sending{http.MaxBytesReader(w, r.Body, a.MaxBody), a.Memory, note(r)})
	if fail.Is(err, fail.KindUnavailable) {
		return nil, err
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, fail.TooLarge(a.MaxBody)
	}
	if err != nil {
		return nil, fail.Malformed("The body did not arrive whole.").Because(err)
	}
	return payload, nil
}

// maxAgain bounds how often a caller is verified anew for one request, in a company whose people change all the time.
const maxAgain = 5

// run runs the operation, and verifies the caller again when the company's authorizations have changed since.
func (e *endpoint) run(c *call, r *http.Request, payload []byte) (any, error) {
	for i := 0; ; i++ {
		out, err := e.route.op.run(e.api, c, r, payload)
		if !errors.Is(err, db.ErrStale) || i == maxAgain {
			return out, err
		}
		if c.who.Scope.Company() == 0 { // the operation itself goes into the company, and does it again
			continue
		}
		if c.who, err = e.api.Auth.Again(c.ctx, c.who); err != nil {
			return nil, err
		}
		if err := e.route.who.check(c.who); err != nil {
			return nil, err
		}
	}
}
