package config

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// SecretURL is a URL that may contain a password, which String, fmt, JSON and logs leave out. string(u) is the whole
// URL.
type SecretURL string

// String returns the URL without user information and query, either of which may contain a password.
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

// Format hides the password from every verb, including %x and %#v.
func (u SecretURL) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(u.String())) }

// MarshalText hides the password from JSON and logs.
func (u SecretURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Key is at least 32 secret bytes that sign tokens. String, fmt, JSON and logs print Hidden.
type Key []byte

// Hidden is printed in place of a secret.
const Hidden = "[hidden]"

// minKeyBytes is the least that HMAC-SHA-256 wants (RFC 7518, 3.2).
const minKeyBytes = 32

// String returns Hidden, or nothing if there is no key.
func (k Key) String() string {
	if len(k) == 0 {
		return ""
	}
	return Hidden
}

// Format hides the bytes from every verb, including %x and %s.
func (k Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(k.String())) }

// MarshalText hides the bytes from JSON and logs.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// setKey reads hex, else base64 of either alphabet with or without padding. A text of hex digits only is read as hex:
// as base64 it would be another key, and every node must read the same one.
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
		return errors.New("invalid key (want hex or base64)")
	}
	if len(raw) < minKeyBytes {
		return fmt.Errorf("the key has %d bytes, but needs at least %d", len(raw), minKeyBytes)
	}
	*p = raw
	return nil
}
