package property_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

// These tests plant rows that the services never make, or only in a race, and that the schema allows: where a statement names its
// company although its other keys are unique in practice, they show that it does.

// plant stores a session as it is opened at sign-in, and gives its tokens.
func (h *house) plant(t *testing.T, company, user int64, session string) (access string, refresh account.RefreshToken) {
	t.Helper()
	now := h.db.Now()
	must(t, h.db.Scope(company, user, -1).Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO sessions (company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $5, $6)`, session, user, "first", now, now.Add(24*time.Hour))
		return err
	}))
	c := account.Claims{
		Type: account.TokenAccess, UserID: user, CompanyID: company, Session: session, IssuedAt: now.Std(), Expires: now.Add(time.Hour).Std(),
	}
	access, err := h.accounts.Signer.Sign(c)
	must(t, err)
	c.Type, c.ID = account.TokenRefresh, "first"
	refresh.Refresh, err = h.accounts.Signer.Sign(c)
	must(t, err)
	return access, refresh
}

// fresh is the same house as a process that remembers nobody.
func (h *house) fresh(t *testing.T) *house {
	t.Helper()
	a := *h.accounts
	must(t, a.Init())
	return &house{db: h.db, log: h.log, accounts: &a, tasks: h.tasks, clock: h.clock, tokens: map[[2]int64]string{}}
}

// two is a user with a company of their own, who is a member of another one.
func two(t *testing.T, h *house) (user, home, other, owner int64) {
	t.Helper()
	owner, other, err := h.register(t.Context(), "owner", "Acme")
	must(t, err)
	user, home, err = h.register(t.Context(), "guest", "Globex")
	must(t, err)
	join(t, h, other, owner, user)
	return user, home, other, owner
}

func TestThreat_T23_SessionsOfOneNameInTwoCompanies(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			user, home, other, _ := two(t, h)
			access, refresh := h.plant(t, home, user, "same")
			otherAccess, otherRefresh := h.plant(t, other, user, "same")

			_, err := h.accounts.Refresh(ctx, otherRefresh, netip.Addr{})
			must(t, err)
			if _, err := h.accounts.Refresh(ctx, refresh, netip.Addr{}); err != nil {
				t.Errorf("a refresh in the other company used this one's token up: %v", err)
			}
			must(t, h.accounts.Logout(ctx, otherRefresh))
			if err := h.fresh(t).live(ctx, access); err != nil {
				t.Errorf("a logout in the other company ended this one's session: %v", err)
			}
			if err := h.fresh(t).live(ctx, otherAccess); err == nil {
				t.Error("the session that was ended is taken for the one of its name in another company")
			}
		})
	}
}

// live asks whether an access token still holds.
func (h *house) live(ctx context.Context, access string) error {
	_, err := h.accounts.Authenticate(ctx, access)
	return err
}

// TestThreat_A14_RefreshLooksAtTheMemberOfThisCompany plants what a sign-in leaves that was committed while its member was being
// deactivated: a session that nobody has ended.
func TestThreat_A14_RefreshLooksAtTheMemberOfThisCompany(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			user, _, other, owner := two(t, h)
			who, err := h.as(ctx, other, owner)
			must(t, err)
			_, err = do(ctx, h, who, func(who account.Member) error {
				_, err := h.accounts.Change(ctx, who, user, account.MemberChange{IsActive: set(false)})
				return err
			})
			must(t, err)
			access, refresh := h.plant(t, other, user, "late")
			if _, err := h.accounts.Refresh(ctx, refresh, netip.Addr{}); err == nil {
				t.Error("a member who is active elsewhere refreshes a token where they are not")
			}
			if err := h.live(ctx, access); err == nil {
				t.Error("a member who is active elsewhere is let in where they are not")
			}
		})
	}
}
