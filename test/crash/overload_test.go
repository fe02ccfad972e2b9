package crash_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/test/server"
)

var overload = flag.Duration("crash.overload", 3*time.Second, "how long each load of the overload tests lasts")

var strict = flag.Bool("crash.strict", false, "hold the load at twice the capacity against threat R15's figures")

var abusive = flag.Float64("crash.abuse", 150,
	"how many searches, and as many reports, the noisy company asks for in a second, R11")

// protected starts a server with load shedding and without rate limits: the test is about the machine.
func protected(t *testing.T, cores string) *server.Server {
	return server.Start(t, server.Options{Bin: bin, Data: t.TempDir(), Env: map[string]string{
		"TASKHOUSE_SHEDDING": "on", "TASKHOUSE_HEAVY_PER_COMPANY": "2", "GOMAXPROCS": cores,
		"TASKHOUSE_LOG_LEVEL": "error",
	}})
}

// crowd returns clients that keep their connections, as browsers and proxies do.
func crowd() *http.Client {
	return &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{MaxIdleConns: 4096, MaxIdleConnsPerHost: 4096, DisableCompression: true},
	}
}

// tally counts the results of a load.
type tally struct {
	mu           sync.Mutex
	good, other  int
	took         []time.Duration // of the good ones
	refused      []time.Duration // until 429 or 503
	withoutRetry int             // of them
}

func (c *tally) ask(ctx context.Context, h *http.Client, token, url string) {
	c.send(ctx, h, token, "GET", url, nil)
}

func (c *tally) send(ctx context.Context, h *http.Client, token, method, url string, body []byte) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+token)
	began := time.Now()
	a, err := h.Do(r)
	took := time.Since(began)
	status := 0
	if err == nil {
		status = a.StatusCode
		_, _ = io.Copy(io.Discard, a.Body)
		_ = a.Body.Close()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch status {
	case http.StatusOK, http.StatusCreated:
		c.good++
		c.took = append(c.took, time.Since(began))
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		c.refused = append(c.refused, took)
		if a.Header.Get("Retry-After") == "" {
			c.withoutRetry++
		}
	default:
		c.other++
	}
}

// closed runs a closed load: each caller asks again when it is answered.
func (c *tally) closed(ctx context.Context, callers int, h *http.Client, token, url string) {
	c.closedLoad(ctx, callers, func() { c.ask(context.Background(), h, token, url) })
}

// closedBody runs a closed loop of requests with a body.
func (c *tally) closedBody(ctx context.Context, callers int, h *http.Client, token, url string, body []byte) {
	c.closedLoad(ctx, callers, func() { c.send(context.Background(), h, token, "POST", url, body) })
}

func (*tally) closedLoad(ctx context.Context, callers int, ask func()) {
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for ctx.Err() == nil {
				ask()
			}
		})
	}
	wg.Wait()
}

// open runs an open load of so many requests a second, whatever happens to earlier ones. It returns how many it sent.
func (c *tally) open(d time.Duration, rate float64, h *http.Client, token, url string) (sent int) {
	var wg sync.WaitGroup
	var under atomic.Int64
	for began := time.Now(); time.Since(began) < d; time.Sleep(time.Millisecond) {
		for ; float64(sent) < rate*time.Since(began).Seconds(); sent++ {
			if under.Load() > 2000 { // these clients cannot have more under way; they count as sent all the same
				continue
			}
			under.Add(1)
			wg.Go(func() {
				defer under.Add(-1)
				c.ask(context.Background(), h, token, url)
			})
		}
	}
	wg.Wait()
	return sent
}

func part(all []time.Duration, p float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(float64(len(all))*p), len(all)-1)]
}

// furnish gives a company tasks.
func furnish(t *testing.T, url string, c server.Company, tasks int) {
	t.Helper()
	client := server.Client{URL: url, Token: c.Token}
	for i := range tasks {
		client.Must(t, "POST", "/api/tasks/",
			map[string]any{"title": fmt.Sprintf("Look after the boiler %d of house %d", i, i%7)}, nil)
	}
}

// tries is how often a comparison of times is made on a machine that does other things too.
const tries = 4

// At twice its capacity, the server refuses a part and answers the rest in time; the queue would otherwise grow by a
// second each second. Threat R15 also requires 85 % of the peak and refusals within 20 ms. Only -crash.strict checks
// these: it is not reached where other programs share the cores (docs/reliability.md), so this test does not bear that
// threat's name.
func TestTwiceTheCapacity(t *testing.T) {
	s := protected(t, "1") // the other core of a small machine is the clients'
	acme := server.SignUp(t, s.URL, "acme")
	furnish(t, s.URL, acme, 100)
	url := s.URL + "/api/tasks/?page_size=100"
	var failed string
	for try := range tries {
		h := crowd()
		var peak, flood tally
		ctx, cancel := context.WithTimeout(t.Context(), *overload)
		peak.closed(ctx, 16, h, acme.Token, url)
		cancel()
		most := float64(peak.good) / overload.Seconds()
		sent := flood.open(*overload, 2*most, h, acme.Token, url)
		good := float64(flood.good) / overload.Seconds() / most
		p50, p90, p99 := part(flood.refused, .5), part(flood.refused, .9), part(flood.refused, .99)
		t.Logf(
			"peak %.0f/s (p99 %v); at twice that (%d sent): %.0f %% of it, p99 %v; "+
				"%d refused, half of them within %v, 90 %% within %v, 99 %% within %v; %d else",
			most,
			part(peak.took, .99).Round(time.Millisecond),
			sent,
			good*100,
			part(flood.took, .99).Round(time.Millisecond),
			len(flood.refused),
			p50.Round(100*time.Microsecond),
			p90.Round(time.Millisecond),
			p99.Round(time.Millisecond),
			flood.other,
		)
		failed = ""
		switch {
		case flood.withoutRetry > 0:
			t.Fatalf("%d were refused without Retry-After", flood.withoutRetry)
		case len(flood.refused) == 0:
			failed = "nothing was refused: there was no overload"
		case part(flood.took, .99) > time.Second:
			failed = fmt.Sprintf("answers take %v", part(flood.took, .99))
		case !*strict:
		case good < .85:
			failed = fmt.Sprintf("it does %.0f %% of its peak", good*100)
		case p50 > 20*time.Millisecond:
			failed = fmt.Sprintf("half of the refusals take %v and more", p50)
		}
		h.CloseIdleConnections()
		if failed == "" {
			return
		}
		t.Logf("try %d: %s", try+1, failed)
	}
	t.Error(failed)
}

// Threat R11: a company that searches and asks for reports with all its might makes another one's requests hardly
// slower.
func TestThreat_R11_NoisyNeighbour(t *testing.T) {
	s := protected(t, "2")
	noisy, quiet := server.SignUp(t, s.URL, "noisy"), server.SignUp(t, s.URL, "quiet")
	furnish(t, s.URL, noisy, 300)
	furnish(t, s.URL, quiet, 100)
	h := crowd()
	besides(t, lists(t, s, h, quiet), 1.5, func(abuse *tally) {
		var wg sync.WaitGroup
		for _, path := range []string{"/api/analytics/", "/api/tasks/?search=boiler&page_size=100"} {
			wg.Go(func() { abuse.open(*overload, *abusive, h, noisy.Token, s.URL+path) })
		}
		wg.Wait()
	})
}

// Threat R20: sixteen connections of one company with the costliest requests that it may send make another company's
// lists at most three times as slow, and none of these is refused.
func TestThreat_R20_CostlyNeighbour(t *testing.T) {
	s := protected(t, "2")
	noisy, quiet := server.SignUp(t, s.URL, "noisy"), server.SignUp(t, s.URL, "quiet")
	furnish(t, s.URL, quiet, 100)
	client := server.Client{URL: s.URL, Token: noisy.Token}
	for i := range 100 {
		client.Must(t, "POST", "/api/tasks/",
			map[string]any{"title": fmt.Sprintf("Long %d", i), "description": strings.Repeat("long ", 2_000)}, nil)
	}
	text, err := json.Marshal(map[string]any{"text": strings.Repeat("*a_", 10_000)})
	if err != nil {
		t.Fatal(err)
	}
	h := crowd()
	besides(t, lists(t, s, h, quiet), 3, func(abuse *tally) {
		ctx, cancel := context.WithTimeout(t.Context(), *overload)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() { abuse.closedBody(ctx, 12, h, noisy.Token, s.URL+"/api/markdown/", text) })
		wg.Go(func() { abuse.closed(ctx, 4, h, noisy.Token, s.URL+"/api/tasks/?page_size=100&ordering=title") })
		wg.Wait()
	})
}

// lists returns a request of a company for a list.
func lists(t *testing.T, s *server.Server, h *http.Client, c server.Company) func(*tally) {
	return func(all *tally) { all.ask(t.Context(), h, c.Token, s.URL+"/api/tasks/?page_size=100") }
}

// Threat R21: a bulk change of the longest tasks makes another company's creations at most three times as slow on
// SQLite, which has one writer.
func TestThreat_R21_BulkChangesBesideWrites(t *testing.T) {
	s := protected(t, "2")
	noisy, quiet := server.SignUp(t, s.URL, "noisy"), server.SignUp(t, s.URL, "quiet")
	client := server.Client{URL: s.URL, Token: noisy.Token}
	var ids []int64
	for i := range 40 {
		var made struct{ ID int64 }
		client.Must(t, "POST", "/api/tasks/",
			map[string]any{"title": fmt.Sprint("Long ", i), "description": strings.Repeat("\U0001F409", 65_536)}, &made)
		ids = append(ids, made.ID)
	}
	h := crowd()
	calm := func(c *tally) {
		c.send(t.Context(), h, quiet.Token, "POST", s.URL+"/api/tasks/", []byte(`{"title":"x"}`))
	}
	besides(t, calm, 3, func(abuse *tally) {
		for i, began := 0, time.Now(); time.Since(began) < *overload; i++ {
			change, err := json.Marshal(map[string]any{"ids": ids, "status": []string{"done", "todo"}[i%2]})
			if err != nil {
				t.Error(err)
				return
			}
			abuse.send(t.Context(), h, noisy.Token, "POST", s.URL+"/api/tasks/bulk/", change)
		}
	})
}

// besides compares the times of a quiet company's requests, one after the other with time to think, before, during and
// after a load. None may be refused, and the load may make their p99 at most so many times as long. The comparison is
// made several times, because the machine does other things too.
func besides(t *testing.T, ask func(*tally), most float64, load func(*tally)) {
	t.Helper()
	calm := func() time.Duration {
		var c tally
		for began := time.Now(); time.Since(began) < *overload; time.Sleep(3 * time.Millisecond) {
			ask(&c)
		}
		if c.other > 0 || len(c.refused) > 0 {
			t.Errorf("of the quiet company's requests %d were refused, and %d failed", len(c.refused), c.other)
		}
		return part(c.took, .99)
	}
	var failed string
	for range tries {
		before := calm()
		var abuse tally
		var wg sync.WaitGroup
		wg.Go(func() { load(&abuse) })
		during := calm()
		wg.Wait()
		after := calm()
		calmest := min(max(before, after), 2*min(before, after)) // one of the two may have met with something else
		ratio := float64(during) / float64(calmest)
		t.Logf(
			"quiet p99 %v before, %v during (%.2f times), %v after; "+
				"of the noisy one's requests %d were answered, %d refused, %d else",
			before, during, ratio, after, abuse.good, len(abuse.refused), abuse.other,
		)
		if failed = ""; ratio > most {
			failed = fmt.Sprintf("the neighbour makes p99 %.2f times as long", ratio)
		}
		if failed == "" {
			return
		}
	}
	t.Error(failed)
}
