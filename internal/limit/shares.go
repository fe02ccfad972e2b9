package limit

import (
	"context"
	"sync"
)

// Shares bound how much dear work runs at the same time: of each company, and of all. Who has no share waits, the companies by turns, so
// that one with a hundred questions does not stand before one with a single one.
type Shares struct {
	each, all, queue int

	mu      sync.Mutex
	running int
	owners  map[int64]*share
	turns   []*share // of those with somebody waiting, in the order of their turns
}

type share struct {
	owner   int64
	running int
	waiting []chan struct{}
}

// NewShares makes them: each company runs so many at once, all together so many, and of each company so many wait.
func NewShares(each, all, queue int) *Shares {
	return &Shares{each: each, all: all, queue: queue, owners: map[int64]*share{}}
}

// Take takes a share, at once or when it is owner's turn; false: too many wait already, or ctx has ended. Who has one gives it back by Give.
func (s *Shares) Take(ctx context.Context, owner int64) bool {
	s.mu.Lock()
	o := s.owners[owner]
	if o == nil {
		o = &share{owner: owner}
		s.owners[owner] = o
	}
	if o.running < s.each && s.running < s.all {
		o.running++
		s.running++
		s.mu.Unlock()
		return true
	}
	if len(o.waiting) >= s.queue {
		s.tidy(o)
		s.mu.Unlock()
		return false
	}
	turn := make(chan struct{})
	if o.waiting = append(o.waiting, turn); len(o.waiting) == 1 {
		s.turns = append(s.turns, o)
	}
	s.mu.Unlock()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range o.waiting {
		if w == turn {
			o.waiting = append(o.waiting[:i], o.waiting[i+1:]...)
			s.tidy(o)
			return false
		}
	}
	return true // its turn came at the same moment
}

// Give gives a share back.
func (s *Shares) Give(owner int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.owners[owner]
	o.running--
	s.running--
	s.next()
	s.tidy(o)
}

// next lets those go on who may, each company once before one comes again.
func (s *Shares) next() {
	for i := 0; i < len(s.turns) && s.running < s.all; {
		o := s.turns[i]
		if o.running >= s.each {
			i++
			continue
		}
		turn := o.waiting[0]
		o.waiting = o.waiting[1:]
		o.running++
		s.running++
		close(turn)
		s.turns = append(s.turns[:i], s.turns[i+1:]...)
		if len(o.waiting) > 0 {
			s.turns = append(s.turns, o)
		}
	}
}

// tidy forgets a company that has nothing here.
func (s *Shares) tidy(o *share) {
	if len(o.waiting) == 0 {
		for i, t := range s.turns {
			if t == o {
				s.turns = append(s.turns[:i], s.turns[i+1:]...)
				break
			}
		}
		if o.running == 0 {
			delete(s.owners, o.owner)
		}
	}
}

// Look tells how many run, and how many wait.
func (s *Shares) Look() (running, waiting int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.turns {
		waiting += len(o.waiting)
	}
	return s.running, waiting
}
