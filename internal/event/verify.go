package event

import (
	"context"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Gaps checks that every company's log has the numbers from 1 to its head's, each once. wrong has a line for people for
// each log that fails. The table's key makes a number unique, so counting the numbers is enough.
func Gaps(ctx context.Context, d *db.DB) (wrong []string, events int64, err error) {
	err = d.System("an operator compares all logs with their heads").Read(ctx, func(tx *db.SystemTx) error {
		wrong, events = nil, 0
		return tx.Query(func(r db.Row) error {
			var company, head, n, first, last int64
			err := r.Scan(&company, &head, &n, &first, &last)
			if events += n; n != head || last != head || n > 0 && first != 1 {
				wrong = append(wrong, fmt.Sprintf("company %d: %d events from %d to %d, and the head is at %d",
					company, n, first, last, head))
			}
			return err
		}, `SELECT h.company_id, h.seq, count(e.seq), coalesce(min(e.seq), 0), coalesce(max(e.seq), 0)
			FROM heads h
			LEFT JOIN events e ON e.company_id = h.company_id GROUP BY h.company_id, h.seq ORDER BY h.company_id`)
	})
	return wrong, events, err
}
