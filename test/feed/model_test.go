package feed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/fault"
	"github.com/taskhouse/taskhouse/test/server"
)

// nodes are the servers of an installation, some of which may be down.
type nodes struct {
	t       *testing.T
	options server.Options

	mu   sync.Mutex
	urls []string
	runs []*server.Server
}

func newNodes(t *testing.T, n int, o server.Options) *nodes {
	s := &nodes{t: t, options: o, urls: make([]string, n), runs: make([]*server.Server, n)}
	for i := range n {
		s.start(i)
	}
	return s
}

func (s *nodes) start(i int) {
	run := server.Start(s.t, s.options)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[i], s.urls[i] = run, run.URL
}

// any returns a random server; it may have been killed since.
func (s *nodes) any() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.urls[rand.IntN(len(s.urls))]
}

func (s *nodes) kill(i int) {
	s.mu.Lock()
	run := s.runs[i]
	s.mu.Unlock()
	run.Kill9()
}

// secret is the key that all nodes sign with.
const secret = "6c6f6e6720656e6f75676820746f206265206120736563726574206b65792121"

// cluster returns two nodes on PostgreSQL; redis is "" without one.
func cluster(t *testing.T, n int, redis string) *nodes {
	t.Helper()
	where := dbtest.Fresh(t, "postgres")
	env := map[string]string{"DATABASE_URL": where.URL, "TASKHOUSE_SECRET_KEY": secret}
	if redis != "" {
		env["REDIS_URL"] = redis
	}
	return newNodes(t, n, server.Options{Bin: bin, Data: t.TempDir(), Env: env})
}

// brokered returns two nodes whose wake-ups go through a Redis that can be reached in every bad way.
func brokered(t *testing.T) (*nodes, *testenv.Server, *fault.Proxy) {
	t.Helper()
	redis := testenv.StartRedis(t)
	u, err := url.Parse(redis.URL())
	must(t, err)
	proxy := fault.NewProxy(t, u.Host)
	return cluster(t, 2, strings.Replace(redis.URL(), u.Host, proxy.Addr(), 1)), redis, proxy
}

// write changes tasks, on whichever server answers, until ctx ends. If an answer is missing, only
// the log says whether the change was made.
func write(ctx context.Context, s *nodes, c server.Company, rng *rand.Rand, acked *atomic.Int64) {
	var mine []int64
	for ctx.Err() == nil {
		api := server.Client{URL: s.any(), Token: c.Token}
		var made struct{ ID int64 }
		var status int
		var err error
		switch n := rng.IntN(10); {
		case n < 5 || len(mine) == 0:
			fields := map[string]any{"title": fmt.Sprint("task ", rng.Uint32())}
			if n%2 == 0 {
				fields["assigned_to"] = c.Member
			}
			if status, err = api.Call(ctx, "POST", "/api/tasks/", fields, &made); err == nil && status == 201 {
				mine = append(mine, made.ID)
			}
		case n < 9:
			status, err = api.Call(
				ctx,
				"PATCH",
				fmt.Sprintf("/api/tasks/%d/", mine[rng.IntN(len(mine))]),
				map[string]any{
					"status": []string{"todo", "in_progress", "done"}[rng.IntN(3)],
					"title":  fmt.Sprint("again ", rng.Uint32()),
				},
				nil,
			)
		default:
			i := rng.IntN(len(mine))
			if status, err = api.Call(ctx, "DELETE", fmt.Sprintf("/api/tasks/%d/", mine[i]), nil, nil); err == nil &&
				status == 204 {
				mine = append(mine[:i], mine[i+1:]...)
			}
		}
		if err == nil && status < 300 {
			acked.Add(1)
		}
		pause(ctx, time.Duration(rng.IntN(5))*time.Millisecond)
	}
}

// stored returns the tasks of the API, and the number of the last event. A change whose client gave up may still be
// made.
func stored(t *testing.T, api server.Client) (tasks map[int64]string, head int64) {
	t.Helper()
	for {
		before := headOf(t, api)
		tasks = list(t, api)
		if head = headOf(t, api); head == before {
			return tasks, head
		}
	}
}

func headOf(t *testing.T, api server.Client) int64 {
	t.Helper()
	var log struct{ Count int64 }
	api.Must(t, "GET", "/api/events/?limit=1", nil, &log)
	return log.Count
}

func list(t *testing.T, api server.Client) (tasks map[int64]string) {
	t.Helper()
	tasks = map[int64]string{}
	for next := "/api/tasks/?cursor=&page_size=100"; next != ""; {
		var p struct {
			Next    *string
			Results []json.RawMessage
		}
		api.Must(t, "GET", next, nil, &p)
		for _, raw := range p.Results {
			id, state := fold(raw)
			tasks[id] = state
		}
		next = ""
		if p.Next != nil {
			u, err := url.Parse(*p.Next)
			if err != nil {
				t.Fatal(err)
			}
			next = u.RequestURI()
		}
	}
	return tasks
}

// live has clients follow two companies' feeds while faults happen, and then compares their state with the stored one.
func live(t *testing.T, s *nodes, happen func(rng *rand.Rand)) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	companies := []server.Company{server.SignUp(t, s.urls[0], "Acme"), server.SignUp(t, s.urls[0], "Globex")}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	writing, stop := context.WithCancel(ctx)
	var writers, followers sync.WaitGroup
	var acked atomic.Int64
	clients := map[int][]*client{}
	for i, c := range companies {
		for n := range 4 {
			f := newClient(fmt.Sprintf("company %d, client %d", i, n), c.Token, s.any)
			clients[i] = append(clients[i], f)
			followers.Go(func() { f.follow(ctx) })
		}
		for range 2 {
			own := rand.New(rand.NewPCG(rng.Uint64(), 0))
			writers.Go(func() { write(writing, s, c, own, &acked) })
		}
	}
	n := *cycles
	if n == 0 {
		n = testenv.Long(10, 50)
	}
	for range n {
		pause(ctx, time.Duration(rng.IntN(60))*time.Millisecond)
		for i := range companies {
			clients[i][rng.IntN(4)].cut()
		}
		happen(rng)
	}
	stop()
	writers.Wait()
	var events, cuts int64
	for i, c := range companies {
		want, head := stored(t, server.Client{URL: s.any(), Token: c.Token})
		events += head
		for _, f := range clients[i] {
			if _, ok := f.reach(head, 20*time.Second); !ok {
				seq, _, _ := f.holds()
				t.Errorf("%s stands at %d of %d", f.name, seq, head)
				continue
			}
			seq, got, wrong := f.holds()
			for _, w := range wrong {
				t.Error(w)
			}
			if seq != head || !maps.Equal(got, want) {
				t.Errorf("%s: at %d of %d it holds %d tasks, and %d are stored: they differ", f.name, seq, head,
					len(got), len(want))
			}
			cuts += int64(f.cuts)
		}
	}
	t.Logf("%d faults, %d changes acknowledged, %d events, %d connections of %d clients: 0 missed, 0 twice", n,
		acked.Load(), events, cuts, 8)
	if events < acked.Load() {
		t.Errorf("%d changes were acknowledged, and the logs have %d events", acked.Load(), events)
	}
	cancel()
	followers.Wait()
}

func TestThreat_F8_FeedThroughFaults_SQLite(t *testing.T) {
	port := server.FreeAddress(t) // the same after each start: clients come back to it
	s := newNodes(t, 1, server.Options{Bin: bin, Data: t.TempDir(), Args: []string{"serve", "--addr=" + port}})
	live(t, s, func(rng *rand.Rand) {
		if rng.IntN(3) == 0 {
			s.kill(0)
			s.start(0)
		}
	})
}

func TestThreat_F8_FeedThroughFaults_PostgreSQL(t *testing.T) {
	s := cluster(t, 2, "")
	live(t, s, func(rng *rand.Rand) {
		if rng.IntN(3) == 0 {
			i := rng.IntN(2)
			s.kill(i)
			s.start(i)
		}
	})
}

func TestThreat_F7_F8_FeedThroughFaults_Redis(t *testing.T) {
	s, redis, proxy := brokered(t)
	live(t, s, func(rng *rand.Rand) {
		switch rng.IntN(6) {
		case 0:
			i := rng.IntN(2)
			s.kill(i)
			s.start(i)
		case 1: // it comes back empty
			if err := redis.Kill9(); err != nil {
				t.Fatal(err)
			}
			if err := redis.Start(); err != nil {
				t.Fatal(err)
			}
		case 2:
			proxy.Cut()
		case 3:
			proxy.Swallow()
		default:
			proxy.Pass()
		}
	})
}

// TestThreat_F7_RedisGoesWrong breaks the carrier of the wake-ups in every way. It measures how late an event of one
// node reaches a client of the other, and how long the change itself takes.
func TestThreat_F7_RedisGoesWrong(t *testing.T) {
	s, redis, proxy := brokered(t)
	company := server.SignUp(t, s.urls[0], "Acme")
	f := newClient("client", company.Token, func() string { return s.urls[1] })
	_, f.seq = stored(t, server.Client{URL: s.urls[0], Token: company.Token})
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { f.follow(ctx) })
	defer following.Wait()
	defer cancel()

	api := server.Client{URL: s.urls[0], Token: company.Token}
	look := func(name string, within time.Duration, times int) {
		t.Helper()
		var late, took time.Duration
		for range times {
			seq, _, _ := f.holds()
			began := time.Now()
			api.Must(t, "POST", "/api/tasks/", map[string]string{"title": name}, nil)
			done := time.Now()
			came, ok := f.reach(seq+1, 30*time.Second)
			if !ok {
				t.Fatalf("%s: event %d does not come", name, seq+1)
			}
			took, late = max(took, done.Sub(began)), max(late, came.Sub(done))
		}
		t.Logf("%-28s a change takes %8s at most, its event comes to the other node within %8s", name,
			took.Round(time.Millisecond/10), late.Round(time.Millisecond/10))
		if late > within {
			t.Errorf("%s: an event came %s late", name, late)
		}
		if took > 2*time.Second {
			t.Errorf("%s: a change took %s", name, took)
		}
	}
	recovered := func() { // until a wake-up comes through again, and not the poll
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ; {
			seq, _, _ := f.holds()
			api.Must(t, "POST", "/api/tasks/", map[string]string{"title": "is it back"}, nil)
			done := time.Now()
			came, ok := f.reach(seq+1, 30*time.Second)
			if ok && came.Sub(done) < 50*time.Millisecond {
				return
			}
			if time.Now().After(end) {
				t.Fatal("the wake-ups do not come back")
			}
		}
	}
	const late = 2 * time.Second
	recovered()
	look("redis is there", late, 20)
	for _, c := range []struct {
		name       string
		wrong, end func()
	}{
		{"redis is cut off", proxy.Cut, proxy.Pass},
		{"redis does not answer", proxy.Swallow, proxy.Pass},
		{"redis is slow", func() { proxy.Slow(time.Second) }, proxy.Pass},
		{"redis is gone", func() { must(t, redis.Kill9()) }, func() { must(t, redis.Start()) }},
	} {
		c.wrong()
		look(c.name, late, 3)
		c.end()
		recovered()
	}
	look("redis is back, and empty", late, 20)
	if strings.Contains(s.runs[0].Stderr(), "panic") {
		t.Error(s.runs[0].Stderr())
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
