// Package secret seals what has to be kept and must not be read by whoever reads the database, a backup or a job's arguments: the token
// of an invitation that is still to be mailed, the password to somebody else's server.
//
// It is not for passwords of people, which are hashed (package account), nor for what only must not be forged (page.Cursors).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
)

// Box seals with its first key and opens with any, so that a new key can be put in front. It is AES-256-GCM with a random nonce,
// which one key may do four billion times.
type Box struct{ keys []cipher.AEAD }

// New makes a box of keys of 32 bytes each, at least one.
func New(keys ...[]byte) (*Box, error) {
	if len(keys) == 0 {
		return nil, errors.New("secret box: needs a key")
	}
	b := &Box{}
	for _, k := range keys {
		if len(k) != 32 {
			return nil, errors.New("secret box: a key has 32 bytes")
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

// Seal gives plain as text that only a box with the key opens. about is what it is for, with the company that it belongs to: sealed for
// one thing it does not open as another.
func (b *Box) Seal(about string, plain []byte) string {
	//nolint:gosec // G407: it makes its nonce itself and takes none
	return base64.RawURLEncoding.EncodeToString(b.keys[0].Seal(nil, nil, plain, []byte(about)))
}

// Open gives back what was sealed about the same; false for anything else, and when the key is gone.
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
