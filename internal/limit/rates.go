package limit

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Rates are the rate limits of the API: by address, before the caller is known, and then by session, user and company.
// Only broken programs and attackers should reach them.
type Rates struct {
	address, token, user, company policy
	header                        string
}

// RateOptions are the rates. A zero rate is no limit.
type RateOptions struct {
	Address, Token, User, Company Rate
	Now                           func() time.Time // never goes back
}

// policy is a rate with the name that clients see.
type policy struct {
	name string
	*Limiter
}

// NewRates returns rate limits that nothing has been counted against.
func NewRates(o RateOptions) *Rates {
	r := &Rates{
		address: policy{"address", New(o.Address, o.Now)}, token: policy{"token", New(o.Token, o.Now)},
		user: policy{"user", New(o.User, o.Now)}, company: policy{"company", New(o.Company, o.Now)},
	}
	var all []string
	for _, p := range r.policies() {
		if p.rate.Burst > 0 {
			all = append(all, fmt.Sprintf("%q;q=%d;w=%d", p.name, p.rate.Burst, seconds(p.rate.Per)))
		}
	}
	r.header = strings.Join(all, ", ")
	return r
}

func (r *Rates) policies() []policy { return []policy{r.address, r.token, r.user, r.company} }

// Policies returns the value of the header RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10), or "" without
// limits.
func (r *Rates) Policies() string { return r.header }

// Verdict is the state of the limit that rejects a request, or else of the one with the fewest requests left.
type Verdict struct {
	Policy string // "": there is no limit
	State
}

// Header returns the value of the header RateLimit: how many requests are left, and in how many seconds all are
// available again. After a rejection it names the seconds until the next request is accepted, like Retry-After.
func (v Verdict) Header() string {
	b := make([]byte, 0, 48)
	b = append(append(append(b, '"'), v.Policy...), `";r=`...)
	b = append(strconv.AppendInt(b, int64(v.Remaining), 10), ";t="...)
	until := v.Full
	if !v.OK {
		until = v.Wait
	}
	return string(strconv.AppendInt(b, seconds(until), 10))
}

// CountAddress counts a request against the limit of its address.
func (r *Rates) CountAddress(a netip.Addr) Verdict {
	return Verdict{State: OK}.and(r.address, Address(a))
}

// OK is the state without a limit.
var OK = State{OK: true, Remaining: int(^uint(0) >> 1)}

// CountCaller counts a request against the caller's session, user and company limits, on top of the address verdict v.
// An empty session or a zero id skips that limit. After a limit rejects, the next ones do not count.
func (r *Rates) CountCaller(v Verdict, session string, user, company int64) Verdict {
	if session != "" {
		v = v.and(r.token, Text(session))
	}
	if user != 0 {
		v = v.and(r.user, Number(user))
	}
	if company != 0 {
		v = v.and(r.company, Number(company))
	}
	return v
}

func (v Verdict) and(p policy, who Subject) Verdict {
	if !v.OK || p.rate.Burst <= 0 {
		return v
	}
	if s := p.Take(who); !s.OK || v.Policy == "" || s.Remaining < v.Remaining {
		return Verdict{p.name, s}
	}
	return v
}

func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
