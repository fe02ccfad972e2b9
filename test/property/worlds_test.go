package property_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	stdjson "encoding/json"

	"github.com/go-json-experiment/json"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/test/audit"
)

// step is one operation of a history, by one company. Persons and tasks are named by their number in the company.
type step struct {
	B       bool // company B does it
	Kind    string
	Actor   int
	Person  int // the person who is assigned, changed or invited, or takes over
	Task    int
	Status  task.Status
	Word    string
	Flag    bool // assign, reassign
	Foreign bool // on the other company's task or person
}

var kinds = []string{
	"create", "create", "create", "repeat", "repeat", "update", "update", "assign", "delete", "get", "list", "cursor",
	"statistics", "history", "events", "members",
	"role", "deactivate", "reactivate", "remove", "invite", "invite", "ask", "revoke", "describe",
}

func drawStep(t *rapid.T) step {
	return step{
		B: rapid.Bool().Draw(t, "b"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
		Actor: rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3}).
			Draw(t, "actor"),
		Person: rapid.IntRange(0, persons-1).Draw(t, "person"),
		Task:   rapid.IntRange(0, 7).Draw(t, "task"), Status: rapid.SampledFrom(task.Statuses).Draw(t, "status"),
		Word: rapid.SampledFrom([]string{"paint", "fence", "Zaun", "100%"}).Draw(t, "word"),
		Flag: rapid.Bool().Draw(t, "flag"), Foreign: rapid.IntRange(0, 4).Draw(t, "foreign") == 0,
	}
}

// persons is how many people each world has; any of them may be in both companies of it. The first founded the company.
const persons = 4

// side is one company of a world.
type side struct {
	h       *house
	id      int64
	people  []int64
	tasks   []int64
	other   *side // nil in the world where there is no other
	names   *names
	outputs []string
	ticks   int
}

// person and task are ids by number; of the other company if the step says so; an unknown id if it has none.
func (s *side) person(p step) int64 {
	if !p.Foreign {
		return s.people[p.Person]
	}
	if s.other == nil {
		return 1 << 40
	}
	return s.other.people[0] // its founder, who is never in this one
}

func (s *side) task(p step) int64 {
	from := s
	if p.Foreign {
		from = s.other
	}
	if from == nil || len(from.tasks) == 0 {
		return 1 << 40
	}
	return from.tasks[p.Task%len(from.tasks)]
}

var errNobody = errors.New("is not signed in")

// run takes a step and records its answer.
func (s *side) run(ctx context.Context, p step) {
	s.ticks++
	s.h.clock.Store(start.Add(time.Duration(s.ticks) * time.Second).UnixMicro())
	before := s.h.signIns
	out, err := s.call(ctx, p)
	s.note(fmt.Sprintf("%d %s by %d, who signs in %d times", s.ticks, p.Kind, p.Actor, s.h.signIns-before), out, err)
}

// call performs the step through the services, with the roles that the routes require.
func (s *side) call(ctx context.Context, p step) (out any, err error) {
	if p.Kind == "invite" {
		return s.invite(ctx, p)
	}
	who, err := s.h.as(ctx, s.id, s.people[p.Actor])
	if err != nil {
		return nil, errNobody
	}
	_, err = do(ctx, s.h, who, func(who account.Caller) error {
		switch p.Kind {
		case "create", "repeat", "update", "assign", "delete":
			if !who.Role.AtLeast(account.Ordinary) {
				return fail.Forbidden()
			}
		case "role", "deactivate", "reactivate", "remove", "ask", "revoke", "describe":
			if !who.Role.AtLeast(account.Admin) {
				return fail.Forbidden()
			}
		}
		out, err = s.operate(ctx, who, p)
		return err
	})
	return out, err
}

func set[T any](v T) form.Optional[T] { return form.Optional[T]{Set: true, V: v} }

func (s *side) operate(ctx context.Context, who account.Caller, p step) (any, error) {
	title := fmt.Sprintf("%s %d", p.Word, s.ticks)
	switch p.Kind {
	case "create":
		in := task.New{Fields: task.Fields{Title: set(title), Description: set(p.Word), Status: set(p.Status)}}
		if p.Flag {
			in.AssignedTo = set(s.person(p))
		}
		t, err := s.h.tasks.Create(ctx, who, in, event.Once{})
		if err == nil {
			s.tasks = append(s.tasks, t.ID)
		}
		return t, err
	case "repeat": // a request with a key that the same person may use in the other company too
		once := event.Once{Key: fmt.Sprint("key ", p.Task%2), Request: fmt.Sprint(p.Flag && p.Foreign)}
		t, err := s.h.tasks.Create(ctx, who, task.New{Fields: task.Fields{Title: set(title), Status: set(p.Status)}},
			once)
		if err == nil && !slices.Contains(s.tasks, t.ID) {
			s.tasks = append(s.tasks, t.ID)
		}
		return t, err
	case "update":
		in := task.Change{Fields: task.Fields{Status: set(p.Status)}}
		if p.Flag {
			in.Title = set(title)
		}
		return s.h.tasks.Update(ctx, who, s.task(p), in)
	case "assign":
		return s.h.tasks.Update(ctx, who, s.task(step{Task: p.Task, Foreign: p.Foreign && p.Flag}),
			task.Change{Fields: task.Fields{AssignedTo: set(s.person(p))}})
	case "delete":
		_, err := s.h.tasks.Delete(ctx, who, s.task(p), nil, event.Once{})
		return nil, err
	case "get":
		return s.h.tasks.Get(ctx, who, s.task(p))
	case "history":
		return s.history(ctx, who, s.task(p))
	case "list":
		return s.list(ctx, who, url.Values{"search": {p.Word}, "ordering": {"title"}})
	case "cursor":
		return s.walk(ctx, who, url.Values{"status": {string(p.Status)}, "page_size": {"2"}})
	case "statistics":
		return s.h.tasks.Statistics(ctx, who)
	case "events":
		return event.List(ctx, who.Scope, 0, 1000)
	case "members":
		return s.h.accounts.Members(ctx, who, read[account.MemberQuery](url.Values{"search": {""}}))
	case "role":
		roles := account.Role("").Values()
		return s.h.accounts.ChangeMember(ctx, who, s.person(p),
			account.MemberChange{Role: set(roles[p.Task%len(roles)])})
	case "deactivate", "reactivate":
		return s.h.accounts.ChangeMember(ctx, who, s.person(p),
			account.MemberChange{IsActive: set(p.Kind == "reactivate")})
	case "remove":
		in := account.MemberRemoval{}
		if p.Flag {
			in.ReassignTo = set(s.people[p.Task%persons])
		}
		return nil, s.h.accounts.RemoveMember(ctx, who, s.person(p), in)
	case "ask": // an invitation that is not accepted
		inv, err := s.h.accounts.Invite(ctx, who, account.NewInvitation{Role: account.Guest})
		return inv.Role, err
	case "revoke":
		inv, err := s.h.accounts.Invite(ctx, who, account.NewInvitation{Role: account.Guest})
		if err != nil {
			return nil, err
		}
		return nil, s.h.accounts.RevokeInvitation(ctx, who, inv.ID)
	case "describe":
		return s.h.accounts.ChangeCompany(ctx, who, account.CompanyChange{Description: set(p.Word)})
	}
	return nil, fmt.Errorf("no such step: %s", p.Kind)
}

// invite lets the founder invite a person of this world, who accepts.
func (s *side) invite(ctx context.Context, p step) (out any, err error) {
	founder, err := s.h.as(ctx, s.id, s.people[0])
	if err != nil {
		return nil, errNobody
	}
	_, err = do(ctx, s.h, founder, func(who account.Caller) error {
		if !who.Role.AtLeast(account.Admin) {
			return fail.Forbidden()
		}
		inv, err := s.h.accounts.Invite(ctx, who,
			account.NewInvitation{Role: account.Role(account.Role("").Values()[1+p.Task%3])})
		if err != nil {
			return err
		}
		return s.accept(ctx, s.people[p.Person], inv.Token)
	})
	return nil, err
}

func (s *side) accept(ctx context.Context, user int64, token string) error {
	guest, err := s.h.home(ctx, user)
	if err != nil {
		return err
	}
	_, err = do(ctx, s.h, guest, func(who account.Caller) error {
		_, err := s.h.accounts.Accept(ctx, who, account.InvitationToken{Token: token})
		return err
	})
	return err
}

// read makes a query as the API does.
func read[T any, P interface {
	*T
	Read(*form.Form)
}](v url.Values) (q T) {
	P(&q).Read(form.Query(v))
	return q
}

func (s *side) list(ctx context.Context, who account.Caller, v url.Values) (any, error) {
	v.Set("page_size", "100")
	l, err := s.h.tasks.List(ctx, who, read[task.Query](v))
	if err == nil && l.Count != int64(len(l.Results)) {
		err = fmt.Errorf("list %v counts %d and has %d", v, l.Count, len(l.Results))
	}
	return l, err
}

// walk goes through a list by cursor.
func (s *side) walk(ctx context.Context, who account.Caller, v url.Values) (all []task.Task, err error) {
	for cursor := ""; ; {
		v.Set("cursor", cursor)
		l, err := s.h.tasks.List(ctx, who, read[task.Query](v))
		if err != nil {
			return nil, err
		}
		all = append(all, l.Results...)
		l.Link(func(_, value string) string { return value })
		if l.Next == nil {
			if l.Count != int64(len(all)) {
				err = fmt.Errorf("list %v counts %d and has %d", v, l.Count, len(all))
			}
			return all, err
		}
		cursor = *l.Next
	}
}

func (s *side) history(ctx context.Context, who account.Caller, id int64) (any, error) {
	return s.h.tasks.History(ctx, who, id, read[task.HistoryQuery](url.Values{"page_size": {"100"}}))
}

// observe notes everything that the company's members can see at the end.
func (s *side) observe(ctx context.Context) {
	for i, user := range s.people {
		who, err := s.h.as(ctx, s.id, user)
		if err != nil {
			s.note(fmt.Sprint("at the end, person ", i), nil, errNobody)
			continue
		}
		see := func(what string, fn func() (any, error)) {
			out, err := fn()
			s.note(fmt.Sprintf("at the end, person %d sees %s", i, what), out, err)
		}
		see("all tasks", func() (any, error) { return s.list(ctx, who, url.Values{}) })
		see("statistics", func() (any, error) { return s.h.tasks.Statistics(ctx, who) })
		see("the log", func() (any, error) { return event.List(ctx, who.Scope, 0, 1000) })
		see("the members", func() (any, error) {
			return s.h.accounts.Members(ctx, who, read[account.MemberQuery](url.Values{"search": {""}}))
		})
		see("the company", func() (any, error) { return s.h.accounts.Company(ctx, who) })
		see("the invitations", func() (any, error) {
			l, err := s.h.accounts.Invitations(ctx, who,
				read[account.InvitationQuery](url.Values{"page_size": {"100"}}))
			if err == nil && l.Count != int64(len(l.Results)) {
				err = fmt.Errorf("the list of invitations counts %d and has %d", l.Count, len(l.Results))
			}
			return l, err
		})
		if i > 0 {
			continue
		}
		for _, value := range task.Statuses {
			status := string(value)
			see(status, func() (any, error) { return s.list(ctx, who, url.Values{"status": {status}}) })
			see(status+" by cursor", func() (any, error) {
				return s.walk(ctx, who, url.Values{"status": {status}, "page_size": {"1"}, "ordering": {"-title"}})
			})
		}
		for j, p := range s.people {
			see(fmt.Sprint("tasks of ", j),
				func() (any, error) { return s.list(ctx, who, url.Values{"assigned_to": {fmt.Sprint(p)}}) })
			see(fmt.Sprint("tasks by ", j),
				func() (any, error) { return s.list(ctx, who, url.Values{"created_by": {fmt.Sprint(p)}}) })
			see(fmt.Sprint("person ", j), func() (any, error) { return s.h.accounts.Member(ctx, who, p) })
		}
		for j, id := range s.tasks {
			see(fmt.Sprint("the history of ", j), func() (any, error) { return s.history(ctx, who, id) })
		}
	}
}

var (
	worldName = regexp.MustCompile(`w[12](c\d+)?`)
	pkNumber  = regexp.MustCompile(`pk "\d+"`)
)

// note keeps an output, with the names of its world taken out and ids by the order of their appearance.
func (s *side) note(what string, out any, err error) {
	text := ""
	if err != nil {
		text = "fails: " + pkNumber.ReplaceAllString(err.Error(), `pk "N"`)
	} else if out != nil {
		b, err := json.Marshal(out, json.Deterministic(true))
		if err != nil {
			panic(err)
		}
		var v any
		if err := stdjson.Unmarshal(b, &v); err != nil {
			panic(err)
		}
		b, _ = stdjson.Marshal(s.names.in(v, ""))
		text = string(b)
	}
	s.outputs = append(s.outputs, what+": "+worldName.ReplaceAllString(text, "w"))
}

// names gives ids numbers in the order of their appearance, by the kind of their subject.
type names struct{ seen map[string]map[any]string }

func (n *names) of(class string, id any) string {
	if n.seen[class] == nil {
		n.seen[class] = map[any]string{}
	}
	if n.seen[class][id] == "" {
		n.seen[class][id] = fmt.Sprintf("%s %d", class, len(n.seen[class]))
	}
	return n.seen[class][id]
}

// in replaces the ids in a JSON value; class is the kind of subject of a number here.
func (n *names) in(v any, class string) any {
	switch v := v.(type) {
	case string:
		if class == "rank" { // the rank of a task that was never moved is its id in other digits
			return n.of(class, v)
		}
	case float64:
		if class != "" {
			return n.of(class, v)
		}
	case []any:
		for i := range v {
			v[i] = n.in(v[i], class)
		}
	case map[string]any:
		has := func(key string) bool { _, ok := v[key]; return ok }
		own := "company"
		switch {
		case has("username"):
			own = "person"
		case has("title"):
			own = "task"
		case has("role"):
			own = "invitation"
		}
		for _, key := range keys(v) {
			next := ""
			switch key {
			case "id":
				next = own
			case "assigned_to", "created_by", "actor":
				next = "person"
			case "company", "rank":
				next = key
			case "old", "new":
				next = class
			}
			v[key] = n.in(v[key], next)
		}
	}
	return v
}

func keys(m map[string]any) (ks []string) {
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// TestThreat_T25_NonInterference runs random histories of two companies that share people and try each other's ids.
// Every answer to the people of the first one equals, word for word, the answer in a world without the second one; and
// the database is consistent afterwards.
func TestThreat_T25_NonInterference(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			people := map[string][]int64{}
			for _, world := range []string{"w1", "w2"} {
				for i := 1; i < persons; i++ {
					id, _, err := h.register(ctx, fmt.Sprint(world, "p", i), fmt.Sprint(world, " home ", i))
					must(t, err)
					people[world] = append(people[world], id)
				}
			}
			ledger, check := audit.New(), 0
			found := func(t *rapid.T, world, which string) *side {
				h.clock.Store(start.UnixMicro())
				founder, id, err := h.register(ctx, fmt.Sprintf("%sc%d.%s", world, check, which),
					fmt.Sprintf("%sc%d %s", world, check, which))
				if err != nil {
					t.Fatal(err)
				}
				return &side{
					h:      h,
					id:     id,
					people: append([]int64{founder}, people[world]...),
					names:  &names{map[string]map[any]string{}},
				}
			}
			rapid.Check(t, func(t *rapid.T) {
				history := rapid.SliceOfN(rapid.Custom(drawStep), 20, 60).Draw(t, "history")
				check++
				a, b, alone := found(t, "w1", "a"), found(t, "w1", "b"), found(t, "w2", "a")
				a.other, b.other = b, a
				for i := 1; i < persons; i++ { // a member, an admin and a guest, the same people in both companies
					for _, s := range []*side{a, b, alone} {
						s.run(ctx, step{Kind: "invite", Person: i, Task: []int{1, 0, 2}[i-1]})
					}
				}
				for _, p := range history {
					if p.B {
						b.run(ctx, p)
					} else {
						a.run(ctx, p)
						alone.run(ctx, p)
					}
				}
				a.observe(ctx)
				// so that no sum over all companies is the same for both
				for _, kind := range []string{"create", "ask"} {
					b.run(ctx, step{Kind: kind, Status: task.Todo})
				}
				alone.observe(ctx)
				for i := range min(len(a.outputs), len(alone.outputs)) {
					if a.outputs[i] != alone.outputs[i] {
						t.Fatalf("with the other company (-) and without (+):\n%s",
							gocmp.Diff(split(a.outputs[i]), split(alone.outputs[i])))
					}
				}
				if len(a.outputs) != len(alone.outputs) {
					t.Fatalf("%d answers with the other company, %d without", len(a.outputs), len(alone.outputs))
				}
				for _, s := range []*side{a, b} {
					for _, o := range s.outputs {
						if strings.Contains(o, " counts ") {
							t.Fatal(o)
						}
					}
				}
				problems, err := ledger.Read(ctx, h.db)
				if err != nil || len(problems) > 0 {
					t.Fatalf("%v\n%s", err, strings.Join(problems, "\n"))
				}
			})
			t.Logf("%d events of %d histories", ledger.Events(), check)
		})
	}
}

// split breaks an output into lines that a difference can be seen in.
func split(s string) []string { return strings.SplitAfter(cmp.Or(s, "nothing"), ",") }
