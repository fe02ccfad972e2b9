package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTaskFilters(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o, m := s.acme.owner, s.acme.member
		s.globex.owner.tasks(t, "a", "b")
		create := func(who actor, title, status string, assigned any) answer {
			return who.post(t, "/api/tasks/", body{"title": title, "status": status, "assigned_to": assigned}).
				want(t, 201)
		}
		create(o, "a", "todo", o.id)
		b := create(o, "b", "done", m.id)
		c := create(m, "c", "todo", m.id)
		create(m, "d", "cancelled", null)
		s.clock.advance(50 * time.Minute)
		o.patch(t, taskPath(b.id("id")), body{"description": "later"}).want(t, 200)
		at := func(a answer) string { return url.QueryEscape(a.text("created_at")) }
		oID, mID := fmt.Sprint(o.id), fmt.Sprint(m.id)
		for query, want := range map[string]string{
			"": "dcba", "status=todo": "ca", "status=in_progress": "", "assigned_to=" + oID: "a",
			"assigned_to=" + mID: "cb", "created_by=" + mID: "dc",
			"status=todo&assigned_to=" + mID: "c", "created_by=" + oID + "&assigned_to=" + mID + "&status=done": "b",
			"created_by=" + oID + "&status=cancelled": "",
			"assigned_to=987654321":                   "", "created_by=987654321": "",
			"assigned_to=" + fmt.Sprint(s.globex.owner.id): "",
			"created_by=" + fmt.Sprint(s.globex.owner.id):  "",
			"created_at__gte=" + at(c):                     "dc", "created_at__lte=" + at(c): "cba",
			"created_at__gte=" + at(b) + "&created_at__lte=" + at(c): "cb",
			"created_at__gte=2001-01-01":                             "dcba", "created_at__lte=2001-01-01": "",
			"updated_at__gte=2026-03-02T09:30": "b", "updated_at__lte=2026-03-02T09:30:00%2B00:00": "dca",
			"updated_at__gte=2026-03-02T11:30:00%2B02:00&status=done&search=later": "b", "search=": "dcba",
			"ordering=": "dcba",
		} {
			a := o.get(t, "/api/tasks/?"+query).want(t, 200)
			if got := strings.Join(a.list("title"), ""); got != want || a.id("count") != int64(len(want)) {
				t.Errorf("?%s finds %q (count %d), want %q", query, got, a.id("count"), want)
			}
			if got := strings.Join(o.get(t, "/api/tasks/?cursor=&"+query).want(t, 200).list("title"), ""); got != want {
				t.Errorf("?%s by cursor finds %q, want %q", query, got, want)
			}
		}
		for who, want := range map[*actor]string{&o: "a", &m: "cb", &s.acme.guest: ""} {
			if got := strings.Join(who.get(t, "/api/tasks/my_tasks/").want(t, 200).list("title"), ""); got != want {
				t.Errorf("my_tasks of %s are %q, want %q", who.username, got, want)
			}
		}
		for query, want := range map[string]string{
			"status=todo": "c", "created_by=" + oID: "b", "search=b": "b", "assigned_to=" + mID: "cb",
			"assigned_to=" + oID: "", "ordering=title": "bc", "page_size=1": "c", "cursor=": "cb",
		} {
			got := strings.Join(m.get(t, "/api/tasks/my_tasks/?"+query).want(t, 200).list("title"), "")
			if got != want {
				t.Errorf("my_tasks?%s are %q, want %q", query, got, want)
			}
		}
	})
}

func TestThreat_I6_T6_QueriesThatAreRefused(t *testing.T) {
	const wrongTime = "Datetime has wrong format. Use one of these formats instead: " +
		"YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
	const unknown = "Unknown parameter."
	const statusChoices = " Choose from: todo, in_progress, done, cancelled."
	const orderings = " Choose from: id, title, status, priority, start_date, due_date, estimate, completed_at, " +
		"created_at, updated_at."
	const noDate = "This is no date. Use YYYY-MM-DD, today, or days or weeks from today such as +7d and -2w"
	const priorities = " Choose from: none, low, medium, high, urgent."
	cases := []struct {
		query  string
		errors []string
	}{
		{"status=urgent", []string{"status", `"urgent" is not a valid choice.` + statusChoices}},
		{"status=", []string{"status", `"" is not a valid choice.` + statusChoices}},
		{"status=todo&status=done", []string{"status", "This parameter may be given only once."}},
		{"assigned_to=x", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=-1", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=%2B1", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=1e3", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=1.0", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=٣", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=0", []string{"assigned_to", noSuch(0)}},
		{"assigned_to=9223372036854775808", []string{
			"assigned_to", `Invalid pk "9223372036854775808" - object does not exist.`,
		}},
		{"created_by=none", []string{"created_by", "Enter a number."}},
		{"assigned_to=1,", []string{"assigned_to", "Enter a number."}},
		{"assigned_to=" + strings.Repeat("1,", 50) + "1", []string{
			"assigned_to", "Ensure this parameter has no more than 50 values.",
		}},
		{"priority=5", []string{"priority", `"5" is not a valid choice.` + priorities}},
		{"due=late", []string{"due", `"late" is not a valid choice. Choose from: overdue, today, week, none.`}},
		{"due_before=tomorrow", []string{"due_before", noDate + "."}},
		{"due_after=2026-02-30", []string{"due_after", noDate + "."}},
		{"due_after=2026-03-01T00:00:00Z", []string{"due_after", noDate + "."}},
		{"start_before=%2B7m", []string{"start_before", noDate + "."}},
		{"start_after=%2B10000d", []string{"start_after", noDate + "."}},
		{"completed_after=x", []string{"completed_after", noDate + "; or an instant."}},
		{"created_before=", []string{"created_before", notBlank}},
		{"updated_after=%00", []string{"updated_after", noNUL}},
		{"estimate__gte=-1", []string{"estimate__gte", "A valid integer is required."}},
		{"estimate__lte=1001", []string{"estimate__lte", "Ensure this value is less than or equal to 1000."}},
		{"tz=Mars/Olympus", []string{"tz", "This is no time zone."}},
		{"created_by=%00", []string{"created_by", "Enter a number."}},
		{"created_by=1%20OR%201=1", []string{"created_by", "Enter a number."}},
		{"created_at__gte=yesterday", []string{"created_at__gte", wrongTime}},
		{"created_at__lte=2026-02-30", []string{"created_at__lte", wrongTime}},
		{"updated_at__gte=2026-01-01T25:00", []string{"updated_at__gte", wrongTime}},
		{"updated_at__lte=%00", []string{"updated_at__lte", noNUL}},
		{"updated_at=2026-01-01", []string{"updated_at", unknown}},
		{"search=%00", []string{"search", noNUL}},
		{"search=%01", []string{"search", noControl}},
		{"search=%ff", []string{"search", notString}},
		{"search=%ed%a0%80", []string{"search", notString}},
		{"search=" + strings.Repeat("x", 201), []string{"search", tooLong(200)}},
		{"ordering=password", []string{"ordering", `"password" is not a valid choice.` + orderings}},
		{"ordering=assigned_to__x", []string{"ordering", `"assigned_to__x" is not a valid choice.` + orderings}},
		{"ordering=company__name", []string{"ordering", `"company__name" is not a valid choice.` + orderings}},
		{"ordering=-", []string{"ordering", `"" is not a valid choice.` + orderings}},
		{"ordering=--title", []string{"ordering", `"-title" is not a valid choice.` + orderings}},
		{"ordering=title,", []string{"ordering", `"" is not a valid choice.` + orderings}},
		{"ordering=title;drop", []string{}},
		{"ordering=title%3Bdrop", []string{"ordering", `"title;drop" is not a valid choice.` + orderings}},
		{"ordering=search_text", []string{"ordering", `"search_text" is not a valid choice.` + orderings}},
		{"ordering=(case)", []string{"ordering", `"(case)" is not a valid choice.` + orderings}},
		{"page_size=0", []string{"page_size", "Ensure this value is greater than or equal to 1."}},
		{"page_size=x", []string{"page_size", "A valid integer is required."}},
		{"page_size=-5", []string{"page_size", "A valid integer is required."}},
		{"page=1&cursor=", []string{"cursor", "Give either page or cursor, not both."}},
		{"cursor=x", []string{"cursor", "Invalid cursor."}},
		{"cursor=%00", []string{"cursor", noNUL}},
		{"Status=todo", []string{"Status", unknown}},
		{"company=1", []string{"company", unknown}},
		{"format=xml", []string{"format", `"xml" is not a valid choice.`}},
		{"fields=id", []string{"fields", unknown}},
		{"status__in=todo", []string{"status__in", unknown}},
		{"%ff=1", []string{"\ufffd", unknown}},
		{"=1", []string{"", unknown}},
		{"x=1&y=2&status=z", []string{
			"status", `"z" is not a valid choice.` + statusChoices, "x", unknown, "y", unknown,
		}},
	}
	each(t, func(t *testing.T, s *server) {
		for _, p := range []string{"/api/tasks/?", "/api/tasks/my_tasks/?"} {
			for _, c := range cases {
				a := s.acme.owner.get(t, p+c.query)
				if len(c.errors) == 0 {
					a.want(t, 400)
					continue
				}
				a.wantErrors(t, c.errors...)
			}
			s.acme.owner.get(t, p+"%zz").want(t, 400)
		}
		for _, p := range []string{"/api/auth/profile/", "/api/auth/company/", "/api/tasks/statistics/"} {
			s.acme.owner.get(t, p+"?x=1").wantErrors(t, "x", unknown)
			s.acme.owner.get(t, p+"?%zz").want(t, 400)
			s.acme.owner.get(t, p+"?a;b").want(t, 400)
		}
		s.unchanged(t, 0, func() {
			s.acme.owner.post(t, "/api/tasks/?x=1", body{"title": "x"}).wantErrors(t, "x", unknown)
			s.acme.owner.post(t, "/api/tasks/?%zz", body{"title": "x"}).want(t, 400)
		})
	})
}

func TestThreat_I15_T5_Search(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		for _, title := range []string{
			"100% done", "50 percent", "snake_case", "snakeXcase", `back\slash`, "Straße ÄÖÜ", "ПРИВЕТ мир",
			"quote' \"double", "semi;colon --", "İstanbul", "ﬁne ligature",
		} {
			o.task(t, body{"title": title})
		}
		o.task(t, body{"title": "plain", "description": "Hidden in the\ndescription: Änderung"})
		s.globex.owner.task(t, body{"title": "plain too"})
		for search, want := range map[string][]string{
			"%": {"100% done"}, "_": {"snake_case"}, `\`: {`back\slash`}, "100%": {"100% done"}, "%done": nil,
			"0% d": {"100% done"}, "snake_": {"snake_case"}, "e_c": {"snake_case"}, `\%`: nil,
			"STRASSE": {"Straße ÄÖÜ"}, "straße": {"Straße ÄÖÜ"}, "äöü": {"Straße ÄÖÜ"}, "привет": {"ПРИВЕТ мир"},
			"МИР": {"ПРИВЕТ мир"}, "hidden": {"plain"}, "änderung PLAIN": {"plain"},
			"plain nothing": nil, "plain": {"plain"}, "'": {"quote' \"double"}, `"`: {"quote' \"double"},
			";": {"semi;colon --"}, "--": {"semi;colon --"}, "' OR '1'='1": nil, "*": nil, "NEAR(": nil,
			"title:plain": nil,
			"too":         nil, "percent 50": {"50 percent"}, "  percent   50 ": {"50 percent"},
			"done 1":                  {"100% done"},
			strings.Repeat("p ", 100): {"plain", "50 percent"}, "FINE": {"ﬁne ligature"},
		} {
			q := "search=" + url.QueryEscape(search)
			a := o.get(t, "/api/tasks/?"+q).want(t, 200)
			if diff := cmp.Diff(want, a.list("title")); diff != "" || a.id("count") != int64(len(want)) {
				t.Errorf("search %q (count %d): %s", search, a.id("count"), diff)
			}
		}
	})
}

func TestTaskOrdering(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		var first int64
		for i, c := range [][2]string{
			{"b", "todo"}, {"a", "done"}, {"B", "cancelled"}, {"a", "todo"}, {"ä", "in_progress"},
		} {
			id := o.task(t, body{"title": c[0], "status": c[1], "description": fmt.Sprint(i)})
			if i == 0 {
				first = id
			}
		}
		o.patch(t, taskPath(first), body{"description": "0!"}).want(t, 200)
		for ordering, want := range map[string]string{
			"": "4 3 2 1 0!", "created_at": "0! 1 2 3 4", "-created_at": "4 3 2 1 0!", "updated_at": "1 2 3 4 0!",
			"-updated_at": "0! 4 3 2 1", "id": "0! 1 2 3 4", "-id": "4 3 2 1 0!",
			"title": "1 3 4 0! 2", "-title": "2 0! 4 3 1", "status": "2 1 4 0! 3", "-status": "3 0! 4 1 2",
			"title,-created_at": "3 1 4 2 0!", "title,-id": "3 1 4 2 0!", "status,-title": "2 1 4 0! 3",
			"title,title,-title": "1 3 4 0! 2", " title , -id ": "3 1 4 2 0!",
			"-status,title,created_at,updated_at,id": "3 0! 4 1 2",
		} {
			for _, paging := range []string{"", "&cursor="} {
				got := strings.Join(o.get(t, "/api/tasks/?ordering="+url.QueryEscape(ordering)+
					paging).want(t, 200).list("description"),
					" ")
				if got != want {
					t.Errorf("ordering=%s%s gives %s, want %s", ordering, paging, got, want)
				}
			}
		}
	})
}

func TestThreat_R10_TaskPagesByNumber(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		empty := o.get(t, "/api/tasks/").want(t, 200)
		if string(empty.body) != `{"count":0,"next":null,"previous":null,"results":[]}` {
			t.Errorf("%s", empty.body)
		}
		o.get(t, "/api/tasks/?page=last").want(t, 200)
		o.get(t, "/api/tasks/?page=2").wantDetail(t, 404, "Invalid page.")
		var want []string
		for i := range 23 {
			want = append(want, fmt.Sprint(o.task(t, body{"title": fmt.Sprint(i)})))
		}
		slices.Reverse(want)

		p1 := o.get(t, "/api/tasks/").want(t, 200)
		if p1.id("count") != 23 || !slices.Equal(p1.list("id"), want[:20]) || p1.at("previous") != nil ||
			p1.text("next") != publicURL+"/api/tasks/?page=2" {
			t.Errorf("page 1: %.300s", p1.body)
		}
		for _, q := range []string{"page=2", "page=last", "page_size=20&page=2"} {
			p2 := o.get(t, "/api/tasks/?"+q).want(t, 200)
			if !slices.Equal(p2.list("id"), want[20:]) || p2.at("next") != nil ||
				param(t, p2.text("previous"), "page") != "1" {
				t.Errorf("?%s: %.300s", q, p2.body)
			}
		}
		for q, n := range map[string]int{
			"page_size=5": 5, "page_size=100": 23, "page_size=101": 23, "page_size=1000000": 23, "page_size=23": 23,
			"page_size=10&page=3": 3, "page_size=1&page=23": 1,
		} {
			if got := len(o.get(t, "/api/tasks/?"+q).want(t, 200).list("id")); got != n {
				t.Errorf("?%s has %d results, want %d", q, got, n)
			}
		}
		for _, page := range []string{
			"0", "-1", "3", "x", "", "1.0", "1e0", "%2B1", "٣", "99999999999999999999", "2147483648",
			"9223372036854775807", "LAST", "last%20x",
		} {
			o.get(t, "/api/tasks/?page="+page).wantDetail(t, 404, "Invalid page.")
		}
		// All pages in turn; the links keep the filter.
		var got []string
		for next := "/api/tasks/?ordering=id&page_size=7&search="; next != ""; {
			a := o.get(t, next).want(t, 200)
			got = append(got, a.list("id")...)
			if next = ""; a.at("next") != nil {
				next = a.next(t, "next")
			}
		}
		slices.Reverse(got)
		if !slices.Equal(got, want) {
			t.Errorf("in pages: %q", got)
		}
		// An answer has at most 100 rows.
		for i := range 82 {
			o.task(t, body{"title": fmt.Sprint(i)})
		}
		a := o.get(t, "/api/tasks/?page_size=500").want(t, 200)
		if len(a.list("id")) != 100 || a.id("count") != 105 || param(t, a.text("next"), "page") != "2" {
			t.Errorf("%d results of %d", len(a.list("id")), a.id("count"))
		}
		// A page beyond the depth at which whole rows are skipped.
		for i := range 120 {
			o.task(t, body{"title": fmt.Sprint(i)})
		}
		if a := o.get(t, "/api/tasks/?page_size=100&page=3&ordering=id").want(t, 200); len(a.list("id")) != 25 {
			t.Errorf("%d results on page 3", len(a.list("id")))
		}
		deep := o.get(t, "/api/tasks/?page_size=5&page=45").want(t, 200)
		if !slices.Equal(deep.list("id"), want[18:23]) {
			t.Errorf("page 45: %q, want %q", deep.list("id"), want[18:23])
		}
	})
}

// walkPages follows next (or previous) to the end and returns the rows. It calls between after each page.
func walkPages(t *testing.T, o actor, start, link string, between func(page int)) (ids []string, last answer) {
	t.Helper()
	for n, next := 0, start; next != ""; n++ {
		if n > 200 {
			t.Fatalf("%s leads on and on", link)
		}
		if n > 0 && between != nil {
			between(n)
		}
		last = o.get(t, next).want(t, 200)
		page := last.list("id")
		if link == "previous" {
			slices.Reverse(page)
		}
		ids = append(ids, page...)
		if next = ""; last.at(link) != nil {
			next = last.next(t, link)
		}
	}
	return ids, last
}

func TestTaskPagesByCursor(t *testing.T) {
	orderings := []string{
		"", "created_at", "title", "-title", "status,-title", "-status,created_at", "title,-status,-id",
		"updated_at,title,-id",
	}
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		statuses := []string{"todo", "in_progress", "done", "cancelled"}
		for i := range 31 {
			o.task(t, body{"title": fmt.Sprintf("t%d", i%5), "status": statuses[(i/2)%4]})
		}
		for _, ordering := range orderings {
			t.Run("at rest, "+ordering, func(t *testing.T) {
				q := "/api/tasks/?page_size=4&ordering=" + ordering
				want := o.get(t, "/api/tasks/?page_size=100&ordering="+ordering).want(t, 200).list("id")
				got, last := walkPages(t, o, q+"&cursor=", "next", nil)
				if !slices.Equal(got, want) {
					t.Errorf("forward\n%q, want\n%q", got, want)
				}
				if last.id("count") != 31 || last.at("next") != nil {
					t.Errorf("the last page: %s", last.body)
				}
				back, first := walkPages(t, o, last.next(t, "previous"), "previous", nil)
				slices.Reverse(back)
				if want := want[:len(want)-len(last.list("id"))]; !slices.Equal(back, want) {
					t.Errorf("back\n%q, want\n%q", back, want)
				}
				if first.at("previous") != nil {
					t.Errorf("the first page has a previous one: %.200s", first.body)
				}
				again, _ := walkPages(t, o, first.next(t, "next"), "next", nil)
				if want := want[len(first.list("id")):]; !slices.Equal(again, want) {
					t.Errorf("forward again\n%q, want\n%q", again, want)
				}
			})
		}
	})
}

// While rows come and go, the rows that stay are seen exactly once, in order.
func TestTaskPagesByCursorWhileRowsComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		for _, ordering := range []string{"", "title", "status,-title,id"} {
			for _, link := range []string{"next", "previous"} {
				t.Run(link+" "+ordering, func(t *testing.T) {
					var stays, goes []int64
					for i := range 24 {
						id := o.task(t, body{"title": fmt.Sprintf("m%d", i%4), "status": []string{"todo", "done"}[i%2]})
						if i%3 == 0 {
							goes = append(goes, id)
						} else {
							stays = append(stays, id)
						}
					}
					q := "/api/tasks/?page_size=3&ordering=" + ordering
					start := q + "&cursor="
					if link == "previous" {
						_, last := walkPages(t, o, start, "next", nil)
						start = last.next(t, "previous")
					}
					whole, _ := walkPages(t, o, "/api/tasks/?page_size=100&ordering="+ordering+"&cursor=", "next", nil)
					seen, _ := walkPages(t, o, start, link, func(page int) {
						if page > 12 {
							return
						}
						o.tasks(t, "a", "m2", "z") // one before, one between and one after the present rows
						if len(goes) > 0 {
							o.delete(t, taskPath(goes[0])).want(t, 204)
							goes = goes[1:]
						}
					})
					times := map[string]int{}
					for _, id := range seen {
						if times[id]++; times[id] > 1 {
							t.Errorf("task %s is seen twice", id)
						}
					}
					keep := func(ids []string) (out []string) {
						for _, id := range ids {
							if slices.ContainsFunc(stays, func(n int64) bool { return fmt.Sprint(n) == id }) {
								out = append(out, id)
							}
						}
						return out
					}
					want, got := keep(whole), keep(seen)
					if link == "previous" {
						slices.Reverse(got)
						want = want[:len(got)] // without the last page, where the walk began
						if len(got) < len(stays)-3 {
							t.Errorf("%d of %d tasks that stayed were seen", len(got), len(stays))
						}
					}
					if !slices.Equal(got, want) {
						t.Errorf("of what stayed was seen\n%q, want\n%q", got, want)
					}
				})
			}
		}
	})
}

func TestThreat_T7_CursorsHoldForOneListOnly(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		o.tasks(t, "a", "b", "c", "d")
		s.globex.owner.tasks(t, "a", "b", "c", "d")
		q := "/api/tasks/?page_size=1&status=todo&ordering=title&search=&cursor="
		cursor := param(t, o.get(t, q).want(t, 200).text("next"), "cursor")
		o.get(t, q+cursor).want(t, 200)
		o.again(t).get(t, q+cursor).want(t, 200)
		s.acme.member.get(t, q+cursor).want(t, 200)
		// a cursor does not include the page size
		o.get(t, "/api/tasks/?page_size=2&status=todo&ordering=title&cursor="+cursor).want(t, 200)
		refused := map[string]string{
			"another status":    "/api/tasks/?status=done&ordering=title&cursor=" + cursor,
			"no filter":         "/api/tasks/?ordering=title&cursor=" + cursor,
			"another order":     "/api/tasks/?status=todo&ordering=-title&cursor=" + cursor,
			"no order":          "/api/tasks/?status=todo&cursor=" + cursor,
			"one filter more":   "/api/tasks/?status=todo&ordering=title&created_by=1&cursor=" + cursor,
			"a search more":     "/api/tasks/?status=todo&ordering=title&search=a&cursor=" + cursor,
			"of one's own list": "/api/tasks/my_tasks/?status=todo&ordering=title&cursor=" + cursor,
			"cut":               q + cursor[:len(cursor)-1],
			"longer":            q + cursor + "A",
			"half":              q + cursor[:len(cursor)/2],
			"of 16 zeros":       q + strings.Repeat("A", 22),
			"padded":            q + cursor + "%3D",
			"no base64":         q + "!!!",
			"twice":             q + cursor + cursor,
		}
		for i := 0; i < len(cursor); i += 3 {
			c := byte('A')
			if cursor[i] == c {
				c = 'B'
			}
			refused[fmt.Sprint("tampered at ", i)] = q + cursor[:i] + string(c) + cursor[i+1:]
		}
		for name, p := range refused {
			t.Run(name, func(t *testing.T) { o.get(t, p).wantErrors(t, "cursor", "Invalid cursor.") })
		}
		t.Run("another company",
			func(t *testing.T) { s.globex.owner.get(t, q+cursor).wantErrors(t, "cursor", "Invalid cursor.") })
	})
}

// A cursor contains the values of its position: the longest titles must fit.
func TestCursorsOfLongTitles(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		for _, c := range []string{"x", "\U0001f427", `"`, `\`} {
			o.task(t, body{"title": strings.Repeat(c, 200)})
		}
		got, _ := walkPages(t, o, "/api/tasks/?page_size=1&ordering=-title,status&cursor=", "next", nil)
		if len(got) != 4 {
			t.Errorf("%d of 4 tasks were seen", len(got))
		}
	})
}
