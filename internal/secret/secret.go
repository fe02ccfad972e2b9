// Package secret encrypts values that must be stored but must not be readable in the database, a backup or a job's
// arguments: the token of an invitation that waits to be mailed, the password to another server.
//
// It is not for people's passwords, which are hashed (package auth), nor for values that only must not be forged
// (page.Cursors).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
)

// Box seals with its first key and opens with any of its keys, so that a new key can be put in front. It uses
// AES-256-GCM with a random nonce, which is safe for four billion values per key.
type Box struct{ keys []cipher.AEAD }

// New makes a box with these keys: at least one, of 32 bytes each.
func New(keys ...[]byte) (*Box, error) {
	if len(keys) == 0 {
		return nil, errors.New("secret box: no key given")
	}
	b := &Box{}
	for _, k := range keys {
		if len(k) != 32 {
			return nil, errors.New("secret box: a key must have 32 bytes")
		}
		block, err := aes.NewCipher(k)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		b.keys = append(b.keys, aead)
	}
	return b, nil
}

// Seal encrypts plain to text that only a box with the key opens. about names the purpose and the company; Open needs
// the same about.
func (b *Box) Seal(about string, plain []byte) string {
	//nolint:gosec // G407: it generates its own nonce and takes none
	return base64.RawURLEncoding.EncodeToString(b.keys[0].Seal(nil, nil, plain, []byte(about)))
}

// Open decrypts a text that Seal returned for the same about. It returns false for any other text, and if the key is
// gone.
func (b *Box) Open(about, sealed string) (plain []byte, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return nil, false
	}
	for _, k := range b.keys {
		if plain, err := k.Open(nil, nil, raw, []byte(about)); err == nil {
			return plain, true
		}
	}
	return nil, false
}
