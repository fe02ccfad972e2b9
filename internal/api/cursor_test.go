package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/api"
)

func takesCursor(r api.Route) bool {
	return slices.ContainsFunc(r.Query, func(f field) bool { return f.Name == "cursor" })
}

// results returns the rows of a page, whatever their type.
func (a answer) results() (rows []string) {
	all, _ := a.at("results").([]any)
	for _, v := range all {
		if row, ok := v.(map[string]any); ok {
			delete(row, "as_of") // the time of the request, in a report
		}
		rows = append(rows, fmt.Sprint(v))
	}
	return rows
}

// follow follows one link to the end and returns the rows of all pages.
func follow(t *testing.T, o actor, start, link string) (rows []string, last answer) {
	t.Helper()
	for n, next := 0, start; next != ""; n++ {
		if n > 100 {
			t.Fatalf("%s leads on and on", link)
		}
		last = o.get(t, next).want(t, 200)
		page := last.results()
		if link == "previous" {
			slices.Reverse(page)
		}
		rows = append(rows, page...)
		if next = ""; last.at(link) != nil {
			next = last.next(t, link)
		}
	}
	return rows, last
}

// Every list of the table gives the same rows by cursor and by number, and its cursors work for it alone.
func TestThreat_T7_EveryListGoesByCursor(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o, op := s.acme.owner, s.operator(t, "root")
		task := o.task(t, body{"title": "first", "assigned_to": o.id})
		for i := range 3 {
			o.post(t, "/api/auth/invitations/", body{"role": "guest"}).want(t, 201)
			o.patch(t, taskPath(task), body{"title": fmt.Sprint("title ", i)}).want(t, 200)
			o.task(t, body{"title": fmt.Sprint("more ", i), "assigned_to": o.id})
			o.mint(t, "tasks:read")
			o.robot(t, fmt.Sprint("robot ", i), "guest")
		}
		for _, who := range []actor{s.acme.admin, s.acme.member} { // each actor's changes are a mail of their own
			who.task(t, body{"title": "of another", "assigned_to": o.id})
		}
		s.globex.owner.task(t, body{"title": "theirs", "assigned_to": s.globex.owner.id})
		for range 2 { // sessions are a list too
			s.login(t, o.username, password)
		}
		s.found(t, "Initech", "initech")
		o.told(t, 1, "first")
		s.later(t, notifyDelay)

		cursors, paths := map[string]string{}, map[string]string{}
		for _, r := range s.api.Routes() {
			if !slices.ContainsFunc(r.Query, func(f field) bool { return f.Name == "page_size" }) {
				continue
			}
			if !takesCursor(r) {
				t.Errorf("%s goes by number only", r.Name)
				continue
			}
			who := o
			if r.Operator {
				who = op
			}
			path := strings.NewReplacer("{company}", fmt.Sprint(s.acme.id), "{id}", fmt.Sprint(task)).Replace(r.Path)
			paths[r.Name] = path
			t.Run(r.Name, func(t *testing.T) {
				want := who.get(t, path+"?page_size=100").want(t, 200).results()
				if len(want) < 3 {
					t.Fatalf("%s has %d rows: too few to page through", path, len(want))
				}
				first := who.get(t, path+"?page_size=1&cursor=").want(t, 200)
				cursors[r.Name] = param(t, first.text("next"), "cursor")
				if got := first.id("count"); got != int64(len(want)) {
					t.Errorf("count %d of %d", got, len(want))
				}
				for _, size := range []int{1, 2} {
					got, last := follow(t, who, fmt.Sprintf("%s?page_size=%d&cursor=", path, size), "next")
					if !slices.Equal(got, want) {
						t.Errorf("in pages of %d\n%q, want\n%q", size, got, want)
					}
					back, _ := follow(t, who, last.next(t, "previous"), "previous")
					slices.Reverse(back)
					if want := want[:len(want)-len(last.results())]; !slices.Equal(back, want) {
						t.Errorf("and back\n%q, want\n%q", back, want)
					}
				}
				for _, bad := range []string{"x", strings.Repeat("A", 40), cursors[r.Name] + "A", cursors[r.Name][1:]} {
					who.get(t, path+"?cursor="+bad).wantErrors(t, "cursor", "Invalid cursor.")
				}
				who.get(t, path+"?page=1&cursor=").wantErrors(t, "cursor", "Give either page or cursor, not both.")
			})
		}
		// The owner's sessions are one list: by the member's own path and by the manager's path.
		own := func(name string) bool { return name == "sessions" || name == "memberSessions" }
		inside := func(name string) bool {
			return strings.HasPrefix(paths[name], "/api/operator/companies/") && name != "operatorCompanies"
		}
		for of, cursor := range cursors {
			for name, path := range paths {
				// an operator's list of one company is the same list as the company's
				if of == name || inside(of) || inside(name) || own(of) && own(name) {
					continue
				}
				who := o
				if strings.HasPrefix(path, "/api/operator/") {
					who = op
				}
				who.get(t, path+"?cursor="+cursor).wantErrors(t, "cursor", "Invalid cursor.")
			}
		}
		other := s.globex.owner
		for name, path := range paths {
			if cursors[name] != "" && !strings.HasPrefix(path, "/api/operator/") &&
				!strings.Contains(path, "history") && name != "memberSessions" {
				other.get(t, path+"?cursor="+cursors[name]).wantErrors(t, "cursor", "Invalid cursor.")
			}
		}
		// A list with another filter is another list, and so is another member's inbox.
		o.get(t, paths["members"]+"?search=a&cursor="+cursors["members"]).wantErrors(t, "cursor", "Invalid cursor.")
		o.get(t, paths["notifications"]+"?unread=true&cursor="+cursors["notifications"]).wantErrors(t, "cursor",
			"Invalid cursor.")
		s.acme.admin.get(t, paths["notifications"]+"?cursor="+cursors["notifications"]).wantErrors(t, "cursor",
			"Invalid cursor.")
		o.get(t, paths["members"]+"?page_size=2&cursor="+cursors["members"]).want(t, 200)
	})
}

// A page whose rows were deleted before the client asks for it is empty, and links back.
func TestCursorsLeadBackFromWhereNothingIsLeft(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		for _, ordering := range []string{"id", "-created_at", "status,-title"} {
			t.Run(ordering, func(t *testing.T) {
				o.tasks(t, "a", "b", "c", "d")
				q := "/api/tasks/?page_size=2&cursor=&ordering=" + ordering
				first := o.get(t, q).want(t, 200)
				second := o.get(t, first.next(t, "next")).want(t, 200)
				for _, id := range second.list("id") {
					o.delete(t, "/api/tasks/"+id+"/").want(t, 204)
				}
				empty := o.get(t, first.next(t, "next")).want(t, 200)
				if len(empty.results()) != 0 || empty.at("next") != nil {
					t.Fatalf("%s", empty.body)
				}
				back := o.get(t, empty.next(t, "previous")).want(t, 200)
				if !slices.Equal(back.list("id"), first.list("id")) {
					t.Errorf("back come %q, want %q", back.list("id"), first.list("id"))
				}

				o.tasks(t, "e", "f")
				first = o.get(t, q).want(t, 200)
				second = o.get(t, first.next(t, "next")).want(t, 200)
				for _, id := range first.list("id") {
					o.delete(t, "/api/tasks/"+id+"/").want(t, 204)
				}
				empty = o.get(t, second.next(t, "previous")).want(t, 200)
				if len(empty.results()) != 0 || empty.at("previous") != nil {
					t.Fatalf("%s", empty.body)
				}
				onward := o.get(t, empty.next(t, "next")).want(t, 200)
				if !slices.Equal(onward.list("id"), second.list("id")) {
					t.Errorf("onward come %q, want %q", onward.list("id"), second.list("id"))
				}
				for _, id := range second.list("id") {
					o.delete(t, "/api/tasks/"+id+"/").want(t, 204)
				}
			})
		}
	})
}
