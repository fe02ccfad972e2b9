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

// keyMinBytes is the least a key may have: as many as the hash gives (RFC 7518, 3.2).
const keyMinBytes = 32

// Key is a secret that signs tokens, and its name. The name (kid) is drawn from the secret, so that nodes with the same key
// agree on it and nobody has to choose one. Printing a Key shows no secret.
type Key struct {
	id string
	// A function, because fmt looks into everything else: a printed Signer or Config shows an address instead of the key.
	secret func() []byte
}

// NewKey makes a Key of at least 32 random bytes. What is shorter, or has so few different bytes that it was never random,
// is an error.
func NewKey(secret []byte) (Key, error) {
	if len(secret) < keyMinBytes {
		return Key{}, fmt.Errorf("signing key: %d bytes are too few, it needs %d random ones", len(secret), keyMinBytes)
	}
	if !looksRandom(secret) {
		return Key{}, errors.New("signing key: its bytes repeat, it is not random")
	}
	secret = bytes.Clone(secret)
	// Domain-separated, so that the public name says nothing about a signature.
	sum := sha256.Sum256(append([]byte("taskhouse key name\x00"), secret...))
	return Key{id: hex.EncodeToString(sum[:8]), secret: func() []byte { return secret }}, nil
}

// looksRandom refuses the placeholders (zeros, one word repeated). Random bytes fail it once in more than 2^100 keys, and
// so do random hexadecimal digits of the same strength.
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

// ID is the name of the key, the kid of its tokens: 16 hexadecimal digits, no secret.
func (k Key) ID() string { return k.id }

func (k Key) String() string { return "key " + k.id }

// sign gives the signature in unpadded base64url.
func (k Key) sign(signed string) []byte {
	mac := hmac.New(sha256.New, k.secret())
	mac.Write([]byte(signed))
	var sum [sha256.Size]byte
	out := make([]byte, tokenSignature)
	base64.RawURLEncoding.Encode(out, mac.Sum(sum[:0]))
	return out
}

// Derive is a key for another purpose than signing tokens, the same wherever this key is the same; it does not lead back.
func (k Key) Derive(purpose string) []byte {
	m := hmac.New(sha256.New, k.secret())
	m.Write([]byte("taskhouse " + purpose))
	return m.Sum(nil)
}

// LoadOrCreateKey reads the signing key in the file at path, or makes one there first: 32 random bytes as one line of hex, readable
// by its owner alone. It never replaces a file, and of several processes that start at once all get the same key.
// It fails where LoadKey fails, and where the directory is missing or not writable.
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
// TASKHOUSE_SECRET_KEY. It fails with fs.ErrNotExist where there is no file, and with an error that says what to do where
// others than the owner may read or write it.
func LoadKey(path string) (Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return Key{}, fmt.Errorf("load signing key: %w", err)
	}
	defer func() { _ = f.Close() }()
	// The open file is asked, not the path, which may lead elsewhere a moment later.
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
		// Not %w: the decoder's words quote the text.
		return Key{}, fmt.Errorf("load signing key: %s does not hold one line of hex or base64", path)
	}
	k, err := NewKey(secret)
	if err != nil {
		return Key{}, fmt.Errorf("load signing key %s: %w", path, err)
	}
	return k, nil
}

// decodeSecret reads hex, else base64 of either alphabet, padded or not. Text that is all hex digits is hex, though it would
// be base64 too: every node must read the same key.
func decodeSecret(text string) ([]byte, error) {
	if secret, err := hex.DecodeString(text); err == nil {
		return secret, nil
	}
	if strings.ContainsAny(text, "\r\n") { // the decoder would skip them, and make one key of two
		return nil, errors.New("more than one line")
	}
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.DecodeString(text)
}

// createKeyFile writes a new key beside path and links it into place. The link fails with fs.ErrExist where another process
// was first, which a rename would overwrite; and nobody ever sees half a file.
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

// syncDir makes the new name durable: a key lost in a power failure would end every session.
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
