package limit_test

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/fault"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func minute(n int) limit.Rate { return limit.Rate{Burst: n, Per: time.Minute} }

// The header names the limit with the fewest remaining requests. A limit that refuses goes before all others.
func TestThreat_A17_RatesOfAddressTokenUserAndCompany(t *testing.T) {
	c := newClock()
	r := limit.NewRates(limit.RateOptions{
		Address: minute(100), Token: minute(4), User: minute(6), Company: minute(8), Now: c.now,
	})
	const policies = `"address";q=100;w=60, "token";q=4;w=60, "user";q=6;w=60, "company";q=8;w=60`
	if got, want := r.Policies(), policies; got != want {
		t.Errorf("policies %q, not %q", got, want)
	}
	ask := func(session string, user int64) limit.Verdict {
		return r.CountCaller(r.CountAddress(netip.MustParseAddr("203.0.113.7")), session, user, 1)
	}
	var got []string
	for range 4 {
		got = append(got, ask("s1", 1).Header()) // the token's limit is used up
	}
	for _, who := range []struct {
		session string
		user    int64
	}{{"s1", 1}, {"s2", 1}, {"s3", 1}, {"s4", 1}, {"s5", 2}, {"s6", 3}, {"s7", 4}} {
		v := ask(who.session, who.user)
		h := v.Header()
		if !v.OK {
			h += " wait " + v.Wait.String()
		}
		got = append(got, h)
	}
	want := []string{
		`"token";r=3;t=15`, `"token";r=2;t=30`, `"token";r=1;t=45`, `"token";r=0;t=60`,
		`"token";r=0;t=15 wait 15s`,   // user and company are not counted
		`"user";r=1;t=50`,             // four were counted before
		`"user";r=0;t=60`,             //
		`"user";r=0;t=10 wait 10s`,    // a new session does not help
		`"company";r=1;t=53`,          // six were counted before
		`"company";r=0;t=60`,          //
		`"company";r=0;t=8 wait 7.5s`, // a new user does not help
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	n := testing.AllocsPerRun(100,
		func() { r.CountCaller(r.CountAddress(netip.MustParseAddr("203.0.113.8")), "a-session", 9, 9) })
	if n > 0 {
		t.Errorf("counting takes %v allocations", n)
	}
}

func TestRatesThatAreOffSayNothing(t *testing.T) {
	r := limit.NewRates(limit.RateOptions{Now: newClock().now})
	v := r.CountCaller(r.CountAddress(netip.MustParseAddr("203.0.113.7")), "s", 1, 1)
	if !v.OK || v.Policy != "" || r.Policies() != "" {
		t.Errorf("%+v, %q", v, r.Policies())
	}
}

// Threat F9: a clock that goes back by an hour does not lock clients out for an hour. A clock that goes ahead lets in
// one more burst, and no more.
func TestThreat_F9_ClockJumpsNeitherLockOutNorOpen(t *testing.T) {
	c := newClock()
	l := limit.New(minute(3), c.now)
	for range 3 {
		l.Allow("k")
	}
	c.t = c.t.Add(-time.Hour)
	if ok, wait := l.Allow("k"); ok || wait > time.Minute {
		t.Errorf("after a jump back: %v, wait %v", ok, wait)
	}
	c.t = c.t.Add(20 * time.Second)
	if ok, _ := l.Allow("k"); !ok {
		t.Error("after a jump back and the time of one attempt it is still refused")
	}
	c.t = c.t.Add(time.Hour)
	n := 0
	for ; n < 10; n++ {
		if ok, _ := l.Allow("k"); !ok {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d attempts after a jump ahead", n)
	}
}

// node is one of several nodes that share a rate.
type node struct{ l *limit.Limiter }

// nodes starts n nodes, which run until the test ends.
func nodes(t *testing.T, n int, url string, rate limit.Rate) (all []node) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	for range n {
		l := limit.New(rate, time.Now)
		x, err := limit.NewExchange(url, t.Name()+time.Now().String()[:19], slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		x.Share("k", l)
		go x.Run(ctx)
		all = append(all, node{l})
	}
	return all
}

// hammer sends requests to every node without a pause, and counts the admitted ones.
func hammer(all []node, d time.Duration) (let int) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		for _, n := range all {
			if ok, _ := n.l.Allow("somebody"); ok {
				let++
			}
		}
	}
	return let
}

// Threat A17: three nodes share one limit.
func TestThreat_A17_NodesShareARateThroughRedis(t *testing.T) {
	url := testenv.Redis(t)
	const per = time.Second
	all := nodes(t, 3, url, limit.Rate{Burst: 100, Per: per})
	began := time.Now()
	hammer(all, 2*per) // each node admits a first burst, and then refuses until it is paid for
	mark := time.Now()
	let := hammer(all, 2*per)
	took := time.Since(mark)
	one := float64(took) / float64(per) * 100 // the number that one node alone would admit
	t.Logf("three nodes let in %d in %v, where one lets in %.0f (%v after the first)", let,
		took.Round(time.Millisecond), one, mark.Sub(began).Round(time.Millisecond))
	if r := float64(let) / one; r > 1.6 {
		t.Errorf("three nodes let in %.2f times a rate; alone they would let in 3 times as much", r)
	} else if r < 0.5 {
		t.Errorf("three nodes let in only %.2f of a rate", r)
	}
}

// Threat A19: without Redis each node counts alone and no request waits; when Redis is back, they share the limit
// again.
func TestThreat_A19_F7_RedisAwayLeavesTheLocalLimiter(t *testing.T) {
	redis := testenv.StartRedis(t)
	proxy := fault.NewProxy(t, strings.TrimSuffix(strings.TrimPrefix(redis.URL(), "redis://"), "/0"))
	const per = time.Second
	all := nodes(t, 3, "redis://"+proxy.Addr()+"/0", limit.Rate{Burst: 100, Per: per})
	hammer(all, time.Second)
	for name, away := range map[string]func(){"cut off": proxy.Cut, "silent": proxy.Swallow} {
		t.Run(name, func(t *testing.T) {
			away()
			hammer(all, per)
			var slowest atomic.Int64
			began, let := time.Now(), 0
			for time.Since(began) < per {
				for _, n := range all {
					at := time.Now()
					if ok, _ := n.l.Allow("somebody"); ok {
						let++
					}
					slowest.Store(max(slowest.Load(), int64(time.Since(at))))
				}
				time.Sleep(2 * time.Millisecond)
			}
			most := 3 * 100 * float64(time.Since(began)) / float64(per)
			t.Logf("%d of at most %.0f, the slowest answer in %v", let, most, time.Duration(slowest.Load()))
			if float64(let) > most*1.1+3 {
				t.Errorf("%d were let in, where three nodes alone would %.0f", let, most)
			}
			if slowest.Load() > int64(200*time.Millisecond) {
				t.Errorf("somebody waited %v", time.Duration(slowest.Load()))
			}
			proxy.Pass()
			hammer(all, 2*per)
		})
	}
	began, let := time.Now(), hammer(all, 2*per)
	if most := 1.6 * 100 * float64(time.Since(began)) / float64(per); float64(let) > most {
		t.Errorf("with Redis back %d were let in, more than %.0f", let, most)
	}
}

func TestAnotherRedisURL(t *testing.T) {
	if _, err := limit.NewExchange("http://example.com", "", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("taken")
	}
}
