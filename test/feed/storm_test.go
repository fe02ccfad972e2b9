package feed_test

import (
	"context"
	"flag"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/server"
)

var sockets = flag.Int("feed.sockets", testenv.Long(100, 400), "how many clients come back at once, R7")

// TestThreat_R7_EverybodyComesBackAtOnce kills a server that many follow. All of them come back at once, each with the
// number of the last event it has, and miss nothing. How long it takes is from when the server listens again to the
// first event after that, which one gets who has caught up; the best of three, because the clients are as busy as the
// server.
func TestThreat_R7_EverybodyComesBackAtOnce(t *testing.T) {
	addr := server.FreeAddress(t)
	o := server.Options{
		Bin: bin, Data: t.TempDir(), Args: []string{"serve", "--addr=" + addr},
		Env: map[string]string{"TASKHOUSE_FEED_PER_MEMBER": "0", "TASKHOUSE_FEED_PER_ADDRESS": "0"},
	}
	s := server.Start(t, o)
	company := server.SignUp(t, s.URL, "Acme")
	api := server.Client{URL: s.URL, Token: company.Token}
	event := func() int64 {
		api.Must(t, "POST", "/api/tasks/", map[string]string{"title": "to everybody"}, nil)
		return headOf(t, api)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	clients := make([]*client, *sockets)
	for i := range clients {
		clients[i] = newClient("client", company.Token, func() string { return "http://" + addr })
		all.Go(func() { clients[i].follow(ctx) })
	}
	reach := func(seq int64, from time.Time) (p99 time.Duration) {
		var took []time.Duration
		for _, c := range clients {
			at, ok := c.reach(seq, 60*time.Second)
			if !ok {
				t.Fatalf("a client does not get event %d", seq)
			}
			took = append(took, at.Sub(from))
		}
		slices.Sort(took)
		return took[len(took)*99/100-1]
	}
	reach(event(), time.Now())
	best := time.Hour
	for range 3 {
		s.Kill9()
		s = server.Start(t, o)
		listens := time.Now()
		seq := event()
		best = min(best, reach(seq, listens))
	}
	for _, c := range clients {
		if _, _, wrong := c.holds(); len(wrong) > 0 {
			t.Fatal(wrong)
		}
	}
	t.Logf("%d clients have caught up within %v (p99) of the server's return", len(clients),
		best.Round(time.Millisecond))
	if best > 2*time.Second {
		t.Errorf("%d clients have caught up after %v (p99)", len(clients), best)
	}
}
