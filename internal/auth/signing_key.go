package auth

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// keyMinBytes is the minimum length of a key: that of the hash (RFC 7518, 3.2).
const keyMinBytes = 32

// Key is a secret that signs tokens, and its name. The name (kid) is derived from the secret, so that nodes with the
// same key agree on it. Printing a Key does not show the secret.
type Key struct {
	id string
	// secret is a function because fmt prints every other type: a printed Signer or Config shows an address instead of
	// the key.
	secret func() []byte
}

// NewKey makes a Key of at least 32 random bytes. It rejects a secret that is shorter, or that has so few different
// bytes that it cannot be random.
func NewKey(secret []byte) (Key, error) {
	if len(secret) < keyMinBytes {
		return Key{}, fmt.Errorf("signing key: %d bytes are too few, it needs %d random ones", len(secret), keyMinBytes)
	}
	if !looksRandom(secret) {
		return Key{}, errors.New("signing key: its bytes repeat, it is not random")
	}
	secret = bytes.Clone(secret)
	// The hash is domain-separated, so that the public name reveals nothing about a signature.
	sum := sha256.Sum256(append([]byte("taskhouse key name\x00"), secret...))
	return Key{id: hex.EncodeToString(sum[:8]), secret: func() []byte { return secret }}, nil
}

// looksRandom returns false for placeholders (zeros, one word repeated). Random bytes fail it once in more than 2^100
// keys, and so do random hexadecimal digits of the same strength.
func looksRandom(secret []byte) bool {
	var seen [256]bool
	different := 0
	for _, b := range secret {
		if !seen[b] {
			seen[b] = true
			different++
		}
	}
	return different >= 8
}

// ID returns the name of the key, the kid of its tokens: 16 hexadecimal digits, which are not secret.
func (k Key) ID() string { return k.id }

func (k Key) String() string { return "key " + k.id }

// sign returns the signature in unpadded base64url.
func (k Key) sign(signed string) []byte {
	mac := hmac.New(sha256.New, k.secret())
	mac.Write([]byte(signed))
	var sum [sha256.Size]byte
	out := make([]byte, tokenSignature)
	base64.RawURLEncoding.Encode(out, mac.Sum(sum[:0]))
	return out
}

// Derive returns a key for a purpose other than signing tokens. It is the same on every node with this key, and does
// not reveal this key.
func (k Key) Derive(purpose string) []byte {
	m := hmac.New(sha256.New, k.secret())
	m.Write([]byte("taskhouse " + purpose))
	return m.Sum(nil)
}

// LoadOrCreateKey reads the signing key in the file at path. If there is no file, it first creates one with 32 random
// bytes as one line of hex, readable only by its owner. It never replaces a file, and several processes that start at
// once all get the same key. It fails if LoadKey fails, or if the directory is missing or not writable.
func LoadOrCreateKey(path string) (Key, error) {
	k, err := LoadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := createKeyFile(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("create signing key: %w", err)
	}
	return LoadKey(path)
}

// LoadKey reads the signing key in the file at path: at least 32 random bytes as one line of hex or base64, as in
// TASKHOUSE_SECRET_KEY. It fails with fs.ErrNotExist if there is no file. If others than the owner may read or write
// the file, it fails with an error that says what to do.
func LoadKey(path string) (Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return Key{}, fmt.Errorf("load signing key: %w", err)
	}
	defer func() { _ = f.Close() }()
	// Stat takes the open file, because the path may lead elsewhere a moment later.
	info, err := f.Stat()
	if err != nil {
		return Key{}, fmt.Errorf("load signing key: %w", err)
	}
	if err := checkKeyFile(path, info); err != nil {
		return Key{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 4<<10))
	if err != nil {
		return Key{}, fmt.Errorf("load signing key %s: %w", path, err)
	}
	return parseKeyFile(path, string(text))
}

func checkKeyFile(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("load signing key: %s is not a regular file", path)
	}
	// Windows has no such bits: Go shows 0666 for every file there.
	if open := info.Mode().Perm() & 0o077; open != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("load signing key: %s can be read or changed by others (mode %04o): run chmod 600 on it, "+
			"and replace the key if others may have seen it", path, info.Mode().Perm())
	}
	return nil
}

func parseKeyFile(path, text string) (Key, error) {
	secret, err := decodeSecret(strings.TrimSpace(text))
	if err != nil {
		// It does not wrap err, because the decoder's message quotes the text.
		return Key{}, fmt.Errorf("load signing key: %s does not hold one line of hex or base64", path)
	}
	k, err := NewKey(secret)
	if err != nil {
		return Key{}, fmt.Errorf("load signing key %s: %w", path, err)
	}
	return k, nil
}

// decodeSecret decodes hex, or else base64 of either alphabet, padded or not. A text of hex digits is hex, although it
// is valid base64 too: every node must read the same key.
func decodeSecret(text string) ([]byte, error) {
	if secret, err := hex.DecodeString(text); err == nil {
		return secret, nil
	}
	if strings.ContainsAny(text, "\r\n") { // the decoder would skip line breaks and join two keys into one
		return nil, errors.New("more than one line")
	}
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}

// createKeyFile writes a new key to a temporary file and links it to path. The link fails with fs.ErrExist if another
// process was first; a rename would overwrite that file. No process ever sees half a file.
func createKeyFile(path string) error {
	var secret [keyMinBytes]byte
	rand.Read(secret[:])
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(hex.EncodeToString(secret[:]) + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the new name durable. A key that is lost in a power failure would end every session.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
