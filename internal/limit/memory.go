package limit

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// Memory keeps a process from being killed for want of memory (threat F23). It counts what clients send and what they have not read yet, so
// that a hundred large bodies do not come in at once, nor a hundred pages wait for somebody who does not take them. And it says when the
// process is full: the gate refuses everybody then, until there is room again. It does not look at memory that Go does not count, such as
// SQLite's pages, which are bounded by themselves; the limit leaves room for them. A nil Memory has no limit.
type Memory struct {
	limit     int64 // bytes, as Go's own memory limit counts them
	in, out   atomic.Int64
	samples   []metrics.Sample
	collected time.Time
}

// Parts of the limit.
const (
	inPart   = 0.1 // what clients send: read, decoded and stored, a body is there some four times
	outPart  = 0.25
	livePart = 0.7 // what is in use after a collection; above it Go would collect all the time, and free little by it
)

// What makes up the memory in use: everything that was taken from the system, without what was given back, what is free in the heap, and
// what the next collection will free.
const (
	sampleTotal = iota
	sampleReleased
	sampleFree
	sampleUnused
	sampleObjects
	sampleLive
)

// NewMemory makes one for a limit in bytes, as debug.SetMemoryLimit takes it; math.MaxInt64 and 0 are none.
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

// Receive counts n bytes that a client has sent; false, and nothing is counted, where clients have sent too much already. Who has received
// gives back by Received, when the request is answered.
func (m *Memory) Receive(n int) bool { return m == nil || take(&m.in, n, inPart*float64(m.limit)) }

// Received gives back what Receive has counted.
func (m *Memory) Received(n int) {
	if m != nil {
		m.in.Add(-int64(n))
	}
}

// Send counts n bytes that a client is about to be sent; false, and nothing is counted, where clients have too much to read already. Who
// sends gives back by Sent, when the client has them or is gone.
func (m *Memory) Send(n int) bool { return m == nil || take(&m.out, n, outPart*float64(m.limit)) }

// Sent gives back what Send has counted.
func (m *Memory) Sent(n int) {
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

// full looks whether the process has as much as it may have. Only the gate's Run asks. Where everybody is refused nothing is collected
// either, for want of garbage, and it would be full forever: so it collects, once in a second.
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

// used reports whether too much is in use, or so much garbage is there beside it that the collector does not keep up.
func (m *Memory) used() bool {
	metrics.Read(m.samples)
	bytes := func(i int) int64 { return int64(m.samples[i].Value.Uint64()) } //nolint:gosec // memory of a machine
	taken := bytes(sampleTotal) - bytes(sampleReleased) - bytes(sampleFree) - bytes(sampleUnused)
	return taken > m.limit || float64(taken-bytes(sampleObjects)+bytes(sampleLive)) > livePart*float64(m.limit)
}
