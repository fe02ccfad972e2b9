// Package limit says when somebody has asked too often: a rate limiter in memory, and whose request it is behind proxies.
//
// It decides nothing about what is limited or how a refusal reads; it forgets everything when the process ends, and each node
// counts for itself.
package limit

import (
	"fmt"
	"hash/maphash"
	"math"
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

// Limiter counts by key, after the generic cell rate algorithm: of each key it keeps one instant, at which its attempts so far
// will have been paid for. It is safe for concurrent use.
type Limiter struct {
	rate   Rate
	every  time.Duration // what one attempt costs
	now    func() time.Time
	seed   maphash.Seed
	shards [shardCount]shard
}

const (
	shardCount = 64
	// shardKeys bounds the memory. A full shard forgets, of a few entries taken at random, the one that is paid for first: a flood of
	// invented keys so drops its own, which were used once, and not those of somebody who is being limited.
	shardKeys = 4096
	sample    = 8
)

// shard holds instants in Unix nanoseconds by the hash of their key; two keys that collide are counted together.
type shard struct {
	mu    sync.Mutex
	until map[uint64]int64
}

// New makes a limiter for a rate; now is its clock. A zero rate makes one that allows everything.
func New(rate Rate, now func() time.Time) *Limiter {
	l := &Limiter{rate: rate, now: now, seed: maphash.MakeSeed()}
	if rate.Burst > 0 {
		l.every = rate.Per / time.Duration(rate.Burst)
	}
	return l
}

// Allow takes one attempt for key. Where there is none left, it says how long until the next one; a refused attempt costs
// nothing, so nobody is locked out for longer by trying.
func (l *Limiter) Allow(key string) (ok bool, wait time.Duration) {
	if l.rate.Burst <= 0 {
		return true, 0
	}
	now := l.now().UnixNano()
	hash := maphash.String(l.seed, key)
	s := &l.shards[hash%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	until := max(s.until[hash], now) + int64(l.every)
	if wait = time.Duration(until-now) - l.rate.Per; wait > 0 {
		return false, wait
	}
	s.remember(hash, until)
	return true, 0
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
