package live

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// room is one company's feed on this node: one reader of the log, whatever the number of subscribers.
type room struct {
	hub     *Hub
	company int64
	reading coalescer
	failing bool // the last read failed; only the reader uses it
	opening sync.Mutex

	mu         sync.RWMutex
	isOpen     bool
	dropped    bool // a subscriber that comes now takes the next room
	closing    bool // no subscriber may join any more
	emptySince time.Time
	subs       []*Subscription // each knows its index
	buffer     buffer
	head       event.Head // the last event that was handed out, and the epoch of the rights then
	present    presence
}

// readBatch is how many events a room reads at once.
const readBatch = 128

func newRoom(h *Hub, company int64) *room {
	return &room{hub: h, company: company, emptySince: now(), present: newPresence()}
}

// scope reaches the company's log without a caller: the room verifies each subscriber before it hands anything out.
func (h *Hub) scope(company int64) db.Scope {
	return h.db.SystemScope(company, "the hub verifies each subscriber before it hands out an event")
}

// open reads the log's head before the first subscriber joins.
func (r *room) open(ctx context.Context) error {
	r.opening.Lock()
	defer r.opening.Unlock()
	r.mu.RLock()
	open := r.isOpen
	r.mu.RUnlock()
	if open {
		return nil
	}
	head, err := db.Read(ctx, r.hub.scope(r.company), event.HeadOf)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head, r.isOpen = head, true
	return nil
}

// join adds a subscriber. It reports false if something changed in between: then the caller must try again. req.Who may
// come from the cache of callers, so join compares its rights in the database before it sends anything.
func (r *room) join(ctx context.Context, s *Subscription, req Request) (bool, error) {
	head, err := db.Read(ctx, req.Who.Scope, event.HeadOf)
	if errors.Is(err, db.ErrStale) {
		if req.Who, err = r.hub.auth.Again(ctx, req.Who); err == nil {
			head, err = db.Read(ctx, req.Who.Scope, event.HeadOf)
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
	case r.dropped || head.Epoch < r.head.Epoch:
		return false, nil
	case r.hub.limits.PerCompany > 0 && len(r.subs) >= r.hub.limits.PerCompany:
		return false, fail.Throttled(time.Minute)
	}
	s.pos = head.Seq // this node may not have handed it out yet
	resync := req.Since != nil && *req.Since > head.Seq
	if req.Since != nil && !resync {
		s.pos = *req.Since
	}
	s.greet(req.Who.Company.Name, resync)
	s.room, s.epoch, s.index, s.takenAt = r, head.Epoch, len(r.subs), now()
	r.subs = append(r.subs, s)
	r.present.enter(r, s)
	if head != r.head {
		r.wake() // the log grew without a wake-up
	}
	return true, nil
}

// remove removes a subscriber. Removing it twice is harmless.
func (r *room) remove(s *Subscription) {
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

// emptyFor returns how long the room has been empty, or 0 if it is not.
func (r *room) emptyFor() time.Duration {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.subs) > 0 {
		return 0
	}
	return now().Sub(r.emptySince)
}

// markDropped marks the room as dropped if it is empty, and reports whether it is.
func (r *room) markDropped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropped = len(r.subs) == 0
	return r.dropped
}

// isAt reports whether the room has handed out everything up to head.
func (r *room) isAt(head event.Head) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return !r.isOpen || r.head == head
}

// reverifyAll makes the room verify every subscriber before it hands out anything else.
func (r *room) reverifyAll() {
	r.mu.Lock()
	for _, s := range r.subs {
		s.epoch = -1
	}
	r.mu.Unlock()
	r.wake()
}

// wake makes the room read the log and hand out new events. It never waits.
func (r *room) wake() {
	r.reading.request(func() {
		for r.hub.ctx.Err() == nil {
			more, err := r.readNext()
			r.report(err)
			if err != nil || !more {
				return
			}
		}
	})
}

// report logs that the room cannot read its company's log, and that it can again. The next wake-up retries: poll sends
// one each second while the room is behind.
func (r *room) report(err error) {
	if r.hub.ctx.Err() != nil || (err != nil) == r.failing {
		return
	}
	if r.failing = err != nil; r.failing {
		r.hub.log.Warn("a company's live feed cannot read its log; retrying each second", "company", r.company,
			"error", err)
		return
	}
	r.hub.log.Info("a company's live feed reads its log again", "company", r.company)
}

// readNext reads the next batch of events and hands it out. It reports whether there may be more.
func (r *room) readNext() (more bool, err error) {
	defer func() {
		if v := recover(); v != nil { // a damaged event of one company must not end the process
			more, err = false, fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(r.hub.ctx, roomReadTimeout)
	defer cancel()
	r.mu.RLock()
	open, after := r.isOpen, r.head.Seq
	r.mu.RUnlock()
	if !open {
		return false, nil
	}
	frames, head, err := r.hub.read(ctx, r.company, after, readBatch)
	if err != nil {
		return false, err
	}
	for {
		stale := r.handOut(frames, head.Epoch)
		if len(stale) == 0 {
			return len(frames) == readBatch, nil
		}
		if err := r.verify(ctx, stale); err != nil {
			return false, fmt.Errorf("verify subscribers: %w", err)
		}
	}
}

// read reads events after a number as frames, and then the head. A subscriber that was verified at the head's epoch may
// have all of these events.
func (h *Hub) read(ctx context.Context, company, after int64, limit int) (frames []*Frame, head event.Head, err error) {
	entries, err := db.Read(ctx, h.scope(company), func(tx *db.Tx) (entries []event.Entry, err error) {
		if entries, err = event.Since(tx, after, limit); err != nil {
			return nil, err
		}
		head, err = event.HeadOf(tx)
		return entries, err
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

// handOut adds frames to the buffer, where the subscribers take them. If some subscribers were verified before epoch,
// it does nothing and returns these.
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
		r.buffer.add(f)
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

// verify checks the sessions of subscribers, and ends the subscriptions of sessions that are over.
func (r *room) verify(ctx context.Context, subs []*Subscription) error {
	sessions := make([]string, len(subs))
	for i, s := range subs {
		sessions[i] = s.session
	}
	standing, epoch, err := r.hub.auth.SessionStatuses(ctx, r.hub.scope(r.company), sessions)
	if err != nil {
		return err
	}
	var over []*Subscription
	var ends []End
	r.mu.Lock()
	for _, s := range subs {
		switch standing[s.session] {
		case auth.Holds:
			s.epoch = epoch
			continue
		case auth.NoMember:
			ends = append(ends, NotAllowed)
		default:
			ends = append(ends, SignedOut)
		}
		over = append(over, s)
	}
	r.mu.Unlock()
	for i, s := range over {
		r.remove(s) // at once: its connection may be stuck, and nothing can be handed out while it is here
		s.finish(ends[i])
	}
	return nil
}

// How far a live subscriber may fall behind without taking anything, and for how long.
const (
	maxEventsBehind = 256
	maxBytesBehind  = 256 << 10
	slowClientGrace = time.Second
)

// endSlow ends the subscriptions that have been live, are too far behind and have taken nothing for slowClientGrace.
// The events that they did not take are in the log, where they cost no memory. So a burst that a healthy client needs a
// moment to read does not end its subscription.
func (r *room) endSlow() {
	r.mu.RLock()
	horizon := r.buffer.horizon(maxEventsBehind, maxBytesBehind)
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

// close ends all subscriptions and refuses new ones.
func (r *room) close(end End) {
	r.mu.Lock()
	r.closing = true
	subs := append([]*Subscription(nil), r.subs...)
	r.mu.Unlock()
	for _, s := range subs {
		s.finish(end)
	}
}

// endOf returns the end that reports a failure to subscribe.
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

// now returns the machine's time: how long a client waits must not depend on the injected clock.
func now() time.Time { return time.Now() } //nolint:forbidigo // see above
