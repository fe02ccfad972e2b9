package config

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// SecretURL is a URL that may hold a password: it shows itself without. string(u) is the URL as given.
type SecretURL string

// String is the URL without user information and query, either of which may hold a password.
func (u SecretURL) String() string {
	if u == "" {
		return ""
	}
	parsed, err := url.Parse(string(u))
	if err != nil {
		return Hidden
	}
	return (&url.URL{Scheme: parsed.Scheme, Host: parsed.Host, Path: parsed.Path}).String()
}

// Format hides the password from every verb, %x and %#v included.
func (u SecretURL) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(u.String())) }

// MarshalText hides the password from JSON and logs.
func (u SecretURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Key is at least 32 secret bytes that sign tokens. It shows itself as hidden.
type Key []byte

// Hidden is printed in place of a secret.
const Hidden = "[hidden]"

// minKeyBytes is the least that HMAC-SHA-256 wants (RFC 7518, 3.2).
const minKeyBytes = 32

// String tells whether there is a key, never which.
func (k Key) String() string {
	if len(k) == 0 {
		return ""
	}
	return Hidden
}

// Format hides the bytes from every verb, %x and %s included.
func (k Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(k.String())) }

// MarshalText hides the bytes from JSON and logs.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// setKey reads hex, else base64 of either alphabet with or without padding. Text that is all hex digits is hex: as
// base64 the same text would be another key, and every node must read the same.
func setKey(p *Key, text string) error {
	if text == "" {
		return nil
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		raw, err = base64.RawStdEncoding.DecodeString(text)
	}
	if err != nil {
		return errors.New("this is neither hex nor base64")
	}
	if len(raw) < minKeyBytes {
		return fmt.Errorf("this is a key of %d bytes, and at least %d are needed", len(raw), minKeyBytes)
	}
	*p = raw
	return nil
}
