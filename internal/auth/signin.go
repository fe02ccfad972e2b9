package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/netip"
	"slices"
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
	Device   string // the browser's device tokens, not a field of the body
}

// Read reads a sign-in from a body.
func (in *Credentials) Read(f *form.Form) {
	in.Username = f.Text("username", form.Required, form.Exact, form.Max(254),
		form.Doc("The username or the e-mail address.")).V
	in.Password = f.Text("password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
	in.Company = f.ID("company",
		form.Doc("The company to sign in to, for an account in several; without it the one joined first."))
}

const maxPassword = 128

// Login opens a session. The answer and the number of hashes that it costs do not reveal which part was wrong.
func (s *Service) Login(ctx context.Context, in Credentials, from netip.Addr) (Tokens, error) {
	company, acc, err := s.verifyCredentials(ctx, in, from)
	if err != nil {
		return Tokens{}, err
	}
	return openSession(ctx, s, company, acc, sessionRow{kind: apiSession, agent: in.Agent}, s.tokens)
}

// verifyCredentials verifies a sign-in and returns the account and the company that it leads to.
func (s *Service) verifyCredentials(
	ctx context.Context, in Credentials, from netip.Addr,
) (company int64, acc accountRow, err error) {
	if acc, err = s.verifyPassword(ctx, in.Username, in.Password, Attempt{from, in.Device}); err != nil {
		return 0, acc, err
	}
	if company = acc.company(in.Company); company == 0 {
		return 0, acc, fail.BadLogin()
	}
	return company, acc, nil
}

// verifyPassword verifies a name and a password, and returns their account. It counts an attempt against the rate
// limits: an attempt from a device on which the account has signed in against the device's, and any other against those
// of the client's address and of the account.
//
// A failed attempt computes one hash for a username, and addressHashes for a name that may be an address, whether or
// not an account has the name. An account that signs in with its username or with its address computes one, and one
// more if the password is stored with another salt or cost than it would be now.
func (s *Service) verifyPassword(ctx context.Context, name, password string, at Attempt) (accountRow, error) {
	devices := s.devices(at.Device)
	if len(devices) == 0 { // before the database is asked
		if err := allowAddress(s.Limits.LoginByAddress, at.From); err != nil {
			return accountRow{}, err
		}
	}
	known, err := s.saltsOf(ctx)
	if err != nil {
		return accountRow{}, err
	}
	found, err := s.candidates(ctx, known, name, devices)
	if err != nil {
		return accountRow{}, err
	}
	acc, err := s.matchAllowed(ctx, known, found, password, at.From, len(devices) == 0)
	if err != nil {
		return accountRow{}, err
	}
	if !acc.active || acc.service {
		return accountRow{}, fail.BadLogin()
	}
	if want := saltedPrefix(known.of(acc.emailKey, acc.usernameKey)); !strings.HasPrefix(acc.password, want) {
		err = s.rehash(ctx, &acc, password)
	}
	return acc, err
}

// matchAllowed returns the account that a name and a password identify, among those whose limits allow an attempt.
// addressCounted means that the attempt has been counted against the limit of the client's address.
func (s *Service) matchAllowed(
	ctx context.Context, known salts, found candidates, password string, from netip.Addr, addressCounted bool,
) (accountRow, error) {
	devices := s.allowDevices(found.trusted)
	if found.without(devices); len(devices) > 0 && len(found.limited) == 0 {
		return s.matchAccount(ctx, known, found, password)
	}
	var err error
	if !addressCounted {
		err = allowAddress(s.Limits.LoginByAddress, from)
	}
	if err == nil {
		err = s.allowCandidates(found, from)
	}
	switch {
	case err == nil:
		return s.matchAccount(ctx, known, found, password)
	case len(devices) > 0: // attempts from elsewhere must not lock the owner out here
		return s.matchTrusted(ctx, found, devices, password)
	}
	return accountRow{}, err
}

// addressHashes is the number of hashes that a failed sign-in computes for a name that may be an address: for the
// account with that username, for all accounts with that address, and for the oldest of them with another salt.
const addressHashes = 3

// matchAccount returns the account that a name and a password identify, or fail.BadLogin. The account with this
// username comes first, then the accounts with this address: the password decides between them.
func (s *Service) matchAccount(
	ctx context.Context, known salts, found candidates, password string,
) (accountRow, error) {
	try := func(acc accountRow) (bool, error) {
		if acc.id == 0 {
			return false, nil
		}
		found.left--
		ok, _, err := s.Hasher.Verify(ctx, acc.password, password)
		return ok, err
	}
	if ok, err := try(found.byName); ok || err != nil {
		return found.byName, err
	}
	if found.emailKey != "" {
		found.left--
		acc, err := s.matchAddress(ctx, known, found.emailKey, password)
		if err == nil || !fail.Is(err, fail.KindNotFound) {
			return acc, err
		}
		ok, err := try(found.otherSalt)
		if errors.Is(err, errPasswordHash) { // another account's damaged row must not stop this sign-in
			ok, err = false, s.Hasher.VerifyNobody(ctx, password)
		}
		if ok || err != nil {
			return found.otherSalt, err
		}
	}
	return accountRow{}, s.failLogin(ctx, found.left, password)
}

// failLogin returns fail.BadLogin after computing the hashes that are left.
func (s *Service) failLogin(ctx context.Context, left int, password string) error {
	for range left {
		if err := s.Hasher.VerifyNobody(ctx, password); err != nil {
			return err
		}
	}
	return fail.BadLogin()
}

// candidates are the accounts that a name may mean. The id of an account is 0 if there is none.
type candidates struct {
	usernameKey, emailKey string     // of the name; the second is empty if the name cannot be an address
	byName                accountRow // with this username
	otherSalt             accountRow // the oldest one with this address whose password has another salt
	limited               []int64    // the oldest accounts with this name, for the rate limits
	unknown               bool       // no account has the name
	trusted               []trusted  // those that have signed in on the device of the attempt
	left                  int        // the hashes that a failed attempt has yet to compute
}

// without takes accounts out of those whose rate limits apply.
func (c *candidates) without(devices []trusted) {
	c.limited = slices.DeleteFunc(c.limited, func(id int64) bool {
		return slices.ContainsFunc(devices, func(t trusted) bool { return t.id == id })
	})
}

// limitedHolders bounds the accounts of one address against which an attempt counts.
const limitedHolders = 8

// candidates returns the accounts that a name may mean.
func (s *Service) candidates(
	ctx context.Context, known salts, name string, devices []Claims,
) (candidates, error) {
	c := candidates{usernameKey: account.UsernameKey(name), left: 1}
	if strings.Contains(name, "@") {
		c.emailKey, c.left = account.EmailKey(name), addressHashes
	}
	err := s.DB.System("a sign-in has no company yet").Read(ctx, func(tx *db.SystemTx) error {
		if err := c.find(tx, known); err != nil {
			return err
		}
		var err error
		c.trusted, err = c.trustedOf(tx, devices)
		return err
	})
	return c, err
}

// find finds the accounts.
func (c *candidates) find(tx *db.SystemTx, known salts) (err error) {
	if c.byName, err = optional(accountBy(tx, `username_key = $1`, c.usernameKey)); err != nil {
		return err
	}
	c.limited = nil
	if c.emailKey != "" {
		if c.limited, err = holdersOf(tx, c.emailKey, limitedHolders); err != nil {
			return err
		}
		prefix := saltedPrefix(known.ofAddress(c.emailKey))
		c.otherSalt, err = optional(findOtherSalt(tx, c.emailKey, prefix, c.byName.id))
	}
	if c.byName.id != 0 && !slices.Contains(c.limited, c.byName.id) {
		c.limited = append(c.limited, c.byName.id)
	}
	c.unknown = len(c.limited) == 0
	return err
}

// allowCandidates counts an attempt against the rate limits of the accounts that its name may mean. If no account has
// the name, the attempt counts against the name.
func (s *Service) allowCandidates(c candidates, from netip.Addr) error {
	if c.unknown {
		return s.allowName(c.usernameKey, c.emailKey, from)
	}
	for _, id := range c.limited {
		if err := s.allowAccount(id, from); err != nil {
			return err
		}
	}
	return nil
}

// optional turns fail.NotFound into the zero account.
func optional(acc accountRow, err error) (accountRow, error) {
	if fail.Is(err, fail.KindNotFound) {
		return accountRow{}, nil
	}
	return acc, err
}

// matchAddress returns the account with an address and a password, or fail.NotFound. It computes one hash: the accounts
// with an address share its salt, so that the database finds the account whose hash is equal. There is no bound on
// their number, because a bound would tell how many other accounts have the address. An account that must confirm its
// address and has not is left out.
func (s *Service) matchAddress(ctx context.Context, known salts, emailKey, password string) (accountRow, error) {
	hash, err := s.Hasher.HashWithSalt(ctx, known.ofAddress(emailKey), password)
	if err != nil {
		return accountRow{}, err
	}
	return db.Read(ctx, s.DB.System("a sign-in has no company yet"), func(tx *db.SystemTx) (accountRow, error) {
		acc, err := optional(accountBy(tx,
			`email_key = $1 AND password = $2 AND is_active AND `+addressWorks, emailKey, hash))
		if err == nil && acc.id == 0 {
			err = fail.NotFound()
		}
		return acc, err
	})
}

// accountRow is a row of users with its active memberships.
type accountRow struct {
	id            int64
	usernameKey   string
	emailKey      string
	password      string
	passwordEpoch int64 // counts the changes of the password
	active        bool
	service       bool    // it cannot sign in, whatever its password
	companies     []int64 // in the order of joining
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

// rehash stores the password's hash with the current parameters, unless another sign-in has just done so.
func (s *Service) rehash(ctx context.Context, acc *accountRow, password string) error {
	hash, err := s.hashFor(ctx, acc.emailKey, acc.usernameKey, password)
	if err != nil {
		return err
	}
	err = s.DB.System("accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		return setPassword(tx, acc.id, acc.password, hash)
	})
	if err == nil || fail.Is(err, fail.KindConflict) {
		acc.password, err = hash, nil
	}
	return err
}

// openSession opens a session of a verified account and returns its tokens, which sign makes. If the password has
// changed since it was verified, openSession fails as for a wrong password.
func openSession[T any](
	ctx context.Context, s *Service, company int64, acc accountRow, n sessionRow,
	sign func(*db.Tx, sessionRow) (T, error),
) (t T, err error) {
	n.user = acc.id
	err = s.DB.System("a sign-in is noted at the account, which belongs to no company").
		Write(ctx, func(tx *db.SystemTx) error {
			if err := noteSignIn(tx, acc.id, acc.password); err != nil {
				return err
			}
			return tx.In(company, n.user, func(tx *db.Tx) error {
				n.id, n.refresh, n.renewed = rand.Text(), rand.Text(), tx.Now
				n.expires = tx.Now.Add(min(s.RefreshTTL, s.SessionAge))
				if err := insertSession(tx, n); err != nil {
					return err
				}
				t, err = sign(tx, n)
				return err
			})
		})
	if fail.Is(err, fail.KindNotFound) { // deactivated, or another password, since it was verified
		err = fail.BadLogin()
	}
	return t, err
}

// tokens makes the tokens of a session as it was last renewed. The same row gives the same tokens: nothing of them is
// stored but their ids. No token outlives its session.
func (s *Service) tokens(tx *db.Tx, n sessionRow) (t Tokens, err error) {
	c := Claims{
		Type: TokenRefresh, UserID: n.user, CompanyID: tx.Company(), Session: n.id, ID: n.refresh,
		IssuedAt: n.renewed.Std(), Expires: n.expires.Std(),
	}
	if t.Refresh, err = s.Signer.Sign(c); err != nil {
		return Tokens{}, err
	}
	c.Type, c.ID = TokenAccess, accessID(n.refresh)
	c.Expires = min(n.expires, n.renewed.Add(s.AccessTTL)).Std()
	t.Access, err = s.Signer.Sign(c)
	return t, err
}

// accessID returns the id of the access token that goes with a refresh token. It does not reveal the latter's.
func accessID(refresh string) string {
	sum := sha256.Sum256([]byte("access token of " + refresh))
	return base32.StdEncoding.EncodeToString(sum[:])[:26] // 130 bits, as rand.Text has
}
