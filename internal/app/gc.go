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

// roomToGrow is the heap below which collecting is not worth its time. A server of this size lives in a few megabytes, and with Go's
// default would collect them some twenty times a second under load: a quarter of its time.
const roomToGrow = 32 << 20

// notGos is memory that Go does not count: SQLite's pages, a few megabytes for each connection, and the program itself.
const notGos = 96 << 20

// memoryLimit is how many bytes Go may have: what GOMEMLIMIT says, else the container's memory, else the machine's, without notGos and
// not more than three quarters of it. math.MaxInt64 is no limit.
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

// share is Go's part of a container's memory: never less than half of it.
func share(bytes int64) int64 { return max(bytes/2, min(bytes/4*3, bytes-notGos)) }

// relaxGC lets the heap grow to roomToGrow before it is collected, and leaves larger heaps to Go's default, up to memoryLimit. Who sets
// GOGC decides.
func relaxGC() {
	most := memoryLimit()
	if os.Getenv("GOGC") != "" {
		debug.SetMemoryLimit(most)
		return
	}
	tuneGC(most)
}

// tuneGC sets the next collection's goal by what the last one left, and comes again after it.
func tuneGC(most int64) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent, liveBytes := 100, int64(0)
	if v := live[0].Value; v.Kind() == metrics.KindUint64 {
		liveBytes = int64(min(v.Uint64(), 1<<40))
		percent = max(percent, int(100*(roomToGrow-min(liveBytes, roomToGrow))/max(liveBytes, 1<<20)))
	}
	debug.SetGCPercent(min(percent, 3200))
	// Password hashes come all at once: until the next tuning they must not be given the room of a small heap.
	debug.SetMemoryLimit(min(max(5*roomToGrow/2, 3*liveBytes), most))
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) { go tuneGC(most) })
}
