package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// The kinds of token. A token is valid for its own kind only: a refresh token opens no route, and an access token
// renews nothing. An operator's token names no company and opens only the operator's routes. The web app's token is
// valid only in its cookie. A device token opens nothing: it says which limit an attempt to sign in counts against.
const (
	TokenAccess   = "access"
	TokenRefresh  = "refresh"
	TokenOperator = "operator"
	TokenWeb      = "web"
	TokenDevice   = "device"
)

var tokenTypes = []string{TokenAccess, TokenRefresh, TokenOperator, TokenWeb, TokenDevice}

const (
	// tokenAudience is the aud claim of every token: this API, and no other service that shares the key by mistake.
	tokenAudience = "taskhouse"
	// tokenMaxBytes bounds the tokens that Verify looks at; ours have about 400.
	tokenMaxBytes = 4 << 10
	// tokenSkew bounds how far the clock of the node that signed may be ahead. It does not extend exp.
	tokenSkew = 30 * time.Second
	// tokenSignature is the length of 32 bytes in unpadded base64.
	tokenSignature = 43
)

// Claims are the contents of a token: the user, the company, the session, and the token's life. Times have whole
// seconds; Sign drops the fraction.
type Claims struct {
	Type      string // TokenAccess, TokenRefresh, TokenOperator, TokenWeb or TokenDevice
	UserID    int64
	CompanyID int64  // 0 in a TokenOperator and a TokenDevice, and only there
	Session   string // sid: the session of this token; if it ends, the token is invalid. In a TokenDevice, the device
	ID        string // jti: this token's id; if it is empty, Sign makes one
	IssuedAt  time.Time
	Expires   time.Time

	PasswordEpoch int64 // of the account, in a TokenDevice
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
	NotBefore int64  `json:"nbf,omitzero"` // Sign never sets it, Verify obeys it
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Epoch     int64  `json:"password_epoch,omitzero"`
}

// Signer signs tokens with its first key and verifies them with any of its keys. So keys can be rotated: put a new key
// in front while tokens of the old one run out. Removing a key invalidates its tokens at once. A Signer is safe for
// concurrent use.
//
// It accepts exactly one header per key, byte for byte: {"alg":"HS256","kid":"...","typ":"JWT"}. So it chooses no
// algorithm, fetches no key, and parses no header before it has verified the signature. All known attacks through a JWT
// header are a prefix that does not match. A token that another program signed with the key must have this spelling
// too, with unpadded base64url and a payload that is strict JSON.
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

// NewSigner makes a Signer. It fails without a key, an issuer or a clock, or if a key is given twice.
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

// Sign returns a token with these claims. Claims that Verify would reject are a programming error, not a *fail.Error.
func (s *Signer) Sign(c Claims) (string, error) {
	if c.ID == "" {
		c.ID = rand.Text()
	}
	w := claimsJSON{
		Type: c.Type, UserID: c.UserID, CompanyID: c.CompanyID, Session: c.Session, ID: c.ID,
		IssuedAt: c.IssuedAt.Unix(), Expires: c.Expires.Unix(), Issuer: s.issuer, Audience: tokenAudience,
		Epoch: c.PasswordEpoch,
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

// Verify returns the claims of a token of kind typ. It rejects every other token with fail.BadToken; the cause, for the
// log, says why.
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
		PasswordEpoch: w.Epoch,
	}, nil
}

// Verify rejects tokens for these reasons, which go to the log. They never contain the token, because it may be a valid
// one with a typing error.
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

// open verifies the signature of a token and returns its payload. It decodes nothing before it has verified the
// signature.
func (s *Signer) open(token string) (w claimsJSON, err error) {
	if len(token) > tokenMaxBytes {
		return w, errTokenSize
	}
	k, ok := s.keyOf(token)
	if !ok {
		return w, errTokenHeader
	}
	dot := len(token) - tokenSignature - 1 // not negative: a header is longer than a signature
	// The signature is compared as text, so that it has one spelling only: padding, spare bits and line breaks differ.
	if dot < len(k.header) || token[dot] != '.' || !hmac.Equal(k.sign(token[:dot]), []byte(token[dot+1:])) {
		return w, errTokenSignature
	}
	text := token[len(k.header):dot]
	payload, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") { // the decoder skips line breaks, strict or not
		return w, errTokenPayload
	}
	// This decoder rejects duplicate names, invalid UTF-8, names in other case, and data after the object.
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

// check rejects claims that a token of this kind must not have now. An absent claim is the zero of its type, and none
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
	case w.Type != typ || !slices.Contains(tokenTypes, typ):
		return errTokenType
	case w.UserID <= 0 || w.CompanyID < 0 || (w.CompanyID == 0) != (typ == TokenOperator || typ == TokenDevice),
		w.Session == "" || w.ID == "":
		return errTokenIDs
	}
	return nil
}
