package live

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Subscription is one client's position in its company's log. One goroutine at a time takes from it.
type Subscription struct {
	hub      *Hub
	room     *room
	company  int64
	user     int64
	session  string
	address  string
	serial   uint64
	presence bool
	inbox    bool
	wake     func()

	// Guarded by room.mu.
	epoch int64 // of the rights with which it was last verified
	index int   // in room.subs; -1: it has left
	task  int64 // the task that the client says it shows; 0: none

	mu      sync.Mutex
	pos     int64     // the last number taken
	live    bool      // it has reached the end of the log once
	takenAt time.Time // the last call of Take
	notes   []*Frame  // messages outside the log: they go first
	lost    bool      // notes were dropped
	end     *End
	closed  bool
}

const (
	maxTakeBytes = 64 << 10 // taken at once, and so in one write
	maxNotes     = 32       // kept for a client that does not read
)

// greet adds the first message, which tells the client its position: the following events have higher numbers.
func (s *Subscription) greet(company string, resync bool) {
	b := []byte(`{"type":"connection_established","message":`)
	b, _ = jsontext.AppendQuote(b, "Connected to "+company+" task updates")
	b = append(b, `,"seq":`...)
	b = append(strconv.AppendInt(b, s.pos, 10), '}')
	s.notes = append(s.notes, newFrame(s.pos, b))
	if resync {
		s.resync()
	}
}

// resync tells the client that events are missing between its data and its position, so that it must load everything
// again.
func (s *Subscription) resync() {
	b := strconv.AppendInt([]byte(`{"type":"resync","seq":`), s.pos, 10)
	s.notes = append(s.notes, newFrame(s.pos, append(b, '}')))
}

// note adds a message outside the log. If the client does not read, notes are dropped; it learns so when it reads
// again.
func (s *Subscription) note(f *Frame) {
	s.mu.Lock()
	if len(s.notes) < maxNotes {
		s.notes = append(s.notes, f)
	} else {
		s.lost = true
	}
	s.mu.Unlock()
	s.wake()
}

// Take returns the next frames for the client, in order and about 64 KiB at most. It returns nothing if there is
// nothing now, and the end if the subscription is over.
func (s *Subscription) Take(ctx context.Context) ([]*Frame, *End) {
	s.mu.Lock()
	s.takenAt = now()
	if s.end != nil {
		defer s.mu.Unlock()
		return nil, s.end
	}
	if len(s.notes) > 0 {
		defer s.mu.Unlock()
		notes := s.notes
		s.notes = nil
		if s.lost {
			s.lost = false
			notes = append(notes, presenceLost)
		}
		return notes, nil
	}
	pos := s.pos
	s.mu.Unlock()

	r := s.room
	r.mu.RLock()
	head := r.head.Seq
	frames, ok := r.buffer.after(pos, maxTakeBytes)
	r.mu.RUnlock()
	if pos >= head {
		s.mu.Lock()
		s.live = true
		s.mu.Unlock()
		return nil, nil
	}
	if !ok {
		var err error
		if frames, err = s.readLog(ctx, pos); err != nil {
			end := endOf(err)
			s.finish(end)
			return nil, &end
		}
		if len(frames) == 0 {
			return s.Take(ctx) // which returns a note or the end
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil {
		return nil, s.end
	}
	if len(frames) > 0 {
		s.pos = frames[len(frames)-1].Seq
		s.live = s.live || s.pos >= head
	}
	return frames, nil
}

// readLog reads events from the log that the buffer no longer holds. At most maxCatchUps subscriptions do so at once
// and the others wait, so that catching up leaves the database to requests.
func (s *Subscription) readLog(ctx context.Context, after int64) ([]*Frame, error) {
	select {
	case s.hub.catchUp <- struct{}{}:
		defer func() { <-s.hub.catchUp }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, roomReadTimeout)
	defer cancel()
	for {
		frames, head, err := s.hub.read(ctx, s.company, after, readBatch)
		if err != nil {
			return nil, err
		}
		s.room.mu.RLock()
		verified := s.epoch >= head.Epoch
		s.room.mu.RUnlock()
		if verified {
			if len(frames) == 0 || frames[0].Seq != after+1 { // the log no longer reaches back so far
				s.skip(head.Seq)
				return nil, nil
			}
			return frames, nil
		}
		if err := s.room.verify(ctx, []*Subscription{s}); err != nil {
			return nil, err
		}
		s.mu.Lock()
		ended := s.end != nil
		s.mu.Unlock()
		if ended {
			return nil, nil
		}
	}
}

// skip moves the position to a number and tells the client to load everything again.
func (s *Subscription) skip(seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pos = seq
	s.resync()
}

// isSlow reports whether the subscription has been live, is behind the horizon and has taken nothing for
// slowClientGrace.
func (s *Subscription) isSlow(horizon, head int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end == nil && s.live && s.pos < horizon && s.pos < head && now().Sub(s.takenAt) > slowClientGrace
}

// finish ends the subscription: the next Take returns the end instead of events.
func (s *Subscription) finish(end End) {
	s.mu.Lock()
	if s.end == nil {
		s.end = &end
	}
	s.mu.Unlock()
	s.wake()
}

// Close leaves the room. It may be called twice.
func (s *Subscription) Close() {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	if s.end == nil {
		s.end = &End{}
	}
	s.mu.Unlock()
	if !closed {
		s.room.remove(s)
		s.hub.uncount(s)
	}
}
