package auth

import (
	"context"
	"crypto/rand"
	"net/netip"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
)

// RefreshToken is a body with a refresh token.
type RefreshToken struct{ Refresh string }

// Read reads it from a body.
func (in *RefreshToken) Read(f *form.Form) {
	in.Refresh = f.Text("refresh", form.Required, form.WriteOnly).V
}

// Refresh returns the next pair of tokens and makes the given token useless. A token that comes a second time ends the
// session with all of its tokens, because one of its two users is a thief. A client that lost the answer gets no grace.
func (s *Service) Refresh(ctx context.Context, in RefreshToken, from netip.Addr) (t Tokens, err error) {
	if err := allowAddress(s.Limits.RefreshByAddress, from); err != nil {
		return Tokens{}, err
	}
	c, err := s.Signer.Verify(in.Refresh, TokenRefresh)
	if err != nil {
		return Tokens{}, err
	}
	refused := false
	scope := s.DB.SystemScope(c.CompanyID, "a refresh token whose signature holds").AsMember(c.UserID)
	err = scope.Write(ctx, func(tx *db.Tx) error {
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

// endUsedSession ends a session whose refresh token came a second time.
func (s *Service) endUsedSession(tx *db.Tx, n sessionRow) error {
	ended, err := endSession(tx, n)
	if err != nil || !ended {
		return err
	}
	return s.revoke(tx)
}

// revoke makes every node verify the company's callers again, and wakes the connections that outlive a request.
func (s *Service) revoke(tx *db.Tx) error {
	if err := tx.Revoke(); err != nil {
		return err
	}
	s.Log.Hint(tx)
	return nil
}

// Logout ends a session. Its tokens are rejected from the next request on, on every node.
func (s *Service) Logout(ctx context.Context, in RefreshToken) error {
	c, err := s.Signer.Verify(in.Refresh, TokenRefresh)
	if err != nil {
		return err
	}
	return s.endSessionOf(ctx, c)
}

// endSessionOf ends the session of a token.
func (s *Service) endSessionOf(ctx context.Context, c Claims) error {
	scope := s.DB.SystemScope(c.CompanyID, "a token of the session whose signature holds").AsMember(c.UserID)
	return scope.Write(ctx, func(tx *db.Tx) error {
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
