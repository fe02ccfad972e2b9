// Package limit says when somebody has asked too often: a rate limiter in memory, and whose request it is behind proxies.
//
// It decides nothing about what is limited or how a refusal reads; it forgets everything when the process ends, and each node
// counts for itself.
package limit

import (
	"fmt"
	"hash/maphash"
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
	// shardKeys bounds the memory: beyond it a shard first forgets keys that are paid up, and then refuses new ones. So a flood of
	// invented keys evicts nobody who is being limited; whoever shares the shard waits for the sweep.
	shardKeys = 4096
)

type shard struct {
	mu    sync.Mutex
	until map[string]time.Time // the instant at which the key's attempts are paid for
	swept time.Time
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
	now := l.now()
	s := &l.shards[maphash.String(l.seed, key)%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.until[key]
	if !known && !s.room(now, l.every) {
		return false, l.every
	}
	if until.Before(now) {
		until = now
	}
	if wait = until.Add(l.every).Sub(now) - l.rate.Per; wait > 0 {
		return false, wait
	}
	s.until[key] = until.Add(l.every)
	return true, 0
}

// room makes place for one more key, sweeping at most once in the time that one attempt costs.
func (s *shard) room(now time.Time, every time.Duration) bool {
	if s.until == nil {
		s.until = make(map[string]time.Time)
	}
	if len(s.until) < shardKeys {
		return true
	}
	if now.Sub(s.swept) < min(every, time.Second) {
		return false
	}
	s.swept = now
	for k, until := range s.until {
		if !until.After(now) {
			delete(s.until, k)
		}
	}
	return len(s.until) < shardKeys
}
