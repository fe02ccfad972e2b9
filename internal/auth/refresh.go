package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// RefreshToken is a body with a refresh token.
type RefreshToken struct {
	Refresh string
	Agent   string // the User-Agent header, not a field of the body
}

// Read reads it from a body.
func (in *RefreshToken) Read(f *form.Form) {
	in.Refresh = f.Text("refresh", form.Required, form.WriteOnly).V
}

// refreshGrace is the time in which the client that used a refresh token gets the same successor again. Two requests
// of a page may refresh at once, and an answer may get lost.
const refreshGrace = 10 * time.Second

// clientMark identifies the client that used a refresh token, by its User-Agent and address. It is a hash together with
// the token, so that a reader of the database learns neither the address nor the token.
func (in RefreshToken) clientMark(from netip.Addr) string {
	sum := sha256.Sum256([]byte(in.Refresh + "\x00" + clipAgent(in.Agent) + "\x00" + limit.Key(from)))
	return hex.EncodeToString(sum[:])
}

// Refresh returns the next pair of tokens and makes the given token useless. Within refreshGrace the same client gets
// the same pair again. Any other token that comes a second time ends the session with all of its tokens, because one of
// its two users is a thief.
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
		n, err := s.rotate(tx, c, in.clientMark(from))
		if refused = fail.Is(err, fail.KindNotFound); refused {
			return s.endUsedSession(tx, sessionRow{id: c.Session, user: c.UserID})
		}
		if err != nil {
			return err
		}
		t, err = s.tokens(tx, n)
		return err
	})
	if err == nil && refused {
		return Tokens{}, fail.BadToken()
	}
	return t, err
}

// rotate replaces the refresh token of a session, or returns the session as the same client has just renewed it.
func (s *Service) rotate(tx *db.Tx, c Claims, client string) (sessionRow, error) {
	n := sessionRow{
		id: c.Session, user: c.UserID, refresh: rand.Text(), renewed: tx.Now, expires: tx.Now.Add(s.RefreshTTL),
	}
	expires, err := rotateSession(tx, n, c.ID, client, s.SessionAge)
	if fail.Is(err, fail.KindNotFound) {
		return repeatedRotation(tx, n, c.ID, client, tx.Now.Add(-refreshGrace))
	}
	n.expires = expires
	return n, err
}

// endUsedSession ends a session whose refresh token came a second time.
func (s *Service) endUsedSession(tx *db.Tx, n sessionRow) error {
	ended, err := endSession(tx, n)
	if err != nil || !ended {
		return err
	}
	return s.revoke(tx)
}

// revoke makes every node verify the company's callers again, and wakes the connections that outlive a request. The
// live feed hears the hint, verifies its subscribers (verify in live/room.go) and closes their sockets.
func (s *Service) revoke(tx *db.Tx) error {
	if err := tx.Revoke(); err != nil {
		return err
	}
	s.Log.Hint(tx)
	return nil
}

// LogoutRequest is the body of a sign-out.
type LogoutRequest struct {
	RefreshToken

	Everywhere bool
}

// Read reads it from a body.
func (in *LogoutRequest) Read(f *form.Form) {
	in.RefreshToken.Read(f)
	in.Everywhere = f.Bool("everywhere", form.Doc(everywhereDoc)).V
}

// everywhereDoc describes the field or parameter that ends more than one session.
const everywhereDoc = "true: end all sessions of the account, in all its companies, and its operator's sessions."

// LogoutQuery is the query of a sign-out of the web app.
type LogoutQuery struct{ Everywhere bool }

// Read reads the query.
func (q *LogoutQuery) Read(f *form.Form) {
	q.Everywhere = f.Bool("everywhere", form.Doc(everywhereDoc)).V
}

// Logout ends a session, or all sessions of its account. Their tokens are rejected from the next request on, on every
// node.
func (s *Service) Logout(ctx context.Context, in LogoutRequest) error {
	c, err := s.Signer.Verify(in.Refresh, TokenRefresh)
	if err != nil {
		return err
	}
	return s.endSessionOf(ctx, c, in.Everywhere)
}

// endSessionOf ends the session of a token, or all sessions of its account. A token whose session has ended already
// ends nothing.
func (s *Service) endSessionOf(ctx context.Context, c Claims, everywhere bool) error {
	end := func(tx *db.Tx) error {
		ended, err := endSession(tx, sessionRow{id: c.Session, user: c.UserID})
		if err != nil {
			return err
		}
		if !ended {
			return fail.BadToken()
		}
		return s.revoke(tx)
	}
	if !everywhere {
		return s.DB.SystemScope(c.CompanyID, "a token of the session whose signature holds").AsMember(c.UserID).
			Write(ctx, end)
	}
	return s.DB.System("an account's sessions are in all its companies").Write(ctx, func(tx *db.SystemTx) error {
		if err := tx.In(c.CompanyID, c.UserID, end); err != nil {
			return err
		}
		return s.endEverywhere(tx, c.UserID, "")
	})
}

// ForgetSessions deletes the sessions of all companies whose tokens have expired, tokens for programs that expired long
// ago, and links and mails that are of no use any more.
func (s *Service) ForgetSessions(ctx context.Context) error {
	return s.DB.System("the housekeeper sweeps all companies").Write(ctx, func(tx *db.SystemTx) error {
		if _, err := tx.Exec(`DELETE FROM operator_sessions WHERE expires_at < $1`, tx.Now); err != nil {
			return err
		}
		if err := forgetLinks(tx); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM program_tokens WHERE expires_at < $1`, tx.Now.Add(-expiredTokenTTL))
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM sessions WHERE expires_at < $1`, tx.Now.Add(-s.AccessTTL-time.Minute))
		return err
	})
}
