package live

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// presence is who of a company is connected and what they say they look at. It lives in memory only: each node knows its own
// sockets, tells the others what changes and, every now and then, all of it; what is not repeated is forgotten. It never
// touches the log or anybody's place in it.
type presence struct {
	here      map[int64]map[*Subscription]struct{} // by user
	elsewhere map[int64]map[string]sighting        // by user and node
	told      map[int64]string                     // the last message about each user who is present, as it was sent
	pending   bool                                 // changes will be told
}

// sighting is what another node says of a user.
type sighting struct {
	tasks []int64
	at    time.Time
}

const (
	tellAfter = 200 * time.Millisecond // changes within it are one: a page that loads again is no news
	repeat    = 10                     // seconds between two full reports to the other nodes
	forget    = 35 * time.Second       // what a node said of a user lasts so long without being repeated
)

// Presence is a member who is connected, and the tasks they look at.
type Presence struct {
	User  int64   `json:"user"`
	Tasks []int64 `json:"tasks" doc:"What the member's clients say they show."`
}

func newPresence() presence {
	return presence{here: map[int64]map[*Subscription]struct{}{}, elsewhere: map[int64]map[string]sighting{}, told: map[int64]string{}}
}

// enter, leave and look are called with r.mu held.
func (p *presence) enter(r *room, s *Subscription) {
	if p.here[s.user] == nil {
		p.here[s.user] = map[*Subscription]struct{}{}
	}
	p.here[s.user][s] = struct{}{}
	p.changed(r)
}

func (p *presence) leave(r *room, s *Subscription) {
	if delete(p.here[s.user], s); len(p.here[s.user]) == 0 {
		delete(p.here, s.user)
	}
	p.changed(r)
}

// Look says which task the client shows; 0 is none.
func (s *Subscription) Look(task int64) {
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	s.presence = true
	if s.task != task && s.index >= 0 {
		s.task = task
		r.present.changed(r)
	}
}

// changed has what changed told soon.
func (p *presence) changed(r *room) {
	if !p.pending {
		p.pending = true
		time.AfterFunc(tellAfter, r.tellPresence)
	}
}

// tasks are what a user looks at on this node.
func (p *presence) tasks(user int64) []int64 {
	tasks := []int64{}
	for s := range p.here[user] {
		if s.task != 0 {
			tasks = append(tasks, s.task)
		}
	}
	slices.Sort(tasks)
	return slices.Compact(tasks)
}

// all is who is here, on all nodes.
func (p *presence) all() map[int64][]int64 {
	all := make(map[int64][]int64, len(p.here)+len(p.elsewhere))
	for user := range p.here {
		all[user] = p.tasks(user)
	}
	for user, nodes := range p.elsewhere {
		tasks := all[user]
		if tasks == nil {
			tasks = []int64{}
		}
		for _, seen := range nodes {
			tasks = append(tasks, seen.tasks...)
		}
		slices.Sort(tasks)
		all[user] = slices.Compact(tasks)
	}
	return all
}

// Present is who of a company is connected, on all nodes, by id.
func (h *Hub) Present(company int64) []Presence {
	h.mu.Lock()
	r := h.rooms[company]
	h.mu.Unlock()
	list := []Presence{}
	if r != nil {
		r.mu.RLock()
		for user, tasks := range r.present.all() {
			list = append(list, Presence{user, tasks})
		}
		r.mu.RUnlock()
	} else if h.others != nil {
		list = h.others.present(company)
	}
	slices.SortFunc(list, func(a, b Presence) int { return cmp.Compare(a.User, b.User) })
	return list
}

// tellPresence tells those who asked for it what has changed since the last time, and the other nodes.
func (r *room) tellPresence() {
	r.mu.Lock()
	r.present.pending = false
	var frames []*Frame
	all := r.present.all()
	for user, tasks := range all {
		if text := presenceMessage(user, true, tasks); r.present.told[user] != text {
			r.present.told[user] = text
			frames = append(frames, newFrame(0, []byte(text)))
		}
	}
	for user := range r.present.told {
		if _, ok := all[user]; !ok {
			delete(r.present.told, user)
			frames = append(frames, newFrame(0, []byte(presenceMessage(user, false, nil))))
		}
	}
	var subs []*Subscription
	for _, s := range r.subs {
		if s.presence {
			subs = append(subs, s)
		}
	}
	r.mu.Unlock()
	for _, s := range subs {
		for _, f := range frames {
			s.note(f)
		}
	}
	if r.hub.others != nil {
		r.hub.others.report(r)
	}
}

func presenceMessage(user int64, online bool, tasks []int64) string {
	b := strconv.AppendInt([]byte(`{"type":"presence","user":`), user, 10)
	b = strconv.AppendBool(append(b, `,"online":`...), online)
	b = append(b, `,"tasks":[`...)
	for i, t := range tasks {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, t, 10)
	}
	return string(append(b, "]}"...))
}

// presenceLost tells a client that it missed some: GET /api/presence/ has them all.
var presenceLost = newFrame(0, []byte(`{"type":"presence","reset":true}`))
