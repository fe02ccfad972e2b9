package live

import (
	"context"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Postgres is the bus of an installation without Redis: LISTEN and NOTIFY of its own database. A NOTIFY inside a
// change's transaction would make commits wait for each other, so Send uses its own transaction after the commit.
type Postgres struct {
	DB      *db.DB
	Channel string
}

// Run implements Bus.
func (p Postgres) Run(ctx context.Context, connected func(), receive func([]byte)) {
	for wait := time.Duration(0); ; wait = reconnectBackoff(wait) {
		if !sleep(ctx, wait) {
			return
		}
		_ = p.DB.Listen(ctx, p.Channel,
			func() { wait = 0; connected() },
			func(message string) { receive([]byte(message)) })
	}
}

// Send implements Bus.
func (p Postgres) Send(ctx context.Context, message []byte) error {
	return p.DB.Notify(ctx, p.Channel, string(message))
}

// reconnectBackoff returns the wait before the next attempt to connect: doubled each time, from 100 ms to 2 s.
func reconnectBackoff(wait time.Duration) time.Duration {
	return min(wait*2+100*time.Millisecond, 2*time.Second)
}

// sleep waits for d and reports whether ctx has not ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
