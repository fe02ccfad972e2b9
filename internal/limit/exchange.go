package limit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"

	redigo "github.com/gomodule/redigo/redis"

	"github.com/taskhouse/taskhouse/internal/redis"
)

// Exchange shares rate limits between nodes through Redis. Every ExchangeInterval it reports what this node's limiters
// have admitted, and learns the counts of the other nodes. No request waits for it. Without Redis each node counts
// alone, so that N nodes admit N times a rate, and never more. With Redis all nodes share a rate; only in the first
// interval of a burst can each node admit a whole one, which is paid back afterwards.
//
// For each subject Redis stores the instant at which its attempts will be paid back, by the clock of Redis, so that the
// nodes' clocks need not agree. The subject is hashed, because it may be an e-mail address.
type Exchange struct {
	server redis.Server
	prefix string
	log    *slog.Logger
	shared []named
	away   bool
}

type named struct {
	name string
	*Limiter
}

const (
	// ExchangeInterval is how often nodes exchange their counts.
	ExchangeInterval = 100 * time.Millisecond
	// redisTimeout is how long Redis may take for an answer. Counts that it has not taken by then are lost.
	redisTimeout     = 250 * time.Millisecond
	redisDialTimeout = time.Second // as in package live
	reconnectDelay   = time.Second
	pipelineSize     = 512 // subjects
)

// settle adds a node's admissions, and returns the time that is owed now. All times are in microseconds. At most
// ARGV[2] is owed, even if the clock of Redis has jumped.
var settle = redigo.NewScript(1, `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local paid = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
paid = math.min(math.min(paid, now + ARGV[2]) + ARGV[1], now + ARGV[2])
redis.call('SET', KEYS[1], string.format('%.0f', paid), 'PX', math.ceil((paid - now) / 1000) + 1)
return paid - now`)

// NewExchange parses a redis:// URL, and does not connect. prefix separates installations that share a server. It
// should be secret.
func NewExchange(url, prefix string, log *slog.Logger) (*Exchange, error) {
	server, err := redis.Parse(url)
	if err != nil {
		return nil, err
	}
	return &Exchange{server: server, prefix: prefix, log: log}, nil
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
	var conn redigo.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close()
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
		if conn == nil && wait <= 0 {
			conn, err = x.dial(ctx)
			wait = reconnectDelay
		}
		spent := x.collect() // also without a connection: old counts are worthless
		if conn != nil {
			if err = x.exchange(conn, spent); err != nil {
				_ = conn.Close() // answers of this pipeline may still come
				conn = nil
			}
			if len(spent) == 0 {
				continue
			}
		} else if err == nil {
			continue
		}
		x.report(ctx, err)
	}
}

// dial connects, and gives Redis the script.
func (x *Exchange) dial(ctx context.Context) (redigo.Conn, error) {
	conn, err := x.server.Dial(ctx, redis.Timeouts{Dial: redisDialTimeout, Command: redisTimeout})
	if err != nil {
		return nil, err
	}
	if err := settle.Load(conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
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
func (x *Exchange) exchange(conn redigo.Conn, all []debt) error {
	for len(all) > 0 {
		n := min(pipelineSize, len(all))
		if err := x.exchangePipeline(conn, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

func (x *Exchange) exchangePipeline(conn redigo.Conn, all []debt) error {
	for _, d := range all {
		spent := d.l.every * time.Duration(d.times)
		if err := settle.SendHash(conn, x.key(d), spent.Microseconds(), d.l.most.Microseconds()); err != nil {
			return err
		}
	}
	if err := conn.Flush(); err != nil {
		return err
	}
	for _, d := range all {
		owed, err := redigo.Int64(conn.Receive())
		if err != nil {
			return err
		}
		d.l.owes(d.who, time.Duration(owed)*time.Microsecond)
	}
	return nil
}

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
