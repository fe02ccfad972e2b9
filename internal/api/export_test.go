package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/api/openapi"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Route describes a row of the route table for the tests that walk it.
type Route struct {
	Method, Path, Name string
	Anyone             bool   // needs no token
	NoGuests           bool   // closed to guests
	ManagersOnly       bool   // closed to ordinary members
	Operator           bool   // closed to every member, whatever the role
	Scope              string // of the tokens for programs that open it: "any", "none" or a scope
	Status             int    // the status of success
	Raw                bool   // the operation writes its answer itself
	Stream             bool   // the answer lasts as long as the client listens
	HasBody            bool
	Secret             bool         // the answer is not compressed
	Body, Query        []form.Field // the fields that Describe finds
}

// HasID reports whether the path names a row.
func (r Route) HasID() bool { return strings.Contains(r.Path, "{id}") }

// Routes returns the real route table, so that tests walk a new route at once.
func (a *API) Routes() []Route {
	var all []Route
	for _, r := range a.routes() {
		out := Route{
			Method: r.method, Path: r.path, Name: r.name, Status: r.op.status, Raw: r.op.raw != nil,
			Stream: r.op.stream != nil, HasBody: r.op.body != nil, Secret: r.op.isSecret,
			Anyone: r.who == anyone, NoGuests: r.who == writer || r.who == manager, ManagersOnly: r.who == manager,
			Operator: r.who == operator, Scope: string(r.scope),
		}
		if r.op.body != nil {
			out.Body = form.Describe(func(f *form.Form) {
				if r.method == http.MethodPatch {
					f.Partial()
				}
				r.op.body(f)
			})
		}
		if r.op.query != nil {
			out.Query = form.Describe(r.op.query)
		}
		all = append(all, out)
	}
	return all
}

// Steps returns the names of the pipeline's steps in order.
func Steps() (names []string) {
	for _, s := range slices.Concat(edge, routeSteps) {
		names = append(names, s.name)
	}
	return names
}

// DocsExamples returns the examples of the documentation page.
func (a *API) DocsExamples() ([]openapi.Example, error) {
	o := a.description()
	return o.Examples()
}

// CheckScope checks the scope of a route for members, or for anyone.
func CheckScope(members bool, of string) error {
	r := route{who: anyone, scope: scope(of)}
	if members {
		r.who = reader
	}
	return r.checkScope()
}
