package auth

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// passwordHash is a parsed hash.
type passwordHash interface {
	derive(password string) ([]byte, error) // the sum of password at the cost and with the salt of this hash
	want() []byte                           // the sum that the right password gives
	current() bool                          // whether Hash would make one of the same cost
}

// errPasswordHash does not contain the text, because it goes to the log, and a hash is a secret.
var errPasswordHash = errors.New("stored password hash: unknown form, or a cost out of bounds")

// parsePasswordHash parses a stored hash.
func parsePasswordHash(stored string) (passwordHash, error) {
	switch {
	case len(stored) > maxHashText:
		return nil, errPasswordHash
	case strings.HasPrefix(stored, "$argon2id$"):
		return parseArgon(stored)
	case strings.HasPrefix(stored, "pbkdf2_sha256$"):
		return parseDjango(stored)
	}
	return nil, errPasswordHash
}

// argonHash is a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$sum, the last two in unpadded base64.
type argonHash struct {
	kib    uint32
	passes uint32
	lanes  uint8
	salt   []byte
	sum    []byte
}

func (p argonHash) String() string { return p.prefix() + base64.RawStdEncoding.EncodeToString(p.sum) }

// prefix returns the text of the hash up to its sum. Two hashes with one prefix are equal if their passwords are.
func (p argonHash) prefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$", argon2.Version, p.kib, p.passes, p.lanes,
		base64.RawStdEncoding.EncodeToString(p.salt))
}

// saltedPrefix returns the prefix of the hashes that HashWithSalt makes with this salt.
func saltedPrefix(salt []byte) string {
	return argonHash{kib: argonKiB, passes: argonPasses, lanes: argonLanes, salt: salt}.prefix()
}

func parseArgon(stored string) (passwordHash, error) {
	part := strings.Split(stored, "$")
	if len(part) != 6 {
		return nil, errPasswordHash
	}
	var p argonHash
	_, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &p.kib, &p.passes, &p.lanes)
	salt, saltErr := base64.RawStdEncoding.DecodeString(part[4])
	sum, sumErr := base64.RawStdEncoding.DecodeString(part[5])
	p.salt, p.sum = salt, sum
	// Formatted again it must be the same text. This catches leading zeros, another version, spare bits and everything
	// else that the parsers above accept.
	if errors.Join(err, saltErr, sumErr) != nil || p.String() != stored || !p.bounded() {
		return nil, errPasswordHash
	}
	return p, nil
}

func (p argonHash) bounded() bool {
	return p.kib >= 8*uint32(p.lanes) && p.kib <= maxArgonKiB && p.passes >= 1 && p.passes <= maxArgonPasses &&
		p.lanes >= 1 && p.lanes <= maxArgonLanes && len(p.salt) >= 8 && len(p.salt) <= 64 &&
		len(p.sum) >= 16 && len(p.sum) <= 64
}

func (p argonHash) derive(password string) ([]byte, error) {
	length := uint32(len(p.sum)) //nolint:gosec // bounded: 16 to 64
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.kib, p.lanes, length), nil
}

func (p argonHash) want() []byte { return p.sum }

func (p argonHash) current() bool {
	return p.kib == argonKiB && p.passes == argonPasses && p.lanes == argonLanes && len(p.salt) >= argonSalt &&
		len(p.sum) >= argonSum
}

// djangoHash is pbkdf2_sha256$iterations$salt$sum, as django.contrib.auth stores it. The salt is text and is used
// unchanged; the sum is padded base64 of 32 bytes.
type djangoHash struct {
	iterations int
	salt       string
	sum        []byte
}

func (p djangoHash) String() string {
	return fmt.Sprintf("pbkdf2_sha256$%d$%s$%s", p.iterations, p.salt, base64.StdEncoding.EncodeToString(p.sum))
}

func parseDjango(stored string) (passwordHash, error) {
	part := strings.Split(stored, "$")
	if len(part) != 4 {
		return nil, errPasswordHash
	}
	p := djangoHash{salt: part[2]}
	_, err := fmt.Sscanf(part[1], "%d", &p.iterations)
	sum, sumErr := base64.StdEncoding.DecodeString(part[3])
	p.sum = sum
	if errors.Join(err, sumErr) != nil || p.String() != stored ||
		p.iterations < 1 || p.iterations > maxIterations || p.salt == "" || len(p.sum) != sha256.Size {
		return nil, errPasswordHash
	}
	return p, nil
}

func (p djangoHash) derive(password string) ([]byte, error) {
	return pbkdf2.Key(sha256.New, password, []byte(p.salt), p.iterations, len(p.sum))
}

func (p djangoHash) want() []byte { return p.sum }

func (p djangoHash) current() bool { return false }
