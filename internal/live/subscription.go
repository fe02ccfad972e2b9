package live

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Subscription is one client's place in its company's log. One goroutine at a time takes from it.
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
	epoch int64 // of the authorizations it was last verified at
	index int   // its place in room.subs; -1: it has left
	task  int64 // what the client says it looks at; 0: nothing

	mu    sync.Mutex
	pos   int64     // the last number taken
	live  bool      // has been at the end of the log
	took  time.Time // when something was taken last
	notes []*Frame  // messages that are not of the log: they go first
	lost  bool      // notes were dropped
	end   *End
	over  bool // Close was called
}

// maxTake bounds what is taken at once, and so what one write holds; maxNotes what is kept for a client that does not read.
const (
	maxTake  = 64 << 10
	maxNotes = 32
)

// greet is the first message, and says where the client stands: what follows has higher numbers.
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

// resync tells the client that what it has is not the past of where it stands now, and that it must load again.
func (s *Subscription) resync() {
	b := strconv.AppendInt([]byte(`{"type":"resync","seq":`), s.pos, 10)
	s.notes = append(s.notes, newFrame(s.pos, append(b, '}')))
}

// note adds a message that is not of the log. Of a client that does not read, notes are dropped, and it is told so once it does.
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

// Take gives what the client has not had yet, in order and some 64 KiB at most; nothing when there is nothing now, and the end
// when the subscription is over.
func (s *Subscription) Take(ctx context.Context) ([]*Frame, *End) {
	s.mu.Lock()
	s.took = now()
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
	frames, ok := r.ring.after(pos, maxTake)
	r.mu.RUnlock()
	if pos >= head {
		s.mu.Lock()
		s.live = true
		s.mu.Unlock()
		return nil, nil
	}
	if !ok {
		var err error
		if frames, err = s.past(ctx, pos); err != nil {
			end := endOf(err)
			s.finish(end)
			return nil, &end
		}
		if len(frames) == 0 {
			return s.Take(ctx) // a note or the end
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

// past reads from the log what no longer is in memory. Few do that at once: the others wait, and the log is not asked more for
// it than the requests leave over.
func (s *Subscription) past(ctx context.Context, after int64) ([]*Frame, error) {
	select {
	case s.hub.catchUp <- struct{}{}:
		defer func() { <-s.hub.catchUp }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	for {
		frames, head, err := s.hub.read(ctx, s.company, after, batch)
		if err != nil {
			return nil, err
		}
		s.room.mu.RLock()
		verified := s.epoch >= head.Epoch
		s.room.mu.RUnlock()
		if verified {
			if len(frames) == 0 || frames[0].Seq != after+1 { // the log no longer goes back so far
				s.skip(head.Seq)
				return nil, nil
			}
			return frames, nil
		}
		if err := s.room.verify(ctx, []*Subscription{s}); err != nil {
			return nil, err
		}
		s.mu.Lock()
		over := s.end != nil
		s.mu.Unlock()
		if over {
			return nil, nil
		}
	}
}

// skip goes to a number.
func (s *Subscription) skip(seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pos = seq
	s.resync()
}

// isSlow tells who has been live, stands before the horizon and has taken nothing for a while.
func (s *Subscription) isSlow(horizon, head int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end == nil && s.live && s.pos < horizon && s.pos < head && now().Sub(s.took) > patience
}

// finish ends the subscription: nothing of the log is taken any more, and the next Take gives the end.
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
	over := s.over
	s.over = true
	if s.end == nil {
		s.end = &End{}
	}
	s.mu.Unlock()
	if !over {
		s.room.part(s)
		s.hub.uncount(s)
	}
}
