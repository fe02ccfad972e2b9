package db

import (
	"context"
	"time"

	"github.com/taskhouse/taskhouse/internal/limit"
)

// waiting reports to the request of ctx that it waited for the database since began: for PostgreSQL, or for SQLite's
// one writer or a free reader. A read of SQLite computes in this process and is no wait.
func waiting(ctx context.Context, began time.Time) {
	limit.WaitedForDatabase(ctx, time.Since(began))
}
