package limit

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Listener takes no more connections at the same time than a number, of all clients and of one address, for as long as they are open,
// whatever protocol they go over to. One that is too many is closed at once: whoever opened it knows, and nobody else waits for it.
type Listener struct {
	net.Listener
	all, each int
	trusted   []netip.Prefix
	refused   atomic.Int64

	mu   sync.Mutex
	open int
	of   map[netip.Addr]int
}

// NewListener bounds ln; 0 is no bound. Connections of trusted proxies, which bring everybody's requests, are bounded together only.
func NewListener(ln net.Listener, all, each int, trusted []netip.Prefix) *Listener {
	return &Listener{Listener: ln, all: all, each: each, trusted: trusted, of: map[netip.Addr]int{}}
}

// Refused is how many were too many so far.
func (l *Listener) Refused() int64 { return l.refused.Load() }

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := network(parse(c.RemoteAddr().String()))
		if isTrusted(addr, l.trusted) {
			addr = netip.Addr{}
		}
		if !l.take(addr) {
			l.refused.Add(1)
			_ = c.Close() // which is the answer
			continue
		}
		return &conn{Conn: c, leave: sync.OnceFunc(func() { l.leave(addr) })}, nil
	}
}

func (l *Listener) take(addr netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all > 0 && l.open >= l.all || l.each > 0 && addr.IsValid() && l.of[addr] >= l.each {
		return false
	}
	l.open++
	if addr.IsValid() {
		l.of[addr]++
	}
	return true
}

func (l *Listener) leave(addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if !addr.IsValid() {
		return
	}
	if l.of[addr]--; l.of[addr] <= 0 {
		delete(l.of, addr)
	}
}

// conn is one that was taken.
type conn struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *conn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// SetWriteBuffer bounds what the kernel keeps for a slow reader, where the connection can.
func (c *conn) SetWriteBuffer(bytes int) error {
	if s, ok := c.Conn.(interface{ SetWriteBuffer(int) error }); ok {
		return s.SetWriteBuffer(bytes)
	}
	return nil
}
