package account

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
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
	if err := allowAddress(s.LoginByAddress, from); err != nil {
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

// RefreshToken is a body that carries one.
type RefreshToken struct{ Refresh string }

// Read reads it from a body.
func (in *RefreshToken) Read(f *form.Form) {
	in.Refresh = f.Text("refresh", form.Required, form.WriteOnly).V
}

// Refresh gives the next pair of tokens and makes the given one useless. A token that was used before ends the session with
// all its tokens, because one of the two who used it is a thief; there is no grace for a client that lost the answer.
func (s *Service) Refresh(ctx context.Context, in RefreshToken, from netip.Addr) (t Tokens, err error) {
	if err := allowAddress(s.RefreshByAddress, from); err != nil {
		return Tokens{}, err
	}
	c, err := s.Signer.Verify(in.Refresh, TokenRefresh)
	if err != nil {
		return Tokens{}, err
	}
	refused := false
	err = s.DB.SystemScope(c.CompanyID, "a refresh token whose signature holds").AsMember(c.UserID).Write(ctx, func(tx *db.Tx) error {
		n := sessionRow{id: c.Session, user: c.UserID, refresh: rand.Text(), expires: tx.Now.Add(s.RefreshTTL)}
		rotated, err := rotateSession(tx, n, c.ID)
		if err != nil {
			return err
		}
		if refused = !rotated; refused {
			return s.endUsedSession(tx, n)
		}
		t, err = s.tokens(tx, n)
		return err
	})
	if err == nil && refused {
		return Tokens{}, fail.BadToken()
	}
	return t, err
}

// endUsedSession ends a session whose refresh token came back.
func (s *Service) endUsedSession(tx *db.Tx, n sessionRow) error {
	ended, err := endSession(tx, n)
	if err != nil || !ended {
		return err
	}
	return s.revoke(tx)
}

// revoke has every caller of the company verified again, on every node, and wakes those who hold callers for long.
func (s *Service) revoke(tx *db.Tx) error {
	if err := tx.Revoke(); err != nil {
		return err
	}
	s.Log.Hint(tx)
	return nil
}

// Logout ends a session: its tokens are dead with the next request, on every node.
func (s *Service) Logout(ctx context.Context, in RefreshToken) error {
	c, err := s.Signer.Verify(in.Refresh, TokenRefresh)
	if err != nil {
		return err
	}
	return s.endSessionOf(ctx, c)
}

// endSessionOf ends the session of a token.
func (s *Service) endSessionOf(ctx context.Context, c Claims) error {
	return s.DB.SystemScope(c.CompanyID, "a token of the session whose signature holds").AsMember(c.UserID).Write(ctx, func(tx *db.Tx) error {
		ended, err := endSession(tx, sessionRow{id: c.Session, user: c.UserID})
		if err != nil {
			return err
		}
		if !ended {
			return fail.BadToken()
		}
		return s.revoke(tx)
	})
}

// Authenticate verifies an access token and gives its member. What is known of the session is remembered; that it still holds
// is compared by every transaction of the member's Scope, which answers db.ErrStale when it may not: then Again.
func (s *Service) Authenticate(ctx context.Context, token string) (Caller, error) {
	c, err := s.Signer.Verify(token, TokenAccess)
	if err != nil {
		return Caller{}, err
	}
	return s.caller(ctx, c)
}

// caller is the member of a token that holds.
func (s *Service) caller(ctx context.Context, c Claims) (Caller, error) {
	if m, ok := s.callers.GetIfPresent(c.Session); ok && m.Actor() == c.UserID && m.Scope.Company() == c.CompanyID {
		return m, nil
	}
	return s.load(ctx, c.CompanyID, c.UserID, c.Session)
}

// Again verifies a caller anew after db.ErrStale.
func (s *Service) Again(ctx context.Context, who Caller) (Caller, error) { return s.reverify(ctx, who) }

func (s *Service) reverify(ctx context.Context, who Caller) (Caller, error) {
	if op := who.Operator(); op != 0 {
		return s.Inside(ctx, Operator{ID: op, Session: who.Session}, who.Scope.Company())
	}
	s.callers.Invalidate(who.Session)
	return s.load(ctx, who.Scope.Company(), who.Actor(), who.Session)
}

// load reads a session, its member and company, and the epoch at which all of it holds.
func (s *Service) load(ctx context.Context, company, user int64, id string) (m Caller, err error) {
	var epoch int64
	err = s.DB.SystemScope(company, "an access token whose signature holds").AsMember(user).Read(ctx, func(tx *db.Tx) error {
		m, epoch, err = loadCaller(tx, user, id)
		return err
	})
	if fail.Is(err, fail.KindNotFound) {
		return Caller{}, fail.BadToken()
	}
	if err != nil {
		return Caller{}, err
	}
	m.Scope = s.DB.CallerScope(company, user, epoch)
	m.people = s.peopleAt(company, epoch)
	m.people.remember(map[int64]*CachedMember{user: m.cached(m.self)})
	s.callers.Set(id, m)
	return m, nil
}

// SessionStatus says whether a session is still valid.
type SessionStatus int

// A session is valid (Holds), has ended or expired (SignedOut), or its member is not active any more (NoMember).
const (
	SignedOut SessionStatus = iota
	Holds
	NoMember
)

// SessionStatuses returns the status of sessions of a company, by id, for connections that outlive a request. Valid sessions are
// valid at least at the returned epoch.
func (s *Service) SessionStatuses(ctx context.Context, scope db.Scope, sessions []string) (standing map[string]SessionStatus, epoch int64, err error) {
	err = scope.Read(ctx, func(tx *db.Tx) error {
		head, err := event.HeadOf(tx) // first: what changes after it shows in what follows, or moves the epoch beyond it
		if err != nil {
			return err
		}
		epoch = head.Epoch
		standing, err = sessionStatuses(tx, sessions)
		return err
	})
	return standing, epoch, err
}

// peopleAt is what is remembered of a company's persons at an epoch. An older memory is dropped; a newer one is left alone.
func (s *Service) peopleAt(company, epoch int64) *memberCache {
	var at *memberCache
	s.people.Compute(company, func(old *memberCache, found bool) (*memberCache, otter.ComputeOp) {
		switch {
		case found && old.epoch == epoch:
			at = old
			return old, otter.CancelOp
		case found && old.epoch > epoch:
			at = &memberCache{epoch: epoch, byID: map[int64]*CachedMember{}}
			return old, otter.CancelOp
		}
		at = &memberCache{epoch: epoch, byID: map[int64]*CachedMember{}}
		return at, otter.WriteOp
	})
	return at
}

// PasswordChange is a new password, proved by the current one.
type PasswordChange struct{ Current, New string }

// Read reads it from a body.
func (in *PasswordChange) Read(f *form.Form) {
	in.Current = f.Text("current_password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
	in.New = f.Text("new_password", form.Required, form.Raw, form.WriteOnly).V
}

// ChangePassword sets a new password and ends all other sessions of the account, in all its companies.
func (s *Service) ChangePassword(ctx context.Context, who Caller, in PasswordChange, from netip.Addr) error {
	acc, err := s.ownAccount(ctx, who) // first: a session that has ended guesses nothing and uses up no attempts
	if err != nil {
		return err
	}
	if err := s.allowAccount(who.Username(), from); err != nil {
		return err
	}
	if messages := CheckPassword(in.New, passwordContext(who)); len(messages) > 0 {
		return fail.InvalidFields(map[string][]string{"new_password": messages})
	}
	ok, _, err := s.Hasher.Verify(ctx, acc.password, in.Current)
	if err != nil {
		return err
	}
	if !ok {
		return fail.Invalid("current_password", "Your old password was entered incorrectly. Please enter it again.")
	}
	hash, err := s.Hasher.Hash(ctx, in.New)
	if err != nil {
		return err
	}
	return s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		if err := setPassword(tx, acc.id, acc.password, hash); err != nil {
			return err
		}
		return eachCompany(tx, acc.id, func(tx *db.Tx) error {
			if err := endSessions(tx, acc.id, who.Session); err != nil {
				return err
			}
			return s.revoke(tx)
		})
	})
}

// passwordContext returns the caller's data that a new password must not resemble.
func passwordContext(who Caller) PasswordContext {
	p := who.self
	return PasswordContext{Username: p.Username, Email: p.Email, FirstName: p.FirstName, LastName: p.LastName, Company: who.Company.Name}
}

// ProfileChange is what a member changes of themselves.
type ProfileChange struct {
	Email, FirstName, LastName, Phone form.Optional[string]
}

// Read reads it from a body.
func (in *ProfileChange) Read(f *form.Form) {
	in.Email = readEmail(f)
	in.FirstName = f.Text("first_name", form.Blank, form.Max(150))
	in.LastName = f.Text("last_name", form.Blank, form.Max(150))
	in.Phone = f.Text("phone", form.Blank, form.Max(20))
}

func readEmail(f *form.Form, rules ...form.Rule) form.Optional[string] {
	email := f.Text("email", append(rules, form.Max(254), form.Format("email"))...)
	if email.Set && !f.Failed("email") {
		for _, m := range CheckEmail(email.V) {
			f.Fail("email", m)
		}
	}
	return email
}

// ChangeProfile changes how the caller appears. Names and telephone number are the company's view; the e-mail address is the
// account's, and changes with an event in each of its companies.
func (s *Service) ChangeProfile(ctx context.Context, who Caller, in ProfileChange) (u MemberView, err error) {
	apply := func(tx *db.Tx, here bool) (event.Event, error) {
		p, err := findMember(tx, who.Actor())
		if err != nil {
			return event.None, err
		}
		c := event.Changes{}
		if in.Email.Set && p.Email != in.Email.V {
			p.Email, c["email"] = in.Email.V, event.Private
		}
		if here {
			changeNames(&p, in, c)
			u = p.view(who.Company, true)
		}
		if len(c) == 0 {
			return event.None, nil
		}
		return memberEvent(event.MemberUpdated, p.view(Company{ID: tx.Company()}, false), c, p.Name()+" changed their profile"), updateMember(tx, p)
	}
	if !in.Email.Set {
		err = s.Log.Record(ctx, who.Scope, func(tx *db.Tx) (event.Event, error) {
			e, err := apply(tx, true)
			return s.withCompany(e, who), err
		})
		return u, err
	}
	err = s.DB.System("an account's address is shown in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		if err := setEmail(tx, who.Actor(), in.Email.V); err != nil {
			return err
		}
		return eachCompany(tx, who.Actor(), func(tx *db.Tx) error {
			e, err := apply(tx, tx.Company() == who.Scope.Company())
			if err != nil || e.Kind == "" {
				return err
			}
			c, _, err := loadCompany(tx)
			if err != nil {
				return err
			}
			u := e.Data.(MemberView)
			u.Company, e.Data = c, u
			return s.Log.Append(tx, e)
		})
	})
	return u, err
}

// withCompany puts the caller's company into an event about a member.
func (s *Service) withCompany(e event.Event, who Caller) event.Event {
	if u, ok := e.Data.(MemberView); ok {
		u.Company = who.Company
		e.Data = u
	}
	return e
}

func changeNames(p *Member, in ProfileChange, c event.Changes) {
	if in.FirstName.Set && event.Set(c, "first_name", p.FirstName, in.FirstName.V) {
		p.FirstName = in.FirstName.V
	}
	if in.LastName.Set && event.Set(c, "last_name", p.LastName, in.LastName.V) {
		p.LastName = in.LastName.V
	}
	if in.Phone.Set && p.Phone != in.Phone.V {
		p.Phone, c["phone"] = in.Phone.V, event.Private
	}
}

// sessionRow is a row of sessions.
type sessionRow struct {
	id      string
	user    int64
	refresh string
	expires db.Time
	kind    string // when it is opened
	agent   string
}

// ForgetSessions deletes the sessions of all companies whose tokens have expired.
func (s *Service) ForgetSessions(ctx context.Context) error {
	return s.DB.System("the housekeeper sweeps all companies").Write(ctx, func(tx *db.SystemTx) error {
		if _, err := tx.Exec(`DELETE FROM operator_sessions WHERE expires_at < $1`, tx.Now); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM sessions WHERE expires_at < $1`, tx.Now.Add(-s.AccessTTL-time.Minute))
		return err
	})
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

// findAccount finds who signs in under a username or an e-mail address: of several the oldest account, so that nobody takes a
// name over by registering with it as an address, or an address as a name.
func (s *Service) findAccount(ctx context.Context, name string) (a accountRow, err error) {
	email := ""
	if strings.Contains(name, "@") {
		email = EmailKey(name)
	}
	err = s.DB.System("who signs in has no company yet").Read(ctx, func(tx *db.SystemTx) error {
		a, err = accountBy(tx, `username_key = $1 OR (email_key = $2 AND $2 <> '')`, UsernameKey(name), email)
		return err
	})
	return a, err
}

// ownAccount is the caller's.
func (s *Service) ownAccount(ctx context.Context, who Caller) (a accountRow, err error) {
	err = s.DB.System("accounts belong to no company").Read(ctx, func(tx *db.SystemTx) error {
		if err := tx.Verify(who.Scope); err != nil {
			return err
		}
		a, err = accountBy(tx, `id = $1`, who.Actor())
		return err
	})
	return a, err
}
