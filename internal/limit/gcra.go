// Package limit says when there is too much: of the requests of somebody (Limiter, Rates), of work at the same time (Gate, Shares), of
// connections (Listener). And it says whose request it is behind proxies.
//
// It decides nothing about what is limited or how a refusal reads, and nothing in it waits for another machine: each node counts in
// memory and forgets everything when its process ends. Where there is a Redis, nodes tell each other beside the requests what
// they have counted (Exchange).
package limit

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Rate is how often: Burst times within Per, and from then on evenly. The zero Rate is no limit.
type Rate struct {
	Burst int
	Per   time.Duration
}

// ParseRate reads "20/1m": twenty times in a minute. "off" is no limit.
func ParseRate(s string) (Rate, error) {
	if s == "off" {
		return Rate{}, nil
	}
	count, per, ok := strings.Cut(s, "/")
	n, err := strconv.Atoi(count)
	if !ok || err != nil || n < 1 {
		return Rate{}, fmt.Errorf("rate %q: write it as 20/1m, or off", s)
	}
	d, err := time.ParseDuration(per)
	if err != nil || d <= 0 || d/time.Duration(n) <= 0 {
		return Rate{}, fmt.Errorf("rate %q: write it as 20/1m, or off", s)
	}
	return Rate{Burst: n, Per: d}, nil
}

// Subject is who is counted: an address, a number or a text.
type Subject struct {
	addr   netip.Addr
	number int64
	text   string
}

// Address is who sends from an address; all of an IPv6 /64 network is one, because a single customer has all of it.
func Address(a netip.Addr) Subject { return Subject{addr: network(a)} }

// Number is who has a number.
func Number(n int64) Subject { return Subject{number: n} }

// Text is who has a name.
func Text(s string) Subject { return Subject{text: s} }

// hash allocates nothing.
func (s Subject) hash(seed maphash.Seed) uint64 {
	switch {
	case s.text != "":
		return maphash.String(seed, s.text)
	case s.addr.IsValid():
		b := s.addr.As16()
		return maphash.Bytes(seed, b[:])
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(s.number)) //nolint:gosec // G115: its bits, not its value
	return maphash.Bytes(seed, b[:])
}

func (s Subject) String() string {
	switch {
	case s.text != "":
		return s.text
	case s.addr.IsValid():
		return s.addr.String()
	}
	return strconv.FormatInt(s.number, 10)
}

// Limiter counts by subject, after the generic cell rate algorithm: of each it keeps one instant, at which its attempts so far
// will have been paid for. It is safe for concurrent use.
type Limiter struct {
	rate   Rate
	every  time.Duration // what one attempt costs
	most   time.Duration // how far ahead an instant can be; one further ahead is from before the clock went back
	now    func() time.Time
	seed   maphash.Seed
	shared bool // an Exchange tells other nodes what is spent here
	shards [shardCount]shard
}

const (
	shardCount = 64
	// shardKeys bounds the memory. A full shard forgets, of a few entries taken at random, the one that is paid for first: a flood of
	// invented keys so drops its own, which were used once, and not those of somebody who is being limited.
	shardKeys = 4096
	sample    = 8
)

// shard holds instants in Unix nanoseconds by the hash of their subject; two that collide are counted together.
type shard struct {
	mu    sync.Mutex
	until map[uint64]int64
	spent map[uint64]spending // since the last exchange
}

// spending is how often a subject was let in.
type spending struct {
	who   Subject
	times int
}

// New makes a limiter for a rate; now is its clock. A zero rate makes one that allows everything.
func New(rate Rate, now func() time.Time) *Limiter {
	l := &Limiter{rate: rate, most: rate.Per, now: now, seed: maphash.MakeSeed()}
	if rate.Burst > 0 {
		l.every = rate.Per / time.Duration(rate.Burst)
	}
	return l
}

// State is how a subject stands after an attempt.
type State struct {
	OK        bool
	Wait      time.Duration // until the next attempt is taken, of one that was refused
	Remaining int           // how many are left at this moment
	Full      time.Duration // until all are
}

// Allow takes one attempt for a key. Where there is none left, it says how long until the next one; a refused attempt costs
// nothing, so nobody is locked out for longer by trying.
func (l *Limiter) Allow(key string) (ok bool, wait time.Duration) {
	s := l.Take(Text(key))
	return s.OK, s.Wait
}

// Take is Allow for any subject, with all there is to say.
func (l *Limiter) Take(who Subject) State {
	if l.rate.Burst <= 0 {
		return State{OK: true, Remaining: math.MaxInt}
	}
	hash := who.hash(l.seed)
	s := &l.shards[hash%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	now := l.now().UnixNano()
	before, known := s.until[hash]
	if before > now+int64(l.most) { // a clock that went back an hour would refuse for an hour
		before = now + int64(l.most)
	}
	until := max(before, now) + int64(l.every)
	if wait := time.Duration(until-now) - l.rate.Per; wait > 0 {
		if known {
			s.until[hash] = before
		}
		return State{Wait: wait, Full: time.Duration(before - now)}
	}
	s.remember(hash, until)
	if l.shared {
		s.spend(hash, who)
	}
	return State{OK: true, Remaining: int((l.rate.Per - time.Duration(until-now)) / l.every), Full: time.Duration(until - now)}
}

func (s *shard) remember(hash uint64, until int64) {
	if s.until == nil {
		s.until = make(map[uint64]int64)
	}
	if _, known := s.until[hash]; !known && len(s.until) >= shardKeys {
		s.forgetOne()
	}
	s.until[hash] = until
}

func (s *shard) spend(hash uint64, who Subject) {
	if s.spent == nil {
		s.spent = make(map[uint64]spending)
	}
	sp, known := s.spent[hash]
	if !known && len(s.spent) >= shardKeys { // more than can be told; here they are counted all the same
		return
	}
	sp.who = who
	sp.times++
	s.spent[hash] = sp
}

func (s *shard) forgetOne() {
	var first uint64
	seen, earliest := 0, int64(math.MaxInt64)
	for hash, until := range s.until { // Go begins anywhere
		if until < earliest {
			first, earliest = hash, until
		}
		if seen++; seen == sample {
			break
		}
	}
	delete(s.until, first)
}
