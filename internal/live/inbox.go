package live

// An inbox is not in the log: what one member was told is no event of the company. Its hints go as presence does, to those who
// asked for them, and may be lost; what they point to is in the database.

// inboxChanged tells a client that its member's inbox has changed: GET /api/notifications/ has it.
var inboxChanged = newFrame(0, []byte(`{"type":"inbox"}`))

// maxInboxes is how many members one message between nodes names.
const maxInboxes = 100

// Told tells a member's clients, on all nodes, that their inbox has changed. It never waits.
func (h *Hub) Told(company, user int64) {
	h.tellInbox(company, user)
	if h.others != nil {
		h.others.inbox(company, user)
	}
}

// tellInbox is Told for the clients of this node.
func (h *Hub) tellInbox(company, user int64) {
	h.mu.Lock()
	r := h.rooms[company]
	h.mu.Unlock()
	if r == nil {
		return
	}
	var subs []*Subscription
	r.mu.RLock()
	for _, s := range r.subs {
		if s.inbox && s.user == user {
			subs = append(subs, s)
		}
	}
	r.mu.RUnlock()
	for _, s := range subs {
		s.note(inboxChanged)
	}
}

// inbox has the other nodes told. Several changes of one inbox are one.
func (o *others) inbox(company, user int64) {
	o.mu.Lock()
	if o.alone() {
		o.mu.Unlock()
		return
	}
	o.inboxes[memberKey{company, user}] = struct{}{}
	o.mu.Unlock()
	o.send()
}
