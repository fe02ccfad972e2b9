package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/api/openapi"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Route is a line of the table as the tests walk it.
type Route struct {
	Method, Path, Name string
	Anyone             bool // no token is needed
	NoGuests           bool // guests may not
	ManagersOnly       bool // nor may members
	Operator           bool // no member may, whatever their role
	Status             int  // of success
	Raw                bool // it writes its answer itself
	Stream             bool // for as long as somebody listens
	HasBody            bool
	Body, Query        []form.Field // what Describe says it reads
}

// HasID reports whether the path names a row.
func (r Route) HasID() bool { return strings.Contains(r.Path, "{id}") }

// Routes is the real table: a new route is walked as soon as it stands there.
func (a *API) Routes() []Route {
	var all []Route
	for _, r := range a.routes() {
		out := Route{
			Method: r.method, Path: r.path, Name: r.name, Status: r.op.status, Raw: r.op.raw != nil,
			Stream: r.op.stream != nil, HasBody: r.op.body != nil,
			Anyone: r.who == anyone, NoGuests: r.who == writer || r.who == manager, ManagersOnly: r.who == manager,
			Operator: r.who == operator,
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

// DocsExamples returns the examples of the page for people.
func (a *API) DocsExamples() ([]openapi.Example, error) {
	o := a.description()
	return o.Examples()
}
