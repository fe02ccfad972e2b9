package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/page"
)

// ProgramToken is a token for programs as the API shows it.
type ProgramToken struct {
	ID         int64               `json:"id"`
	Token      string              `json:"token,omitempty" doc:"Shown once, by the answer that creates it."`
	Hint       string              `json:"hint" doc:"The last characters of the token."`
	Name       string              `json:"name"`
	Scopes     account.TokenScopes `json:"scopes"`
	User       int64               `json:"user" doc:"The member as whom its program acts."`
	UserDetail *account.MemberView `json:"user_detail" nullable:"true"`
	CreatedBy  int64               `json:"created_by"`
	CreatedAt  db.Time             `json:"created_at"`
	ExpiresAt  db.Time             `json:"expires_at"`
	LastUsedAt *db.Time            `json:"last_used_at" nullable:"true" doc:"Within some minutes; null: not used yet."`
}

// The life of a token for programs, in days.
const (
	defaultTokenDays = 90
	maxTokenDays     = 366
)

// maxOpenTokens bounds the tokens of one member that can be used.
const maxOpenTokens = 50

// freshSignIn is the age up to which a sign-in stands for the password.
const freshSignIn = 10 * time.Minute

// expiredTokenTTL is how long an expired token stays in the lists.
const expiredTokenTTL = 30 * 24 * time.Hour

// NewProgramToken is the body of a request for a token.
type NewProgramToken struct {
	Name    string
	Scopes  account.TokenScopes
	Days    int64
	Current form.Optional[string]
}

// Read reads it from a body.
func (in *NewProgramToken) Read(f *form.Form) {
	in.Name = f.Text("name", form.Required, form.Max(100),
		form.Doc("What it is for. All members can read it in the log.")).V
	scopes := f.Choices("scopes", account.TokenScope("").Values(), form.Required,
		form.Doc("The routes that the token opens. Each route names its scope; none includes another."))
	for _, s := range scopes.V {
		in.Scopes = append(in.Scopes, account.TokenScope(s))
	}
	days := f.Int("expires_in_days", 1, maxTokenDays, form.Default(defaultTokenDays))
	if in.Days = defaultTokenDays; days.Set {
		in.Days = days.V
	}
	in.Current = f.Text("current_password", form.Raw, form.WriteOnly, form.Max(maxPassword),
		form.Doc("Required unless this session was opened by a sign-in in the last 10 minutes."))
}

// CreateToken makes a token of the caller's. It needs the password or a fresh sign-in, so that an open browser alone
// does not give away a key for months.
func (s *Service) CreateToken(ctx context.Context, who account.Caller, in NewProgramToken) (ProgramToken, error) {
	return s.createToken(ctx, who, in, personalPrefix, func(tx *db.Tx) (account.Member, error) {
		return account.FindMember(tx, who.Actor())
	})
}

// CreateServiceToken makes a token of a service account. It needs the caller's password or fresh sign-in.
func (s *Service) CreateServiceToken(
	ctx context.Context, who account.Caller, id int64, in NewProgramToken,
) (ProgramToken, error) {
	// An id that is none must not cost an attempt on the password.
	if _, err := db.Read(ctx, who, func(tx *db.Tx) (account.Member, error) {
		return account.FindServiceAccount(tx, id)
	}); err != nil {
		return ProgramToken{}, err
	}
	return s.createToken(ctx, who, in, servicePrefix, func(tx *db.Tx) (account.Member, error) {
		return account.FindServiceAccount(tx, id)
	})
}

func (s *Service) createToken(
	ctx context.Context, who account.Caller, in NewProgramToken, prefix string,
	find func(*db.Tx) (account.Member, error),
) (t ProgramToken, err error) {
	if err := s.stepUp(ctx, who, in.Current); err != nil {
		return t, err
	}
	token := newProgramToken(prefix)
	err = event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		p, err := find(tx)
		if err != nil {
			return event.None, err
		}
		if err := mayHaveToken(tx, p, in.Scopes); err != nil {
			return event.None, err
		}
		view := who.PublicView(&p)
		t = ProgramToken{
			Token: token, Hint: token[len(token)-tokenHint:], Name: in.Name, Scopes: in.Scopes, User: p.ID,
			UserDetail: &view, CreatedBy: tx.Actor(), CreatedAt: tx.Now,
			ExpiresAt: tx.Now.Add(time.Duration(in.Days) * 24 * time.Hour),
		}
		if t.ID, err = insertToken(tx, t, sha256.Sum256([]byte(token))); err != nil {
			return event.None, err
		}
		rest := fmt.Sprintf("created with %s, until %s", in.Scopes, t.ExpiresAt.Std().Format(time.DateOnly))
		return account.TokenEvent(event.TokenCreated, &p, who.Company, t.Name, rest), nil
	})
	return t, err
}

// mayHaveToken rejects a token that a member may not have, and locks the member until the transaction ends.
func mayHaveToken(tx *db.Tx, p account.Member, scopes account.TokenScopes) error {
	if err := account.LockMember(tx, p.ID); err != nil {
		return err
	}
	for _, scope := range scopes {
		if !p.Role.AtLeast(scope.MinRole()) {
			return fail.Invalid("scopes", fmt.Sprintf("The role %s does not allow %s.", p.Role, scope))
		}
	}
	if !p.Active() {
		return fail.Conflict("The service account is deactivated: activate it first.")
	}
	open, err := countOpenTokens(tx, p.ID)
	if err == nil && open >= maxOpenTokens {
		err = fail.Conflict("There are %d tokens already: revoke one first.", open)
	}
	return err
}

// stepUp asks for a fresh proof of the person: the password, or a sign-in a few minutes ago.
func (s *Service) stepUp(ctx context.Context, who account.Caller, current form.Optional[string]) error {
	if current.Set {
		acc, err := s.ownAccount(ctx, who)
		if err != nil {
			return err
		}
		return s.verifyOwn(ctx, acc, current.V, who.Session)
	}
	fresh, err := db.Read(ctx, who, func(tx *db.Tx) (bool, error) {
		return signedInSince(tx, who.Actor(), who.Session, tx.Now.Add(-freshSignIn))
	})
	if err == nil && !fresh {
		err = fail.Invalid("current_password", "Enter your current password, or sign in again.")
	}
	return err
}

// TokenQuery selects the caller's tokens.
type TokenQuery struct{ Page page.Request }

// Read reads the query.
func (q *TokenQuery) Read(f *form.Form) { q.Page = page.Read(f) }

// CompanyTokenQuery selects tokens of a company.
type CompanyTokenQuery struct {
	TokenQuery

	User form.Optional[int64]
}

// Read reads the query.
func (q *CompanyTokenQuery) Read(f *form.Form) {
	q.TokenQuery.Read(f)
	q.User = f.ID("user", form.Doc("Only tokens of this member or service account."))
}

// Tokens lists the caller's tokens, newest first, without the revoked ones.
func (s *Service) Tokens(ctx context.Context, who account.Caller, q TokenQuery) (*page.List[ProgramToken], error) {
	return s.tokenList(ctx, who, who.Actor(), q)
}

// CompanyTokens lists the tokens of all members and service accounts of the company, or of one.
func (s *Service) CompanyTokens(
	ctx context.Context, who account.Caller, q CompanyTokenQuery,
) (*page.List[ProgramToken], error) {
	return s.tokenList(ctx, who, q.User.V, q.TokenQuery)
}

func (s *Service) tokenList(
	ctx context.Context, who account.Caller, user int64, q TokenQuery,
) (*page.List[ProgramToken], error) {
	return db.Read(ctx, who, func(tx *db.Tx) (*page.List[ProgramToken], error) {
		count, err := countTokens(tx, user)
		if err != nil {
			return nil, err
		}
		read := func(p page.Slice) ([]ProgramToken, error) {
			all, err := listTokens(tx, user, p)
			if err != nil {
				return nil, err
			}
			members, err := account.Actors(tx, who, all, func(t *ProgramToken) *int64 { return &t.User })
			for i := range all {
				all[i].UserDetail = members[all[i].User]
			}
			return all, err
		}
		return page.Keyed(s.Cursors, fmt.Sprintf("tokens %d %d", tx.Company(), user), page.Down, q.Page, count, read,
			func(t *ProgramToken) int64 { return t.ID })
	})
}

// RevokeToken revokes a token of the caller's. Requests with it are rejected from now on, on every node, and its live
// connections close.
func (s *Service) RevokeToken(ctx context.Context, who account.Caller, id int64) error {
	return s.revokeToken(ctx, who, id, who.Actor())
}

// RevokeCompanyToken revokes a token of any member or service account. Admins may revoke the tokens of owners too: the
// finder of a leaked token must not have to look for an owner.
func (s *Service) RevokeCompanyToken(ctx context.Context, who account.Caller, id int64) error {
	return s.revokeToken(ctx, who, id, 0)
}

func (s *Service) revokeToken(ctx context.Context, who account.Caller, id, user int64) error {
	return event.Record(ctx, s.Log, who.Scope, func(tx *db.Tx) (event.Event, error) {
		of, name, err := revokeToken(tx, id, user)
		if err != nil {
			return event.None, err
		}
		p, _, err := account.MemberWithCompany(tx, of)
		return account.TokenEvent(event.TokenRevoked, &p, who.Company, name, "revoked"), err
	})
}

// revokeAllTokens revokes all tokens of an account, in each of its companies. An operator of 0 is the system itself.
func (s *Service) revokeAllTokens(tx *db.SystemTx, operator, user int64) error {
	return account.EachCompanyAsOperator(tx, operator, user, func(tx *db.Tx) error {
		return s.revokeTokensOf(tx, user)
	})
}

// revokeTokensOf revokes all tokens of a member in one company, with an event for each.
func (s *Service) revokeTokensOf(tx *db.Tx, user int64) error {
	p, c, err := account.MemberWithCompany(tx, user)
	if err != nil {
		return err
	}
	revoked, err := account.RevokeTokens(tx, &p, c, "")
	if err != nil {
		return err
	}
	return s.Log.Append(tx, revoked...)
}
