package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"time"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// The cost of a hash: Argon2id with 19 MiB, two passes and one lane, the least that OWASP recommends; 30 to 60 ms.
const (
	argonKiB    = 19 << 10
	argonPasses = 2
	argonLanes  = 1
	argonSalt   = 16 // bytes (RFC 9106, 3.1)
	argonSum    = 32 // bytes
)

// The most that a stored hash may ask for. Hashes come from backups and imports too, and one that names a terabyte must not
// get it.
const (
	maxHashText    = 512 // bytes
	maxArgonKiB    = 64 << 10
	maxArgonPasses = 8
	maxArgonLanes  = 4
	maxIterations  = 2_000_000 // Django 6 writes 1,200,000
)

// maxPasswordBytes is the longest password that is hashed. A new one has at most 128 characters (CheckPassword); one that
// came from Django may have more.
const maxPasswordBytes = 4096

// Hasher hashes passwords and verifies them, few at a time: each hash takes 19 MiB and most of a processor, so whoever sends
// two hundred logins at once gets refusals, and not the memory. It is safe for concurrent use.
//
// golang.org/x/crypto/argon2 allocates its 19 MiB for every hash and leaves them to the garbage collector, which in a small
// process comes late: after a burst of logins, two at a time, the process held 82 MB for two minutes. So each place is given
// back only when its block is collected (the most is then the number of places times 19 MiB), and a second after the last
// hash the memory goes back to the system. A process whose live heap is far larger than the blocks needs neither, and there
// collecting would be dear.
type Hasher struct {
	places   chan struct{}
	queue    time.Duration
	computed atomic.Int64
	idle     *time.Timer
}

const (
	hashIdle      = time.Second
	hashSmallHeap = 64 << 20 // bytes of live heap up to which blocks are collected at once
)

// NewHasher makes a Hasher that computes at most parallel hashes at a time (0: as many as there are processors), and lets a
// caller wait for a place at most for queue (0: one second).
func NewHasher(parallel int, queue time.Duration) *Hasher {
	if parallel <= 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	if queue <= 0 {
		queue = time.Second
	}
	h := &Hasher{places: make(chan struct{}, parallel), queue: queue}
	h.idle = time.AfterFunc(time.Hour, h.giveBack)
	h.idle.Stop()
	return h
}

// Hash gives the PHC string of a new password, with a salt of its own. It fails as compute does.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	p := argonHash{kib: argonKiB, passes: argonPasses, lanes: argonLanes, salt: make([]byte, argonSalt), sum: make([]byte, argonSum)}
	rand.Read(p.salt)
	sum, err := h.compute(ctx, p, password)
	if err != nil {
		return "", err
	}
	p.sum = sum
	return p.String(), nil
}

// Verify reports whether password is the one that stored was made of, and if so, whether it should be hashed anew because
// stored is of another kind or cost than Hash gives. It reads Argon2id PHC strings and Django's pbkdf2_sha256, and computes
// exactly one hash. Django's unusable passwords ("!...") match nothing, and cost as much.
//
// It fails as compute does. Where stored cannot be read, or asks for too much, it fails with an error that is no *fail.Error,
// before anything is computed.
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

// VerifyNobody does the work of Verify for a user who does not exist, so that a login takes as long for an unknown name as
// for a wrong password. (A hash that came from Django takes the time of PBKDF2 until its owner has logged in once.)
func (h *Hasher) VerifyNobody(ctx context.Context, password string) error {
	_, err := h.compute(ctx, nobody, password)
	return err
}

// nobody is what the passwords of unknown users are compared with. Its sum is of no password that anybody knows.
var nobody = argonHash{
	kib: argonKiB, passes: argonPasses, lanes: argonLanes,
	salt: []byte("nobody has this!"), sum: make([]byte, argonSum),
}

// Computed is how many hashes have been computed so far, of either kind: what a test counts instead of measuring time.
func (h *Hasher) Computed() int64 { return h.computed.Load() }

// compute derives one hash in one of the places. A password over 4096 bytes is fail.Invalid, whatever account it is for,
// and nothing is computed. No place within the queueing time is fail.Unavailable. A ctx that ends while waiting is its cause.
func (h *Hasher) compute(ctx context.Context, p passwordHash, password string) ([]byte, error) {
	if len(password) > maxPasswordBytes {
		return nil, fail.Invalid("password", weakTooLong)
	}
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	defer h.leave()
	h.computed.Add(1)
	return p.derive(password)
}

func (h *Hasher) enter(ctx context.Context) error {
	// Asked first: select takes any case that is ready, so a caller who is gone might get the place.
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("wait to hash a password: %w", err)
	}
	timer := time.NewTimer(h.queue)
	defer timer.Stop()
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", context.Cause(ctx))
	case <-timer.C:
		return fail.Unavailable("Too many people are logging in at this moment. Try again.", time.Second)
	}
}

// leave gives the place back. The caller does not wait for it; the next one in the place does.
func (h *Hasher) leave() {
	go func() {
		if heapIsSmall() {
			runtime.GC()
			h.idle.Reset(hashIdle)
		}
		<-h.places
	}()
}

// giveBack returns free memory to the system, unless hashing goes on.
func (h *Hasher) giveBack() {
	if len(h.places) == 0 {
		debug.FreeOSMemory()
	}
}

func heapIsSmall() bool {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Kind() == metrics.KindUint64 && live[0].Value.Uint64() < hashSmallHeap
}
