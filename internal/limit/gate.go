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

// Gate keeps a process from having a queue that only grows: who is refused soon can go elsewhere, and who is let in is answered in time.
// It looks at two queues, and at the memory that the process may have: at its end everybody is refused until there is room again.
//
// One is of work that waits for the database while the processors have time: so much is inside at once, and the rest waits outside
// in the order of arrival. That is burst long, as a page asks for ten things at once; but where the queue has not been empty for as long
// as that, it is none that would go away, and nobody waits longer than Patience (CoDel's rule as Facebook uses it for servers: "Fail at
// Scale", ACM Queue 13/8, 2015). How much is inside grows by a tenth where somebody had to wait, and shrinks by a fifth where work took
// long. Throughput is not its measure: SQLite's shared commits become fewer and larger with more callers, so that slower requests
// can be more of them.
//
// The other is of goroutines that wait for a processor. It stands before any counter of ours: a request that only computes is never seen
// waiting, it is read late, after all that came before it. So the gate sends itself a byte through a pipe, which comes by the same way as the
// requests do, and looks how long it takes; while it has not come, that is known without it. Above target a part of all requests is refused, and nearly all where it is ramp longer, so that the queue
// stays about so long. A machine that was held up for a moment only, shorter than burst, refuses nobody. Who asks less than half
// as often as the mean of all callers loses nothing by that, and who asks more often loses all of it (approximate fair dropping): the one
// that floods is the one that is refused.
type Gate struct {
	now    func() time.Time
	memory *Memory

	mu      sync.Mutex
	limit   float64
	inside  int
	queue   list.List // of *waiter
	empty   time.Time // when the queue was last seen empty
	crowded bool      // somebody had to wait in this window
	ended   int       // works in this window, and what they took
	took    time.Duration

	late   time.Duration // was Run's last byte
	due    time.Time     // when the one that has not come was sent; zero: there is none
	came   int           // requests since it was sent
	before int           // requests that came before the last one
	calm   time.Time     // when it was last in time
	owed   float64       // refusals that are due
	busy   bool          // somebody came since the last window
	flows  [flowCount]float32
	all    float32 // of flows
	active int     // how many of them are not zero
	full   bool    // there is no memory left

	refused atomic.Int64
}

const (
	// Window is how often a gate's size is thought over.
	Window = 20 * time.Millisecond
	// Patience is how long work waits outside a gate whose queue does not go away.
	Patience = 5 * time.Millisecond
	burst    = 100 * time.Millisecond

	target    = 5 * time.Millisecond  // for a processor
	ramp      = 20 * time.Millisecond // above target: by then nearly all is refused
	probe     = 2 * time.Millisecond  // how often that is looked at
	most      = 0.98                  // of part: some always come through, so that it is noticed when it is over
	crowd     = 24                    // requests for each processor before a byte: fewer are answered soon, whatever else keeps the machine busy
	flowCount = 1024
	slow      = 500 * time.Millisecond // of the work inside, on average: too long
	smallest  = 4                      // for each processor
	first     = 32                     // for each processor
	largest   = 4096
	mostQueue = 256
)

// waiter is somebody outside.
type waiter struct {
	in chan struct{}
	at *list.Element // nil when it has been let in
}

// NewGate makes one, of a process that may have so much memory; Run lets it grow and shrink.
func NewGate(now func() time.Time, memory *Memory) *Gate {
	return &Gate{now: now, memory: memory, limit: float64(first * runtime.GOMAXPROCS(0)), empty: now(), calm: now()}
}

// Admits counts a request, and says whether it can be looked at or has to be refused for want of processors or memory. It is asked before anything
// is done for the request: what a refusal costs is taken from those who are answered. flow stands for whoever asks, as far as that is known without
// asking anybody. A nil gate is open.
func (g *Gate) Admits(flow uint64) bool {
	if g == nil {
		return true
	}
	g.mu.Lock()
	g.busy = true
	g.came++
	refused := g.full || g.sheds(flow, g.now())
	g.mu.Unlock()
	if refused {
		g.refused.Add(1)
	}
	return !refused
}

// Enter lets the work of an admitted request in when there is room for it, or says that it has to be refused. Who was let in leaves by Leave. A
// nil gate is open.
func (g *Gate) Enter(ctx context.Context) bool {
	if g == nil {
		return true
	}
	g.mu.Lock()
	now := g.now()
	if g.queue.Len() == 0 && float64(g.inside) < g.limit {
		g.inside++
		g.mu.Unlock()
		return true
	}
	g.crowded = true
	if g.queue.Len() == 0 {
		g.empty = now
	}
	patience := burst
	if now.Sub(g.empty) > burst {
		patience = Patience
	}
	if g.queue.Len() >= mostQueue {
		g.mu.Unlock()
		g.refused.Add(1)
		return false
	}
	w := &waiter{in: make(chan struct{})}
	w.at = g.queue.PushBack(w)
	g.mu.Unlock()
	return g.wait(ctx, w, patience)
}

func (g *Gate) wait(ctx context.Context, w *waiter, patience time.Duration) bool {
	t := time.NewTimer(patience)
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
	g.refused.Add(1)
	return false
}

// Full reports whether there is no memory left. A nil gate does not look.
func (g *Gate) Full() bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.full
}

// Leave ends work that was let in. took counts for the gate's size; 0 is work whose time says nothing of the machine.
func (g *Gate) Leave(took time.Duration) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if took > 0 {
		g.ended++
		g.took += took
	}
	g.admit()
}

// admit lets those in for whom there is room.
func (g *Gate) admit() {
	for g.queue.Len() > 0 && float64(g.inside) < g.limit {
		w := g.queue.Remove(g.queue.Front()).(*waiter)
		w.at = nil
		g.inside++
		close(w.in)
	}
	if g.queue.Len() == 0 {
		g.empty = g.now()
	}
}

// Look are a gate's figures.
type Look struct {
	Limit, Inside, Waiting int
	Part                   float64 // of the requests that is refused for want of processors
	Refused                int64   // since the process began
	Full                   bool    // everything is refused for want of memory
}

// Look tells how it stands.
func (g *Gate) Look() Look {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Look{int(g.limit), g.inside, g.queue.Len(), g.part(g.now()), g.refused.Load(), g.full}
}

// Run looks at the machine and sizes the gate, until ctx ends.
func (g *Gate) Run(ctx context.Context) {
	r, w, err := os.Pipe()
	if err != nil { // no descriptors are left: what is inside is bounded all the same
		return
	}
	defer w.Close()
	heard := make(chan struct{})
	go func() { // it ends with w, and hears of a byte as a request's reader does
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
	window := g.now()
	for every := probe; ; {
		t := time.NewTimer(every)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
		g.mu.Lock()
		g.due, g.came = g.now(), 0
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
		g.woke(now.Sub(g.due), now)
		g.due = time.Time{}
		g.mu.Unlock()
		if now.Sub(window) < Window {
			continue
		}
		window = now
		full := g.memory.full(now)
		g.mu.Lock()
		g.full = full
		if every = probe; !g.busy && g.inside == 0 { // nobody is here: the processors may sleep
			every = Window
		}
		g.resize()
		g.mu.Unlock()
	}
}

// Woke says how late a byte came; Run does it all the time.
func (g *Gate) Woke(late time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.woke(late, g.now())
}

func (g *Gate) woke(late time.Duration, now time.Time) {
	g.before, g.came = g.came, 0
	if g.late = late; late <= target {
		g.calm = now
	}
}

// part is how much of what comes is refused.
func (g *Gate) part(now time.Time) float64 {
	late := g.late
	if !g.due.IsZero() {
		late = max(late, now.Sub(g.due))
	}
	if late <= target || now.Sub(g.calm) <= burst {
		return 0
	}
	return min(float64(late-target)/float64(ramp), most)
}

// sheds counts a request of a flow, and says whether it is one too many for the processors.
func (g *Gate) sheds(flow uint64, now time.Time) bool {
	f := &g.flows[flow%flowCount]
	if *f == 0 {
		g.active++
	}
	*f++
	g.all++
	part := g.part(now)
	if part == 0 || max(g.came, g.before) < crowd*runtime.GOMAXPROCS(0) {
		g.owed = 0
		return false
	}
	mean := g.all / float32(max(g.active, 1))
	weight := min(max(2*(*f/mean)-1, 0), 1)
	g.owed += part * float64(weight)
	if g.owed < 1 || weight == 0 {
		return false
	}
	g.owed--
	return true
}

// Resize ends a window.
func (g *Gate) Resize() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.resize()
}

func (g *Gate) resize() {
	switch {
	case g.ended > 0 && g.took/time.Duration(g.ended) > slow:
		g.limit = max(g.limit*0.8, float64(smallest*runtime.GOMAXPROCS(0)))
	case g.crowded && g.late <= target:
		g.limit = min(g.limit*1.1, largest)
	}
	g.crowded, g.ended, g.took, g.busy = g.queue.Len() > 0, 0, 0, false
	g.all, g.active = 0, 0
	for i := range g.flows {
		if g.flows[i] *= 0.95; g.flows[i] < 0.1 { // forgets in a second
			g.flows[i] = 0
			continue
		}
		g.all += g.flows[i]
		g.active++
	}
	g.admit()
}
