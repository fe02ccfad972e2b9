package app

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// minHeapGoal is the heap size, in bytes, below which a collection is not worth its time. The server needs a few
// megabytes: with Go's default it would collect some twenty times a second under load, a quarter of its time.
const minHeapGoal = 32 << 20

// nonGoMemory is memory, in bytes, that Go does not count: SQLite's pages, a few megabytes a connection, and the
// program itself.
const nonGoMemory = 96 << 20

// memoryLimit returns the bytes that Go may use: GOMEMLIMIT if it is set. Otherwise it is the memory of the container,
// or else of the machine, less nonGoMemory and at most three quarters of it. math.MaxInt64 is no limit.
var memoryLimit = sync.OnceValue(func() int64 {
	if os.Getenv("GOMEMLIMIT") != "" {
		return debug.SetMemoryLimit(-1)
	}
	for _, from := range []func() (uint64, error){memlimit.FromCgroup, memlimit.FromSystem} {
		if bytes, err := from(); err == nil && bytes > 0 {
			return share(int64(min(bytes, 1<<50)))
		}
	}
	return math.MaxInt64
})

// share returns Go's part of a memory: at least half of it.
func share(bytes int64) int64 { return max(bytes/2, min(bytes/4*3, bytes-nonGoMemory)) }

// relaxGC lets the heap grow to minHeapGoal before a collection, and leaves larger heaps to Go's default, up to
// memoryLimit. GOGC overrides it.
func relaxGC() {
	most := memoryLimit()
	if os.Getenv("GOGC") != "" {
		debug.SetMemoryLimit(most)
		return
	}
	tuneGC(most)
}

// tuneGC sets the goal of the next collection by the live heap, and runs again after that collection.
func tuneGC(most int64) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent, liveBytes := 100, int64(0)
	if v := live[0].Value; v.Kind() == metrics.KindUint64 {
		liveBytes = int64(min(v.Uint64(), 1<<40))
		percent = max(percent, int(100*(minHeapGoal-min(liveBytes, minHeapGoal))/max(liveBytes, 1<<20)))
	}
	debug.SetGCPercent(min(percent, 3200))
	// Password hashes may come all at once: until the next tuning, the goal of a small heap must not let them all in.
	debug.SetMemoryLimit(min(max(5*minHeapGoal/2, 3*liveBytes), most))
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) { go tuneGC(most) })
}
