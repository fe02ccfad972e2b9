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

// statuses is the one table from a failure to its status.
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

// Problem is a failure as a client reads it: application/problem+json (RFC 9457).
type Problem struct {
	Type      string              `json:"type" doc:"Always about:blank: code says more."`
	Title     string              `json:"title" doc:"The status in words."`
	Status    int                 `json:"status"`
	Detail    string              `json:"detail" doc:"One sentence for people."`
	Code      string              `json:"code" doc:"A stable word for programs."`
	RequestID string              `json:"request_id" doc:"Name it when you report the failure."`
	Errors    map[string][]string `json:"errors,omitempty" doc:"By field; what concerns none stands under non_field_errors."`
}

// writeProblem answers a failure. One that is not a *fail.Error is ours: it is logged and shown plainly.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	n := note(r)
	var f *fail.Error
	switch {
	case errors.As(err, &f):
		if cause := errors.Unwrap(f); cause != nil {
			n.cause = cause
		}
	case errors.Is(err, context.Canceled):
		n.cause = err
		f = fail.Unavailable("The request was given up.", time.Second)
	case errors.Is(err, db.ErrStale), errors.Is(err, context.DeadlineExceeded):
		n.cause = err
		f = fail.Unavailable("This is busy now.", time.Second)
	default:
		n.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("request_id", n.id), slog.String("route", n.route), slog.Any("error", err))
		writeStatus(w, n, http.StatusInternalServerError, openapi.Fault)
		return
	}
	status := statuses[f.Kind]
	h := w.Header()
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="api"`)
	}
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10))
	}
	writeStatus(w, n, status, f)
}

func problem(f *fail.Error, status int, requestID string) Problem {
	return Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: f.Detail, Code: f.Code, RequestID: requestID, Errors: f.Fields,
	}
}

func writeStatus(w http.ResponseWriter, n *requestNote, status int, f *fail.Error) {
	b, err := json.Marshal(problem(f, status, n.id), json.Deterministic(true))
	if err != nil { // a message with invalid UTF-8 would do it; none has
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
	_, _ = w.Write(b) //nolint:gosec // G705: JSON that no browser sniffs, or a page that html/template escaped. A client that is gone reads nothing
}
