package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/api/openapi"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// statuses is the one table from a kind of failure to its HTTP status.
var statuses = map[fail.Kind]int{
	fail.KindMalformed:       http.StatusBadRequest,
	fail.KindInvalid:         http.StatusBadRequest,
	fail.KindUnauthenticated: http.StatusUnauthorized,
	fail.KindForbidden:       http.StatusForbidden,
	fail.KindNotFound:        http.StatusNotFound,
	fail.KindMethod:          http.StatusMethodNotAllowed,
	fail.KindConflict:        http.StatusConflict,
	fail.KindPrecondition:    http.StatusPreconditionFailed,
	fail.KindTooLarge:        http.StatusRequestEntityTooLarge,
	fail.KindMediaType:       http.StatusUnsupportedMediaType,
	fail.KindReused:          http.StatusUnprocessableEntity,
	fail.KindThrottled:       http.StatusTooManyRequests,
	fail.KindUnavailable:     http.StatusServiceUnavailable,
	fail.KindFull:            http.StatusInsufficientStorage,
}

// Problem is a failure as clients see it: application/problem+json (RFC 9457).
type Problem struct {
	Type      string              `json:"type" doc:"Always about:blank; see code."`
	Title     string              `json:"title" doc:"The name of the status."`
	Status    int                 `json:"status"`
	Detail    string              `json:"detail" doc:"A sentence for people."`
	Code      string              `json:"code" doc:"A stable word for programs."`
	RequestID string              `json:"request_id" doc:"Quote it when you report the error."`
	Errors    map[string][]string `json:"errors,omitempty" doc:"Messages by field. See non_field_errors too."`
	Budget    string              `json:"budget,omitempty" doc:"The company's budget that is used up, as in its usage."`
}

// writeProblem answers an error. One that is not a *fail.Error is internal: it is logged, and clients see no details.
func writeProblem(x *exchange, err error) {
	var f *fail.Error
	switch {
	case errors.As(err, &f):
		if cause := errors.Unwrap(f); cause != nil {
			x.logged.cause = cause
		}
	case errors.Is(err, context.Canceled):
		x.logged.cause = err
		f = fail.Unavailable("The request was given up.", time.Second)
	case errors.Is(err, db.ErrStale), errors.Is(err, context.DeadlineExceeded):
		x.logged.cause = err
		f = fail.Unavailable("This is busy now.", time.Second)
	default:
		x.api.Log.LogAttrs(x.ctx, slog.LevelError, "request failed", slog.String("request_id", x.requestID),
			slog.String("route", x.routeName()), slog.Any("error", err))
		writeFailure(&x.w, x.requestID, http.StatusInternalServerError, openapi.Fault)
		return
	}
	status := statuses[f.Kind]
	h := x.w.Header()
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="api"`)
	}
	if status == http.StatusTooManyRequests && x.verdict.OK {
		h.Del("Ratelimit") // another limit rejects, and RateLimit would name another time
	}
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10))
	}
	writeFailure(&x.w, x.requestID, status, f)
}

func problem(f *fail.Error, status int, requestID string) Problem {
	return Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: f.Detail, Code: f.Code, RequestID: requestID, Errors: f.Fields,
		Budget: f.Budget,
	}
}

func writeFailure(w http.ResponseWriter, requestID string, status int, f *fail.Error) {
	b, err := json.Marshal(problem(f, status, requestID), json.Deterministic(true))
	if err != nil { // only invalid UTF-8 in a message would cause it, and no message has any
		b = []byte(`{"type":"about:blank","status":500}`)
	}
	writeBytes(w, status, "application/problem+json", b)
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err == nil {
		writeBytes(w, status, "application/json", b)
	}
	return err
}

func writeBytes(w http.ResponseWriter, status int, contentType string, b []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	// An error means that the client has gone.
	_, _ = w.Write(b) //nolint:gosec // G705: JSON that no browser sniffs, or a page that html/template escaped
}
