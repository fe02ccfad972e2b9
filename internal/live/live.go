// Package live tells a company's members what changes, as it changes: one feed behind three doors (a WebSocket, Server-Sent
// Events, and the log that is polled).
//
// The log is the truth and this room keeps none of its own. On each node a company with subscribers has one room (room.go): it
// reads the log from where it stands, encodes each event once, and keeps the newest in memory. A subscriber is a number in that
// log and takes what follows at its own speed (subscription.go); nobody's buffer is filled for it, so a slow one delays nobody
// and holds nothing. Wake-ups (wake.go) are hints without data; a poll each second is the floor, so a lost one delays and never
// loses.
//
// Who may hear is settled before anything is heard: a room that finds the company's authorizations changed verifies its
// subscribers again, and only then hands out what it has read. So no event that was committed after a revocation reaches the
// one who was revoked.
//
// It does not decide what an event says (package event) nor who somebody is (package account).
package live

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// Limits are how many connections are held at most on one node; 0 is no limit.
type Limits struct{ PerMember, PerCompany, PerAddress int }

// Hub is this node's rooms.
type Hub struct {
	db       *db.DB
	accounts *account.Service
	log      *slog.Logger
	limits   Limits
	others   *others         // the other nodes; nil: there are none
	chatter  *limit.Limiter  // what clients send
	catchUp  chan struct{}   // bounds how many read the past from the log at once
	ctx      context.Context // ends when the hub closes
	stop     context.CancelFunc
	joined   sync.WaitGroup // subscriptions

	mu        sync.Mutex
	closed    bool
	rooms     map[int64]*room
	byMember  map[memberKey]int
	byAddress map[string]int
	serial    uint64
}

type memberKey struct{ company, user int64 }

// Options are what a hub needs.
type Options struct {
	DB       *db.DB
	Accounts *account.Service
	Events   *event.Log
	Log      *slog.Logger
	Limits   Limits
	Bus      Bus // nil: this node is alone
}

// The pace of what happens without being asked for.
const (
	pollEvery   = time.Second      // how late an event is at most when every wake-up is lost
	verifyEvery = time.Minute      // sessions also end by themselves
	keepRoom    = time.Minute      // an empty room stays, for those who come back after a cut
	askTimeout  = 10 * time.Second // one question of a room to the database
)

// New makes a hub and hears of every commit of this process from events. Run must run for it to hear of the others'.
func New(o Options) *Hub {
	h := &Hub{
		db: o.DB, accounts: o.Accounts, log: o.Log, limits: o.Limits,
		chatter: limit.New(limit.Rate{Burst: 30, Per: 10 * time.Second}, func() time.Time { return o.DB.Now().Std() }),
		catchUp: make(chan struct{}, 4),
		rooms:   map[int64]*room{}, byMember: map[memberKey]int{}, byAddress: map[string]int{},
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	if o.Bus != nil {
		h.others = newOthers(h, o.Bus)
	}
	o.Events.OnCommit(func(company int64) {
		h.poke(company)
		if h.others != nil {
			h.others.wake(company)
		}
	})
	return h
}

// Run hears the other nodes and looks after the rooms until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	var wg sync.WaitGroup
	if h.others != nil {
		wg.Go(func() { h.others.run(ctx) })
	}
	wg.Go(func() { h.look(ctx) })
	wg.Wait()
}

// Close ends every subscription with Restart, and waits for the last words to be written until ctx ends.
func (h *Hub) Close(ctx context.Context) {
	h.mu.Lock()
	h.closed = true
	rooms := h.opened()
	h.mu.Unlock()
	for _, r := range rooms {
		r.close(Restart)
	}
	done := make(chan struct{})
	go func() { h.joined.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	h.stop()
}

// opened are the rooms; h.mu is held.
func (h *Hub) opened() []*room {
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// poke has a company's room read on, if it has one here. It never waits.
func (h *Hub) poke(company int64) {
	h.mu.Lock()
	r := h.rooms[company]
	h.mu.Unlock()
	if r != nil {
		r.poke()
	}
}

// look asks once a second, for all companies with a room at once, whether there is something that no wake-up told of.
func (h *Hub) look(ctx context.Context) {
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	failing := false
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		h.mu.Lock()
		rooms := h.opened()
		h.mu.Unlock()
		if h.others != nil {
			h.others.tick(n)
		}
		if len(rooms) == 0 {
			continue
		}
		err := h.compare(ctx, rooms)
		if (err != nil) != failing && ctx.Err() == nil {
			if failing = err != nil; failing {
				h.log.Warn("the live feed cannot read the log; it goes on when it can", "error", err)
			} else {
				h.log.Info("the live feed reads the log again")
			}
		}
		for _, r := range rooms {
			r.endSlow()
			if n%int(verifyEvery/pollEvery) == 0 {
				r.doubt()
			}
			if r.empty() > keepRoom {
				h.drop(r)
			}
		}
	}
}

// compare pokes each room that stands elsewhere than its company's head row.
func (h *Hub) compare(ctx context.Context, rooms []*room) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	companies := make([]int64, len(rooms))
	for i, r := range rooms {
		companies[i] = r.company
	}
	var heads map[int64]event.Head
	err := h.db.System("one question for the rooms of all companies").Read(ctx, func(tx *db.SystemTx) (err error) {
		heads, err = event.Heads(tx, companies)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range rooms {
		if head, ok := heads[r.company]; !ok || !r.standsAt(head) {
			r.poke()
		}
	}
	return nil
}

// drop forgets an empty room.
func (h *Hub) drop(r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.leave() {
		delete(h.rooms, r.company)
	}
}

// room gives a company's room, and makes it when it is the first to be asked for.
func (h *Hub) room(company int64) (*room, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosing
	}
	r := h.rooms[company]
	if r == nil {
		r = newRoom(h, company)
		if h.others != nil {
			r.present.elsewhere = h.others.copyOf(company)
		}
		h.rooms[company] = r
	}
	return r, nil
}

var errClosing = fail.Unavailable("The server is stopping.", time.Second)

// Request is a subscription that a verified member asks for.
type Request struct {
	Who      account.Caller
	Addr     netip.Addr
	Since    *int64 // the last number the client has; nil: only what comes from now on
	Presence bool   // the client wants to be told who is here
	Inbox    bool   // the client wants to be told when its member's inbox has changed
}

// Subscribe joins the company's feed. wake is called whenever there may be something to take; it must not wait and must not
// call back. Failures: fail.BadToken when the session has ended, fail.Throttled at a limit, errClosing, and the database's.
func (h *Hub) Subscribe(ctx context.Context, req Request, wake func()) (*Subscription, error) {
	s := &Subscription{
		hub: h, company: req.Who.Scope.Company(), user: req.Who.Actor(), session: req.Who.Session,
		address: limit.Key(req.Addr), presence: req.Presence, inbox: req.Inbox, wake: wake,
	}
	if err := h.count(s); err != nil {
		return nil, err
	}
	if err := h.join(ctx, s, req); err != nil {
		h.uncount(s)
		return nil, err
	}
	return s, nil
}

func (h *Hub) join(ctx context.Context, s *Subscription, req Request) error {
	for {
		r, err := h.room(s.company)
		if err != nil {
			return err
		}
		if err := r.open(ctx); err != nil {
			return err
		}
		joined, err := r.join(ctx, s, req)
		if joined || err != nil {
			return err
		}
	}
}

// Subscribers is how many connections are held on this node.
func (h *Hub) Subscribers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, held := range h.byMember {
		n += held
	}
	return n
}

// count takes a place under each limit.
func (h *Hub) count(s *Subscription) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errClosing
	}
	member := memberKey{s.company, s.user}
	over := func(n, most int) bool { return most > 0 && n >= most }
	if over(h.byMember[member], h.limits.PerMember) || over(h.byAddress[s.address], h.limits.PerAddress) {
		return fail.Throttled(time.Minute)
	}
	h.byMember[member]++
	h.byAddress[s.address]++
	h.serial++
	s.serial = h.serial
	h.joined.Add(1)
	return nil
}

func (h *Hub) uncount(s *Subscription) {
	defer h.joined.Done()
	h.mu.Lock()
	defer h.mu.Unlock()
	member := memberKey{s.company, s.user}
	if h.byMember[member]--; h.byMember[member] <= 0 {
		delete(h.byMember, member)
	}
	if h.byAddress[s.address]--; h.byAddress[s.address] <= 0 {
		delete(h.byAddress, s.address)
	}
}
