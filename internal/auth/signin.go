package auth

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// Tokens are what a sign-in gives: the access token for requests, the refresh token for the next pair.
type Tokens struct {
	Refresh string `json:"refresh"`
	Access  string `json:"access"`
}

// Credentials are a sign-in.
type Credentials struct {
	Username string
	Password string
	Company  form.Optional[int64]
	Agent    string // what the client says that it is: no part of the body
}

// Read reads a sign-in from a body.
func (in *Credentials) Read(f *form.Form) {
	in.Username = f.Text("username", form.Required, form.Max(254), form.Doc("The username or the e-mail address.")).V
	in.Password = f.Text("password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
	in.Company = f.ID("company", form.Doc("Which company, for an account that belongs to several; without it the one joined first."))
}

const maxPassword = 128

// Login opens a session. Exactly one password hash is computed, whether or not there is such an account, and the answer tells
// nothing of which part was wrong.
func (s *Service) Login(ctx context.Context, in Credentials, from netip.Addr) (Tokens, error) {
	company, user, err := s.verifyCredentials(ctx, in, from)
	if err != nil {
		return Tokens{}, err
	}
	return openSession(ctx, s, company, sessionRow{user: user, kind: apiSession, agent: in.Agent}, s.tokens)
}

// verifyCredentials verifies a sign-in and returns the account's user and the company that it leads to.
func (s *Service) verifyCredentials(ctx context.Context, in Credentials, from netip.Addr) (company, user int64, err error) {
	acc, err := s.verifyPassword(ctx, in.Username, in.Password, from)
	if err != nil {
		return 0, 0, err
	}
	if company = acc.company(in.Company); company == 0 {
		return 0, 0, fail.BadLogin()
	}
	return company, acc.id, nil
}

// verifyPassword is the account that signs in under a name with its password. It takes an attempt from the limits, and computes
// one hash.
func (s *Service) verifyPassword(ctx context.Context, name, password string, from netip.Addr) (accountRow, error) {
	if err := allowAddress(s.Limits.LoginByAddress, from); err != nil {
		return accountRow{}, err
	}
	if err := s.allowAccount(name, from); err != nil {
		return accountRow{}, err
	}
	acc, err := s.findAccount(ctx, name)
	if fail.Is(err, fail.KindNotFound) {
		if err := s.Hasher.VerifyNobody(ctx, password); err != nil {
			return accountRow{}, err
		}
		return accountRow{}, fail.BadLogin()
	}
	if err != nil {
		return accountRow{}, err
	}
	ok, rehash, err := s.Hasher.Verify(ctx, acc.password, password)
	if err != nil {
		return accountRow{}, err
	}
	if !ok || !acc.active {
		return accountRow{}, fail.BadLogin()
	}
	if rehash {
		err = s.rehash(ctx, acc, password)
	}
	return acc, err
}

// findAccount finds who signs in under a username or an e-mail address: of several the oldest account, so that nobody takes a
// name over by registering with it as an address, or an address as a name.
func (s *Service) findAccount(ctx context.Context, name string) (a accountRow, err error) {
	email := ""
	if strings.Contains(name, "@") {
		email = account.EmailKey(name)
	}
	err = s.DB.System("who signs in has no company yet").Read(ctx, func(tx *db.SystemTx) error {
		a, err = accountBy(tx, `username_key = $1 OR (email_key = $2 AND $2 <> '')`, account.UsernameKey(name), email)
		return err
	})
	return a, err
}

// accountRow is a row of users with its active memberships.
type accountRow struct {
	id        int64
	password  string
	active    bool
	companies []int64 // in the order of joining
}

// company is the one to sign in to: the one asked for, or the first; 0 if there is none.
func (a accountRow) company(asked form.Optional[int64]) int64 {
	for _, c := range a.companies {
		if !asked.Set || asked.V == c {
			return c
		}
	}
	return 0
}

// rehash stores the password under today's parameters.
func (s *Service) rehash(ctx context.Context, acc accountRow, password string) error {
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.DB.System("accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		return setPassword(tx, acc.id, acc.password, hash)
	})
}

// openSession makes a session and what the client gets of it.
func openSession[T any](ctx context.Context, s *Service, company int64, n sessionRow, sign func(*db.Tx, sessionRow) (T, error)) (t T, err error) {
	err = s.DB.System("a sign-in is noted at the account, which belongs to no company").Write(ctx, func(tx *db.SystemTx) error {
		if err := noteSignIn(tx, n.user); err != nil {
			return err
		}
		return tx.In(company, n.user, func(tx *db.Tx) error {
			n.id, n.refresh, n.expires = rand.Text(), rand.Text(), tx.Now.Add(s.RefreshTTL)
			if err := insertSession(tx, n); err != nil {
				return err
			}
			t, err = sign(tx, n)
			return err
		})
	})
	if fail.Is(err, fail.KindNotFound) { // deactivated since the password was looked up
		err = fail.BadLogin()
	}
	return t, err
}

func (s *Service) tokens(tx *db.Tx, n sessionRow) (t Tokens, err error) {
	now := tx.Now.Std()
	c := Claims{Type: TokenRefresh, UserID: n.user, CompanyID: tx.Company(), Session: n.id, ID: n.refresh, IssuedAt: now, Expires: n.expires.Std()}
	if t.Refresh, err = s.Signer.Sign(c); err != nil {
		return Tokens{}, err
	}
	c.Type, c.ID, c.Expires = TokenAccess, "", now.Add(s.AccessTTL)
	t.Access, err = s.Signer.Sign(c)
	return t, err
}
