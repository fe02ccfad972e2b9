package limit

import (
	"container/list"
	"context"
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// Gate lets in as much work at the same time as this process can do without a queue that only grows, and refuses the rest at once: who
// is refused soon can go elsewhere, and who is let in is answered in time.
//
// How much that is, it finds out by itself. Every Window it looks at how long goroutines that could run had to wait for a processor,
// which is what an overloaded machine does to everybody, and at how long the work inside took, which tells of a database that does not
// keep up. Either makes it smaller by a fifth; where work had to wait outside and neither was bad, it becomes larger by a tenth. Throughput is
// not its measure: SQLite's shared commits become fewer and larger with more callers, so that slower requests can be more of them.
//
// Who does not fit waits outside in the order of arrival: burst long, as a page asks for ten things at once; but where the queue has not been
// empty for as long as that, it is none that would go away, and nobody waits longer than Patience. (The rule is CoDel's, as Facebook uses it
// for servers: "Fail at Scale", ACM Queue 13/8, 2015.)
type Gate struct {
	now func() time.Time

	mu      sync.Mutex
	limit   float64
	inside  int
	queue   list.List // of *waiter
	empty   time.Time // when the queue was last seen empty
	crowded bool      // somebody had to wait in this window
	ended   int       // works in this window, and what they took
	took    time.Duration

	refused atomic.Int64
}

const (
	// Window is how often a gate's size is thought over.
	Window = 50 * time.Millisecond
	// Patience is how long work waits outside a gate whose queue does not go away.
	Patience = 5 * time.Millisecond
	burst    = 100 * time.Millisecond

	delayed   = 3 * time.Millisecond   // for a processor, of the slowest tenth: too long
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

// NewGate makes one; Run lets it grow and shrink.
func NewGate(now func() time.Time) *Gate {
	return &Gate{now: now, limit: float64(first * runtime.GOMAXPROCS(0)), empty: now()}
}

// Enter lets work in, or says that it has to be refused. Who was let in leaves by Leave. A nil gate is open.
func (g *Gate) Enter(ctx context.Context) bool {
	if g == nil {
		return true
	}
	g.mu.Lock()
	if g.queue.Len() == 0 && float64(g.inside) < g.limit {
		g.inside++
		g.mu.Unlock()
		return true
	}
	g.crowded = true
	now := g.now()
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
	Refused                int64 // since the process began
}

// Look tells how it stands.
func (g *Gate) Look() Look {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Look{int(g.limit), g.inside, g.queue.Len(), g.refused.Load()}
}

// Run sizes the gate until ctx ends.
func (g *Gate) Run(ctx context.Context) {
	t := time.NewTicker(Window)
	defer t.Stop()
	s := &scheduler{}
	s.delay()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			g.Resize(s.delay())
		}
	}
}

// Resize ends a window in which the slowest tenth of those who waited for a processor waited so long.
func (g *Gate) Resize(delay time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	procs := float64(runtime.GOMAXPROCS(0))
	switch {
	case delay > delayed, g.ended > 0 && g.took/time.Duration(g.ended) > slow:
		g.limit = max(g.limit*0.8, smallest*procs)
	case g.crowded:
		g.limit = min(g.limit*1.1, largest)
	}
	g.crowded, g.ended, g.took = g.queue.Len() > 0, 0, 0
	g.admit()
}

// scheduler reads how long goroutines wait for a processor.
type scheduler struct {
	sample [1]metrics.Sample
	before []uint64
}

// delay is the ninth tenth of the waits since the last call.
func (s *scheduler) delay() time.Duration {
	s.sample[0].Name = "/sched/latencies:seconds"
	metrics.Read(s.sample[:])
	if s.sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return 0
	}
	h := s.sample[0].Value.Float64Histogram()
	if len(s.before) != len(h.Counts) {
		s.before = make([]uint64, len(h.Counts))
	}
	var all uint64
	for i, n := range h.Counts {
		all += n - s.before[i]
	}
	seen, at := uint64(0), 0.0
	for i, n := range h.Counts {
		if seen += n - s.before[i]; at == 0 && all > 0 && seen*10 >= all*9 {
			at = h.Buckets[i]
		}
		s.before[i] = n
	}
	if math.IsInf(at, 0) || at < 0 {
		return 0
	}
	return time.Duration(at * float64(time.Second))
}
