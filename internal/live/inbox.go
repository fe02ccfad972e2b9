package live

// A change of one member's inbox is not an event of the company, so it is not in the log. Its hints travel as presence
// does: to the clients that asked for them, and they may be lost. The inbox itself is in the database.

// inboxChanged tells a client that its member's inbox has changed; GET /api/notifications/ returns it.
var inboxChanged = newFrame(0, []byte(`{"type":"inbox"}`))

// maxInboxes is how many members one message between nodes names.
const maxInboxes = 100

// HintInbox tells a member's clients, on all nodes, that their inbox has changed. It never waits.
func (h *Hub) HintInbox(company, user int64) {
	h.hintInboxHere(company, user)
	if h.cluster != nil {
		h.cluster.hintInbox(company, user)
	}
}

// hintInboxHere does the same for the clients of this node only.
func (h *Hub) hintInboxHere(company, user int64) {
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

// hintInbox tells the other nodes. Several changes of one inbox make one message.
func (c *cluster) hintInbox(company, user int64) {
	c.mu.Lock()
	if c.alone() {
		c.mu.Unlock()
		return
	}
	c.inboxes[memberKey{company, user}] = struct{}{}
	c.mu.Unlock()
	c.send()
}
