package db

import (
	"sync"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// The head row of a company carries two numbers. seq is the number of its last event. epoch counts the changes of who may do
// what: of members, roles, sessions, and of the company itself. Only event takes the next seq; Revoke alone moves the epoch
// without an event.

// epochs remembers, on SQLite, the epochs that moved since this process opened the file: it is the file's one owner, so a
// company without an entry still has the epoch that any caller was verified at.
type epochs struct{ m sync.Map }

func newEpochs() *epochs { return &epochs{} }

func (e *epochs) stale(t *Tx) bool {
	if t.epoch < 0 {
		return false
	}
	now, ok := e.m.Load(t.company)
	return ok && now.(int64) > t.epoch // a caller verified since the commit, before it is noted here, knows more than this
}

// note remembers an epoch. Two commits may be noted in another order than they happened in: the greater one stays.
func (e *epochs) note(company, epoch int64) {
	for {
		old, known := e.m.LoadOrStore(company, epoch)
		if !known || old.(int64) >= epoch || e.m.CompareAndSwap(company, old, epoch) {
			return
		}
	}
}

// Revoke moves the company's epoch: every caller verified before is verified again with the next request. For changes that
// are no event (a session ended); an event that changes rights moves it by itself (TakeSeq).
func (t *Tx) Revoke() error {
	epoch, err := One(t, Column[int64],
		`UPDATE heads SET epoch = epoch + 1 WHERE company_id = $1 RETURNING epoch`)
	if err != nil {
		return err
	}
	t.noteEpoch(epoch)
	return nil
}

// TakeSeq gives the company's next event number and, with revoke, moves the epoch, under the head row's lock, which is then
// held to the commit: so numbers follow the order of commits and have no gap. ErrStale if the caller's rights have changed.
// PostgreSQL does the same inside the event's own statement (package event); this is the text for one process.
//
// compare is false for the second event of a transaction and those after it: the first may have moved the epoch itself.
func (t *Tx) TakeSeq(revoke, compare bool) (seq int64, err error) {
	bump, want := 0, t.epoch
	if !compare {
		want = anyEpoch
	}
	if revoke {
		bump = 1
	}
	type head struct{ seq, epoch int64 }
	now, err := One(t, func(r Row, v *head) error { return r.Scan(&v.seq, &v.epoch) },
		`UPDATE heads SET seq = seq + 1, epoch = epoch + $2
		 WHERE company_id = $1 AND (epoch = $3 OR $3 < 0) RETURNING seq, epoch`, bump, want)
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

// noteEpoch lets this process's later transactions see the new epoch, once it is durable.
func (t *Tx) noteEpoch(epoch int64) {
	if t.epochs == nil {
		return
	}
	e, company := t.epochs, t.company
	t.OnCommitted(func() { e.note(company, epoch) })
}
