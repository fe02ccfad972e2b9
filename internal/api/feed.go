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

// feedQuery has the options of a live feed.
type feedQuery struct {
	since    *int64
	presence bool
	inbox    bool
	token    string
}

// Read reads the query.
func (q *feedQuery) Read(f *form.Form) {
	since := f.Int("since", 0, 1<<62,
		form.Doc("The number of the last event that the client has. It gets every later one, once and in order."))
	if since.Set {
		q.since = &since.V
	}
	q.presence = f.Bool("presence",
		form.Doc("true: also report presence: who connects and leaves, and what they view.")).V
	q.inbox = f.Bool("inbox",
		form.Doc("true: also report changes of the member's inbox, without content. A report may be lost.")).V
	q.token = f.Text("token", form.Blank, form.Doc("The access token of a session, for clients that cannot set a "+
		"header. No token for programs: addresses are in logs.")).V
}

// join checks the origin and reads the options of a live feed.
func (a *API) join(c *call, r *http.Request) (req live.Request, err error) {
	if !a.originAllowed(r) {
		return req, fail.Forbidden()
	}
	var q feedQuery
	if _, err := readQuery(r, &q); err != nil {
		return req, err
	}
	req = live.Request{Who: c.caller, Addr: c.addr, Since: q.since, Presence: q.presence, Inbox: q.inbox}
	// A browser sends it when it reconnects on its own, so it is newer than since.
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return req, fail.Malformed("Last-Event-ID is not the number of an event.")
		}
		req.Since = &n
	}
	return req, nil
}

// listenerToken returns the access token of a client that cannot set a header, such as a browser's WebSocket or
// EventSource.
func listenerToken(r *http.Request) string {
	if token := r.URL.Query().Get("token"); token != "" {
		return token
	}
	if p := websocket.Subprotocols(r); len(p) == 2 && p[0] == bearerProtocol {
		return p[1]
	}
	return ""
}

// bearerProtocol is the subprotocol that precedes the token and that the answer selects.
const bearerProtocol = "bearer"

// originAllowed accepts clients other than browsers, and pages of this installation and of the allowed sites. Any other
// page could open the feed as the person who visits it (cross-site WebSocket hijacking).
func (a *API) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || origin == a.PublicURL || a.fromCORSOrigin(r) {
		return true
	}
	for _, o := range a.AllowedOrigins {
		if o == origin {
			return true
		}
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, a.requestedHost(r))
}

// socket serves the feed over a WebSocket. A caller without a valid token learns it from the close code.
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
		exchangeOf(r).logged.cause = err // the client has gone
	case c.unverified != nil:
		live.Refuse(ws, live.SignedOut)
	default:
		a.Live.Serve(ws, req)
	}
	return nil
}

// stream serves the feed as Server-Sent Events.
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

// presence lists the connected members. It is one page, because they are few and change often.
func (a *API) presence(c *call) (*page.List[live.Presence], error) {
	err := c.caller.Read(c.ctx, func(tx *db.Tx) error { // reads no rows, but compares the caller's rights
		_, err := event.HeadOf(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	here := a.Live.Present(c.caller.Scope.Company())
	return page.After("after", int64(len(here)), here, "", ""), nil
}
