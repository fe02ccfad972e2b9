package account

import (
	"context"
	"crypto/rand"
	"net/netip"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// OperatorTTL is how long an operator's token holds; there is none to renew it with.
const OperatorTTL = 8 * time.Hour

// Operator is a verified operator: an account above companies. It reaches a company through Inside alone.
type Operator struct {
	ID       int64
	Username string
	Session  string
}

// OperatorToken is what an operator's sign-in gives.
type OperatorToken struct {
	Access    string  `json:"access" doc:"Opens the operator's routes, and no others."`
	ExpiresAt db.Time `json:"expires_at"`
}

// OperatorCredentials are an operator's sign-in.
type OperatorCredentials struct{ Username, Password string }

// Read reads them from a body.
func (in *OperatorCredentials) Read(f *form.Form) {
	in.Username = f.Text("username", form.Required, form.Max(254), form.Doc("The username or the e-mail address.")).V
	in.Password = f.Text("password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
}

// OperatorLogin opens an operator's session. As of Login, one hash is computed whoever asks, and the answer does not tell a wrong
// password from an account that is no operator's. The two share their limits of attempts.
func (s *Service) OperatorLogin(ctx context.Context, in OperatorCredentials, from netip.Addr) (t OperatorToken, err error) {
	acc, err := s.verifyPassword(ctx, in.Username, in.Password, from)
	if err != nil {
		return OperatorToken{}, err
	}
	err = s.DB.System("operators stand above companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := noteSignIn(tx, acc.id); err != nil {
			return err
		}
		id, expires := rand.Text(), tx.Now.Add(OperatorTTL)
		if err := insertOperatorSession(tx, id, acc.id, expires); err != nil {
			return err
		}
		t.ExpiresAt = expires
		t.Access, err = s.Signer.Sign(Claims{Type: TokenOperator, UserID: acc.id, Session: id, IssuedAt: tx.Now.Std(), Expires: expires.Std()})
		return err
	})
	if fail.Is(err, fail.KindNotFound) { // no operator, or no longer active
		err = fail.BadLogin()
	}
	return t, err
}

// OperatorLogout ends the operator's session.
func (s *Service) OperatorLogout(ctx context.Context, op Operator) error {
	return s.DB.System("operators stand above companies").Write(ctx, func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE operator_sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, op.Session, tx.Now)
		return err
	})
}

// AuthenticateOperator verifies an operator's token. Nothing of it is remembered: whoever is an operator no longer is none with the
// next request. A member's token that holds is fail.Forbidden, whatever the account is beside.
func (s *Service) AuthenticateOperator(ctx context.Context, token string) (Operator, error) {
	c, err := s.Signer.Verify(token, TokenOperator)
	if err != nil {
		m, e := s.Authenticate(ctx, token)
		if e == nil {
			_, e = s.reverify(ctx, m) // what refuses must not be only remembered
		}
		if e == nil {
			e = fail.Forbidden()
		}
		return Operator{}, e
	}
	op := Operator{ID: c.UserID, Session: c.Session}
	err = s.DB.System("operators stand above companies").Read(ctx, func(tx *db.SystemTx) error {
		op.Username, err = operatorOf(tx, op)
		return err
	})
	if fail.Is(err, fail.KindNotFound) {
		err = fail.BadToken()
	}
	return op, err
}

// Inside is a company as an operator reaches it: with an owner's rights and no membership. What is done so is the operator's in
// that company's log. It is verified with the company's epoch as any caller is.
func (s *Service) Inside(ctx context.Context, op Operator, company int64) (m Caller, err error) {
	var epoch int64
	noCompany := false
	err = s.DB.System("an operator is in no company, and may look into each").Read(ctx, func(tx *db.SystemTx) error {
		if op.Username, err = operatorOf(tx, op); err != nil {
			return err
		}
		m.Company, epoch, err = companyAt(tx, company)
		noCompany = fail.Is(err, fail.KindNotFound)
		return err
	})
	if fail.Is(err, fail.KindNotFound) && !noCompany {
		return Caller{}, fail.BadToken()
	}
	if err != nil {
		return Caller{}, err
	}
	m.Scope = s.DB.CallerScope(company, 0, epoch).AsOperator(op.ID)
	m.Session, m.Role, m.self = op.Session, Owner, &Member{ID: op.ID, Username: op.Username}
	m.people = s.peopleAt(company, epoch)
	return m, nil
}

// NewOperator is an operator to be made: a new account in no company.
type NewOperator struct{ Username, Email, Password string }

// Check is the rules that a registration has for the same fields.
func (in NewOperator) Check() error {
	f := form.Query(nil)
	for _, m := range CheckUsername(in.Username) {
		f.Fail("username", m)
	}
	if in.Email != "" {
		for _, m := range CheckEmail(in.Email) {
			f.Fail("email", m)
		}
	}
	for _, m := range CheckPassword(in.Password, PasswordContext{Username: in.Username, Email: in.Email}) {
		f.Fail("password", m)
	}
	return f.Err()
}

// CreateOperator makes an account that is an operator and a member of no company.
func (s *Service) CreateOperator(ctx context.Context, in NewOperator) (id int64, err error) {
	if err := in.Check(); err != nil {
		return 0, err
	}
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return 0, err
	}
	err = s.DB.System("operators stand above companies").Write(ctx, func(tx *db.SystemTx) error {
		if id, err = insertAccount(tx, Member{Username: in.Username, Email: in.Email}, hash); err != nil {
			return err
		}
		return setSuperuser(tx, id, true)
	})
	if isUnique(err) {
		err = fail.Invalid("username", "A user with that username already exists.")
	}
	return id, err
}

// Promote makes an existing account an operator. Its memberships stay; the operator's routes need a sign-in of their own.
func (s *Service) Promote(ctx context.Context, username string) (id int64, err error) {
	err = s.DB.System("operators stand above companies").Write(ctx, func(tx *db.SystemTx) error {
		a, err := accountBy(tx, `username_key = $1`, UsernameKey(username))
		if err != nil {
			return err
		}
		id = a.id
		return setSuperuser(tx, id, true)
	})
	return id, err
}

// ResetPassword sets the password of the account with this username, from a shell, and ends all its sessions.
func (s *Service) ResetPassword(ctx context.Context, username, password string) error {
	var a accountRow
	var email string
	find := func(tx *db.SystemTx) (err error) {
		if a, err = accountBy(tx, `username_key = $1`, UsernameKey(username)); err != nil {
			return err
		}
		return tx.Query(func(r db.Row) error { return r.Scan(&email) }, `SELECT email FROM users WHERE id = $1`, a.id)
	}
	if err := s.DB.System("accounts belong to no company").Read(ctx, find); err != nil {
		return err
	}
	if messages := CheckPassword(password, PasswordContext{Username: username, Email: email}); len(messages) > 0 {
		return fail.InvalidFields(map[string][]string{"password": messages})
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := find(tx); err != nil {
			return err
		}
		if err := setPassword(tx, a.id, a.password, hash); err != nil {
			return err
		}
		return s.endEverywhere(tx, a.id)
	})
}

// SignOutEverywhere ends all sessions of the account with this username.
func (s *Service) SignOutEverywhere(ctx context.Context, username string) error {
	return s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		a, err := accountBy(tx, `username_key = $1`, UsernameKey(username))
		if err != nil {
			return err
		}
		return s.endEverywhere(tx, a.id)
	})
}

// endEverywhere ends all sessions of an account: in its companies, and as an operator.
func (s *Service) endEverywhere(tx *db.SystemTx, user int64) error {
	if err := endOperatorSessions(tx, user); err != nil {
		return err
	}
	return eachCompany(tx, user, func(tx *db.Tx) error {
		if err := endSessions(tx, user, ""); err != nil {
			return err
		}
		return s.revoke(tx)
	})
}

// AccountChange holds the fields of an account that an operator changes.
type AccountChange struct {
	IsActive    form.Optional[bool]
	IsSuperuser form.Optional[bool]
}

// Read reads it from a body.
func (in *AccountChange) Read(f *form.Form) {
	in.IsActive = f.Bool("is_active", form.Doc("false: the account cannot sign in, in none of its companies, and is signed out everywhere at once."))
	in.IsSuperuser = f.Bool("is_superuser", form.Doc("Whether it is an operator."))
}

// ChangeAccount closes an account or opens it again, and makes it an operator or none. Closing and opening is an event in each of
// the account's companies. Nobody does either to themselves, so that an operator remains.
func (s *Service) ChangeAccount(ctx context.Context, op Operator, id int64, in AccountChange) (a AccountView, err error) {
	err = s.DB.System("accounts belong to no company").Write(ctx, func(tx *db.SystemTx) error {
		if _, err := operatorOf(tx, op); err != nil {
			return fail.BadToken()
		}
		old, err := lockAccount(tx, id)
		if err != nil {
			return err
		}
		if op.ID == id && (in.IsActive.Set && !in.IsActive.V || in.IsSuperuser.Set && !in.IsSuperuser.V) {
			return fail.Conflict("You cannot close your own account or give up being an operator: ask another operator.")
		}
		if in.IsSuperuser.Set && in.IsSuperuser.V != old.IsSuperuser {
			if err := setSuperuser(tx, id, in.IsSuperuser.V); err != nil {
				return err
			}
			if err := endOperatorSessions(tx, id); err != nil {
				return err
			}
		}
		if in.IsActive.Set && in.IsActive.V != old.IsActive {
			if err := s.setActive(tx, op, id, in.IsActive.V); err != nil {
				return err
			}
		}
		a, err = findAccountView(tx, id)
		return err
	})
	return a, err
}

// setActive closes or opens an account, with an event in each of its companies.
func (s *Service) setActive(tx *db.SystemTx, op Operator, user int64, active bool) error {
	if _, err := tx.Exec(`UPDATE users SET is_active = $2 WHERE id = $1`, user, active); err != nil {
		return err
	}
	what := " may sign in again"
	if !active {
		what = " may no longer sign in"
		if err := endOperatorSessions(tx, user); err != nil {
			return err
		}
	}
	return eachCompanyAs(tx, op.ID, user, func(tx *db.Tx) error {
		if !active {
			if err := endSessions(tx, user, ""); err != nil {
				return err
			}
		}
		c, _, err := loadCompany(tx)
		if err != nil {
			return err
		}
		p, err := findMember(tx, user)
		if err != nil {
			return err
		}
		changes := event.Changes{"account_is_active": {Old: !active, New: active}}
		return s.Log.Append(tx, memberEvent(event.MemberUpdated, p.view(c, false), changes, p.Name()+what))
	})
}

// The rows of operators and accounts, above companies.

func insertOperatorSession(tx *db.SystemTx, id string, user int64, expires db.Time) error {
	return db.Found(tx.Exec(`INSERT INTO operator_sessions (id, user_id, created_at, expires_at)
		SELECT $1, id, $3, $4 FROM users WHERE id = $2 AND is_active AND is_superuser`, id, user, tx.Now, expires))
}

func endOperatorSessions(tx *db.SystemTx, user int64) error {
	_, err := tx.Exec(`UPDATE operator_sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL`, user, tx.Now)
	return err
}

// operatorOf is the name of an operator whose session holds; fail.NotFound for anybody else.
func operatorOf(tx *db.SystemTx, op Operator) (username string, err error) {
	found := false
	err = tx.Query(func(r db.Row) error { found = true; return r.Scan(&username) },
		`SELECT u.username FROM operator_sessions s JOIN users u ON u.id = s.user_id
		WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3 AND u.is_active AND u.is_superuser`, op.Session, op.ID, tx.Now)
	if err == nil && !found {
		err = fail.NotFound()
	}
	return username, err
}

// companyAt is a company, and the epoch of its authorizations.
func companyAt(tx *db.SystemTx, id int64) (c Company, epoch int64, err error) {
	found := false
	err = tx.Query(func(r db.Row) error {
		found = true
		return r.Scan(&c.ID, &c.Name, &c.Description, &c.CreatedAt, &epoch)
	}, `SELECT c.company_id, c.name, c.description, c.created_at, h.epoch FROM companies c JOIN heads h ON h.company_id = c.company_id
		WHERE c.company_id = $1`, id)
	if err == nil && !found {
		err = fail.NotFound()
	}
	return c, epoch, err
}

func setSuperuser(tx *db.SystemTx, id int64, is bool) error {
	return db.Found(tx.Exec(`UPDATE users SET is_superuser = $2 WHERE id = $1`, id, is))
}

// noteSignIn notes when an account last signed in; fail.NotFound for one that is closed. It holds the account's row, so that no
// session comes to be beside its closing.
func noteSignIn(tx *db.SystemTx, user int64) error {
	return db.Found(tx.Exec(`UPDATE users SET last_login_at = $2 WHERE id = $1 AND is_active`, user, tx.Now))
}
