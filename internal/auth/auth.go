// Package auth authenticates people: it signs them up and in, verifies passwords, tokens and sessions, and makes the
// account.Caller of a request. Operators, who are above companies, sign in here too.
//
// It does not manage the people of a company (package account does), does not decide what a caller may do to a task
// (package task does), and knows no HTTP: package api maps its failures to statuses.
package auth

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/limit"
	"github.com/taskhouse/taskhouse/internal/page"
)

// Options are the parts of a Service. Signer and Cursors may be nil for a command that neither signs in nor lists
// sessions.
type Options struct {
	DB       *db.DB
	Log      *event.Log
	Accounts *account.Service
	Signer   *Signer
	Hasher   *Hasher
	Cursors  *page.Cursors // of lists of sessions
	Mails    *MailQueue    // nil for a command: no mail is queued

	// AskConfirm mails a link to each new address that confirms it. With MustConfirm the address must be confirmed
	// before it signs in and gets mails about tasks. That is for installations with a mail server: without one the
	// links are printed in the server's terminal.
	AskConfirm, MustConfirm bool

	AccessTTL  time.Duration // life of an access token
	RefreshTTL time.Duration // life of a refresh token, and of a session that is not used
	SessionAge time.Duration // life of a session however often it is renewed; 0: DefaultSessionAge
	Limits     Limits
}

// Limits are the rate limits of attempts to sign in, sign up and refresh. A nil limiter does not limit.
//
// LoginByPair counts the attempts on an account from one address, and LoginByAccount those from all addresses. The
// second allows more, so that one address that guesses passwords does not lock out the account's owner. LoginByDevice
// counts the attempts from a device on which the account has signed in, and from a session, instead of the other three.
type Limits struct {
	LoginByPair, LoginByAccount, LoginByAddress, LoginByDevice, RegisterByAddress, RefreshByAddress *limit.Limiter

	ResetByAddress *limit.Limiter // of requests for a link that sets a new password
	MailsByAccount *limit.Limiter // of requests for another link that confirms an address
}

// Service authenticates people and operators.
type Service struct {
	Options

	callers *otter.Cache[string, account.Caller] // verified callers by session
	known   *otter.Cache[tokenHash, *knownToken] // tokens for programs
	salts   atomic.Pointer[salts]                // nil until they are read
}

// DefaultSessionAge is the life of a session that is renewed again and again.
const DefaultSessionAge = 90 * 24 * time.Hour

// maxCallers bounds the cache of verified callers; it evicts the least used first.
const maxCallers = 50_000

// New makes a Service with empty caches.
func New(o Options) (*Service, error) {
	callers, err := otter.New(&otter.Options[string, account.Caller]{MaximumSize: maxCallers, InitialCapacity: 16})
	if err != nil {
		return nil, err
	}
	tokens, err := otter.New(&otter.Options[tokenHash, *knownToken]{MaximumSize: maxCallers, InitialCapacity: 16})
	if err != nil {
		return nil, err
	}
	o.SessionAge = cmp.Or(o.SessionAge, DefaultSessionAge)
	return &Service{Options: o, callers: callers, known: tokens}, nil
}

// allow counts an attempt against a rate limit.
func allow(l *limit.Limiter, key string) error {
	if l == nil {
		return nil
	}
	if ok, wait := l.Allow(key); !ok {
		return fail.Throttled(wait)
	}
	return nil
}

// allowAccount counts an attempt on the password of an account. It counts by the account's id, so that an account has
// one limit, however its username and address are written.
func (s *Service) allowAccount(user int64, from netip.Addr) error {
	return s.allowAttempt(fmt.Sprint("account ", user), from)
}

// allowName counts an attempt with a name that no account has.
func (s *Service) allowName(usernameKey, emailKey string, from netip.Addr) error {
	return s.allowAttempt("name "+cmp.Or(emailKey, usernameKey), from)
}

func (s *Service) allowAttempt(key string, from netip.Addr) error {
	if err := allow(s.Limits.LoginByPair, key+" "+limit.Key(from)); err != nil {
		return err
	}
	return allow(s.Limits.LoginByAccount, key)
}

func allowAddress(l *limit.Limiter, addr netip.Addr) error { return allow(l, limit.Key(addr)) }

func isUnique(err error) bool { return errors.Is(err, db.ErrUnique) }
