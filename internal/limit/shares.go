package limit

import (
	"context"
	"sync"
)

// Shares limits concurrent heavy work, of each company and of all together. Work without a share waits, and companies
// take turns (round robin), so that one with a hundred requests does not delay one with a single request.
type Shares struct {
	each, all, queue int

	mu      sync.Mutex
	running int
	owners  map[Payer]*share
	turns   []*share // of companies with waiting work, in the order of their turns
}

type share struct {
	owner   Payer
	running int
	waiting []turn
}

// turn is work that waits.
type turn struct {
	comes chan struct{}
	each  int // how many of the owner may run at once beside it, with itself
}

// maxTurns is how many requests of an owner may wait that take turns though none of them is heavy by itself.
const maxTurns = 64

// NewShares returns shares. Each company runs at most each at once, all companies together at most all, and at most
// queue of a company wait.
func NewShares(each, all, queue int) *Shares {
	return &Shares{each: each, all: all, queue: queue, owners: map[Payer]*share{}}
}

// Take waits for a share of owner. It returns false if too many wait already, or when ctx ends. After true, call Give.
func (s *Shares) Take(ctx context.Context, owner Payer) bool {
	return s.take(ctx, owner, s.each, s.queue)
}

// takeTurn takes a share as Take does, for work that may use all shares that no other owner waits for.
func (s *Shares) takeTurn(ctx context.Context, owner Payer) bool {
	return s.take(ctx, owner, s.all, maxTurns)
}

func (s *Shares) take(ctx context.Context, owner Payer, each, queue int) bool {
	s.mu.Lock()
	o := s.owners[owner]
	if o == nil {
		o = &share{owner: owner}
		s.owners[owner] = o
	}
	if o.running < each && s.running < s.all {
		o.running++
		s.running++
		s.mu.Unlock()
		return true
	}
	if len(o.waiting) >= queue {
		s.tidy(o)
		s.mu.Unlock()
		return false
	}
	comes := make(chan struct{})
	if o.waiting = append(o.waiting, turn{comes, each}); len(o.waiting) == 1 {
		s.turns = append(s.turns, o)
	}
	s.mu.Unlock()
	select {
	case <-comes:
		return true
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range o.waiting {
		if w.comes == comes {
			o.waiting = append(o.waiting[:i], o.waiting[i+1:]...)
			s.tidy(o)
			return false
		}
	}
	return true // its turn came at the same moment
}

// Give returns a share.
func (s *Shares) Give(owner Payer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.owners[owner]
	o.running--
	s.running--
	s.next()
	s.tidy(o)
}

// next gives free shares to waiting companies, one each before any gets a second.
func (s *Shares) next() {
	for i := 0; i < len(s.turns) && s.running < s.all; {
		o := s.turns[i]
		turn := o.waiting[0]
		if o.running >= turn.each {
			i++
			continue
		}
		o.waiting = o.waiting[1:]
		o.running++
		s.running++
		close(turn.comes)
		s.turns = append(s.turns[:i], s.turns[i+1:]...)
		if len(o.waiting) > 0 {
			s.turns = append(s.turns, o)
		}
	}
}

// tidy forgets a company without work.
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

// waitingOf returns how many of an owner wait.
func (s *Shares) waitingOf(owner Payer) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.owners[owner]; o != nil {
		return len(o.waiting)
	}
	return 0
}

// Stats returns how many run and how many wait.
func (s *Shares) Stats() (running, waiting int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.turns {
		waiting += len(o.waiting)
	}
	return s.running, waiting
}
