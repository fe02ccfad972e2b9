package api_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
)

// seq returns the number of the event that recorded a change.
func (a answer) seq(t testing.TB) int64 {
	t.Helper()
	n, err := strconv.ParseInt(a.header.Get("Event-Seq"), 10, 64)
	if err != nil {
		t.Fatalf("%s: Event-Seq: %v", a.request, err)
	}
	return n
}

// board returns the ids of tasks, the highest first.
func board(t testing.TB, a actor) []int64 {
	t.Helper()
	type card struct {
		id   int64
		rank string
	}
	var cards []card
	list := a.get(t, "/api/tasks/?page_size=100").want(t, 200)
	for _, v := range list.at("results").([]any) {
		c := v.(map[string]any)
		cards = append(cards, card{int64(c["id"].(float64)), c["rank"].(string)})
	}
	slices.SortFunc(cards, func(a, b card) int {
		if a.rank < b.rank {
			return -1
		}
		return 1
	})
	ids := make([]int64, len(cards))
	for i, c := range cards {
		ids[i] = c.id
	}
	return ids
}

func TestBoardKeepsTheOrder(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		a, b, c, d := m.task(t, body{}), m.task(t, body{}), m.task(t, body{}), m.task(t, body{})
		want := func(ids ...int64) {
			t.Helper()
			if got := board(t, m); !slices.Equal(got, ids) {
				t.Errorf("the board is %v, want %v", got, ids)
			}
		}
		move := func(id int64, above, below any) answer {
			t.Helper()
			return m.patch(t, taskPath(id), body{"between": []any{above, below}})
		}
		want(d, c, b, a)
		moved := move(a, d, c).want(t, 200)
		want(d, a, c, b)
		if moved.id("version") != 2 || moved.seq(t) == 0 {
			t.Errorf("a move gives %s", moved.body)
		}
		move(b, nil, d).want(t, 200)
		want(b, d, a, c)
		move(d, c, nil).want(t, 200)
		want(b, a, c, d)
		e := m.task(t, body{})
		want(e, b, a, c, d) // new tasks stand above a task that was moved to the top
		move(c, nil, e).want(t, 200)
		want(c, e, b, a, d)
		f := m.task(t, body{})
		want(f, c, e, b, a, d)
		move(f, d, b).want(t, 200) // its neighbours have passed each other: only the upper one counts
		want(c, e, b, a, d, f)
		move(f, nil, nil).want(t, 200)
		want(c, e, b, a, d, f)

		foreign := s.globex.owner.task(t, body{})
		for _, between := range []any{[]any{foreign, nil}, []any{nil, 99_999_999}} {
			got := m.patch(t, taskPath(f), body{"between": between}).want(t, 400)
			if len(got.errors()["between"]) != 1 {
				t.Errorf("%v: %s", between, got.body)
			}
		}
		for _, between := range []any{1, "x", []any{1}, []any{a, b, c}, []any{"one", nil}, []any{0, nil}, nil} {
			m.patch(t, taskPath(f), body{"between": between}).want(t, 400)
		}
	})
}

func TestBoardSurvivesMovesAtTheSameTime(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := s.acme.member
		low, high := m.task(t, body{}), m.task(t, body{})
		var ids []int64
		for range 12 {
			ids = append(ids, m.task(t, body{}))
		}
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() { m.patch(t, taskPath(id), body{"between": []any{high, low}}).want(t, 200) })
		}
		wg.Wait()
		got := board(t, m)
		if got[0] != high || got[len(got)-1] != low {
			t.Errorf("the board is %v, want %d first and %d last", got, high, low)
		}
		ranks := map[string]bool{}
		for _, id := range got {
			ranks[m.get(t, taskPath(id)).text("rank")] = true
		}
		if len(ranks) != len(got) {
			t.Errorf("%d tasks have %d ranks", len(got), len(ranks))
		}
	})
}

func TestBulkChangesAndTheirUndoing(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m, o := s.acme.member, s.acme.owner
		a, b, c := m.task(t, body{}), m.task(t, body{"status": "done"}), m.task(t, body{"assigned_to": o.id})
		foreign := s.globex.owner.task(t, body{})
		got := m.post(t, "/api/tasks/bulk/",
			body{"ids": []int64{c, b, a, a, foreign, 99_999_999}, "status": "done", "assigned_to": m.id}).want(t, 200)
		if got.id("changed") != 3 || got.id("deleted") != 0 || len(got.at("seqs").([]any)) != 3 {
			t.Errorf("three tasks changed gives %s", got.body)
		}
		refused := got.at("refused").([]any)
		if len(refused) != 2 || refused[0].(map[string]any)["detail"] != "Not found." ||
			refused[1].(map[string]any)["detail"] != "Not found." {
			t.Errorf("one of another company and one that never existed gives %v", refused)
		}
		if n := m.get(t, "/api/tasks/statistics/").want(t, 200).at("by_status.done"); n != 3.0 {
			t.Errorf("%v are done, want 3", n)
		}
		s.globex.owner.get(t, taskPath(foreign)).want(t, 200)

		// One task has changed since: the request refuses it and says so, and reverses the others.
		o.patch(t, taskPath(b), body{"assigned_to": nil}).want(t, 200)
		back := m.post(t, "/api/tasks/undo/", body{"seqs": got.at("seqs")}).want(t, 200)
		if back.id("changed") != 2 || back.text("refused.0.detail") != "Changed since: assignee." ||
			back.id("refused.0.id") != b {
			t.Errorf("undone: %s", back.body)
		}
		t1 := m.get(t, taskPath(c))
		if t1.text("status") != "todo" || t1.id("assigned_to") != o.id || t1.id("version") != 3 {
			t.Errorf("put back: %s", t1.body)
		}
		// An undone change is a change, and can be undone itself.
		m.post(t, "/api/tasks/undo/", body{"seqs": back.at("seqs")}).want(t, 200)
		if t1 := m.get(t, taskPath(c)); t1.text("status") != "done" || t1.id("assigned_to") != m.id {
			t.Errorf("put forth: %s", t1.body)
		}

		for _, wrong := range []body{
			{},
			{"ids": []int64{a}},
			{"ids": []int64{}, "delete": true},
			{"ids": []int64{a}, "delete": true, "status": "done"},
			{"ids": "all", "delete": true},
			{"ids": []any{a, nil}, "delete": true},
			{"ids": []any{1.5}, "delete": true},
			{"ids": []int64{a}, "status": "urgent"},
			{"ids": make([]int64, 201), "delete": true},
			{"ids": []int64{a}, "assigned_to": s.globex.owner.id},
		} {
			m.post(t, "/api/tasks/bulk/", wrong).want(t, 400)
		}
		s.acme.guest.post(t, "/api/tasks/bulk/", body{"ids": []int64{a}, "delete": true}).want(t, 403)
	})
}

func TestUndoOfEachKindOfChange(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m, o := s.acme.member, s.acme.owner
		undo := func(seqs ...int64) answer {
			t.Helper()
			return m.post(t, "/api/tasks/undo/", body{"seqs": seqs}).want(t, 200)
		}
		made := m.post(t, "/api/tasks/", body{"title": "Paint", "description": "white", "assigned_to": o.id}).
			want(t, 201)
		id := made.id("id")
		first := m.patch(t, taskPath(id), body{"title": "Paint it", "description": "black"}).want(t, 200)
		second := m.patch(t, taskPath(id), body{"title": "Paint all", "assigned_to": nil}).want(t, 200)
		if got := undo(first.seq(t)); got.text("refused.0.detail") != "Changed since: title." {
			t.Errorf("the first of two: %s", got.body)
		}
		if got := undo(made.seq(t)); got.text("refused.0.detail") != "The task has been changed since." {
			t.Errorf("the creation of what has been changed: %s", got.body)
		}
		if got := undo(first.seq(t), second.seq(t)); got.id("changed") != 2 {
			t.Errorf("both: %s", got.body)
		}
		if now := m.get(t, taskPath(id)); now.text("title") != "Paint" || now.text("description") != "white" ||
			now.id("assigned_to") != o.id {
			t.Errorf("both undone leave %s", now.body)
		}

		gone := m.delete(t, taskPath(id)).want(t, 204).seq(t)
		restored := undo(gone)
		now := m.get(t, taskPath(id)).want(t, 200)
		if restored.id("changed") != 1 || now.text("title") != "Paint" ||
			now.text("created_at") != made.text("created_at") || now.text("rank") != made.text("rank") {
			t.Errorf("restored: %s\n%s", restored.body, now.body)
		}
		if got := undo(gone); got.text("refused.0.detail") != "The task is there again." {
			t.Errorf("restored twice: %s", got.body)
		}
		m.delete(t, taskPath(id)).want(t, 204)
		if got := undo(gone); got.text("refused.0.detail") != "The task has been deleted anew since." {
			t.Errorf("the first of two deletions: %s", got.body)
		}
		if got := undo(second.seq(t)); got.text("refused.0.detail") != "The task has been deleted since." {
			t.Errorf("a change of what is gone: %s", got.body)
		}

		x := m.post(t, "/api/tasks/", body{"title": "By mistake"}).want(t, 201)
		y := m.post(t, "/api/tasks/", body{"title": "Below"}).want(t, 201)
		moved := m.patch(t, taskPath(x.id("id")), body{"between": []any{nil, y.id("id")}}).want(t, 200)
		undo(moved.seq(t))
		if got := m.get(t, taskPath(x.id("id"))).text("rank"); got != x.text("rank") {
			t.Errorf("a move undone leaves the rank %s, want %s", got, x.text("rank"))
		}
		if got := undo(y.seq(t)); got.id("deleted") != 1 {
			t.Errorf("a creation undone: %s", got.body)
		}
		m.get(t, taskPath(y.id("id"))).want(t, 404)

		// A member who left gets no task back; their tasks come back unassigned.
		mine := m.post(t, "/api/tasks/", body{"title": "Theirs", "assigned_to": s.acme.guest.id}).want(t, 201)
		away := m.patch(t, taskPath(mine.id("id")), body{"assigned_to": nil}).want(t, 200)
		other := m.post(t, "/api/tasks/", body{"title": "Theirs too", "assigned_to": s.acme.guest.id}).want(t, 201)
		dropped := m.delete(t, taskPath(other.id("id"))).want(t, 204).seq(t)
		o.patch(t, path("/api/auth/company-users/%d/", s.acme.guest.id), body{"is_active": false}).want(t, 200)
		got := undo(away.seq(t))
		if got.text("refused.0.detail") != "The earlier assignee is no longer an active member." {
			t.Errorf("given back to who has left: %s", got.body)
		}
		if got := undo(dropped); got.id("changed") != 1 || m.get(t, taskPath(other.id("id"))).at("assigned_to") != nil {
			t.Errorf("restored without who has left: %s", got.body)
		}

		m.post(t, "/api/tasks/undo/", body{"seqs": []int64{99_999_999}}).wantErrors(t, "seqs",
			`Invalid pk "99999999" - object does not exist.`)
		invited := o.post(t, "/api/auth/invitations/", body{}).want(t, 201)
		head := s.acme.owner.get(t, "/api/events/?after=0&limit=1000").want(t, 200).id("count")
		if got := m.post(t, "/api/tasks/undo/", body{"seqs": []int64{head}}); got.status != 400 {
			t.Errorf("an event about invitation %d: %d %s", invited.id("id"), got.status, got.body)
		}
	})
}

// The number of another company's event gets the same answer as a number that does not exist.
func TestThreat_T23_UndoReadsTheCompanysOwnNumbers(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		last := s.acme.member.post(t, "/api/tasks/", body{"title": "The last one here"}).want(t, 201).seq(t)
		var theirs int64
		for theirs <= last {
			theirs = s.globex.member.post(t, "/api/tasks/", body{"title": "One of theirs"}).want(t, 201).seq(t)
		}
		s.acme.member.post(t, "/api/tasks/undo/", body{"seqs": []int64{theirs}}).
			wantErrors(t, "seqs", path(`Invalid pk "%d" - object does not exist.`, theirs))
	})
}
