package db

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// SortKey returns a key by which both engines put texts in the order that people expect: compared byte by byte, the
// keys of two texts compare as the texts do. White space comes first, then punctuation, numbers by their value, and
// letters without regard to case. Accents of Latin and Greek letters decide only between texts that are equal without
// them. Other scripts follow Latin in the order of Unicode.
//
// The key depends on no language and on no version of a collation: Unicode never changes the decomposition of a
// character. Texts that differ in case alone, or only after some 200 bytes, have one key. A text that shows something
// has a key that is not empty.
func SortKey(s string) string {
	k := sortKey{b: make([]byte, 0, len(s)+8)}
	folded, accented := s, false
	if !isASCII(s) {
		folded = norm.NFKC.String(cases.Fold().String(norm.NFKD.String(s)))
	}
	var base rune
	for _, r := range folded {
		if len(k.b) >= maxSortKey {
			break
		}
		if isAccent(r) && hasAccents(base) {
			accented = true
			continue
		}
		if base = r; r >= utf8.RuneSelf && hasAccents(r) {
			d := norm.NFD.String(string(r))
			first, size := utf8.DecodeRuneInString(d)
			base, accented = first, accented || size < len(d)
		}
		k.add(base)
	}
	k.endNumber()
	if accented {
		k.b = append(k.b, accentMark)
		k.b = append(k.b, prefix(folded, maxSortKey/2)...)
	}
	return string(k.b)
}

// maxSortKey is the length in bytes from which the rest of a text does not matter. A cursor holds a key.
const maxSortKey = 200

// The first bytes of the parts of a key, in their order. Punctuation has the bytes from firstPunctuation on.
const (
	accentMark       = 0x01 // after a text; before a longer one
	spaceMark        = 0x02
	firstPunctuation = 0x05
	otherMark        = 0x28 // before other punctuation and symbols
	numberMark       = '0'
)

// punctuation is in the order of the Unicode Collation Algorithm's default table.
const punctuation = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"

// sortKey builds a key.
type sortKey struct {
	b      []byte
	digits []byte // of the number that is being read
	number bool
}

func (k *sortKey) add(r rune) {
	if '0' <= r && r <= '9' {
		if k.number = true; (r != '0' || len(k.digits) > 0) && len(k.digits) < maxSortKey {
			k.digits = append(k.digits, byte(r))
		}
		return
	}
	k.endNumber()
	switch {
	case 'a' <= r && r <= 'z':
		k.b = append(k.b, byte(r))
	case 'A' <= r && r <= 'Z':
		k.b = append(k.b, byte(r-'A'+'a'))
	case unicode.IsSpace(r):
		k.b = append(k.b, spaceMark)
	case r < utf8.RuneSelf:
		if i := strings.IndexRune(punctuation, r); i >= 0 {
			k.b = append(k.b, firstPunctuation+byte(i)) //nolint:gosec // G115: punctuation is short
		}
	case likeLatin[r] != "":
		k.b = append(k.b, likeLatin[r]...)
	case unicode.In(r, unicode.L, unicode.M, unicode.N):
		k.b = utf8.AppendRune(k.b, r)
	case !unicode.In(r, unicode.C):
		k.b = utf8.AppendRune(append(k.b, otherMark), r)
	}
}

// endNumber adds the number that was read: its length, and then its digits.
func (k *sortKey) endNumber() {
	if !k.number {
		return
	}
	k.b = utf8.AppendRune(append(k.b, numberMark), rune(' '+len(k.digits))) //nolint:gosec // G115: a title is short
	k.b = append(k.b, k.digits...)
	k.digits, k.number = k.digits[:0], false
}

// likeLatin has the small letters without a decomposition that are sorted as other ones.
var likeLatin = map[rune]string{
	'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'æ': "ae", 'œ': "oe", 'ı': "i", 'þ': "th", 'ħ': "h", 'ŧ': "t", 'ŋ': "n",
}

func isAccent(r rune) bool { return r >= '\u0300' && r <= '\u036f' }

// hasAccents reports whether marks on a letter are accents. In other scripts they make another letter.
func hasAccents(r rune) bool {
	return r < utf8.RuneSelf && unicode.IsLetter(r) || unicode.In(r, unicode.Latin, unicode.Greek)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// prefix returns the first n bytes of s, without a part of a character.
func prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
