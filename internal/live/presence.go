package live

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// presence holds the connected members of a company and the tasks that their clients show. It is in memory only. Each
// node knows its own sockets, sends the other nodes its changes and, now and then, everything; a report that is not
// repeated expires. Presence never touches the log or a subscription's position.
type presence struct {
	here      map[int64]map[*Subscription]struct{} // by user
	elsewhere map[int64]map[string]report          // by user and node
	sent      map[int64]string                     // the last message about each user who is present
	pending   bool                                 // a broadcast of changes is scheduled
}

// report says what another node reported about a user.
type report struct {
	tasks []int64
	at    time.Time
}

const (
	presenceDelay      = 200 * time.Millisecond // changes within it are one: a page that reloads causes no message
	reportIntervalSecs = 10                     // between two full reports to the other nodes
	reportExpiry       = 35 * time.Second       // of a report that is not repeated
)

// Presence is a connected member and the tasks that their clients show.
type Presence struct {
	User  int64   `json:"user"`
	Tasks []int64 `json:"tasks" doc:"What the member's clients say they show."`
}

func newPresence() presence {
	return presence{
		here:      map[int64]map[*Subscription]struct{}{},
		elsewhere: map[int64]map[string]report{},
		sent:      map[int64]string{},
	}
}

// enter adds a subscription; the caller holds r.mu.
func (p *presence) enter(r *room, s *Subscription) {
	if p.here[s.user] == nil {
		p.here[s.user] = map[*Subscription]struct{}{}
	}
	p.here[s.user][s] = struct{}{}
	p.changed(r)
}

// leave removes a subscription; the caller holds r.mu.
func (p *presence) leave(r *room, s *Subscription) {
	if delete(p.here[s.user], s); len(p.here[s.user]) == 0 {
		delete(p.here, s.user)
	}
	p.changed(r)
}

// SetViewing sets the task that the client shows; 0 is none.
func (s *Subscription) SetViewing(task int64) {
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	s.presence = true
	if s.task != task && s.index >= 0 {
		s.task = task
		r.present.changed(r)
	}
}

// changed schedules a broadcast of the changes; the caller holds r.mu.
func (p *presence) changed(r *room) {
	if !p.pending {
		p.pending = true
		time.AfterFunc(presenceDelay, r.broadcastPresence)
	}
}

// tasks returns the tasks that a user's clients on this node show.
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

// all returns the tasks of every connected user, on all nodes.
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

// Present returns the connected members of a company, on all nodes, by id.
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
	} else if h.cluster != nil {
		list = h.cluster.present(company)
	}
	slices.SortFunc(list, func(a, b Presence) int { return cmp.Compare(a.User, b.User) })
	return list
}

// broadcastPresence sends the changes since the last broadcast to the subscriptions that asked for them, and to the
// other nodes.
func (r *room) broadcastPresence() {
	r.mu.Lock()
	r.present.pending = false
	var frames []*Frame
	all := r.present.all()
	for user, tasks := range all {
		if text := presenceMessage(user, true, tasks); r.present.sent[user] != text {
			r.present.sent[user] = text
			frames = append(frames, newFrame(0, []byte(text)))
		}
	}
	for user := range r.present.sent {
		if _, ok := all[user]; !ok {
			delete(r.present.sent, user)
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
	if r.hub.cluster != nil {
		r.hub.cluster.report(r)
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

// presenceLost tells a client that it missed messages; GET /api/presence/ returns everything.
var presenceLost = newFrame(0, []byte(`{"type":"presence","reset":true}`))
