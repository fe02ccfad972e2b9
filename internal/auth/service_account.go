package auth

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// refuseServiceAccount returns the failure of a change that gives a service account a password or an operator's rights.
func refuseServiceAccount() error {
	return fail.Conflict("It is a service account of a company: it has no password, and cannot sign in.")
}

// CreateServiceAccount makes an account that cannot sign in, and makes it a member of the caller's company. Its
// username is random: usernames are unique over all companies, and a chosen one would tell whether another has it.
func (s *Service) CreateServiceAccount(
	ctx context.Context, who account.Caller, in account.NewServiceAccount,
) (account.MemberView, error) {
	p := account.Member{
		Username: "service-" + strings.ToLower(rand.Text()[:12]), FirstName: in.Name, Role: in.Role,
		State: account.StateActive, Service: true,
	}
	// The hash of a random password makes a sign-in with its username as expensive as one with any wrong password.
	hash, err := s.hashFor(ctx, "", account.UsernameKey(p.Username), rand.Text())
	if err != nil {
		return account.MemberView{}, err
	}
	door := s.DB.System("a new account belongs to no company yet")
	err = door.Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		if p.ID, err = insertAccount(tx, newAccount{username: p.Username, password: hash, service: true}); err != nil {
			return err
		}
		p.Joined = tx.Now
		return tx.In(who.Scope.Company(), who.Actor(), func(tx *db.Tx) error {
			return s.Accounts.AddServiceAccount(tx, who.Company, p)
		})
	})
	return p.View(who.Company, true), err
}
