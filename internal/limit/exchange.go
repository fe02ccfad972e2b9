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

// Exchange shares rate limits between nodes through Redis. Every ExchangeInterval it reports what this node's limiters
// have admitted, and learns the counts of the other nodes. No request waits for it. Without Redis each node counts
// alone, so that N nodes admit N times a rate, and never more. With Redis all nodes share a rate; only in the first
// interval of a burst can each node admit a whole one, which is paid back afterwards.
//
// For each subject Redis stores the instant at which its attempts will be paid back, by the clock of Redis, so that the
// nodes' clocks need not agree. The subject is hashed, because it may be an e-mail address.
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
	// ExchangeInterval is how often nodes exchange their counts.
	ExchangeInterval = 100 * time.Millisecond
	// redisTimeout is how long Redis may take for one pipeline. Counts that it has not taken by then are lost.
	redisTimeout     = 250 * time.Millisecond
	redisDialTimeout = time.Second // as in package live
	reconnectDelay   = time.Second
	pipelineSize     = 512 // subjects
)

// settle adds a node's admissions, and returns the time that is owed now. All times are in microseconds. At most
// ARGV[2] is owed, even if the clock of Redis has jumped.
var settle = rueidis.NewLuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local paid = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
paid = math.min(math.min(paid, now + ARGV[2]) + ARGV[1], now + ARGV[2])
redis.call('SET', KEYS[1], string.format('%.0f', paid), 'PX', math.ceil((paid - now) / 1000) + 1)
return paid - now`)

// NewExchange parses a redis:// URL, and does not connect. prefix separates installations that share a server. It
// should be secret.
func NewExchange(url, prefix string, log *slog.Logger) (*Exchange, error) {
	o, err := rueidis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	o.DisableCache, o.DisableRetry = true, true
	o.Dialer.Timeout, o.Dialer.KeepAlive, o.ConnWriteTimeout = redisDialTimeout, redisDialTimeout, redisDialTimeout
	return &Exchange{options: o, prefix: prefix, log: log}, nil
}

// Share makes a limiter share its count with those of the same name on other nodes. Call it before using either.
func (x *Exchange) Share(name string, l *Limiter) {
	if l.rate.Burst <= 0 {
		return
	}
	// A burst that all nodes admit at once owes more than that of a single node.
	l.shared, l.most = true, 2*l.rate.Per
	x.shared = append(x.shared, named{name, l})
}

// ShareRates shares all rates.
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
	t := time.NewTicker(ExchangeInterval)
	defer t.Stop()
	for wait := time.Duration(0); ; wait -= ExchangeInterval { // before the next attempt to connect
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		var err error
		if client == nil && wait <= 0 {
			client, err = rueidis.NewClient(x.options)
			wait = reconnectDelay
		}
		spent := x.collect() // also without a connection: old counts are worthless
		if client != nil {
			err = x.exchange(ctx, client, spent)
			if len(spent) == 0 {
				continue
			}
		} else if err == nil {
			continue
		}
		x.report(ctx, err)
	}
}

// report logs when Redis becomes unreachable and when it is back.
func (x *Exchange) report(ctx context.Context, err error) {
	switch {
	case err != nil && !x.away && ctx.Err() == nil:
		x.log.Warn("redis does not answer: until it does, each node applies rate limits by its own count", "error", err)
		x.away = true
	case err == nil && x.away:
		x.log.Info("redis answers again: nodes share rate limits")
		x.away = false
	}
}

// debt is the spending of a subject since the last exchange.
type debt struct {
	l *named
	spending
}

// collect takes all spending since the last exchange.
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

// exchange reports debts to Redis, and applies the debts of subjects on all nodes together.
func (x *Exchange) exchange(ctx context.Context, client rueidis.Client, all []debt) error {
	for len(all) > 0 {
		n := min(pipelineSize, len(all))
		if err := x.exchangePipeline(ctx, client, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

func (x *Exchange) exchangePipeline(ctx context.Context, client rueidis.Client, all []debt) error {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	calls := make([]rueidis.LuaExec, len(all))
	for i, d := range all {
		calls[i] = rueidis.LuaExec{
			Keys: []string{x.key(d)},
			Args: []string{microseconds(d.l.every * time.Duration(d.times)), microseconds(d.l.most)},
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

func microseconds(d time.Duration) string { return strconv.FormatInt(d.Microseconds(), 10) }

// key returns the key of a subject in Redis.
func (x *Exchange) key(d debt) string {
	sum := sha256.Sum256([]byte(x.prefix + "\x00" + d.l.name + "\x00" + d.who.String()))
	return "taskhouse limit " + hex.EncodeToString(sum[:16])
}

// owes records the debt of a subject on all nodes. It never lowers the debt, because this node may have admitted more
// since it reported.
func (l *Limiter) owes(who Subject, owed time.Duration) {
	hash := who.hash(l.seed)
	s := &l.shards[hash%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := l.now().UnixNano() + int64(owed); until > s.until[hash] {
		s.remember(hash, until)
	}
}
