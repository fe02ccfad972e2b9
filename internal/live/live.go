// Package live broadcasts a company's events to its members as they happen (fan-out): one feed over three transports (a
// WebSocket, Server-Sent Events, and the log that clients poll).
//
// The log is the source of truth; this package stores nothing of its own. On each node a company with subscribers has
// one room (room.go). The room reads the log from its position, encodes each event once, and keeps the newest ones in
// memory (buffer.go). A subscriber is a position in that log and takes later events at its own speed (subscription.go).
// There is no buffer per subscriber, so a slow one delays no other and holds no memory. Wake-ups between nodes
// (cluster.go) are hints without data. The hub also polls each second, for all rooms at once, so a lost wake-up causes
// a delay and never a loss.
//
// Authorization comes before delivery: when rights in the company have changed, a room verifies its subscribers
// again before it hands out the events. So an event that was committed after a revocation does not reach the
// revoked client.
//
// It does not decide the content of an event (package event) or the identity of a caller (package auth).
package live

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// Limits bounds the connections on one node; 0 is no limit.
type Limits struct{ PerMember, PerCompany, PerAddress int }

// Hub holds this node's rooms.
type Hub struct {
	db       *db.DB
	auth     *auth.Service
	log      *slog.Logger
	limits   Limits
	cluster  *cluster        // the other nodes; nil without a bus
	messages *limit.Limiter  // rate limit of messages from clients
	catchUp  chan struct{}   // a semaphore of maxCatchUps
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

// Options configure a hub.
type Options struct {
	DB     *db.DB
	Auth   *auth.Service
	Events *event.Log
	Log    *slog.Logger
	Limits Limits
	Bus    Bus // nil: there are no other nodes
}

const (
	pollInterval    = time.Second      // the longest delay of an event when every wake-up is lost
	verifyInterval  = time.Minute      // sessions also expire, which changes no epoch
	emptyRoomGrace  = time.Minute      // an empty room stays, for clients that come back after a cut
	roomReadTimeout = 10 * time.Second // of one read of a room from the database
)

const (
	maxCatchUps  = 4 // subscriptions that read old events from the log at once
	messageBurst = 30
	messagePer   = 10 * time.Second
)

// New returns a hub that follows every commit of this process through o.Events. Call Run to follow those of other nodes
// too.
func New(o Options) *Hub {
	h := &Hub{
		db: o.DB, auth: o.Auth, log: o.Log, limits: o.Limits,
		messages: limit.New(limit.Rate{Burst: messageBurst, Per: messagePer},
			func() time.Time { return o.DB.Now().Std() }),
		catchUp: make(chan struct{}, maxCatchUps),
		rooms:   map[int64]*room{}, byMember: map[memberKey]int{}, byAddress: map[string]int{},
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	if o.Bus != nil {
		h.cluster = newCluster(h, o.Bus)
	}
	o.Events.OnCommit(func(company int64) {
		h.wake(company)
		if h.cluster != nil {
			h.cluster.wake(company)
		}
	})
	return h
}

// Run receives the wake-ups of other nodes and maintains the rooms until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	var wg sync.WaitGroup
	if h.cluster != nil {
		wg.Go(func() { h.cluster.run(ctx) })
	}
	wg.Go(func() { h.poll(ctx) })
	wg.Wait()
}

// Close ends every subscription with Restart, and waits until the close frames are written or ctx ends.
func (h *Hub) Close(ctx context.Context) {
	h.mu.Lock()
	h.closed = true
	rooms := h.openRooms()
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

// openRooms returns the rooms; the caller holds h.mu.
func (h *Hub) openRooms() []*room {
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// wake makes a company's room read the log, if the company has a room here. It never waits.
func (h *Hub) wake(company int64) {
	h.mu.Lock()
	r := h.rooms[company]
	h.mu.Unlock()
	if r != nil {
		r.wake()
	}
}

// poll looks once per pollInterval, for all companies with a room at once, for events that no wake-up announced. It
// also ends slow subscriptions, verifies sessions and drops empty rooms.
func (h *Hub) poll(ctx context.Context) {
	t := time.NewTicker(pollInterval)
	defer t.Stop()
	failing := false
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		h.mu.Lock()
		rooms := h.openRooms()
		h.mu.Unlock()
		if h.cluster != nil {
			h.cluster.tick(n)
		}
		if len(rooms) == 0 {
			continue
		}
		err := h.wakeBehind(ctx, rooms)
		if (err != nil) != failing && ctx.Err() == nil {
			if failing = err != nil; failing {
				h.log.Warn("the live feed cannot read the log; retrying each second", "error", err)
			} else {
				h.log.Info("the live feed reads the log again")
			}
		}
		for _, r := range rooms {
			r.endSlow()
			if n%int(verifyInterval/pollInterval) == 0 {
				r.reverifyAll()
			}
			if r.emptyFor() > emptyRoomGrace {
				h.drop(r)
			}
		}
	}
}

// wakeBehind wakes each room whose position differs from its company's head.
func (h *Hub) wakeBehind(ctx context.Context, rooms []*room) error {
	ctx, cancel := context.WithTimeout(ctx, roomReadTimeout)
	defer cancel()
	companies := make([]int64, len(rooms))
	for i, r := range rooms {
		companies[i] = r.company
	}
	all := h.db.System("one question for the rooms of all companies")
	heads, err := db.Read(ctx, all, func(tx *db.SystemTx) (map[int64]event.Head, error) {
		return event.Heads(tx, companies)
	})
	if err != nil {
		return err
	}
	for _, r := range rooms {
		if head, ok := heads[r.company]; !ok || !r.isAt(head) {
			r.wake()
		}
	}
	return nil
}

// drop removes a room if it is still empty.
func (h *Hub) drop(r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.markDropped() {
		delete(h.rooms, r.company)
	}
}

// room returns a company's room, and makes it if there is none.
func (h *Hub) room(company int64) (*room, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosing
	}
	r := h.rooms[company]
	if r == nil {
		r = newRoom(h, company)
		if h.cluster != nil {
			r.present.elsewhere = h.cluster.copyOf(company)
		}
		h.rooms[company] = r
	}
	return r, nil
}

var errClosing = fail.Unavailable("The server is stopping.", time.Second)

// Request asks for a subscription of a verified caller.
type Request struct {
	Who      account.Caller
	Addr     netip.Addr
	Since    *int64 // the last number that the client has; nil: only events from now on
	Presence bool   // send changes of presence
	Inbox    bool   // send hints about the caller's inbox
}

// Subscribe joins the company's feed. It calls wake whenever there may be something to take; wake must not wait and
// must not call back. Failures: fail.BadToken if the session has ended, fail.Throttled at a limit, errClosing, and the
// database's.
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

// Subscribers returns the number of connections on this node.
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
	reached := func(n, limit int) bool { return limit > 0 && n >= limit }
	if reached(h.byMember[member], h.limits.PerMember) || reached(h.byAddress[s.address], h.limits.PerAddress) {
		return fail.Throttled(time.Minute)
	}
	h.byMember[member]++
	h.byAddress[s.address]++
	h.serial++
	s.serial = h.serial
	h.joined.Add(1)
	return nil
}

// uncount gives back the places that count took.
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
