package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// securityTextAge is how long a client may rely on security.txt. RFC 9116, 2.5.5, recommends less than a year.
const securityTextAge = 180 * 24 * time.Hour

// serveWellKnown answers the paths that programs ask of every site, and reports whether the path is one of them. Other
// paths below /.well-known/ do not exist: password managers probe that a site does not answer them with a page.
func (a *API) serveWellKnown(x *exchange, r *http.Request) bool {
	switch path := strings.TrimSuffix(r.URL.Path, "/"); path {
	case "/robots.txt":
		writeText(x, "User-agent: *\nDisallow: /\n")
	case "/favicon.ico":
		http.Redirect(&x.w, r, "/icon.svg", http.StatusFound)
	case "/.well-known/change-password": // W3C, A Well-Known URL for Changing Passwords
		http.Redirect(&x.w, r, "/settings", http.StatusFound)
	case "/.well-known/security.txt":
		expires := a.DB.Now().Std().UTC().Add(securityTextAge).Truncate(24 * time.Hour)
		writeText(x, fmt.Sprintf("Contact: %s\nExpires: %s\nCanonical: %s%s\n",
			a.SecurityContact, expires.Format(time.RFC3339), a.PublicURL, path))
	default:
		if !strings.HasPrefix(path, "/.well-known") {
			return false
		}
		writeProblem(x, fail.NotFound())
	}
	return true
}

func writeText(x *exchange, text string) {
	x.w.Header().Set("Cache-Control", "max-age=3600")
	writeBytes(&x.w, http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}
