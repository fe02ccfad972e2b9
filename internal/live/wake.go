package live

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

// Bus carries short messages between the nodes of an installation. It may lose, double and delay them: they are hints, and
// nothing that must arrive goes this way.
type Bus interface {
	// Run calls got with every message that any node sends, this one included, until ctx ends. It connects again by itself, and
	// calls up each time it has connected: what was sent before that may be lost.
	Run(ctx context.Context, up func(), got func([]byte))
	// Send hands one message over, of at most MaxMessage bytes. It gives up when ctx ends.
	Send(ctx context.Context, message []byte) error
}

// MaxMessage is the longest message: what PostgreSQL's NOTIFY takes.
const MaxMessage = 7900

// envelope is a message between nodes.
type envelope struct {
	Node   string   `json:"n"`
	Wake   []int64  `json:"w,omitempty"` // companies whose log grew or whose authorizations changed
	Hello  bool     `json:"h,omitempty"` // the node is new, or was cut off: tell it who is present
	Beat   bool     `json:"b,omitempty"` // the node is there
	People []person `json:"p,omitempty"`
	Inbox  []person `json:"i,omitempty"` // members whose inbox has changed
}

// person is what a node says of a member: connected to it or, any longer, not.
type person struct {
	Company int64   `json:"c"`
	User    int64   `json:"u"`
	Online  bool    `json:"o,omitempty"`
	Tasks   []int64 `json:"t,omitempty"`
}

// others are the other nodes of the installation.
type others struct {
	hub     *Hub
	bus     Bus
	node    string
	sending turn

	mu      sync.Mutex
	wakes   map[int64]struct{} // to be sent; several wake-ups of a company are one
	hello   bool
	beat    bool
	heard   time.Time // when another node said something
	people  map[memberKey]person
	inboxes map[memberKey]struct{}                  // to be sent
	told    map[memberKey]string                    // what the others know of this node's people
	seen    map[int64]map[int64]map[string]sighting // what they said: by company, user and node
	down    bool
}

func newOthers(h *Hub, bus Bus) *others {
	return &others{
		hub: h, bus: bus, node: rand.Text()[:12],
		wakes: map[int64]struct{}{}, people: map[memberKey]person{}, inboxes: map[memberKey]struct{}{}, told: map[memberKey]string{},
		seen: map[int64]map[int64]map[string]sighting{},
	}
}

func (o *others) run(ctx context.Context) {
	o.bus.Run(ctx, func() {
		o.mu.Lock()
		o.hello = true
		o.mu.Unlock()
		o.send()
		o.hub.mu.Lock()
		rooms := o.hub.opened()
		o.hub.mu.Unlock()
		for _, r := range rooms {
			r.poke() // what was said while we did not hear
		}
	}, o.got)
}

// alone is that no other node has been heard for a while: then there is nobody to wake, and an installation of one node pays
// nothing for those that it might have. A node that comes says hello, and is answered. o.mu is held.
func (o *others) alone() bool { return o.heard.IsZero() || now().Sub(o.heard) > forget }

// wake tells the others that a company's log grew. It never waits.
func (o *others) wake(company int64) {
	o.mu.Lock()
	if o.alone() {
		o.mu.Unlock()
		return
	}
	o.wakes[company] = struct{}{}
	o.mu.Unlock()
	o.send()
}

// sendTimeout bounds a message to a bus that does not answer; while it waits, what comes is folded together.
const sendTimeout = time.Second

// send has what waits sent, in as few messages as it fits in.
func (o *others) send() {
	o.sending.ask(func() {
		for {
			message := o.next()
			if message == nil {
				return
			}
			ctx, cancel := context.WithTimeout(o.hub.ctx, sendTimeout)
			err := o.bus.Send(ctx, message)
			cancel()
			if o.hub.ctx.Err() != nil {
				return
			}
			o.note(err)
		}
	})
}

// note logs that the bus went away or came back, once each.
func (o *others) note(err error) {
	o.mu.Lock()
	changed := o.down != (err != nil)
	o.down = err != nil
	o.mu.Unlock()
	switch {
	case changed && err != nil:
		o.hub.log.Warn("the other nodes cannot be woken; they look by themselves each second", "error", err)
	case changed:
		o.hub.log.Info("the other nodes can be woken again")
	}
}

// Each id has at most 19 digits and a comma, each person about 200 bytes with a few tasks.
const (
	maxWakes  = 300
	maxPeople = 25
	maxLooked = 5 // tasks of one person that other nodes are told
)

func (o *others) next() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	e := envelope{Node: o.node, Hello: o.hello, Beat: o.beat}
	o.hello, o.beat = false, false
	for company := range o.wakes {
		if len(e.Wake) == maxWakes {
			break
		}
		e.Wake = append(e.Wake, company)
		delete(o.wakes, company)
	}
	for key, p := range o.people {
		if len(e.People) == maxPeople || len(e.Wake) > maxWakes/2 {
			break
		}
		e.People = append(e.People, p)
		delete(o.people, key)
	}
	for key := range o.inboxes {
		if len(e.Inbox) == maxInboxes || len(e.People) > 0 || len(e.Wake) > maxWakes/2 {
			break
		}
		e.Inbox = append(e.Inbox, person{Company: key.company, User: key.user})
		delete(o.inboxes, key)
	}
	if !e.Hello && !e.Beat && len(e.Wake)+len(e.People)+len(e.Inbox) == 0 {
		return nil
	}
	b, _ := json.Marshal(e) // numbers and one text: it cannot fail
	return b
}

// got is a message from a node.
func (o *others) got(message []byte) {
	var e envelope
	if json.Unmarshal(message, &e) != nil || e.Node == o.node || e.Node == "" || len(e.Node) > 64 {
		return
	}
	o.mu.Lock()
	o.heard = now()
	o.beat = o.beat || e.Hello
	o.mu.Unlock()
	for _, company := range e.Wake {
		o.hub.poke(company)
	}
	for _, p := range e.Inbox {
		o.hub.tellInbox(p.Company, p.User)
	}
	if e.Hello {
		o.reportAll()
		o.send()
	}
	if len(e.People) == 0 {
		return
	}
	touched := map[int64]struct{}{}
	o.mu.Lock()
	for _, p := range e.People {
		o.hear(e.Node, p)
		touched[p.Company] = struct{}{}
	}
	o.mu.Unlock()
	for company := range touched {
		o.spread(company)
	}
}

// hear notes what a node says of a person; o.mu is held.
func (o *others) hear(node string, p person) {
	users := o.seen[p.Company]
	if !p.Online {
		if delete(users[p.User], node); len(users[p.User]) == 0 {
			delete(users, p.User)
		}
		if len(users) == 0 {
			delete(o.seen, p.Company)
		}
		return
	}
	if users == nil {
		users = map[int64]map[string]sighting{}
		o.seen[p.Company] = users
	}
	if users[p.User] == nil {
		users[p.User] = map[string]sighting{}
	}
	users[p.User][node] = sighting{p.Tasks, now()}
}

// spread gives a company's room what other nodes say of it.
func (o *others) spread(company int64) {
	o.hub.mu.Lock()
	r := o.hub.rooms[company]
	o.hub.mu.Unlock()
	if r == nil {
		return
	}
	elsewhere := o.copyOf(company)
	r.mu.Lock()
	r.present.elsewhere = elsewhere
	r.present.changed(r)
	r.mu.Unlock()
}

func (o *others) copyOf(company int64) map[int64]map[string]sighting {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := make(map[int64]map[string]sighting, len(o.seen[company]))
	for user, nodes := range o.seen[company] {
		c[user] = make(map[string]sighting, len(nodes))
		for node, s := range nodes {
			c[user][node] = s
		}
	}
	return c
}

// present is who other nodes say is there, of a company that has no room here.
func (o *others) present(company int64) []Presence {
	p := newPresence()
	p.elsewhere = o.copyOf(company)
	list := []Presence{}
	for user, tasks := range p.all() {
		list = append(list, Presence{user, tasks})
	}
	return list
}

// report tells the others what has changed of who is connected here.
func (o *others) report(r *room) {
	r.mu.RLock()
	people := make([]person, 0, len(r.present.here))
	for user := range r.present.here {
		tasks := r.present.tasks(user)
		people = append(people, person{Company: r.company, User: user, Online: true, Tasks: tasks[:min(len(tasks), maxLooked)]})
	}
	r.mu.RUnlock()
	o.mu.Lock()
	if o.alone() {
		clear(o.told) // who comes is told all of it
		o.mu.Unlock()
		return
	}
	here := make(map[int64]bool, len(people))
	for _, p := range people {
		here[p.User] = true
		key := memberKey{p.Company, p.User}
		if text := presenceMessage(p.User, true, p.Tasks); o.told[key] != text {
			o.told[key] = text
			o.people[key] = p
		}
	}
	for key := range o.told {
		if key.company == r.company && !here[key.user] {
			delete(o.told, key)
			o.people[key] = person{Company: key.company, User: key.user}
		}
	}
	o.mu.Unlock()
	o.send()
}

// reportAll tells the others everybody who is connected here.
func (o *others) reportAll() {
	o.mu.Lock()
	clear(o.told)
	o.mu.Unlock()
	o.hub.mu.Lock()
	rooms := o.hub.opened()
	o.hub.mu.Unlock()
	for _, r := range rooms {
		o.report(r)
	}
}

// tick repeats, now and then, who is here, and forgets what others have not repeated.
func (o *others) tick(second int) {
	if second%repeat != 0 {
		return
	}
	o.mu.Lock()
	o.beat = true
	o.mu.Unlock()
	o.reportAll()
	o.send()
	old := now().Add(-forget)
	var touched []int64
	o.mu.Lock()
	for company, users := range o.seen {
		for user, nodes := range users {
			for node, s := range nodes {
				if s.at.Before(old) {
					o.hear(node, person{Company: company, User: user})
					touched = append(touched, company)
				}
			}
		}
	}
	o.mu.Unlock()
	for _, company := range touched {
		o.spread(company)
	}
}
