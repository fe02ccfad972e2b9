package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// slowSender is a connection that has sent the head of a request and a part of its body.
type slowSender struct{ net.Conn }

// begin sends the head of a request with a body of size bytes, and the first bytes of it.
func begin(t *testing.T, s *server, path, token string, size int, first string) slowSender {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	auth := ""
	if token != "" {
		auth = "Authorization: Bearer " + token + "\r\n"
	}
	_, err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\n%s"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, auth, size, first)
	if err != nil {
		t.Fatal(err)
	}
	return slowSender{c}
}

// status returns the status of the answer.
func (c slowSender) status(t *testing.T) int {
	t.Helper()
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, a.Body)
	_ = a.Body.Close()
	return a.StatusCode
}

// waitFor polls a state that another goroutine of this process brings about.
func waitFor(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !reached(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not reached: %s", what)
		}
	}
}

// Threat R19: clients that send their bodies slowly occupy no place in the gate, signed in or not.
func TestThreat_R19_SlowBodiesOccupyNoPlace(t *testing.T) {
	gate, bodies := limit.NewGate(time.Now, nil), limit.NewBodies(1<<20, 1<<20)
	s := newServer(t, "sqlite", func(s *server) { s.api.Gate, s.api.Bodies = gate, bodies })
	const (
		senders = 300 // more than the gate has places at first
		first   = `{"t`
	)
	var all []slowSender
	for i := range senders {
		if i%2 == 0 {
			all = append(all, begin(t, s, "/api/auth/logout/", "", 14, first))
		} else {
			all = append(all, begin(t, s, "/api/tasks/", s.acme.owner.access, 14, first))
		}
	}
	waitFor(t, "all have begun", func() bool { return bodies.Held() == int64(senders*len(first)) })
	if n := gate.Stats(); n.Inside != 0 || n.Waiting != 0 {
		t.Errorf("the gate has %d inside and %d waiting", n.Inside, n.Waiting)
	}
	for range 20 {
		s.globex.owner.get(t, "/api/tasks/").want(t, 200)
		s.globex.owner.post(t, "/api/tasks/", body{"title": "x"}).want(t, 201)
	}
	for i, c := range all[:2] { // a client that ends its body gets the usual answer
		if _, err := io.WriteString(c, `itle":"ab"}`); err != nil {
			t.Fatal(err)
		}
		if got, want := c.status(t), []int{400, 201}[i]; got != want {
			t.Errorf("sender %d: %d, not %d", i, got, want)
		}
	}
	for _, c := range all {
		_ = c.Close()
	}
	waitFor(t, "the bytes are released", func() bool { return bodies.Held() == 0 })
}

// Threat R19: the bodies of one address cannot fill the memory, nor those of all addresses.
func TestThreat_R19_BodiesAreBounded(t *testing.T) {
	bodies := limit.NewBodies(1000, 10_000)
	s := newServer(t, "sqlite", func(s *server) { s.api.Bodies = bodies })
	held := begin(t, s, "/api/tasks/", s.acme.owner.access, 1000, `{"title":"`+strings.Repeat("x", 700))
	waitFor(t, "the first body has begun", func() bool { return bodies.Held() == 710 })
	long := body{"title": "x", "description": strings.Repeat("x", 500)}
	if a := s.globex.owner.post(t, "/api/tasks/", long).want(t, 429); a.header.Get("Retry-After") == "" {
		t.Error("refused without Retry-After")
	}
	s.globex.owner.post(t, "/api/tasks/", body{"title": "x"}).want(t, 201)
	if n := bodies.Held(); n != 710 {
		t.Errorf("%d bytes are counted, not 710", n)
	}
	_ = held.Close()
	waitFor(t, "the bytes are released", func() bool { return bodies.Held() == 0 })
	s.globex.owner.post(t, "/api/tasks/", long).want(t, 201)

	*bodies = *limit.NewBodies(1000, 300)
	if a := s.globex.owner.post(t, "/api/tasks/", long).want(t, 503); a.header.Get("Retry-After") == "" {
		t.Error("refused without Retry-After")
	}
}

// Threat R19: a body must arrive in time, and the operation may take longer than that.
func TestThreat_R19_BodiesHaveADeadline(t *testing.T) {
	bodies := limit.NewBodies(1<<20, 1<<20)
	s := newServer(t, "sqlite", func(s *server) { s.api.Bodies, s.api.BodyTimeout = bodies, 100*time.Millisecond })
	c := begin(t, s, "/api/tasks/", s.acme.owner.access, 14, `{"t`)
	if got := c.status(t); got != 400 {
		t.Errorf("a body that does not end: %d", got)
	}
	if n := bodies.Held(); n != 0 {
		t.Errorf("%d bytes are still counted", n)
	}
	// The deadline is of the body alone: an operation may wait longer than that.
	blocked, goOn := make(chan struct{}), make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		_ = s.db.System("a test holds the one writer").Write(context.Background(), func(*db.SystemTx) error {
			close(blocked)
			<-goOn
			return nil
		})
	})
	<-blocked
	c = begin(t, s, "/api/tasks/", s.acme.owner.access, 14, `{"title":"ab"}`)
	time.Sleep(300 * time.Millisecond)
	close(goOn)
	writer.Wait()
	if got := c.status(t); got != 201 {
		t.Errorf("a body that came in time, and an operation that took longer: %d", got)
	}
}
