package auth_test

import (
	"context"
	"errors"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// The hashes were made by the reference implementations: argon2 of the Argon2 authors, and Django 3.2.25.
func TestVerifyForeignHashes(t *testing.T) {
	h := auth.NewHasher(0, time.Minute)
	for _, c := range []struct {
		name, stored, password string
		rehash                 bool
	}{
		{
			"argon2, our cost",
			"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQxNmJ5dGVzIQ$nAS/TlpXJFtcZL37+dKOWHjtIQpKRNN71yddZ71iZKw",
			"pässwörd ☃", false,
		},
		{
			"argon2, another cost", "$argon2id$v=19$m=8192,t=3,p=2$c2FsdHNhbHQ$y5n4ks41+XPvlN2Z9+jJDhVkug7I0vfA",
			"securepass123", true,
		},
		{
			"Django, 260,000 rounds",
			"pbkdf2_sha256$260000$nX9GhRUEuLQzqYbJk2s0Vd$mzxhHnmK9BfZ3yub0bPPLriorpDcx3x7Piw2RRgXiQ0=", "securepass123",
			true,
		},
		{
			"Django, not ASCII",
			"pbkdf2_sha256$1000$seasalt$kAE99cdcTKmGrieRXDBgQGQ4EwQZyrsTdq98YF0EJdY=", "pässwörd ☃",
			true,
		},
		{
			"Django, an odd salt",
			"pbkdf2_sha256$20000$a.b-c+d$si8kkFGezlJ2TwBR0Vfs9uLCtxph9RC/xSZeYt940pw=", "lètmein",
			true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if ok, rehash, err := h.Verify(t.Context(), c.stored, c.password); !ok || rehash != c.rehash || err != nil {
				t.Errorf("right password: %v, rehash %v, %v", ok, rehash, err)
			}
			if ok, rehash, err := h.Verify(t.Context(), c.stored, c.password+"x"); ok || rehash || err != nil {
				t.Errorf("wrong password: %v, rehash %v, %v", ok, rehash, err)
			}
		})
	}
}

// No stored hash may make the verifier allocate or compute without bound: each bound has its case, one beyond it.
func TestVerifyRefusesHostileHashes(t *testing.T) {
	h := auth.NewHasher(1, time.Minute)
	const (
		salt   = "c29tZXNhbHQxNmJ5dGVzIQ"
		sum    = "nAS/TlpXJFtcZL37+dKOWHjtIQpKRNN71yddZ71iZKw"
		django = "kAE99cdcTKmGrieRXDBgQGQ4EwQZyrsTdq98YF0EJdY="
	)
	for _, c := range []struct{ name, stored string }{
		{"nothing", ""},
		{"65 MiB", "$argon2id$v=19$m=66560,t=2,p=1$" + salt + "$" + sum},
		{"terabytes", "$argon2id$v=19$m=4294967295,t=2,p=1$" + salt + "$" + sum},
		{"over 32 bits", "$argon2id$v=19$m=4294967296,t=2,p=1$" + salt + "$" + sum},
		{"no memory", "$argon2id$v=19$m=0,t=2,p=1$" + salt + "$" + sum},
		{"nine passes", "$argon2id$v=19$m=19456,t=9,p=1$" + salt + "$" + sum},
		{"no pass", "$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + sum},
		{"five lanes", "$argon2id$v=19$m=19456,t=2,p=5$" + salt + "$" + sum},
		{"no lane", "$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + sum},
		{"negative", "$argon2id$v=19$m=-1,t=2,p=1$" + salt + "$" + sum},
		{"leading zero", "$argon2id$v=19$m=019456,t=2,p=1$" + salt + "$" + sum},
		{"plus", "$argon2id$v=19$m=+19456,t=2,p=1$" + salt + "$" + sum},
		{"another order", "$argon2id$v=19$t=2,m=19456,p=1$" + salt + "$" + sum},
		{"one more", "$argon2id$v=19$m=19456,t=2,p=1,x=1$" + salt + "$" + sum},
		{"old version", "$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + sum},
		{"no version", "$argon2id$m=19456,t=2,p=1$" + salt + "$" + sum},
		{"argon2i", "$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + sum},
		{"no salt", "$argon2id$v=19$m=19456,t=2,p=1$$" + sum},
		{"short salt", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$" + sum},
		{"long salt", "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("c2Fs", 22) + "$" + sum},
		{"no sum", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$"},
		{"short sum", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$AAAA"},
		{"long sum", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + strings.Repeat("AAAA", 22)},
		{"padded", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "==$" + sum},
		{"spare bits", "$argon2id$v=19$m=19456,t=2,p=1$" + salt[:21] + "R$" + sum},
		{"line break", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + sum + "\n"},
		{"one part more", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + sum + "$"},
		{"Django, 2,000,001 rounds", "pbkdf2_sha256$2000001$salt$" + django},
		{"Django, no round", "pbkdf2_sha256$0$salt$" + django},
		{"Django, less than none", "pbkdf2_sha256$-1$salt$" + django},
		{"Django, no salt", "pbkdf2_sha256$1000$$" + django},
		{"Django, a very long salt", "pbkdf2_sha256$1000$" + strings.Repeat("s", 4096) + "$" + django},
		{"Django, no sum", "pbkdf2_sha256$1000$salt$"},
		{"Django, short sum", "pbkdf2_sha256$1000$salt$AAAA"},
		{"Django, one part more", "pbkdf2_sha256$1000$salt$" + django + "$"},
		{"Django, another hash", "pbkdf2_sha1$1000$salt$AAAA"},
		{"bcrypt", "$2b$12$abcdefghijklmnopqrstuuKQ1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"},
		{"the password itself", "securepass123"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, rehash, err := h.Verify(t.Context(), c.stored, "securepass123")
			var shown *fail.Error
			if ok || rehash || err == nil || errors.As(err, &shown) {
				t.Errorf("%v, %v, %v", ok, rehash, err)
			}
			if err != nil && c.stored != "" && strings.Contains(err.Error(), c.stored) {
				t.Errorf("the message tells the hash: %v", err)
			}
		})
	}
	if n := h.Computed(); n != 0 {
		t.Errorf("%d hashes", n)
	}
}

func TestVerifyUnusablePasswords(t *testing.T) {
	h := auth.NewHasher(0, time.Minute)
	for _, stored := range []string{"!", "!nX9GhRUEuLQzqYbJk2s0VdnX9GhRUEuLQzqYbJk"} {
		for _, password := range []string{"", stored, "!"} {
			before := h.Computed()
			if ok, rehash, err := h.Verify(t.Context(), stored, password); ok || rehash || err != nil {
				t.Errorf("%q against %q: %v, %v, %v", password, stored, ok, rehash, err)
			}
			if h.Computed() != before+1 {
				t.Errorf("%q: %d hashes", stored, h.Computed()-before)
			}
		}
	}
}

func TestThreat_A15_OneHashEitherWay(t *testing.T) {
	h := auth.NewHasher(0, time.Minute)
	stored, err := h.Hash(t.Context(), "securepass123")
	if err != nil {
		t.Fatal(err)
	}
	for name, login := range map[string]func() error{
		"wrong password": func() error { _, _, err := h.Verify(t.Context(), stored, "wrong"); return err },
		"right password": func() error { _, _, err := h.Verify(t.Context(), stored, "securepass123"); return err },
		"unknown user":   func() error { return h.VerifyNobody(t.Context(), "wrong") },
		"no password":    func() error { return h.VerifyNobody(t.Context(), "") },
	} {
		before := h.Computed()
		if err := login(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := h.Computed() - before; n != 1 {
			t.Errorf("%s: %d hashes", name, n)
		}
	}
}

// The clock shows the same work too. The test compares the best times, because a busy machine disturbs them least.
func TestThreat_A15_SameTimeEitherWay(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	h := auth.NewHasher(1, time.Minute)
	stored, err := h.Hash(t.Context(), "securepass123")
	if err != nil {
		t.Fatal(err)
	}
	known, unknown := time.Hour, time.Hour
	apart := func() bool { return known > unknown*3/2 || unknown > known*3/2 }
	for i := 0; i < 15 || i < 100 && apart(); i++ { // the best of many: another process may have had the processor
		known = min(known, timed(func() { _, _, _ = h.Verify(t.Context(), stored, "wrong") }))
		unknown = min(unknown, timed(func() { _ = h.VerifyNobody(t.Context(), "wrong") }))
	}
	t.Logf("a known user takes %v, an unknown one %v", known, unknown)
	if apart() {
		t.Errorf("a known user takes %v, an unknown one %v", known, unknown)
	}
}

// Callers get their slots in the order of their arrival, and one that gives up leaves the queue.
func TestThreat_R8_A34_TheQueueIsInOrder(t *testing.T) {
	h := auth.NewHasher(1, time.Minute)
	const slow = "$argon2id$v=19$m=65536,t=8,p=1$c29tZXNhbHQxNmJ5dGVzIQ$nAS/TlpXJFtcZL37+dKOWHjtIQpKRNN71yddZ71iZKw"
	var all sync.WaitGroup
	all.Go(func() { _, _, _ = h.Verify(t.Context(), slow, "holds the only slot") })
	for h.Computed() == 0 {
		runtime.Gosched()
	}
	var mu sync.Mutex
	var order, want []int
	gone, leave := context.WithCancel(t.Context())
	for i := range 12 {
		ctx := t.Context()
		if i%3 == 2 {
			ctx = gone
		} else {
			want = append(want, i)
		}
		all.Go(func() {
			if err := h.VerifyNobody(ctx, "x"); err == nil {
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
			}
		})
		for h.Waiting() <= i {
			runtime.Gosched()
		}
	}
	leave()
	for h.Waiting() > len(want) {
		runtime.Gosched()
	}
	all.Wait()
	if !slices.Equal(order, want) {
		t.Errorf("slots were given in the order %v, want %v", order, want)
	}
}

// A queue that would last longer than a caller may wait rejects the caller at once, and not after the wait.
func TestThreat_R8_A34_ALongQueueSaysSoAtOnce(t *testing.T) {
	h := auth.NewHasher(1, time.Second) // room for some twenty
	var all sync.WaitGroup
	var refused atomic.Int64
	for range 300 {
		all.Go(func() {
			if err := h.VerifyNobody(t.Context(), "x"); fail.Is(err, fail.KindUnavailable) {
				refused.Add(1)
			}
		})
	}
	for h.Computed() < 3 { // the others are in the queue or refused by now
		runtime.Gosched()
	}
	if n := refused.Load(); n < 200 {
		t.Errorf("%d of 300 were refused at once", n)
	}
	all.Wait()
}

func TestThreat_R8_TwoHundredLogins(t *testing.T) {
	const places = 2
	h := auth.NewHasher(places, 500*time.Millisecond)
	stored, err := h.Hash(t.Context(), "securepass123")
	if err != nil {
		t.Fatal(err)
	}
	before := h.Computed()
	runtime.GC()
	floor := heapBytes()
	var peak atomic.Uint64
	stop := watchHeap(&peak)
	var done, refused atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			switch ok, _, err := h.Verify(t.Context(), stored, "securepass123"); {
			case ok:
				done.Add(1)
			case fail.Is(err, fail.KindUnavailable):
				refused.Add(1)
				var f *fail.Error
				if errors.As(err, &f) && f.RetryAfter != time.Second {
					t.Errorf("retry after %v", f.RetryAfter)
				}
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	stop()
	t.Logf("%d done, %d refused, at most %d MiB over %d MiB", done.Load(), refused.Load(), peak.Load()>>20, floor>>20)
	if done.Load()+refused.Load() != 200 || done.Load() == 0 || refused.Load() < 50 {
		t.Errorf("%d done, %d refused", done.Load(), refused.Load())
	}
	if h.Computed()-before != done.Load() {
		t.Errorf("%d hashes for %d logins", h.Computed()-before, done.Load())
	}
	// One block per slot, and room for the rest of the test. Without the collection it is twice the blocks and more.
	if limit := floor + places*19<<20 + 10<<20; peak.Load() > limit {
		t.Errorf("%d MiB in use, want at most %d", peak.Load()>>20, limit>>20)
	}
}

func heapBytes() uint64 { return readMetric("/memory/classes/heap/objects:bytes") }

func readMetric(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// watchHeap records the maximum size of the heap until it is stopped.
func watchHeap(peak *atomic.Uint64) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			peak.Store(max(peak.Load(), heapBytes()))
			select {
			case <-tick.C:
			case <-end:
				return
			}
		}
	}()
	return func() { close(end); <-ended }
}

func TestThreat_R8_MemoryGoesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	h := auth.NewHasher(2, time.Minute)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { _ = h.VerifyNobody(t.Context(), "securepass123") })
	}
	wg.Wait()
	held := func() uint64 {
		return heapBytes() + readMetric("/memory/classes/heap/free:bytes") + readMetric(
			"/memory/classes/heap/unused:bytes",
		)
	}
	for end := time.Now().Add(20 * time.Second); held() > 16<<20; {
		if time.Now().After(end) {
			t.Fatalf("%d MiB held", held()>>20)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func TestThreat_R9_LongPasswordIsNotHashed(t *testing.T) {
	h := auth.NewHasher(1, time.Minute)
	long := strings.Repeat("a", 1<<20)
	stored, err := h.Hash(t.Context(), "securepass123")
	if err != nil {
		t.Fatal(err)
	}
	before := h.Computed()
	_, hashErr := h.Hash(t.Context(), long)
	_, _, verifyErr := h.Verify(t.Context(), stored, long)
	nobodyErr := h.VerifyNobody(t.Context(), long)
	for _, err := range []error{hashErr, verifyErr, nobodyErr} {
		if !fail.Is(err, fail.KindInvalid) || err.Error() != nobodyErr.Error() {
			t.Errorf("got %v", err)
		}
	}
	if h.Computed() != before {
		t.Errorf("%d hashes", h.Computed()-before)
	}
	if ok, _, err := h.Verify(t.Context(), stored, strings.Repeat("a", 4096)); ok || err != nil {
		t.Errorf("4096 bytes: %v, %v", ok, err)
	}
}

func TestHashGivesUpWithTheCaller(t *testing.T) {
	gone := errors.New("the client went away")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	h := auth.NewHasher(1, time.Minute)
	for range 20 { // without the check before it, select would take the free slot every other time
		if _, err := h.Hash(ctx, "securepass123"); !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
	}
	if h.Computed() != 0 {
		t.Error("hashed for nobody")
	}
}

func BenchmarkHash(b *testing.B) {
	h := auth.NewHasher(1, time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "securepass123"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyDjango(b *testing.B) {
	h := auth.NewHasher(1, time.Minute)
	const stored = "pbkdf2_sha256$260000$nX9GhRUEuLQzqYbJk2s0Vd$mzxhHnmK9BfZ3yub0bPPLriorpDcx3x7Piw2RRgXiQ0="
	for b.Loop() {
		if ok, _, err := h.Verify(b.Context(), stored, "securepass123"); !ok {
			b.Fatal(err)
		}
	}
}
