package openapi

import (
	"net/http"
	"reflect"
	"time"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// failure describes one status that is not success.
type failure struct {
	name, when string
	examples   []*fail.Error // all of one status, one for each code
}

// Fault is an internal error as clients see it.
var Fault = &fail.Error{Code: "error", Detail: "A server error occurred."}

// failures are ordered by status. Package fail has their messages.
var failures = []failure{
	{"Invalid", "The request is malformed, or fields are invalid: `errors` lists them.", []*fail.Error{
		fail.Invalid("title", "This field is required."),
		fail.Malformed("JSON parse error - Expecting value at line 1 column 11"),
	}},
	{
		"Unauthenticated", "The credential is missing, wrong, expired or already used, or its session has ended.",
		[]*fail.Error{fail.Unauthenticated(), fail.BadToken(), fail.BadLogin()},
	},
	{"Forbidden", "The caller's role does not allow this.", []*fail.Error{fail.Forbidden()}},
	{
		"NotFound", "Not found. Rows of other companies and pages past the end get the same answer.",
		[]*fail.Error{fail.NotFound()},
	},
	{
		"MethodNotAllowed", "The path does not support this method; `Allow` lists the methods that it supports.",
		[]*fail.Error{fail.Method(http.MethodDelete)},
	},
	{
		"Conflict", "The current state does not allow this.",
		[]*fail.Error{fail.Conflict("The company needs an owner: make somebody else one first.")},
	},
	{"PreconditionFailed", "It has changed since the version in `If-Match`.", []*fail.Error{fail.Precondition()}},
	{"TooLarge", "The body is larger than the installation allows.", []*fail.Error{fail.TooLarge(1 << 20)}},
	{"UnsupportedMediaType", "The body is not `application/json`.", []*fail.Error{fail.MediaType("text/plain")}},
	{"KeyReused", "The `Idempotency-Key` was used for a different request.", []*fail.Error{fail.Reused()}},
	{
		"Throttled", "Too many requests or attempts (rate limit). " +
			"`Retry-After` says how many seconds to wait, `RateLimit` names the limit.",
		[]*fail.Error{fail.Throttled(7 * time.Second)},
	},
	{"Fault", "An internal error. The log has it under `request_id`.", []*fail.Error{Fault}},
	{
		"Unavailable", "A component does not answer, or the server is overloaded. " +
			"`Retry-After` says when to try again.",
		[]*fail.Error{fail.Unavailable("The database does not answer.", time.Second)},
	},
	{"Full", "There is no storage space left. Nothing was changed.", []*fail.Error{fail.Full()}},
}

// status returns the status that the failure's examples share.
func (a *API) status(f failure) int {
	status, _ := a.Problem(f.examples[0], sampleID)
	return status
}

// failureResponses returns the failures as responses that operations refer to.
func (a *API) failureResponses(s *schemas) (rs ordered[*response]) {
	for _, f := range failures {
		r := &response{Description: f.when, Headers: headerRefs("X-Request-Id")}
		switch a.status(f) {
		case http.StatusUnauthorized:
			r.Headers = append(r.Headers, headerRefs("WWW-Authenticate")...)
		case http.StatusMethodNotAllowed:
			r.Headers = append(r.Headers, headerRefs("Allow")...)
		case http.StatusTooManyRequests:
			r.Headers = append(r.Headers, headerRefs("Retry-After", "RateLimit", "RateLimit-Policy")...)
		case http.StatusServiceUnavailable:
			r.Headers = append(r.Headers, headerRefs("Retry-After")...)
		}
		m := &media{}
		for _, e := range f.examples {
			_, problem := a.Problem(e, sampleID)
			m.Schema = s.of(reflect.TypeOf(problem))
			m.Examples.add(e.Code, example{problem})
		}
		r.Content.add("application/problem+json", m)
		rs.add(f.name, r)
	}
	return rs
}
