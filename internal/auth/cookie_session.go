package auth

import (
	"context"
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
	Device  Device // for the next sign-in; only LoginWeb sets it
}

// LoginWeb signs in like Login, for the web app.
func (s *Service) LoginWeb(ctx context.Context, in Credentials, from netip.Addr) (Web, error) {
	company, acc, err := s.verifyCredentials(ctx, in, from)
	if err != nil {
		return Web{}, err
	}
	web, err := openSession(ctx, s, company, acc, sessionRow{kind: webSession, agent: in.Agent}, s.web)
	if err == nil {
		web.Device, err = s.newDevice(acc, in.Device, s.DB.Now())
	}
	return web, err
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

// AuthenticateWeb authenticates like Authenticate, for the web app. It also reports whether to renew the session: the
// token has used half of its life, and is not cut short by the age of the session, which no renewal extends.
func (s *Service) AuthenticateWeb(ctx context.Context, token string) (m account.Caller, renew bool, err error) {
	c, err := s.Signer.Verify(token, TokenWeb)
	if err != nil {
		return account.Caller{}, false, err
	}
	m, err = s.caller(ctx, c)
	half := s.DB.Now().Add(s.RefreshTTL / 2).Std().After(c.Expires)
	return m, half && c.Expires.Sub(c.IssuedAt) > s.RefreshTTL-2*time.Second, err // times have whole seconds
}

// RenewWeb renews the caller's session.
func (s *Service) RenewWeb(ctx context.Context, who account.Caller) (Web, error) {
	scope := s.DB.SystemScope(who.Scope.Company(), "a caller who has just been verified").AsMember(who.Actor())
	return db.Write(ctx, scope, func(tx *db.Tx) (Web, error) {
		n := sessionRow{id: who.Session, user: who.Actor(), expires: tx.Now.Add(s.RefreshTTL)}
		expires, err := renewSession(tx, n, s.SessionAge)
		if fail.Is(err, fail.KindNotFound) {
			err = fail.BadToken()
		}
		if err != nil {
			return Web{}, err
		}
		n.expires = expires
		return s.web(tx, n)
	})
}

// LogoutWeb ends a session like Logout, for the web app.
func (s *Service) LogoutWeb(ctx context.Context, token string, everywhere bool) error {
	c, err := s.Signer.Verify(token, TokenWeb)
	if err != nil {
		return err
	}
	return s.endSessionOf(ctx, c, everywhere)
}
