package live

import (
	"context"
	"crypto/rand"
	"maps"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

// Bus carries short messages between the nodes of an installation. It may lose, duplicate and delay them: messages are
// hints, and nothing that must arrive travels this way.
type Bus interface {
	// Run calls receive with every message that any node sends, this one included, until ctx ends. It reconnects when
	// the connection breaks and calls connected after each connect: messages before that may be lost.
	Run(ctx context.Context, connected func(), receive func([]byte))
	// Send sends one message of at most MaxMessage bytes. It gives up when ctx ends.
	Send(ctx context.Context, message []byte) error
}

// MaxMessage is the longest message in bytes: PostgreSQL's NOTIFY takes no longer one.
const MaxMessage = 7900

// envelope is a message between nodes.
type envelope struct {
	Node   string   `json:"n"`
	Wake   []int64  `json:"w,omitempty"` // companies with new events or changed rights
	Hello  bool     `json:"h,omitempty"` // the node is new or was cut off: send it all presence
	Beat   bool     `json:"b,omitempty"` // a heartbeat
	People []person `json:"p,omitempty"`
	Inbox  []person `json:"i,omitempty"` // members whose inbox has changed
}

// person is a node's report about a member: connected to it, or no longer.
type person struct {
	Company int64   `json:"c"`
	User    int64   `json:"u"`
	Online  bool    `json:"o,omitempty"`
	Tasks   []int64 `json:"t,omitempty"`
}

// cluster exchanges messages with the other nodes of the installation.
type cluster struct {
	hub     *Hub
	bus     Bus
	node    string // a random name
	sending coalescer

	mu         sync.Mutex
	wakes      map[int64]struct{}                    // to be sent; several wake-ups of a company make one
	hello      bool                                  // to be sent
	heartbeat  bool                                  // to be sent
	lastHeard  time.Time                             // from another node
	people     map[memberKey]person                  // to be sent
	inboxes    map[memberKey]struct{}                // to be sent
	reported   map[memberKey]string                  // the last report to the other nodes on this node's people
	reports    map[int64]map[int64]map[string]report // from other nodes: by company, user and node
	busFailing bool
}

func newCluster(h *Hub, bus Bus) *cluster {
	return &cluster{
		hub: h, bus: bus, node: rand.Text()[:12],
		wakes: map[int64]struct{}{}, people: map[memberKey]person{}, inboxes: map[memberKey]struct{}{},
		reported: map[memberKey]string{}, reports: map[int64]map[int64]map[string]report{},
	}
}

// run receives messages until ctx ends. After each connect it says hello and wakes all rooms, which may have missed
// wake-ups.
func (c *cluster) run(ctx context.Context) {
	c.bus.Run(ctx, func() {
		c.mu.Lock()
		c.hello = true
		c.mu.Unlock()
		c.send()
		c.hub.mu.Lock()
		rooms := c.hub.openRooms()
		c.hub.mu.Unlock()
		for _, r := range rooms {
			r.wake()
		}
	}, c.receive)
}

// alone reports whether no other node has been heard for reportExpiry. Then there is no node to wake, so an
// installation of one node sends nothing. A new node says hello and gets an answer. The caller holds c.mu.
func (c *cluster) alone() bool {
	return c.lastHeard.IsZero() || now().Sub(c.lastHeard) > reportExpiry
}

// wake tells the other nodes that a company's log grew. It never waits.
func (c *cluster) wake(company int64) {
	c.mu.Lock()
	if c.alone() {
		c.mu.Unlock()
		return
	}
	c.wakes[company] = struct{}{}
	c.mu.Unlock()
	c.send()
}

// sendTimeout bounds the sending of a message. Hints that arrive in the meantime are merged.
const sendTimeout = time.Second

// send sends the collected hints in as few messages as possible. It never waits.
func (c *cluster) send() {
	c.sending.request(func() {
		for {
			message := c.next()
			if message == nil {
				return
			}
			ctx, cancel := context.WithTimeout(c.hub.ctx, sendTimeout)
			err := c.bus.Send(ctx, message)
			cancel()
			if c.hub.ctx.Err() != nil {
				return
			}
			c.logChange(err)
		}
	})
}

// logChange logs once when the bus starts to fail, and once when it works again.
func (c *cluster) logChange(err error) {
	c.mu.Lock()
	changed := c.busFailing != (err != nil)
	c.busFailing = err != nil
	c.mu.Unlock()
	switch {
	case changed && err != nil:
		c.hub.log.Warn("cannot wake the other nodes; they poll each second", "error", err)
	case changed:
		c.hub.log.Info("waking the other nodes works again")
	}
}

// Each id has at most 19 digits and a comma, each person about 200 bytes with a few tasks.
const (
	maxWakes       = 300
	maxPeople      = 25
	maxPersonTasks = 5 // tasks of one person that other nodes get
)

// next returns the next message to send, or nil if there is none.
func (c *cluster) next() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := envelope{Node: c.node, Hello: c.hello, Beat: c.heartbeat}
	c.hello, c.heartbeat = false, false
	for company := range c.wakes {
		if len(e.Wake) == maxWakes {
			break
		}
		e.Wake = append(e.Wake, company)
		delete(c.wakes, company)
	}
	for key, p := range c.people {
		if len(e.People) == maxPeople || len(e.Wake) > maxWakes/2 {
			break
		}
		e.People = append(e.People, p)
		delete(c.people, key)
	}
	for key := range c.inboxes {
		if len(e.Inbox) == maxInboxes || len(e.People) > 0 || len(e.Wake) > maxWakes/2 {
			break
		}
		e.Inbox = append(e.Inbox, person{Company: key.company, User: key.user})
		delete(c.inboxes, key)
	}
	if !e.Hello && !e.Beat && len(e.Wake)+len(e.People)+len(e.Inbox) == 0 {
		return nil
	}
	b, _ := json.Marshal(e) // numbers and one string: it cannot fail
	return b
}

// receive handles a message from a node.
func (c *cluster) receive(message []byte) {
	var e envelope
	if json.Unmarshal(message, &e) != nil || e.Node == c.node || e.Node == "" || len(e.Node) > 64 {
		return
	}
	c.mu.Lock()
	c.lastHeard = now()
	c.heartbeat = c.heartbeat || e.Hello
	c.mu.Unlock()
	for _, company := range e.Wake {
		c.hub.wake(company)
	}
	for _, p := range e.Inbox {
		c.hub.hintInboxHere(p.Company, p.User)
	}
	if e.Hello {
		c.reportAll()
		c.send()
	}
	if len(e.People) == 0 {
		return
	}
	touched := map[int64]struct{}{}
	c.mu.Lock()
	for _, p := range e.People {
		c.store(e.Node, p)
		touched[p.Company] = struct{}{}
	}
	c.mu.Unlock()
	for company := range touched {
		c.updateRoom(company)
	}
}

// store stores a node's report about a person; the caller holds c.mu.
func (c *cluster) store(node string, p person) {
	users := c.reports[p.Company]
	if !p.Online {
		if delete(users[p.User], node); len(users[p.User]) == 0 {
			delete(users, p.User)
		}
		if len(users) == 0 {
			delete(c.reports, p.Company)
		}
		return
	}
	if users == nil {
		users = map[int64]map[string]report{}
		c.reports[p.Company] = users
	}
	if users[p.User] == nil {
		users[p.User] = map[string]report{}
	}
	users[p.User][node] = report{p.Tasks, now()}
}

// updateRoom gives a company's room the other nodes' reports.
func (c *cluster) updateRoom(company int64) {
	c.hub.mu.Lock()
	r := c.hub.rooms[company]
	c.hub.mu.Unlock()
	if r == nil {
		return
	}
	elsewhere := c.copyOf(company)
	r.mu.Lock()
	r.present.elsewhere = elsewhere
	r.present.changed(r)
	r.mu.Unlock()
}

// copyOf returns a copy of the other nodes' reports about a company, by user and node.
func (c *cluster) copyOf(company int64) map[int64]map[string]report {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[int64]map[string]report, len(c.reports[company]))
	for user, nodes := range c.reports[company] {
		all[user] = maps.Clone(nodes)
	}
	return all
}

// present returns the members that other nodes report, for a company that has no room here.
func (c *cluster) present(company int64) []Presence {
	p := newPresence()
	p.elsewhere = c.copyOf(company)
	list := []Presence{}
	for user, tasks := range p.all() {
		list = append(list, Presence{user, tasks})
	}
	return list
}

// report sends the other nodes the changes of a room's connected members.
func (c *cluster) report(r *room) {
	r.mu.RLock()
	people := make([]person, 0, len(r.present.here))
	for user := range r.present.here {
		tasks := r.present.tasks(user)
		tasks = tasks[:min(len(tasks), maxPersonTasks)]
		people = append(people, person{Company: r.company, User: user, Online: true, Tasks: tasks})
	}
	r.mu.RUnlock()
	c.mu.Lock()
	if c.alone() {
		clear(c.reported) // a node that joins gets everything
		c.mu.Unlock()
		return
	}
	here := make(map[int64]bool, len(people))
	for _, p := range people {
		here[p.User] = true
		key := memberKey{p.Company, p.User}
		if text := presenceMessage(p.User, true, p.Tasks); c.reported[key] != text {
			c.reported[key] = text
			c.people[key] = p
		}
	}
	for key := range c.reported {
		if key.company == r.company && !here[key.user] {
			delete(c.reported, key)
			c.people[key] = person{Company: key.company, User: key.user}
		}
	}
	c.mu.Unlock()
	c.send()
}

// reportAll sends the other nodes all members who are connected here.
func (c *cluster) reportAll() {
	c.mu.Lock()
	clear(c.reported)
	c.mu.Unlock()
	c.hub.mu.Lock()
	rooms := c.hub.openRooms()
	c.hub.mu.Unlock()
	for _, r := range rooms {
		c.report(r)
	}
}

// tick sends a heartbeat and a full report every reportIntervalSecs, and drops reports that other nodes have not
// repeated.
func (c *cluster) tick(second int) {
	if second%reportIntervalSecs != 0 {
		return
	}
	c.mu.Lock()
	c.heartbeat = true
	c.mu.Unlock()
	c.reportAll()
	c.send()
	expired := now().Add(-reportExpiry)
	var touched []int64
	c.mu.Lock()
	for company, users := range c.reports {
		for user, nodes := range users {
			for node, s := range nodes {
				if s.at.Before(expired) {
					c.store(node, person{Company: company, User: user})
					touched = append(touched, company)
				}
			}
		}
	}
	c.mu.Unlock()
	for _, company := range touched {
		c.updateRoom(company)
	}
}
