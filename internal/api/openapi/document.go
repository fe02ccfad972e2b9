// Package openapi describes the HTTP API: the OpenAPI 3.1 document for programs, as JSON and as YAML, and the page for
// people that is written from it.
//
// Everything comes from the table of routes, so a route that serves is a route that is documented. Fields come from the
// Read methods and JSON tags that requests and answers go through. The package serves nothing; package api does.
package openapi

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// API is the input of the document.
type API struct {
	Version   string // of the program, up to the first space
	PublicURL string // the base of every path, without a slash at the end; "" is the host that serves the document
	MaxBody   int64  // bytes

	SessionCookie, OperatorCookie string // the cookies' names as browsers see them

	Routes []Route
	// Objects adds names and words for types of package api to those of the nouns.
	Objects map[reflect.Type]Object
	// Problem returns a failure as a client reads it, with its status.
	Problem func(f *fail.Error, requestID string) (status int, problem any)
}

// Document is the description as clients get it.
type Document struct {
	JSON []byte // the OpenAPI document
	Page []byte // HTML
}

// Document writes the description. The bytes are the same each time.
func (a *API) Document() (*Document, error) {
	doc := a.document()
	b, err := json.Marshal(doc, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	page, err := a.page(doc)
	if err != nil {
		return nil, err
	}
	return &Document{JSON: b, Page: page}, nil
}

// document is the part of OpenAPI 3.1 that our routes need.
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

	prefixes []string // of the paths that it groups
}

// pathItem holds the operations of a path by method, in lower case.
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
	Style       string  `json:"style,omitzero"`
	Explode     *bool   `json:"explode,omitempty"`
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
	Value any `json:"value"`
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

// The ways in which a caller authenticates: an access token, the web app's cookie, the operators' cookie.
const (
	BearerAuth         = "bearerAuth"
	CookieAuth         = "cookieAuth"
	OperatorCookieAuth = "operatorCookieAuth"
)

// tags group the operations. The first tag with a matching prefix takes the operation.
var tags = []tag{
	{
		"auth", "Accounts, sessions, the company, its members and invitations.",
		[]string{"/api/auth/", "/api/session/"},
	},
	{
		"tasks", "The company's tasks, and tasks merged from an external system.",
		[]string{"/api/tasks/", "/api/markdown/", "/api/external-tasks/"},
	},
	{"analytics", "Statistics about the company's tasks.", []string{"/api/analytics/"}},
	{
		"events", "The company's event log, live feed and presence. Every event appears once and in order.",
		[]string{"/api/events/", "/ws/", "/api/presence/"},
	},
	{"notifications", "The caller's notifications and preferences.", []string{"/api/notifications/"}},
	{
		"operator", "Administration of all companies. Operators sign in here and belong to no company.",
		[]string{"/api/operator/"},
	},
	{"system", "This document and health checks.", []string{"/"}},
}

func (a *API) document() *document {
	s := newSchemas(a.Objects)
	invalid := fail.Invalid("title", "This field is required.")
	_, problem := a.Problem(invalid, sampleID)
	s.objects[reflect.TypeOf(problem)] = Object{Name: "Problem", Doc: "An error (RFC 9457).", Example: problem}
	version, _, _ := strings.Cut(a.Version, " ") // how it was built is not for the public
	d := &document{
		OpenAPI: "3.1.0",
		Info: info{
			Title: "Taskhouse", Version: cmp.Or(version, "unknown"),
			Summary:     "Task management for companies. Each company sees only its own data.",
			Description: a.guideText(), License: license{"MIT", "MIT"},
		},
		Servers: []server{{cmp.Or(a.PublicURL, "/")}},
		Tags:    tags,
	}
	for _, r := range a.Routes {
		p := d.Paths.get(r.Path)
		if p == nil {
			p = &pathItem{}
			d.Paths.add(r.Path, p)
		}
		p.operations.add(strings.ToLower(r.Method), a.operation(r, s))
	}
	d.Components = components{
		Responses: a.failureResponses(s), Headers: sharedHeaders,
		SecuritySchemes: ordered[map[string]string]{
			{BearerAuth, map[string]string{
				"type": "http", "scheme": "bearer",
				"description": "The access token from signing in (a JWT), or a token for programs " +
					"(`thp_...`, `ths_...`).",
			}},
			{CookieAuth, cookieScheme(a.SessionCookie, "signIn")},
			{OperatorCookieAuth, cookieScheme(a.OperatorCookie, "operatorSignIn")},
		},
	}
	d.Components.Schemas = s.named // complete only now
	return d
}

func cookieScheme(name, setBy string) map[string]string {
	return map[string]string{
		"type": "apiKey", "in": "cookie", "name": name,
		"description": "The web app's session, set by " + setBy + ". " +
			"Requests from other sites are rejected (CSRF protection).",
	}
}
