package limit_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
)

// clock is a clock that only the test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Unix(1_800_000_000, 0)} }

func TestBurstThenEvenly(t *testing.T) {
	c := newClock()
	l := limit.New(limit.Rate{Burst: 3, Per: time.Minute}, c.now)
	for i := range 3 {
		if ok, _ := l.Allow("k"); !ok {
			t.Fatalf("attempt %d of the burst was refused", i+1)
		}
	}
	ok, wait := l.Allow("k")
	if ok || wait != 20*time.Second {
		t.Fatalf("the fourth: %v, wait %v; want a refusal and 20 s", ok, wait)
	}
	if ok, _ := l.Allow("other"); !ok {
		t.Error("another key was refused")
	}
	c.t = c.t.Add(20 * time.Second)
	if ok, _ := l.Allow("k"); !ok {
		t.Error("refused after the wait that was named")
	}
	if ok, _ := l.Allow("k"); ok {
		t.Error("two were allowed after one wait")
	}
}

func TestThreat_A17_AttemptsAreBoundedAndNobodyIsLockedOut(t *testing.T) {
	c := newClock()
	l := limit.New(limit.Rate{Burst: 10, Per: time.Minute}, c.now)
	allowed := 0
	for range 100_000 { // an hour of guessing, 36 ms apart
		if ok, _ := l.Allow("victim"); ok {
			allowed++
		}
		c.t = c.t.Add(36 * time.Millisecond)
	}
	if allowed > 10+600 || allowed < 600 {
		t.Errorf("%d attempts in an hour; the rate is 600 and a burst of 10", allowed)
	}
	c.t = c.t.Add(6 * time.Second)
	if ok, _ := l.Allow("victim"); !ok {
		t.Error("the victim is locked out after the attack")
	}
}

func TestAFloodOfKeysNeitherFreesNorLocksOut(t *testing.T) {
	c := newClock()
	l := limit.New(limit.Rate{Burst: 10, Per: time.Hour}, c.now)
	for range 10 {
		l.Allow("attacker")
	}
	for i := range 600_000 { // more keys than the limiter remembers
		if ok, _ := l.Allow(fmt.Sprint("invented ", i)); !ok {
			t.Fatal("a new key was refused because of the others")
		}
	}
	if ok, _ := l.Allow("attacker"); ok {
		t.Error("the flood made the limiter forget who was being limited")
	}
}

func TestOffAllowsEverything(t *testing.T) {
	r, err := limit.ParseRate("off")
	if err != nil {
		t.Fatal(err)
	}
	l := limit.New(r, newClock().now)
	for range 1000 {
		if ok, _ := l.Allow("k"); !ok {
			t.Fatal("refused")
		}
	}
}

func TestParseRate(t *testing.T) {
	if r, err := limit.ParseRate("20/1m"); err != nil || r != (limit.Rate{Burst: 20, Per: time.Minute}) {
		t.Errorf("20/1m = %v, %v", r, err)
	}
	for _, bad := range []string{
		"", "20", "/1m", "0/1m", "-1/1m", "x/1m", "20/", "20/x", "20/0s", "20/-1m", "2000000000/1ns",
	} {
		if r, err := limit.ParseRate(bad); err == nil {
			t.Errorf("%q = %v", bad, r)
		}
	}
}

func TestThreat_A18_ForwardedHeadersAreBelievedFromTrustedProxiesOnly(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, peer string
		headers    []string
		want       string
	}{
		{"no proxy", "203.0.113.7:1234", nil, "203.0.113.7"},
		{"a client that says who it is", "203.0.113.7:1234", []string{"198.51.100.1"}, "203.0.113.7"},
		{"behind a proxy", "10.0.0.1:1234", []string{"203.0.113.7"}, "203.0.113.7"},
		{
			"behind a proxy, with an invented hop on the left", "10.0.0.1:1234",
			[]string{"198.51.100.1, 203.0.113.7"},
			"203.0.113.7",
		},
		{"behind two proxies", "10.0.0.1:1234", []string{"203.0.113.7, 10.0.0.2"}, "203.0.113.7"},
		{"in two headers", "10.0.0.1:1234", []string{"198.51.100.1", "203.0.113.7"}, "203.0.113.7"},
		{"nonsense left of a proxy", "10.0.0.1:1234", []string{"unknown, 10.0.0.2"}, "10.0.0.2"},
		{"nonsense alone", "10.0.0.1:1234", []string{"<script>"}, "10.0.0.1"},
		{"no header behind a proxy", "10.0.0.1:1234", nil, "10.0.0.1"},
		{"a port in the header", "10.0.0.1:1234", []string{"203.0.113.7:99"}, "203.0.113.7"},
		{"IPv6", "[fd00::1]:1234", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:1234", []string{"203.0.113.7"}, "203.0.113.7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{
				"X-Forwarded-For": c.headers, "X-Real-Ip": {"192.0.2.1"}, "Forwarded": {"for=192.0.2.1"},
			}}
			if got := limit.ClientAddr(r, proxies); got.String() != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestKeyTakesAnIPv6NetworkAsOne(t *testing.T) {
	a, b := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	if limit.Key(a) != limit.Key(b) {
		t.Error("two addresses of one /64 are counted apart")
	}
	if limit.Key(netip.MustParseAddr("203.0.113.7")) == limit.Key(netip.MustParseAddr("203.0.113.8")) {
		t.Error("two IPv4 addresses are counted as one")
	}
}
