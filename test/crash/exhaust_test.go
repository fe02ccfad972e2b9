package crash_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/server"
)

// TestThreat_R1_SlowSenders holds connections with requests that never end: they are cut off, and those who ask beside
// them are answered as ever.
func TestThreat_R1_SlowSenders(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until slow senders are cut off: 5 s")
	}
	const slow = 200
	s := server.Start(t,
		server.Options{Bin: bin, Data: t.TempDir(), Env: map[string]string{"TASKHOUSE_CONNECTIONS_PER_ADDRESS": "0"}})
	api := server.Client{URL: s.URL, Token: server.SignUp(t, s.URL, "Acme").Token}
	ended := make(chan time.Duration, slow)
	for range slow {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		began := time.Now()
		go func() { // a header, a byte every half second
			for {
				if _, err := conn.Write([]byte("G")); err != nil {
					break
				}
				<-time.After(500 * time.Millisecond)
			}
			ended <- time.Since(began)
		}()
	}
	for range 50 {
		began := time.Now()
		api.Must(t, "GET", "/api/tasks/", nil, nil)
		if took := time.Since(began); took > time.Second {
			t.Errorf("beside %d slow senders an answer takes %v", slow, took)
		}
	}
	longest := time.Duration(0)
	for range slow {
		select {
		case took := <-ended:
			longest = max(longest, took)
		case <-time.After(20 * time.Second):
			t.Fatal("a sender that never ends its header still has its connection")
		}
	}
	t.Logf("%d senders were cut off within %v", slow, longest.Round(time.Millisecond))
}

// TestThreat_R2_EndlessHeaders sends headers without an end, and more of them than any client needs.
func TestThreat_R2_EndlessHeaders(t *testing.T) {
	s := server.Start(t, server.Options{Bin: bin, Data: t.TempDir()})
	before := s.Memory(t)
	for name, line := range map[string]func(i int) string{
		"one line":   func(int) string { return strings.Repeat("a", 1<<10) },
		"many lines": func(i int) string { return fmt.Sprintf("X-%d: %s\r\n", i, strings.Repeat("b", 1<<10)) },
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			w := bufio.NewWriter(conn)
			_, _ = w.WriteString("GET /livez HTTP/1.1\r\nHost: example.com\r\nX-First: ")
			for i := range 10_000 { // 10 MB
				if _, err := w.WriteString(line(i)); err != nil {
					return
				}
			}
		}()
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != 431 {
			t.Errorf("%s: %v, %v, want 431", name, res, err)
		}
		if err == nil {
			_ = res.Body.Close()
		}
	}
	if more := s.Memory(t) - before; more > 20<<20 {
		t.Errorf("headers without an end took %d MB", more>>20)
	}
}

// held counts the goroutines and open files of a process.
type held struct{ goroutines, files int }

func holds(t *testing.T, ops string) (h held) {
	t.Helper()
	res, err := http.Get(ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		for name, into := range map[string]*int{"go_goroutines ": &h.goroutines, "process_open_fds ": &h.files} {
			if v, ok := strings.CutPrefix(line, name); ok {
				if *into, err = strconv.Atoi(strings.TrimSpace(v)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if h.goroutines == 0 || h.files == 0 {
		t.Fatal("the figures say nothing of goroutines and files")
	}
	return h
}

// TestThreat_R17_NothingIsKept has clients come and go in every way, also in the middle of a request, and then looks
// whether the program holds more than before.
func TestThreat_R17_NothingIsKept(t *testing.T) {
	each(t, func(t *testing.T, o server.Options, _ db.Options) {
		ops := server.FreeAddress(t)
		// Few connections to the database, so that all of them are there after the first round and none comes later.
		env := map[string]string{
			"TASKHOUSE_OPS_ADDR":         ops,
			"TASKHOUSE_FEED_PER_MEMBER":  "0",
			"TASKHOUSE_FEED_PER_ADDRESS": "0",
			"TASKHOUSE_DATABASE_CONNS":   "3",
		}
		maps.Copy(env, o.Env)
		o.Env = env
		s := server.Start(t, o)
		company := server.SignUp(t, s.URL, "Acme")
		round := func() { comeAndGo(t, s.URL, company.Token) }
		round() // fills the pools
		before := holds(t, "http://"+ops)
		for range 3 {
			round()
		}
		// Goroutines end a moment later.
		var after held
		for deadline := time.Now().Add(20 * time.Second); ; {
			after = holds(t, "http://"+ops)
			if after.goroutines <= before.goroutines+5 && after.files <= before.files+3 || time.Now().After(deadline) {
				break
			}
			<-time.After(200 * time.Millisecond)
		}
		t.Logf("before %+v, after %+v", before, after)
		if after.goroutines > before.goroutines+5 || after.files > before.files+3 {
			t.Errorf("after clients have come and gone it holds %+v, before %+v", after, before)
		}
	})
}

// comeAndGo runs a hundred clients: some ask properly, some hang up before the answer, some send half a body, some
// follow the feed.
func comeAndGo(t *testing.T, url, token string) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	ask := func(ctx context.Context, method, path string, body io.Reader) {
		req, err := http.NewRequestWithContext(ctx, method, url+path, body)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		if res, err := transport.RoundTrip(req); err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 200))
			_ = res.Body.Close()
		}
	}
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			switch i % 5 {
			case 0:
				ask(ctx, "GET", "/api/tasks/", nil)
			case 1: // gone when the request is written
				ctx = httptrace.WithClientTrace(ctx,
					&httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }})
				ask(ctx, "POST", "/api/tasks/", strings.NewReader(fmt.Sprintf(`{"title": "task %d"}`, i)))
			case 2: // gone in the middle of the body
				r, w := io.Pipe()
				go func() {
					_, _ = w.Write([]byte(`{"title": "`))
					<-time.After(50 * time.Millisecond)
					cancel()
					_ = w.Close()
				}()
				ask(ctx, "POST", "/api/tasks/", r)
			case 3: // a feed, for a moment
				ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
				ask(ctx, "GET", "/api/events/stream/", nil)
			case 4: // refused
				ask(ctx, "GET", "/api/tasks/0/", nil)
			}
		})
	}
	all.Wait()
}

var large = flag.Int("crash.megabytes", testenv.Long(16, 64),
	"megabytes of data when the server starts after a crash, F24")

// TestThreat_F24_StartOnMuchData kills the program while it writes, with much data behind it, and looks when it answers
// again. It takes the best of three, because the machine may be busy with other tests.
func TestThreat_F24_StartOnMuchData(t *testing.T) {
	each(t, func(t *testing.T, o server.Options, rows db.Options) {
		s := server.Start(t, o)
		company := server.SignUp(t, s.URL, "Acme")
		s.Stop(t)
		fill(t, rows, company.Member, *large)
		best := time.Hour
		for range 3 {
			s := server.Start(t, o)
			api := server.Client{URL: s.URL, Token: company.Token}
			for i := range 20 {
				api.Must(t, "POST", "/api/tasks/",
					map[string]string{"title": fmt.Sprint("task ", i), "description": strings.Repeat("long ", 2000)},
					nil)
			}
			s.Kill9()
			began := time.Now()
			s = server.Start(t, o)
			(server.Client{URL: s.URL}).Must(t, "GET", "/readyz/", nil, nil)
			best = min(best, time.Since(began))
			s.Kill9()
		}
		t.Logf("on %d MB: ready %v after a crash", *large, best.Round(time.Millisecond))
		if best > 2*time.Second {
			t.Errorf("on %d MB it is ready after %v", *large, best)
		}
	})
}

// fill adds tasks to the company of a member, past the program, until there are so many megabytes.
func fill(t *testing.T, rows db.Options, member int64, megabytes int) {
	t.Helper()
	d := dbtest.Open(t, rows)
	defer d.Close()
	const each = 50 << 10 // of a task's description
	for left := megabytes << 20 / each; left > 0; left -= 200 {
		if err := d.System("a test's data").Write(t.Context(), func(tx *db.SystemTx) error {
			_, err := tx.Exec(`INSERT INTO tasks (company_id, title, description, search_text, status, created_by,
				version, created_at, updated_at)
				WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
				SELECT m.company_id, 'one of many', $3, 'one of many', 'todo', m.user_id, 1, $4, $4 FROM n, members m
				WHERE m.user_id = $1`,
				member, min(left, 200), strings.Repeat("words ", each/6), tx.Now)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}
