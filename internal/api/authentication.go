package api

import (
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// access says who may call a route.
type access int

const (
	anyone   access = iota // without authentication
	reader                 // every member
	writer                 // every member but guests
	manager                // admins and owners
	operator               // operators, with a token of their own
)

// check rejects members whose role does not allow the access.
func (w access) check(c account.Caller) error {
	switch {
	case w == writer && !c.Role.AtLeast(account.Ordinary),
		w == manager && !c.Role.AtLeast(account.Admin):
		return fail.Forbidden()
	}
	return nil
}

// credential proves the identity of the caller.
type credential struct {
	token  string
	cookie bool // browsers send it with every request, also from other sites: the CSRF check applies
}

// readCredential finds the token or cookie in the request.
func (x *exchange) readCredential() (err error) {
	defer func() {
		if x.web = x.credential.cookie; x.web {
			x.device = x.api.cookie(x.r, deviceCookie)
		}
	}()
	switch op := &x.route.op; {
	case op.cookie != "": // the operation itself looks at the session
		x.cookie = x.api.cookie(x.r, op.cookie)
		x.credential.cookie = true
		return nil
	case x.route.who == anyone:
		return nil
	}
	x.credential, err = x.findCredential()
	return x.orCloseCode(err)
}

func (x *exchange) findCredential() (credential, error) {
	if x.r.Header.Get("Authorization") != "" {
		token, err := bearer(x.r)
		return credential{token: token}, err
	}
	if x.route.op.stream != nil {
		if token := listenerToken(x.r); token != "" {
			if token == x.r.URL.Query().Get("token") && auth.IsProgramToken(token) {
				// It would hold for months, and proxies write addresses to their logs. A program can set a header.
				return credential{}, fail.TokenInAddress()
			}
			return credential{token: token}, nil
		}
	}
	name := sessionCookie
	if x.route.who == operator {
		name = operatorCookie
	}
	if token := x.api.cookie(x.r, name); token != "" {
		return credential{token: token, cookie: true}, nil
	}
	return credential{}, fail.Unauthenticated()
}

// bearer returns the token of the Authorization header.
func bearer(r *http.Request) (string, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", fail.Unauthenticated()
	}
	return token, nil
}

// checkCSRF rejects a request with a cookie that a page of another site sent.
func (x *exchange) checkCSRF() error {
	if !x.credential.cookie {
		return nil
	}
	return x.api.sameOrigin(x.r)
}

// authenticate verifies the caller, and that the route is open to them.
func (x *exchange) authenticate() error {
	switch {
	case x.route.who == anyone || x.unverified != nil:
		return nil
	case x.route.who == operator:
		return x.authenticateOperator()
	}
	return x.orCloseCode(x.authenticateMember())
}

// orCloseCode accepts a WebSocket without a verified caller. The socket reports the error in its close code, because a
// browser hides the answer to a rejected handshake from the page.
func (x *exchange) orCloseCode(err error) error {
	if fail.Is(err, fail.KindUnauthenticated) && x.route.op.stream != nil && websocket.IsWebSocketUpgrade(x.r) {
		x.unverified = err
		return nil
	}
	return err
}

func (x *exchange) authenticateMember() (err error) {
	if x.credential.cookie {
		err = x.authenticateWeb()
	} else {
		x.caller, err = x.api.Auth.Authenticate(x.ctx, x.credential.token)
	}
	if err != nil {
		return err
	}
	x.logged.company, x.logged.user = x.caller.Scope.Company(), x.caller.Actor()
	if x.caller.Grant != nil {
		x.logged.token = x.caller.Grant.ID
	}
	if x.route.check(x.caller) == nil {
		return nil
	}
	// The role comes from a cache, and no transaction will compare it: the session may have ended, or the role changed.
	return x.verifyAgain()
}

// authenticateWeb verifies the session of the web app. It renews the session in the second half of its life, so that
// people who use the app stay signed in.
func (x *exchange) authenticateWeb() error {
	who, renew, err := x.api.Auth.AuthenticateWeb(x.ctx, x.credential.token)
	if err != nil {
		return err
	}
	x.caller = who
	if x.route.op.stream != nil || !renew {
		return nil
	}
	web, err := x.api.Auth.RenewWeb(x.ctx, who)
	if err != nil {
		return err
	}
	x.renewed = x.api.newCookie(sessionCookie, web.Token, web.Expires)
	return nil
}

// authenticateOperator verifies an operator, and lets them enter the company in the path. It is the only way into a
// company without a membership.
func (x *exchange) authenticateOperator() (err error) {
	if x.operator, err = x.api.Auth.AuthenticateOperator(x.ctx, x.credential.token); err != nil {
		return err
	}
	x.logged.user = x.operator.ID
	v := x.r.PathValue("company")
	if v == "" {
		return nil
	}
	id, err := pathID(v)
	if err != nil {
		return err
	}
	x.logged.company = id
	x.caller, err = x.api.Auth.Inside(x.ctx, x.operator, id)
	return err
}

// verifyAgain verifies the caller against the database instead of the cache.
func (x *exchange) verifyAgain() (err error) {
	if x.caller, err = x.api.Auth.Again(x.ctx, x.caller); err != nil {
		return err
	}
	return x.route.check(x.caller)
}

// preferSessionError returns the error to answer instead of err. A body or path may be rejected before any transaction
// has compared the cached caller with the database. A client whose session has ended must learn that first.
func (x *exchange) preferSessionError(err error) error {
	if x.route.who == anyone || x.route.who == operator {
		return err
	}
	// There is no time, or no database, to look.
	if fail.Is(err, fail.KindThrottled) || fail.Is(err, fail.KindUnavailable) {
		return err
	}
	who, gone := x.api.Auth.Again(x.ctx, x.caller)
	if gone == nil {
		gone = x.route.check(who)
	}
	if fail.Is(gone, fail.KindUnauthenticated) || fail.Is(gone, fail.KindForbidden) {
		return gone
	}
	return err
}
