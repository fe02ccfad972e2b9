package api

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// The web app's sessions are in cookies. Cookies and access tokens are not interchangeable: a page that learns a token
// cannot make a session of it, and a stolen cookie is no Bearer token. Scripts cannot read the cookies. Against CSRF,
// requests from pages of other sites are rejected (http.CrossOriginProtection), and SameSite keeps browsers from
// sending the cookies with them.

// The cookies' names. Over HTTPS they get the prefix __Host-, which only this host can set.
const (
	sessionCookie  = "taskhouse"
	operatorCookie = "taskhouse-operator"
	deviceCookie   = "taskhouse-device" // says where an account has signed in before; it opens nothing
)

// secure reports whether browsers use only HTTPS for this installation.
func (a *API) secure() bool { return strings.HasPrefix(a.PublicURL, "https://") }

func (a *API) cookieName(name string) string {
	if a.secure() {
		return "__Host-" + name
	}
	return name
}

// cookie returns the session in a cookie of the request, or "". It ignores cookies of CORS requests.
func (a *API) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(a.cookieName(name))
	if err != nil || a.fromCORSOrigin(r) {
		return ""
	}
	return c.Value
}

// newCookie returns a cookie with a session, or one that removes the cookie if the value is empty.
func (a *API) newCookie(name, value string, expires time.Time) *http.Cookie {
	// Over plain HTTP a browser would drop a cookie that is Secure.
	c := &http.Cookie{ //nolint:gosec // G124: see above
		Name: a.cookieName(name), Value: value, Path: "/", Expires: expires,
		HttpOnly: true, Secure: a.secure(), SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge, c.Expires = -1, time.Time{}
	}
	return c
}

// newDeviceCookie returns a cookie with a browser's device tokens. It returns nil for clients without the web app's
// session: they keep no cookies.
func (a *API) newDeviceCookie(c *call, d auth.Device) *http.Cookie {
	if !c.web || d.Value == "" {
		return nil
	}
	return a.newCookie(deviceCookie, d.Value, d.Expires)
}

// sameOrigin rejects a request that may change something and comes from a page of another site (CSRF). Clients other
// than browsers send no origin, and no cookie that another site could abuse.
func (a *API) sameOrigin(r *http.Request) error {
	var p http.CrossOriginProtection
	if a.PublicURL != "" { // behind a proxy the Host may differ
		if err := p.AddTrustedOrigin(a.PublicURL); err != nil {
			return err
		}
	}
	asked := *r
	asked.Host = a.requestedHost(r)
	err := p.Check(&asked)
	if err == nil {
		return nil
	}
	failure := fail.CrossOrigin()
	if origin := r.Header.Get("Origin"); r.Header.Get("Sec-Fetch-Site") == "" && origin != "" && origin != "null" {
		// Only the names could be compared: a proxy may have changed one of them.
		failure.Detail += fmt.Sprintf(" The page is at %s, and the request came for %s. If both are this "+
			"installation, set TASKHOUSE_PUBLIC_URL to the address in the browser.", origin, asked.Host)
		a.hostDiffers.Do(func() {
			a.Log.Warn("a request was rejected as one of another site", "reason", failure.Detail)
		})
	}
	return failure.Because(err)
}

// requestedHost returns the host that the client asked for, as an Origin spells it: without the default port. A trusted
// proxy reports it in X-Forwarded-Host if it sends another Host itself, and a port that it left out in
// X-Forwarded-Port. No page of another site can set these headers: a browser asks before it sends one.
func (a *API) requestedHost(r *http.Request) string {
	host := r.Host
	proxied := limit.ByProxy(r, a.TrustedProxies)
	if proxied {
		host = cmp.Or(firstOf(r, "X-Forwarded-Host"), host)
		if port := firstOf(r, "X-Forwarded-Port"); port != "" && !hasPort(host) {
			host += ":" + port
		}
	}
	scheme, _, found := strings.Cut(r.Header.Get("Origin"), "://")
	if !found {
		scheme = "http"
		if overHTTPS(r, proxied) {
			scheme = "https"
		}
	}
	return strings.TrimSuffix(host, defaultPorts[scheme])
}

// defaultPorts are the ports that an Origin leaves out.
var defaultPorts = map[string]string{"http": ":80", "https": ":443"}

// firstOf returns the first value in a list that proxies extend.
func firstOf(r *http.Request, header string) string {
	first, _, _ := strings.Cut(r.Header.Get(header), ",")
	return strings.TrimSpace(first)
}

func hasPort(host string) bool {
	_, _, err := net.SplitHostPort(host)
	return err == nil
}

// linkBase returns the beginning of links to this installation: PublicURL. If that is not configured, and the client
// asked for another host, the link is relative. The client's host itself is never in a link, because a client may write
// any host there.
func (a *API) linkBase(r *http.Request) string {
	if !a.GuessedURL {
		return a.PublicURL
	}
	if _, home, _ := strings.Cut(a.PublicURL, "://"); strings.EqualFold(home, a.requestedHost(r)) {
		return a.PublicURL
	}
	a.linkDiffers.Do(func() {
		a.Log.Warn("links do not lead to the host that a client asked for: set TASKHOUSE_PUBLIC_URL to the address "+
			"that people enter", "asked", a.requestedHost(r), "links", a.PublicURL)
	})
	return ""
}

// checkCookieURL returns an error if the browser would drop a Secure cookie, because the page is not open by HTTPS.
func (a *API) checkCookieURL(r *http.Request) error {
	origin, err := url.Parse(r.Header.Get("Origin"))
	if !a.secure() || err != nil || origin.Scheme != "http" || isLocal(origin.Hostname()) {
		return nil
	}
	failure := fail.CrossOrigin()
	failure.Detail = fmt.Sprintf("The page is at %s, and this installation at %s (TASKHOUSE_PUBLIC_URL): your browser "+
		"would not keep the session. Open %s.", r.Header.Get("Origin"), a.PublicURL, a.PublicURL)
	a.hostDiffers.Do(func() {
		a.Log.Warn("a sign-in was rejected: the browser would not keep its cookie", "reason", failure.Detail)
	})
	return failure
}

// isLocal reports whether browsers keep Secure cookies of a host without HTTPS.
func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

// signIn opens a session of the web app. The browser's previous session ends, so that no user continues in a session
// that an attacker has planted (session fixation).
func (a *API) signIn(c *call, in auth.Credentials) (out Result[account.MemberView], err error) {
	if err := a.checkCookieURL(c.request()); err != nil {
		return out, err
	}
	in.Agent, in.Device = c.agent, c.device
	web, err := a.Auth.LoginWeb(c.ctx, in, c.addr)
	if err != nil {
		return out, err
	}
	if err := a.endWeb(c, false); err != nil {
		return out, err
	}
	caller, _, err := a.Auth.AuthenticateWeb(c.ctx, web.Token)
	if err != nil {
		return out, err
	}
	out.Cookie = a.newCookie(sessionCookie, web.Token, web.Expires)
	out.Device = a.newDeviceCookie(c, web.Device)
	out.Body, err = a.Accounts.Member(c.ctx, caller, caller.Actor())
	return out, err
}

// signOut ends the session of the web app, and removes the cookie even if the session has already ended.
func (a *API) signOut(c *call, q auth.LogoutQuery) (Result[none], error) {
	return Result[none]{Cookie: a.newCookie(sessionCookie, "", time.Time{})}, a.endWeb(c, q.Everywhere)
}

// endWeb ends the session in the request's cookie if it has not ended yet, or all sessions of its account.
func (a *API) endWeb(c *call, everywhere bool) error {
	if c.cookie == "" {
		return nil
	}
	err := a.Auth.LogoutWeb(c.ctx, c.cookie, everywhere)
	if fail.Is(err, fail.KindUnauthenticated) {
		return nil
	}
	return err
}

// OperatorSession describes an operator's session of the web app.
type OperatorSession struct {
	Username  string  `json:"username"`
	ExpiresAt db.Time `json:"expires_at"`
}

// operatorSignIn opens an operator's session in a cookie.
func (a *API) operatorSignIn(c *call, in auth.OperatorCredentials) (out Result[OperatorSession], err error) {
	if err := a.checkCookieURL(c.request()); err != nil {
		return out, err
	}
	in.Device, in.Agent = c.device, c.agent
	token, err := a.Auth.OperatorLogin(c.ctx, in, c.addr)
	if err != nil {
		return out, err
	}
	op, err := a.Auth.AuthenticateOperator(c.ctx, token.Access)
	if err != nil {
		return out, err
	}
	return Result[OperatorSession]{
		Body:   OperatorSession{op.Username, token.ExpiresAt},
		Cookie: a.newCookie(operatorCookie, token.Access, token.ExpiresAt.Std()),
		Device: a.newDeviceCookie(c, token.Device),
	}, nil
}

// operatorSignOut ends an operator's session, and removes the cookie even if the session has already ended.
func (a *API) operatorSignOut(c *call) (Result[none], error) {
	out := Result[none]{Cookie: a.newCookie(operatorCookie, "", time.Time{})}
	if c.cookie == "" {
		return out, nil
	}
	op, err := a.Auth.AuthenticateOperator(c.ctx, c.cookie)
	if err == nil {
		err = a.Auth.OperatorLogout(c.ctx, op)
	}
	if fail.Is(err, fail.KindUnauthenticated) {
		err = nil
	}
	return out, err
}
