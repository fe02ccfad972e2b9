package limit

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddr is who sent a request: the peer of the connection, unless that is a trusted proxy; then the right-most address in
// X-Forwarded-For that is not one. What stands left of it may have been written by the client itself. The zero Addr is
// unknown, and one for all who are.
func ClientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer := parse(r.RemoteAddr)
	if len(trusted) == 0 || !isTrusted(peer, trusted) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr := parse(strings.TrimSpace(hop))
		if !addr.IsValid() { // nonsense from here on to the left: the last one known is all there is
			return peer
		}
		if peer = addr; !isTrusted(addr, trusted) {
			return addr
		}
	}
	return peer
}

// ByProxy says whether a request comes from a trusted proxy, so that its headers are that one's.
func ByProxy(r *http.Request, trusted []netip.Prefix) bool {
	return len(trusted) > 0 && isTrusted(parse(r.RemoteAddr), trusted)
}

func parse(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.Unmap().WithZone("")
	}
	return netip.Addr{}
}

func isTrusted(a netip.Addr, trusted []netip.Prefix) bool {
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Key is what an address is limited by: itself, or the /64 network of an IPv6 address, because a single customer has all of it.
func Key(a netip.Addr) string {
	if n := network(a); n != a {
		return n.String() + "/64"
	}
	return a.String()
}

func network(a netip.Addr) netip.Addr {
	if a.Is6() && !a.Is4In6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
