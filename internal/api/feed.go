package api

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/page"
)

// feedQuery is how a client joins the feed.
type feedQuery struct {
	since    *int64
	presence bool
	inbox    bool
	token    string
}

// Read reads the query.
func (q *feedQuery) Read(f *form.Form) {
	if n := f.Int("since", 0, 1<<62, form.Doc("The number of the last event that the client has: it gets every later one, once and in order.")); n.Set {
		q.since = &n.V
	}
	q.presence = f.Bool("presence", form.Doc("true: also told who connects and leaves, and what they look at.")).V
	q.inbox = f.Bool("inbox", form.Doc("true: also told when the member's inbox has changed; a message without content, and one may be lost.")).V
	q.token = f.Text("token", form.Blank, form.Doc("The access token, where a client cannot set a header.")).V
}

// join reads how a verified caller joins.
func (a *API) join(c *call, r *http.Request) (req live.Request, err error) {
	if !a.originAllowed(r) {
		return req, fail.Forbidden()
	}
	values, err := parameters(r)
	if err != nil {
		return req, err
	}
	f := form.Query(values)
	var q feedQuery
	q.Read(f)
	f.Strict()
	if err := f.Err(); err != nil {
		return req, err
	}
	req = live.Request{Who: c.who, Addr: c.addr, Since: q.since, Presence: q.presence, Inbox: q.inbox}
	if last := r.Header.Get("Last-Event-ID"); last != "" { // of a browser that comes back by itself, so it is the newer one
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return req, fail.Malformed("Last-Event-ID is not the number of an event.")
		}
		req.Since = &n
	}
	return req, nil
}

// listenerToken is the access token of who cannot set a header: a browser's WebSocket or EventSource.
func listenerToken(r *http.Request) (string, error) {
	if token := r.URL.Query().Get("token"); token != "" {
		return token, nil
	}
	if p := websocket.Subprotocols(r); len(p) == 2 && p[0] == bearerProtocol {
		return p[1], nil
	}
	return "", fail.Unauthenticated()
}

// bearerProtocol is the subprotocol beside which the token stands, and which is answered.
const bearerProtocol = "bearer"

// originAllowed lets in who is no browser, and pages of this installation and of the sites that are allowed: a page elsewhere could
// open the feed in the name of whoever looks at it.
func (a *API) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || origin == a.PublicURL || a.fromElsewhere(r) {
		return true
	}
	for _, o := range a.AllowedOrigins {
		if o == origin {
			return true
		}
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// socket opens the feed as a WebSocket. Who may not have it is told by a close code.
func (a *API) socket(c *call, w http.ResponseWriter, r *http.Request) error {
	if !websocket.IsWebSocketUpgrade(r) {
		return fail.Malformed("This path speaks WebSocket: ask with Upgrade: websocket, or read /api/events/stream/.")
	}
	req, err := a.join(c, r)
	if err != nil {
		return err
	}
	protocol := ""
	if p := websocket.Subprotocols(r); len(p) > 0 && p[0] == bearerProtocol {
		protocol = bearerProtocol
	}
	ws, err := live.Upgrade(w, r, protocol)
	var bad websocket.HandshakeError
	switch {
	case errors.As(err, &bad):
		return fail.Malformed("%s.", strings.TrimPrefix(bad.Error(), "websocket: "))
	case err != nil:
		note(r).cause = err // the client has gone
	case c.unverified != nil:
		live.Refuse(ws, live.SignedOut)
	default:
		a.Live.Serve(ws, req)
	}
	return nil
}

// stream is the feed as Server-Sent Events.
func (a *API) stream(c *call, w http.ResponseWriter, r *http.Request) error {
	if c.unverified != nil {
		return c.unverified
	}
	req, err := a.join(c, r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return nil
	}
	return a.Live.Stream(w, r, req)
}

// presence is who is here: all of them at once, because they are few and come and go.
func (a *API) presence(c *call) (*page.List[live.Presence], error) {
	err := c.who.Read(c.ctx, func(tx *db.Tx) error { // nothing is read of the rows, but the caller's rights are compared
		_, err := event.HeadOf(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	here := a.Live.Present(c.who.Scope.Company())
	return page.After("after", int64(len(here)), here, "", ""), nil
}
