package api

import (
	"cmp"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/taskhouse/taskhouse/internal/api/openapi"
	"github.com/taskhouse/taskhouse/internal/compress"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// The handlers of the API's documentation. Package openapi writes it.

// docsPolicy lets a browser load the style sheet and nothing else.
const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// describe returns the documentation. The first call writes it, and only its bytes stay in memory.
func (a *API) describe() (*openapi.Document, error) {
	d := &a.documentation
	d.once.Do(func() {
		description := a.description()
		d.Document, d.err = description.Document()
	})
	return d.Document, d.err
}

// description returns the input of package openapi.
func (a *API) description() openapi.API {
	publicURL := a.PublicURL
	if a.GuessedURL {
		publicURL = "" // the host that serves the document
	}
	o := openapi.API{
		Version: a.Version, PublicURL: publicURL, MaxBody: a.MaxBody,
		SessionCookie: a.cookieName(sessionCookie), OperatorCookie: a.cookieName(operatorCookie),
		Objects: map[reflect.Type]openapi.Object{
			reflect.TypeFor[Job]():    {Name: "Job", Doc: "Background work, such as an e-mail to send."},
			reflect.TypeFor[health](): {Name: "Health", Doc: "The result of a successful health check."},
		},
		Problem: func(f *fail.Error, requestID string) (int, any) {
			status := cmp.Or(statuses[f.Kind], http.StatusInternalServerError)
			return status, problem(f, status, requestID)
		},
	}
	for _, r := range a.routes() {
		o.Routes = append(o.Routes, r.describe())
	}
	return o
}

func (r route) describe() openapi.Route {
	op := r.op
	return openapi.Route{
		Method: r.method, Path: r.path, Name: r.name, Summary: r.summary,
		Callers: r.who.words() + r.tokenWords(), Auth: r.who.authentication(),
		ByRole: r.who > reader || r.who == reader && r.scope != anyScope,
		Body:   op.body, Query: op.query, Status: op.status, Answer: op.answer, Media: op.media,
		ETag: op.hasETag, Location: op.hasLocation, EventSeq: op.hasEventSeq, SetCookie: op.cookie != "",
		// An object that is only created now has no version to compare.
		IfMatch:        op.takesIfMatch && op.raw == nil && r.method != http.MethodPost,
		IdempotencyKey: op.takesIdempotencyKey,
		Handwritten:    op.raw != nil, Unlimited: op.noLimits, Failures: op.failures,
	}
}

// words describe who may call.
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

// authentication returns the alternatives for a caller to authenticate.
func (w access) authentication() []string {
	switch w { //nolint:exhaustive // the other three are members
	case anyone:
		return nil
	case operator:
		return []string{openapi.BearerAuth, openapi.OperatorCookieAuth}
	}
	return []string{openapi.BearerAuth, openapi.CookieAuth}
}

// docs sends the page for people.
func (a *API) docs(w http.ResponseWriter, r *http.Request) error {
	d, err := a.describe()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", docsPolicy)
	writeDocument(w, r, "text/html; charset=utf-8", d.Page)
	return nil
}

// docsStyle sends the page's style sheet.
func (a *API) docsStyle(w http.ResponseWriter, r *http.Request) error {
	writeDocument(w, r, "text/css; charset=utf-8", openapi.Style)
	return nil
}

// schemaQuery selects the format of the document.
type schemaQuery struct{ format string }

// Read reads the query.
func (q *schemaQuery) Read(f *form.Form) {
	q.format = f.Choice("format", []string{"json", "yaml"},
		form.Doc("Takes precedence over the `Accept` header. Default: `json`.")).V
}

// schema sends the OpenAPI document.
func (a *API) schema(w http.ResponseWriter, r *http.Request) error {
	var q schemaQuery
	if _, err := readQuery(r, &q); err != nil {
		return err
	}
	d, err := a.describe()
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	if q.format == "yaml" || q.format == "" && prefersYAML(r.Header.Values("Accept")) {
		b, err := openapi.YAML(d.JSON)
		if err != nil {
			return err
		}
		writeDocument(w, r, "application/yaml", b)
		return nil
	}
	writeDocument(w, r, "application/json", d.JSON)
	return nil
}

// prefersYAML reports whether the first media type in Accept that names JSON or YAML names YAML.
func prefersYAML(accept []string) bool {
	for m := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, params, err := mime.ParseMediaType(m)
		if err != nil || params["q"] == "0" {
			continue
		}
		switch media {
		case "application/yaml", "application/x-yaml", "text/yaml",
			"application/vnd.oai.openapi", "application/vnd.oai.openapi+yaml":
			return true
		case "application/json", "application/vnd.oai.openapi+json":
			return false
		}
	}
	return false
}

// writeDocument sends a document that is the same for everyone until the next release. Clients may keep a copy and
// revalidate it.
func writeDocument(w http.ResponseWriter, r *http.Request, contentType string, b []byte) {
	tag := etag(nil, b)
	zipped := []byte(nil)
	if compress.Accepts(r.Header) {
		zipped = zipDocument(tag, b)
	}
	if zipped != nil {
		tag = zippedTag(tag)
	}
	w.Header().Set("Etag", tag)
	w.Header().Set("Cache-Control", "no-cache")
	if ifNoneMatch(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if zipped != nil {
		w.Header().Set("Content-Encoding", "gzip")
		b = zipped
	}
	writeBytes(w, http.StatusOK, contentType, b)
}

// zippedDocuments has the compressed documents by their tags. There are four.
var zippedDocuments sync.Map

func zipDocument(tag string, b []byte) []byte {
	if zipped, ok := zippedDocuments.Load(tag); ok {
		return zipped.([]byte)
	}
	zipped := compress.Once(b)
	zippedDocuments.Store(tag, zipped)
	return zipped
}
