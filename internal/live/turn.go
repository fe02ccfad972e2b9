package live

import "sync/atomic"

// turn runs a function in a goroutine of its own while there is something to do, never twice at once, and once more when it was
// asked for while it ran. Whoever waits for nothing so costs nothing.
type turn struct{ state atomic.Int32 }

const (
	resting = iota
	running
	again
)

// ask has run called, now or after the present run. It never waits.
func (t *turn) ask(run func()) {
	for {
		switch {
		case t.state.CompareAndSwap(resting, running):
			go t.loop(run)
			return
		case t.state.CompareAndSwap(running, again), t.state.Load() == again:
			return
		}
	}
}

func (t *turn) loop(run func()) {
	for {
		run()
		if t.state.CompareAndSwap(running, resting) {
			return
		}
		t.state.Store(running)
	}
}
