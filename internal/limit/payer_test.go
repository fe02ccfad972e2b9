package limit_test

import (
	"context"
	"net/netip"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
)

// Threat R20: one company cannot fill the gate, however long its requests take.
func TestThreat_R20_NoCompanyFillsTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := limit.NewGate(time.Now, nil)
		size := g.Stats().Limit
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range 2 * size { // and none of them ends
			go g.Enter(ctx, acme)
		}
		synctest.Wait()
		if in := g.Stats().Inside; in != size*3/4 {
			t.Errorf("%d of %d places are taken", in, size)
		}
		time.Sleep(time.Second) // the queue stands
		for i := range size / 8 {
			if began := time.Now(); !g.Enter(ctx, globex) || time.Since(began) > 0 {
				t.Fatalf("the other company's request %d was refused or waited", i)
			}
		}
		// A place is handed over only if the new payer has room for it.
		client := limit.AddressPayer(netip.MustParseAddr("192.0.2.1"))
		if !g.Enter(ctx, client) || g.Move(ctx, client, acme, 0) {
			t.Error("by way of an address the company gets more than its share")
		}
		if !g.Enter(ctx, client) || !g.Move(ctx, client, limit.CompanyPayer(3), 0) {
			t.Error("a third company got no place")
		}
		if in := g.Stats().Inside; in != size*3/4+size/8+1 {
			t.Errorf("%d are inside", in)
		}
		cancel()
		synctest.Wait()
	})
}

// Threat R20: a free place goes to the company whose requests took least time.
func TestThreat_R20_PlacesGoByCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := limit.NewGate(time.Now, nil)
		costly, cheap := limit.CompanyPayer(3), limit.CompanyPayer(4)
		for range 10 {
			for by, held := range map[limit.Payer]time.Duration{costly: time.Second, cheap: time.Millisecond} {
				g.Enter(t.Context(), by)
				g.Leave(by, limit.Cost{Held: held})
			}
		}
		fill(g)
		order := make(chan limit.Payer, 4)
		for _, by := range []limit.Payer{costly, costly, cheap, cheap} {
			go func() {
				if g.Enter(t.Context(), by) {
					order <- by
				}
			}()
			synctest.Wait()
		}
		for i, want := range []limit.Payer{cheap, cheap, costly, costly} {
			g.Leave(acme, limit.Cost{})
			if got := <-order; got != want {
				t.Fatalf("place %d went to %d", i, got)
			}
		}
	})
}

// compute simulates a second, in which each payer uses a number of seconds of processors and goroutines wake up late.
func compute(g *limit.Gate, c *clock, late time.Duration, computed map[limit.Payer]time.Duration) {
	const windows = 50
	for range windows {
		for by, d := range computed {
			if g.Enter(context.Background(), by) {
				g.Leave(by, limit.Cost{Held: d/windows + time.Second, Database: time.Second})
			}
		}
		g.Probed(late)
		c.t = c.t.Add(time.Second / windows)
		g.Resize()
	}
}

// Threat R20: a company that computes more than all others takes turns, while others ask and processors are short.
func TestThreat_R20_WhoComputesMostTakesTurns(t *testing.T) {
	const late, onTime = 10 * time.Millisecond, 500 * time.Microsecond
	for name, c := range map[string]struct {
		delay        time.Duration
		acme, globex time.Duration // computed in a second
		want         bool
	}{
		"costly beside others": {late, 10 * time.Second, time.Millisecond, true},
		"alone":                {late, 10 * time.Second, -1, false},
		"on an idle machine":   {onTime, 10 * time.Second, time.Millisecond, false},
		"as much as another":   {late, 10 * time.Second, 10 * time.Second, false},
		"waits for others":     {late, time.Millisecond, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			k := newClock()
			g := limit.NewGate(k.now, nil)
			g.Turns = limit.NewTurns(2, 8)
			load := map[limit.Payer]time.Duration{acme: c.acme}
			if c.globex >= 0 {
				load[globex] = c.globex
			}
			compute(g, k, c.delay, load)
			if got := g.TakesTurns(acme); got != c.want {
				t.Errorf("takes turns: %v", got)
			}
			if g.TakesTurns(globex) {
				t.Error("the other company takes turns")
			}
			for range 4 {
				compute(g, k, onTime, map[limit.Payer]time.Duration{globex: time.Millisecond})
			}
			if g.TakesTurns(acme) {
				t.Error("it still takes turns when it is over")
			}
		})
	}
}

// A company goes on taking turns while its requests queue for them: they no longer make processors short.
func TestTurnsLastWhileRequestsWaitForThem(t *testing.T) {
	k := newClock()
	g := limit.NewGate(k.now, nil)
	g.Turns = limit.NewTurns(2, 8)
	compute(g, k, 10*time.Millisecond, map[limit.Payer]time.Duration{acme: 10 * time.Second, globex: time.Millisecond})
	for range max(1, runtime.GOMAXPROCS(0)-1) {
		if !g.TakeTurn(t.Context(), acme) {
			t.Fatal("no turn")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.TakeTurn(ctx, acme)
	}()
	for _, waiting := g.Turns.Stats(); waiting == 0; _, waiting = g.Turns.Stats() {
		runtime.Gosched()
	}
	for range 5 {
		compute(g, k, 0, map[limit.Payer]time.Duration{globex: time.Millisecond})
	}
	if !g.TakesTurns(acme) {
		t.Error("it takes no turns any longer, though a request waits for one")
	}
	cancel()
	<-done
}
