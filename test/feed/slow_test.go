package feed_test

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskhouse/taskhouse/test/server"
)

// crowd is many sockets of one company, each of which tells when it has had an event.
type crowd struct {
	conns []*websocket.Conn
	had   chan time.Time
}

func join(t *testing.T, url, token string, n int, reads bool) *crowd {
	t.Helper()
	c := &crowd{had: make(chan time.Time, n)}
	for range n {
		ws, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/ws/tasks/",
			http.Header{"Authorization": {"Bearer " + token}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		c.conns = append(c.conns, ws)
		if !reads {
			must(t, ws.NetConn().(*net.TCPConn).SetReadBuffer(4<<10))
			continue
		}
		go func() {
			for {
				_, b, err := ws.ReadMessage()
				if err != nil {
					return
				}
				if !strings.Contains(string(b), "connection_established") {
					c.had <- time.Now()
				}
			}
		}()
	}
	t.Cleanup(func() {
		for _, ws := range c.conns {
			_ = ws.NetConn().Close()
		}
	})
	return c
}

// delays has events made, and gives how long the last reader of each waited, in order of size.
func (c *crowd) delays(t *testing.T, api server.Client, events int, description string) (all []time.Duration) {
	t.Helper()
	for range events {
		began := time.Now()
		api.Must(t, "POST", "/api/tasks/", map[string]string{"title": "to everybody", "description": description}, nil)
		var last time.Time
		for range c.conns {
			select {
			case last = <-c.had:
			case <-time.After(30 * time.Second):
				t.Fatal("a reader does not get an event")
			}
		}
		all = append(all, last.Sub(began))
	}
	slices.Sort(all)
	return all
}

// TestThreat_R4_ManyWhoNeverRead has 500 clients that never read beside 500 that do.
func TestThreat_R4_ManyWhoNeverRead(t *testing.T) {
	const half, events = 500, 100
	s := server.Start(
		t,
		server.Options{
			Bin:  bin,
			Data: t.TempDir(),
			Env:  map[string]string{"TASKHOUSE_FEED_PER_MEMBER": "0", "TASKHOUSE_FEED_PER_ADDRESS": "0"},
		},
	)
	company := server.SignUp(t, s.URL, "Acme")
	api := server.Client{URL: s.URL, Token: company.Token}
	words := strings.Repeat("much to read ", 300) // 4 kB

	readers := join(t, s.URL, company.Token, half, true)
	readers.delays(t, api, 10, words) // warm
	before := readers.delays(t, api, events, words)
	memory := s.Memory(t)
	join(t, s.URL, company.Token, half, false)
	// More than a socket's buffers hold, so that each of those who do not read is stuck or cut off.
	after := readers.delays(t, api, events, words)
	more := s.Memory(t) - memory
	p99 := func(d []time.Duration) time.Duration { return d[len(d)*99/100-1] }
	t.Logf(
		"to the last of %d readers: p50 %s, p99 %s; beside %d who never read: p50 %s, p99 %s, and %.1f MB more memory",
		half, before[events/2].Round(time.Millisecond/10), p99(before).Round(time.Millisecond/10), half,
		after[events/2].Round(time.Millisecond/10), p99(after).Round(time.Millisecond/10), float64(more)/1e6)
	// They get messages too, for as long as they take any: twice as many writes. They must not slow down the others.
	if limit := 3*before[events/2] + 50*time.Millisecond; after[events/2] > limit {
		t.Errorf("readers wait %s, and %s without those who never read", after[events/2], before[events/2])
	}
	if more > 100<<20 {
		t.Errorf("those who never read hold %d MB", more>>20)
	}
}
