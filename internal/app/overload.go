package app

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net"
	"runtime"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// steady is a clock that never goes back, whatever is done to the machine's: for what is counted by time.
func steady() func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Add(time.Since(began)) }
}

// protection is what keeps a process from being asked for more than it can do.
type protection struct {
	rates  *limit.Rates
	gate   *limit.Gate
	memory *limit.Memory
	heavy  *limit.Shares
	beside []func(context.Context)
}

// protect makes it of the configuration. The limiters of signing in are shared too, under their names.
func protect(cfg config.Config, key auth.Key, signingIn map[string]*limit.Limiter, now func() time.Time, log *slog.Logger) (p protection, err error) {
	p.rates = limit.NewRates(limit.RateOptions{
		Address: rate(cfg.AddressRate, 1), Token: rate(cfg.TokenRate, 1), User: rate(cfg.UserRate, 1), Company: rate(cfg.CompanyRate, 1), Now: now,
	})
	if cfg.HeavyPerCompany > 0 {
		p.heavy = limit.NewShares(cfg.HeavyPerCompany, max(1, runtime.GOMAXPROCS(0)-1), heavyQueue) // one processor is everybody's
	}
	if cfg.Shedding {
		p.memory = limit.NewMemory(memoryLimit())
		p.gate = limit.NewGate(now, p.memory)
		p.beside = append(p.beside, p.gate.Run, func(ctx context.Context) { tellOfShedding(ctx, p.gate, log) })
	}
	if cfg.RedisURL != "" && cfg.DatabaseURL != "" { // an embedded database has one node
		x, err := limit.NewExchange(string(cfg.RedisURL), hex.EncodeToString(key.Derive("limits")), log)
		if err != nil {
			return p, err
		}
		x.ShareRates(p.rates)
		for name, l := range signingIn {
			x.Share(name, l)
		}
		p.beside = append(p.beside, x.Run)
	}
	return p, nil
}

// heavyQueue is how many dear requests of a company wait: a page that shows several reports asks for them at once.
const heavyQueue = 8

// bounded is a listener that takes as many connections as the configuration says.
func bounded(cfg config.Config, ln net.Listener) *limit.Listener {
	return limit.NewListener(ln, cfg.MaxConns, cfg.ConnsPerAddress, cfg.TrustedProxies)
}

// tellOfShedding logs how many requests were refused, instead of each of them.
func tellOfShedding(ctx context.Context, g *limit.Gate, log *slog.Logger) {
	const every = 10 * time.Second
	t := time.NewTicker(every)
	defer t.Stop()
	for before := int64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if now := g.Stats(); now.Refused > before {
			log.Warn("overloaded: requests were refused", "refused", now.Refused-before, "in", every, "at_once", now.Limit, "part", now.Part, "memory_full", now.Full)
			before = now.Refused
		}
	}
}
