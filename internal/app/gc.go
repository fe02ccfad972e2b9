package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// roomToGrow is the heap below which collecting is not worth its time. A server of this size lives in a few megabytes, and with Go's
// default would collect them some twenty times a second under load: a quarter of its time.
const roomToGrow = 32 << 20

// relaxGC lets the heap grow to roomToGrow before it is collected, and leaves larger heaps to Go's default. Who sets GOGC decides.
func relaxGC() {
	if os.Getenv("GOGC") != "" {
		return
	}
	tuneGC()
}

// tuneGC sets the next collection's goal by what the last one left, and comes again after it.
func tuneGC() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent, liveBytes := 100, int64(0)
	if v := live[0].Value; v.Kind() == metrics.KindUint64 {
		liveBytes = int64(min(v.Uint64(), 1<<40))
		percent = max(percent, int(100*(roomToGrow-min(liveBytes, roomToGrow))/max(liveBytes, 1<<20)))
	}
	debug.SetGCPercent(min(percent, 3200))
	// Password hashes come all at once: until the next tuning they must not be given the room of a small heap.
	debug.SetMemoryLimit(max(5*roomToGrow/2, 3*liveBytes))
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) { go tuneGC() })
}
