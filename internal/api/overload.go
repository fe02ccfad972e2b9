package api

import (
	"context"
	"crypto/rand"
	"hash/maphash"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// Load shedding rejects requests when there are more than the server can handle. Package limit decides, this file asks
// it.

// errOverloaded is the answer of load shedding.
var errOverloaded = fail.Unavailable(
	"This server has more to do than it can. Try again in a moment.", time.Second)

// shedLoad rejects a request before any work is done for it, not even a line in the log, and reports whether it did.
// Health checks and live connections are exempt; the latter have limits of their own.
func (a *API) shedLoad(w http.ResponseWriter, r *http.Request) bool {
	p := r.URL.Path
	if a.Gate == nil || !strings.HasPrefix(p, "/api/") || a.ungated[strings.TrimSuffix(p, "/")] ||
		a.Gate.Admits(flow(r, a.TrustedProxies)) {
		return false
	}
	id := rand.Text()
	h := w.Header()
	setHeaders(h, id)
	a.cors(h, r)
	h.Set("Retry-After", "1")
	writeFailure(w, id, http.StatusServiceUnavailable, errOverloaded)
	return true
}

// flowSeed differs between processes, so that a client cannot choose to share the flow of another.
var flowSeed = maphash.MakeSeed()

// flow identifies the client, as far as that is possible without verification: by its token or cookie, else by its
// address.
func flow(r *http.Request, trusted []netip.Prefix) uint64 {
	for _, name := range []string{"Authorization", "Cookie"} {
		if v := r.Header[name]; len(v) > 0 {
			return maphash.String(flowSeed, v[0])
		}
	}
	b := limit.ClientAddr(r, trusted).As16()
	return maphash.Bytes(flowSeed, b[:])
}

// enterGate waits until there is room for the request. Live connections are only rejected when the gate is full.
func (x *exchange) enterGate() error {
	gate, op := x.api.Gate, &x.route.op
	switch {
	case gate == nil || op.noLimits:
		return nil
	case op.stream != nil:
		x.shed = gate.Full()
	default:
		x.shed = !gate.Enter(x.r.Context())
	}
	if x.shed {
		return errOverloaded
	}
	if op.stream == nil {
		x.entered = time.Now() //nolint:forbidigo // durations are real time, also in tests
	}
	return nil
}

// leaveGate makes room for the next request, if this one is inside. Durations of heavy requests and of password hashing
// do not count, because they say nothing about the load.
func (x *exchange) leaveGate() {
	if x.entered.IsZero() {
		return
	}
	took := max(time.Since(x.entered), 1) //nolint:forbidigo // as above
	if x.route.op.hashes || x.isHeavy {
		took = 0
	}
	x.entered = time.Time{}
	x.api.Gate.Leave(took)
}

// maxShareWait is how long a heavy request waits for one of its company's shares.
const maxShareWait = 10 * time.Second

// takeShare takes one of the company's shares for a heavy request. The request waits outside the gate, so that a
// company with many of them takes no room from the others.
func (x *exchange) takeShare() error {
	needs := x.route.op.needsShares
	if needs == nil || x.api.Heavy == nil || !needs(x.r) {
		return nil
	}
	x.isHeavy = true
	x.leaveGate()
	ctx, cancel := context.WithTimeout(x.ctx, maxShareWait)
	defer cancel()
	if !x.api.Heavy.Take(ctx, x.caller.Scope.Company()) {
		return fail.Throttled(time.Second)
	}
	x.share = true
	return x.enterGate()
}

// countedBody counts the bytes of a body while they arrive. A client that only announces a large body occupies no
// memory.
type countedBody struct {
	io.Reader
	x *exchange
}

// Read reads, and fails if the memory for all requests is used up.
func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if !b.x.api.Memory.Receive(n) {
		b.x.shed = true
		return 0, errOverloaded
	}
	b.x.received += n
	return n, err
}
