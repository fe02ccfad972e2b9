// Package limit protects a server from too much: rate limits (Limiter, Rates), load shedding (Gate), concurrency limits
// (Shares, Listener) and memory limits (Memory). It also finds the client's address behind proxies.
//
// Its users decide what is limited and how a rejection reads. Nothing in it waits for another machine: each node counts
// in memory and forgets its counts when the process ends. With Redis, nodes share their counts in the background
// (Exchange).
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

// Rate allows Burst attempts within Per, and then evenly spaced ones. The zero Rate is no limit.
type Rate struct {
	Burst int
	Per   time.Duration
}

// ParseRate parses "20/1m", which allows 20 attempts in a minute, or "off", which is no limit.
func ParseRate(s string) (Rate, error) {
	if s == "off" {
		return Rate{}, nil
	}
	count, per, ok := strings.Cut(s, "/")
	n, err := strconv.Atoi(count)
	if !ok || err != nil || n < 1 {
		return Rate{}, fmt.Errorf("invalid rate %q (examples: 20/1m, off)", s)
	}
	d, err := time.ParseDuration(per)
	if err != nil || d <= 0 || d/time.Duration(n) <= 0 {
		return Rate{}, fmt.Errorf("invalid rate %q (examples: 20/1m, off)", s)
	}
	return Rate{Burst: n, Per: d}, nil
}

// Subject is the key by which attempts are counted: an address, a number or a text.
type Subject struct {
	addr   netip.Addr
	number int64
	text   string
}

// Address returns the subject of an address. An IPv6 /64 network is one subject, because one customer has all of it.
func Address(a netip.Addr) Subject { return Subject{addr: network(a)} }

// Number returns the subject of an id.
func Number(n int64) Subject { return Subject{number: n} }

// Text returns the subject of a text, such as a session or user name.
func Text(s string) Subject { return Subject{text: s} }

// hash hashes without an allocation.
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

// Limiter is a rate limit by subject, with the generic cell rate algorithm (GCRA): for each subject it stores one
// instant, at which the attempts so far will be paid back. It is safe for concurrent use.
type Limiter struct {
	rate   Rate
	every  time.Duration // the cost of one attempt
	most   time.Duration // how far ahead an instant can be; one further ahead means that the clock went back
	now    func() time.Time
	seed   maphash.Seed
	shared bool // an Exchange shares the spending with other nodes
	shards [shardCount]shard
}

const (
	shardCount = 64
	// shardKeys limits the memory. A full shard takes a random sample of entries and forgets the one that is paid back
	// first. So a flood of invented keys evicts its own, which were used once, and not the subjects at their limit.
	shardKeys = 4096
	sample    = 8
)

// shard maps the hashes of subjects to instants in Unix nanoseconds. Subjects with the same hash are counted together.
type shard struct {
	mu    sync.Mutex
	until map[uint64]int64
	spent map[uint64]spending // since the last exchange
}

// spending counts a subject's attempts that were allowed.
type spending struct {
	who   Subject
	times int
}

// New returns a limiter for a rate, with the clock now. With a zero rate it allows everything.
func New(rate Rate, now func() time.Time) *Limiter {
	l := &Limiter{rate: rate, most: rate.Per, now: now, seed: maphash.MakeSeed()}
	if rate.Burst > 0 {
		l.every = rate.Per / time.Duration(rate.Burst)
	}
	return l
}

// State is the state of a subject after an attempt.
type State struct {
	OK        bool
	Wait      time.Duration // until the next attempt is allowed, if this one was not
	Remaining int           // attempts left now
	Full      time.Duration // until all attempts are available again
}

// Allow counts an attempt for a key. If none is left it returns the time until the next one. A rejected attempt costs
// nothing, so that trying does not extend the wait.
func (l *Limiter) Allow(key string) (ok bool, wait time.Duration) {
	s := l.Take(Text(key))
	return s.OK, s.Wait
}

// Take counts an attempt of any subject and returns its state.
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
	if before > now+int64(l.most) { // otherwise a clock that went back an hour would reject for an hour
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
	full := time.Duration(until - now)
	return State{OK: true, Remaining: int((l.rate.Per - full) / l.every), Full: full}
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
	if !known && len(s.spent) >= shardKeys { // more than can be shared; this node counts them all the same
		return
	}
	sp.who = who
	sp.times++
	s.spent[hash] = sp
}

func (s *shard) forgetOne() {
	var first uint64
	seen, earliest := 0, int64(math.MaxInt64)
	for hash, until := range s.until { // Go iterates in random order
		if until < earliest {
			first, earliest = hash, until
		}
		if seen++; seen == sample {
			break
		}
	}
	delete(s.until, first)
}
