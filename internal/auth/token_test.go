package auth_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/auth/tokentest"
	"github.com/taskhouse/taskhouse/internal/fail"
)

const issuer = "https://tasks.example"

var tokenNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func secretOf(seed string) []byte {
	sum := sha256.Sum256([]byte(seed))
	return sum[:]
}

func keyOf(t testing.TB, seed string) auth.Key {
	t.Helper()
	k, err := auth.NewKey(secretOf(seed))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signerOf(t testing.TB, now func() time.Time, seeds ...string) *auth.Signer {
	t.Helper()
	var keys []auth.Key
	for _, s := range seeds {
		keys = append(keys, keyOf(t, s))
	}
	s, err := auth.NewSigner(keys, issuer, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fixed() time.Time { return tokenNow }

func goodClaims() auth.Claims {
	return auth.Claims{
		Type: auth.TokenAccess, UserID: 7, CompanyID: 3, Session: "s-1", ID: "t-1",
		IssuedAt: tokenNow, Expires: tokenNow.Add(time.Hour),
	}
}

func mustSign(t testing.TB, s *auth.Signer, c auth.Claims) string {
	t.Helper()
	token, err := s.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func wantBadToken(t *testing.T, err error) {
	t.Helper()
	var f *fail.Error
	if !errors.As(err, &f) || f.Kind != fail.KindUnauthenticated || f.Code != "token_not_valid" {
		t.Fatalf("got %v, want token_not_valid", err)
	}
	if f.Detail != fail.BadToken().Detail {
		t.Errorf("a client would read %q", f.Detail)
	}
	if f.Unwrap() == nil {
		t.Error("no cause for the log")
	}
}

func TestSignerRoundTrip(t *testing.T) {
	s := signerOf(t, fixed, "a")
	for _, kind := range []string{auth.TokenAccess, auth.TokenRefresh} {
		c := goodClaims()
		c.Type = kind
		got, err := s.Verify(mustSign(t, s, c), kind)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c, got); d != "" {
			t.Error(d)
		}
	}
}

func TestSignerMakesTokenIDs(t *testing.T) {
	s := signerOf(t, fixed, "a")
	c := goodClaims()
	c.ID = ""
	one, _ := s.Verify(mustSign(t, s, c), auth.TokenAccess)
	two, _ := s.Verify(mustSign(t, s, c), auth.TokenAccess)
	if len(one.ID) < 22 || one.ID == two.ID {
		t.Errorf("ids %q and %q", one.ID, two.ID)
	}
}

func TestSignRefusesWhatVerifyWould(t *testing.T) {
	s := signerOf(t, fixed, "a")
	for name, spoil := range map[string]func(*auth.Claims){
		"no type":       func(c *auth.Claims) { c.Type = "" },
		"unknown type":  func(c *auth.Claims) { c.Type = "ws" },
		"no user":       func(c *auth.Claims) { c.UserID = 0 },
		"no company":    func(c *auth.Claims) { c.CompanyID = 0 },
		"no session":    func(c *auth.Claims) { c.Session = "" },
		"no expiry":     func(c *auth.Claims) { c.Expires = time.Time{} },
		"no time":       func(c *auth.Claims) { c.IssuedAt = time.Time{} },
		"dead at birth": func(c *auth.Claims) { c.Expires = c.IssuedAt },
		"too long":      func(c *auth.Claims) { c.Session = strings.Repeat("s", 4096) },
	} {
		t.Run(name, func(t *testing.T) {
			c := goodClaims()
			spoil(&c)
			if token, err := s.Sign(c); err == nil {
				t.Errorf("signed %s", token)
			}
		})
	}
}

func TestNewSignerRefuses(t *testing.T) {
	k := keyOf(t, "a")
	for name, make := range map[string]func() (*auth.Signer, error){
		"no keys":   func() (*auth.Signer, error) { return auth.NewSigner(nil, issuer, fixed) },
		"zero key":  func() (*auth.Signer, error) { return auth.NewSigner([]auth.Key{{}}, issuer, fixed) },
		"key twice": func() (*auth.Signer, error) { return auth.NewSigner([]auth.Key{k, k}, issuer, fixed) },
		"no issuer": func() (*auth.Signer, error) { return auth.NewSigner([]auth.Key{k}, "", fixed) },
		"no clock":  func() (*auth.Signer, error) { return auth.NewSigner([]auth.Key{k}, issuer, nil) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNewKeyRefuses(t *testing.T) {
	for name, secret := range map[string][]byte{
		"nothing":       nil,
		"31 bytes":      secretOf("a")[:31],
		"zeros":         make([]byte, 32),
		"a word":        []byte("change-me"),
		"a word often":  bytes.Repeat([]byte("secret"), 10),
		"a placeholder": []byte(strings.Repeat("x", 64)),
	} {
		if k, err := auth.NewKey(secret); err == nil {
			t.Errorf("%s: accepted as %v", name, k)
		}
	}
	if _, err := auth.NewKey([]byte(hex.EncodeToString(secretOf("a")))); err != nil {
		t.Errorf("hexadecimal digits: %v", err)
	}
}

func TestNewKeyKeepsACopy(t *testing.T) {
	secret := secretOf("a")
	k, err := auth.NewKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	clear(secret)
	s, _ := auth.NewSigner([]auth.Key{k}, issuer, fixed)
	if _, err := signerOf(t, fixed, "a").Verify(mustSign(t, s, goodClaims()), auth.TokenAccess); err != nil {
		t.Error(err)
	}
}

// corpus runs a test for each forged token of one threat.
func corpus(t *testing.T, threat string) {
	s := signerOf(t, fixed, "b", "a")
	valid := mustSign(t, signerOf(t, fixed, "a"), goodClaims())
	if _, err := s.Verify(valid, auth.TokenAccess); err != nil {
		t.Fatalf("the example itself: %v", err)
	}
	n := 0
	for _, c := range tokentest.Corpus(valid, secretOf("a"), tokenNow) {
		if !strings.HasPrefix(c.Name, threat+" ") {
			continue
		}
		n++
		t.Run(c.Name, func(t *testing.T) {
			got, err := s.Verify(c.Token, auth.TokenAccess)
			if err == nil {
				t.Fatalf("accepted as %+v", got)
			}
			wantBadToken(t, err)
		})
	}
	if n == 0 {
		t.Fatal("no case")
	}
}

func TestThreat_A1_NoAlgorithm(t *testing.T)        { corpus(t, "A1") }
func TestThreat_A2_PublicKeyAsSecret(t *testing.T)  { corpus(t, "A2") }
func TestThreat_A3_OtherAlgorithm(t *testing.T)     { corpus(t, "A3") }
func TestThreat_A4_Times(t *testing.T)              { corpus(t, "A4") }
func TestThreat_A5_OtherKindOrIssuer(t *testing.T)  { corpus(t, "A5") }
func TestThreat_A6_HeaderGames(t *testing.T)        { corpus(t, "A6") }
func TestThreat_A7_MangledTokens(t *testing.T)      { corpus(t, "A7") }
func TestThreat_A24_KeysAreNotPrinted(t *testing.T) { printedKeys(t) }

func printedKeys(t *testing.T) {
	k := keyOf(t, "a")
	secret := secretOf("a")
	in := struct{ key auth.Key }{k}
	var printed string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{k, &k, in, &in, []auth.Key{k}, signerOf(t, fixed, "a")} {
			printed += fmt.Sprintf(verb+"\n", v)
		}
	}
	for _, form := range []string{
		string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret),
		strings.Trim(fmt.Sprint(secret), "[]"), strings.Trim(fmt.Sprintf("%#v", secret), "[]byte{}"),
	} {
		if strings.Contains(printed, form) {
			t.Errorf("printed: %s", printed)
		}
	}
}

func TestThreat_A5_EveryKindAtEveryConsumer(t *testing.T) {
	s := signerOf(t, fixed, "a")
	kinds := []string{auth.TokenAccess, auth.TokenRefresh}
	for _, is := range kinds {
		c := goodClaims()
		c.Type = is
		token := mustSign(t, s, c)
		for _, want := range append(kinds, "", "ws") {
			if _, err := s.Verify(token, want); (err == nil) != (is == want) {
				t.Errorf("%s token as %q: %v", is, want, err)
			}
		}
	}
}

func TestThreat_A4_ClockEdges(t *testing.T) {
	now := tokenNow
	s := signerOf(t, func() time.Time { return now }, "a")
	token := mustSign(t, s, goodClaims())
	for _, c := range []struct {
		name string
		at   time.Duration
		ok   bool
	}{
		{"the signer's clock is 31 s ahead", -31 * time.Second, false},
		{"the signer's clock is 30 s ahead", -30 * time.Second, true},
		{"at once", 0, true},
		{"a second before the end", time.Hour - time.Second, true},
		{"a nanosecond before the end", time.Hour - 1, true},
		{"at the end", time.Hour, false},
		{"a second after the end", time.Hour + time.Second, false},
	} {
		now = tokenNow.Add(c.at)
		if _, err := s.Verify(token, auth.TokenAccess); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestThreat_A8_KeyRotation(t *testing.T) {
	old, both, after := signerOf(t, fixed, "old"), signerOf(t, fixed, "new", "old"), signerOf(t, fixed, "new")
	was := mustSign(t, old, goodClaims())
	is := mustSign(t, both, goodClaims())
	for _, c := range []struct {
		name  string
		s     *auth.Signer
		token string
		ok    bool
	}{
		{"a node not yet told takes the old", old, was, true},
		{"a node not yet told refuses the new", old, is, false},
		{"both takes the old", both, was, true},
		{"both signs with the new", both, is, true},
		{"the old is refused once its key is gone", after, was, false},
		{"the new goes on", after, is, true},
	} {
		if _, err := c.s.Verify(c.token, auth.TokenAccess); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A token with one key's name and another's signature must not pass, though both keys are good.
func TestThreat_A6_KeyNameOfAnother(t *testing.T) {
	s := signerOf(t, fixed, "a", "b")
	token := mustSign(t, signerOf(t, fixed, "a"), goodClaims())
	signed := token[:strings.LastIndexByte(token, '.')]
	mac := hmac.New(sha256.New, secretOf("b"))
	mac.Write([]byte(signed))
	_, err := s.Verify(signed+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), auth.TokenAccess)
	wantBadToken(t, err)
}

// oracle verifies a token with the library, with all of its options for strictness.
func oracle(t testing.TB, token string, seeds ...string) (jwt.MapClaims, error) {
	t.Helper()
	secrets := make(map[string][]byte)
	for _, s := range seeds {
		secrets[keyOf(t, s).ID()] = secretOf(s)
	}
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithIssuer(issuer),
		jwt.WithAudience("taskhouse"), jwt.WithStrictDecoding(), jwt.WithTimeFunc(fixed),
	).ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		if secrets[kid] == nil {
			return nil, errors.New("unknown kid")
		}
		return secrets[kid], nil
	})
	return claims, err
}

// TestSignerAgreesWithLibrary checks that the library reads our tokens, and that we read its tokens.
func TestSignerAgreesWithLibrary(t *testing.T) {
	s := signerOf(t, fixed, "a")
	c := goodClaims()
	claims, err := oracle(t, mustSign(t, s, c), "a")
	if err != nil {
		t.Fatal(err)
	}
	want := jwt.MapClaims{
		"token_type": "access", "user_id": 7.0, "company_id": 3.0, "sid": "s-1", "jti": "t-1", "iss": issuer,
		"aud": "taskhouse",
		"iat": float64(tokenNow.Unix()), "exp": float64(tokenNow.Add(time.Hour).Unix()),
	}
	if d := cmp.Diff(want, claims); d != "" {
		t.Error(d)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"token_type": "access", "user_id": 7, "company_id": 3, "sid": "s-1", "jti": "t-1", "iss": issuer,
		"aud": "taskhouse",
		"iat": tokenNow.Unix(), "exp": tokenNow.Add(time.Hour).Unix(), "something": "new",
	})
	token.Header["kid"] = keyOf(t, "a").ID()
	theirs, err := token.SignedString(secretOf("a"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Verify(theirs, auth.TokenAccess)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c, got); d != "" {
		t.Error(d)
	}
}

// A verifier without a second opinion may accept too much: ours must reject every token that the library rejects.
func FuzzVerify(f *testing.F) {
	s := signerOf(f, fixed, "a", "b")
	valid := mustSign(f, s, goodClaims())
	f.Add(valid)
	f.Add(mustSign(f, signerOf(f, fixed, "b"), goodClaims()))
	for _, c := range tokentest.Corpus(valid, secretOf("a"), tokenNow) {
		f.Add(c.Token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		var got auth.Claims
		var err error
		spent := allocated(func() { got, err = s.Verify(token, auth.TokenAccess) })
		if spent > 64<<10 {
			t.Errorf("%d bytes allocated", spent)
		}
		if err != nil {
			return
		}
		claims, err := oracle(t, token, "a", "b")
		if err != nil {
			t.Fatalf("accepted, and the library says %v", err)
		}
		if claims["user_id"] != float64(got.UserID) || claims["company_id"] != float64(got.CompanyID) ||
			claims["sid"] != got.Session || claims["jti"] != got.ID || claims["token_type"] != got.Type {
			t.Fatalf("read as %+v, and the library reads %v", got, claims)
		}
	})
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestThreat_A7_RefusalIsCheap(t *testing.T) {
	s := signerOf(t, fixed, "a")
	valid := mustSign(t, s, goodClaims())
	for _, c := range tokentest.Corpus(valid, secretOf("a"), tokenNow) {
		least := time.Hour
		verify := func() { _, _ = s.Verify(c.Token, auth.TokenAccess) }
		if spent := allocated(verify); spent > 64<<10 {
			t.Errorf("%s: %d bytes allocated", c.Name, spent)
		}
		// It keeps the best time, because another process may have had the processor.
		for i := 0; i < 10 || i < 1000 && least > time.Millisecond; i++ {
			least = min(least, timed(verify))
		}
		if least > time.Millisecond {
			t.Errorf("%s: %v", c.Name, least)
		}
	}
}

func TestCorpusNamesAreUnique(t *testing.T) {
	valid := mustSign(t, signerOf(t, fixed, "a"), goodClaims())
	seen := make(map[string]bool)
	for _, c := range tokentest.Corpus(valid, secretOf("a"), tokenNow) {
		if seen[c.Name] {
			t.Errorf("%s twice", c.Name)
		}
		seen[c.Name] = true
		if c.Token == valid {
			t.Errorf("%s is the valid token", c.Name)
		}
	}
	t.Logf("%d forged tokens", len(seen))
}

func BenchmarkVerify(b *testing.B) {
	s := signerOf(b, fixed, "b", "a")
	token := mustSign(b, signerOf(b, fixed, "a"), goodClaims())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Verify(token, auth.TokenAccess); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerifyLibrary verifies the same token with the library. It is for the decision to have our own verifier.
func BenchmarkVerifyLibrary(b *testing.B) {
	token := mustSign(b, signerOf(b, fixed, "a"), goodClaims())
	secret := secretOf("a")
	type claims struct {
		Type      string `json:"token_type"`
		UserID    int64  `json:"user_id"`
		CompanyID int64  `json:"company_id"`
		Session   string `json:"sid"`
		jwt.RegisteredClaims
	}
	p := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithIssuer(issuer),
		jwt.WithAudience("taskhouse"), jwt.WithStrictDecoding(), jwt.WithTimeFunc(fixed))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.ParseWithClaims(token, &claims{}, func(*jwt.Token) (any, error) {
			return secret,
				nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	s, c := signerOf(b, fixed, "a"), goodClaims()
	b.ReportAllocs()
	for b.Loop() {
		mustSign(b, s, c)
	}
}

func TestThreat_M1_KeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "signing.key")
	if _, err := auth.LoadKey(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("LoadKey of nothing: %v", err)
	}
	var wg sync.WaitGroup
	keys := make([]auth.Key, 8)
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = auth.LoadOrCreateKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k.ID() != keys[0].ID() {
			t.Errorf("two starts made %v and %v", k, keys[0])
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if text, _ := os.ReadFile(path); len(text) != 65 {
		t.Errorf("the file holds %d bytes", len(text))
	}
	other, err := auth.LoadOrCreateKey(filepath.Join(t.TempDir(), "signing.key"))
	if err != nil || other.ID() == keys[0].ID() {
		t.Errorf("a second installation has key %v (%v)", other, err)
	}
}

func TestThreat_M1_KeyFilesRefused(t *testing.T) {
	random := make([]byte, 32)
	rand.Read(random)
	same, err := auth.NewKey(random)
	if err != nil {
		t.Fatal(err)
	}
	good := hex.EncodeToString(random)
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		want       string // part of the message; empty: it is good
	}{
		{"good", good + "\n", 0o600, ""},
		{"good without line end", good, 0o600, ""},
		{"base64", base64.StdEncoding.EncodeToString(random) + "\n", 0o600, ""},
		{"base64 for URLs", base64.RawURLEncoding.EncodeToString(random), 0o600, ""},
		{"read-only", good, 0o400, ""},
		{"readable by all", good, 0o644, "chmod 600"},
		{"readable by the group", good, 0o640, "chmod 600"},
		{"writable by all", good, 0o602, "chmod 600"},
		{"empty", "", 0o600, "too few"},
		{"short", good[:20], 0o600, "too few"},
		{"zeros", base64.StdEncoding.EncodeToString(make([]byte, 32)), 0o600, "not random"},
		{"no hex and no base64", "correct horse battery staple, and more of that", 0o600, "base64"},
		{"two lines", good + "\n" + good, 0o600, "base64"},
		{"cut", good[:len(good)-2], 0o600, "too few"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			k, err := auth.LoadOrCreateKey(path)
			switch {
			case c.want == "" && k.ID() != same.ID():
				t.Errorf("read as another key")
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case err != nil && len(c.text) > 8 && strings.Contains(err.Error(), c.text[:8]):
				t.Errorf("the message tells the key: %v", err)
			}
			if after, _ := os.ReadFile(path); string(after) != c.text {
				t.Errorf("the file was changed")
			}
		})
	}
	if _, err := auth.LoadOrCreateKey(t.TempDir()); err == nil {
		t.Error("a directory was accepted")
	}
	if _, err := auth.LoadOrCreateKey(filepath.Join(t.TempDir(), "no", "key")); err == nil {
		t.Error("a missing directory was accepted")
	}
}
