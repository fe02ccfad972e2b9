package auth

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/taskhouse/taskhouse/internal/account"
)

// The bounds of the length of a new password, in characters (code points).
const (
	fewestCharacters = 8
	mostCharacters   = 128
)

// The messages are Django's and DRF's, word for word, because clients show and match them.
const (
	weakTooLong  = "Ensure this field has no more than 128 characters."
	weakTooShort = "This password is too short. It must contain at least 8 characters."
	weakCommon   = "This password is too common."
	weakNumeric  = "This password is entirely numeric."
	weakNUL      = "Null characters are not allowed."
	weakSimilar  = "The password is too similar to the "
)

// PasswordContext holds public data about the owner, which a password must not resemble. Empty fields are not compared.
type PasswordContext struct {
	Username, Email, FirstName, LastName, Company string
}

// CheckPassword returns a message for each fault of a new password, in the order of Django's default validators, and
// none for a good one. For a password of more than 128 characters it returns only that message. It normalises nothing:
// a password is the code points of the request.
//
// It takes about 2 ms for a password that is not on the list of common ones, and allocates about 60 KB of garbage.
func CheckPassword(password string, about PasswordContext) (messages []string) {
	n := utf8.RuneCountInString(password)
	if n > mostCharacters {
		return []string{weakTooLong}
	}
	if name := about.resembles(password); name != "" {
		messages = append(messages, weakSimilar+name+".")
	}
	if n < fewestCharacters {
		messages = append(messages, weakTooShort)
	}
	if isCommonPassword(password) {
		messages = append(messages, weakCommon)
	}
	if isAllDigits(password) {
		messages = append(messages, weakNumeric)
	}
	if strings.ContainsRune(password, 0) {
		messages = append(messages, weakNUL)
	}
	return messages
}

// resembles returns the name of the first attribute that the password is similar to. The order is Django's; the company
// is ours.
func (c PasswordContext) resembles(password string) string {
	password = djangoLower(password)
	for _, attribute := range []struct{ name, value string }{
		{"username", c.Username},
		{"first name", c.FirstName},
		{"last name", c.LastName},
		{"email address", c.Email},
		{"company name", c.Company},
	} {
		if isSimilarPassword(password, djangoLower(attribute.value)) {
			return attribute.name
		}
	}
	return ""
}

// isSimilarPassword reports whether a password is similar to a value or to one of its words. Both are in lower case.
func isSimilarPassword(password, value string) bool {
	if value == "" {
		return false
	}
	p := []rune(password)
	words := strings.FieldsFunc(value, func(r rune) bool { return !account.IsWordRune(r) })
	for _, word := range append(words, value) {
		w := []rune(word)
		if quickRatio(p, w) >= maxSimilarity {
			return true
		}
	}
	return false
}

const maxSimilarity = 0.7

// quickRatio computes quick_ratio of Python's difflib.SequenceMatcher: twice the number of characters that two texts
// share as multisets, over the sum of their lengths. It returns 1 for two empty texts.
func quickRatio(a, b []rune) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	left := make(map[rune]int, len(b))
	for _, r := range b {
		left[r]++
	}
	matches := 0
	for _, r := range a {
		if left[r] > 0 {
			matches++
		}
		left[r]--
	}
	return 2 * float64(matches) / float64(len(a)+len(b))
}

// commonPasswords is Django's list, lower case and sorted by bytes; its licence is in common.LICENSE.
//
//go:embed common.txt.gz
var commonPasswords []byte

// isCommonPassword looks the password up in the list as Django does: in lower case, without white space around it. It
// decompresses the list each time. A resident copy would cost every process a megabyte for a few calls a day, and
// reading is short compared with the hash that follows.
func isCommonPassword(password string) bool {
	want := []byte(strings.TrimFunc(djangoLower(password), isPythonSpace))
	if len(want) == 0 {
		return false
	}
	list, err := gzip.NewReader(bytes.NewReader(commonPasswords))
	if err != nil {
		panic("auth: the embedded list of common passwords: " + err.Error())
	}
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		if order := bytes.Compare(lines.Bytes(), want); order >= 0 {
			return order == 0 // the list is sorted: the word does not come later
		}
	}
	if err := lines.Err(); err != nil {
		panic("auth: the embedded list of common passwords: " + err.Error())
	}
	return false
}

// djangoLower lowers s like Python's str.lower: with the full mapping, and a final sigma at the end of a word.
func djangoLower(s string) string { return cases.Lower(language.Und).String(s) }

// isPythonSpace reports whether Python's str.strip removes r: white space and the four separators of ASCII.
func isPythonSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// isAllDigits decides like Python's str.isdigit: it accepts decimal digits of any script, superscripts and similar
// digits.
func isAllDigits(s string) bool {
	for _, r := range s {
		if !unicode.IsDigit(r) && !unicode.Is(otherDigits, r) {
			return false
		}
	}
	return s != ""
}

// otherDigits are the characters with Numeric_Type=Digit, which package unicode lacks (UAX #44, 5.7.3).
var otherDigits = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0xb2, Hi: 0xb3, Stride: 1},
		{Lo: 0xb9, Hi: 0xb9, Stride: 1},
		{Lo: 0x1369, Hi: 0x1371, Stride: 1},
		{Lo: 0x19da, Hi: 0x19da, Stride: 1},
		{Lo: 0x2070, Hi: 0x2070, Stride: 1},
		{Lo: 0x2074, Hi: 0x2079, Stride: 1},
		{Lo: 0x2080, Hi: 0x2089, Stride: 1},
		{Lo: 0x2460, Hi: 0x2468, Stride: 1},
		{Lo: 0x2474, Hi: 0x247c, Stride: 1},
		{Lo: 0x2488, Hi: 0x2490, Stride: 1},
		{Lo: 0x24ea, Hi: 0x24ea, Stride: 1},
		{Lo: 0x24f5, Hi: 0x24fd, Stride: 1},
		{Lo: 0x24ff, Hi: 0x24ff, Stride: 1},
		{Lo: 0x2776, Hi: 0x277e, Stride: 1},
		{Lo: 0x2780, Hi: 0x2788, Stride: 1},
		{Lo: 0x278a, Hi: 0x2792, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x10a40, Hi: 0x10a43, Stride: 1},
		{Lo: 0x10e60, Hi: 0x10e68, Stride: 1},
		{Lo: 0x11052, Hi: 0x1105a, Stride: 1},
		{Lo: 0x1f100, Hi: 0x1f10a, Stride: 1},
	},
	LatinOffset: 2,
}
