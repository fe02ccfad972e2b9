package db

import (
	"sync"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// The head row of a company carries two numbers. seq is the number of its last event. epoch counts the changes of
// rights: of members, roles, sessions, and of the company itself. Only package event takes the next seq. Revoke alone
// moves the epoch without an event.

// epochs remembers, on SQLite, the epochs that moved since this process opened the file. This process alone owns the
// file, so a company without an entry still has the epoch at which any caller was verified.
type epochs struct{ m sync.Map }

func newEpochs() *epochs { return &epochs{} }

func (e *epochs) stale(t *Tx) bool {
	if t.epoch < 0 {
		return false
	}
	now, ok := e.m.Load(t.company)
	// A caller verified after a commit and before its note has a newer epoch than this entry.
	return ok && now.(int64) > t.epoch
}

// note remembers an epoch. Two commits may be noted in another order than they were made: the greater epoch stays.
func (e *epochs) note(company, epoch int64) {
	for {
		old, known := e.m.LoadOrStore(company, epoch)
		if !known || old.(int64) >= epoch || e.m.CompareAndSwap(company, old, epoch) {
			return
		}
	}
}

// Revoke moves the company's epoch, so that each caller verified before is verified again at the next request. Use it
// for changes that are no event (a session ended). An event that changes rights moves the epoch itself (TakeSeq).
func (t *Tx) Revoke() error {
	epoch, err := One(t, Column[int64],
		`UPDATE heads SET epoch = epoch + 1 WHERE company_id = $1 RETURNING epoch`)
	if err != nil {
		return err
	}
	t.noteEpoch(epoch)
	return nil
}

// TakeSeq returns the company's next event number. With revoke it also moves the epoch. It takes the lock of the head
// row and holds it until the commit, so numbers follow the order of commits and have no gap. It returns ErrStale if the
// caller's rights have changed. On PostgreSQL the event's own statement does the same (package event); this text serves
// SQLite.
//
// compare is false for the second event of a transaction and later ones: the first may have moved the epoch itself.
//
// It carries what TakeUse returns into the usage of the company.
func (t *Tx) TakeSeq(revoke, compare bool, use []any) (seq int64, err error) {
	bump, want := 0, t.epoch
	if !compare {
		want = anyEpoch
	}
	if revoke {
		bump = 1
	}
	type head struct{ seq, epoch int64 }
	now, err := One(t, func(r Row, v *head) error { return r.Scan(&v.seq, &v.epoch) },
		takeSeq, append([]any{bump, want}, use...)...)
	if fail.Is(err, fail.KindNotFound) {
		err = ErrStale
	}
	if err != nil {
		return 0, err
	}
	if revoke {
		t.noteEpoch(now.epoch)
	}
	return now.seq, nil
}

// takeSeq is the statement of TakeSeq.
var takeSeq = `UPDATE heads SET seq = seq + 1, epoch = epoch + $2, ` + UsageSets(4) + `
	WHERE company_id = $1 AND (epoch = $3 OR $3 < 0) RETURNING seq, epoch`

// noteEpoch shows the new epoch to this process's later transactions, once it is durable.
func (t *Tx) noteEpoch(epoch int64) {
	if t.epochs == nil {
		return
	}
	e, company := t.epochs, t.company
	t.OnCommitted(func() { e.note(company, epoch) })
}
