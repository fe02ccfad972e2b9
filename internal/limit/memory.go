package limit

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// Memory keeps a process from being killed for lack of memory (threat F23). It counts the bytes that clients send and
// those that they have not read yet, so that a hundred large bodies cannot arrive at once, nor a hundred answers wait
// for slow readers. It also reports when the process is out of memory; the gate then rejects all requests until there
// is room again. It ignores memory that Go does not count, such as SQLite's pages, which have a limit of their own; the
// limit leaves room for them. A nil Memory has no limit.
type Memory struct {
	limit     int64 // bytes, as Go's own memory limit counts them
	in, out   atomic.Int64
	samples   []metrics.Sample
	collected time.Time
}

// Parts of the limit.
const (
	inPart   = 0.1  // bodies; read, decoded and stored, a body occupies about four times its size
	outPart  = 0.25 // answers
	livePart = 0.7  // in use after a garbage collection; above it Go would collect all the time and free little
)

// The memory in use is the total from the system, minus the returned memory, the free heap and the garbage that the
// next collection frees.
const (
	sampleTotal = iota
	sampleReleased
	sampleFree
	sampleUnused
	sampleObjects
	sampleLive
)

// NewMemory returns a Memory with a limit in bytes, as for debug.SetMemoryLimit. It returns nil for math.MaxInt64 and
// 0.
func NewMemory(limit int64) *Memory {
	if limit <= 0 || limit == math.MaxInt64 {
		return nil
	}
	return &Memory{limit: limit, samples: []metrics.Sample{
		sampleTotal:    {Name: "/memory/classes/total:bytes"},
		sampleReleased: {Name: "/memory/classes/heap/released:bytes"},
		sampleFree:     {Name: "/memory/classes/heap/free:bytes"},
		sampleUnused:   {Name: "/memory/classes/heap/unused:bytes"},
		sampleObjects:  {Name: "/memory/classes/heap/objects:bytes"},
		sampleLive:     {Name: "/gc/heap/live:bytes"},
	}}
}

// Receive counts n bytes that a client has sent. It counts nothing and returns false if clients have sent too much
// already. Release them with ReleaseIn when the request is answered.
func (m *Memory) Receive(n int) bool { return m == nil || take(&m.in, n, inPart*float64(m.limit)) }

// ReleaseIn releases n bytes that Receive has counted.
func (m *Memory) ReleaseIn(n int) {
	if m != nil {
		m.in.Add(-int64(n))
	}
}

// Send counts n bytes to send to a client. It counts nothing and returns false if clients have too much to read
// already. Release them with ReleaseOut when the client has read them or has gone.
func (m *Memory) Send(n int) bool { return m == nil || take(&m.out, n, outPart*float64(m.limit)) }

// ReleaseOut releases n bytes that Send has counted.
func (m *Memory) ReleaseOut(n int) {
	if m != nil {
		m.out.Add(-int64(n))
	}
}

func take(of *atomic.Int64, n int, most float64) bool {
	if float64(of.Add(int64(n))) > most {
		of.Add(-int64(n))
		return false
	}
	return true
}

// full reports whether the process is out of memory. Only the gate's Run calls it. While everything is rejected, no
// garbage is made and none is collected, and the process would stay full forever. So full collects it, once a second.
func (m *Memory) full(now time.Time) bool {
	if m == nil || !m.used() {
		return false
	}
	if now.Sub(m.collected) >= time.Second {
		runtime.GC()
		m.collected = now
	}
	return m.used()
}

// used reports whether too much is in use, or so much garbage is left that the collector does not keep up.
func (m *Memory) used() bool {
	metrics.Read(m.samples)
	bytes := func(i int) int64 { return int64(m.samples[i].Value.Uint64()) } //nolint:gosec // memory of a machine
	taken := bytes(sampleTotal) - bytes(sampleReleased) - bytes(sampleFree) - bytes(sampleUnused)
	return taken > m.limit || float64(taken-bytes(sampleObjects)+bytes(sampleLive)) > livePart*float64(m.limit)
}
