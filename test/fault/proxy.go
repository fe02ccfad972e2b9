// Package fault is a proxy between a program and a server, and breaks the connection in the ways networks do.
package fault

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy passes TCP connections on to a server.
type Proxy struct {
	target string
	ln     net.Listener

	mu      sync.Mutex
	conns   map[net.Conn]struct{}
	mode    mode
	delay   time.Duration
	changed chan struct{} // closed when the mode changes
	trap    []byte        // see CutAtAnswer
}

type mode int

const (
	passing mode = iota
	refusing
	swallowing
)

// NewProxy listens on a free port and forwards to target. It ends with the test.
func NewProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{target: target, ln: ln, conns: map[net.Conn]struct{}{}, changed: make(chan struct{})}
	go p.accept()
	tb.Cleanup(func() {
		_ = ln.Close()
		p.set(refusing, 0)
	})
	return p
}

// Addr returns the address on which the proxy listens.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Pass lets everything through.
func (p *Proxy) Pass() { p.set(passing, 0) }

// Slow lets everything through after a delay, each way.
func (p *Proxy) Slow(delay time.Duration) { p.set(passing, delay) }

// Cut resets every connection, and those that come.
func (p *Proxy) Cut() { p.set(refusing, 0) }

// Swallow takes everything and answers nothing, and closes nothing: a cable that was pulled.
func (p *Proxy) Swallow() { p.set(swallowing, 0) }

// CutAtAnswer ends the next connection on which the server's answer has these bytes, before they are passed on: the
// request is done, and the client does not learn it. Sprung reports whether that has happened.
func (p *Proxy) CutAtAnswer(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trap = b
}

// Sprung reports whether an answer was cut off since CutAtAnswer.
func (p *Proxy) Sprung() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trap == nil
}

// trapped springs the trap if it is for this answer.
func (p *Proxy) trapped(answer []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trap == nil || !bytes.Contains(answer, p.trap) {
		return false
	}
	p.trap = nil
	return true
}

func (p *Proxy) set(m mode, delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode, p.delay = m, delay
	close(p.changed)
	p.changed = make(chan struct{})
	if m == refusing {
		for c := range p.conns {
			reset(c)
		}
	}
}

func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

// now gives the mode, and a channel that tells of its change.
func (p *Proxy) now() (mode, time.Duration, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode, p.delay, p.changed
}

func (p *Proxy) accept() {
	for {
		c, err := p.ln.Accept()
		if err != nil {
			return
		}
		go p.serve(c)
	}
}

func (p *Proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = struct{}{}
}

func (p *Proxy) drop(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
	_ = c.Close()
}

func (p *Proxy) serve(c net.Conn) {
	if m, _, _ := p.now(); m == refusing {
		reset(c)
		return
	}
	p.keep(c)
	defer p.drop(c)
	s, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	p.keep(s)
	defer p.drop(s)
	done := make(chan struct{}, 2)
	go func() { p.copy(s, c, false); done <- struct{}{} }()
	go func() { p.copy(c, s, true); done <- struct{}{} }()
	<-done
}

// copy passes bytes on for as long as the mode lets it; swallowed bytes are gone, as those of a connection that will
// never recover.
func (p *Proxy) copy(to io.Writer, from io.Reader, answers bool) {
	b := make([]byte, 32<<10)
	lost := false
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		if answers && p.trapped(b[:n]) {
			return
		}
		m, delay, changed := p.now()
		if m == swallowing || lost {
			lost = true
			continue
		}
		if delay > 0 {
			select {
			case <-time.After(delay):
			case <-changed:
			}
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}
