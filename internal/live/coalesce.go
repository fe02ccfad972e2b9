package live

import "sync/atomic"

// coalescer runs a function in its own goroutine: never twice at once, and once more if it was requested during a run.
// Several requests during a run are one. An idle coalescer holds no goroutine.
type coalescer struct{ state atomic.Int32 }

const (
	idle = iota
	running
	runningAndRequested
)

// request calls run, now or after the present run. It never waits.
func (c *coalescer) request(run func()) {
	for {
		switch {
		case c.state.CompareAndSwap(idle, running):
			go c.loop(run)
			return
		case c.state.CompareAndSwap(running, runningAndRequested), c.state.Load() == runningAndRequested:
			return
		}
	}
}

func (c *coalescer) loop(run func()) {
	for {
		run()
		if c.state.CompareAndSwap(running, idle) {
			return
		}
		c.state.Store(running)
	}
}
