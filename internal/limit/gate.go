package limit

import (
	"container/list"
	"context"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Gate sheds load: it rejects some requests early, so that the others get their answers in time instead of waiting in a
// queue that only grows. It combines four mechanisms.
//
// CoDel, for work that waits for the database while the processors are idle. A limited number of requests is inside
// at once; the others wait outside. A queue may last as long as burst, because a page sends ten requests at once. If
// the queue has not been empty for longer than that, it will not go away, and no request of a payer with many waits
// longer than StandingQueueWait. Facebook uses this rule for servers ("Fail at Scale", ACM Queue 13/8, 2015). The
// limit grows by a tenth when a request had to wait, and shrinks by a fifth when the database took long. Work that
// computes never shrinks it, however long it takes: fewer places would only refuse the cheap requests of others. The
// limit does not aim at throughput: with more callers SQLite's shared commits become fewer and larger, so that slower
// requests can mean more of them.
//
// Fair shares by cost. Each place is held in the name of a Payer: a company, or the address of a client who is not
// signed in. The last quarter of the places is for payers with at most an eighth of them, so that one company cannot
// fill the gate. A free place goes to the waiting payer whose requests have held places for the shortest time of
// late. A payer that computes more than all others together, while others ask and processors are short, takes turns
// (Turns) until it asks for less than that.
//
// A self-sent probe, for goroutines that wait for a processor. No counter of ours sees that queue: a request that only
// computes never waits in our code, but is read late, after all that arrived before it. So the gate sends itself a byte
// through a pipe, which is delivered in the same way as requests, and measures the delay; a byte that is overdue counts
// already. Above targetDelay it rejects a part of all requests, and nearly all at delayRamp more, which keeps the queue
// at about that length. A machine that stalled for less than burst rejects nothing.
//
// Approximate fair dropping, to choose which requests to reject. A client that sends less than half the mean of all
// clients loses nothing, one that sends more than the mean loses the full part: the client that floods is the one that
// is rejected.
//
// If the process runs out of memory, the gate rejects everything until there is room again.
type Gate struct {
	// Turns is where the requests of a payer that computes too much wait for each other; nil lets them all in.
	Turns *Shares

	now    func() time.Time
	memory *Memory

	mu          sync.Mutex
	limit       float64 // of requests inside
	inside      int
	queue       list.List     // of *waiter
	emptyAt     time.Time     // when the queue was last seen empty
	crowded     bool          // a request had to wait in this window
	ended       int           // requests that left in this window
	waited      time.Duration // of these for the database
	busy        bool          // a request arrived in this window
	outOfMemory bool          // there is no memory left

	payers    map[Payer]*payer
	free      []*payer // for reuse
	settledAt time.Time

	delay         time.Duration // of the last probe
	meanDelay     time.Duration // of the last probes, weighted
	probeSent     time.Time     // of the probe that has not arrived; zero: there is none
	arrived       int           // requests since it was sent
	arrivedBefore int           // requests during the probe before
	onTimeAt      time.Time     // when a probe was last on time
	owed          float64       // rejections that are due
	flows         [flowCount]float32
	allFlows      float32 // the sum of flows
	activeFlows   int     // the number of flows that are not zero

	rejected atomic.Int64
}

const (
	// ResizeInterval is how often a gate adapts its limit.
	ResizeInterval = 20 * time.Millisecond
	// StandingQueueWait is how long a request waits if the queue does not go away.
	StandingQueueWait = 5 * time.Millisecond
	burst             = 100 * time.Millisecond
	maxQueue          = 256

	slowDatabase     = 500 * time.Millisecond // mean wait for the database from which the limit shrinks
	minLimitPerCPU   = 4
	firstLimitPerCPU = 32
	maxLimit         = 4096

	probeInterval    = 2 * time.Millisecond
	targetDelay      = 5 * time.Millisecond  // of a probe
	delayRamp        = 20 * time.Millisecond // above targetDelay; from there nearly all is rejected
	maxRejectedPart  = 0.98                  // some requests always pass, so that the end of an overload is noticed
	minArrivedPerCPU = 24                    // during a probe; fewer are soon done, however busy the machine
	flowCount        = 1024
	flowDecay        = 0.95 // of each ResizeInterval: a flow is forgotten in a second
)

// waiter is a request outside.
type waiter struct {
	payer *payer
	in    chan struct{}
	at    *list.Element // nil after it was let in
}

// NewGate returns a gate for a process with this memory limit. Run adapts it to the load.
func NewGate(now func() time.Time, memory *Memory) *Gate {
	limit := float64(firstLimitPerCPU * runtime.GOMAXPROCS(0))
	return &Gate{
		now: now, memory: memory, limit: limit, emptyAt: now(), onTimeAt: now(),
		payers: map[Payer]*payer{}, settledAt: now(),
	}
}

// Admits counts a request, and reports whether processors and memory allow it. Call it before any work on the request,
// because rejections take time from the others. flow identifies the client, as far as that is known without
// verification. A nil gate admits everything.
func (g *Gate) Admits(flow uint64) bool {
	if g == nil {
		return true
	}
	g.mu.Lock()
	g.busy = true
	g.arrived++
	rejected := g.outOfMemory || g.sheds(flow, g.now())
	g.mu.Unlock()
	if rejected {
		g.rejected.Add(1)
	}
	return !rejected
}

// Enter waits until there is room inside for an admitted request of a payer. It returns false if the request must be
// rejected. After true, call Leave. A nil gate is open.
func (g *Gate) Enter(ctx context.Context, by Payer) bool {
	if g == nil {
		return true
	}
	g.mu.Lock()
	return g.enter(ctx, g.payer(by))
}

// Move hands a place over to another payer, once it is known who that is. The payer may have at most most places; 0 is
// no limit of its own. If the payer has its share already, Move gives the place back and waits like Enter. After false,
// the request has no place.
func (g *Gate) Move(ctx context.Context, from, to Payer, most int) bool {
	if g == nil || from == to {
		return true
	}
	g.mu.Lock()
	p := g.payer(to)
	p.most = most
	g.leave(g.payer(from))
	if p.waiting == 0 && g.hasRoom(p) {
		g.inside++
		p.inside++
		g.mu.Unlock()
		return true
	}
	g.admit()
	return g.enter(ctx, p)
}

// enter lets a request in or makes it wait. It unlocks the gate.
func (g *Gate) enter(ctx context.Context, p *payer) bool {
	if p.waiting == 0 && g.hasRoom(p) {
		g.inside++
		p.inside++
		g.mu.Unlock()
		return true
	}
	now := g.now()
	g.crowded = true
	if g.queue.Len() == 0 {
		g.emptyAt = now
	}
	maxWait := burst
	if now.Sub(g.emptyAt) > burst && float64(p.inside+p.waiting) >= g.limit/reservedPart {
		maxWait = StandingQueueWait
	}
	if g.queue.Len() >= maxQueue || p.waiting >= maxQueue/2 {
		g.mu.Unlock()
		g.rejected.Add(1)
		return false
	}
	w := &waiter{payer: p, in: make(chan struct{})}
	w.at = g.queue.PushBack(w)
	p.waiting++
	g.mu.Unlock()
	return g.wait(ctx, w, maxWait)
}

func (g *Gate) wait(ctx context.Context, w *waiter, maxWait time.Duration) bool {
	t := time.NewTimer(maxWait)
	defer t.Stop()
	select {
	case <-w.in:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.at == nil { // let in at the same moment
		return true
	}
	g.queue.Remove(w.at)
	w.payer.waiting--
	g.rejected.Add(1)
	return false
}

// Full reports whether there is no memory left. A nil gate is never full.
func (g *Gate) Full() bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.outOfMemory
}

// Leave ends the work of a request that was let in, and charges its cost to the payer. The zero Cost is for work whose
// duration says nothing about the load.
func (g *Gate) Leave(by Payer, cost Cost) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.payer(by)
	g.leave(p)
	if cost != (Cost{}) {
		g.ended++
		g.waited += cost.Database
		p.charge(cost)
	}
	g.admit()
}

func (g *Gate) leave(p *payer) {
	g.inside--
	p.inside--
}

// admit lets waiting requests in while there is room.
func (g *Gate) admit() {
	for g.queue.Len() > 0 && float64(g.inside) < g.limit {
		next := g.next()
		if next == nil {
			break
		}
		w := g.queue.Remove(next).(*waiter)
		w.at = nil
		w.payer.waiting--
		w.payer.inside++
		g.inside++
		close(w.in)
	}
	if g.queue.Len() == 0 {
		g.emptyAt = g.now()
	}
}

// GateStats are a gate's figures for metrics and logs.
type GateStats struct {
	Limit, Inside, Waiting int
	RejectedPart           float64 // of all requests, for lack of processors
	Rejected               int64   // requests since the process began
	OutOfMemory            bool    // everything is rejected
}

// Stats returns the current figures.
func (g *Gate) Stats() GateStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return GateStats{int(g.limit), g.inside, g.queue.Len(), g.rejectedPart(g.now()), g.rejected.Load(), g.outOfMemory}
}

// Run measures the load and adapts the gate until ctx ends.
func (g *Gate) Run(ctx context.Context) {
	r, w, err := os.Pipe()
	if err != nil { // no file descriptors are left; the limit still holds
		return
	}
	defer w.Close()
	heard := make(chan struct{})
	go func() { // ends with w; it learns of a byte in the same way as the reader of a request
		defer close(heard)
		defer r.Close()
		for b := make([]byte, 1); ; {
			if _, err := r.Read(b); err != nil {
				return
			}
			select {
			case heard <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	resized := g.now()
	for interval := probeInterval; ; {
		t := time.NewTimer(interval)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
		g.mu.Lock()
		g.probeSent, g.arrived = g.now(), 0
		g.mu.Unlock()
		if _, err := w.Write([]byte{0}); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-heard:
		}
		now := g.now()
		g.mu.Lock()
		g.probed(now.Sub(g.probeSent), now)
		g.probeSent = time.Time{}
		g.mu.Unlock()
		if now.Sub(resized) < ResizeInterval {
			continue
		}
		resized = now
		full := g.memory.full(now)
		g.mu.Lock()
		g.outOfMemory = full
		interval = probeInterval
		if !g.busy && g.inside == 0 { // an idle process should not keep a processor awake
			interval = ResizeInterval
		}
		g.resize()
		g.mu.Unlock()
	}
}

// Probed records the delay of a probe, as Run does all the time.
func (g *Gate) Probed(delay time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probed(delay, g.now())
}

func (g *Gate) probed(delay time.Duration, now time.Time) {
	g.arrivedBefore, g.arrived = g.arrived, 0
	g.delay = delay
	g.meanDelay += (delay - g.meanDelay) / probesInMean
	if delay <= targetDelay {
		g.onTimeAt = now
	}
}

// rejectedPart returns the part of all requests to reject, for lack of processors.
func (g *Gate) rejectedPart(now time.Time) float64 {
	delay := g.delay
	if !g.probeSent.IsZero() {
		delay = max(delay, now.Sub(g.probeSent))
	}
	if delay <= targetDelay || now.Sub(g.onTimeAt) <= burst {
		return 0
	}
	return min(float64(delay-targetDelay)/float64(delayRamp), maxRejectedPart)
}

// sheds counts a request of a flow, and reports whether to reject it for lack of processors.
func (g *Gate) sheds(flow uint64, now time.Time) bool {
	f := &g.flows[flow%flowCount]
	if *f == 0 {
		g.activeFlows++
	}
	*f++
	g.allFlows++
	part := g.rejectedPart(now)
	if part == 0 || max(g.arrived, g.arrivedBefore) < minArrivedPerCPU*runtime.GOMAXPROCS(0) {
		g.owed = 0
		return false
	}
	mean := g.allFlows / float32(max(g.activeFlows, 1))
	weight := min(max(2*(*f/mean)-1, 0), 1)
	g.owed += part * float64(weight)
	if g.owed < 1 || weight == 0 {
		return false
	}
	g.owed--
	return true
}

// Resize adapts the limit, as Run does all the time.
func (g *Gate) Resize() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.resize()
}

func (g *Gate) resize() {
	switch {
	case g.ended > 0 && g.waited/time.Duration(g.ended) > slowDatabase:
		g.limit = max(g.limit*0.8, float64(minLimitPerCPU*runtime.GOMAXPROCS(0)))
	case g.crowded && g.delay <= targetDelay:
		g.limit = min(g.limit*1.1, maxLimit)
	}
	g.crowded, g.ended, g.waited, g.busy = g.queue.Len() > 0, 0, 0, false
	g.allFlows, g.activeFlows = 0, 0
	for i := range g.flows {
		g.flows[i] *= flowDecay
		if g.flows[i] < 0.1 {
			g.flows[i] = 0
			continue
		}
		g.allFlows += g.flows[i]
		g.activeFlows++
	}
	g.settle()
	g.admit()
}
