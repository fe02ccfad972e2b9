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
// Idempotency-Key header, and a hash of the request. The zero Once is a request without such a header.
type Once struct{ Key, Request string }

// KeepAnswers is how long a repeated request gets the answer of the first one.
const KeepAnswers = 24 * time.Hour

// replay reports whether the request was answered before. If so, it fills the answer.
func (o Options) replay(tx *db.Tx) (done bool, err error) {
	if o.Once.Key == "" {
		return false, nil
	}
	kept, mine, err := claim(tx, o.Once)
	if err != nil || mine {
		return false, err
	}
	if err := json.Unmarshal([]byte(kept), o.Answer); err != nil {
		return false, fmt.Errorf("read the kept answer: %w", err)
	}
	if o.Refresh == nil {
		return true, nil
	}
	return true, o.Refresh(tx)
}

// keep stores the answer for repetitions of the request.
func (o Options) keep(tx *db.Tx) error {
	if o.Once.Key == "" {
		return nil
	}
	b, err := json.Marshal(o.Answer)
	if err != nil {
		return fmt.Errorf("keep the answer: %w", err)
	}
	return tx.AtCommit(`UPDATE idempotency_keys SET answer = $4 WHERE company_id = $1 AND user_id = $2 AND key = $3`,
		tx.Actor(), o.Once.Key, string(b))
}

// claim takes a key for this transaction, or returns the answer stored under it. It writes the row first, so that a
// second request with the key waits until the first one is committed or rolled back.
func claim(tx *db.Tx, once Once) (kept string, mine bool, err error) {
	if _, err := tx.Exec(`DELETE FROM idempotency_keys
		WHERE company_id = $1 AND user_id = $2 AND key = $3 AND created_at < $4`,
		tx.Actor(), once.Key, tx.Now.Add(-KeepAnswers)); err != nil {
		return "", false, err
	}
	n, err := tx.Exec(`INSERT INTO idempotency_keys (company_id, user_id, key, request, answer, created_at)
		VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT DO NOTHING`, tx.Actor(), once.Key, once.Request, tx.Now)
	if err != nil || n == 1 {
		return "", true, err
	}
	type row struct{ request, answer string }
	r, err := db.One(tx, func(r db.Row, v *row) error { return r.Scan(&v.request, &v.answer) },
		`SELECT request, answer FROM idempotency_keys WHERE company_id = $1 AND user_id = $2 AND key = $3`,
		tx.Actor(), once.Key)
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
