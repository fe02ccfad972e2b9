package external_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"code.dny.dev/ssrf"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/taskhouse/taskhouse/internal/external"
)

// soon is the deadline of the tests that wait for one.
const soon = 300 * time.Millisecond

const todos = `[
	{"userId": 1, "id": 1, "title": "delectus aut autem", "completed": false},
	{"userId": 1, "id": 2, "title": "quis ut nam", "completed": true},
	{"id": "three", "title": "a text as id", "completed": false},
	{"id": 4, "title": "four", "completed": false},
	{"id": 5, "title": "five", "completed": false},
	{"id": 6, "title": "six is not shown", "completed": false}]`

// upstream is the other system: a real server with a given handler.
type upstream struct {
	*httptest.Server
	hits atomic.Int64
}

func newUpstream(t *testing.T, serve http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.hits.Add(1)
		serve(w, r)
	}))
	t.Cleanup(func() {
		u.CloseClientConnections()
		u.Close()
	})
	return u
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, text) }
}

func newSource(t *testing.T, o external.Options) *external.Source {
	t.Helper()
	s, err := external.NewSource(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// clock is a clock that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func TestTheFirstFive(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" && r.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("asks for compression: %q", r.Header.Get("Accept-Encoding"))
		}
		say(todos)(w, r)
	})
	tasks, state := newSource(t, external.Options{
		URL: u.URL, AllowPrivate: true,
		Now: newClock().Now,
	}).Tasks(t.Context())
	if state.Status != external.OK || state.Reason != "" || state.FetchedAt.Std() != newClock().now {
		t.Errorf("state %+v", state)
	}
	var got []string
	for _, v := range tasks {
		got = append(got, fmt.Sprint(v.ID.JSON(), v.Title, v.Completed, v.Source))
	}
	want := `1delectus aut autemfalseexternal 2quis ut namtrueexternal "three"a text as idfalseexternal ` +
		`4fourfalseexternal 5fivefalseexternal`
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestNoSource(t *testing.T) {
	tasks, state := newSource(t, external.Options{}).Tasks(t.Context())
	if tasks == nil || len(tasks) != 0 || state != (external.State{
		Status: external.Unavailable,
		Reason: external.Off,
	}) {
		t.Errorf("%v %+v", tasks, state)
	}
}

// Whatever the number of callers, one request is under way. It goes on when one of the callers leaves.
func TestOneRequestForAllCallers(t *testing.T) {
	release := make(chan struct{})
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { <-release; say(todos)(w, r) })
	s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true})
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, state := s.Tasks(gone); state.Status != external.Unavailable {
		t.Errorf("who left got %+v", state)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if tasks, state := s.Tasks(t.Context()); len(tasks) != external.Shown || state.Status != external.OK {
				t.Errorf("%d tasks, %+v", len(tasks), state)
			}
		})
	}
	close(release)
	wg.Wait()
	if n := u.hits.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// An answer is fresh for a minute, then shown as stale while the next one is fetched, and not shown after a day.
func TestStaleWhileRevalidate(t *testing.T) {
	c := newClock()
	answers := make(chan string, 1)
	asked := make(chan struct{}, 10)
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { asked <- struct{}{}; say(<-answers)(w, r) })
	s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true, Now: c.Now, Deadline: 10 * time.Second})
	answers <- todos
	s.Tasks(t.Context())
	<-asked

	c.advance(external.Fresh - time.Second)
	if _, state := s.Tasks(t.Context()); state.Status != external.OK || u.hits.Load() != 1 {
		t.Errorf("fresh: %+v, %d requests", state, u.hits.Load())
	}
	c.advance(time.Second)
	tasks, state := s.Tasks(t.Context()) // at once, before the upstream has answered
	if state.Status != external.Stale || len(tasks) != external.Shown {
		t.Errorf("stale: %d %+v", len(tasks), state)
	}
	<-asked
	answers <- `[{"id": 9, "title": "new", "completed": true}]`
	for state.Status != external.OK {
		tasks, state = s.Tasks(t.Context())
	}
	if len(tasks) != 1 || tasks[0].Title != "new" || u.hits.Load() != 2 {
		t.Errorf("fetched anew: %v, %d requests", tasks, u.hits.Load())
	}
	u.Close()
	c.advance(24 * time.Hour)
	if tasks, state := s.Tasks(t.Context()); state.Status != external.Unavailable ||
		state.Reason != external.Unreachable || len(tasks) != 0 || state.FetchedAt != 0 {
		t.Errorf("after a day: %v %+v", tasks, state)
	}
}

// X1: the source connects to none of these addresses, in whatever form they are written.
func TestThreat_X1_PrivateAddresses(t *testing.T) {
	for _, host := range []string{
		"127.0.0.1", "127.0.0.1:8080", "localhost", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
		"169.254.169.254", "0.0.0.0", "[::1]", "[::]",
		"[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00::1]",
		"[fe80::1]", "224.0.0.1", "255.255.255.255",
		"93.184.215.14:22", "93.184.215.14:8080",
	} {
		t.Run(host, func(t *testing.T) {
			s := newSource(t, external.Options{URL: "http://" + host + "/todos", Deadline: 10 * time.Second})
			_, state := s.Tasks(t.Context())
			err := s.Err()
			if state.Status != external.Unavailable || state.Reason != external.Unreachable ||
				!errors.Is(err, ssrf.ErrProhibitedIP) && !errors.Is(err, ssrf.ErrProhibitedPort) {
				t.Errorf("%+v: %v", state, err)
			}
		})
	}
	// Go does not parse these forms of 127.0.0.1 as addresses: it looks them up as names and finds none.
	resolver := nameServer(t, nil)
	for _, host := range []string{"0", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"} {
		s := newSource(t, external.Options{URL: "http://" + host + "/", Deadline: 10 * time.Second, Resolver: resolver})
		if _, state := s.Tasks(t.Context()); state.Status != external.Unavailable {
			t.Errorf("%s: %+v", host, state)
		}
	}
	if _, err := external.NewSource(external.Options{URL: "file:///etc/passwd"}); err == nil {
		t.Error("a file is no source")
	}
}

// X2: the source looks a name up for each connection and checks that address; it follows no redirect.
func TestThreat_X2_RebindingAndRedirects(t *testing.T) {
	inner := newUpstream(t, say(todos))
	port := inner.URL[strings.LastIndex(inner.URL, ":"):]
	t.Run("a name that leads inside", func(t *testing.T) {
		var asked atomic.Int64
		resolver := nameServer(t, func() string {
			if asked.Add(1) == 1 {
				return "192.0.2.1" // TEST-NET-1, public to a check that is made beforehand
			}
			return "127.0.0.1"
		})
		c := newClock()
		s := newSource(t, external.Options{
			URL: "http://rebind.example/", Resolver: resolver, Deadline: soon,
			Now: c.Now,
		})
		for range 3 {
			if _, state := s.Tasks(t.Context()); state.Status != external.Unavailable {
				t.Errorf("%+v", state)
			}
		}
		if err := s.Err(); !errors.Is(err, ssrf.ErrProhibitedIP) || asked.Load() < 2 {
			t.Errorf("%d look-ups, %v", asked.Load(), err)
		}
	})
	t.Run("a redirect", func(t *testing.T) {
		for _, code := range []int{301, 302, 303, 307, 308} {
			outer := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://127.0.0.1"+port, code)
			})
			s := newSource(t, external.Options{URL: outer.URL, AllowPrivate: true})
			if _, state := s.Tasks(t.Context()); state.Reason != external.Refused || outer.hits.Load() != 1 {
				t.Errorf("%d: %+v after %d requests", code, state, outer.hits.Load())
			}
		}
	})
	if n := inner.hits.Load(); n != 0 {
		t.Errorf("%d requests arrived inside", n)
	}
}

// nameServer returns a resolver that asks a real server on this machine. The server resolves every name to one
// address, or to none if address is nil.
func nameServer(t *testing.T, address func() string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			q := m.Questions[0]
			switch {
			case address == nil:
				m.RCode = dnsmessage.RCodeNameError
			case q.Type == dnsmessage.TypeA:
				h := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
				m.Answers = []dnsmessage.Resource{{
					Header: h,
					Body:   &dnsmessage.AResource{A: [4]byte(net.ParseIP(address()).To4())},
				}}
			}
			if b, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(b, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// X3: any answer costs at most the deadline and a mebibyte.
func TestThreat_X3_Answers(t *testing.T) {
	endless := func(piece string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(piece)); err != nil {
					return
				}
			}
		}
	}
	hang := func(first string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(first))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}
	task := func(fields string) http.HandlerFunc { return say("[" + fields + "]") }
	for _, c := range []struct {
		name   string
		serve  http.HandlerFunc
		reason external.Reason
	}{
		{"10 GB", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10000000000")
			endless("          ")(w, r)
		}, external.TooLarge},
		{"never-ending", endless(`[{"id": 1, "title": "x", "completed": true},`), external.TooLarge},
		{"silence", hang(""), external.Timeout},
		{"half an answer", hang(todos[:100]), external.Timeout},
		{"one byte at a time", func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(soon / 10)
			defer tick.Stop()
			for r.Context().Err() == nil {
				<-tick.C
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
			}
		}, external.Timeout},
		{"gzip bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_ = http.NewResponseController(w).Flush()
			z := gzip.NewWriter(w)
			for range 100 {
				_, _ = z.Write(make([]byte, 1<<20))
			}
			_ = z.Close()
		}, external.Malformed},
		{"large headers", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Large", strings.Repeat("x", 100<<10))
		}, external.Unreachable},
		{"nothing", say(""), external.Malformed},
		{"HTML", say("<!doctype html><title>Sign in</title>"), external.Malformed},
		{"half JSON", say(todos[:100]), external.Malformed},
		{"two answers", say("[] []"), external.Malformed},
		{"not UTF-8", task("{\"id\": 1, \"title\": \"\xff\", \"completed\": true}"), external.Malformed},
		{"a name twice", task(`{"id": 1, "id": 2, "title": "x", "completed": true}`), external.Malformed},
		{"NaN", task(`{"id": NaN, "title": "x", "completed": true}`), external.Malformed},
		{"an object", say(`{"id": 1, "title": "x", "completed": true}`), external.Malformed},
		{"a list of lists", say("[[[[]]]]"), external.Malformed},
		{"deep", say(strings.Repeat("[", 500_000)), external.Malformed},
		{"null", say("null"), external.Malformed},
		{"a null task", task("null"), external.Malformed},
		{"no title", task(`{"id": 1, "completed": true}`), external.Malformed},
		{"title is no text", task(`{"id": 1, "title": 7, "completed": true}`), external.Malformed},
		{"title is null", task(`{"id": 1, "title": null, "completed": true}`), external.Malformed},
		{"completed is no truth", task(`{"id": 1, "title": "x", "completed": "yes"}`), external.Malformed},
		{"id is a fraction", task(`{"id": 1.5, "title": "x", "completed": true}`), external.Malformed},
		{"id is too large", task(`{"id": 99999999999999999999, "title": "x", "completed": true}`), external.Malformed},
		{"id is a truth", task(`{"id": true, "title": "x", "completed": true}`), external.Malformed},
		{
			"id is a long text", task(`{"id": "` + strings.Repeat("x", 101) + `", "title": "x", "completed": true}`),
			external.Malformed,
		},
		{"wrong behind what is shown", say(strings.TrimSuffix(todos, "]") + ", {]"), external.Malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newUpstream(t, c.serve)
			deadline := soon
			// A busy machine reads for longer than the deadline, and these cases are not about it.
			if c.reason != external.Timeout {
				deadline = 5 * time.Second
			}
			s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true, Deadline: deadline})
			start := time.Now()
			tasks, state := s.Tasks(t.Context())
			if took := time.Since(start); took > soon+5*time.Second {
				t.Errorf("took %v", took)
			}
			// On a busy machine the deadline may come before the end of a large answer.
			if state.Status != external.Unavailable || state.Reason != c.reason &&
				!(c.reason == external.TooLarge && state.Reason == external.Timeout) || len(tasks) != 0 {
				t.Errorf("%d tasks, %+v (%v)", len(tasks), state, s.Err())
			}
		})
	}
	t.Run("a large title is cut and no terminal obeys it", func(t *testing.T) {
		u := newUpstream(t, task(`{"id": 1, "title": "\u001b[2J`+strings.Repeat("ä", 300_000)+`", "completed": true}`))
		tasks, _ := newSource(t, external.Options{URL: u.URL, AllowPrivate: true}).Tasks(t.Context())
		if want := " [2J" + strings.Repeat("ä", 195) + "…"; len(tasks) != 1 || tasks[0].Title != want {
			t.Errorf("%.300v", tasks)
		}
	})
}

// X4: a GET is retried a few times. After more failures the source is paused, and its last answer is shown.
func TestThreat_X4_Failures(t *testing.T) {
	reset := func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, c := range []struct {
		name   string
		serve  http.HandlerFunc
		hits   int64
		reason external.Reason
	}{
		{"500", status(500), 3, external.Refused},
		{"503", status(503), 3, external.Refused},
		{"429", status(429), 3, external.Refused},
		{"404", status(404), 1, external.Refused},
		{"204", status(204), 1, external.Refused},
		{"reset", reset, 3, external.Unreachable},
		{"nonsense", say("nonsense"), 1, external.Malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := newUpstream(t, c.serve)
			s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true, Deadline: 10 * time.Second})
			if _, state := s.Tasks(t.Context()); state.Reason != c.reason || u.hits.Load() != c.hits {
				t.Errorf("%d requests, %+v (%v)", u.hits.Load(), state, s.Err())
			}
		})
	}
	t.Run("the second attempt succeeds", func(t *testing.T) {
		var u *upstream
		u = newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if u.hits.Load() == 1 {
				reset(w, r)
				return
			}
			say(todos)(w, r)
		})
		if _, state := newSource(t, external.Options{
			URL: u.URL, AllowPrivate: true,
			Deadline: 10 * time.Second,
		}).Tasks(t.Context()); state.Status != external.OK {
			t.Errorf("%+v", state)
		}
	})
	t.Run("a certificate of nobody", func(t *testing.T) {
		u := httptest.NewUnstartedServer(say(todos))
		u.Config.ErrorLog = log.New(io.Discard, "", 0)
		u.StartTLS()
		defer u.Close()
		if _, state := newSource(t, external.Options{
			URL: u.URL, AllowPrivate: true,
			Deadline: 10 * time.Second,
		}).Tasks(t.Context()); state.Reason != external.Unreachable {
			t.Errorf("%+v", state)
		}
	})
	t.Run("the breaker", func(t *testing.T) {
		c := newClock()
		var bad atomic.Bool
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if bad.Load() {
				w.WriteHeader(404)
				return
			}
			say(todos)(w, r)
		})
		s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true, Now: c.Now})
		bad.Store(true)
		for range 10 {
			if _, state := s.Tasks(t.Context()); state.Status != external.Unavailable {
				t.Errorf("%+v", state)
			}
		}
		if n := u.hits.Load(); n != 3 {
			t.Errorf("%d requests before it was left alone", n)
		}
		c.advance(time.Second) // the first pause is between half a second and one
		s.Tasks(t.Context())
		s.Tasks(t.Context())
		if n := u.hits.Load(); n != 4 {
			t.Errorf("%d requests after the first pause", n)
		}
		bad.Store(false)
		c.advance(time.Minute)
		if _, state := s.Tasks(t.Context()); state.Status != external.OK || state.Reason != "" {
			t.Errorf("once it is well again: %+v", state)
		}
	})
	t.Run("Retry-After", func(t *testing.T) {
		c := newClock()
		u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(429)
		})
		s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true, Now: c.Now})
		s.Tasks(t.Context())
		c.advance(119 * time.Second)
		s.Tasks(t.Context())
		if n := u.hits.Load(); n != 1 {
			t.Errorf("%d requests before the time it asked for", n)
		}
		c.advance(time.Second)
		s.Tasks(t.Context())
		if n := u.hits.Load(); n != 2 {
			t.Errorf("%d requests after it", n)
		}
	})
	t.Run("the stale answer is shown", func(t *testing.T) {
		c := newClock()
		u := newUpstream(t, say(todos))
		s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true, Now: c.Now, Deadline: soon})
		s.Tasks(t.Context())
		u.Close()
		c.advance(time.Hour)
		var tasks []external.Task
		var state external.State
		for state.Reason == "" { // the fetch goes on in the background
			tasks, state = s.Tasks(t.Context())
		}
		if state.Status != external.Stale || state.Reason != external.Unreachable || len(tasks) != external.Shown ||
			state.FetchedAt.Std() != newClock().now {
			t.Errorf("%d tasks, %+v", len(tasks), state)
		}
	})
}

// X7: the source ignores a proxy from the environment. Loopback is never proxied, so the source has a name here.
func TestThreat_X7_NoProxy(t *testing.T) {
	proxy := newUpstream(t, say(todos))
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	u := newUpstream(t, say(todos))
	port := u.URL[strings.LastIndex(u.URL, ":"):]
	s := newSource(t, external.Options{
		URL: "http://tasks.example" + port, AllowPrivate: true,
		Resolver: nameServer(t, func() string { return "127.0.0.1" }),
	})
	if _, state := s.Tasks(t.Context()); state.Status != external.OK || u.hits.Load() != 1 || proxy.hits.Load() != 0 {
		t.Errorf("%+v: %d requests, %d to the proxy (%v)", state, u.hits.Load(), proxy.hits.Load(), s.Err())
	}
}

func TestErrorsHideTheURL(t *testing.T) {
	s := newSource(t, external.Options{URL: "http://user:hunter2@127.0.0.1:1/?key=hunter3", Deadline: soon})
	s.Tasks(t.Context())
	if err := s.Err(); err == nil || strings.Contains(err.Error(), "hunter") {
		t.Errorf("%v", err)
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct{ mapping, body, want string }{
		{"id=id", `[{"id":1,"title":"a","completed":true}]`, "1 a true"},
		{"list=results", `{"count":1,"results":[{"id":1,"title":"a","completed":true}],"next":null}`, "1 a true"},
		{
			"list=items,id=number,title=name,completed=state:closed",
			`{"items":[{"number":7,"name":"b","state":"closed"}]}`, "7 b true",
		},
		{"completed=state:closed", `[{"id":7,"title":"b","state":"open"}]`, "7 b false"},
		{"list=results", `[{"id":1}]`, "error"},
		{"list=results", `{"count":1}`, "error"},
		{"list=results", `{"results":[{"id":1,"title":"a","completed":true}]} x`, "error"},
		{"completed=state:closed", `[{"id":7,"title":"b","state":null}]`, "error"},
		{"id=missing", `[{"id":7,"title":"b","completed":true}]`, "error"},
		{"nonsense", "", "no mapping"},
		{"id=", "", "no mapping"},
		{"id=a,id=b", "", "no mapping"},
		{"owner=a", "", "no mapping"},
	} {
		got := ""
		f, err := external.ParseFields(c.mapping)
		if err != nil {
			got = "no mapping"
		} else if tasks, err := f.Decode([]byte(c.body)); err != nil {
			got = "error"
		} else {
			got = fmt.Sprint(tasks[0].ID, " ", tasks[0].Title, " ", tasks[0].Completed)
		}
		if got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.mapping, c.body, got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(todos), "")
	f.Add([]byte(`{"results":[{"id":1,"title":"a","completed":true}]}`), "results")
	f.Fuzz(func(t *testing.T, body []byte, list string) {
		fields := external.DefaultFields
		fields.List = list
		tasks, err := fields.Decode(body)
		if len(tasks) > external.Shown {
			t.Errorf("%d tasks", len(tasks))
		}
		for _, v := range tasks {
			if err == nil && (len([]rune(v.Title)) > 200 || v.ID.JSON() == "") {
				t.Errorf("%+v", v)
			}
		}
	})
}
