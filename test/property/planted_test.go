package property_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/task"
)

// These tests plant rows that the services never make, or only in a race, and that the schema allows: where a statement
// names its company although its other keys are unique in practice, they show that it does.

// plant stores a session as it is opened at sign-in, and gives its tokens.
func (h *house) plant(t *testing.T, company, user int64, session string) (access string, refresh auth.RefreshToken) {
	t.Helper()
	now := h.db.Now()
	must(t, h.db.SystemScope(company, "a test").AsMember(user).Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(
			`INSERT INTO sessions (company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $5, $6)`,
			session,
			user,
			"first",
			now,
			now.Add(24*time.Hour),
		)
		return err
	}))
	c := auth.Claims{
		Type: auth.TokenAccess, UserID: user, CompanyID: company, Session: session, IssuedAt: now.Std(),
		Expires: now.Add(time.Hour).Std(),
	}
	access, err := h.auth.Signer.Sign(c)
	must(t, err)
	c.Type, c.ID = auth.TokenRefresh, "first"
	refresh.Refresh, err = h.auth.Signer.Sign(c)
	must(t, err)
	return access, refresh
}

// fresh returns the same server as a process with empty caches.
func (h *house) fresh(t *testing.T) *house {
	t.Helper()
	again := &house{db: h.db, clock: h.clock, tokens: map[[2]int64]string{}}
	again.wire(t)
	return again
}

// two returns a user who owns a company and is a member of another one.
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

			_, err := h.auth.Refresh(ctx, otherRefresh, netip.Addr{})
			must(t, err)
			if _, err := h.auth.Refresh(ctx, refresh, netip.Addr{}); err != nil {
				t.Errorf("a refresh in the other company used this one's token up: %v", err)
			}
			must(t, h.auth.Logout(ctx, auth.LogoutRequest{RefreshToken: otherRefresh}))
			if err := h.fresh(t).live(ctx, access); err != nil {
				t.Errorf("a logout in the other company ended this one's session: %v", err)
			}
			if err := h.fresh(t).live(ctx, otherAccess); err == nil {
				t.Error("the session that was ended is taken for the one of its name in another company")
			}
		})
	}
}

// TestThreat_T19_TheSameKeyInTwoCompanies repeats a request in each of two companies, as one person with one key.
func TestThreat_T19_TheSameKeyInTwoCompanies(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			user, home, other, _ := two(t, h)
			create := func(company int64) int64 {
				who, err := h.as(ctx, company, user)
				must(t, err)
				made, err := h.tasks.Create(ctx, who, task.New{Fields: task.Fields{Title: form.Sent("once")}},
					event.Once{Key: "same", Request: "same"})
				must(t, err)
				if made.Company != company {
					t.Errorf("company %d is answered with a task of company %d", company, made.Company)
				}
				return made.ID
			}
			first := map[int64]int64{home: create(home), other: create(other)}
			for company, id := range first {
				if again := create(company); again != id {
					t.Errorf("company %d is answered task %d, and repeating the request task %d", company, id, again)
				}
			}
		})
	}
}

// TestThreat_T12_StandingOfWhoIsInTwoCompanies asks for the status of a session whose person was removed from another
// company.
func TestThreat_T12_StandingOfWhoIsInTwoCompanies(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			user, home, other, _ := two(t, h)
			sessions := map[int64]string{}
			for company, id := range map[int64]string{home: "at home", other: "elsewhere"} {
				must(t, h.db.SystemScope(company, "a test").AsMember(user).Write(ctx, func(tx *db.Tx) error {
					if _, err := tx.Exec(`DELETE FROM sessions WHERE company_id = $1`); err != nil {
						return err
					}
					_, err := tx.Exec(
						`INSERT INTO sessions (company_id, id, user_id, refresh_id, created_at, refreshed_at,
							expires_at)
						VALUES ($1, $2, $3, 'r', $4, $4, $5)`,
						id,
						user,
						tx.Now,
						tx.Now.Add(time.Hour),
					)
					return err
				}))
				sessions[company] = id
			}
			for _, out := range []int64{home, other} { // in one company after the other: whichever row comes last
				for company, state := range map[int64]string{home: "active", other: "active", out: "inactive"} {
					must(t, h.db.SystemScope(company, "a test").AsMember(user).Write(ctx, func(tx *db.Tx) error {
						_, err := tx.Exec(`UPDATE members SET state = $3 WHERE company_id = $1 AND user_id = $2`, user,
							state)
						return err
					}))
				}
				for company, id := range sessions {
					want := auth.Holds
					if company == out {
						want = auth.NoMember
					}
					got, _, err := h.auth.SessionStatuses(ctx, h.db.SystemScope(company, "a test"),
						[]string{"at home", "elsewhere"})
					must(t, err)
					if got[id] != want || len(got) != 1 {
						t.Errorf("out of company %d: the sessions of company %d stand so: %v", out, company, got)
					}
				}
			}
		})
	}
}

// TestThreat_T23_WhatFollowersReadIsTheirCompanys asks, in one company, for rows of another by id or name, with the
// queries of the followers, which have no caller.
func TestThreat_T23_WhatFollowersReadIsTheirCompanys(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			user, home, other, owner := two(t, h)
			create := func(company int64) int64 {
				who, err := h.as(ctx, company, user)
				must(t, err)
				in := task.New{Fields: task.Fields{Title: form.Sent("mine"), AssignedTo: form.Sent(user)}}
				made, err := h.tasks.Create(ctx, who, in, event.Once{})
				must(t, err)
				return made.ID
			}
			id := create(home)
			create(other)
			invitations := func(tx *db.Tx) (id int64, err error) {
				return id, tx.Query(func(r db.Row) error { return r.Scan(&id) },
					`SELECT id FROM invitations WHERE company_id = $1`)
			}
			var invitation int64
			must(t, h.db.SystemScope(other, "a test").Read(ctx, func(tx *db.Tx) (err error) {
				if invitation, err = invitations(tx); err != nil {
					return err
				}
				if found, err := task.Find(tx, id); err != nil || len(found) != 0 {
					t.Errorf("finds another company's task: %v, %v", found, err)
				}
				if tasks, count, err := task.Open(tx, user, 10); err != nil || count != 1 || len(tasks) != 1 ||
					tasks[0].Company != other {
					t.Errorf("somebody has %d to do here: %v, %v", count, tasks, err)
				}
				if people, err := account.MembersByUsername(tx, "guest"); err != nil || len(people) != 1 {
					t.Errorf("%d persons have this name here: %v", len(people), err)
				}
				if entries, err := event.OfSubject(tx, event.Task, id, 0); err != nil || len(entries) != 0 {
					t.Errorf("reads what happened to another company's task: %v, %v", entries, err)
				}
				return nil
			}))
			// The inviting person has another name in the other company.
			join(t, h, home, user, owner)
			who, err := h.as(ctx, other, owner)
			must(t, err)
			open, err := h.accounts.Invite(ctx, who, account.NewInvitation{Role: account.Ordinary})
			must(t, err)
			for company, name := range map[int64]string{other: "Here", home: "Elsewhere"} {
				must(t, h.db.SystemScope(company, "a test").Write(ctx, func(tx *db.Tx) error {
					_, err := tx.Exec(
						`UPDATE members SET first_name = $3, last_name = '' WHERE company_id = $1 AND user_id = $2`,
						owner,
						name,
					)
					return err
				}))
			}
			must(t, h.db.SystemScope(other, "a test").Read(ctx, func(tx *db.Tx) error {
				if _, by, err := account.OpenInvitation(tx, open.ID); err != nil || by != "Here" {
					t.Errorf("the invitation is by %q, %v", by, err)
				}
				return nil
			}))
			must(t, h.db.SystemScope(home, "a test").Read(ctx, func(tx *db.Tx) error {
				if by, err := account.InvitedBy(tx, invitation); invitation == 0 || !fail.Is(err, fail.KindNotFound) {
					t.Errorf("invitation %d of another company is by %d, %v", invitation, by, err)
				}
				if v, by, err := account.OpenInvitation(tx, open.ID); !fail.Is(err, fail.KindNotFound) {
					t.Errorf("opens another company's invitation: %+v by %q, %v", v, by, err)
				}
				return nil
			}))
		})
	}
}

// live asks whether an access token still holds.
func (h *house) live(ctx context.Context, access string) error {
	_, err := h.auth.Authenticate(ctx, access)
	return err
}

// TestThreat_A14_RefreshLooksAtTheMemberOfThisCompany plants the result of a sign-in that was committed while its
// member was being deactivated: a session that was not ended.
func TestThreat_A14_RefreshLooksAtTheMemberOfThisCompany(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			h := open(t, dbtest.Fresh(t, engine))
			user, _, other, owner := two(t, h)
			who, err := h.as(ctx, other, owner)
			must(t, err)
			_, err = do(ctx, h, who, func(who account.Caller) error {
				_, err := h.accounts.ChangeMember(ctx, who, user, account.MemberChange{IsActive: set(false)})
				return err
			})
			must(t, err)
			access, refresh := h.plant(t, other, user, "late")
			if _, err := h.auth.Refresh(ctx, refresh, netip.Addr{}); err == nil {
				t.Error("a member who is active elsewhere refreshes a token where they are not")
			}
			if err := h.live(ctx, access); err == nil {
				t.Error("a member who is active elsewhere is let in where they are not")
			}
		})
	}
}
