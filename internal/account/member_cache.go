package account

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/taskhouse/taskhouse/internal/db"
)

// CachedMember is a member ready to be written into an answer. It is shared between requests and must not be changed.
type CachedMember struct {
	Active          bool // tasks may be given to them
	public, private *MemberView
}

// memberCache caches members of one company at one epoch of its rights. Every change of a member moves the
// epoch, and every transaction compares it, so the cache holds the rows that the transaction would read. Members that a
// write reads are cached once the write is durable.
type memberCache struct {
	epoch int64
	mu    sync.RWMutex
	byID  map[int64]*CachedMember

	requests atomic.Pointer[int64] // the company's budget of requests at once; nil: not read yet
}

// maxCachedMembers bounds the cache of one company. A company with more members starts over with an empty cache.
const maxCachedMembers = 20_000

// membersAt returns the cache of a company's members at an epoch. It replaces an older cache and leaves a newer one
// alone.
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

// People returns the members with these ids, as this transaction sees them. Unknown ids are left out.
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
	rows, err := membersByID(tx, missing)
	if err != nil {
		return nil, err
	}
	fresh := make(map[int64]*CachedMember, len(rows))
	for i := range rows {
		fresh[rows[i].ID] = m.cached(&rows[i])
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
	if len(c.byID)+len(fresh) > maxCachedMembers {
		clear(c.byID)
	}
	maps.Copy(c.byID, fresh)
}

// Actors returns the actors of a list, such as events, as the caller may see them, by id. actor returns the actor of
// one of them, or nil if it is the system or an operator. Unknown ids are left out.
func Actors[T any](tx *db.Tx, who Caller, list []T, actor func(*T) *int64) (map[int64]*MemberView, error) {
	var ids []int64
	for i := range list {
		if id := actor(&list[i]); id != nil {
			ids = append(ids, *id)
		}
	}
	people, err := who.People(tx, ids...)
	if err != nil {
		return nil, err
	}
	views := make(map[int64]*MemberView, len(people))
	for id, m := range people {
		views[id] = who.See(m)
	}
	return views, nil
}
