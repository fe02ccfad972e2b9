package limit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/rueidis"
)

// Exchange tells the other nodes through Redis what this one's limiters have let in, and hears what they have, every Round. It stands
// beside the requests: none waits for it, and while Redis is away each node's own count goes on alone, so that N nodes then let in
// N times a rate, and never more. With Redis a rate is one for all of them; only in the first round of a burst can each node let in a
// whole one, which is paid for afterwards.
//
// Redis holds of each subject the instant at which its attempts will have been paid for, by Redis' own clock: the nodes' clocks need
// not agree. The subject's name is hashed, for it may be an e-mail address.
type Exchange struct {
	options rueidis.ClientOption
	prefix  string
	log     *slog.Logger
	shared  []named
	away    bool
}

type named struct {
	name string
	*Limiter
}

const (
	// Round is how often nodes exchange what they have counted.
	Round = 100 * time.Millisecond
	// roundTimeout is how long Redis may take for a part of a round. What it has not taken by then is not told again.
	roundTimeout = 250 * time.Millisecond
	redisSilence = time.Second // as in package live
	again        = time.Second // when a connection that failed is tried again
	part         = 512         // subjects in one pipeline
)

// settle adds what a node has let in, and answers how much time is not paid for now: all in microseconds. More than ARGV[2] is never
// owed, whatever Redis' clock has done.
var settle = rueidis.NewLuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local paid = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
paid = math.min(math.min(paid, now + ARGV[2]) + ARGV[1], now + ARGV[2])
redis.call('SET', KEYS[1], string.format('%.0f', paid), 'PX', math.ceil((paid - now) / 1000) + 1)
return paid - now`)

// NewExchange reads a redis:// URL; it does not connect. prefix keeps installations apart that share a server, and should be known to
// this one alone.
func NewExchange(url, prefix string, log *slog.Logger) (*Exchange, error) {
	o, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	o.DisableCache, o.DisableRetry = true, true
	o.Dialer.Timeout, o.Dialer.KeepAlive, o.ConnWriteTimeout = redisSilence, redisSilence, redisSilence
	return &Exchange{options: o, prefix: prefix, log: log}, nil
}

// Share makes a limiter count together with those of the same name on other nodes. To be called before either is used.
func (x *Exchange) Share(name string, l *Limiter) {
	if l.rate.Burst <= 0 {
		return
	}
	// A burst that all nodes let in at once leaves more owed than one of them could.
	l.shared, l.most = true, 2*l.rate.Per
	x.shared = append(x.shared, named{name, l})
}

// ShareRates does it with all of the rates.
func (x *Exchange) ShareRates(r *Rates) {
	for _, p := range r.policies() {
		x.Share("rate-"+p.name, p.Limiter)
	}
}

// Run exchanges until ctx ends.
func (x *Exchange) Run(ctx context.Context) {
	var client rueidis.Client
	defer func() {
		if client != nil {
			client.Close()
		}
	}()
	t := time.NewTicker(Round)
	defer t.Stop()
	for next := time.Duration(0); ; next -= Round { // until a connection is tried again
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		var err error
		if client == nil && next <= 0 {
			client, err = rueidis.NewClient(x.options)
			next = again
		}
		spent := x.collect() // also when it cannot be told: what is old is no news
		if client != nil {
			err = x.tell(ctx, client, spent)
			if len(spent) == 0 {
				continue
			}
		} else if err == nil {
			continue
		}
		x.report(ctx, err)
	}
}

// report logs when Redis goes away and when it is back, and nothing in between.
func (x *Exchange) report(ctx context.Context, err error) {
	switch {
	case err != nil && !x.away && ctx.Err() == nil:
		x.log.Warn("redis does not answer: each node limits by its own count until it does", "error", err)
		x.away = true
	case err == nil && x.away:
		x.log.Info("redis answers again: nodes count together")
		x.away = false
	}
}

// debt is what a subject has spent since the last round.
type debt struct {
	l *named
	spending
}

// collect takes what was spent since the last time.
func (x *Exchange) collect() (all []debt) {
	for i := range x.shared {
		l := &x.shared[i]
		for j := range l.shards {
			s := &l.shards[j]
			s.mu.Lock()
			spent := s.spent
			s.spent = nil
			s.mu.Unlock()
			for _, sp := range spent {
				all = append(all, debt{l, sp})
			}
		}
	}
	return all
}

// tell hands it over, and takes what is owed by all nodes together.
func (x *Exchange) tell(ctx context.Context, client rueidis.Client, all []debt) error {
	for len(all) > 0 {
		n := min(part, len(all))
		if err := x.tellPart(ctx, client, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

func (x *Exchange) tellPart(ctx context.Context, client rueidis.Client, all []debt) error {
	ctx, cancel := context.WithTimeout(ctx, roundTimeout)
	defer cancel()
	calls := make([]rueidis.LuaExec, len(all))
	for i, d := range all {
		calls[i] = rueidis.LuaExec{
			Keys: []string{x.key(d)},
			Args: []string{strconv.FormatInt((d.l.every * time.Duration(d.times)).Microseconds(), 10), strconv.FormatInt(d.l.most.Microseconds(), 10)},
		}
	}
	for i, answer := range settle.ExecMulti(ctx, client, calls...) {
		owed, err := answer.AsInt64()
		if err != nil {
			return err
		}
		all[i].l.owes(all[i].who, time.Duration(owed)*time.Microsecond)
	}
	return nil
}

// key is a subject's name in Redis.
func (x *Exchange) key(d debt) string {
	sum := sha256.Sum256([]byte(x.prefix + "\x00" + d.l.name + "\x00" + d.who.String()))
	return "taskhouse limit " + hex.EncodeToString(sum[:16])
}

// owes takes note of what a subject has spent on all nodes. It never makes it less: what was let in here meanwhile is not told yet.
func (l *Limiter) owes(who Subject, owed time.Duration) {
	hash := who.hash(l.seed)
	s := &l.shards[hash%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := l.now().UnixNano() + int64(owed); until > s.until[hash] {
		s.remember(hash, until)
	}
}
