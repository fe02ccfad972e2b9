package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
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
