package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/limit"
)

// headers of every answer. The API is for programs: a browser that opens an answer must do nothing with it. All answers
// share the slices: set another value instead of changing one. Their capacity of 1 makes append copy them.
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
	{"Vary", fixed("Authorization, Accept-Encoding")},
	{"X-Content-Type-Options", fixed("nosniff")},
	{"X-Frame-Options", fixed("DENY")},
}

func fixed(value string) []string { return []string{value}[:1:1] }

func setHeaders(h http.Header, requestID string) {
	h.Set("X-Request-Id", requestID)
	for _, kv := range headers {
		h[kv.name] = kv.value
	}
}

// hsts tells browsers that came by HTTPS to use nothing else for a year. Subdomains are not included: they may belong
// to other services.
var hsts = fixed("max-age=31536000")

// overHTTPS reports whether the client uses TLS, to this process or to the trusted proxy that forwarded the request.
func overHTTPS(r *http.Request, proxied bool) bool {
	if r.TLS != nil {
		return true
	}
	proto, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return proxied && strings.EqualFold(strings.TrimSpace(proto), "https")
}

// showRates reports the rate limits and the requests left, so that a client can slow down in time
// (draft-ietf-httpapi-ratelimit-headers-10).
func (x *exchange) showRates() { showRates(x.w.Header(), x.api.ratePolicies, x.verdict) }

func showRates(h http.Header, policies []string, v limit.Verdict) {
	if v.Policy == "" {
		return
	}
	h["Ratelimit-Policy"] = policies
	h["Ratelimit"] = []string{v.Header()}
}

// forPrograms reports whether the path belongs to the API, not to the web app.
func forPrograms(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/ws/")
}

func isHealthCheck(path string) bool {
	path = strings.TrimSuffix(path, "/")
	return path == "/livez" || path == "/readyz"
}

const (
	corsMethods        = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsRequestHeaders = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
	corsAnswerHeaders  = "Allow, ETag, Event-Seq, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
	corsMaxAge         = "600" // seconds for which a browser remembers a preflight
)

// cors lets pages of the configured origins read answers to requests with a token. It never lets them use the web app's
// cookies: Access-Control-Allow-Credentials is not sent, and cookie ignores the cookies of such a request.
func (a *API) cors(h http.Header, r *http.Request) {
	if len(a.CORSOrigins) == 0 {
		return
	}
	h.Add("Vary", "Origin")
	if !a.fromCORSOrigin(r) {
		return
	}
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", corsMethods)
		h.Set("Access-Control-Allow-Headers", corsRequestHeaders)
		h.Set("Access-Control-Max-Age", corsMaxAge)
		return
	}
	h.Set("Access-Control-Expose-Headers", corsAnswerHeaders)
}

// fromCORSOrigin reports whether a page of a configured origin sent the request. Origins are compared as a whole, so
// that no prefix or suffix of one matches.
func (a *API) fromCORSOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin != "" && origin != a.PublicURL && slices.Contains(a.CORSOrigins, origin)
}
