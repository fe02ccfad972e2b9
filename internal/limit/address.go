package limit

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddr returns the address of the client. It is the peer of the connection, or, if that is a trusted proxy, the
// right-most address in X-Forwarded-For that is not one. The client may have written anything left of it. All clients
// with an unknown address share the zero Addr.
func ClientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer := parse(r.RemoteAddr)
	if len(trusted) == 0 || !isTrusted(peer, trusted) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr := parse(strings.TrimSpace(hop))
		if !addr.IsValid() { // the rest to the left is not reliable either
			return peer
		}
		if peer = addr; !isTrusted(addr, trusted) {
			return addr
		}
	}
	return peer
}

// ByProxy reports whether a trusted proxy sent the request, so that forwarding headers count.
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

// Key returns the key by which an address is limited: the address, or the /64 network of an IPv6 address, because one
// customer has all of that.
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
