package analytics_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/app/apptest"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/task"
)

// house is the product on one database, with a clock that the test moves.
type house struct {
	db       *db.DB
	accounts *account.Service
	auth     *auth.Service
	tasks    *task.Service
	figures  *analytics.Service
	clock    *atomic.Int64
}

func open(t testing.TB, o db.Options) *house {
	t.Helper()
	clock := &atomic.Int64{}
	clock.Store(time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC).UnixMicro())
	if o.Now == nil {
		o.Now = func() time.Time { return time.UnixMicro(clock.Load()) }
	}
	d := dbtest.Open(t, o)
	wired := apptest.Wire(t, d, apptest.Options{})
	a := wired.API
	return &house{db: d, accounts: a.Accounts, auth: a.Auth, tasks: a.Tasks, figures: a.Analytics, clock: clock}
}

type fataler interface{ Fatal(args ...any) }

func must(t fataler, err error) {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// register makes an account and its company.
func (h *house) register(ctx context.Context, username, company string) (user, companyID int64, err error) {
	u, err := h.auth.Register(ctx, auth.Registration{
		Username: username, Email: username + "@example.com", Password: "a-fine-long-phrase", CompanyName: company,
	}, netip.Addr{})
	return u.ID, u.Company.ID, err
}

// as runs fn as a member, and verifies again if rights have changed. It writes the session into the table, because a
// sign-in costs a password hash.
func (h *house) as(ctx context.Context, company, user int64, fn func(account.Caller) error) error {
	session := rand.Text()
	now := h.db.Now()
	err := h.db.SystemScope(company, "a test").AsMember(user).Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO sessions
			(company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at)
			VALUES ($1, $2, $3, $2, $4, $4, $5)`, session, user, now, now.Add(24*time.Hour))
		return err
	})
	if err != nil {
		return err
	}
	token, err := h.auth.Signer.Sign(auth.Claims{
		Type: auth.TokenAccess, UserID: user, CompanyID: company, Session: session, IssuedAt: now.Std(),
		Expires: now.Add(24 * time.Hour).Std(),
	})
	if err != nil {
		return err
	}
	who, err := h.auth.Authenticate(ctx, token)
	if err != nil {
		return err
	}
	for {
		if err = fn(who); !errors.Is(err, db.ErrStale) {
			return err
		}
		if who, err = h.auth.Again(ctx, who); err != nil {
			return err
		}
	}
}
