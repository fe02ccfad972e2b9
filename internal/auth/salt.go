package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
)

// All accounts with one e-mail address have the same salt. So one hash answers for all of them, and a sign-in with an
// address costs the same whether no account, one or many have the address. Decision 0021 has the reasons.

// saltBytes is the length of the secret that salts are derived from.
const saltBytes = 32

// salts derives the salts of passwords. They differ between installations, and cannot be computed without the secret.
type salts struct{ secret []byte }

// ofAddress returns the salt of the accounts with an e-mail address.
func (s salts) ofAddress(emailKey string) []byte { return s.derive("address " + emailKey) }

// of returns the salt of an account. An account without an address has a salt of its own.
func (s salts) of(emailKey, usernameKey string) []byte {
	if emailKey == "" {
		return s.derive("username " + usernameKey)
	}
	return s.ofAddress(emailKey)
}

func (s salts) derive(name string) []byte {
	m := hmac.New(sha256.New, s.secret)
	m.Write([]byte(name))
	return m.Sum(nil)[:argonSalt]
}

// saltsOf returns the installation's salts. The first call ever makes their secret.
func (s *Service) saltsOf(ctx context.Context) (salts, error) {
	if known := s.salts.Load(); known != nil {
		return *known, nil
	}
	door := s.DB.System("the salts of passwords are the installation's")
	secret, err := db.Read(ctx, door, findSaltSecret)
	if err == nil && secret == "" {
		secret, err = db.Write(ctx, door, func(tx *db.SystemTx) (string, error) {
			if err := insertSaltSecret(tx, newSaltSecret()); err != nil {
				return "", err
			}
			return findSaltSecret(tx) // another node may have been first
		})
	}
	if err != nil {
		return salts{}, err
	}
	made := &salts{secret: []byte(secret)}
	s.salts.Store(made)
	return *made, nil
}

// newSaltSecret returns 256 random bits as text.
func newSaltSecret() string {
	var b strings.Builder
	for b.Len() < saltBytes*8/5 { // rand.Text has 5 bits a character
		b.WriteString(rand.Text())
	}
	return b.String()
}

// hashFor hashes the password of an account with the salt of its address.
func (s *Service) hashFor(ctx context.Context, emailKey, usernameKey, password string) (string, error) {
	known, err := s.saltsOf(ctx)
	if err != nil {
		return "", err
	}
	return s.Hasher.HashWithSalt(ctx, known.of(emailKey, usernameKey), password)
}
