package api_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
)

// logBytes is how many bytes the events of a company after a number hold.
func (s *server) logBytes(t *testing.T, company, after int64) int64 {
	t.Helper()
	var n int64
	err := s.db.System("a test measures the log").Read(t.Context(), func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&n) },
			`SELECT CAST(coalesce(sum(octet_length(changes) + octet_length(data)), 0) AS BIGINT) FROM events
			 WHERE company_id = $1 AND seq > $2`, company, after)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// lastEvents returns the events of the company after a number, as the feed and the log show them.
func (a actor) lastEvents(t *testing.T, after int64) (events []map[string]any) {
	t.Helper()
	page := a.get(t, fmt.Sprintf("/api/events/?after=%d&limit=100", after)).want(t, 200)
	for _, e := range page.at("results").([]any) {
		events = append(events, e.(map[string]any))
	}
	return events
}

// Threat R21: an event that leaves a long description as it was does not store it, and everybody who reads it sees it.
func TestThreat_R21_AnEventDoesNotStoreAnUnchangedText(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		long := strings.Repeat(`ä "description":null {}`, 2_000)
		id := m.task(t, body{"title": `"description":null`, "description": long})
		path := fmt.Sprintf("/api/tasks/%d/", id)
		from := m.get(t, "/api/events/").want(t, 200).id("count")
		for i := range 70 { // some of them store the text all the same, so that it is soon found
			m.patch(t, path, body{"status": []string{"done", "todo"}[i%2]}).want(t, 200)
		}
		gone := m.delete(t, path).want(t, 204).seq(t)
		if n, most := s.logBytes(t, s.acme.id, from), int64(2*len(long)+71*3_000); n > most {
			t.Errorf("71 events hold %d bytes, and may hold %d", n, most)
		}
		// The log and the feed show the whole task.
		events := m.lastEvents(t, from)
		if len(events) != 71 {
			t.Fatalf("%d events", len(events))
		}
		for i, e := range events {
			task := e["task"].(map[string]any)
			if task["description"] != long || task["title"] != `"description":null` {
				t.Fatalf("event %d shows the description %.30q", i, task["description"])
			}
		}
		l := m.joined(t, fmt.Sprintf("?since=%d", gone-3))
		for i := range 3 {
			if got := l.next(t)["task"].(map[string]any)["description"]; got != long {
				t.Fatalf("the feed shows event %d with %.30q", i, got)
			}
		}
		// Undo finds the text too.
		m.post(t, "/api/tasks/undo/", body{"seqs": []int64{gone}}).want(t, 200)
		if got := m.get(t, path).want(t, 200).text("description"); got != long {
			t.Errorf("the restored task has %.30q", got)
		}
		// After a change of the text the new one is shown, and the old one in the events before.
		m.patch(t, path, body{"description": "short"}).want(t, 200)
		m.patch(t, path, body{"status": "done"}).want(t, 200)
		for i, want := range map[int]string{70: long, 71: long, 72: "short", 73: "short"} {
			if got := m.lastEvents(t, from)[i]["task"].(map[string]any)["description"]; got != want {
				t.Errorf("event %d shows %.30q", i, got)
			}
		}
	})
}

// Threat R21: a bulk change is made in parts, each with its own commit, so that others' writes come between them. What
// could not be done is refused with the reason, and the same request again does only the rest.
func TestThreat_R21_ABulkChangeGoesInParts(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		var ids []int64
		for i := range 6 { // a part has 256 KiB, and each of these 2 x 60,000 bytes
			long := strings.Repeat("x", 60_000)
			ids = append(ids, m.task(t, body{"title": fmt.Sprint("long ", i), "description": long}))
		}
		var commits atomic.Int64
		var after func()
		s.api.Events.OnCommit(func(company int64) {
			if company != s.acme.id {
				return
			}
			if commits.Add(1) == 1 && after != nil {
				after()
			}
		})
		done := m.post(t, "/api/tasks/bulk/", body{"ids": ids, "status": "done"}).want(t, 200)
		if n := commits.Load(); done.id("changed") != 6 || len(done.at("seqs").([]any)) != 6 || n != 3 {
			t.Errorf("%d changed, %v, in %d commits", done.id("changed"), done.at("seqs"), n)
		}
		// Between two parts the assignee ceases to be a member of the company.
		commits.Store(0)
		after = func() {
			s.acme.admin.patch(t, fmt.Sprintf("/api/auth/company-users/%d/", s.acme.guest.id),
				body{"is_active": false}).want(t, 200)
		}
		half := m.post(t, "/api/tasks/bulk/", body{"ids": ids, "assigned_to": s.acme.guest.id}).want(t, 200)
		refused := half.at("refused").([]any)
		if half.id("changed") != 2 || len(half.at("seqs").([]any)) != 2 || len(refused) != 4 {
			t.Fatalf("%d changed, %v refused", half.id("changed"), refused)
		}
		if got := refused[0].(map[string]any)["detail"].(string); !strings.Contains(got, "Try again") {
			t.Errorf("refused with %q", got)
		}
		// The same request again finds the first part done.
		again := m.post(t, "/api/tasks/bulk/", body{"ids": ids, "assigned_to": s.acme.guest.id}).want(t, 200)
		if again.id("changed") != 0 || len(again.at("refused").([]any)) != 4 {
			t.Errorf("again: %d changed, %v refused", again.id("changed"), again.at("refused"))
		}
		// Undo goes in parts as well.
		after = nil
		commits.Store(0)
		undone := m.post(t, "/api/tasks/undo/", body{"seqs": done.at("seqs")}).want(t, 200)
		if undone.id("changed") != 6 {
			t.Errorf("%d undone: %v", undone.id("changed"), undone.at("refused"))
		}
	})
}

// Threat R21: the tasks of a removed member change hands in parts as well.
func TestThreat_R21_TasksChangeHandsInParts(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		for i := range 5 {
			long := strings.Repeat("x", 60_000)
			m.task(t, body{"title": fmt.Sprint("long ", i), "description": long, "assigned_to": s.acme.guest.id})
		}
		var commits atomic.Int64
		s.api.Events.OnCommit(func(int64) { commits.Add(1) })
		s.acme.owner.delete(t, fmt.Sprintf("/api/auth/company-users/%d/", s.acme.guest.id)).want(t, 204)
		if n := m.get(t, fmt.Sprintf("/api/tasks/?assigned_to=%d", s.acme.guest.id)).want(t, 200).id("count"); n != 0 {
			t.Errorf("%d tasks are still assigned to the removed member", n)
		}
		if n := commits.Load(); n < 4 { // three parts, and the removal
			t.Errorf("%d commits", n)
		}
	})
}
