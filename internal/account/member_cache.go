package account

import (
	"maps"
	"sync"

	"github.com/maypok86/otter/v2"

	"github.com/taskhouse/taskhouse/internal/db"
)

// CachedMember is a member ready to be written into an answer. It is shared between requests and must not be changed.
type CachedMember struct {
	Active          bool // tasks may be given to them
	public, private *MemberView
}

// memberCache remembers members of one company at one epoch of its authorizations. Every change of a member moves the epoch, and
// every transaction compares it, so what stands here is what the transaction would read. What a write sees is remembered once
// the write is durable.
type memberCache struct {
	epoch int64
	mu    sync.RWMutex
	byID  map[int64]*CachedMember
}

// maxPeople bounds what is remembered of one company; a larger one starts over.
const maxPeople = 20_000

// membersAt is what is remembered of a company's persons at an epoch. An older memory is dropped; a newer one is left alone.
func (s *Service) membersAt(company, epoch int64) *memberCache {
	var at *memberCache
	s.members.Compute(company, func(old *memberCache, found bool) (*memberCache, otter.ComputeOp) {
		switch {
		case found && old.epoch == epoch:
			at = old
			return old, otter.CancelOp
		case found && old.epoch > epoch:
			at = &memberCache{epoch: epoch, byID: map[int64]*CachedMember{}}
			return old, otter.CancelOp
		}
		at = &memberCache{epoch: epoch, byID: map[int64]*CachedMember{}}
		return at, otter.WriteOp
	})
	return at
}

// People gives the persons with these ids, as this transaction sees them; ids of nobody are left out.
func (m Caller) People(tx *db.Tx, ids ...int64) (map[int64]*CachedMember, error) {
	found := make(map[int64]*CachedMember, min(len(ids), 16))
	var missing []int64
	m.members.mu.RLock()
	for _, id := range ids {
		if _, ok := found[id]; ok {
			continue
		}
		if p, ok := m.members.byID[id]; ok {
			found[id] = p
		} else {
			missing = append(missing, id)
		}
	}
	m.members.mu.RUnlock()
	if len(missing) == 0 {
		return found, nil
	}
	persons, err := membersByID(tx, missing)
	if err != nil {
		return nil, err
	}
	fresh := make(map[int64]*CachedMember, len(persons))
	for i := range persons {
		fresh[persons[i].ID] = m.cached(&persons[i])
	}
	maps.Copy(found, fresh)
	if tx.ReadOnly() {
		m.members.remember(fresh)
	} else {
		tx.OnCommitted(func() { m.members.remember(fresh) })
	}
	return found, nil
}

func (m Caller) cached(p *Member) *CachedMember {
	public, private := p.View(m.Company, false), p.View(m.Company, true)
	public.encode()
	private.encode()
	return &CachedMember{Active: p.State == StateActive, public: &public, private: &private}
}

func (c *memberCache) remember(fresh map[int64]*CachedMember) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.byID)+len(fresh) > maxPeople {
		clear(c.byID)
	}
	maps.Copy(c.byID, fresh)
}
