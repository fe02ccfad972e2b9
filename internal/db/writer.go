package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// writer runs all writes of SQLite, with group commit. Closures that wait at the same time run one after another in one
// transaction, each behind a savepoint, and are answered after its one commit. So a durable write costs a share of an
// fsync, and a caller's closure fails without the others.
type writer struct {
	c     *sqliteConn
	jobs  chan *job
	done  chan struct{}
	mu    sync.RWMutex // held for reading while a job is handed in, so that close can wait for it
	ended bool

	writes, commits atomic.Int64 // made durable by this writer
}

// job is one caller's work: fn in the transaction tx, or script on the bare connection.
type job struct {
	ctx    context.Context
	tx     *Tx
	fn     func(*Tx) error
	script func(*sqliteConn) error
	err    error
	dead   *crash
	done   chan struct{}
}

// crash is a panic in a closure, carried to the goroutine that called write.
type crash struct {
	value any
	stack []byte
}

// maxBatch bounds how many callers share a commit, and so how long the first of them waits for the last.
const maxBatch = 128

// maxBatchTime bounds the work of a batch: after it, the jobs that have not run wait for the next one. Ordinary batches
// take a few milliseconds.
const maxBatchTime = 10 * time.Millisecond

var errClosed = errors.New("the database is closed")

func newWriter(c *sqliteConn) *writer {
	w := &writer{c: c, jobs: make(chan *job, maxBatch), done: make(chan struct{})}
	go w.loop()
	return w
}

// write runs fn in the next transaction and then its deferred statements: see do.
func (w *writer) write(ctx context.Context, t *Tx, fn func(*Tx) error) error {
	return w.do(&job{ctx: ctx, tx: t, fn: fn})
}

// do runs a job in the next transaction and returns when that is durable. If the caller's context ends while the job
// waits, the job does not run. A running job is finished, whatever its context says.
func (w *writer) do(j *job) error {
	j.done = make(chan struct{})
	w.mu.RLock()
	if w.ended {
		w.mu.RUnlock()
		return errClosed
	}
	w.jobs <- j
	w.mu.RUnlock()
	<-j.done
	if j.dead != nil {
		panic(fmt.Sprintf("%v\n\nin a write:\n%s", j.dead.value, j.dead.stack))
	}
	return j.err
}

func (w *writer) close() error {
	w.mu.Lock()
	if w.ended {
		w.mu.Unlock()
		return nil
	}
	w.ended = true
	w.mu.Unlock()
	close(w.jobs)
	<-w.done
	return w.c.close()
}

func (w *writer) loop() {
	defer close(w.done)
	waiting := make([]*job, 0, maxBatch)
	for open := true; open || len(waiting) > 0; {
		if len(waiting) == 0 {
			j, ok := <-w.jobs
			if !ok {
				return
			}
			waiting = append(waiting, j)
		}
	gather:
		for open && len(waiting) < maxBatch {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					open = false
					break gather
				}
				waiting = append(waiting, j)
			default:
				break gather
			}
		}
		ran := w.commit(waiting)
		for _, j := range waiting[:ran] {
			close(j.done)
		}
		left := copy(waiting, waiting[ran:])
		clear(waiting[left:])
		waiting = waiting[:left]
		inTurn(waiting)
	}
}

// inTurn orders jobs that a full batch left behind: the first of each company, then the second of each. So a company
// with many slow writes makes another one wait for one of them.
func inTurn(jobs []*job) {
	if len(jobs) < 2 {
		return
	}
	seen := make(map[int64]int, len(jobs))
	turn := make(map[*job]int, len(jobs))
	for _, j := range jobs {
		turn[j] = seen[j.company()]
		seen[j.company()]++
	}
	slices.SortStableFunc(jobs, func(a, b *job) int { return turn[a] - turn[b] })
}

// company returns whose rows the job writes; 0 is those of several.
func (j *job) company() int64 {
	if j.tx == nil {
		return 0
	}
	return j.tx.company
}

// commit runs a batch in one transaction, leaves each job's outcome in it, and returns how many have run. The others
// wait for the next transaction, because this one has taken long already.
func (w *writer) commit(batch []*job) (ran int) {
	err := w.c.run("BEGIN IMMEDIATE")
	if err == nil {
		began := time.Now()
		for i, j := range batch {
			ran = i + 1
			if err = w.runOne(j); err != nil {
				batch[i].err = err
				break
			}
			if time.Since(began) > maxBatchTime {
				break
			}
		}
	} else {
		ran = len(batch)
	}
	if err == nil {
		err = w.c.run("COMMIT")
	}
	if err == nil {
		w.commits.Add(1)
		w.writes.Add(int64(ran))
		return ran
	}
	// The transaction is lost (no room, a broken disk): so is everything that shared it.
	_ = w.c.run("ROLLBACK")
	for _, j := range batch[:ran] {
		if j.err == nil && j.dead == nil {
			j.err = err
		}
	}
	return ran
}

// runOne runs one closure behind a savepoint. If it returns an error, the whole transaction is lost. A failure of the
// closure alone is stored in the job.
func (w *writer) runOne(j *job) error {
	if j.err = j.ctx.Err(); j.err != nil {
		return nil
	}
	if err := w.c.run("SAVEPOINT one"); err != nil {
		return err
	}
	j.call(w.c)
	if j.err != nil || j.dead != nil {
		if err := w.c.run("ROLLBACK TO one"); err != nil {
			return errors.Join(j.err, err)
		}
	}
	return w.c.run("RELEASE one")
}

func (j *job) call(c *sqliteConn) {
	defer func() {
		if v := recover(); v != nil {
			j.dead = &crash{value: v, stack: debug.Stack()}
		}
	}()
	if j.script != nil {
		j.err = j.script(c)
		return
	}
	j.tx.c = c
	if j.err = j.tx.attempt(j.fn); j.err != nil {
		return
	}
	for _, s := range j.tx.deferred() {
		if _, j.err = c.exec(s.sql, s.args); j.err != nil {
			return
		}
	}
}
