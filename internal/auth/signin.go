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

// Tokens is the answer to a sign-in: the access token is for requests, the refresh token for the next pair of tokens.
type Tokens struct {
	Refresh string `json:"refresh"`
	Access  string `json:"access"`
}

// Credentials is the body of a sign-in.
type Credentials struct {
	Username string
	Password string
	Company  form.Optional[int64]
	Agent    string // the User-Agent header, not a field of the body
}

// Read reads a sign-in from a body.
func (in *Credentials) Read(f *form.Form) {
	in.Username = f.Text("username", form.Required, form.Max(254), form.Doc("The username or the e-mail address.")).V
	in.Password = f.Text("password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
	in.Company = f.ID("company",
		form.Doc("The company to sign in to, for an account in several; without it the one joined first."))
}

const maxPassword = 128

// Login opens a session. It computes exactly one password hash, whether or not the account exists, and the answer does
// not reveal which part was wrong.
func (s *Service) Login(ctx context.Context, in Credentials, from netip.Addr) (Tokens, error) {
	company, user, err := s.verifyCredentials(ctx, in, from)
	if err != nil {
		return Tokens{}, err
	}
	return openSession(ctx, s, company, sessionRow{user: user, kind: apiSession, agent: in.Agent}, s.tokens)
}

// verifyCredentials verifies a sign-in and returns the account's user and the company that it leads to.
func (s *Service) verifyCredentials(ctx context.Context, in Credentials,
	from netip.Addr,
) (company, user int64, err error) {
	acc, err := s.verifyPassword(ctx, in.Username, in.Password, from)
	if err != nil {
		return 0, 0, err
	}
	if company = acc.company(in.Company); company == 0 {
		return 0, 0, fail.BadLogin()
	}
	return company, acc.id, nil
}

// verifyPassword verifies a name and a password, and returns their account. It counts an attempt against the rate
// limits and computes one hash.
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

// findAccount returns the account with this username or e-mail address. Of several it returns the oldest. So a sign-in
// cannot be taken over by registering a name as an address, or an address as a name.
func (s *Service) findAccount(ctx context.Context, name string) (accountRow, error) {
	email := ""
	if strings.Contains(name, "@") {
		email = account.EmailKey(name)
	}
	return db.Read(ctx, s.DB.System("a sign-in has no company yet"), func(tx *db.SystemTx) (accountRow, error) {
		return accountBy(tx, `username_key = $1 OR (email_key = $2 AND $2 <> '')`, account.UsernameKey(name), email)
	})
}

// accountRow is a row of users with its active memberships.
type accountRow struct {
	id        int64
	password  string
	active    bool
	companies []int64 // in the order of joining
}

// company returns the company to sign in to: the asked one, or else the first. It returns 0 if the account may enter
// none.
func (a accountRow) company(asked form.Optional[int64]) int64 {
	for _, c := range a.companies {
		if !asked.Set || asked.V == c {
			return c
		}
	}
	return 0
}

// rehash stores the password's hash with the current parameters.
func (s *Service) rehash(ctx context.Context, acc accountRow, password string) error {
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.DB.System("accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		return setPassword(tx, acc.id, acc.password, hash)
	})
}

// openSession opens a session and returns its tokens, which sign makes.
func openSession[T any](
	ctx context.Context, s *Service, company int64, n sessionRow, sign func(*db.Tx, sessionRow) (T, error),
) (t T, err error) {
	err = s.DB.System("a sign-in is noted at the account, which belongs to no company").
		Write(ctx, func(tx *db.SystemTx) error {
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
	c := Claims{
		Type: TokenRefresh, UserID: n.user, CompanyID: tx.Company(), Session: n.id, ID: n.refresh,
		IssuedAt: now, Expires: n.expires.Std(),
	}
	if t.Refresh, err = s.Signer.Sign(c); err != nil {
		return Tokens{}, err
	}
	c.Type, c.ID, c.Expires = TokenAccess, "", now.Add(s.AccessTTL)
	t.Access, err = s.Signer.Sign(c)
	return t, err
}
