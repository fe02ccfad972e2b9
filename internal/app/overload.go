package app

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// monotonic returns a clock that never goes back, even if the machine's does. Rate limits use it.
func monotonic() func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Add(time.Since(began)) }
}

// protection holds the rate limits and load shedding of a process.
type protection struct {
	rates      *limit.Rates
	gate       *limit.Gate
	memory     *limit.Memory
	heavy      *limit.Shares
	bodies     *limit.Bodies
	mails      *limit.Limiter // of invitations, by address
	background []func(context.Context)
}

// protect returns the configured protection. With Redis, nodes share the counts of their limiters, those of attempts
// included.
func protect(
	cfg config.Config, key auth.Key, attempts auth.Limits, now func() time.Time, log *slog.Logger,
) (p protection, err error) {
	p.rates = limit.NewRates(limit.RateOptions{
		Address: rate(cfg.AddressRate, 1), Token: rate(cfg.TokenRate, 1), User: rate(cfg.UserRate, 1),
		Company: rate(cfg.CompanyRate, 1), Now: now,
	})
	turns := limit.NewTurns(cfg.HeavyPerCompany, maxHeavyWaiting)
	if cfg.HeavyPerCompany > 0 {
		p.heavy = turns
	}
	p.mails = limit.New(rate(cfg.MailRate, 1), now)
	p.bodies = limit.NewBodies(max(bodiesPerAddress, 4*cfg.MaxBody), max(allBodies, 16*cfg.MaxBody))
	if cfg.Shedding {
		p.memory = limit.NewMemory(memoryLimit())
		p.gate = limit.NewGate(now, p.memory)
		p.gate.Turns = turns
		p.background = append(p.background, p.gate.Run, func(ctx context.Context) { logShedding(ctx, p.gate, log) })
	}
	if cfg.RedisURL != "" && cfg.DatabaseURL != "" { // an embedded database has one node
		x, err := limit.NewExchange(string(cfg.RedisURL), hex.EncodeToString(key.Derive("limits")), log)
		if err != nil {
			return p, err
		}
		x.ShareRates(p.rates)
		for name, l := range map[string]*limit.Limiter{
			"login-pair":       attempts.LoginByPair,
			"login-account":    attempts.LoginByAccount,
			"login-address":    attempts.LoginByAddress,
			"login-device":     attempts.LoginByDevice,
			"invitation-mail":  p.mails,
			"register-address": attempts.RegisterByAddress,
			"refresh-address":  attempts.RefreshByAddress,
		} {
			x.Share(name, l)
		}
		p.background = append(p.background, x.Run)
	}
	return p, nil
}

// The bytes of request bodies in memory, of one address and of all together. TASKHOUSE_MAX_BODY may raise them.
const (
	bodiesPerAddress = 16 << 20
	allBodies        = 128 << 20
)

// bodyTimeout is the time in which a whole body must arrive: the longest description, 262 kB, at 13 kB/s.
const bodyTimeout = 20 * time.Second

// maxHeavyWaiting is how many heavy requests of a company may wait: a page with several reports asks for them at once.
const maxHeavyWaiting = 8

// limitConnections returns a listener that accepts as many connections as the configuration allows.
func limitConnections(cfg config.Config, ln net.Listener) *limit.Listener {
	return limit.NewListener(ln, cfg.MaxConns, cfg.ConnsPerAddress, cfg.TrustedProxies)
}

// logShedding logs the number of rejected requests every ten seconds, instead of each request.
func logShedding(ctx context.Context, g *limit.Gate, log *slog.Logger) {
	const every = 10 * time.Second
	t := time.NewTicker(every)
	defer t.Stop()
	for before := int64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if now := g.Stats(); now.Rejected > before {
			log.Warn("overloaded: requests were rejected", "refused", now.Rejected-before, "in", every,
				"at_once", now.Limit, "part", now.RejectedPart, "memory_full", now.OutOfMemory)
			before = now.Rejected
		}
	}
}
