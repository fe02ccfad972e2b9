package crash_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/test/audit"
	"github.com/taskhouse/taskhouse/test/fault"
	"github.com/taskhouse/taskhouse/test/server"
)

// Of several programs that start on an empty database at once, one makes the schema and the others wait for it; on
// SQLite they are refused.
func TestThreat_F16_SeveralMigrateAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o server.Options, rows db.Options) {
		const starters = 5
		o.Args = []string{"migrate", "up"}
		var all []*server.Server
		for range starters {
			all = append(all, server.Launch(t, o))
		}
		done, refusals := 0, 0
		for _, s := range all {
			switch code := s.Exit(t); {
			case code == 0:
				done++
			case code == 1 && strings.Contains(s.Stderr(), "another process"):
				refusals++
			default:
				t.Errorf("it ends with %d: %s", code, s.Stderr())
			}
		}
		if done == 0 || rows.URL != "" && done != starters {
			t.Errorf("%d of %d succeeded", done, starters)
		}
		d := dbtest.Open(t, rows)
		if err := d.Check(t.Context()); err != nil {
			t.Error(err)
		}
		t.Logf("%d done, %d refused", done, refusals)
	})
}

// Two nodes behind a balancer are restarted one after the other, again and again, while clients write and read: every
// request is answered.
func TestThreat_F13_RollingRestartOfTwoNodes(t *testing.T) {
	rows := dbtest.Empty(t, "postgres")
	const key = "4f1e9c0a7d3b52866e8f0b1c2d3a495867f0e1d2c3b4a5968778695a4b3c2d1e"
	var nodes [2]*server.Server
	var addrs [2]string
	start := func(i int) {
		t.Helper()
		nodes[i] = server.Start(t, server.Options{
			Bin: bin, Data: filepath.Join(t.TempDir(), "data"), Args: []string{"serve", "--addr=" + addrs[i]},
			Env: map[string]string{"DATABASE_URL": rows.URL, "TASKHOUSE_SECRET_KEY": key},
		})
	}
	for i := range nodes {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addrs[i] = ln.Addr().String()
		_ = ln.Close()
		start(i)
	}
	company := server.SignUp(t, nodes[0].URL, "Acme")
	// The balancer takes the nodes in turn. If a node refuses a request or does not answer, it retries on the other
	// node, as proxies do with requests that may be repeated: reads, and requests with an Idempotency-Key.
	var turn atomic.Int64
	var again atomic.Int64
	ask := func(ctx context.Context, method, path string, in, out any, header ...string) (status int, err error) {
		first := int(turn.Add(1))
		for try := range 4 {
			c := server.Client{
				URL:   "http://" + addrs[(first+try)%2],
				Token: company.Token,
				HTTP:  &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second},
			}
			if status, err = c.Call(ctx, method, path, in, out, header...); err == nil && status < 500 {
				return status, nil
			}
			again.Add(1)
		}
		return status, err
	}
	ctx, cancel := context.WithCancel(t.Context())
	var asked, failed, made atomic.Int64
	var clients sync.WaitGroup
	for n := range 6 {
		clients.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				var got struct{ ID int64 }
				title := fmt.Sprintf("client %d task %d", n, i)
				status, err := ask(t.Context(), "POST", "/api/tasks/", map[string]any{"title": title}, &got,
					"Idempotency-Key", title)
				asked.Add(2)
				if err != nil || status != http.StatusCreated {
					failed.Add(1)
					t.Errorf("%s: %d, %v", title, status, err)
					continue
				}
				made.Add(1)
				status, err = ask(t.Context(), "GET", fmt.Sprintf("/api/tasks/%d/", got.ID), nil, nil)
				if err != nil || status != http.StatusOK {
					failed.Add(1)
					t.Errorf("reading %s: %d, %v", title, status, err)
				}
			}
		})
	}
	restarts := 4
	if *cycles > 0 {
		restarts = *cycles
	}
	for i := range restarts {
		for before := made.Load(); made.Load() < before+40; {
			time.Sleep(time.Millisecond)
		}
		if err := nodes[i%2].Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := nodes[i%2].Exit(t); code != 0 {
			t.Errorf("node %d ends with %d", i%2, code)
		}
		start(i % 2)
	}
	cancel()
	clients.Wait()
	d := dbtest.Open(t, rows)
	ledger := audit.New()
	torn, err := ledger.Read(t.Context(), d)
	if err != nil || len(torn) > 0 {
		t.Errorf("%v, %q", err, torn)
	}
	if twice := ledger.Twice(company.ID); len(twice) > 0 {
		t.Errorf("made twice: %q", twice)
	}
	t.Logf("%d restarts, %d requests, %d asked again at the other node, %d failed", restarts, asked.Load(),
		again.Load(), failed.Load())
}

// settled waits until PostgreSQL has ended the statements from before the cut: a COMMIT whose answer is lost may still
// become durable, and must not do so between two reads of the audit.
func settled(t *testing.T, rows db.Options) {
	t.Helper()
	c := dbtest.Admin(t, rows)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var writing int
		err := c.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL`).Scan(&writing)
		if err != nil {
			t.Fatal(err)
		}
		if writing == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d transactions do not end", writing)
		}
	}
}

// While PostgreSQL is cut off, silent or slow, the program reports it and keeps running. When PostgreSQL is back, the
// program serves again without a restart.
func TestThreat_F6_PostgreSQLIsCutOffSilentAndSlow(t *testing.T) {
	rows := dbtest.Empty(t, "postgres")
	u, err := url.Parse(rows.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := fault.NewProxy(t, u.Host)
	through := *u
	through.Host = proxy.Addr()
	s := newSite(
		t,
		server.Options{
			Bin:  bin,
			Data: filepath.Join(t.TempDir(), "data"),
			Env:  map[string]string{"DATABASE_URL": through.String(), "TASKHOUSE_STATEMENT_TIMEOUT": "1s"},
		},
	)
	probe := server.Client{
		URL:   s.running.URL,
		Token: s.writers[0].company.Token,
		HTTP:  &http.Client{Timeout: 30 * time.Second},
	}
	for _, f := range []struct {
		name   string
		do     func()
		gone   bool // nothing can be served
		within time.Duration
	}{
		{"cut off", proxy.Cut, true, 2 * time.Second},
		// a connection attempt during the silence has to time out first
		{"silent", proxy.Swallow, true, 10 * time.Second},
		{"slow by 100 ms", func() { proxy.Slow(100 * time.Millisecond) }, false, 2 * time.Second},
	} {
		began := time.Now()
		var slowest time.Duration
		s.load(func() {
			f.do()
			if !f.gone { // the clients end when an answer does not come
				time.Sleep(time.Second)
				proxy.Cut()
			}
		})
		if f.gone {
			for range 2 {
				began := time.Now()
				status, err := probe.Call(t.Context(), "GET", "/api/tasks/", nil, nil)
				if slowest = max(slowest, time.Since(began)); slowest > 6*time.Second {
					t.Errorf("%s: a request waits for %v", f.name, slowest)
				}
				if err != nil || status != http.StatusServiceUnavailable {
					t.Errorf("%s: a request is answered with %d, %v", f.name, status, err)
				}
			}
			if status, err := probe.Call(t.Context(), "GET", "/readyz/", nil, nil); err != nil ||
				status != http.StatusServiceUnavailable {
				t.Errorf("%s: readyz is answered with %d, %v", f.name, status, err)
			}
		}
		if status, err := probe.Call(t.Context(), "GET", "/livez/", nil, nil); err != nil || status != http.StatusOK {
			t.Errorf("%s: livez is answered with %d, %v", f.name, status, err)
		}
		out := time.Since(began)
		back := time.Now()
		proxy.Pass()
		ready(t, s.running.URL)
		probe.Must(t, "GET", "/api/tasks/", nil, nil)
		took := time.Since(back)
		if took > f.within {
			t.Errorf("%s: it serves %v after the return", f.name, took)
		}
		s.connect()
		settled(t, rows)
		s.check(rows)
		s.settle()
		t.Logf("%s for %v: answers within %v; back after %v", f.name, out.Round(time.Millisecond),
			slowest.Round(time.Millisecond), took.Round(time.Millisecond))
	}
	t.Logf("%d acknowledged, %d lost, %d torn", s.acked, s.lost, s.torn)
}

// The connection is lost between a commit and its answer: the client learns that the result is unknown. A retry with
// the same Idempotency-Key does nothing twice.
func TestThreat_F4_TheAnswerToACommitIsLost(t *testing.T) {
	rows := dbtest.Empty(t, "postgres")
	u, err := url.Parse(rows.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := fault.NewProxy(t, u.Host)
	through := *u
	through.Host = proxy.Addr()
	running := server.Start(t, server.Options{
		Bin: bin, Data: filepath.Join(t.TempDir(), "data"),
		Args: []string{"serve", "--addr=127.0.0.1:0", "--no-worker"},
		Env:  map[string]string{"DATABASE_URL": through.String()},
	})
	company := server.SignUp(t, running.URL, "Acme")
	c := server.Client{URL: running.URL, Token: company.Token}
	lost := 0
	const repeats = 6
	for i := range repeats {
		title := fmt.Sprintf("task %d", i)
		in := map[string]any{"title": title}
		proxy.CutAtAnswer([]byte("COMMIT\x00"))
		status, err := c.Call(t.Context(), "POST", "/api/tasks/", in, nil, "Idempotency-Key", title)
		if err != nil || status != http.StatusCreated && status != http.StatusServiceUnavailable {
			t.Fatalf("%q is answered with %d, %v", title, status, err)
		}
		if !proxy.Sprung() {
			t.Fatalf("no commit was seen on the wire; the answer was %d", status)
		}
		if status == http.StatusServiceUnavailable {
			lost++
		}
		ready(t, running.URL)
		c.Must(t, "POST", "/api/tasks/", in, nil, "Idempotency-Key", title)
	}
	var list struct{ Count int }
	c.Must(t, "GET", "/api/tasks/", nil, &list)
	if list.Count != repeats || lost == 0 {
		t.Errorf("%d tasks of %d requests, of which %d were told that nobody knows", list.Count, repeats, lost)
	}
	t.Logf("%d of %d answers to a commit were lost", lost, repeats)
}

// If a program is killed at any point of a migration, the next one continues from there.
func TestThreat_F15_KilledWhileItMigrates(t *testing.T) {
	each(t, func(t *testing.T, o server.Options, rows db.Options) {
		o.Args = []string{"migrate", "up"}
		kills := 0
		for wait := 5 * time.Millisecond; ; wait += wait / 4 {
			s := server.Launch(t, o)
			timer := time.AfterFunc(wait, func() { _ = s.Signal(syscall.SIGKILL) })
			code := s.Exit(t)
			if timer.Stop() && code == 0 {
				break
			}
			if kills++; kills > 500 {
				t.Fatalf("it never comes to its end: %s", s.Stderr())
			}
		}
		d := dbtest.Open(t, rows)
		if err := d.Check(t.Context()); err != nil {
			t.Error(err)
		}
		t.Logf("killed %d times", kills)
	})
}
