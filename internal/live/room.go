package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// room is one company's feed on this node: the one reader of its log, however many subscribe.
type room struct {
	hub     *Hub
	company int64
	reading turn
	opening sync.Mutex

	mu         sync.RWMutex
	isOpen     bool
	gone       bool // dropped: whoever comes now takes the next room
	closing    bool // nobody is let in any more
	emptySince time.Time
	subs       []*Subscription // each knows its place
	ring       ring
	head       event.Head // how far was read and handed out, and the authorizations it was handed out under
	present    presence
}

// A batch is how many events a room reads at once.
const batch = 128

func newRoom(h *Hub, company int64) *room {
	return &room{hub: h, company: company, emptySince: now(), present: newPresence()}
}

// scope reaches the company's log as nobody: whoever is handed something has been verified by this room.
func (h *Hub) scope(company int64) db.Scope {
	return h.db.SystemScope(company, "the hub verifies each subscriber before it hands out an event")
}

// open finds out where the log stands, before the first subscriber joins.
func (r *room) open(ctx context.Context) error {
	r.opening.Lock()
	defer r.opening.Unlock()
	r.mu.RLock()
	open := r.isOpen
	r.mu.RUnlock()
	if open {
		return nil
	}
	head, err := readHead(ctx, r.hub.scope(r.company))
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head, r.isOpen = head, true
	return nil
}

func readHead(ctx context.Context, s db.Scope) (head event.Head, err error) {
	err = s.Read(ctx, func(tx *db.Tx) error {
		head, err = event.HeadOf(tx)
		return err
	})
	return head, err
}

// join lets a subscriber in; false: try again, something moved meanwhile. The caller may be known from memory only, so its rights
// are compared in the database before anything is said.
func (r *room) join(ctx context.Context, s *Subscription, req Request) (bool, error) {
	head, err := readHead(ctx, req.Who.Scope)
	if errors.Is(err, db.ErrStale) {
		if req.Who, err = r.hub.accounts.Again(ctx, req.Who); err == nil {
			head, err = readHead(ctx, req.Who.Scope)
		}
	}
	if errors.Is(err, db.ErrStale) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closing:
		return false, errClosing
	case r.gone || head.Epoch < r.head.Epoch:
		return false, nil
	case r.hub.limits.PerCompany > 0 && len(r.subs) >= r.hub.limits.PerCompany:
		return false, fail.Throttled(time.Minute)
	}
	s.pos = head.Seq // which this node may not have handed out yet
	resync := req.Since != nil && *req.Since > head.Seq
	if req.Since != nil && !resync {
		s.pos = *req.Since
	}
	s.greet(req.Who.Company.Name, resync)
	s.room, s.epoch, s.index, s.took = r, head.Epoch, len(r.subs), now()
	r.subs = append(r.subs, s)
	r.present.enter(r, s)
	if head != r.head {
		r.poke() // it moved, and nobody told
	}
	return true, nil
}

// part lets a subscriber go.
func (r *room) part(s *Subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.index < 0 {
		return
	}
	last := r.subs[len(r.subs)-1]
	r.subs[s.index], last.index = last, s.index
	r.subs[len(r.subs)-1] = nil
	r.subs = r.subs[:len(r.subs)-1]
	s.index = -1
	if len(r.subs) == 0 {
		r.subs, r.emptySince = nil, now()
	}
	r.present.leave(r, s)
}

// empty is for how long nobody has been here; 0 when somebody is.
func (r *room) empty() time.Duration {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.subs) > 0 {
		return 0
	}
	return now().Sub(r.emptySince)
}

// leave marks an empty room as dropped.
func (r *room) leave() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = len(r.subs) == 0
	return r.gone
}

func (r *room) standsAt(head event.Head) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return !r.isOpen || r.head == head
}

// doubt has every subscriber verified again.
func (r *room) doubt() {
	r.mu.Lock()
	for _, s := range r.subs {
		s.epoch = -1
	}
	r.mu.Unlock()
	r.poke()
}

// poke has the room read on. It never waits.
func (r *room) poke() {
	r.reading.ask(func() {
		for r.hub.ctx.Err() == nil {
			more, err := r.readOn()
			if err != nil && r.hub.ctx.Err() == nil {
				// The next poke tries again: there is one each second while the room is behind.
				r.hub.log.Debug("a room could not read on", "company", r.company, "error", err)
			}
			if err != nil || !more {
				return
			}
		}
	})
}

// readOn reads the next events and hands them out.
func (r *room) readOn() (more bool, err error) {
	ctx, cancel := context.WithTimeout(r.hub.ctx, askTimeout)
	defer cancel()
	r.mu.RLock()
	open, after := r.isOpen, r.head.Seq
	r.mu.RUnlock()
	if !open {
		return false, nil
	}
	frames, head, err := r.hub.read(ctx, r.company, after, batch)
	if err != nil {
		return false, err
	}
	for {
		stale := r.handOut(frames, head.Epoch)
		if len(stale) == 0 {
			return len(frames) == batch, nil
		}
		if err := r.verify(ctx, stale); err != nil {
			return false, fmt.Errorf("verify subscribers: %w", err)
		}
	}
}

// read reads events after a number as frames, and the head as it stood after they were read: whoever is verified at its epoch
// may have them all.
func (h *Hub) read(ctx context.Context, company, after int64, limit int) (frames []*Frame, head event.Head, err error) {
	var entries []event.Entry
	err = h.scope(company).Read(ctx, func(tx *db.Tx) (err error) {
		if entries, err = event.Since(tx, after, limit); err != nil {
			return err
		}
		head, err = event.HeadOf(tx)
		return err
	})
	if err != nil {
		return nil, head, err
	}
	frames = make([]*Frame, len(entries))
	for i, e := range entries {
		if frames[i], err = frameOf(e); err != nil {
			return nil, head, err
		}
	}
	return frames, head, nil
}

// handOut puts frames where the subscribers take them, unless some of these were verified before epoch: then it does nothing and
// gives those.
func (r *room) handOut(frames []*Frame, epoch int64) (stale []*Subscription) {
	r.mu.Lock()
	for _, s := range r.subs {
		if s.epoch < epoch {
			stale = append(stale, s)
		}
	}
	if len(stale) > 0 {
		r.mu.Unlock()
		return stale
	}
	r.head.Epoch = max(r.head.Epoch, epoch)
	for _, f := range frames {
		r.ring.add(f)
		r.head.Seq = f.Seq
	}
	var subs []*Subscription
	if len(frames) > 0 {
		subs = append(subs, r.subs...)
	}
	r.mu.Unlock()
	for _, s := range subs {
		s.wake()
	}
	return nil
}

// verify asks whether sessions still hold, and ends the subscriptions of those that do not.
func (r *room) verify(ctx context.Context, subs []*Subscription) error {
	sessions := make([]string, len(subs))
	for i, s := range subs {
		sessions[i] = s.session
	}
	standing, epoch, err := r.hub.accounts.SessionStatuses(ctx, r.hub.scope(r.company), sessions)
	if err != nil {
		return err
	}
	var over []*Subscription
	var ends []End
	r.mu.Lock()
	for _, s := range subs {
		switch standing[s.session] {
		case account.Holds:
			s.epoch = epoch
			continue
		case account.NoMember:
			ends = append(ends, NotAllowed)
		default:
			ends = append(ends, SignedOut)
		}
		over = append(over, s)
	}
	r.mu.Unlock()
	for i, s := range over {
		r.part(s) // at once: its connection may be stuck, and as long as it were here nothing could be handed out
		s.finish(ends[i])
	}
	return nil
}

// What a live subscriber may leave lying, and for how long before it is cut off.
const (
	behindEvents = 256
	behindBytes  = 256 << 10
	patience     = time.Second
)

// endSlow cuts off who has been live and now stands too far behind without taking anything. What they did not take is in the
// log; here it costs nobody anything, so that a burst which a healthy client takes a moment to read is no reason.
func (r *room) endSlow() {
	r.mu.RLock()
	horizon := r.ring.horizon(behindEvents, behindBytes)
	var slow []*Subscription
	for _, s := range r.subs {
		if s.isSlow(horizon, r.head.Seq) {
			slow = append(slow, s)
		}
	}
	r.mu.RUnlock()
	for _, s := range slow {
		s.finish(TooSlow)
	}
}

// close ends everybody's subscription, and lets nobody in any more.
func (r *room) close(end End) {
	r.mu.Lock()
	r.closing = true
	subs := append([]*Subscription(nil), r.subs...)
	r.mu.Unlock()
	for _, s := range subs {
		s.finish(end)
	}
}

// endOf is the end that a failure to subscribe shows as.
func endOf(err error) End {
	switch {
	case errors.Is(err, errClosing):
		return Restart
	case fail.Is(err, fail.KindUnauthenticated):
		return SignedOut
	case fail.Is(err, fail.KindThrottled):
		return Refused
	case fail.Is(err, fail.KindUnavailable), errors.Is(err, context.DeadlineExceeded):
		return End{TooSlow.Code, "The database does not answer. Come back with your seq."}
	}
	return Broken
}

// now is the machine's clock: how long somebody waits does not depend on what time it is said to be.
func now() time.Time { return time.Now() } //nolint:forbidigo // see above
