package live

import (
	"context"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Postgres is the bus of an installation without Redis: LISTEN and NOTIFY of its own database. A NOTIFY inside a change's
// transaction would make commits wait for each other, so it is sent after the commit, by itself.
type Postgres struct {
	DB      *db.DB
	Channel string
}

// Run implements Bus.
func (p Postgres) Run(ctx context.Context, up func(), got func([]byte)) {
	for wait := time.Duration(0); ; wait = min(wait*2+100*time.Millisecond, 2*time.Second) {
		if !sleep(ctx, wait) {
			return
		}
		_ = p.DB.Listen(ctx, p.Channel, func() { wait = 0; up() }, func(message string) { got([]byte(message)) })
	}
}

// Send implements Bus.
func (p Postgres) Send(ctx context.Context, message []byte) error {
	return p.DB.Notify(ctx, p.Channel, string(message))
}

// sleep waits, and reports whether ctx goes on.
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
