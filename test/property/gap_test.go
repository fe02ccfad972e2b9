package property_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/task"
	"github.com/taskhouse/taskhouse/test/audit"
)

func TestThreat_F21_NoGapUnderConcurrentWriters(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		h := open(t, dbtest.Fresh(t, "sqlite"))
		noGap(t, h, h)
	})
	t.Run("postgres", func(t *testing.T) {
		h := open(t, dbtest.Fresh(t, "postgres"))
		noGap(t, h, h)
	})
	t.Run("postgres, two nodes", func(t *testing.T) {
		o := dbtest.Fresh(t, "postgres")
		noGap(t, open(t, o), open(t, o))
	})
}

// noGap lets eight writers write, four on each node, some of them rolled back, while a member's role changes back and
// forth; a reader with a cursor follows. The reader must see every event that was committed, once and in order.
func noGap(t *testing.T, one, two *house) {
	const writers, each = 8, 30
	ctx := t.Context()
	owner, company, err := one.register(ctx, "owner", "Acme")
	must(t, err)
	guest, _, err := one.register(ctx, "guest", "Elsewhere")
	must(t, err)
	join(t, one, company, owner, guest)

	var mu sync.Mutex
	committed, stale, undone := map[string]bool{}, 0, 0
	var wg, changes sync.WaitGroup
	done := make(chan struct{})
	members := make([]account.Caller, writers)
	for i := range writers {
		h := []*house{one, two}[i%2]
		members[i], err = h.as(ctx, company, owner)
		must(t, err)
	}
	for i := range writers {
		h := []*house{one, two}[i%2]
		wg.Go(func() {
			for n := range each {
				title := fmt.Sprintf("writer %d, task %d", i, n)
				var again int
				var err error
				if n%5 == 4 { // an event that has its number, and is undone with it
					again, err = do(ctx, h, members[i], func(who account.Caller) error {
						return event.Record(ctx, h.log, who.Scope, func(*db.Tx) ([]event.Event, error) {
							return []event.Event{{Kind: event.TaskCreated, Data: title}, {Kind: "undone"}}, nil
						})
					})
					if err == nil {
						t.Errorf("%s: an event of no kind was recorded", title)
					}
					err = nil
				} else {
					again, err = do(ctx, h, members[i], func(who account.Caller) error {
						_, err := h.tasks.Create(ctx, who, task.New{Fields: task.Fields{Title: form.Sent(title)}},
							event.Once{})
						return err
					})
				}
				mu.Lock()
				stale += again
				if n%5 == 4 {
					undone++
				} else if err == nil {
					committed[title] = true
				} else {
					t.Errorf("%s: %v", title, err)
				}
				mu.Unlock()
			}
		})
	}
	changes.Go(func() {
		who, err := one.as(ctx, company, owner)
		for i := 0; err == nil; i++ {
			select {
			case <-done:
				return
			default:
			}
			role := []string{"guest", "member"}[i%2]
			_, err = do(ctx, one, who, func(who account.Caller) error {
				_, err := one.accounts.ChangeMember(ctx, who, guest,
					account.MemberChange{Role: form.Optional[string]{Set: true, V: role}})
				return err
			})
		}
		t.Errorf("change a role: %v", err)
	})
	seen := map[string]int{}
	reading := make(chan error, 1)
	stop := make(chan struct{})
	go func() { reading <- follow(ctx, two, company, stop, seen) }()
	wg.Wait()
	close(done)
	changes.Wait()
	close(stop)
	if err := <-reading; err != nil {
		t.Fatal(err)
	}
	for title := range committed {
		if seen[title] != 1 {
			t.Errorf("%q was committed, and seen %d times", title, seen[title])
		}
	}
	for title, n := range seen {
		if !committed[title] {
			t.Errorf("%q was never committed, and seen %d times", title, n)
		}
	}
	problems, err := audit.New().Read(ctx, one.db)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %q", err, problems)
	}
	t.Logf("%d events of tasks, %d undone, %d stale", len(committed), undone, stale)
}

// follow reads the log with a cursor until stop is closed and nothing more comes, and counts the tasks that it saw
// created.
func follow(ctx context.Context, h *house, company int64, stop <-chan struct{}, seen map[string]int) error {
	cursor := int64(0)
	for last := false; ; {
		var news []event.Entry
		err := h.db.SystemScope(company, "a test").Read(ctx, func(tx *db.Tx) (err error) {
			news, err = event.Since(tx, cursor, 7)
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range news {
			if e.Seq != cursor+1 {
				return fmt.Errorf("after event %d comes %d", cursor, e.Seq)
			}
			cursor = e.Seq
			if e.Kind == event.TaskCreated {
				var data struct {
					Title string `json:"title"`
				}
				if err := json.Unmarshal(e.Data, &data); err != nil {
					return err
				}
				seen[data.Title]++
			}
		}
		if len(news) == 0 && last {
			return nil
		}
		select {
		case <-stop:
			last = len(news) == 0
		default:
		}
	}
}

// join makes a user a member of a company by an invitation.
func join(t testing.TB, h *house, company, owner, user int64) {
	t.Helper()
	ctx := t.Context()
	who, err := h.as(ctx, company, owner)
	must(t, err)
	inv, err := h.accounts.Invite(ctx, who, account.NewInvitation{Role: account.Ordinary})
	must(t, err)
	home, err := h.home(ctx, user)
	must(t, err)
	home, err = h.auth.Again(ctx, home) // a person may have joined since then
	must(t, err)
	_, err = h.accounts.Accept(ctx, home, account.InvitationToken{Token: inv.Token})
	must(t, err)
}
