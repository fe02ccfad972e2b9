package event

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// Once identifies a request that a client may repeat without knowing whether the first one arrived: the value of its
// Idempotency-Key header, and a hash of what was asked. The zero Once is a request that says nothing of the kind.
type Once struct{ Key, Request string }

// KeepAnswers is how long a repeated request gets the first one's answer.
const KeepAnswers = 24 * time.Hour

// RecordOnce is Record for a request that may be repeated. The first one runs fn and keeps *answer as JSON, in the same
// transaction; a repetition by the same actor within KeepAnswers changes nothing and fills *answer with what was kept. Then again
// makes of it what the actor may see by now. The same key with another request is fail.Reused. Of two at once, one waits for the
// other.
func RecordOnce[T any](ctx context.Context, l *Log, s db.Scope, once Once, answer *T, fn func(*db.Tx) (Event, error), again func(*db.Tx) error) error {
	if once.Key == "" {
		return l.Record(ctx, s, fn)
	}
	return l.Record(ctx, s, func(tx *db.Tx) (Event, error) {
		kept, mine, err := claim(tx, once)
		if err != nil {
			return None, err
		}
		if !mine {
			if err := json.Unmarshal([]byte(kept), answer); err != nil {
				return None, fmt.Errorf("read the kept answer: %w", err)
			}
			return None, again(tx)
		}
		e, err := fn(tx)
		if err != nil {
			return None, err
		}
		b, err := json.Marshal(*answer)
		if err != nil {
			return None, fmt.Errorf("keep the answer: %w", err)
		}
		return e, tx.AtCommit(`UPDATE idempotency_keys SET answer = $4 WHERE company_id = $1 AND user_id = $2 AND key = $3`, tx.Actor(), once.Key, string(b))
	})
}

// claim takes a key for this transaction, or gives the answer that is kept under it. The row is written first, so that a
// second request with the key waits until the first one is committed or gone.
func claim(tx *db.Tx, once Once) (kept string, mine bool, err error) {
	if _, err := tx.Exec(`DELETE FROM idempotency_keys WHERE company_id = $1 AND user_id = $2 AND key = $3 AND created_at < $4`,
		tx.Actor(), once.Key, tx.Now.Add(-KeepAnswers)); err != nil {
		return "", false, err
	}
	n, err := tx.Exec(`INSERT INTO idempotency_keys (company_id, user_id, key, request, answer, created_at) VALUES ($1, $2, $3, $4, '', $5)
		ON CONFLICT DO NOTHING`, tx.Actor(), once.Key, once.Request, tx.Now)
	if err != nil || n == 1 {
		return "", true, err
	}
	type row struct{ request, answer string }
	r, err := db.One(tx, func(r db.Row, v *row) error { return r.Scan(&v.request, &v.answer) },
		`SELECT request, answer FROM idempotency_keys WHERE company_id = $1 AND user_id = $2 AND key = $3`, tx.Actor(), once.Key)
	if err != nil {
		return "", false, err
	}
	if r.request != once.Request {
		return "", false, fail.Reused()
	}
	return r.answer, false, nil
}

// ForgetAnswers deletes the answers that are no longer kept, of all companies.
func ForgetAnswers(ctx context.Context, d *db.DB) error {
	return d.System("the housekeeper sweeps all companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`DELETE FROM idempotency_keys WHERE created_at < $1`, tx.Now.Add(-KeepAnswers))
		return err
	})
}
