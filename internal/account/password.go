package account

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

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

// passwordHash is a stored hash taken apart.
type passwordHash interface {
	derive(password string) ([]byte, error) // the sum of password at the cost and with the salt of this hash
	want() []byte                           // the sum that the right password gives
	current() bool                          // whether Hash would make one of the same cost
}

// errPasswordHash never carries the text: it goes to the log, and a hash is a secret.
var errPasswordHash = errors.New("stored password hash: unknown form, or a cost out of bounds")

// parsePasswordHash takes a stored hash apart.
func parsePasswordHash(stored string) (passwordHash, error) {
	switch {
	case len(stored) > maxHashText:
		return nil, errPasswordHash
	case strings.HasPrefix(stored, "$argon2id$"):
		return parseArgon(stored)
	case strings.HasPrefix(stored, "pbkdf2_sha256$"):
		return parseDjango(stored)
	}
	return nil, errPasswordHash
}

// argonHash is a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$sum, the last two in unpadded base64.
type argonHash struct {
	kib    uint32
	passes uint32
	lanes  uint8
	salt   []byte
	sum    []byte
}

func (p argonHash) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.kib, p.passes, p.lanes, b64(p.salt), b64(p.sum))
}

func parseArgon(stored string) (passwordHash, error) {
	part := strings.Split(stored, "$")
	if len(part) != 6 {
		return nil, errPasswordHash
	}
	var p argonHash
	_, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &p.kib, &p.passes, &p.lanes)
	salt, saltErr := base64.RawStdEncoding.DecodeString(part[4])
	sum, sumErr := base64.RawStdEncoding.DecodeString(part[5])
	p.salt, p.sum = salt, sum
	// Written again it must be the same text: this catches leading zeros, another version, spare bits and all else that the
	// readers above let pass.
	if errors.Join(err, saltErr, sumErr) != nil || p.String() != stored || !p.bounded() {
		return nil, errPasswordHash
	}
	return p, nil
}

func (p argonHash) bounded() bool {
	return p.kib >= 8*uint32(p.lanes) && p.kib <= maxArgonKiB && p.passes >= 1 && p.passes <= maxArgonPasses &&
		p.lanes >= 1 && p.lanes <= maxArgonLanes && len(p.salt) >= 8 && len(p.salt) <= 64 && len(p.sum) >= 16 && len(p.sum) <= 64
}

func (p argonHash) derive(password string) ([]byte, error) {
	length := uint32(len(p.sum)) //nolint:gosec // bounded: 16 to 64
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.kib, p.lanes, length), nil
}

func (p argonHash) want() []byte { return p.sum }

func (p argonHash) current() bool {
	return p.kib == argonKiB && p.passes == argonPasses && p.lanes == argonLanes && len(p.salt) >= argonSalt && len(p.sum) >= argonSum
}

// djangoHash is pbkdf2_sha256$iterations$salt$sum, as django.contrib.auth stores it: the salt is text and used as it
// stands, the sum is padded base64 of 32 bytes.
type djangoHash struct {
	iterations int
	salt       string
	sum        []byte
}

func (p djangoHash) String() string {
	return fmt.Sprintf("pbkdf2_sha256$%d$%s$%s", p.iterations, p.salt, base64.StdEncoding.EncodeToString(p.sum))
}

func parseDjango(stored string) (passwordHash, error) {
	part := strings.Split(stored, "$")
	if len(part) != 4 {
		return nil, errPasswordHash
	}
	p := djangoHash{salt: part[2]}
	_, err := fmt.Sscanf(part[1], "%d", &p.iterations)
	sum, sumErr := base64.StdEncoding.DecodeString(part[3])
	p.sum = sum
	if errors.Join(err, sumErr) != nil || p.String() != stored ||
		p.iterations < 1 || p.iterations > maxIterations || p.salt == "" || len(p.sum) != sha256.Size {
		return nil, errPasswordHash
	}
	return p, nil
}

func (p djangoHash) derive(password string) ([]byte, error) {
	return pbkdf2.Key(sha256.New, password, []byte(p.salt), p.iterations, len(p.sum))
}

func (p djangoHash) want() []byte { return p.sum }

func (p djangoHash) current() bool { return false }
