// Package demo creates a sample company for people who try Taskhouse: ten people and weeks of history.
//
// It calls the operations that people use, under a clock that it sets, so that log, history and figures are consistent.
// It writes no rows directly and sends no mail.
package demo

import (
	"cmp"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Options set the size of a sample company.
type Options struct {
	Name  string
	Weeks int
	Tasks int
	Seed  uint64 // the same seed gives the same history; the password differs each time
}

// Make creates a sample company and prints on out how to sign in. If onlyEmpty is set and the database has companies or
// accounts, it does nothing and returns false. It calls progress, unless nil, after each step.
func Make(
	ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer, o Options, onlyEmpty bool,
	progress func(step, all int),
) (made bool, err error) {
	clock := &setClock{}
	d, err := app.OpenDatabaseAt(cfg, log, clock.Now)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := d.Migrate(ctx); err != nil {
		return false, err
	}
	maker, err := newMaker(cfg, d, clock, o)
	if err != nil {
		return false, err
	}
	if onlyEmpty {
		companies, err := maker.accounts.Companies(ctx, account.CompanySearch{Page: page.Number(1, 1)})
		if err != nil || companies.Count > 0 {
			return false, err
		}
		users, err := maker.accounts.Accounts(ctx, account.AccountSearch{Page: page.Number(1, 1)})
		if err != nil || users.Count > 0 {
			return false, err
		}
	}
	if err := maker.run(ctx, progress); err != nil {
		return false, err
	}
	_, err = fmt.Fprintf(out, `%s has %d people, %d tasks and %d weeks behind it.

  Sign in as   %s   (owner; the others: %s)
  Password     %s   (of every account; not shown again: see taskhouse changepassword)
`, o.Name, len(cast), o.Tasks, o.Weeks, cast[0].username(), maker.others(), maker.password)
	return true, err
}

// setClock follows the machine's clock until it is set to a time.
type setClock struct {
	mu sync.Mutex
	at time.Time
}

// Now returns the time that the clock was set to, or the machine's.
func (c *setClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return time.Now()
	}
	return c.at
}

func (c *setClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// maker plans and replays the history of a sample company.
type maker struct {
	options  Options
	clock    *setClock
	random   *rand.Rand
	accounts *account.Service
	auth     *auth.Service
	tasks    *task.Service
	notices  *notify.Service
	follow   *event.Followers
	password string

	begin, end time.Time
	members    []account.Caller // as cast, once they have joined
	steps      []step
}

// step is an action of a member at a time.
type step struct {
	at time.Time
	do func(ctx context.Context) error
}

func newMaker(cfg config.Config, d *db.DB, clock *setClock, o Options) (*maker, error) {
	secret := make([]byte, 32)
	_, _ = crand.Read(secret) // it never fails
	key, err := auth.NewKey(secret)
	if err != nil {
		return nil, err
	}
	signer, err := auth.NewSigner([]auth.Key{key}, app.Issuer, clock.Now)
	if err != nil {
		return nil, err
	}
	h := &maker{
		options:  o,
		clock:    clock,
		random:   rand.New(rand.NewPCG(o.Seed, 7)), //nolint:gosec // a reproducible history, not a secret
		password: crand.Text()[:16],
	}
	events := &event.Log{}
	h.tasks = &task.Service{Log: events}
	h.auth, err = app.NewAuth(auth.Options{
		DB: d, Log: events, Signer: signer, Hasher: auth.NewHasher(0, time.Minute),
		AccessTTL: time.Hour, RefreshTTL: 24 * time.Hour,
	}, "", h.tasks, nil)
	if err != nil {
		return nil, err
	}
	h.accounts = h.auth.Accounts
	quiet := slog.New(slog.DiscardHandler)
	h.notices = &notify.Service{
		DB: d, Queue: job.NewQueue(), Mailer: notify.NewConsole(io.Discard), Links: notify.NewLinks(secret), Log: quiet,
		PublicURL: cfg.PublicURL,
	}
	h.follow = event.NewFollowers(d, quiet, app.Followers(cfg, h.notices)...)
	return h, nil
}

func (h *maker) others() string {
	var names []string
	for _, f := range cast[1:] {
		names = append(names, f.username())
	}
	return strings.Join(names, ", ")
}

// run plans the whole history, and then executes it step by step.
func (h *maker) run(ctx context.Context, progress func(step, all int)) error {
	h.until(time.Now().Add(-time.Hour))
	h.members = make([]account.Caller, len(cast))
	for i, f := range cast {
		h.plan(h.moment(f.joins), func(ctx context.Context) error { return h.join(ctx, i) })
		if f.leaves > 0 {
			h.plan(h.moment(f.leaves), func(ctx context.Context) error { return h.leave(ctx, i) })
		}
	}
	for n := range h.options.Tasks {
		h.planTask(n)
	}
	for at := h.begin.AddDate(0, 0, 1); at.Before(h.end); at = at.AddDate(0, 0, 1) {
		h.plan(at, h.notify)
	}
	slices.SortStableFunc(h.steps, func(a, b step) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for i, s := range h.steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		h.clock.set(s.at)
		if err := s.do(ctx); err != nil {
			return err
		}
		if progress != nil {
			progress(i+1, len(h.steps))
		}
	}
	// Create the notifications of the last hours, and end all sessions.
	h.clock.set(h.end)
	if err := h.follow.CatchUpDue(ctx); err != nil {
		return err
	}
	return h.signOut(ctx)
}

// until sets the end of the history, and its beginning by the number of weeks.
func (h *maker) until(end time.Time) {
	h.end = end.UTC()
	h.begin = working(h.end.AddDate(0, 0, -7*h.options.Weeks))
}

func (h *maker) plan(at time.Time, do func(ctx context.Context) error) {
	if at.Before(h.end) {
		h.steps = append(h.steps, step{at, do})
	}
}

// moment returns the time at a fraction of the history, 0 to 1.
func (h *maker) moment(part float64) time.Time {
	return h.begin.Add(time.Duration(part * float64(h.end.Sub(h.begin))))
}

// working returns t, or the next time within working hours.
func working(t time.Time) time.Time {
	for t.Weekday() == time.Sunday || t.Hour() >= 18 {
		t = time.Date(t.Year(), t.Month(), t.Day()+1, 7, t.Minute(), t.Second(), 0, time.UTC)
	}
	if t.Hour() < 7 {
		t = time.Date(t.Year(), t.Month(), t.Day(), 7, t.Minute(), t.Second(), 0, time.UTC)
	}
	return t
}

// worked returns t, or the last time before it within working hours.
func worked(t time.Time) time.Time {
	switch {
	case t.Hour() < 7:
		t = time.Date(t.Year(), t.Month(), t.Day()-1, 17, t.Minute(), t.Second(), 0, time.UTC)
	case t.Hour() >= 18:
		t = time.Date(t.Year(), t.Month(), t.Day(), 17, t.Minute(), t.Second(), 0, time.UTC)
	}
	if t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, -1)
	}
	return t
}

// after returns a time within working hours after t, later by an exponentially distributed number of hours.
func (h *maker) after(t time.Time, hours float64) time.Time {
	return working(t.Add(time.Duration(h.random.ExpFloat64()*hours*float64(time.Hour)) + time.Minute))
}

func (h *maker) chance(percent int) bool { return h.random.IntN(100) < percent }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// worker picks a member who works there at a time, with a probability by their weight.
func (h *maker) worker(at time.Time) int {
	var all []int
	for i, f := range cast {
		if at.After(h.moment(f.joins)) && (f.leaves == 0 || at.Before(h.moment(f.leaves).Add(-time.Hour))) {
			for range f.weight {
				all = append(all, i)
			}
		}
	}
	if len(all) == 0 {
		return 0
	}
	return pick(h.random, all)
}

// join signs the i-th person up. The first one creates the company and invites the others.
func (h *maker) join(ctx context.Context, i int) error {
	f := cast[i]
	in := auth.Registration{
		Username: f.username(), Email: f.username() + "@bakery.example", Password: h.password, FirstName: f.first,
		LastName: f.last,
		Phone:    fmt.Sprintf("+44 20 7946 %04d", 100+i),
	}
	if i == 0 {
		in.CompanyName = h.options.Name
	} else {
		inv := account.NewInvitation{Role: f.role}
		if err := h.as(ctx, 0, func(who account.Caller) error {
			v, err := h.accounts.Invite(ctx, who, inv)
			in.InvitationToken = v.Token
			return err
		}); err != nil {
			return err
		}
	}
	if _, err := h.auth.Register(ctx, in, netip.Addr{}); err != nil {
		return err
	}
	tokens, err := h.auth.Login(ctx, auth.Credentials{Username: in.Username, Password: h.password}, netip.Addr{})
	if err != nil {
		return err
	}
	if h.members[i], err = h.auth.Authenticate(ctx, tokens.Access); err != nil {
		return err
	}
	// The people do not exist, so they get no mail.
	off := url.Values{}
	for _, k := range notify.Kind("").Values() {
		off.Set(k+"_email", "false")
	}
	var wish notify.PreferencesChange
	wish.Read(form.Query(off))
	return h.as(ctx, i, func(who account.Caller) error {
		_, err := h.notices.ChangePreferences(ctx, who, wish)
		return err
	})
}

// leave hands the i-th person's tasks over and deactivates them.
func (h *maker) leave(ctx context.Context, i int) error {
	to := h.members[1].Actor()
	return h.as(ctx, 0, func(who account.Caller) error {
		if err := h.tasks.HandOver(ctx, who, h.members[i].Actor(), &to); err != nil {
			return err
		}
		_, err := h.accounts.ChangeMember(ctx, who, h.members[i].Actor(),
			account.MemberChange{IsActive: form.Optional[bool]{Set: true, V: false}})
		return err
	})
}

// signOut ends the sessions that created the history.
func (h *maker) signOut(ctx context.Context) error {
	for _, f := range cast {
		if err := h.auth.SignOutEverywhere(ctx, f.username()); err != nil {
			return err
		}
	}
	return nil
}

// notify creates the notifications and marks them as read, except those of the last two days.
func (h *maker) notify(ctx context.Context) error {
	if err := h.follow.CatchUpDue(ctx); err != nil {
		return err
	}
	if h.clock.Now().After(h.end.AddDate(0, 0, -2)) {
		return nil
	}
	for i, m := range h.members {
		if f := cast[i]; m.Session == "" || f.leaves > 0 && h.clock.Now().After(h.moment(f.leaves)) {
			continue
		}
		err := h.as(ctx, i, func(who account.Caller) error {
			_, err := h.notices.MarkAll(ctx, who)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// as calls do as the i-th person, and verifies that caller again if the company's rights have changed.
func (h *maker) as(ctx context.Context, i int, do func(who account.Caller) error) (err error) {
	for {
		if err = do(h.members[i]); !errors.Is(err, db.ErrStale) {
			return err
		}
		if h.members[i], err = h.auth.Again(ctx, h.members[i]); err != nil {
			return err
		}
	}
}

// creation returns when the n-th task is created: within working hours and before the end of the history.
func (h *maker) creation(n int) time.Time {
	part := (float64(n) + h.random.Float64()) / float64(h.options.Tasks)
	at := h.moment(0.06 + 0.94*part)
	if t := working(at); t.Before(h.end) {
		return t
	}
	return worked(at)
}

// scheduleDemo gives some of the tasks a priority, an estimate and dates. It uses no chance, so that a history of the
// same seed stays the same without them.
func scheduleDemo(in *task.Fields, n int, made time.Time) {
	if p := task.Priority(n * 7 % 11); p <= task.Urgent {
		in.Priority = form.Sent(p)
	}
	if n%3 == 0 {
		in.Estimate = form.Sent(int64(1 + n%8))
	}
	day := func(after int) form.Optional[string] {
		return form.Sent(made.AddDate(0, 0, after).Format(time.DateOnly))
	}
	switch n % 5 {
	case 0, 1:
		in.DueDate = day(2 + n%24)
	case 2:
		in.StartDate, in.DueDate = day(1), day(3+n%30)
	case 3:
		if n%4 == 0 {
			in.DueAt = form.Sent(db.At(made.AddDate(0, 0, 1+n%9)))
		}
	}
}

// planTask plans the life of one task.
func (h *maker) planTask(n int) {
	made := h.creation(n)
	title := pick(h.random, demoVerbs) + " " + pick(h.random, demoThings) + pick(h.random, demoPlaces)
	in := task.New{Fields: task.Fields{Title: form.Sent(title), Description: form.Sent(pick(h.random, demoNotes))}}
	scheduleDemo(&in.Fields, n, made)
	creator, worker := h.worker(made), h.worker(made)
	assigned, first := h.chance(85), worker // a later assignee may not have joined yet
	var id int64
	h.plan(made, func(ctx context.Context) error {
		if assigned {
			in.AssignedTo = form.Sent(h.members[first].Actor())
		}
		return h.as(ctx, creator, func(who account.Caller) error {
			t, err := h.tasks.Create(ctx, who, in, event.Once{})
			id = t.ID
			return err
		})
	})
	change := func(at time.Time, by int, c task.Change) {
		if leaves := cast[by].leaves; leaves > 0 && !at.Before(h.moment(leaves)) {
			by = 1
		}
		h.plan(at, func(ctx context.Context) error {
			return h.as(ctx, by,
				func(who account.Caller) error { _, err := h.tasks.Update(ctx, who, id, c); return err })
		})
	}
	status := func(s task.Status) task.Change { return task.Change{Fields: task.Fields{Status: form.Sent(s)}} }
	assign := func(at time.Time, by, to int) {
		h.plan(at, func(ctx context.Context) error {
			c := task.Change{Fields: task.Fields{AssignedTo: form.Sent(h.members[to].Actor())}}
			return h.as(ctx, by,
				func(who account.Caller) error { _, err := h.tasks.Update(ctx, who, id, c); return err })
		})
	}
	at := made
	if !assigned && h.chance(80) {
		at = h.after(at, 10)
		worker = h.worker(at)
		assign(at, worker, worker)
	}
	if h.chance(15) {
		change(h.after(made, 3), creator, task.Change{Fields: task.Fields{Title: form.Sent(title + ", please")}})
	}
	if h.chance(12) {
		at = h.after(at, 20)
		worker = h.worker(at)
		assign(at, creatorAt(h, creator, at), worker)
	}
	if h.chance(6) {
		change(h.after(at, 60), creator, status(task.Cancelled))
		return
	}
	if h.chance(8) { // it stays in todo
		return
	}
	at = h.after(at, 30)
	change(at, worker, status(task.InProgress))
	if h.chance(8) { // it stays in progress
		return
	}
	at = h.after(at, 40)
	change(at, worker, status(task.Done))
	if h.chance(9) {
		at = h.after(at, 30)
		change(at, creator, status(task.InProgress))
		change(h.after(at, 20), worker, status(task.Done))
	}
}

// creatorAt returns the creator of a task, or an admin if the creator has left by then.
func creatorAt(h *maker, creator int, at time.Time) int {
	if leaves := cast[creator].leaves; leaves > 0 && !at.Before(h.moment(leaves)) {
		return 1
	}
	return creator
}
