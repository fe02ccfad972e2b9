// Package tokentest forges tokens that every verifier must reject. The tests of auth use them, and the tests of api
// send them to every route.
//
// It is only for tests: it forges with the real key, which no other package of the product may do. It knows the wire
// form of a token from the standard (RFC 7515, 7519) and from one valid example. It imports nothing of auth, so that it
// does not repeat a mistake of auth.
package tokentest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"
)

// Case is a token that must be rejected. Its name starts with the id of its threat, and is suitable for t.Run.
type Case struct {
	Name  string
	Token string
}

// Sendable reports whether the token arrives unchanged over HTTP, in an Authorization header. Line breaks and NUL
// cannot be sent, blanks around a value are not part of it (RFC 9110, 5.5), and servers reject very long headers before
// reading them.
func (c Case) Sendable() bool {
	if len(c.Token) > 16<<10 || strings.Trim(c.Token, " \t") != c.Token || c.Token == "" {
		return false
	}
	for _, b := range []byte(c.Token) {
		if b < ' ' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return true
}

// Corpus forges tokens from a valid access token, the key that signed it and the time. Each token differs from the
// valid one only in the point that its name says, so that one missing check accepts one case. It returns them sorted by
// name, and panics if valid is not a JWT.
func Corpus(valid string, key []byte, now time.Time) []Case {
	f := forge(valid, key, now)
	var all []Case
	all = append(all, f.none()...)
	all = append(all, f.algorithms()...)
	all = append(all, f.times()...)
	all = append(all, f.claims()...)
	all = append(all, f.headers()...)
	all = append(all, f.shapes()...)
	all = append(all, f.payloads()...)
	slices.SortFunc(all, func(a, b Case) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// forger holds the valid token in pieces.
type forger struct {
	valid           string
	key             []byte
	now             time.Time
	header, payload string // JSON
	h, p, s         string // as in the token
}

func forge(valid string, key []byte, now time.Time) *forger {
	parts := strings.Split(valid, ".")
	if len(parts) != 3 {
		panic("tokentest: the valid token has no three parts")
	}
	return &forger{
		valid: valid, key: key, now: now,
		header: decode(parts[0]), payload: decode(parts[1]),
		h: parts[0], p: parts[1], s: parts[2],
	}
}

func decode(s string) string {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		panic("tokentest: " + err.Error())
	}
	return string(b)
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func mac(h func() hash.Hash, key []byte, signed string) string {
	m := hmac.New(h, key)
	m.Write([]byte(signed))
	return encode(string(m.Sum(nil)))
}

// sign signs a header and payload with the right key: only the content is forged.
func (f *forger) sign(header, payload string) string {
	return f.signRaw(encode(header), encode(payload))
}

func (f *forger) signRaw(h, p string) string {
	return h + "." + p + "." + mac(sha256.New, f.key, h+"."+p)
}

// member is one name of a JSON object with its value as JSON text; an empty value removes the name.
type member struct{ name, value string }

// with changes members of a JSON object. The others keep their order, and a new one comes last.
func with(object string, changes ...member) string {
	dec := json.NewDecoder(strings.NewReader(object))
	if _, err := dec.Token(); err != nil {
		panic("tokentest: " + err.Error())
	}
	var out []string
	done := make(map[string]bool)
	for dec.More() {
		name, _ := dec.Token()
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			panic("tokentest: " + err.Error())
		}
		m := member{name.(string), string(value)}
		for _, c := range changes {
			if c.name == m.name {
				m, done[c.name] = c, true
			}
		}
		if m.value != "" {
			out = append(out, fmt.Sprintf("%q:%s", m.name, m.value))
		}
	}
	for _, c := range changes {
		if !done[c.name] && c.value != "" {
			out = append(out, fmt.Sprintf("%q:%s", c.name, c.value))
		}
	}
	return "{" + strings.Join(out, ",") + "}"
}

// withHeader and withClaims change the valid token and sign it again with the right key.
func (f *forger) withHeader(changes ...member) string {
	return f.sign(with(f.header, changes...), f.payload)
}

func (f *forger) withClaims(changes ...member) string {
	return f.sign(f.header, with(f.payload, changes...))
}

func (f *forger) none() (out []Case) {
	for _, alg := range []string{"none", "None", "nOnE", "NONE", ""} {
		h := with(f.header, member{"alg", quote(alg)})
		bare := encode(h) + "." + f.p + "."
		out = append(out,
			Case{"A1 alg " + alg + " without signature", bare},
			Case{"A1 alg " + alg + " with the old signature", bare + f.s},
			Case{"A1 alg " + alg + " signed", f.sign(h, f.payload)},
			Case{"A1 alg " + alg + " without the last dot", strings.TrimSuffix(bare, ".")})
	}
	return append(
		out,
		Case{"A1 header unchanged without signature", f.h + "." + f.p + "."},
		Case{
			"A1 header unchanged with a signature of zeros",
			f.h + "." + f.p + "." + encode(strings.Repeat("\x00", 32)),
		},
	)
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func (f *forger) algorithms() (out []Case) {
	signed := f.h + "." + f.p
	for name, public := range publicKeys() {
		out = append(out,
			Case{"A2 signed with the " + name + " key as secret", signed + "." + mac(sha256.New, public, signed)})
	}
	for name, key := range map[string][]byte{
		"empty": {}, "one byte": {'a'}, "of zeros": make([]byte, 32), "text secret": []byte("secret"),
		"cut": f.key[:len(f.key)-1], "longer": append(append([]byte{}, f.key...), 'x'),
		"name for a": []byte(keyID(f.header)),
	} {
		out = append(out, Case{"A3 signed with a key " + name, signed + "." + mac(sha256.New, key, signed)})
	}
	for _, alg := range []string{
		"HS384", "HS512", "RS256", "PS256", "ES256", "EdDSA", "hs256", "HS256 ", "dir",
		"A256KW",
	} {
		out = append(out, Case{"A3 alg " + alg + " over an HS256 signature", f.withHeader(member{"alg", quote(alg)})})
	}
	for name, alg := range map[string]string{
		"array": `["HS256"]`, "null": `null`, "number": `256`, "object": `{}`,
		"absent": ``,
	} {
		out = append(out, Case{"A3 alg of type " + name, f.withHeader(member{"alg", alg})})
	}
	return append(out, f.otherAlgorithms()...)
}

// otherAlgorithms returns tokens with a correct signature for the alg in their header.
func (f *forger) otherAlgorithms() []Case {
	part := func(alg string) string { return encode(with(f.header, member{"alg", quote(alg)})) + "." + f.p }
	ed := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	es, digest := ecKey(), sha256.Sum256([]byte(part("ES256")))
	r, s, err := ecdsa.Sign(rand.Reader, es, digest[:])
	if err != nil {
		panic("tokentest: " + err.Error())
	}
	raw := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return []Case{
		{"A3 HS384 with the key", part("HS384") + "." + mac(sha512.New384, f.key, part("HS384"))},
		{"A3 HS512 with the key", part("HS512") + "." + mac(sha512.New, f.key, part("HS512"))},
		{
			"A3 EdDSA with a key of its own",
			part("EdDSA") + "." + encode(string(ed25519.Sign(ed, []byte(part("EdDSA"))))),
		},
		{"A3 ES256 with a key of its own", part("ES256") + "." + encode(string(raw))},
		{"A3 ES256 with a signature of zeros", part("ES256") + "." + encode(strings.Repeat("\x00", 64))},
		{"A3 RS256 with any bytes", part("RS256") + "." + encode(strings.Repeat("\x5a", 256))},
	}
}

// publicKeys returns public keys in the forms in which they are published, and in which they become secrets by mistake.
func publicKeys() map[string][]byte {
	ed := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	out := map[string][]byte{"raw Ed25519": ed}
	for name, public := range map[string]any{"Ed25519": ed, "ECDSA": ecKey().Public()} {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			panic("tokentest: " + err.Error())
		}
		out[name+" DER"] = der
		out[name+" PEM"] = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	}
	return out
}

// ecKey returns a fixed key: a new key each time would make the corpus slow and its failures unrepeatable.
func ecKey() *ecdsa.PrivateKey {
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 7))
	if err != nil {
		panic("tokentest: " + err.Error())
	}
	return k
}

func keyID(header string) string {
	var h struct {
		KeyID string `json:"kid"`
	}
	_ = json.Unmarshal([]byte(header), &h)
	return h.KeyID
}

func (f *forger) times() []Case {
	at := func(d time.Duration) string { return fmt.Sprint(f.now.Add(d).Unix()) }
	exp := func(v string) string { return f.withClaims(member{"exp", v}) }
	iat := func(v string) string { return f.withClaims(member{"iat", v}) }
	return []Case{
		{"A4 exp absent", exp("")},
		{"A4 exp null", exp("null")},
		{"A4 exp zero", exp("0")},
		{"A4 exp negative", exp("-1")},
		{"A4 exp now", exp(at(0))},
		{"A4 exp a second ago", exp(at(-time.Second))},
		{"A4 exp a minute ago", exp(at(-time.Minute))},
		{"A4 exp a year ago", exp(at(-365 * 24 * time.Hour))},
		{"A4 exp text", exp(quote(at(time.Hour)))},
		{"A4 exp array", exp("[" + at(time.Hour) + "]")},
		{"A4 exp true", exp("true")},
		{"A4 exp with a fraction", exp(at(time.Hour) + ".5")},
		{"A4 exp 1e400", exp("1e400")},
		{"A4 exp over 64 bits", exp("9223372036854775808")},
		{"A4 exp under another capital", f.withClaims(member{"exp", ""}, member{"EXP", at(time.Hour)})},
		{"A4 nbf in an hour", f.withClaims(member{"nbf", at(time.Hour)})},
		{"A4 nbf in a minute", f.withClaims(member{"nbf", at(time.Minute)})},
		{"A4 nbf text", f.withClaims(member{"nbf", quote(at(-time.Hour))})},
		{"A4 iat in an hour", iat(at(time.Hour))},
		{"A4 iat in a minute", iat(at(time.Minute))},
		{"A4 iat in 31 seconds", iat(at(31 * time.Second))},
		{"A4 iat absent", iat("")},
		{"A4 iat negative", iat("-1")},
		{"A4 iat text", iat(quote(at(-time.Second)))},
	}
}

func (f *forger) claims() (out []Case) {
	for _, kind := range []string{"refresh", "ws", "email", "invitation", "reset", "Access", "access ", ""} {
		out = append(out, Case{"A5 token_type " + kind, f.withClaims(member{"token_type", quote(kind)})})
	}
	for _, claim := range []string{"token_type", "iss", "aud"} {
		out = append(
			out,
			Case{"A5 " + claim + " absent", f.withClaims(member{claim, ""})},
			Case{"A5 " + claim + " null", f.withClaims(member{claim, "null"})},
			Case{"A5 " + claim + " empty", f.withClaims(member{claim, `""`})},
			Case{"A5 " + claim + " of another", f.withClaims(member{claim, `"https://evil.example"`})},
			Case{
				"A5 " + claim + " of several",
				f.withClaims(member{claim, `["https://evil.example","taskhouse","access"]`}),
			},
		)
	}
	for _, claim := range []string{"user_id", "company_id"} {
		for _, v := range []string{"", "null", "0", "-1", `"1"`, "1.5", "[1]", "9223372036854775808"} {
			out = append(out, Case{"A5 " + claim + " " + v, f.withClaims(member{claim, v})})
		}
	}
	for _, claim := range []string{"sid", "jti"} {
		for _, v := range []string{"", "null", `""`, "1"} {
			out = append(out, Case{"A5 " + claim + " " + v, f.withClaims(member{claim, v})})
		}
	}
	return append(out, Case{"A5 typ at+jwt in the header", f.withHeader(member{"typ", `"at+jwt"`})})
}

func (f *forger) headers() (out []Case) {
	for name, kid := range map[string]string{
		"unknown": `"0123456789abcdef"`, "empty": `""`, "absent": ``, "null": `null`, "number": `1`, "array": `["a"]`,
		"path": `"../../../../../../etc/passwd"`, "null device": `"/dev/null"`, "SQL": `"' OR '1'='1"`,
		"SQL union": `"x' UNION SELECT 'key"`, "URL": `"http://127.0.0.1:9/key"`, "command": `"|id"`,
		"of 2 KB": quote(strings.Repeat("k", 2<<10)), "of 10 KB": quote(strings.Repeat("k", 10<<10)),
		"with a capital": quote(strings.ToUpper(keyID(f.header) + "a")),
	} {
		out = append(out, Case{"A6 kid " + name, f.withHeader(member{"kid", kid})})
	}
	for name, value := range map[string]string{
		"jku": `"http://127.0.0.1:9/jwks"`, "x5u": `"http://127.0.0.1:9/cert"`, "x5c": `["MIIB"]`, "x5t": `"AAAA"`,
		"jwk": `{"kty":"oct","k":"AAAA"}`, "crit": `["exp"]`, "b64": `false`, "zip": `"DEF"`, "cty": `"JWT"`,
		"enc": `"A128GCM"`,
	} {
		out = append(out, Case{"A6 header " + name + " present", f.withHeader(member{name, value})})
	}
	inside := strings.TrimSuffix(f.header, "}")
	for name, header := range map[string]string{
		"duplicate alg, none last":  inside + `,"alg":"none"}`,
		"duplicate alg, none first": `{"alg":"none",` + f.header[1:],
		"duplicate kid":             inside + `,"kid":"../../dev/null"}`,
		"header twice":              f.header + f.header,
		"header an array":           "[" + f.header + "]",
		"header null":               "null",
		"header empty":              "",
		"header an empty object":    "{}",
		"header no JSON":            "alg: HS256",
		"header with a BOM":         "\ufeff" + f.header,
		"header with blanks":        " " + f.header,
		"header of 100 kB nesting":  strings.Repeat("[", 100_000),
	} {
		out = append(out, Case{"A6 " + name, f.sign(header, f.payload)})
	}
	return out
}

func (f *forger) shapes() []Case {
	signed := f.h + "." + f.p
	last := len(f.valid) - 1
	return []Case{
		{"A7 empty", ""},
		{"A7 one dot", "."},
		{"A7 two dots", ".."},
		{"A7 a word", "token"},
		{"A7 null", "null"},
		{"A7 100k dots", strings.Repeat(".", 100_000)},
		{"A7 4096 dots", strings.Repeat(".", 4096)},
		{"A7 header and 3000 dots", f.h + strings.Repeat(".", 3000)},
		{"A7 1 MB", f.h + "." + strings.Repeat("A", 1<<20) + "." + f.s},
		{"A7 1 MB signature", signed + "." + strings.Repeat("A", 1<<20)},
		{"A7 over 4 KiB and rightly signed", f.withClaims(member{"pad", quote(strings.Repeat("p", 4<<10))})},
		{"A7 last character missing", f.valid[:last]},
		{"A7 half", f.valid[:len(f.valid)/2]},
		{"A7 header only", f.h},
		{"A7 header and dot", f.h + "."},
		{"A7 signature missing", signed},
		{"A7 payload missing", f.signRaw(f.h, "")},
		{"A7 header missing", f.signRaw("", f.p)},
		{"A7 header and payload swapped", f.signRaw(f.p, f.h)},
		{"A7 another character for the last dot", signed + "_" + f.s},
		{"A7 no last dot", signed + f.s},
		{"A7 four parts", f.valid + "." + f.s},
		{"A7 five parts", f.h + ".." + f.p + "." + f.s + "." + f.s},
		{"A7 a dot at the end", f.valid + "."},
		{"A7 a dot at the start", "." + f.valid},
		{"A7 twice", f.valid + "." + f.valid},
		{"A7 bit flipped in the header", flip(f.valid, len(f.h)/2)},
		{"A7 bit flipped in the payload", flip(f.valid, len(f.h)+1+len(f.p)/2)},
		{"A7 bit flipped in the signature", flip(f.valid, len(signed)+20)},
		{"A7 spare bits of the signature set", f.valid[:last] + spare(f.valid[last])},
		{"A7 signature padded", f.valid + "="},
		{"A7 signature of padding", signed + "." + strings.Repeat("=", 43)},
		{"A7 header padded", f.h + "=." + f.p + "." + f.s},
		{"A7 payload padded and signed", f.signRaw(f.h, f.p+"=")},
		{"A7 payload padded twice and signed", f.signRaw(f.h, f.p+"==")},
		{"A7 line break in the payload, signed", f.signRaw(f.h, f.p[:8]+"\n"+f.p[8:])},
		{"A7 carriage return in the payload, signed", f.signRaw(f.h, f.p[:8]+"\r\n"+f.p[8:])},
		{"A7 blank in the payload, signed", f.signRaw(f.h, f.p[:8]+" "+f.p[8:])},
		{"A7 other alphabet in the payload, signed", f.signRaw(f.h, f.p[:8]+"+/"+f.p[10:])},
		{"A7 line break in the signature", f.valid[:last] + "\n" + f.valid[last:]},
		{"A7 line break at the end", f.valid + "\n"},
		{"A7 blank at the end", f.valid + " "},
		{"A7 blank at the start", " " + f.valid},
		{"A7 tab inside", signed + ".\t" + f.s},
		{"A7 NUL at the end", f.valid + "\x00"},
		{"A7 NUL inside", signed + "\x00." + f.s},
		{"A7 invalid UTF-8", f.valid[:last] + "\xff"},
		{"A7 quoted", `"` + f.valid + `"`},
		{"A7 Bearer again", "Bearer " + f.valid},
		{"A7 two with a comma", f.valid + ", " + f.valid},
		{"A7 signature in hexadecimal", signed + "." + fmt.Sprintf("%x", decode(f.s))},
		{"A7 JSON serialization", `{"protected":"` + f.h + `","payload":"` + f.p + `","signature":"` + f.s + `"}`},
	}
}

// flip changes one bit of one character, to another character of the alphabet.
func flip(s string, i int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	at := strings.IndexByte(alphabet, s[i])
	return s[:i] + string(alphabet[at^0x20]) + s[i+1:]
}

// spare returns the next character, which decodes to the same 256 bits: the last character of 43 has four of them and
// two spare bits.
func spare(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, c)|1])
}

func (f *forger) payloads() (out []Case) {
	inside := strings.TrimSuffix(f.payload, "}")
	for name, payload := range map[string]string{
		"user_id twice":        inside + `,"user_id":1}`,
		"company_id twice":     inside + `,"company_id":1}`,
		"exp twice":            inside + `,"exp":32503680000}`,
		"token_type twice":     inside + `,"token_type":"access"}`,
		"unknown claim twice":  inside + `,"x":1,"x":1}`,
		"anything after it":    f.payload + "x",
		"payload twice":        f.payload + f.payload,
		"payload an array":     "[" + f.payload + "]",
		"payload null":         "null",
		"payload empty object": "{}",
		"payload a number":     "1",
		"payload cut":          inside,
		"payload with a BOM":   "\ufeff" + f.payload,
		"invalid UTF-8":        inside + ",\"x\":\"\xff\"}",
		"lone surrogate":       inside + `,"x":"\ud800"}`,
		"NUL after it":         f.payload + "\x00",
		"single quotes":        strings.ReplaceAll(f.payload, `"`, `'`),
		"trailing comma":       inside + ",}",
		"deep nesting":         inside + `,"x":` + strings.Repeat("[", 1200) + strings.Repeat("]", 1200) + "x}",
	} {
		out = append(out, Case{"A7 signed, " + name, f.sign(f.header, payload)})
	}
	return out
}
