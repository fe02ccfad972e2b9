package api

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// invitationPath begins the links to invitations of earlier versions, which had the token in the path.
const invitationPath = "invitations/"

// programToken finds what looks like a token for programs, whole or in part.
var programToken = regexp.MustCompile(`(th[ps]_)[0-9A-Za-z]+`)

// withoutSecrets returns a path as the log may show it. Text after "invitations/" that is no id may be a token, also in
// a path that is misspelled in other places.
func withoutSecrets(path string) string {
	path = programToken.ReplaceAllString(path, "$1…")
	i := strings.Index(strings.ToLower(path), invitationPath)
	if i < 0 {
		return path
	}
	i += len(invitationPath)
	switch rest := strings.Trim(path[i:], "/"); {
	case rest == "", rest == "accept", len(rest) < 20 && strings.Trim(rest, "0123456789") == "":
		return path
	}
	return path[:i] + "…"
}

// log writes the request's line in the log.
func (x *exchange) log(took time.Duration) {
	level := slog.LevelInfo
	switch {
	case x.shed: // a line each would be more load; Gate logs how many were rejected
		level = slog.LevelDebug
	case x.w.status >= 500:
		level = slog.LevelWarn
	}
	if !x.api.Log.Enabled(x.ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 11)
	attrs = append(attrs, slog.String("method", x.r.Method), slog.String("path", withoutSecrets(x.path)),
		slog.Int("status", x.w.status), slog.Duration("took", took), slog.String("request_id", x.requestID),
		slog.String("addr", x.addr.String()))
	if x.logged.user != 0 {
		attrs = append(attrs, slog.Int64("company", x.logged.company), slog.Int64("user", x.logged.user))
	}
	if x.logged.token != 0 {
		attrs = append(attrs, slog.Int64("token", x.logged.token))
	}
	if x.logged.cause != nil {
		attrs = append(attrs, slog.Any("error", x.logged.cause))
	}
	x.api.Log.LogAttrs(x.ctx, level, "request", attrs...)
}

// endSpan ends the request's trace span. A span contains only our own words and numbers: not the path, which a client
// wrote, and not the user, whom the log has under the same id.
func (x *exchange) endSpan(status int) {
	s := x.span
	if !s.Real() {
		return
	}
	route := x.routeName()
	if route == "" {
		route = "none"
	}
	s.Name(route)
	s.Text("taskhouse.route", route)
	s.Text("http.request.method", knownMethod(x.r.Method))
	s.Int("http.response.status_code", int64(status))
	s.Text("taskhouse.request_id", x.requestID)
	if x.logged.company != 0 {
		s.Int("taskhouse.company", x.logged.company)
	}
	if status >= http.StatusInternalServerError {
		s.Fail(strconv.Itoa(status))
	}
	s.End(nil)
}

// knownMethod returns a method, or a placeholder for one that a client made up.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return method
	}
	return "_OTHER"
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Hijack hands over the connection. The handshake of the other protocol is the answer.
func (s *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	s.status = http.StatusSwitchingProtocols
	return http.NewResponseController(s.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
