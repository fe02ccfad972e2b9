package openapi

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/taskhouse/taskhouse/internal/form"
)

// Route describes one operation.
type Route struct {
	Method, Path string
	Name         string // the operationId
	Summary      string
	Callers      string   // the allowed callers, in words
	Auth         []string // how a caller may authenticate; empty: without authentication
	ByRole       bool     // some authenticated callers are rejected for their role

	Body, Query func(*form.Form) // read the request; nil: there is nothing to read
	Status      int              // of success
	Answer      reflect.Type     // of the JSON; nil: see Media
	Media       []string         // of an answer that is not described by a type; empty: no content

	ETag, Location, EventSeq, SetCookie bool // headers of the answer
	IfMatch, IdempotencyKey             bool // headers that the request may have

	Handwritten bool  // it reads and writes by itself: only Failures and its path say how it may fail
	Unlimited   bool  // no rate limit and no load shedding apply
	Failures    []int // statuses that the rest does not imply
}

// operation describes a route.
func (a *API) operation(r Route, s *schemas) *operationDoc {
	return &operationDoc{
		OperationID: r.Name, Tags: []string{r.tag()}, Summary: r.Summary, Description: r.Callers,
		Security: r.security(), Parameters: r.parameters(), RequestBody: r.requestBody(s), Responses: a.responses(r, s),
	}
}

func (r Route) tag() string {
	i := slices.IndexFunc(tags, func(t tag) bool {
		return slices.ContainsFunc(t.prefixes, func(p string) bool { return strings.HasPrefix(r.Path, p) })
	})
	return tags[i].Name
}

// security lists the alternatives; an empty list, which must not be null, means that none is needed.
func (r Route) security() []map[string][]string {
	alternatives := []map[string][]string{}
	for _, scheme := range r.Auth {
		alternatives = append(alternatives, map[string][]string{scheme: {}})
	}
	return alternatives
}

// changes reports whether the method may change something.
func (r Route) changes() bool { return r.Method != http.MethodGet }

// comparesETag reports whether If-None-Match applies.
func (r Route) comparesETag() bool { return r.ETag && !r.changes() }

func (r Route) parameters() (ps []parameter) {
	ids := []struct{ name, doc string }{{"company", "The company's id."}, {"id", "The id, as in the list."}}
	for _, p := range ids {
		if !strings.Contains(r.Path, "{"+p.name+"}") {
			continue
		}
		least := int64(1)
		id := &schema{Type: types{"integer"}, Format: "int64", Minimum: &least}
		ps = append(ps, parameter{Name: p.name, In: "path", Required: true, Description: p.doc, Schema: id})
	}
	if strings.Contains(r.Path, "{session}") {
		ps = append(ps, parameter{
			Name: "session", In: "path", Required: true, Description: "The session's id, as in the list.",
			Schema: &schema{Type: types{"string"}},
		})
	}
	for _, f := range r.queryFields() {
		s := fieldSchema(f)
		p := parameter{Name: f.Name, In: "query", Required: f.Required, Description: f.Doc, Schema: s}
		if f.Items != nil { // its values are separated by commas
			p.Style, p.Explode = "form", new(bool)
		}
		ps = append(ps, p)
		s.Description = ""
	}
	header := func(name, doc string, maxLength int) {
		text := &schema{Type: types{"string"}, MaxLength: maxLength}
		ps = append(ps, parameter{Name: name, In: "header", Description: doc, Schema: text})
	}
	if r.IdempotencyKey {
		header("Idempotency-Key", "A key that the client chooses for this request. "+
			"Within 24 hours a repeated request with the same key and body gets the same answer and changes nothing.",
			255)
	}
	if r.IfMatch {
		header("If-Match", "The ETag that the change is based on (optimistic locking). "+
			"412 if the task has changed since.", 0)
	}
	if r.comparesETag() {
		header("If-None-Match", "The ETag of the client's copy. 304 if it is still current.", 0)
	}
	return ps
}

func (r Route) queryFields() []form.Field {
	if r.Query == nil {
		return nil
	}
	return form.Describe(r.Query)
}

func (r Route) requestBody(s *schemas) *requestBody {
	if r.Body == nil {
		return nil
	}
	fields := form.Describe(r.Body)
	// An omitted field keeps its value: no default applies, and PATCH requires no field.
	if r.Method != http.MethodPost {
		for i := range fields {
			fields[i].Default = nil
			fields[i].Required = fields[i].Required && r.Method != http.MethodPatch
		}
	}
	name := string(unicode.ToUpper(rune(r.Name[0]))) + r.Name[1:] + "Request"
	return &requestBody{Required: true, Content: ordered[*media]{
		{"application/json", &media{Schema: s.name(name, func() *schema { return inputSchema(fields) })}},
	}}
}

const responsePrefix = "#/components/responses/"

func (a *API) responses(r Route, s *schemas) (rs ordered[*response]) {
	rs.add(strconv.Itoa(r.Status), r.success(s))
	if r.comparesETag() {
		headers := headerRefs("X-Request-Id", "ETag")
		rs.add("304", &response{Description: "The client's copy is current.", Headers: headers})
	}
	possible := r.failureStatuses()
	for _, f := range failures {
		if status := a.status(f); slices.Contains(possible, status) {
			rs.add(strconv.Itoa(status), &response{Ref: responsePrefix + f.name})
		}
	}
	return rs
}

func (r Route) success(s *schemas) *response {
	ok := &response{Description: http.StatusText(r.Status), Headers: headerRefs("X-Request-Id")}
	for _, h := range []struct {
		sent  bool
		names []string
	}{
		{!r.Unlimited, []string{"RateLimit", "RateLimit-Policy"}},
		{r.ETag, []string{"ETag"}},
		{r.Location, []string{"Location"}},
		{r.EventSeq, []string{"Event-Seq"}},
		{r.SetCookie, []string{"Set-Cookie"}},
	} {
		if h.sent {
			ok.Headers = append(ok.Headers, headerRefs(h.names...)...)
		}
	}
	if r.Answer != nil {
		ok.Content.add("application/json", &media{Schema: s.of(r.Answer)})
		return ok
	}
	for _, m := range r.Media {
		ok.Content.add(m, &media{Schema: mediaSchema(m)})
	}
	return ok
}

// mediaSchema returns the schema of an answer without fields of its own: all of it is a text, or an object.
func mediaSchema(mediaType string) *schema {
	if strings.HasPrefix(mediaType, "text/") {
		return &schema{Type: types{"string"}}
	}
	return &schema{Type: types{"object"}}
}

// failureStatuses returns the statuses, other than success, that the route can answer.
func (r Route) failureStatuses() []int {
	possible := []int{500}
	add := func(when bool, statuses ...int) {
		if when {
			possible = append(possible, statuses...)
		}
	}
	authenticated := len(r.Auth) > 0
	byPage := func(f form.Field) bool { return f.Name == "page" }
	add(!r.Unlimited, 429, 503)
	add(!r.Handwritten, 400)
	add(!r.Handwritten && r.changes(), 507)
	add(r.Body != nil, 413, 415)
	add(authenticated, 401)
	add(r.ByRole || authenticated && r.changes(), 403) // a role that is not allowed, or a failed CSRF check of a cookie
	add(strings.Contains(r.Path, "{") || slices.ContainsFunc(r.queryFields(), byPage), 404)
	add(r.IfMatch, 412)
	add(r.IdempotencyKey, 422)
	return append(possible, r.Failures...)
}
