package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// Sessions in cookies, for the web app. A cookie is no token of the API: each opens its own door alone, so a page that learned a
// token by mistake cannot make a session of it, and a stolen cookie is no Bearer. Scripts never see it. What changes something is
// refused where a page of another site sent it (http.CrossOriginProtection); SameSite says the same to the browser.

// sessionCookie and operatorCookie are the cookies' names; over HTTPS they get the prefix __Host-, which only this host can set.
const (
	sessionCookie  = "taskhouse"
	operatorCookie = "taskhouse-operator"
)

// secure reports whether browsers reach this installation over HTTPS alone.
func (a *API) secure() bool { return strings.HasPrefix(a.PublicURL, "https://") }

func (a *API) cookieName(name string) string {
	if a.secure() {
		return "__Host-" + name
	}
	return name
}

// cookie is the session that a request carries in one, or "".
func (a *API) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(a.cookieName(name))
	if err != nil || a.fromElsewhere(r) {
		return ""
	}
	return c.Value
}

// newCookie gives a session to the browser until it expires; with "" it takes it away.
func (a *API) newCookie(name, value string, expires time.Time) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // G124: Secure unless the installation is reached over plain HTTP, where the browser would drop it
		Name: a.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: a.secure(), SameSite: http.SameSiteLaxMode, Expires: expires,
	}
	if value == "" {
		c.MaxAge, c.Expires = -1, time.Time{}
	}
	return c
}

// sameOrigin refuses what a page of another site sent, where it would change something. A client that is no browser says nothing of
// where it is, and has no cookie that somebody else could use.
func (a *API) sameOrigin(r *http.Request) error {
	var p http.CrossOriginProtection
	if a.PublicURL != "" { // behind a proxy the Host may be another
		if err := p.AddTrustedOrigin(a.PublicURL); err != nil {
			return err
		}
	}
	if err := p.Check(r); err != nil {
		return fail.CrossOrigin().Because(err)
	}
	return nil
}

// admitCookie verifies the web app's member. Past half of its life a session is renewed, so that who works does not have to sign in.
func (e *endpoint) admitCookie(c *call, r *http.Request, token string) (err error) {
	if err := e.api.sameOrigin(r); err != nil {
		return err
	}
	var expires time.Time
	if c.who, expires, err = e.api.Auth.AuthenticateWeb(c.ctx, token); err != nil {
		return err
	}
	if e.route.op.stream != nil || !e.api.Auth.RenewalDue(expires) {
		return nil
	}
	web, err := e.api.Auth.RenewWeb(c.ctx, c.who)
	if err != nil {
		return err
	}
	c.give = e.api.newCookie(sessionCookie, web.Token, web.Expires)
	return nil
}

// signIn opens a session of the web app. The one that the browser had ends: nobody goes on in a session that was planted.
func (a *API) signIn(c *call, in auth.Credentials) (u account.MemberView, err error) {
	in.Agent = c.agent
	web, err := a.Auth.LoginWeb(c.ctx, in, c.addr)
	if err != nil {
		return u, err
	}
	if err := a.endWeb(c); err != nil {
		return u, err
	}
	who, _, err := a.Auth.AuthenticateWeb(c.ctx, web.Token)
	if err != nil {
		return u, err
	}
	c.give = a.newCookie(sessionCookie, web.Token, web.Expires)
	return a.Accounts.Member(c.ctx, who, who.Actor())
}

// signOut ends the session of the web app, and takes the cookie away in any case.
func (a *API) signOut(c *call) (none, error) {
	c.give = a.newCookie(sessionCookie, "", time.Time{})
	return none{}, a.endWeb(c)
}

// endWeb ends the session that the request carried, if it holds.
func (a *API) endWeb(c *call) error {
	if c.cookie == "" {
		return nil
	}
	err := a.Auth.LogoutWeb(c.ctx, c.cookie)
	if fail.Is(err, fail.KindUnauthenticated) {
		return nil
	}
	return err
}

// OperatorSession is who is signed in as an operator, and until when.
type OperatorSession struct {
	Username  string  `json:"username"`
	ExpiresAt db.Time `json:"expires_at"`
}

// operatorSignIn opens an operator's session in a cookie.
func (a *API) operatorSignIn(c *call, in auth.OperatorCredentials) (s OperatorSession, err error) {
	token, err := a.Auth.OperatorLogin(c.ctx, in, c.addr)
	if err != nil {
		return s, err
	}
	op, err := a.Auth.AuthenticateOperator(c.ctx, token.Access)
	if err != nil {
		return s, err
	}
	c.give = a.newCookie(operatorCookie, token.Access, token.ExpiresAt.Std())
	return OperatorSession{op.Username, token.ExpiresAt}, nil
}

// operatorSignOut ends an operator's session, and takes the cookie away in any case.
func (a *API) operatorSignOut(c *call) (none, error) {
	c.give = a.newCookie(operatorCookie, "", time.Time{})
	if c.cookie == "" {
		return none{}, nil
	}
	op, err := a.Auth.AuthenticateOperator(c.ctx, c.cookie)
	if err == nil {
		err = a.Auth.OperatorLogout(c.ctx, op)
	}
	if fail.Is(err, fail.KindUnauthenticated) {
		err = nil
	}
	return none{}, err
}
