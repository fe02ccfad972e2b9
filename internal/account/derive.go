package account

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Derive is a key for another purpose than signing tokens, the same wherever this key is the same; it does not lead back.
func (k Key) Derive(purpose string) []byte {
	m := hmac.New(sha256.New, k.secret())
	m.Write([]byte("taskhouse " + purpose))
	return m.Sum(nil)
}
