package auth

import (
	"context"
	"crypto/rand"
	"net/netip"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// Web is the session of the web app: one token, which is in its cookie and which the server renews.
type Web struct {
	Token   string
	Expires time.Time
}

// LoginWeb signs in like Login, for the web app.
func (s *Service) LoginWeb(ctx context.Context, in Credentials, from netip.Addr) (Web, error) {
	company, acc, err := s.verifyCredentials(ctx, in, from)
	if err != nil {
		return Web{}, err
	}
	return openSession(ctx, s, company, acc, sessionRow{kind: webSession, agent: in.Agent}, s.web)
}

// web makes the token of a session.
func (s *Service) web(tx *db.Tx, n sessionRow) (w Web, err error) {
	w.Expires = n.expires.Std()
	w.Token, err = s.Signer.Sign(Claims{
		Type: TokenWeb, UserID: n.user, CompanyID: tx.Company(), Session: n.id,
		IssuedAt: tx.Now.Std(), Expires: w.Expires,
	})
	return w, err
}

// AuthenticateWeb verifies a token like Authenticate, for the web app. It also returns the token's expiry.
func (s *Service) AuthenticateWeb(ctx context.Context, token string) (m account.Caller, expires time.Time, err error) {
	c, err := s.Signer.Verify(token, TokenWeb)
	if err != nil {
		return account.Caller{}, expires, err
	}
	m, err = s.caller(ctx, c)
	return m, c.Expires, err
}

// RenewalDue reports whether a session that expires at this time has used half of its life.
func (s *Service) RenewalDue(expires time.Time) bool {
	return s.DB.Now().Add(s.RefreshTTL / 2).Std().After(expires)
}

// RenewWeb renews the caller's session.
func (s *Service) RenewWeb(ctx context.Context, who account.Caller) (Web, error) {
	scope := s.DB.SystemScope(who.Scope.Company(), "a caller who has just been verified").AsMember(who.Actor())
	return db.Write(ctx, scope, func(tx *db.Tx) (Web, error) {
		n := sessionRow{id: who.Session, user: who.Actor(), refresh: rand.Text(), expires: tx.Now.Add(s.RefreshTTL)}
		renewed, err := renewSession(tx, n)
		if err != nil {
			return Web{}, err
		}
		if !renewed {
			return Web{}, fail.BadToken()
		}
		return s.web(tx, n)
	})
}

// LogoutWeb ends a session like Logout, for the web app.
func (s *Service) LogoutWeb(ctx context.Context, token string) error {
	c, err := s.Signer.Verify(token, TokenWeb)
	if err != nil {
		return err
	}
	return s.endSessionOf(ctx, c)
}
