package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/api"
)

// The walk calls every row of the real route table as company B with ids of company A: in the path, the query, the body
// and in cursors. Each answer must equal, byte for byte, the answer for an id that never existed, and no row of A may
// have changed.
//
// The walk includes a new route at once. If it lacks a value for a route, it fails and names the function to add a line
// to: foreign, own or sample.

// never is an id that no row ever had.
const never = 987654321

// foreign returns A's value for a field that holds an id, by the name of the field; for {id} by the path before it.
func (w *walk) foreign(name string) (id int64, ok bool) {
	switch name {
	case "/api/tasks/":
		return w.task, true
	case "/api/auth/tokens/", "/api/auth/company/tokens/":
		return w.token, true
	case "/api/auth/company/service-accounts/":
		return w.robot, true
	case "/api/auth/company-users/", "assigned_to", "created_by", "reassign_to", "user", "user_id", "actor":
		return w.a.member.id, true
	case "/api/auth/invitations/":
		return w.invitation, true
	case "/api/notifications/":
		return w.notification, true
	case "company", "company_id":
		return w.a.id, true
	case "id", "task", "subject_id":
		return w.task, true
	}
	return 0, false
}

// own returns the id of a row of B for a route's {id}. It makes the row for this call.
func (w *walk) own(t *testing.T, before string) (id int64, ok bool) {
	switch before {
	case "/api/tasks/":
		return w.b.owner.task(t, body{}), true
	case "/api/auth/company-users/":
		w.persons++
		return w.s.person(t, w.b.id, fmt.Sprintf("globex.%d", w.persons), "member").id, true
	case "/api/auth/invitations/":
		return w.b.owner.post(t, "/api/auth/invitations/", body{}).want(t, 201).id("id"), true
	case "/api/auth/tokens/", "/api/auth/company/tokens/":
		return w.b.owner.mint(t, "tasks:read").grant, true
	case "/api/auth/company/service-accounts/":
		w.persons++
		return w.b.owner.robot(t, fmt.Sprint("Robot ", w.persons), "member"), true
	case "/api/notifications/":
		w.seq++
		return w.b.owner.told(t, w.seq, "Ours"), true
	}
	return 0, false
}

// sample returns a body that is valid for a route when B's owner sends it.
func (w *walk) sample(t *testing.T, r api.Route) (fields body, ok bool) {
	w.samples++
	switch r.Name {
	case "register":
		return body{
			"username": fmt.Sprint("walker", w.samples), "email": "walker@mail.example", "password": password,
			"password_confirm": password, "company_name": fmt.Sprint("Walkers ", w.samples),
		}, true
	case "login", "operatorLogin", "signIn", "operatorSignIn":
		return body{"username": w.b.owner.username, "password": password}, true
	case "refresh", "logout":
		return body{"refresh": w.b.owner.again(t).token}, true
	case "changePassword": // an invalid change, because the walk continues with this password
		return body{"current_password": "another " + password, "new_password": "a new " + password}, true
	case "requestPasswordReset":
		return body{"identifier": w.b.owner.username}, true
	case "resetPassword":
		return body{"token": "nothing that was ever sent", "new_password": "a new " + password}, true
	case "confirmAddress", "cancelAddressChange":
		return body{"token": "nothing that was ever sent"}, true
	case "acceptInvitation":
		return body{"token": "nothing that was ever sent"}, true
	case "createProgramToken", "createServiceToken":
		return body{"name": "walker", "scopes": []string{"tasks:read"}, "current_password": password}, true
	case "createServiceAccount":
		return body{"name": fmt.Sprint("Walker ", w.samples)}, true
	case "setExternalSource":
		return body{"url": "https://other.example.com/todos"}, true
	case "createTask", "replaceTask":
		return body{"title": "Walked"}, true
	case "markdown":
		return body{"text": "*walked*"}, true
	case "changeTasks":
		return body{"ids": []int64{w.b.owner.task(t, body{})}, "status": "done"}, true
	case "undo":
		seq, err := strconv.ParseInt(w.b.owner.post(t, "/api/tasks/", body{
			"title": "Walked back",
		}).want(t, 201).header.Get("Event-Seq"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return body{"seqs": []int64{seq}}, true
	}
	return body{}, !slices.ContainsFunc(r.Body, func(f field) bool { return f.Required })
}

// walk holds the two companies, and the values of A that B must not reach.
type walk struct {
	s                *server
	a, b             cast
	task, invitation int64
	notification     int64
	token, robot     int64
	seq              int64    // the number of the last notification
	cursor           string   // a cursor into a list of A
	canaries         []string // words that only A has
	persons, samples int
}

func newWalk(t *testing.T, s *server) *walk {
	t.Helper()
	w := &walk{s: s, a: s.acme, b: s.globex, canaries: []string{s.acme.name, "acme.", "Quokka", "narwhal"}}
	// B's ids stay below A's, so that A's largest ids are unlike any id of B.
	for range 3 {
		w.b.owner.task(t, body{"title": "Ours"})
	}
	w.task = w.a.owner.task(t,
		body{"title": "Quokka survey", "description": "the narwhal plan", "assigned_to": w.a.member.id})
	w.a.owner.task(t, body{"title": "Quokka feed", "assigned_to": w.a.owner.id})
	w.a.member.patch(t, path("/api/tasks/%d/", w.task), body{"status": "done"}).want(t, 200)
	w.invitation = w.a.owner.post(t, "/api/auth/invitations/", body{"email": "narwhal@mail.example"}).
		want(t, 201).id("id")
	w.notification = w.a.owner.told(t, 1, "Quokka survey")
	w.token = w.a.owner.mint(t, "tasks:read").grant
	w.robot = w.a.owner.robot(t, "narwhal robot", "member")
	w.cursor = param(t, w.a.owner.get(t, "/api/tasks/?cursor=&page_size=1").want(t, 200).text("next"), "cursor")
	return w
}

func TestRouteTableWalk(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		w := newWalk(t, s)
		routes := s.api.Routes()
		if len(routes) < 32 {
			t.Fatalf("the table has %d routes: the walk sees not all of them", len(routes))
		}
		before := s.snapshot(t, w.a.id)
		for _, r := range routes {
			t.Run(r.Name, func(t *testing.T) { w.route(t, r) })
		}
		if after := s.snapshot(t, w.a.id); after != before {
			t.Errorf("company B changed rows of company A:\n%s", difference(before, after))
		}
	})
}

func (w *walk) route(t *testing.T, r api.Route) {
	if r.Operator {
		t.Run("anonymous gets 401", func(t *testing.T) { w.anonymous(t, r) })
		t.Run("T16 T17 no member gets in", func(t *testing.T) { w.noMember(t, r) })
		return
	}
	if !r.Anyone {
		t.Run("anonymous gets 401", func(t *testing.T) { w.anonymous(t, r) })
		t.Run("A14 every role gets what the table says", func(t *testing.T) { w.roles(t, r) })
	} else {
		t.Run("anyone needs no token", func(t *testing.T) { w.anyone(t, r) })
	}
	if r.HasID() {
		t.Run("T1 A's id in the path", func(t *testing.T) {
			id, ok := w.foreign(before(r))
			if !ok {
				t.Fatalf("which id of A's goes into %s? Add a line to foreign in walk_test.go", r.Path)
			}
			fields := w.body(t, r)
			f := w.ask(t, r, fill(r, id), "", fields)
			u := w.ask(t, r, fill(r, never), "", fields)
			if f.status != http.StatusNotFound {
				t.Errorf("%s: status %d, want 404\n%s", f.request, f.status, f.body)
			}
			same(t, f, u, id)
		})
	}
	for _, f := range r.Query {
		switch {
		case isID(f):
			t.Run("T4 A's id in the query as "+f.Name, func(t *testing.T) { w.pair(t, r, f.Name, true) })
		case f.Name == "cursor":
			t.Run("T7 A's cursor", func(t *testing.T) {
				p := w.path(t, r)
				for _, cursor := range []string{w.cursor, w.cursorOf(t, r)} {
					a := w.ask(t, r, p, "?page_size=1&cursor="+cursor, nil)
					u := w.ask(t, r, p, "?page_size=1&cursor="+strings.Repeat("A", len(cursor)), nil)
					same(t, a.wantErrors(t, "cursor", "Invalid cursor."), u, 0)
				}
			})
		case f.Name == "search":
			t.Run("T5 words that only A has", func(t *testing.T) {
				for _, word := range []string{"Quokka", "narwhal", "acme"} {
					p := w.path(t, r)
					a := w.ask(t, r, p, "?search="+word, nil).want(t, 200)
					u := w.ask(t, r, p, "?search="+strings.Repeat("z", len(word)), nil)
					if a.id("count") != 0 {
						t.Errorf("%s found %v", a.request, a.at("count"))
					}
					same(t, a, u, 0)
				}
			})
		}
	}
	for _, f := range r.Body {
		if isID(f) {
			t.Run("T2 A's id in the body as "+f.Name, func(t *testing.T) { w.pair(t, r, f.Name, false) })
		}
	}
	if r.HasBody {
		t.Run("T2 A22 A's ids in fields that are not read", func(t *testing.T) {
			for _, name := range []string{"company", "company_id", "id", "created_by", "user_id", "assigned_to"} {
				if !slices.ContainsFunc(r.Body, func(f field) bool { return f.Name == name }) {
					w.pair(t, r, name, false)
				}
			}
		})
	}
}

// cursorOf returns a cursor into A's list of this route; if that list has one page, into A's tasks.
func (w *walk) cursorOf(t *testing.T, r api.Route) string {
	t.Helper()
	id, _ := w.foreign(before(r))
	if next, ok := w.a.owner.get(t, fill(r, id)+"?page_size=1&cursor=").want(t, 200).at("next").(string); ok {
		return param(t, next, "cursor")
	}
	return w.cursor
}

// pair sends A's id and then an id that never existed in this field of the query or the body.
func (w *walk) pair(t *testing.T, r api.Route, name string, query bool) {
	t.Helper()
	id, ok := w.foreign(name)
	if !ok {
		t.Fatalf("which id of A's is a %s? Add a line to foreign in walk_test.go", name)
	}
	send := func(id int64) answer {
		p, fields := w.path(t, r), w.body(t, r)
		if query {
			return w.ask(t, r, p, fmt.Sprintf("?%s=%d", name, id), fields)
		}
		fields[name] = id
		return w.ask(t, r, p, "", fields)
	}
	same(t, send(id), send(never), id)
}

// ask sends a request as B's owner, and checks that the answer shows nothing of A.
func (w *walk) ask(t *testing.T, r api.Route, path, query string, fields body) answer {
	t.Helper()
	var payload any
	if r.HasBody {
		payload = fields
	}
	a := w.b.owner.call(t, r.Method, path+query, payload)
	for _, word := range w.canaries {
		if strings.Contains(string(a.body), word) {
			t.Errorf("%s: the answer shows A's %q\n%s", a.request, word, a.body)
		}
	}
	return a
}

func (w *walk) body(t *testing.T, r api.Route) body {
	t.Helper()
	if !r.HasBody {
		return nil
	}
	fields, ok := w.sample(t, r)
	if !ok {
		t.Fatalf("what does %s take? Add a line to sample in walk_test.go", r.Name)
	}
	return fields
}

func (w *walk) path(t *testing.T, r api.Route) string {
	t.Helper()
	if !r.HasID() {
		return r.Path
	}
	id, ok := w.own(t, before(r))
	if !ok {
		t.Fatalf("what is B's own %s? Add a line to own in walk_test.go", r.Path)
	}
	return fill(r, id)
}

// anonymous: without a token the answer only asks for one, whatever the id, the query and the body.
func (w *walk) anonymous(t *testing.T, r api.Route) {
	id, _ := w.foreign(before(r))
	for _, path := range []string{
		fill(r, id), fill(r, never),
		strings.NewReplacer("{id}", "none", "{company}", "none", "{session}", "none").Replace(r.Path) +
			"?page=0&nonsense=1",
	} {
		for _, payload := range []any{nil, "{", body{"title": "x"}} {
			w.s.call(t, r.Method, path, payload).wantDetail(t, 401, notGiven)
		}
	}
}

const (
	notGiven = "Authentication credentials were not provided."
	badToken = "Given token not valid for any token type"
	forbids  = "You do not have permission to perform this action."
	noLogin  = "No active account found with the given credentials"
)

// anyone: a route without a token ignores tokens, so that a stale one does no harm.
func (w *walk) anyone(t *testing.T, r api.Route) {
	none := w.s.call(t, r.Method, r.Path, payloadOf(r))
	if none.status == 401 || none.status == 403 {
		t.Errorf("%s: status %d", none.request, none.status)
	}
	stale := w.s.call(t, r.Method, r.Path, payloadOf(r), "Authorization", "Bearer nonsense")
	same(t, none, stale, 0)
}

func payloadOf(r api.Route) any {
	if r.HasBody {
		return body{}
	}
	return nil
}

// roles: an actor without the role gets 403 before the server reads the request, for rows that exist and for rows that
// do not.
func (w *walk) roles(t *testing.T, r api.Route) {
	for _, c := range []struct {
		who    actor
		refuse bool
	}{{w.b.guest, r.NoGuests}, {w.b.member, r.ManagersOnly}} {
		for _, id := range []int64{w.task, never} {
			path := fill(r, id)
			if r.Stream {
				// An actor with the role is told that this is not a number, instead of getting an endless answer.
				path += "?since=none"
			}
			a := c.who.call(t, r.Method, path, payloadOf(r))
			switch {
			case c.refuse:
				a.wantDetail(t, 403, forbids)
			case a.status == 401 || a.status == 403:
				t.Errorf("%s as %s: status %d", a.request, c.who.username, a.status)
			}
		}
	}
}

// noMember: an operators' route refuses every member of either company, owners too, before the server reads the
// request: for rows of their own company, of another company, and for rows that do not exist.
func (w *walk) noMember(t *testing.T, r api.Route) {
	for _, who := range []actor{w.a.owner, w.a.admin, w.a.member, w.a.guest, w.b.owner, w.b.admin} {
		for _, company := range []int64{w.a.id, w.b.id, never} {
			for _, id := range []int64{w.task, w.a.member.id, never} {
				p := strings.NewReplacer("{company}", fmt.Sprint(company), "{id}", fmt.Sprint(id)).Replace(r.Path)
				who.call(t, r.Method, p, payloadOf(r)).wantDetail(t, 403, forbids)
			}
		}
	}
}

// The roles of each route are listed here a second time, because the walk trusts the table: changing one word there
// must not open a route.
func TestRoutesAreForThoseTheyAreMeantFor(t *testing.T) {
	anyone := []string{
		"register", "login", "operatorLogin", "operatorSignIn", "operatorSignOut", "signIn", "signOut", "refresh",
		"logout", "schema", "docs", "docsStyle", "livez", "readyz", "unsubscribePage", "unsubscribe",
		"requestPasswordReset", "resetPassword", "confirmAddress", "cancelAddressChange",
	}
	// writes that concern only the caller, or nothing at all
	everyMember := []string{
		"changeProfile", "changePassword", "acceptInvitation", "readNotification", "readNotifications",
		"changePreferences", "endSession", "endOtherSessions", "markdown", "createProgramToken", "revokeProgramToken",
		"changeOwnAccount", "resendConfirmation",
	}
	managers := []string{
		"setExternalSource", "unsetExternalSource", "externalSource", "changeCompany", "changeMember", "removeMember",
		"invite", "invitations", "revokeInvitation", "memberSessions", "endMemberSession", "endMemberSessions",
		"sentNotifications", "audit", "usage", "companyTokens", "revokeCompanyToken", "serviceAccounts",
		"createServiceAccount", "changeServiceAccount", "createServiceToken",
	}
	s := newServer(t, "sqlite")
	for _, r := range s.api.Routes() {
		in := func(names []string) bool { return slices.Contains(names, r.Name) }
		if operators := strings.HasPrefix(r.Path, "/api/operator/") && !in(anyone); r.Operator != operators {
			t.Errorf("%s: for operators only is %v", r.Name, r.Operator)
		} else if operators {
			continue
		}
		if r.Anyone != in(anyone) {
			t.Errorf("%s: for anyone without a token is %v", r.Name, r.Anyone)
		}
		if r.ManagersOnly != in(managers) {
			t.Errorf("%s: for managers only is %v", r.Name, r.ManagersOnly)
		}
		if writes := r.Method != "GET" && !r.Anyone && !in(everyMember); r.NoGuests != (writes || in(managers)) {
			t.Errorf("%s: closed to guests is %v", r.Name, r.NoGuests)
		}
	}
}

// before returns the path up to {id}, which tells the kind of the id.
func before(r api.Route) string {
	p, _, _ := strings.Cut(r.Path, "{id}")
	return p
}

func fill(r api.Route, id int64) string {
	return strings.NewReplacer("{id}", fmt.Sprint(id), "{company}", fmt.Sprint(id), "{session}", "none").Replace(r.Path)
}

// same fails the test unless two answers are equal, apart from the request id, the time and the repeated id. Successful
// writes differ in their values (a new task has a new id), so only their shapes are compared.
func same(t *testing.T, a, b answer, id int64) {
	t.Helper()
	if a.status != b.status {
		t.Fatalf("%s: status %d, but %d for what never existed\n%s\n%s", a.request, a.status, b.status, a.body, b.body)
	}
	shape := a.status < 300 && !strings.HasPrefix(a.request, "GET ")
	if x, y := headersOf(a, shape), headersOf(b, shape); x != y {
		t.Errorf("%s: headers differ from those for what never existed:\n%s", a.request, difference(y, x))
	}
	x, y := comparable(a, id), comparable(b, never)
	if shape {
		x, y = shapeOf(a.json), shapeOf(b.json)
	}
	if x != y {
		t.Errorf("%s: the answer differs from that for what never existed:\n%s\n%s", a.request, x, y)
	}
}

func headersOf(a answer, shape bool) string {
	var lines []string
	for name, values := range a.header {
		switch {
		// the length follows from the body, which is compared
		case name == "X-Request-Id", name == "Date", name == "Content-Length":
		case shape && (name == "Etag" || name == "Location" || name == "Event-Seq" || name == "Set-Cookie"):
			lines = append(lines, name)
		default:
			lines = append(lines, fmt.Sprint(name, ": ", values))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

var requestID = regexp.MustCompile(`"request_id":"[A-Z0-9]+"`)

// comparable returns the body without the request id, and with the word ID in place of the id in the request.
func comparable(a answer, id int64) string {
	text := requestID.ReplaceAllString(string(a.body), `"request_id":""`)
	if id == 0 {
		return text
	}
	return regexp.MustCompile(fmt.Sprintf(`\b%d\b`, id)).ReplaceAllString(text, "ID")
}

// shapeOf returns a JSON value with the types in place of its values.
func shapeOf(v any) string {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]string{}
		for k, v := range x {
			out[k] = shapeOf(v)
		}
		b, _ := json.Marshal(out)
		return string(b)
	case []any:
		return "list"
	}
	return fmt.Sprintf("%T", v)
}

func TestRouteMethods(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		byPath := map[string][]string{}
		query := map[string]string{}
		for _, r := range s.api.Routes() {
			byPath[r.Path] = append(byPath[r.Path], r.Method)
			if r.Stream {
				query[r.Path] = "?since=none" // otherwise it would not end
			}
		}
		task := s.acme.owner.task(t, body{})
		for _, p := range sorted(byPath) {
			t.Run(strings.Trim(p, "/"), func(t *testing.T) {
				methods := byPath[p]
				filled := strings.NewReplacer("{id}", fmt.Sprint(task), "{company}", "1", "{session}", "none").
					Replace(p)
				allow := append([]string{"OPTIONS"}, methods...)
				if slices.Contains(methods, "GET") {
					allow = append(allow, "HEAD")
				}
				slices.Sort(allow)
				want := strings.Join(allow, ", ")
				for _, m := range []string{
					"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get",
				} {
					if slices.Contains(allow, m) {
						continue
					}
					for _, a := range spellings(t, s, m, filled) {
						a.want(t, 405)
						if got := a.header.Get("Allow"); got != want {
							t.Errorf("%s: Allow %q, want %q", a.request, got, want)
						}
						if m != "HEAD" {
							a.wantDetail(t, 405, fmt.Sprintf("Method %q not allowed.", m))
						}
					}
				}
				for _, a := range spellings(t, s, "OPTIONS", filled) {
					if a.want(t, 204); a.header.Get("Allow") != want || len(a.body) > 0 {
						t.Errorf("%s: Allow %q, want %q; body %q", a.request, a.header.Get("Allow"), want, a.body)
					}
				}
				for _, m := range methods { // 401, or the answer of an open route to an empty request
					both := spellings(t, s, m, filled)
					same(t, both[0], both[len(both)-1], 0)
				}
				if slices.Contains(methods, "GET") {
					get := s.acme.owner.get(t, filled+query[p])
					head := s.acme.owner.call(t, "HEAD", filled+query[p], nil)
					x, y := headersOf(get, false), headersOf(head, false)
					if x != y || get.status != head.status || len(head.body) > 0 {
						t.Errorf("HEAD %s is %d with %d bytes, GET is %d\n%s", p, head.status, len(head.body),
							get.status, difference(x, y))
					}
					if x, y := get.header.Get("Content-Length"), head.header.Get("Content-Length"); y != "" && x != y {
						t.Errorf("HEAD %s: length %s, of GET %s", p, y, x)
					}
				}
			})
		}
	})
}

// spellings requests a path with and without its final slash.
func spellings(t *testing.T, s *server, method, path string) []answer {
	t.Helper()
	out := []answer{s.call(t, method, path, nil)}
	if short := strings.TrimSuffix(path, "/"); short != "" {
		out = append(out, s.call(t, method, short, nil))
	}
	return out
}

func TestNoSlashAnswersTheSame(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.acme.owner
		long := o.post(t, "/api/tasks/", body{"title": "x"}).want(t, 201)
		short := o.post(t, "/api/tasks", body{"title": "x"}).want(t, 201)
		same(t, long, short, 0)
		if got, want := short.header.Get("Location"), path("/api/tasks/%d/", short.id("id")); got != want {
			t.Errorf("Location %q, want %q", got, want)
		}
		p := path("/api/tasks/%d", short.id("id"))
		o.put(t, p, body{"title": "put"}).want(t, 200)
		o.patch(t, p, body{"status": "done"}).want(t, 200)
		if got := o.get(t, p).want(t, 200); got.text("title") != "put" || got.text("status") != "done" {
			t.Errorf("after PUT and PATCH without the slash: %s", got.body)
		}
		got := o.get(t, "/api/tasks?page_size=1").want(t, 200).text("next")
		if got != publicURL+"/api/tasks/?page=2&page_size=1" {
			t.Errorf("next is %q", got)
		}
		o.delete(t, p).want(t, 204)
		o.get(t, p+"/").want(t, 404)
	})
}

func TestThreat_I18_PathsThatLeadNowhere(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		id := s.acme.owner.task(t, body{})
		for _, p := range []string{
			"//api/tasks/", "/api//tasks/", "/api/./tasks/", "/api/../api/tasks/", "/api/tasks//", "/api/tasks/%2e/",
			"/api%2ftasks/", "/api/tasks%2f",
			"/api/tasks/%2e%2e/tasks/", "/api/tasks;a=b/", "/API/tasks/", "/api/tasks/\\", "/api/nothing/", "/nothing",
			"//evil.example/", "/\\evil.example",
			"/%5cevil.example", "/api/tasks/none/", "/api/tasks/0/", "/api/tasks/-1/", "/api/tasks/1.0/",
			"/api/tasks/1e3/", "/api/tasks/9223372036854775808/",
			"/api/tasks/99999999999999999999999/", "/api/tasks/٣/", "/api/tasks/%00/", "/api/tasks/%ff/",
			"/api/tasks/%FF/", "/api/tasks/%0a/",
			path("/api/tasks/+%d/", id), path("/api/tasks/0%d/", id), path("/api/tasks/%d%%20/", id),
			path("/api/tasks/%d/none/", id), path("/api/tasks/%%3%d/", id),
		} {
			a := s.acme.owner.call(t, "GET", p, nil)
			a.wantDetail(t, 404, "Not found.")
			if a.header.Get("Location") != "" {
				t.Errorf("%s leads to %s", p, a.header.Get("Location"))
			}
		}
		// The method decides, too.
		s.acme.owner.post(t, path("/api/tasks/%d/", id), body{}, "X-HTTP-Method-Override", "DELETE").want(t, 405)
		s.acme.owner.get(t, path("/api/tasks/%d/", id)).want(t, 200)
	})
}

func TestThreat_I19_LinksDoNotFollowTheHostHeader(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.acme.owner.tasks(t, "a", "b", "c")
		for _, p := range []string{
			"/api/tasks/?page_size=1", "/api/tasks/?page_size=1&cursor=", "/api/events/?limit=1", "/api/schema/",
			"/api/docs/", "/",
		} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+p, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = "evil.example"
			req.Header.Set("Authorization", "Bearer "+s.acme.owner.access)
			req.Header.Set("X-Forwarded-Host", "evil.example")
			req.Header.Set("Forwarded", "host=evil.example")
			a := s.send(t, req)
			if strings.Contains(string(a.body)+fmt.Sprint(a.header), "evil") {
				t.Errorf("%s follows the Host header:\n%v\n%s", p, a.header, a.body)
			}
		}
	})
}
