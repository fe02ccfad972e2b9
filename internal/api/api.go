// Package api serves the HTTP API. It maps paths and methods to operations, checks who may call them, reads requests,
// and writes answers and errors.
//
// One table has every route (routes.go), and one pipeline serves them (pipeline.go): it sheds load, authenticates,
// applies rate limits, reads and validates the input, runs the operation and writes the answer. The operations are in
// the packages of the nouns. This package has no rules about tasks or people, and no SQL.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
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

// API holds the dependencies of the routes.
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
	Cursors   *page.Cursors          // of the list of jobs
	Site      http.Handler           // the web app, at paths without a route; nil: there is none
	HasPage   func(path string) bool // whether the web app has a page at a path; needed with Site

	AllowedOrigins  []string       // sites, besides PublicURL, with pages that may open the live feed
	PublicURL       string         // the base of URLs in answers, without a slash at the end; Host is not trusted
	SecurityContact string         // a URI for reports of weaknesses, in security.txt
	GuessedURL      bool           // PublicURL is not configured, and right for clients on this machine only
	TrustedProxies  []netip.Prefix // proxies with a reliable X-Forwarded-For
	MaxBody         int64          // bytes
	BodyTimeout     time.Duration  // in which a whole body must arrive; 0: no limit of its own
	CORSOrigins     []string       // sites with pages that may use tokens and open the live feed

	Rates   *limit.Rates  // rate limits; nil: none
	Gate    *limit.Gate   // load shedding; nil: none
	Heavy   *limit.Shares // concurrent heavy requests of each company; nil: no limit
	Memory  *limit.Memory // of bodies and large answers; nil: no limit
	Bodies  *limit.Bodies // bytes of bodies, of each address and of all; nil: no limit
	Version string

	// Observed is called after each request, unless it is nil. The route of an unknown path is empty.
	Observed func(route string, status int, took time.Duration)
	// Ready returns why the process cannot serve or do background work. If it is nil, the database is pinged.
	Ready func(context.Context) error

	documentation struct { // written at the first request for it
		once sync.Once
		*openapi.Document
		err error
	}
	ratePolicies []string  // the header RateLimit-Policy
	linkDiffers  sync.Once // logs the first request for a host that links do not lead to
	hostDiffers  sync.Once // logs the first request that looks like one of another site only by its host

	mux     *http.ServeMux
	ungated map[string]bool // paths, without the final slash, that load shedding exempts
}

// newMux registers every route, and the web app at all other paths.
func (a *API) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/", a.serveSite)
	byPath := map[string]resource{}
	a.ungated = map[string]bool{}
	for _, r := range a.routes() {
		if r.op.noLimits || r.op.stream != nil {
			a.ungated[strings.TrimSuffix(r.path, "/")] = true
		}
		if byPath[r.path] == nil {
			byPath[r.path] = resource{}
			mux.Handle(r.path+"{$}", byPath[r.path])
		}
		byPath[r.path][r.method] = &endpoint{r}
	}
	return mux
}

// serveSite serves the pages and files of the web app to every client: previews and monitors of links accept anything.
// At other paths a browser, which asks for HTML, gets the app's page for unknown paths, and a program a failure.
func (a *API) serveSite(w http.ResponseWriter, r *http.Request) {
	x, p := exchangeOf(r), r.URL.Path
	if x.reads() && a.serveWellKnown(x, r) {
		return
	}
	isKnown := a.Site != nil && a.HasPage(p) || strings.Contains(strings.Trim(p, "/"), ".")
	asPage := isKnown || strings.Contains(r.Header.Get("Accept"), "text/html")
	if a.Site == nil || !x.reads() || !asPage || forPrograms(p) {
		writeProblem(x, fail.NotFound())
		return
	}
	x.site = true
	a.Site.ServeHTTP(w, r)
}

// resource holds the endpoints of a path by method.
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
	writeProblem(exchangeOf(r), fail.Method(r.Method))
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
