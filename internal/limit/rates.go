package limit

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Rates are how often somebody may ask at all: from an address before it is known who asks, and then with a session, as a user and
// as a company. They are meant to be met by programs that have gone wrong and by attackers, and by nobody else.
type Rates struct {
	address, token, user, company policy
	header                        string
}

// RateOptions are the rates; a zero one is no limit.
type RateOptions struct {
	Address, Token, User, Company Rate
	Now                           func() time.Time // never goes back
}

// policy is a rate under the name that clients read.
type policy struct {
	name string
	*Limiter
}

// NewRates makes them.
func NewRates(o RateOptions) *Rates {
	r := &Rates{
		address: policy{"address", New(o.Address, o.Now)}, token: policy{"token", New(o.Token, o.Now)},
		user: policy{"user", New(o.User, o.Now)}, company: policy{"company", New(o.Company, o.Now)},
	}
	var all []string
	for _, p := range r.policies() {
		if p.rate.Burst > 0 {
			all = append(all, `"`+p.name+`";q=`+strconv.Itoa(p.rate.Burst)+`;w=`+strconv.FormatInt(seconds(p.rate.Per), 10))
		}
	}
	r.header = strings.Join(all, ", ")
	return r
}

func (r *Rates) policies() []policy { return []policy{r.address, r.token, r.user, r.company} }

// Policies are all of them as the field RateLimit-Policy has them (draft-ietf-httpapi-ratelimit-headers-10); "" where nothing is limited.
func (r *Rates) Policies() string { return r.header }

// Verdict is what the rates say of a request: of those that were asked, the one that refuses, else the one with the fewest left.
type Verdict struct {
	Policy string // "": there is no limit
	State
}

// Header is the verdict as the field RateLimit has it: what is left now, and in how many seconds all is there again.
func (v Verdict) Header() string {
	b := make([]byte, 0, 48)
	b = append(append(append(b, '"'), v.Policy...), `";r=`...)
	b = append(strconv.AppendInt(b, int64(v.Remaining), 10), ";t="...)
	return string(strconv.AppendInt(b, seconds(v.Full), 10))
}

// Arrives takes a request from an address.
func (r *Rates) Arrives(a netip.Addr) Verdict {
	return Verdict{State: OK}.and(r.address, Address(a))
}

// OK is a state of which there is nothing to say.
var OK = State{OK: true, Remaining: int(^uint(0) >> 1)}

// Verified takes a request of a verified caller, after what was said of its address; an empty session and a zero number are not asked about.
// Where one refuses, those after it are not asked.
func (r *Rates) Verified(v Verdict, session string, user, company int64) Verdict {
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
