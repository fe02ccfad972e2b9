package limit

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Listener limits the number of open connections, of all clients and of each address, also after they change to another
// protocol. It closes further connections at once, so that their clients know and the others do not wait.
type Listener struct {
	net.Listener
	all, each int
	trusted   []netip.Prefix
	refused   atomic.Int64

	mu   sync.Mutex
	open int
	of   map[netip.Addr]int
}

// NewListener limits the connections of ln; 0 is no limit. The limit of each address does not apply to trusted proxies,
// which forward the requests of many clients.
func NewListener(ln net.Listener, all, each int, trusted []netip.Prefix) *Listener {
	return &Listener{Listener: ln, all: all, each: each, trusted: trusted, of: map[netip.Addr]int{}}
}

// Refused returns the number of connections closed so far.
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
			_ = c.Close() // the answer
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

// conn is an accepted connection.
type conn struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *conn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// SetWriteBuffer limits the kernel's buffer for a slow reader, if the connection supports it.
func (c *conn) SetWriteBuffer(bytes int) error {
	if s, ok := c.Conn.(interface{ SetWriteBuffer(int) error }); ok {
		return s.SetWriteBuffer(bytes)
	}
	return nil
}
