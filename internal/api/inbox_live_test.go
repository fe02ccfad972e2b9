package api_test

import "testing"

// A member's clients are told of a change of the inbox at once, on every node, if they asked for it. No other client is
// told.
func TestInboxIsLive(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		owner, member := s.acme.owner, s.acme.member
		nodes := []*server{s}
		if s.engine == "postgres" {
			nodes = append(nodes, s.second(t))
		}
		var hear, silent []*listener
		for _, node := range nodes {
			hear = append(hear, member.on(node).joined(t, "?inbox=true"))
			silent = append(silent, member.on(node).joined(t, ""), owner.on(node).joined(t, "?inbox=true"),
				s.globex.owner.on(node).joined(t, "?inbox=true"))
		}
		owner.task(t, body{"title": "For you", "assigned_to": member.id})
		s.later(t, notifyDelay)
		for _, l := range hear {
			l.until(t, "inbox")
		}
		if n := member.get(t, "/api/notifications/unread/").want(t, 200).id("unread"); n != 1 {
			t.Errorf("%d are unread when the hint comes", n)
		}
		member.post(t, "/api/notifications/read/", nil).want(t, 200)
		for _, l := range hear {
			l.until(t, "inbox")
		}
		// The next events of the log go to every listener. The silent ones must not have received an inbox message
		// before them.
		owner.task(t, body{"title": "The end"})
		s.globex.owner.task(t, body{"title": "The end"})
		for _, l := range silent {
			for {
				m := l.next(t)
				if m["type"] == "inbox" {
					t.Error("somebody else hears of it, or somebody who did not ask")
				}
				if m["message"] == "New task created: The end" {
					break
				}
			}
		}
	})
}
