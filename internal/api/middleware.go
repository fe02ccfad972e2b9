package api

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/trace"
)

// requestNote is what is known of a request by the time it is logged.
type requestNote struct {
	id            string
	route         string
	company, user int64
	cause         error
	log           *slog.Logger
	span          trace.Span
	addr          netip.Addr    // the client's
	verdict       limit.Verdict // what the rates have said so far
	entered       time.Time     // the gate, and not left it yet; zero: it is not inside
	shed          bool          // refused there
	sent          int           // bytes of the body that are counted
	dear          bool          // has a share of its company
}

type noteKey struct{}

// note is the request's; every request of Handler has one.
func note(r *http.Request) *requestNote { return r.Context().Value(noteKey{}).(*requestNote) }

// around does once what every request needs: an id, the headers that make answers inert in a browser, a line in the log, and
// an answer when a handler panics.
func (a *API) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.admits(w, r) {
			return
		}
		began := time.Now() //nolint:forbidigo // how long a request takes is the machine's time, not the installation's
		n := &requestNote{id: rand.Text(), log: a.Log, addr: limit.ClientAddr(r, a.TrustedProxies)}
		ctx, span := trace.Request(r.Context(), r.Header, limit.ByProxy(r, a.TrustedProxies))
		n.span = span
		r = r.WithContext(context.WithValue(ctx, noteKey{}, n))
		s := &statusWriter{ResponseWriter: w}
		h := w.Header()
		h.Set("X-Request-Id", n.id)
		for _, kv := range headers {
			h[kv.name] = kv.value
		}
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler { //nolint:errorlint // the value itself is documented
				n.cause = fmt.Errorf("panic: %v", v)
				a.Log.LogAttrs(r.Context(), slog.LevelError, "request panicked",
					slog.String("request_id", n.id), slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
				if s.status == 0 {
					writeProblem(s, r, n.cause)
				}
			}
			took := time.Since(began) //nolint:forbidigo // as above
			if a.Observed != nil {
				a.Observed(n.route, s.status, took)
			}
			a.logRequest(r, n, s, took)
			n.endSpan(r.Method, s.status)
		}()
		a.guard(s, r, n, next)
	})
}

// endSpan says of the request what is a word of ours or a number: not its path, which a client wrote, and not who it was, which the log
// says under the same id.
func (n *requestNote) endSpan(method string, status int) {
	s := n.span
	if !s.Real() {
		return
	}
	route := n.route
	if route == "" {
		route = "none"
	}
	s.Name(route)
	s.Text("taskhouse.route", route)
	s.Text("http.request.method", known(method))
	s.Int("http.response.status_code", int64(status))
	s.Text("taskhouse.request_id", n.id)
	if n.company != 0 {
		s.Int("taskhouse.company", n.company)
	}
	if status >= http.StatusInternalServerError {
		s.Fail(strconv.Itoa(status))
	}
	s.End(nil)
}

// known is a method, or what stands for those that a client made up.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "_OTHER"
}

// headers of every answer. The API is for programs: a browser that is led to an answer must do nothing with it. The slices are all answers'
// own: whoever wants another value sets one, and what is added goes into a new one.
var headers = []struct {
	name  string
	value []string
}{
	{"Cache-Control", fixed("no-store")},
	{"Content-Security-Policy", fixed("default-src 'none'; frame-ancestors 'none'")},
	{"Cross-Origin-Opener-Policy", fixed("same-origin")},
	{"Cross-Origin-Resource-Policy", fixed("same-origin")},
	{"Permissions-Policy", fixed("camera=(), geolocation=(), microphone=()")},
	{"Referrer-Policy", fixed("no-referrer")},
	{"Vary", fixed("Authorization")},
	{"X-Content-Type-Options", fixed("nosniff")},
	{"X-Frame-Options", fixed("DENY")},
}

func fixed(value string) []string { return []string{value}[:1:1] }

func (a *API) logRequest(r *http.Request, n *requestNote, s *statusWriter, took time.Duration) {
	level := slog.LevelInfo
	switch {
	case n.shed: // at overload a line for each would be work too; Gate says how many there were
		level = slog.LevelDebug
	case s.status >= 500:
		level = slog.LevelWarn
	}
	if !a.Log.Enabled(r.Context(), level) {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs, slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", s.status),
		slog.Duration("took", took), slog.String("request_id", n.id), slog.String("addr", n.addr.String()))
	if n.user != 0 {
		attrs = append(attrs, slog.Int64("company", n.company), slog.Int64("user", n.user))
	}
	if n.cause != nil {
		attrs = append(attrs, slog.Any("error", n.cause))
	}
	a.Log.LogAttrs(r.Context(), level, "request", attrs...)
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

// Hijack hands the connection over: the answer is the other protocol's handshake.
func (s *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	s.status = http.StatusSwitchingProtocols
	return http.NewResponseController(s.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
