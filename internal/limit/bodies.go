package limit

import (
	"net/netip"
	"sync"
)

// Bodies bounds the bytes of request bodies in memory, of each address and of all together. Bodies are read before a
// request takes a place in the gate, so that slow senders occupy no place; Bodies bounds their memory instead. A nil
// Bodies has no bound.
type Bodies struct {
	each, all int64

	mu    sync.Mutex
	total int64
	of    map[netip.Addr]int64
}

// NewBodies returns bounds in bytes: for each address, or each IPv6 /64 network, and for all together.
func NewBodies(each, all int64) *Bodies {
	return &Bodies{each: each, all: all, of: map[netip.Addr]int64{}}
}

// Bound says which bound of Bodies is reached.
type Bound int

// The bounds.
const (
	NoBound Bound = iota
	AddressBound
	TotalBound
)

// Take counts n bytes that an address has sent. If that passes a bound, Take counts nothing and returns the bound.
// Release the bytes with Give when the request is answered.
func (b *Bodies) Take(from netip.Addr, n int) Bound {
	if b == nil || n == 0 {
		return NoBound
	}
	from = network(from)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.total+int64(n) > b.all:
		return TotalBound
	case b.of[from]+int64(n) > b.each:
		return AddressBound
	}
	b.total += int64(n)
	b.of[from] += int64(n)
	return NoBound
}

// Give releases n bytes that Take has counted.
func (b *Bodies) Give(from netip.Addr, n int) {
	if b == nil || n == 0 {
		return
	}
	from = network(from)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total -= int64(n)
	if b.of[from] -= int64(n); b.of[from] <= 0 {
		delete(b.of, from)
	}
}

// Held returns the bytes in memory, of all addresses together.
func (b *Bodies) Held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}
