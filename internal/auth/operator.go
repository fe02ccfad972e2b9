package auth

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// OperatorTTL limits the life of an operator's token. It cannot be renewed.
const OperatorTTL = 8 * time.Hour

// Operator is a verified operator: an account above companies. It reaches a company only through Inside.
type Operator struct {
	ID       int64
	Username string
	Session  string
}

// OperatorToken is the answer to an operator's sign-in.
type OperatorToken struct {
	Access    string  `json:"access" doc:"Opens the operator's routes, and no others."`
	ExpiresAt db.Time `json:"expires_at"`

	Device Device `json:"-"` // of the web app, for the next sign-in
}

// OperatorCredentials is the body of an operator's sign-in.
type OperatorCredentials struct {
	Username, Password string
	Device             string // the browser's device tokens, not a field of the body
	Agent              string // the User-Agent header, not a field of the body
}

// Read reads them from a body.
func (in *OperatorCredentials) Read(f *form.Form) {
	in.Username = f.Text("username", form.Required, form.Exact, form.Max(254),
		form.Doc("The username or the e-mail address.")).V
	in.Password = f.Text("password", form.Required, form.Raw, form.WriteOnly, form.Max(maxPassword)).V
}

// noteFailedSignIn notes an operator's failed sign-in. The name is not kept, because people type passwords into it: the
// entry has the account of that name, if it is an operator's.
func (s *Service) noteFailedSignIn(ctx context.Context, in OperatorCredentials) error {
	name, address := account.UsernameKey(in.Username), ""
	if strings.Contains(in.Username, "@") {
		address = account.EmailKey(in.Username)
	}
	return s.DB.System("operators stand above companies").Write(ctx, func(tx *db.SystemTx) error {
		acc, err := optional(accountBy(tx,
			`(username_key = $1 OR $2 <> '' AND email_key = $2) AND is_superuser`, name, address))
		if err != nil {
			return err
		}
		return event.NoteRepeated(tx, event.Act{
			Name: event.ActSignInFailed, Operator: acc.id, Detail: clipAgent(in.Agent),
		})
	})
}

// OperatorLogin opens an operator's session. Like Login, it computes one hash for every request, and its answer does
// not distinguish a wrong password from an account that is not an operator's. The two share their rate limits.
func (s *Service) OperatorLogin(ctx context.Context, in OperatorCredentials, from netip.Addr) (OperatorToken, error) {
	t, err := s.operatorLogin(ctx, in, from)
	if fail.Is(err, fail.KindUnauthenticated) {
		if failed := s.noteFailedSignIn(ctx, in); failed != nil {
			err = failed
		}
	}
	return t, err
}

func (s *Service) operatorLogin(ctx context.Context, in OperatorCredentials, from netip.Addr) (OperatorToken, error) {
	acc, err := s.verifyPassword(ctx, in.Username, in.Password, Attempt{from, in.Device})
	if err != nil {
		return OperatorToken{}, err
	}
	door := s.DB.System("operators stand above companies")
	t, err := db.Write(ctx, door, func(tx *db.SystemTx) (OperatorToken, error) {
		if err := noteSignIn(tx, acc.id, acc.password); err != nil {
			return OperatorToken{}, err
		}
		id, expires := rand.Text(), tx.Now.Add(OperatorTTL)
		if err := insertOperatorSession(tx, id, acc.id, expires); err != nil {
			return OperatorToken{}, err
		}
		act := event.Act{Name: event.ActSignedIn, Operator: acc.id, Detail: clipAgent(in.Agent)}
		if err := event.Note(tx, act); err != nil {
			return OperatorToken{}, err
		}
		access, err := s.Signer.Sign(Claims{
			Type: TokenOperator, UserID: acc.id, Session: id, IssuedAt: tx.Now.Std(), Expires: expires.Std(),
		})
		if err != nil {
			return OperatorToken{}, err
		}
		device, err := s.newDevice(acc, in.Device, tx.Now)
		return OperatorToken{Access: access, ExpiresAt: expires, Device: device}, err
	})
	if fail.Is(err, fail.KindNotFound) { // not an operator, or no longer active
		err = fail.BadLogin()
	}
	return t, err
}

// OperatorLogout ends the operator's session.
func (s *Service) OperatorLogout(ctx context.Context, op Operator) error {
	return s.DB.System("operators stand above companies").Write(ctx, func(tx *db.SystemTx) error {
		n, err := tx.Exec(
			`UPDATE operator_sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, op.Session, tx.Now)
		if err != nil || n == 0 {
			return err
		}
		return event.Note(tx, event.Act{Name: event.ActSignedOut, Operator: op.ID})
	})
}

// AuthenticateOperator verifies an operator's token. It caches nothing, so an operator's rights end with the next
// request. A member's valid token is fail.Forbidden, even if the account is an operator too.
func (s *Service) AuthenticateOperator(ctx context.Context, token string) (Operator, error) {
	c, err := s.Signer.Verify(token, TokenOperator)
	if err != nil {
		m, e := s.Authenticate(ctx, token)
		if e == nil {
			_, e = s.Again(ctx, m) // 403 is for a member who is one now, not only in the cache
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

// Inside returns the caller that an operator is inside a company: it has an owner's rights and no membership. The
// company's log names the operator as the author of its changes. It is verified with the company's epoch like every
// caller.
func (s *Service) Inside(ctx context.Context, op Operator, company int64) (account.Caller, error) {
	v := account.Verified{Session: op.Session, Role: account.Owner}
	noCompany := false
	door := s.DB.System("an operator is in no company, and may look into each")
	err := door.Read(ctx, func(tx *db.SystemTx) (err error) {
		if op.Username, err = operatorOf(tx, op); err != nil {
			return err
		}
		v.Company, v.Epoch, err = companyAt(tx, company)
		noCompany = fail.Is(err, fail.KindNotFound)
		return err
	})
	if fail.Is(err, fail.KindNotFound) && !noCompany {
		return account.Caller{}, fail.BadToken()
	}
	if err != nil {
		return account.Caller{}, err
	}
	v.Member = account.Member{ID: op.ID, Username: op.Username}
	return s.Accounts.NewCaller(s, s.DB.CallerScope(company, 0, v.Epoch).AsOperator(op.ID), v), nil
}
