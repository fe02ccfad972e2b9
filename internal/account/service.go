package account

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Service is the operations on accounts, companies, members, invitations and sessions.
type Service struct {
	DB     *db.DB
	Log    *event.Log
	Signer *Signer
	Hasher *Hasher

	AccessTTL  time.Duration // life of an access token
	RefreshTTL time.Duration // life of a refresh token, and of a session that is not used
	PublicURL  string        // for the links in invitations, without a slash at the end

	// Limits of attempts; each may be nil, which is no limit.
	// LoginByPair counts an account's attempts from one address, and LoginByAccount from all: it allows more, so that
	// somebody who guesses from one place does not keep the account's owner out.
	LoginByPair, LoginByAccount, LoginByAddress, RegisterByAddress, RefreshByAddress *limit.Limiter

	Cursors *page.Cursors // into lists of members, invitations, companies and accounts

	// HandOver takes the tasks of a member who is leaving, or with nil leaves them unassigned; package task does it.
	HandOver func(ctx context.Context, who Caller, from int64, to *int64) error

	// Invited has an invitation with an address mailed there; package notify does it. nil: the answer alone has the link.
	Invited func(tx *db.Tx, v Invitation, token string) error

	callers *otter.Cache[string, Caller]      // verified callers by session
	people  *otter.Cache[int64, *memberCache] // persons by company
}

// How many callers and companies are remembered at most; the least used go first.
const (
	maxCallers   = 50_000
	maxCompanies = 10_000
)

// Init makes what the service remembers. Call it once, before the first request.
func (s *Service) Init() error {
	var err error
	if s.callers, err = otter.New(&otter.Options[string, Caller]{MaximumSize: maxCallers, InitialCapacity: 16}); err != nil {
		return err
	}
	s.people, err = otter.New(&otter.Options[int64, *memberCache]{MaximumSize: maxCompanies, InitialCapacity: 16})
	return err
}

// allow takes one attempt from a limit.
func allow(l *limit.Limiter, key string) error {
	if l == nil {
		return nil
	}
	if ok, wait := l.Allow(key); !ok {
		return fail.Throttled(wait)
	}
	return nil
}

// allowAccount takes one attempt at an account's password.
func (s *Service) allowAccount(username string, from netip.Addr) error {
	key := UsernameKey(username)
	if err := allow(s.LoginByPair, key+" "+limit.Key(from)); err != nil {
		return err
	}
	return allow(s.LoginByAccount, key)
}

func allowAddress(l *limit.Limiter, addr netip.Addr) error { return allow(l, limit.Key(addr)) }

func stale(err error) bool { return errors.Is(err, db.ErrStale) }

func isUnique(err error) bool { return errors.Is(err, db.ErrUnique) }
