package limit

import (
	"container/list"
	"context"
	"hash/maphash"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"
)

// Payer names the party that a request counts against in the gate: a company, an operator, or the address of a client
// that is not signed in.
type Payer uint64

// The upper bits of a Payer give its type.
const (
	addressBit  = 1 << 63
	operatorBit = 1 << 62
	idBits      = operatorBit - 1
)

// addressSeed differs between processes, so that no client can choose an address that shares the share of another.
var addressSeed = maphash.MakeSeed()

// CompanyPayer returns the payer for the requests of a company's members.
func CompanyPayer(id int64) Payer { return Payer(id) & idBits } //nolint:gosec // G115: ids are positive

// OperatorPayer returns the payer for the requests of an operator.
func OperatorPayer(id int64) Payer { return Payer(id)&idBits | operatorBit } //nolint:gosec // G115: as above

// AddressPayer returns the payer for requests of unknown clients at an address, or an IPv6 /64 network.
func AddressPayer(a netip.Addr) Payer { return Payer(Address(a).hash(addressSeed)) | addressBit }

// Cost holds the time that a request took inside the gate.
type Cost struct {
	Held     time.Duration // all of the time
	Database time.Duration // of it, waited for the database
	Outside  time.Duration // of it, waited for other systems
}

// computed returns the time in which the request may have used a processor.
func (c Cost) computed() time.Duration { return max(c.Held-c.Database-c.Outside, 0) }

// Waits adds up how long a request waited for others. The rooms that wait report it through the context.
type Waits struct{ database, outside atomic.Int64 }

// WaitsKey is the key under which a context has the *Waits of its request.
type WaitsKey struct{}

// WaitedForDatabase reports that the request of ctx waited for the database.
func WaitedForDatabase(ctx context.Context, d time.Duration) {
	if w, ok := ctx.Value(WaitsKey{}).(*Waits); ok {
		w.database.Add(int64(d))
	}
}

// WaitedOutside reports that the request of ctx waited for another system.
func WaitedOutside(ctx context.Context, d time.Duration) {
	if w, ok := ctx.Value(WaitsKey{}).(*Waits); ok {
		w.outside.Add(int64(d))
	}
}

// Cost returns the cost of work that held a place for a while, and starts to count anew.
func (w *Waits) Cost(held time.Duration) Cost {
	return Cost{held, time.Duration(w.database.Swap(0)), time.Duration(w.outside.Swap(0))}
}

// payer is the state of a Payer.
type payer struct {
	inside, waiting int
	most            int           // of inside; 0: no limit of its own
	asked           time.Time     // at the last settle before which a request came or left
	active          bool          // a request came or left since the last settle
	held, computed  time.Duration // of its requests, of late
	takesTurns      time.Time     // until then
}

const (
	settleInterval = 100 * time.Millisecond
	costDecay      = 0.8                  // of each settleInterval: costs count for half a second
	payerMemory    = 2 * time.Second      // for so long after its last request a payer counts as one who asks
	turnsLast      = 2 * time.Second      // after the last sign that a payer computes too much
	busyDelay      = 2 * time.Millisecond // mean delay of probes from which processors are short
	probesInMean   = 16
	maxFreePayers  = 1024

	reservedPart = 4 // one in so many places is reserved for small payers: see Gate
	smallPart    = 8 // a small payer holds at most one in so many places
)

// payer returns the state of a payer.
func (g *Gate) payer(by Payer) *payer {
	p := g.payers[by]
	if p == nil {
		if n := len(g.free); n > 0 {
			p, g.free = g.free[n-1], g.free[:n-1]
			*p = payer{}
		} else {
			p = &payer{}
		}
		g.payers[by] = p
	}
	p.active = true
	return p
}

func (p *payer) charge(c Cost) {
	p.held += c.Held
	p.computed += c.computed()
}

// hasRoom reports whether a request of p may come inside now.
func (g *Gate) hasRoom(p *payer) bool {
	if p.most > 0 && p.inside >= p.most {
		return false
	}
	inside := float64(g.inside)
	return inside < g.limit && (inside < g.limit-g.limit/reservedPart || g.isSmall(p))
}

// Held returns how many places a payer holds. A nil gate counts none.
func (g *Gate) Held(by Payer) int {
	if g == nil {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.payers[by]; p != nil {
		return p.inside
	}
	return 0
}

// isSmall reports whether p holds so few places that the reserve is for it.
func (g *Gate) isSmall(p *payer) bool { return float64(p.inside) < max(g.limit/smallPart, 1) }

// next returns the waiting request to let in: of those that have room, the payer's that has held places for the
// shortest time of late, and of that payer's the first. It returns nil if none has room.
func (g *Gate) next() (best *list.Element) {
	least := time.Duration(0)
	for e := g.queue.Front(); e != nil; e = e.Next() {
		p := e.Value.(*waiter).payer
		if g.hasRoom(p) && (best == nil || p.held < least) {
			best, least = e, p.held
		}
	}
	return best
}

// settle forgets old costs and payers, and decides who takes turns.
func (g *Gate) settle() {
	now := g.now()
	if now.Sub(g.settledAt) < settleInterval {
		return
	}
	g.settledAt = now
	var all time.Duration
	others := 0
	for by, p := range g.payers {
		if p.active || p.inside > 0 || p.waiting > 0 {
			p.asked, p.active = now, false
		}
		p.held = time.Duration(float64(p.held) * costDecay)
		p.computed = time.Duration(float64(p.computed) * costDecay)
		if now.Sub(p.asked) > payerMemory && now.After(p.takesTurns) {
			delete(g.payers, by)
			if len(g.free) < maxFreePayers {
				g.free = append(g.free, p)
			}
			continue
		}
		all += p.computed
		if by&addressBit == 0 || p.computed > 0 { // an address alone may only have signed in as one of the others
			others++
		}
	}
	if others < 2 || g.Turns == nil {
		return
	}
	busy := g.meanDelay > busyDelay
	for by, p := range g.payers {
		tooMuch := busy && p.computed > all/2 && p.computed > lateCost(1)
		if tooMuch || now.Before(p.takesTurns) && g.Turns.waitingOf(by) > 0 {
			p.takesTurns = now.Add(turnsLast)
		}
	}
}

// lateCost returns the computed time that is remembered of a payer that keeps n processors busy all the time.
func lateCost(n float64) time.Duration {
	return time.Duration(n * float64(settleInterval) * costDecay / (1 - costDecay))
}

// TakesTurns reports whether a payer computes too much, so that its requests must take turns.
func (g *Gate) TakesTurns(by Payer) bool {
	if g == nil || g.Turns == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.payers[by]
	return p != nil && g.now().Before(p.takesTurns)
}

// TakeTurn waits for the turn of a payer that computes too much. It returns false if too many wait already, or when ctx
// ends. After true, call Turns.Give.
func (g *Gate) TakeTurn(ctx context.Context, by Payer) bool { return g.Turns.takeTurn(ctx, by) }

// idleProcessors is how many processors Turns leaves to cheap requests; see NewTurns.
const idleProcessors = 1

// NewTurns returns shares for processors: all together use all processors but one, which stays free for cheap requests.
// heavy and queue are as for NewShares, for work that is known to be heavy.
func NewTurns(heavy, queue int) *Shares {
	all := max(1, runtime.GOMAXPROCS(0)-idleProcessors)
	if heavy <= 0 {
		heavy = all
	}
	return NewShares(heavy, all, queue)
}
