package api

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// call is a request as an operation sees it.
type call struct {
	ctx        context.Context
	caller     account.Caller // verified; for an operator, inside the {company} of the path
	operator   auth.Operator  // verified, in an operator's route
	addr       netip.Addr     // the client's
	agent      string         // the client's User-Agent
	cookie     string         // the session in the cookie that the route is about
	web        bool           // the request is the web app's: its session is in a cookie
	device     string         // the device tokens in the web app's cookie
	id         int64          // {id} in the path
	session    string         // {session} in the path
	ifMatch    func(version int64) bool
	once       event.Once // the Idempotency-Key
	unverified error      // why a WebSocket has no verified caller
}

// request returns the request of the call, for what depends on the address that the client used.
func (c *call) request() *http.Request { return c.ctx.Value(exchangeKey{}).(*exchange).r }

// none is the body of an answer without content.
type none struct{}

// Result is the result of an operation if its answer has more than a body.
type Result[T any] struct {
	Body     T
	Location string       // the path of the new object
	Seq      int64        // of the event that the operation recorded; 0: nothing changed
	Cookie   *http.Cookie // set or removed in the browser
	Device   *http.Cookie // set in the browser
}

// result is a Result of any type. The body is a pointer, so that it is not copied to the heap a second time.
type result struct {
	body     any
	location string
	seq      int64
	cookie   *http.Cookie
	device   *http.Cookie
}

func (r *Result[T]) result() result { return result{&r.Body, r.Location, r.Seq, r.Cookie, r.Device} }

func (*Result[T]) bodyType() reflect.Type { return bodyType[T]() }

// resultOf converts the return values of an operation: a Result or a body alone, and an error.
func resultOf[Out any](out Out, err error) (result, error) {
	type resulter interface{ result() result }
	if _, ok := any((*Out)(nil)).(resulter); !ok {
		return result{body: out}, err
	}
	p := new(Out)
	*p = out
	return any(p).(resulter).result(), err
}

// bodyType returns the type of an operation's body, or nil if the answer has no content.
func bodyType[Out any]() reflect.Type {
	if r, ok := any(new(Out)).(interface{ bodyType() reflect.Type }); ok {
		return r.bodyType()
	}
	t := reflect.TypeFor[Out]()
	if t == reflect.TypeFor[none]() {
		return nil
	}
	return t
}

// operation does the work of a route, and describes it for the OpenAPI document. Exactly one of runner, raw and stream
// is set.
type operation struct {
	runner runner
	raw    func(w http.ResponseWriter, r *http.Request) error
	stream func(c *call, w http.ResponseWriter, r *http.Request) error

	status      int              // of success
	body, query func(*form.Form) // read the body and the query; nil: there is none
	answer      reflect.Type     // of the JSON; nil: no content

	hasETag             bool
	takesIfMatch        bool
	takesIdempotencyKey bool
	hasEventSeq         bool
	cookie              string // the name of the cookie whose session the route is about

	isSecret    bool                     // the answer has a token, and is not compressed
	noLimits    bool                     // no rate limit and no load shedding apply
	hashes      bool                     // a slow answer does not mean overload
	needsShares func(*http.Request) bool // whether a request is heavy; nil: never

	// Facts for the OpenAPI document alone.
	media       []string // written by a raw route
	hasLocation bool
	failures    []int // statuses that the rest does not imply
}

// runner reads the input of an operation and calls it.
type runner interface {
	run(x *exchange) (result, error)
}

// input is a type that reads itself from a body or a query.
type input[T any] interface {
	*T
	Read(*form.Form)
}

// body makes an operation from a function of the request's body.
func body[In, Out any, P input[In]](status int, fn func(*call, In) (Out, error)) operation {
	return operation{
		status: status, answer: bodyType[Out](), runner: bodyRunner[In, Out, P](fn),
		body: func(f *form.Form) { P(new(In)).Read(f) },
	}
}

type bodyRunner[In, Out any, P input[In]] func(*call, In) (Out, error)

func (fn bodyRunner[In, Out, P]) run(x *exchange) (result, error) {
	f, err := x.readForm(x.payload)
	if err != nil {
		return result{}, err
	}
	if x.r.Method == http.MethodPatch {
		f.Partial()
	}
	var in In
	P(&in).Read(f)
	if err := f.Err(); err != nil {
		return result{}, err
	}
	if err := rejectQuery(x.r); err != nil {
		return result{}, err
	}
	return resultOf(fn(&x.call, in))
}

// query makes an operation from a function of the query parameters. It completes the links of a list.
func query[In, Out any, P input[In]](status int, fn func(*call, In) (Out, error)) operation {
	return operation{
		status: status, answer: bodyType[Out](), runner: queryRunner[In, Out, P](fn),
		query: func(f *form.Form) { P(new(In)).Read(f) },
	}
}

type queryRunner[In, Out any, P input[In]] func(*call, In) (Out, error)

func (fn queryRunner[In, Out, P]) run(x *exchange) (result, error) {
	var in In
	values, err := readQuery(x.r, P(&in))
	if err != nil {
		return result{}, err
	}
	out, err := resultOf(fn(&x.call, in))
	if err != nil {
		return result{}, err
	}
	if l, ok := out.body.(linker); ok {
		l.Link(func(param, value string) string { return x.api.link(x.r, values, param, value) })
	}
	return out, nil
}

// linker is a list with links to its next and previous page.
type linker interface {
	Link(to func(param, value string) string)
}

// get makes an operation from a function without input.
func get[Out any](fn func(*call) (Out, error)) operation {
	return operation{status: http.StatusOK, answer: bodyType[Out](), runner: getRunner[Out](fn)}
}

type getRunner[Out any] func(*call) (Out, error)

func (fn getRunner[Out]) run(x *exchange) (result, error) {
	if err := rejectQuery(x.r); err != nil {
		return result{}, err
	}
	return resultOf(fn(&x.call))
}

// raw makes an operation that writes its answer itself, in one of these media types.
func raw(fn func(w http.ResponseWriter, r *http.Request) error, media ...string) operation {
	return operation{raw: fn, status: http.StatusOK, media: media}
}

// stream makes an operation that writes to a verified caller until the caller leaves.
func stream(status int, fn func(c *call, w http.ResponseWriter, r *http.Request) error, media ...string) operation {
	return operation{stream: fn, status: status, media: media}
}

func (o operation) answers(status int) operation { o.status = status; return o }

// etag adds an ETag to the answer, and optimistic locking: If-Match and If-None-Match apply.
func (o operation) etag() operation { o.hasETag, o.takesIfMatch = true, true; return o }

// ifMatch adds optimistic locking where the answer has no content to tag.
func (o operation) ifMatch() operation { o.takesIfMatch = true; return o }

// idempotencyKey lets a client repeat the request safely.
func (o operation) idempotencyKey() operation { o.takesIdempotencyKey = true; return o }

// location documents the Location that a Result has.
func (o operation) location() operation { o.hasLocation = true; return o }

// eventSeq documents the Event-Seq that a Result with a Seq has.
func (o operation) eventSeq() operation { o.hasEventSeq = true; return o }

// cookieSession marks a route about the session in a cookie. It accepts requests from this site's pages only (CSRF).
func (o operation) cookieSession(cookie string) operation { o.cookie = cookie; return o.fails(403) }

// returns documents the JSON of a raw route.
func (o operation) returns(v any) operation { o.answer = reflect.TypeOf(v); return o }

// queryParams documents the query parameters of a raw route.
func (o operation) queryParams(read func(*form.Form)) operation { o.query = read; return o }

// unlimited exempts health checks from rate limits and load shedding.
func (o operation) unlimited() operation { o.noLimits = true; return o }

// hashesPassword marks an operation that waits for its turn to hash a password. Its duration says nothing about the
// load.
func (o operation) hashesPassword() operation { o.hashes = true; return o }

// secret marks an operation whose answer has a token or sets a cookie. Compressed, its length could tell about it.
func (o operation) secret() operation { o.isSecret = true; return o }

// heavy makes every request take one of the company's shares.
func (o operation) heavy() operation {
	o.needsShares = func(*http.Request) bool { return true }
	return o
}

// heavySearch makes the requests that search take one of the company's shares.
func (o operation) heavySearch() operation {
	o.needsShares = func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "search=") }
	return o
}

// fails documents statuses that the route's shape does not imply: a sign-in fails or is throttled, a state forbids the
// change. An undocumented status fails the test that meets it.
func (o operation) fails(statuses ...int) operation {
	o.failures = append(o.failures[:len(o.failures):len(o.failures)], statuses...)
	return o
}

// rejectQuery rejects parameters of an operation that has none.
func rejectQuery(r *http.Request) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	_, err := readQuery(r, noParams{})
	return err
}

type noParams struct{}

// Read reads nothing.
func (noParams) Read(*form.Form) {}

// readQuery reads the query into q and rejects unknown parameters.
func readQuery(r *http.Request, q interface{ Read(*form.Form) }) (url.Values, error) {
	// URL.Query would drop parameters that it cannot parse.
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fail.Malformed("The query is not well-formed: %v.", err)
	}
	f := form.Query(values)
	q.Read(f)
	ignoreParams(f)
	f.Strict()
	return values, f.Err()
}

// ignoreParams reads the parameters that have no effect and are accepted everywhere: _, by which libraries avoid
// caches, and format, by which clients of Django REST Framework ask for JSON.
func ignoreParams(f *form.Form) {
	f.Ignore("_")
	f.Ignore("format", "json")
}

// link returns the URL of the same request with one parameter changed: see linkBase.
func (a *API) link(r *http.Request, values url.Values, param, value string) string {
	v := url.Values{}
	for k, vs := range values {
		v[k] = vs
	}
	v.Set(param, value)
	return a.linkBase(r) + r.URL.Path + "?" + v.Encode()
}
