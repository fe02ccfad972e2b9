package property_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/app/apptest"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/task"
)

// house is the product on one database, with a clock that the test moves.
type house struct {
	db       *db.DB
	log      *event.Log
	accounts *account.Service
	auth     *auth.Service
	tasks    *task.Service
	clock    *atomic.Int64
	tokens   map[[2]int64]string // of a member, by company and user
	signIns  int
}

// start is when every world begins.
var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func open(t testing.TB, o db.Options) *house {
	t.Helper()
	clock := &atomic.Int64{}
	clock.Store(start.UnixMicro())
	o.Now = func() time.Time { return time.UnixMicro(clock.Load()) }
	d := dbtest.Open(t, o)
	h := &house{db: d, clock: clock, tokens: map[[2]int64]string{}}
	h.wire(t)
	return h
}

// wire gives the house services that have nothing in their caches.
func (h *house) wire(t testing.TB) {
	t.Helper()
	a := apptest.Wire(t, h.db, apptest.Options{}).API
	h.log, h.accounts, h.auth, h.tasks = a.Events, a.Accounts, a.Auth, a.Tasks
}

// register makes an account that founds a company.
func (h *house) register(ctx context.Context, username, company string) (user, companyID int64, err error) {
	u, err := h.auth.Register(ctx, auth.Registration{
		Username: username, Email: username + "@example.com", Password: "a-fine-long-phrase", CompanyName: company,
	}, netip.Addr{})
	return u.ID, u.Company.ID, err
}

// as returns a member as a verified caller. Signing in would cost a password hash, so it creates the session directly.
func (h *house) as(ctx context.Context, company, user int64) (account.Caller, error) {
	key := [2]int64{company, user}
	if token := h.tokens[key]; token != "" {
		if m, err := h.auth.Authenticate(ctx, token); err == nil {
			return m, nil
		}
	}
	session := rand.Text()
	h.signIns++
	now := h.db.Now()
	err := h.db.SystemScope(company, "a test").AsMember(user).Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(
			`INSERT INTO sessions (company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at)
			VALUES ($1, $2, $3, $2, $4, $4, $5)`,
			session,
			user,
			now,
			now.Add(24*time.Hour),
		)
		return err
	})
	if err != nil {
		return account.Caller{}, err
	}
	token, err := h.auth.Signer.Sign(auth.Claims{
		Type: auth.TokenAccess, UserID: user, CompanyID: company, Session: session, IssuedAt: now.Std(),
		Expires: now.Add(24 * time.Hour).Std(),
	})
	if err != nil {
		return account.Caller{}, err
	}
	h.tokens[key] = token
	return h.auth.Authenticate(ctx, token)
}

// maxAgain is where verifying a caller again and again is no longer the others' haste.
const maxAgain = 10_000

// do runs an operation as a member, and verifies them again when it must, as the API does.
func do(ctx context.Context, h *house, who account.Caller, fn func(account.Caller) error) (stale int, err error) {
	for {
		if err = fn(who); !errors.Is(err, db.ErrStale) || stale == maxAgain {
			return stale, err
		}
		stale++
		if who, err = h.auth.Again(ctx, who); err != nil {
			return stale, err
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// home returns a user as a member of the company that the user founded.
func (h *house) home(ctx context.Context, user int64) (account.Caller, error) {
	var company int64
	err := h.db.System("where a user comes from").Read(ctx, func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&company) },
			`SELECT min(company_id) FROM members WHERE user_id = $1`, user)
	})
	if err != nil {
		return account.Caller{}, err
	}
	return h.as(ctx, company, user)
}
