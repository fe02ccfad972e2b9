package api

import (
	"cmp"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// The OpenAPI document is made from the table of routes, so that a route that serves is a route that is described. What it
// says of fields comes from the same Read methods and JSON tags that requests and answers go through.

// description is the document as it is sent: the bytes alone stay, and only after somebody has asked for them.
type description struct {
	once       sync.Once
	json, page []byte
	err        error
}

// describe makes the document at the first request for it.
func (a *API) describe() (*description, error) {
	d := &a.described
	d.once.Do(func() {
		doc := a.document()
		if d.json, d.err = json.Marshal(doc, json.Deterministic(true)); d.err == nil {
			d.page, d.err = a.docsPage(doc)
		}
	})
	return d, d.err
}

// document is an OpenAPI 3.1 document, as far as our routes need it.
type document struct {
	OpenAPI    string             `json:"openapi"`
	Info       info               `json:"info"`
	Servers    []server           `json:"servers"`
	Tags       []tag              `json:"tags"`
	Paths      ordered[*pathItem] `json:"paths"`
	Components components         `json:"components"`
}

type info struct {
	Title       string  `json:"title"`
	Version     string  `json:"version"`
	Summary     string  `json:"summary"`
	Description string  `json:"description"`
	License     license `json:"license"`
}

type license struct {
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
}

type server struct {
	URL string `json:"url"`
}

type tag struct {
	Name        string `json:"name"`
	Description string `json:"description"`

	prefixes []string // of the paths that it is for
}

// pathItem is the operations of a path by method, in lower case.
type pathItem struct {
	operations ordered[*operationDoc]
}

// MarshalJSONTo writes the operations.
func (p *pathItem) MarshalJSONTo(e *jsontext.Encoder) error { return p.operations.MarshalJSONTo(e) }

type operationDoc struct {
	OperationID string                `json:"operationId"`
	Tags        []string              `json:"tags"`
	Summary     string                `json:"summary"`
	Description string                `json:"description,omitzero"`
	Security    []map[string][]string `json:"security"`
	Parameters  []parameter           `json:"parameters,omitempty"`
	RequestBody *requestBody          `json:"requestBody,omitzero"`
	Responses   ordered[*response]    `json:"responses"`
}

type parameter struct {
	Name        string  `json:"name"`
	In          string  `json:"in"`
	Required    bool    `json:"required,omitzero"`
	Description string  `json:"description,omitzero"`
	Schema      *schema `json:"schema"`
}

type requestBody struct {
	Required bool            `json:"required,omitzero"`
	Content  ordered[*media] `json:"content"`
}

type media struct {
	Schema   *schema          `json:"schema"`
	Examples ordered[example] `json:"examples,omitzero"`
}

type example struct {
	Value Problem `json:"value"`
}

type response struct {
	Ref         string           `json:"$ref,omitzero"`
	Description string           `json:"description,omitzero"`
	Headers     ordered[*header] `json:"headers,omitzero"`
	Content     ordered[*media]  `json:"content,omitzero"`
}

type header struct {
	Ref         string  `json:"$ref,omitzero"`
	Description string  `json:"description,omitzero"`
	Required    bool    `json:"required,omitzero"`
	Schema      *schema `json:"schema,omitzero"`
}

type components struct {
	Schemas         ordered[*schema]           `json:"schemas"`
	Responses       ordered[*response]         `json:"responses"`
	Headers         ordered[*header]           `json:"headers"`
	SecuritySchemes ordered[map[string]string] `json:"securitySchemes"`
}

// The ways to say who one is.
const (
	bearerAuth   = "bearerAuth"
	cookieAuth   = "cookieAuth"
	operatorAuth = "operatorCookieAuth"
)

// tags group the operations by the first prefix that fits.
var tags = []tag{
	{"auth", "Accounts, sessions, the company, its members and invitations.", []string{"/api/auth/", "/api/session/"}},
	{"tasks", "The company's tasks, and those of another system beside them.", []string{"/api/tasks/", "/api/markdown/", "/api/external-tasks/"}},
	{"analytics", "The company's tasks in figures.", []string{"/api/analytics/"}},
	{"events", "The company's log: what changed, once and in order, as it happens too; and who is there.", []string{"/api/events/", "/ws/", "/api/presence/"}},
	{"notifications", "What the caller was told, and what they want to be told of.", []string{"/api/notifications/"}},
	{"operator", "What stands above companies: for operators, who sign in here and belong to none.", []string{"/api/operator/"}},
	{"system", "This document, and whether the installation is well.", []string{"/"}},
}

// document makes the document.
func (a *API) document() *document {
	s := &schemas{}
	version, _, _ := strings.Cut(a.Version, " ") // what it was built with is nobody's business
	d := &document{
		OpenAPI: "3.1.0",
		Info: info{
			Title: "Taskhouse", Version: cmp.Or(version, "unknown"), Summary: "Tasks of companies: each sees its own, and nothing of another's.",
			Description: a.guideText(), License: license{"MIT", "MIT"},
		},
		Servers: []server{{cmp.Or(a.PublicURL, "/")}},
		Tags:    tags,
	}
	for _, r := range a.routes() {
		p := d.Paths.get(r.path)
		if p == nil {
			p = &pathItem{}
			d.Paths.add(r.path, p)
		}
		p.operations.add(strings.ToLower(r.method), r.document(s))
	}
	d.Components = components{
		Responses: problems(s), Headers: sharedHeaders,
		SecuritySchemes: ordered[map[string]string]{{bearerAuth, map[string]string{
			"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of a sign-in.",
		}}, {cookieAuth, a.cookieScheme(sessionCookie, "signIn")}, {operatorAuth, a.cookieScheme(operatorCookie, "operatorSignIn")}},
	}
	d.Components.Schemas = s.named
	return d
}

// document is what the document says of a route.
func (r route) document(s *schemas) *operationDoc {
	return &operationDoc{
		OperationID: r.name, Tags: []string{r.tag()}, Summary: r.summary, Description: r.who.words(), Security: r.security(),
		Parameters: r.parameters(), RequestBody: r.requestBody(s), Responses: r.responses(s),
	}
}

func (r route) tag() string {
	i := slices.IndexFunc(tags, func(t tag) bool {
		return slices.ContainsFunc(t.prefixes, func(p string) bool { return strings.HasPrefix(r.path, p) })
	})
	return tags[i].Name
}

// words say who may call.
func (w access) words() string {
	switch w {
	case anyone:
		return "For anyone, without a token."
	case reader:
		return "For every member."
	case writer:
		return "For every member but guests."
	case manager:
		return "For admins and owners."
	case operator:
		return "For operators."
	}
	panic("an access without words")
}

func (a *API) cookieScheme(name, by string) map[string]string {
	return map[string]string{"type": "apiKey", "in": "cookie", "name": a.cookieName(name), "description": "The web app's session, which " + by + " sets. Pages of other sites cannot change anything with it."}
}

func (r route) security() []map[string][]string {
	if r.who == anyone {
		return []map[string][]string{}
	}
	if r.who == operator {
		return []map[string][]string{{bearerAuth: {}}, {operatorAuth: {}}}
	}
	return []map[string][]string{{bearerAuth: {}}, {cookieAuth: {}}}
}

// hasID reports whether the path names a row, or a company.
func (r route) hasID() bool { return strings.Contains(r.path, "{") }

// changes reports whether the route's method may change something.
func (r route) changes() bool { return r.method != http.MethodGet }

func (r route) parameters() (ps []parameter) {
	for _, p := range []struct{ name, doc string }{{"company", "The company's id."}, {"id", "Its id, as the list gives it."}} {
		if !strings.Contains(r.path, "{"+p.name+"}") {
			continue
		}
		least := int64(1)
		ps = append(ps, parameter{Name: p.name, In: "path", Required: true, Description: p.doc, Schema: &schema{Type: types{"integer"}, Format: "int64", Minimum: &least}})
	}
	if strings.Contains(r.path, "{session}") {
		ps = append(ps, parameter{Name: "session", In: "path", Required: true, Description: "The session's id, as the list gives it.", Schema: &schema{Type: types{"string"}}})
	}
	for _, f := range r.queryFields() {
		s := fieldSchema(f)
		ps = append(ps, parameter{Name: f.Name, In: "query", Required: f.Required, Description: f.Doc, Schema: s})
		s.Description = ""
	}
	text := func(name, doc string, most int) {
		ps = append(ps, parameter{Name: name, In: "header", Description: doc, Schema: &schema{Type: types{"string"}, MaxLength: most}})
	}
	if r.op.once {
		text("Idempotency-Key", "A word of the client's own for this request. Within 24 hours the same key and body get the same answer, and nothing is done twice.", 255)
	}
	if r.matches() {
		text("If-Match", "The ETag that the change is based on. 412 if the task has changed since.", 0)
	}
	if r.tagged() {
		text("If-None-Match", "The ETag of what the client has. 304 if it is still the same.", 0)
	}
	return ps
}

func (r route) queryFields() []form.Field {
	if r.op.query == nil {
		return nil
	}
	return form.Describe(r.op.query)
}

// matches reports whether If-Match is obeyed: what is only made now has no version to compare.
func (r route) matches() bool { return r.op.cond && r.op.raw == nil && r.method != http.MethodPost }

// tagged reports whether If-None-Match is obeyed.
func (r route) tagged() bool { return r.op.tag && !r.changes() }

func (r route) requestBody(s *schemas) *requestBody {
	if r.op.body == nil {
		return nil
	}
	fields := form.Describe(r.op.body)
	if r.method != http.MethodPost { // what is left out stays: it stands for no default, and in a PATCH it may be anything
		for i := range fields {
			fields[i].Default = nil
			fields[i].Required = fields[i].Required && r.method != http.MethodPatch
		}
	}
	name := string(unicode.ToUpper(rune(r.name[0]))) + r.name[1:] + "Request"
	return &requestBody{Required: true, Content: ordered[*media]{
		{"application/json", &media{Schema: s.name(name, func() *schema { return inputSchema(fields) })}},
	}}
}

const responsePrefix = "#/components/responses/"

func (r route) responses(s *schemas) (rs ordered[*response]) {
	rs.add(strconv.Itoa(r.op.status), r.success(s))
	if r.tagged() {
		rs.add("304", &response{Description: "What the client has is still the same.", Headers: headersOf("X-Request-Id", "ETag")})
	}
	for _, p := range failures {
		if slices.Contains(r.failures(), p.status()) {
			rs.add(strconv.Itoa(p.status()), &response{Ref: responsePrefix + p.name})
		}
	}
	return rs
}

func (r route) success(s *schemas) *response {
	ok := &response{Description: http.StatusText(r.op.status), Headers: headersOf("X-Request-Id")}
	if !r.op.free {
		ok.Headers = append(ok.Headers, headersOf("RateLimit", "RateLimit-Policy")...)
	}
	if r.op.tag {
		ok.Headers = append(ok.Headers, headersOf("ETag")...)
	}
	if r.op.location {
		ok.Headers = append(ok.Headers, headersOf("Location")...)
	}
	if r.op.logged {
		ok.Headers = append(ok.Headers, headersOf("Event-Seq")...)
	}
	if r.op.cookie != "" {
		ok.Headers = append(ok.Headers, headersOf("Set-Cookie")...)
	}
	switch {
	case r.op.answer != nil:
		ok.Content.add("application/json", &media{Schema: s.of(r.op.answer)})
	default:
		for _, m := range r.op.media {
			ok.Content.add(m, &media{Schema: rawSchema(m)})
		}
	}
	return ok
}

// rawSchema is all that can be said of an answer that is no list of fields.
func rawSchema(mediaType string) *schema {
	if strings.HasPrefix(mediaType, "text/") {
		return &schema{Type: types{"string"}}
	}
	return &schema{Type: types{"object"}}
}

// failures are the statuses other than success that a route can answer, from its shape and what it says of itself.
func (r route) failures() []int {
	also := []int{500}
	if !r.op.free {
		also = append(also, 429, 503)
	}
	if r.op.raw == nil {
		also = append(also, 400)
		if r.changes() {
			also = append(also, 507)
		}
	}
	if r.op.body != nil {
		also = append(also, 413, 415)
	}
	if r.who != anyone {
		also = append(also, 401)
	}
	if r.who > reader || r.who == reader && r.changes() { // a role that may not, or a cookie that another site's page sent
		also = append(also, 403)
	}
	if r.hasID() || slices.ContainsFunc(r.queryFields(), func(f form.Field) bool { return f.Name == "page" }) {
		also = append(also, 404)
	}
	if r.matches() {
		also = append(also, 412)
	}
	if r.op.once {
		also = append(also, 422)
	}
	return append(also, r.op.failures...)
}

// failure is a way to go wrong, as the document describes it.
type failure struct {
	name, when string
	examples   []*fail.Error // of one status, one for each code
}

func (p failure) status() int {
	return cmp.Or(statuses[p.examples[0].Kind], http.StatusInternalServerError)
}

// failures by status. Their words are those of package fail.
var failures = []failure{
	{"Invalid", "The request cannot be read, or fields break a rule: `errors` says which.", []*fail.Error{
		fail.Invalid("title", "This field is required."), fail.Malformed("JSON parse error - Expecting value at line 1 column 11"),
	}},
	{"Unauthenticated", "There is no credential, or it does not hold: wrong, expired, used up, or its session has ended.", []*fail.Error{
		fail.Unauthenticated(), fail.BadToken(), fail.BadLogin(),
	}},
	{"Forbidden", "The caller's role may not do this.", []*fail.Error{fail.Forbidden()}},
	{"NotFound", "There is nothing here, or it is another company's: the two are one answer. Also of a page past the end.", []*fail.Error{fail.NotFound()}},
	{"MethodNotAllowed", "The path does not take this method; `Allow` says which it takes.", []*fail.Error{fail.Method(http.MethodDelete)}},
	{"Conflict", "The state does not allow it.", []*fail.Error{fail.Conflict("The company needs an owner: make somebody else one first.")}},
	{"PreconditionFailed", "It has changed since the version in `If-Match`.", []*fail.Error{fail.Precondition()}},
	{"TooLarge", "The body is larger than the installation takes.", []*fail.Error{fail.TooLarge(1 << 20)}},
	{"UnsupportedMediaType", "The body is something else than `application/json`.", []*fail.Error{fail.MediaType("text/plain")}},
	{"KeyReused", "The `Idempotency-Key` came with another request before.", []*fail.Error{fail.Reused()}},
	{"Throttled", "Too many requests, or attempts; `Retry-After` says in how many seconds the next one is taken, and `RateLimit` which rate it was.", []*fail.Error{fail.Throttled(7 * time.Second)}},
	{"Fault", "A fault of ours. It is in the log under `request_id`.", []*fail.Error{fault()}},
	{"Unavailable", "A part does not answer now, or there is more to do than this server can; `Retry-After` says when to try again.", []*fail.Error{fail.Unavailable("The database does not answer.", time.Second)}},
	{"Full", "No room is left to store this, and nothing was changed.", []*fail.Error{fail.Full()}},
}

// problems are the failures as responses that operations refer to.
func problems(s *schemas) (rs ordered[*response]) {
	for _, p := range failures {
		status := p.status()
		r := &response{Description: p.when, Headers: headersOf("X-Request-Id")}
		switch status {
		case http.StatusUnauthorized:
			r.Headers = append(r.Headers, headersOf("WWW-Authenticate")...)
		case http.StatusMethodNotAllowed:
			r.Headers = append(r.Headers, headersOf("Allow")...)
		case http.StatusTooManyRequests:
			r.Headers = append(r.Headers, headersOf("Retry-After", "RateLimit", "RateLimit-Policy")...)
		case http.StatusServiceUnavailable:
			r.Headers = append(r.Headers, headersOf("Retry-After")...)
		}
		m := &media{Schema: s.of(reflect.TypeFor[Problem]())}
		for _, f := range p.examples {
			m.Examples.add(f.Code, example{problem(f, status, sampleID)})
		}
		r.Content.add("application/problem+json", m)
		rs.add(p.name, r)
	}
	return rs
}

// sharedHeaders are the headers of answers that mean something to a client.
var sharedHeaders = ordered[*header]{
	{"X-Request-Id", &header{Description: "The request's name in the log.", Required: true, Schema: &schema{Type: types{"string"}}}},
	{"ETag", &header{Description: "The version and a hash of the answer, for `If-Match` and `If-None-Match`.", Required: true, Schema: &schema{Type: types{"string"}}}},
	{"Location", &header{Description: "Where it is.", Required: true, Schema: &schema{Type: types{"string"}, Format: "uri-reference"}}},
	{"Event-Seq", &header{Description: "The number of the change in the company's log; absent where nothing changed.", Schema: &schema{Type: types{"integer"}, Format: "int64"}}},
	{"Set-Cookie", &header{Description: "The session, HttpOnly, or its end.", Required: true, Schema: &schema{Type: types{"string"}}}},
	{"WWW-Authenticate", &header{Description: "How to authenticate.", Required: true, Schema: &schema{Type: types{"string"}}}},
	{"Allow", &header{Description: "The methods that the path takes.", Required: true, Schema: &schema{Type: types{"string"}}}},
	{"Retry-After", &header{Description: "In seconds.", Schema: &schema{Type: types{"integer"}}}},
	{"RateLimit", &header{Description: "The rate that has the fewest requests left: its name, how many (`r`), and in how many seconds all are there again (`t`). Absent where there is none.", Schema: &schema{Type: types{"string"}}}},
	{"RateLimit-Policy", &header{Description: "Every rate: its name, how many requests at once (`q`), and in how many seconds as many come again (`w`).", Schema: &schema{Type: types{"string"}}}},
}

func headersOf(name string, more ...string) (hs ordered[*header]) {
	for _, n := range append([]string{name}, more...) {
		hs.add(n, &header{Ref: "#/components/headers/" + n})
	}
	return hs
}

// schemaQuery is in which form the document is sent.
type schemaQuery struct{ format string }

// Read reads the query.
func (q *schemaQuery) Read(f *form.Form) {
	q.format = f.Choice("format", []string{"json", "yaml"}, form.Doc("Goes before the `Accept` header; `json` where neither says anything.")).V
}

// schema sends the document for programs.
func (a *API) schema(w http.ResponseWriter, r *http.Request) error {
	f := form.Query(r.URL.Query())
	var q schemaQuery
	q.Read(f)
	f.Strict()
	if err := f.Err(); err != nil {
		return err
	}
	d, err := a.describe()
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	if q.format == "yaml" || q.format == "" && prefersYAML(r.Header.Values("Accept")) {
		b, err := toYAML(d.json)
		if err != nil {
			return err
		}
		writeDocument(w, r, "application/yaml", b)
		return nil
	}
	writeDocument(w, r, "application/json", d.json)
	return nil
}

// prefersYAML looks for the first media type in Accept that says one or the other.
func prefersYAML(accept []string) bool {
	for m := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, params, err := mime.ParseMediaType(m)
		if err != nil || params["q"] == "0" {
			continue
		}
		switch media {
		case "application/yaml", "application/x-yaml", "text/yaml", "application/vnd.oai.openapi", "application/vnd.oai.openapi+yaml":
			return true
		case "application/json", "application/vnd.oai.openapi+json":
			return false
		}
	}
	return false
}

// writeDocument sends what is the same for everyone until the next release: a client may keep it and ask whether it still is.
func writeDocument(w http.ResponseWriter, r *http.Request, contentType string, b []byte) {
	tag := etag(nil, b)
	w.Header().Set("Etag", tag)
	w.Header().Set("Cache-Control", "no-cache")
	if noneMatch(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeBytes(w, http.StatusOK, contentType, b)
}
