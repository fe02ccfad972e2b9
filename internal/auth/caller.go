package auth

import (
	"context"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// Authenticate verifies an access token, or a token for programs, and returns its caller. Callers are cached. Every
// transaction of the caller's Scope compares the epoch, and fails with db.ErrStale if the cached rights may be out of
// date; then use Again.
func (s *Service) Authenticate(ctx context.Context, token string) (account.Caller, error) {
	if IsProgramToken(token) {
		return s.authenticateProgram(ctx, token)
	}
	c, err := s.Signer.Verify(token, TokenAccess)
	if err != nil {
		return account.Caller{}, err
	}
	return s.caller(ctx, c)
}

// caller returns the caller of a verified token.
func (s *Service) caller(ctx context.Context, c Claims) (account.Caller, error) {
	if m, ok := s.callers.GetIfPresent(c.Session); ok && m.Actor() == c.UserID && m.Scope.Company() == c.CompanyID {
		return m, nil
	}
	return s.load(ctx, c.CompanyID, c.UserID, c.Session)
}

// Again verifies a caller again after db.ErrStale.
func (s *Service) Again(ctx context.Context, who account.Caller) (account.Caller, error) {
	if op := who.Operator(); op != 0 {
		return s.Inside(ctx, Operator{ID: op, Session: who.Session}, who.Scope.Company())
	}
	s.callers.Invalidate(who.Session)
	return s.load(ctx, who.Scope.Company(), who.Actor(), who.Session)
}

// load reads a session or a token for programs, its member and company, and the epoch at which all of it holds.
func (s *Service) load(ctx context.Context, company, user int64, id string) (account.Caller, error) {
	v, err := db.Read(ctx, s.DB.SystemScope(company, "a token whose signature or hash holds").AsMember(user),
		func(tx *db.Tx) (account.Verified, error) {
			if token, ok := tokenOf(id); ok {
				return loadTokenCaller(tx, user, token)
			}
			return loadCaller(tx, user, id)
		})
	if fail.Is(err, fail.KindNotFound) {
		return account.Caller{}, fail.BadToken()
	}
	if err != nil {
		return account.Caller{}, err
	}
	who := s.Accounts.NewCaller(s, s.DB.CallerScope(company, user, v.Epoch), v)
	s.callers.Set(id, who)
	return who, nil
}

// SessionStatus says whether a session is still valid.
type SessionStatus int

// A session is valid (Holds), has ended or expired (SignedOut), or its member is not active any more (NoMember).
const (
	SignedOut SessionStatus = iota
	Holds
	NoMember
)

// SessionStatuses returns the status of sessions of a company, by id, for connections that outlive a request. Valid
// sessions are valid at least at the returned epoch.
func (s *Service) SessionStatuses(
	ctx context.Context, scope db.Scope, sessions []string,
) (status map[string]SessionStatus, epoch int64, err error) {
	err = scope.Read(ctx, func(tx *db.Tx) error {
		// The head comes first: a later change shows in the statuses, or moves the epoch beyond this one.
		head, err := event.HeadOf(tx)
		if err != nil {
			return err
		}
		epoch = head.Epoch
		status, err = sessionStatuses(tx, sessions)
		return err
	})
	return status, epoch, err
}
