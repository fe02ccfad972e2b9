// Package api is the HTTP API: which path and method is which operation, who may call it, how requests are read and answers
// and failures are written.
//
// Every route stands in one table (routes.go). The adaptors in endpoint.go do for all of them what a handler would repeat:
// verify the caller, read and check the body, run the operation, write the answer. Operations themselves are in the nouns'
// packages; this one holds no rule about tasks or people and no SQL.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/api/openapi"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// API is what the routes need.
type API struct {
	DB        *db.DB
	Accounts  *account.Service
	Auth      *auth.Service
	Tasks     *task.Service
	External  *external.Service
	Analytics *analytics.Service
	Live      *live.Hub
	Notices   *notify.Service
	Events    *event.Log
	Log       *slog.Logger
	Cursors   *page.Cursors // into the list of jobs
	Site      http.Handler  // the web app, for browsers at every path that is no route; nil where there is none

	AllowedOrigins []string       // sites besides PublicURL whose pages may open the feed
	PublicURL      string         // the base of absolute URLs in answers, without a slash at the end; never the Host header
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	MaxBody        int64          // bytes
	CORSOrigins    []string       // sites whose pages may ask with a token of their own, and open the feed

	Rates   *limit.Rates  // how often anybody may ask; nil is no limit
	Gate    *limit.Gate   // how much is done at the same time; nil is no limit
	Heavy   *limit.Shares // how much of it is dear; nil is no limit
	Memory  *limit.Memory // how much clients send, and are sent, at the same time; nil is no limit
	Version string

	// Observed, unless it is nil, hears of every answered request: the route's name, empty where there is none.
	Observed func(route string, status int, took time.Duration)
	// Ready, unless it is nil, says why the process cannot serve, or do the work beside the requests; nil when it can.
	Ready func(context.Context) error

	documentation struct { // written at the first request for it
		once sync.Once
		*openapi.Document
		err error
	}
	ratePolicies []string // the field RateLimit-Policy

	open map[string]bool // paths, without the slash at their end, that the gate is not asked about
}

// Handler serves every route of the table.
func (a *API) Handler() http.Handler {
	if a.Rates != nil {
		a.ratePolicies = fixed(a.Rates.Policies())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", a.elsewhere)
	byPath := map[string]resource{}
	a.open = map[string]bool{}
	for _, r := range a.routes() {
		if r.op.free || r.op.stream != nil {
			a.open[strings.TrimSuffix(r.path, "/")] = true
		}
		if byPath[r.path] == nil {
			byPath[r.path] = resource{}
			mux.Handle(r.path+"{$}", byPath[r.path])
		}
		byPath[r.path][r.method] = &endpoint{api: a, route: r}
	}
	return a.around(canonical(mux))
}

// elsewhere is every path that is no route. The web app has pages there, and the files that they load; it says itself to people that
// there is nothing. Programs do not ask for HTML, and are told so by the status.
func (a *API) elsewhere(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Path
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	asPage := strings.Contains(r.Header.Get("Accept"), "text/html") || strings.Contains(strings.Trim(p, "/"), ".") || p == "/"
	if a.Site == nil || !reads || !asPage || strings.HasPrefix(p, "/api/") || strings.HasPrefix(p, "/ws/") {
		writeProblem(w, r, fail.NotFound())
		return
	}
	note(r).route = "site"
	a.Site.ServeHTTP(w, r)
}

// resource is one path: its endpoints by method.
type resource map[string]http.Handler

func (s resource) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if h, ok := s[method]; ok {
		h.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Allow", s.allow())
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeProblem(w, r, fail.Method(r.Method))
}

func (s resource) allow() string {
	methods := []string{http.MethodOptions}
	for m := range s {
		if methods = append(methods, m); m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

// canonical leads a path without its final slash to the same route, with no redirect, and every spelling that a cleaner might
// turn into another path (//, /./, an escaped slash) to none.
func canonical(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if !strings.HasSuffix(p, "/") {
			p += "/"
		}
		if clean := path.Clean(p); clean != "/" && clean+"/" != p || clean == "/" && p != "/" || r.URL.RawPath != "" {
			writeProblem(w, r, fail.NotFound())
			return
		}
		if p != r.URL.Path {
			u := *r.URL
			u.Path = p
			c := *r
			c.URL = &u
			r = &c
		}
		mux.ServeHTTP(w, r)
	})
}
