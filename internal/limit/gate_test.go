package limit_test

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
)

const (
	acme   = limit.Payer(1)
	globex = limit.Payer(2)
)

// fill enters until the gate is full: acme takes the most that one payer may have, and others the rest.
func fill(g *limit.Gate) (n int) {
	for ; n < g.Stats().Limit*3/4; n++ {
		g.Enter(context.Background(), acme)
	}
	for ; n < g.Stats().Limit; n++ {
		g.Enter(context.Background(), limit.CompanyPayer(int64(1000+n)))
	}
	return n
}

func TestThreat_R15_GateRefusesSoonWhereTheQueueStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := limit.NewGate(time.Now, nil)
		fill(g)
		// A page that asks for several things at once waits until there is room.
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if !g.Enter(t.Context(), globex) {
					t.Error("refused, though the queue was short and new")
				}
			})
		}
		synctest.Wait()
		time.Sleep(50 * time.Millisecond)
		for range 8 {
			g.Leave(acme, limit.Cost{})
		}
		wg.Wait()
		// A queue that stays is not such a burst.
		stop := make(chan struct{})
		for _, later := range []time.Duration{0, 50 * time.Millisecond} { // there is always a request waiting
			wg.Go(func() {
				time.Sleep(later)
				for {
					select {
					case <-stop:
						return
					default:
						g.Enter(t.Context(), acme)
					}
				}
			})
		}
		time.Sleep(time.Second)
		began := time.Now()
		if g.Enter(t.Context(), acme) {
			t.Error("let in, though full")
		}
		if took := time.Since(began); took > limit.StandingQueueWait {
			t.Errorf("refused after %v; the promise is %v", took, limit.StandingQueueWait)
		}
		close(stop)
		wg.Wait()
		if l := g.Stats(); l.Waiting != 0 || l.Rejected == 0 {
			t.Errorf("%+v", l)
		}
	})
}

func TestGateFollowsTheMachine(t *testing.T) {
	g := limit.NewGate(time.Now, nil)
	before := g.Stats().Limit
	for range 10 {
		g.Resize()
	}
	if l := g.Stats().Limit; l != before {
		t.Errorf("it changed from %d to %d though nobody waited", before, l)
	}
	small := before
	for range 20 { // a full queue on an idle machine
		n := fill(g)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		g.Enter(ctx, acme)
		for i := range n {
			by := acme
			if i >= n*3/4 {
				by = limit.CompanyPayer(int64(1000 + i))
			}
			g.Leave(by, limit.Cost{Held: time.Millisecond})
		}
		g.Resize()
	}
	large := g.Stats().Limit
	if large < 2*small {
		t.Errorf("it grew from %d to %d only", small, large)
	}
	for range 10 { // long computations do not lower the limit
		if g.Enter(t.Context(), acme) {
			g.Leave(acme, limit.Cost{Held: 2 * time.Second})
		}
		g.Resize()
	}
	if l := g.Stats().Limit; l < large {
		t.Errorf("work that computes made it shrink from %d to %d", large, l)
	}
	for range 10 { // a slow database
		if g.Enter(t.Context(), acme) {
			g.Leave(acme, limit.Cost{Held: 2 * time.Second, Database: 2 * time.Second})
		}
		g.Resize()
	}
	if l := g.Stats().Limit; l >= large {
		t.Errorf("slow work left it at %d", l)
	}
}

// flood simulates one window, in which each flow sends a number of requests and goroutines wake up late. It returns the
// number of refusals of each flow.
func flood(g *limit.Gate, c *clock, late time.Duration, often map[uint64]int) map[uint64]int {
	refused := map[uint64]int{}
	g.Probed(late)
	for flow, n := range often {
		for range n {
			if g.Admits(flow) && g.Enter(context.Background(), acme) {
				g.Leave(acme, limit.Cost{Held: time.Millisecond})
			} else {
				refused[flow]++
			}
		}
	}
	g.Resize()
	c.t = c.t.Add(limit.ResizeInterval)
	return refused
}

// Threat R15: the gate refuses a part of the requests until the processors keep up.
func TestThreat_R15_GateFollowsTheProcessors(t *testing.T) {
	c := newClock()
	g := limit.NewGate(c.now, nil)
	many := 40 * runtime.GOMAXPROCS(0)
	load := map[uint64]int{1: many}
	for _, step := range []struct {
		late           time.Duration
		windows        int
		least, largest float64 // refused part of all requests in the last window
	}{
		{time.Millisecond, 10, 0, 0},
		{50 * time.Millisecond, 5, 0, 0}, // a short delay
		{time.Millisecond, 1, 0, 0},
		{50 * time.Millisecond, 8, .95, 1},
		{15 * time.Millisecond, 1, .4, .6},
		{time.Millisecond, 1, 0, 0}, // no delay any more
	} {
		n := 0
		for range step.windows {
			n = flood(g, c, step.late, load)[1]
		}
		if part := float64(n) / float64(many); part < step.least || part > step.largest {
			t.Errorf("%v late for %d windows: %.2f of all were refused, not %.2f to %.2f", step.late, step.windows,
				part, step.least, step.largest)
		}
	}
}

// Flows with few requests get answers soon, even if others keep the processors busy.
func TestGateRefusesNoneOfAFew(t *testing.T) {
	c := newClock()
	g := limit.NewGate(c.now, nil)
	for range 50 {
		if refused := flood(g, c, 100*time.Millisecond, map[uint64]int{1: 16 * runtime.GOMAXPROCS(0)}); refused[1] > 0 {
			t.Fatalf("%d of %d were refused", refused[1], 16*runtime.GOMAXPROCS(0))
		}
	}
}

// Threat R11: the gate refuses the flow that floods.
func TestThreat_R11_GateRefusesWhoFloods(t *testing.T) {
	c := newClock()
	g := limit.NewGate(c.now, nil)
	refused := map[uint64]int{}
	for range 100 {
		for flow, n := range flood(g, c, 40*time.Millisecond, map[uint64]int{1: 100, 2: 1, 3: 2}) {
			refused[flow] += n
		}
	}
	if refused[1] < 5000 || refused[2]+refused[3] > 0 {
		t.Errorf("refused: %v of 10000, 100 and 200", refused)
	}
}

func TestNoGateIsOpen(t *testing.T) {
	var g *limit.Gate
	if !g.Admits(1) || !g.Enter(t.Context(), acme) || !g.Move(t.Context(), acme, globex, 0) || g.TakesTurns(globex) {
		t.Error("closed")
	}
	g.Leave(globex, limit.Cost{})
}

func TestThreat_R11_SharesGoRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limit.NewShares(2, 3, 4)
		var mu sync.Mutex
		var order []int64 // of companies; below zero: refused
		running, most := map[limit.Payer]int{}, map[limit.Payer]int{}
		var wg sync.WaitGroup
		ask := func(company limit.Payer) {
			wg.Go(func() {
				if !s.Take(t.Context(), company) {
					mu.Lock()
					order = append(order, -int64(company))
					mu.Unlock()
					return
				}
				mu.Lock()
				order = append(order, int64(company))
				running[company]++
				most[company] = max(most[company], running[company])
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				running[company]--
				mu.Unlock()
				s.Give(company)
			})
			synctest.Wait()
		}
		for range 10 {
			ask(1) // two run, four wait, four are refused
		}
		ask(2) // runs at once: a company with ten leaves room
		ask(3) // waits for it
		wg.Wait()
		if most[1] != 2 {
			t.Errorf("%d of one company ran at the same time", most[1])
		}
		refused, third := 0, -1
		for i, c := range order {
			if c == -1 {
				refused++
			}
			if c == 3 {
				third = i
			}
		}
		if refused != 4 {
			t.Errorf("%d were refused: %v", refused, order)
		}
		if third > 9 {
			t.Errorf("the third company came last: %v", order)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 2 {
			s.Take(t.Context(), 1)
		}
		if s.Take(ctx, 1) {
			t.Error("a share for whoever has gone")
		}
		s.Give(1)
		s.Give(1)
	})
}

func TestThreat_R3_ConnectionsAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		all, each int
		trusted   []netip.Prefix
		open      int
	}{
		"of all": {all: 3, open: 3}, "of an address": {each: 2, open: 2}, "without a bound": {open: 6},
		"of a trusted proxy": {all: 5, each: 2, trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, open: 5},
	} {
		t.Run(name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			l := limit.NewListener(ln, c.all, c.each, c.trusted)
			taken := make(chan net.Conn, 10)
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Write([]byte("x"))
					taken <- conn
				}
			}()
			t.Cleanup(func() { _ = ln.Close() })
			dial := func() bool {
				conn, err := net.Dial("tcp", ln.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				n, _ := conn.Read(make([]byte, 1))
				return n == 1
			}
			open := 0
			for range 6 {
				if dial() {
					open++
				}
			}
			if open != c.open {
				t.Errorf("%d of 6 are open, not %d", open, c.open)
			}
			one := <-taken
			_ = one.Close()
			_ = one.Close() // leaves only once
			again := 0
			for range 3 {
				if dial() {
					again++
				}
			}
			if c.open < 6 && again != 1 {
				t.Errorf("one was closed, and %d came in", again)
			}
		})
	}
}
