package api

import (
	"context"
	"crypto/rand"
	"errors"
	"hash/maphash"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
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

// enterGate waits until there is room for the request. The address of the client pays for the place until the caller is
// known. Live connections are only rejected when the gate is full.
func (x *exchange) enterGate() error {
	gate, op := x.api.Gate, &x.route.op
	switch {
	case gate == nil || op.noLimits:
		return nil
	case op.stream != nil:
		x.shed = gate.Full()
	default:
		if x.payer == 0 {
			x.payer = limit.AddressPayer(x.addr)
		}
		x.shed = !gate.Enter(x.ctx, x.payer)
	}
	if x.shed {
		return errOverloaded
	}
	if op.stream == nil {
		x.entered = time.Now() //nolint:forbidigo // durations are real time, also in tests
	}
	return nil
}

// leaveGate makes room for the next request, if this one is inside. The cost of heavy requests and of password hashing
// does not count, because these have queues of their own.
func (x *exchange) leaveGate() {
	if x.entered.IsZero() {
		return
	}
	cost := x.waits.Cost(max(time.Since(x.entered), 1)) //nolint:forbidigo // as above
	if x.route.op.hashes || x.isHeavy {
		cost = limit.Cost{}
	}
	x.entered = time.Time{}
	x.api.Gate.Leave(x.payer, cost)
}

// maxShareWait is how long a request waits for its turn or for one of its company's shares.
const maxShareWait = 10 * time.Second

// payShare lets the company or operator pay for the place instead of the address. A request that hashes a password
// leaves the gate: three hundred people who sign in at once would fill it. Otherwise payShare takes a share for a heavy
// request, or waits for a turn if the company computes too much. The request waits outside the gate, so that a company
// with many of them takes no room from the others.
func (x *exchange) payShare() error {
	if err := x.changePayer(); err != nil {
		return err
	}
	op := &x.route.op
	if op.hashes { // it waits in the queue of the hasher, outside the gate
		x.leaveGate()
		return nil
	}
	x.isHeavy = op.needsShares != nil && x.api.Heavy != nil && op.needsShares(x.r)
	take := x.takeShare()
	if take == nil {
		return nil
	}
	x.leaveGate()
	ctx, cancel := context.WithTimeout(x.ctx, maxShareWait)
	defer cancel()
	if !take(ctx, x.payer) {
		return fail.Throttled(time.Second)
	}
	x.shares = x.api.Heavy
	if !x.isHeavy {
		x.shares = x.api.Gate.Turns
	}
	return x.enterGate()
}

// changePayer hands the place over to the company or operator that the request turned out to be from.
func (x *exchange) changePayer() error {
	from, most := x.payer, int64(0)
	switch {
	case x.route.who == anyone || x.unverified != nil:
		return nil
	case x.route.who == operator:
		x.payer = limit.OperatorPayer(x.operator.ID)
	default:
		x.payer = limit.CompanyPayer(x.caller.Scope.Company())
	}
	if x.entered.IsZero() {
		return nil
	}
	if x.route.who != operator {
		var err error
		if most, err = x.api.Accounts.MaxRequests(x.ctx, x.caller); err != nil && !errors.Is(err, db.ErrStale) {
			return err
		}
	}
	if !x.api.Gate.Move(x.ctx, from, x.payer, int(most)) {
		x.entered, x.shed = time.Time{}, true
		if most > 0 && int64(x.api.Gate.Held(x.payer)) >= most {
			return fail.OverBudget("requests")
		}
		return errOverloaded
	}
	return nil
}

// takeShare returns how the request gets its turn or share, or nil if it needs none.
func (x *exchange) takeShare() func(context.Context, limit.Payer) bool {
	switch gate, heavy := x.api.Gate, x.api.Heavy; {
	case x.isHeavy:
		return heavy.Take
	case x.route.op.stream == nil && !x.route.op.hashes && gate.TakesTurns(x.payer):
		return gate.TakeTurn
	}
	return nil
}

// countedBody counts the bytes of a body while they arrive. A client that only announces a large body occupies no
// memory.
type countedBody struct {
	io.Reader
	x *exchange
}

// Read reads, and fails if the memory for the bodies of the address or of all requests is used up.
func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if e := b.x.count(n); e != nil {
		b.x.shed = true
		return 0, e
	}
	return n, err
}

// count counts n bytes of the body against the bounds of memory.
func (x *exchange) count(n int) error {
	switch x.api.Bodies.Take(x.addr, n) {
	case limit.AddressBound:
		return fail.Throttled(time.Second)
	case limit.TotalBound:
		return errOverloaded
	case limit.NoBound:
	}
	if !x.api.Memory.Receive(n) {
		x.api.Bodies.Give(x.addr, n)
		return errOverloaded
	}
	x.received += n
	return nil
}
