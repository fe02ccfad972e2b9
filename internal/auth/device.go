package auth

import (
	"context"
	"crypto/rand"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

// A device token is the "device cookie" of OWASP: a browser in which an account has signed in keeps it. Attempts with
// it are counted for the device alone, so that attempts from elsewhere lock no owner out there. It opens nothing: the
// password is still needed. Decision 0026 has the reasons.

const (
	// deviceAge is the life of a device token. Every sign-in renews it.
	deviceAge = 365 * 24 * time.Hour
	// devicesPerBrowser is how many accounts a browser keeps a device token of; the one signed in first is dropped.
	devicesPerBrowser = 3
	// deviceSeparator separates the tokens in a cookie. No token contains it.
	deviceSeparator = "~"
)

// Device is the value of the cookie with a browser's device tokens.
type Device struct {
	Value   string
	Expires time.Time
}

// Attempt describes where an attempt on a password comes from.
type Attempt struct {
	From   netip.Addr
	Device string // the browser's device tokens, if it has any
}

// deviceTokens returns the tokens in a cookie, as many as newDevice writes.
func deviceTokens(cookie string) []string {
	all := strings.SplitN(cookie, deviceSeparator, devicesPerBrowser+1)
	return all[:min(len(all), devicesPerBrowser)]
}

// devices returns the claims of a browser's device tokens. It leaves out each token whose signature does not hold.
func (s *Service) devices(cookie string) (all []Claims) {
	for _, token := range deviceTokens(cookie) {
		if c, err := s.Signer.Verify(token, TokenDevice); err == nil {
			all = append(all, c)
		}
	}
	return all
}

// newDevice returns a browser's device tokens with a new one of an account. The device keeps its id, and so the count
// of its attempts.
func (s *Service) newDevice(acc accountRow, cookie string, now db.Time) (Device, error) {
	id := rand.Text()
	var others []string
	for _, token := range deviceTokens(cookie) {
		c, err := s.Signer.Verify(token, TokenDevice)
		switch {
		case err != nil:
		case c.UserID != acc.id:
			others = append(others, token)
		case c.PasswordEpoch == acc.passwordEpoch:
			id = c.Session
		}
	}
	expires := now.Add(deviceAge).Std()
	token, err := s.Signer.Sign(Claims{
		Type: TokenDevice, UserID: acc.id, Session: id, PasswordEpoch: acc.passwordEpoch,
		IssuedAt: now.Std(), Expires: expires,
	})
	if err != nil {
		return Device{}, err
	}
	all := append([]string{token}, others...)
	return Device{Value: strings.Join(all[:min(len(all), devicesPerBrowser)], deviceSeparator), Expires: expires}, nil
}

// trusted is an account that a name may mean and that has signed in on the device of the attempt.
type trusted struct {
	accountRow

	device string
}

// trustedOf returns the accounts that a name may mean and that have signed in on one of the devices since their
// password was changed last.
func (c candidates) trustedOf(tx *db.SystemTx, devices []Claims) (all []trusted, err error) {
	for _, d := range devices {
		acc, err := optional(accountBy(tx, `id = $1 AND password_epoch = $2 AND is_active
			AND (username_key = $3 OR $4 <> '' AND email_key = $4)`,
			d.UserID, d.PasswordEpoch, c.usernameKey, c.emailKey))
		if err != nil {
			return nil, err
		}
		if acc.id != 0 {
			all = append(all, trusted{acc, d.Session})
		}
	}
	return all, nil
}

// allowDevices counts an attempt against the limit of each device, and returns the accounts whose device may go on.
func (s *Service) allowDevices(all []trusted) []trusted {
	return slices.DeleteFunc(all, func(t trusted) bool {
		return allow(s.Limits.LoginByDevice, "device "+t.device) != nil
	})
}

// matchTrusted matches an account like matchAccount, for an attempt that only the limits of its devices allow. It
// computes as many hashes.
func (s *Service) matchTrusted(
	ctx context.Context, found candidates, devices []trusted, password string,
) (accountRow, error) {
	for _, t := range devices {
		found.left--
		if ok, _, err := s.Hasher.Verify(ctx, t.password, password); ok || err != nil {
			return t.accountRow, err
		}
	}
	return accountRow{}, s.failLogin(ctx, found.left, password)
}
