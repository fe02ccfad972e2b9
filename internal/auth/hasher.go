package auth

import (
	"cmp"
	"container/list"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// The cost of a hash: Argon2id with 19 MiB, two passes and one lane, the minimum that OWASP recommends. It takes 30 to
// 60 ms.
const (
	argonKiB    = 19 << 10
	argonPasses = 2
	argonLanes  = 1
	argonSalt   = 16 // bytes (RFC 9106, 3.1)
	argonSum    = 32 // bytes
)

// These bound the cost of a stored hash. Hashes come from backups and imports too, and one that asks for a terabyte
// must not get it.
const (
	maxHashText    = 512 // bytes
	maxArgonKiB    = 64 << 10
	maxArgonPasses = 8
	maxArgonLanes  = 4
	maxIterations  = 2_000_000 // Django 6 writes 1,200,000
)

// maxPasswordBytes bounds the passwords that are hashed. A new password has at most 128 characters (CheckPassword); one
// from Django may have more.
const maxPasswordBytes = 4096

// Hasher hashes and verifies passwords, with bounded concurrency. Each hash takes 19 MiB and most of a processor, so a
// client that sends two hundred logins at once gets errors instead of the memory. A Hasher is safe for concurrent use.
//
// golang.org/x/crypto/argon2 allocates its 19 MiB for every hash and leaves them to the garbage collector, which runs
// late in a small process: after a burst of logins, two at a time, the process held 82 MB for two minutes. So a slot is
// released only when its block has been collected, which bounds the memory to the number of slots times 19 MiB. A
// second after the last hash the memory goes back to the system. A process with a live heap far larger than the blocks
// needs neither, and a collection would be expensive there.
//
// Callers wait for a slot in the order of their arrival. While the queue is short, one processor is left to other
// requests; a queue that would last longer than spareWait gets all slots.
type Hasher struct {
	parallel int           // slots
	wait     time.Duration // the most that a caller waits
	computed atomic.Int64
	idle     *time.Timer

	mu      sync.Mutex
	running int
	queue   list.List     // of *hashWaiter
	mean    time.Duration // of the time that a hash holds its slot
}

// hashWaiter is a caller in the queue.
type hashWaiter struct {
	in chan struct{} // closed when the caller has a slot
	at *list.Element // nil after that
}

const (
	// DefaultHashWait is how long a caller waits for a slot: as long as a person waits for a sign-in.
	DefaultHashWait = 30 * time.Second

	spareWait     = 12 * time.Second      // a queue that lasts longer gets the processor of the others too
	firstMean     = 50 * time.Millisecond // assumed before a hash was measured
	hashIdle      = time.Second
	hashSmallHeap = 64 << 20 // bytes; with a smaller live heap, blocks are collected at once
)

// NewHasher makes a Hasher that computes at most parallel hashes at a time (0: one per processor). A caller waits for a
// slot at most for wait (0: DefaultHashWait), and is rejected at once if the queue is longer.
func NewHasher(parallel int, wait time.Duration) *Hasher {
	h := &Hasher{
		parallel: cmp.Or(max(parallel, 0), runtime.GOMAXPROCS(0)), wait: cmp.Or(max(wait, 0), DefaultHashWait),
		mean: firstMean,
	}
	h.idle = time.AfterFunc(time.Hour, h.giveBack)
	h.idle.Stop()
	return h
}

// Hash returns the PHC string of a password, with a new salt. It fails as compute does.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	return h.HashWithSalt(ctx, salt, password)
}

// HashWithSalt returns the PHC string of a password with a given salt. It fails as compute does.
func (h *Hasher) HashWithSalt(ctx context.Context, salt []byte, password string) (string, error) {
	p := argonHash{kib: argonKiB, passes: argonPasses, lanes: argonLanes, salt: salt, sum: make([]byte, argonSum)}
	sum, err := h.compute(ctx, p, password)
	if err != nil {
		return "", err
	}
	p.sum = sum
	return p.String(), nil
}

// Verify reports whether stored is a hash of password. If so, it also reports whether to hash the password again,
// because stored has another kind or cost than Hash uses. It reads Argon2id PHC strings and Django's pbkdf2_sha256, and
// computes exactly one hash. Django's unusable passwords ("!...") match nothing, and cost as much.
//
// It fails as compute does. If stored is malformed or too expensive, it computes nothing and fails with an error that
// is not a *fail.Error.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (ok, rehash bool, err error) {
	if strings.HasPrefix(stored, "!") {
		return false, false, h.VerifyNobody(ctx, password)
	}
	p, err := parsePasswordHash(stored)
	if err != nil {
		return false, false, err
	}
	sum, err := h.compute(ctx, p, password)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(sum, p.want()) == 1
	return ok, ok && !p.current(), nil
}

// VerifyNobody does the work of Verify for a user who does not exist. So a login takes as long for an unknown name as
// for a wrong password. (A hash from Django takes the time of PBKDF2 until its owner has logged in once.)
func (h *Hasher) VerifyNobody(ctx context.Context, password string) error {
	_, err := h.compute(ctx, nobody, password)
	return err
}

// nobody is the hash for the passwords of unknown users. No known password has its sum.
var nobody = argonHash{
	kib: argonKiB, passes: argonPasses, lanes: argonLanes,
	salt: []byte("nobody has this!"), sum: make([]byte, argonSum),
}

// Computed returns the number of hashes computed so far, of either kind. Tests count them instead of measuring time.
func (h *Hasher) Computed() int64 { return h.computed.Load() }

// Waiting returns the number of callers in the queue.
func (h *Hasher) Waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.queue.Len()
}

// compute derives one hash in one of the slots. It rejects a password over 4096 bytes with fail.Invalid for every
// account, and computes nothing. If no slot becomes free in time, it fails with fail.Unavailable. If ctx ends first, it
// fails with its cause.
func (h *Hasher) compute(ctx context.Context, p passwordHash, password string) ([]byte, error) {
	if len(password) > maxPasswordBytes {
		return nil, fail.Invalid("password", weakTooLong)
	}
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	defer h.leave(time.Now()) //nolint:forbidigo // durations are real time, also in tests
	h.computed.Add(1)
	return p.derive(password)
}

// errHashing is the answer to a caller who would wait too long.
var errHashing = fail.Unavailable("Too many people are logging in at this moment. Try again.", time.Second)

// enter waits for a slot.
func (h *Hasher) enter(ctx context.Context) error {
	// This comes first: a caller that is gone might get a slot that is free.
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("wait to hash a password: %w", err)
	}
	h.mu.Lock()
	if h.queue.Len() == 0 && h.running < h.slots() {
		h.running++
		h.mu.Unlock()
		return nil
	}
	if h.lasts(h.parallel) > h.wait {
		h.mu.Unlock()
		return errHashing
	}
	w := &hashWaiter{in: make(chan struct{})}
	w.at = h.queue.PushBack(w)
	h.admit() // a longer queue may get another slot
	h.mu.Unlock()

	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case <-w.in:
		return nil
	case <-ctx.Done():
		return h.giveUp(w, fmt.Errorf("wait to hash a password: %w", context.Cause(ctx)))
	case <-timer.C:
		return h.giveUp(w, errHashing)
	}
}

// giveUp takes a caller out of the queue and returns err, unless the caller has just got a slot.
func (h *Hasher) giveUp(w *hashWaiter, err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.at == nil {
		return nil
	}
	h.queue.Remove(w.at)
	return err
}

// lasts estimates how long the queue lasts with so many slots. The caller holds h.mu.
func (h *Hasher) lasts(slots int) time.Duration {
	return time.Duration(h.queue.Len()+1) * h.mean / time.Duration(slots)
}

// slots returns how many hashes may run now. The caller holds h.mu.
func (h *Hasher) slots() int {
	if spare := h.parallel - 1; spare > 0 && h.parallel >= runtime.GOMAXPROCS(0) && h.lasts(spare) <= spareWait {
		return spare
	}
	return h.parallel
}

// admit lets the first callers of the queue in while there are slots. The caller holds h.mu.
func (h *Hasher) admit() {
	for h.queue.Len() > 0 && h.running < h.slots() {
		w := h.queue.Remove(h.queue.Front()).(*hashWaiter)
		w.at = nil
		h.running++
		close(w.in)
	}
}

// leave releases the slot after a hash that began at start. The caller does not wait for the collection; the next user
// of the slot does.
func (h *Hasher) leave(start time.Time) {
	go func() {
		if heapIsSmall() {
			runtime.GC()
			h.idle.Reset(hashIdle)
		}
		took := time.Since(start) //nolint:forbidigo // durations are real time, also in tests
		h.mu.Lock()
		defer h.mu.Unlock()
		h.mean += (took - h.mean) / 8
		h.running--
		h.admit()
	}()
}

// giveBack returns free memory to the system, unless a hash is being computed.
func (h *Hasher) giveBack() {
	h.mu.Lock()
	busy := h.running > 0
	h.mu.Unlock()
	if !busy {
		debug.FreeOSMemory()
	}
}

func heapIsSmall() bool {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Kind() == metrics.KindUint64 && live[0].Value.Uint64() < hashSmallHeap
}
