package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"hash/crc32"
	"strings"
	"sync/atomic"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// A token for programs is a prefix, 30 random characters (178 bits) and a checksum of 6, all of base 62. Scanners of
// secrets find it by the prefix and the checksum, without asking us. The database has its SHA-256. A slow hash would
// protect a password; 178 random bits cannot be guessed.

const (
	personalPrefix = "thp_" // of a person's token
	servicePrefix  = "ths_" // of a service account's

	tokenRandom   = 30
	tokenChecksum = 6
	tokenHint     = 4 // of the checksum, so that the hint reveals nothing of the random part
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newProgramToken returns a token with this prefix.
func newProgramToken(prefix string) string {
	b := []byte(prefix)
	var random [tokenRandom]byte
	for len(b) < len(prefix)+tokenRandom {
		_, _ = rand.Read(random[:]) // it never fails
		for _, r := range random {
			// 248 is 4 times 62: a larger byte would favour the first characters.
			if r < 248 && len(b) < len(prefix)+tokenRandom {
				b = append(b, base62[r%62])
			}
		}
	}
	return string(append(b, checksum(string(b))...))
}

// checksum returns the CRC-32 (IEEE) of a text, as six characters of base 62.
func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [tokenChecksum]byte
	for i := tokenChecksum - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// IsProgramToken reports whether a text has the prefix of a token for programs.
func IsProgramToken(text string) bool {
	return strings.HasPrefix(text, personalPrefix) || strings.HasPrefix(text, servicePrefix)
}

// Tokens for programs are rejected for these reasons, which go to the log. They never contain the token.
var (
	errProgramTokenForm     = errors.New("token for programs: not its length or not its characters")
	errProgramTokenChecksum = errors.New("token for programs: the checksum does not fit")
	errProgramTokenUnknown  = errors.New("token for programs: unknown, revoked or expired")
)

// checkProgramToken rejects a text that cannot be a token, before the database is asked.
func checkProgramToken(token string) error {
	const length = len(personalPrefix) + tokenRandom + tokenChecksum
	if len(token) != length || strings.Trim(token[len(personalPrefix):], base62) != "" {
		return errProgramTokenForm
	}
	at := len(token) - tokenChecksum
	if checksum(token[:at]) != token[at:] {
		return errProgramTokenChecksum
	}
	return nil
}

// knownToken holds the facts about a token for programs that never change. It is cached, so that a request asks nothing
// of the database for them. The transactions of the caller find out that the token was revoked.
type knownToken struct {
	company, user, id int64
	session           string
	expires           db.Time
	used              atomic.Int64 // the use that was noted last, a db.Time
}

// tokenHash is the key of a token in the cache and, as text, in the database.
type tokenHash = [sha256.Size]byte

// useInterval is the least time between two notes of a token's use by one node.
const useInterval = 5 * time.Minute

// noteWait bounds the time that a request waits for such a note.
const noteWait = 250 * time.Millisecond

// authenticateProgram verifies a token for programs and returns its caller: the member, with the rights that the scopes
// leave. Like a session, it ends on every node with the next transaction after its revocation.
func (s *Service) authenticateProgram(ctx context.Context, token string) (account.Caller, error) {
	if err := checkProgramToken(token); err != nil {
		return account.Caller{}, fail.BadToken().Because(err)
	}
	hash := sha256.Sum256([]byte(token))
	k, ok := s.known.GetIfPresent(hash)
	if !ok {
		var err error
		if k, err = s.findToken(ctx, hash); err != nil {
			return account.Caller{}, err
		}
		s.known.Set(hash, k)
	}
	now := s.DB.Now()
	if k.expires <= now {
		return account.Caller{}, fail.BadToken().Because(errProgramTokenUnknown)
	}
	who, err := s.caller(ctx, Claims{UserID: k.user, CompanyID: k.company, Session: k.session})
	if err == nil {
		s.noteUse(ctx, k, now)
	}
	return who, err
}

// findToken reads a token by its hash, which alone tells the company.
func (s *Service) findToken(ctx context.Context, hash tokenHash) (*knownToken, error) {
	door := s.DB.System("the hash of a token for programs leads to its company")
	k, err := db.Read(ctx, door, func(tx *db.SystemTx) (*knownToken, error) { return tokenByHash(tx, hash) })
	if fail.Is(err, fail.KindNotFound) {
		err = fail.BadToken().Because(errProgramTokenUnknown)
	}
	return k, err
}

// noteUse notes the use of a token, at most once per useInterval. A failure is of no consequence: a later use is noted.
func (s *Service) noteUse(ctx context.Context, k *knownToken, now db.Time) {
	last := k.used.Load()
	if now < db.Time(last).Add(useInterval) || !k.used.CompareAndSwap(last, int64(now)) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, noteWait)
	defer cancel()
	scope := s.DB.SystemScope(k.company, "a token for programs whose hash is stored").AsMember(k.user)
	_ = scope.Write(ctx, func(tx *db.Tx) error { return noteTokenUse(tx, k.id, now) })
}
