// Package account is who may come in and as whom: companies and their members, roles and invitations, passwords, sessions
// and tokens.
//
// It does not say what a member may do to a task (task does), keeps no task, and knows no HTTP: what a client gets to read
// of a failure is package fail's, and its status is api's.
package account

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
	"time"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// The kinds of token. A token is good for its own kind only: a refresh token opens no route, an access token renews nothing, and
// an operator's token, which names no company, opens the operator's routes and no others, and the web app's is good in its cookie alone.
const (
	TokenAccess   = "access"
	TokenRefresh  = "refresh"
	TokenOperator = "operator"
	TokenWeb      = "web"
)

const (
	// tokenAudience is the aud of every token: this API and nothing else that may share the key by mistake.
	tokenAudience = "taskhouse"
	// tokenMaxBytes is the longest token that is looked at; ours have about 400.
	tokenMaxBytes = 4 << 10
	// tokenSkew is how far the clock of the node that signed may be ahead. It is not added to exp: an expired token is expired.
	tokenSkew = 30 * time.Second
	// tokenSignature is the length of 32 bytes in unpadded base64.
	tokenSignature = 43
)

// Claims is what a token says: who (UserID), as a member of which company, in which session, and for how long.
// Times are kept in whole seconds; the fraction is cut off.
type Claims struct {
	Type      string // TokenAccess, TokenRefresh, TokenOperator or TokenWeb
	UserID    int64
	CompanyID int64  // 0 in a TokenOperator, and only there
	Session   string // sid: the session that this token belongs to and dies with
	ID        string // jti: this token; Sign makes one where it is empty
	IssuedAt  time.Time
	Expires   time.Time
}

// claimsJSON is the payload of a token on the wire (RFC 7519).
type claimsJSON struct {
	Type      string `json:"token_type"`
	UserID    int64  `json:"user_id"`
	CompanyID int64  `json:"company_id,omitzero"`
	Session   string `json:"sid"`
	ID        string `json:"jti"`
	IssuedAt  int64  `json:"iat"`
	Expires   int64  `json:"exp"`
	NotBefore int64  `json:"nbf,omitzero"` // never set by us, obeyed when it is there
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
}

// Signer signs tokens with its first key and verifies with any of its keys, so a new key can be put in front while tokens of
// the old one run out. Taking a key away ends its tokens at once. It is safe for concurrent use.
//
// It knows one header and no other: {"alg":"HS256","kid":"...","typ":"JWT"}, byte for byte, one per key. So there is no
// algorithm to choose, no key to fetch and no header to parse before the signature holds, and everything that has ever gone
// wrong in a JWT header is a prefix that does not match. A token of another maker who holds the key is accepted only in
// that spelling, with unpadded base64url and a payload that is strict JSON.
type Signer struct {
	keys   []signingKey
	issuer string
	now    func() time.Time
}

// signingKey is a key with the encoded header, dot included, of the tokens it signs.
type signingKey struct {
	Key
	header string
}

// NewSigner makes a Signer. It needs at least one key, no key twice, an issuer and a clock.
func NewSigner(keys []Key, issuer string, now func() time.Time) (*Signer, error) {
	if len(keys) == 0 || issuer == "" || now == nil {
		return nil, errors.New("token signer: needs a key, an issuer and a clock")
	}
	s := &Signer{issuer: issuer, now: now}
	seen := make(map[string]bool)
	for _, k := range keys {
		if k.secret == nil {
			return nil, errors.New("token signer: an empty key")
		}
		if seen[k.id] {
			return nil, fmt.Errorf("token signer: key %s is given twice", k.id)
		}
		seen[k.id] = true
		s.keys = append(s.keys, signingKey{Key: k, header: tokenHeader(k.id)})
	}
	return s, nil
}

func tokenHeader(kid string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","kid":"`+kid+`","typ":"JWT"}`)) + "."
}

// Sign makes a token of c. Claims that Verify would refuse are an error of the caller, not a *fail.Error.
func (s *Signer) Sign(c Claims) (string, error) {
	if c.ID == "" {
		c.ID = rand.Text()
	}
	w := claimsJSON{
		Type: c.Type, UserID: c.UserID, CompanyID: c.CompanyID, Session: c.Session, ID: c.ID,
		IssuedAt: c.IssuedAt.Unix(), Expires: c.Expires.Unix(), Issuer: s.issuer, Audience: tokenAudience,
	}
	if err := w.check(s.issuer, c.Type, c.IssuedAt); err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	payload, err := json.Marshal(w)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	k := s.keys[0]
	signed := k.header + base64.RawURLEncoding.EncodeToString(payload)
	token := signed + "." + string(k.sign(signed))
	if len(token) > tokenMaxBytes {
		return "", fmt.Errorf("sign token: %d bytes are too many", len(token))
	}
	return token, nil
}

// Verify gives the claims of a token of kind typ. Whatever is wrong with it, a client sees fail.BadToken; why is in the cause.
func (s *Signer) Verify(token, typ string) (Claims, error) {
	w, err := s.open(token)
	if err == nil {
		err = w.check(s.issuer, typ, s.now())
	}
	if err != nil {
		return Claims{}, fail.BadToken().Because(err)
	}
	return Claims{
		Type: w.Type, UserID: w.UserID, CompanyID: w.CompanyID, Session: w.Session, ID: w.ID,
		IssuedAt: time.Unix(w.IssuedAt, 0).UTC(), Expires: time.Unix(w.Expires, 0).UTC(),
	}, nil
}

// The ways a token is wrong, for the log. They never carry the token, which may be a good one with a slip of the hand.
var (
	errTokenSize      = errors.New("token: over 4096 bytes")
	errTokenHeader    = errors.New("token: not the header of one of our keys")
	errTokenSignature = errors.New("token: the signature does not hold")
	errTokenPayload   = errors.New("token: the payload is not strict base64url and JSON")
	errTokenExpired   = errors.New("token: exp is absent or past")
	errTokenEarly     = errors.New("token: iat or nbf is absent or ahead of the clock")
	errTokenIssuer    = errors.New("token: another iss or aud")
	errTokenType      = errors.New("token: another token_type")
	errTokenIDs       = errors.New("token: user_id, company_id, sid or jti is absent")
)

// open takes a token apart and gives what its signature vouches for. Nothing of it is decoded before the signature holds.
func (s *Signer) open(token string) (w claimsJSON, err error) {
	if len(token) > tokenMaxBytes {
		return w, errTokenSize
	}
	k, ok := s.keyOf(token)
	if !ok {
		return w, errTokenHeader
	}
	dot := len(token) - tokenSignature - 1 // not negative: a header is longer than a signature
	// The signature is compared as text, so one signature has one spelling: padding, spare bits and line breaks differ.
	if dot < len(k.header) || token[dot] != '.' || !hmac.Equal(k.sign(token[:dot]), []byte(token[dot+1:])) {
		return w, errTokenSignature
	}
	text := token[len(k.header):dot]
	payload, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // the decoder skips line breaks, strict or not
		return w, errTokenPayload
	}
	// This decoder refuses duplicate names, invalid UTF-8, other capitals and anything after the object.
	if err := json.Unmarshal(payload, &w); err != nil {
		return w, errTokenPayload
	}
	return w, nil
}

func (s *Signer) keyOf(token string) (signingKey, bool) {
	for _, k := range s.keys {
		if strings.HasPrefix(token, k.header) {
			return k, true
		}
	}
	return signingKey{}, false
}

// check holds the claims against what a token of this kind must say now. An absent claim is the zero of its type, and none
// of them may be zero.
func (w *claimsJSON) check(issuer, typ string, now time.Time) error {
	ahead := now.Add(tokenSkew).Unix()
	switch {
	case w.Expires <= now.Unix():
		return errTokenExpired
	case w.IssuedAt <= 0 || w.IssuedAt > ahead || w.NotBefore > ahead:
		return errTokenEarly
	case w.Issuer != issuer || w.Audience != tokenAudience:
		return errTokenIssuer
	case w.Type != typ || (typ != TokenAccess && typ != TokenRefresh && typ != TokenOperator && typ != TokenWeb):
		return errTokenType
	case w.UserID <= 0 || w.CompanyID < 0 || (w.CompanyID == 0) != (typ == TokenOperator) || w.Session == "" || w.ID == "":
		return errTokenIDs
	}
	return nil
}

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
