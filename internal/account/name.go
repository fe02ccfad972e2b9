package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The longest names, in characters (code points).
const (
	maxUsername = 150
	maxEmail    = 254
)

const (
	nameBlank       = "This field may not be blank."
	usernameInvalid = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
	usernameTooLong = "Ensure this field has no more than 150 characters."
	emailInvalid    = "Enter a valid email address."
	emailTooLong    = "Ensure this field has no more than 254 characters."
)

// UsernameKey is what makes a username one of a kind: two names with one key are one name. Capitals, compositions, widths and
// invisible characters make no difference (NFKC and case folding without default ignorables: UAX #31's NFKC_Casefold).
func UsernameKey(s string) string { return foldName(s) }

// EmailKey is what makes an e-mail address one of a kind: as UsernameKey, with the domain in its ASCII form (RFC 5891). The
// local part is folded as well, though a mail server may tell capitals apart: none does, and people do not.
func EmailKey(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return foldName(s)
	}
	domain, err := mailDomains.ToASCII(s[at+1:])
	if err != nil {
		domain = foldName(s[at+1:])
	}
	return foldName(s[:at]) + "@" + domain
}

// CompanyKey is what makes a company's name one of a kind: as UsernameKey, with white space collapsed, and look-alikes of
// Latin letters as those letters. It is empty for a name in which nothing can be seen; such a name must be refused.
//
// It knows letters of Greek, Cyrillic, Armenian, Coptic, Cherokee and Lisu, and the odd forms of Latin, after the data of
// UTS #39. It is not for showing, and no proof against all confusion: digits (O and 0, l and 1) and pairs of letters (rn
// and m) stay apart, because honest names differ by them.
func CompanyKey(s string) string {
	s = norm.NFC.String(s)
	if hasLatin(s) {
		s = besideLatin.Replace(s)
	}
	s = lunate.Replace(s)
	// Taken apart, so that a Cyrillic letter with a mark on it becomes the Latin one with that mark.
	s = norm.NFKD.String(foldName(s))
	s = strings.Map(latinLike, s)
	s = strings.ReplaceAll(s, "i\u0307", "i") // what folding makes of a Turkish capital I with its dot
	return strings.Join(strings.Fields(foldName(s)), " ")
}

// foldName is NFKC_Casefold. What is invisible goes first: between two marks it would keep them from their order.
func foldName(s string) string {
	if isLowerASCII(s) {
		return s
	}
	s = norm.NFKC.String(strings.Map(visible, s))
	return norm.NFKC.String(strings.Map(foldCherokee, cases.Fold().String(s)))
}

// isLowerASCII reports a name that folding leaves as it is, as most are.
func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' || c == 0x7f || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// visible drops what shows nothing: format characters, default ignorables (the Hangul fillers are letters to Unicode, and
// blank), controls that are no space, and the blank Braille pattern.
func visible(r rune) rune {
	if unicode.IsSpace(r) {
		return r
	}
	if r == '\u2800' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
		return -1
	}
	return r
}

// foldCherokee folds the one script whose small letters fold to capitals, which cases.Fold leaves out.
func foldCherokee(r rune) rune {
	switch {
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	}
	return r
}

// CheckUsername gives the messages about all that is wrong with a username, and none for a good one. The rule is that of
// Django's UnicodeUsernameValidator: letters and numbers of any script, and @ . + - _; no combining marks, so a decomposed
// é is refused. Beyond it the Hangul fillers are refused: letters to Unicode, and nothing to the eye.
func CheckUsername(s string) (messages []string) {
	if s == "" {
		return []string{nameBlank}
	}
	if strings.ContainsFunc(s, isNoUsernameRune) || strings.ContainsFunc(s, isHiddenRune) {
		messages = append(messages, usernameInvalid)
	}
	if utf8.RuneCountInString(s) > maxUsername {
		messages = append(messages, usernameTooLong)
	}
	return messages
}

func isNoUsernameRune(r rune) bool { return !IsWordRune(r) && !strings.ContainsRune("@.+-", r) }

// IsWordRune is \w of a Python regular expression: letters, numbers and the underscore, and no combining marks.
func IsWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// CheckEmail gives the messages about all that is wrong with an e-mail address, and none for a good one. An address is
// local@domain, the local part an ASCII dot-atom of at most 64 characters (RFC 5321, 4.5.3.1.1; RFC 5322, 3.2.3), the domain
// a host name with at least one dot, or localhost. A domain in other scripts is good when IDNA makes a host name of it.
//
// Quoted local parts, comments and address literals are refused, though Django takes the first and the last: they carry what
// breaks out of a header or an SMTP command, and nobody's address needs them.
func CheckEmail(s string) (messages []string) {
	if s == "" {
		return []string{nameBlank}
	}
	if utf8.RuneCountInString(s) > maxEmail {
		messages = append(messages, emailTooLong)
	}
	if !isMailAddress(s) {
		messages = append(messages, emailInvalid)
	}
	return messages
}

func isMailAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	// IDNA can make four bytes of one character; what is longer than this is no address, and is not worth mapping.
	if at < 0 || len(s) > 4*maxEmail || !isDotAtom(s[:at]) {
		return false
	}
	ascii, ok := mailDomain(s[at+1:])
	return ok && at+1+len(ascii) <= maxEmail
}

// isDotAtom holds the local part against RFC 5322, 3.2.3.
func isDotAtom(s string) bool {
	if len(s) > 64 {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, isNoAtomRune) {
			return false
		}
	}
	return true
}

func isNoAtomRune(r rune) bool {
	return !isASCIIAlnum(r) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~-", r)
}

func isASCIIAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// mailDomains maps as a resolver would (UTS #46), so that it accepts exactly what mail can be sent to. Hyphens in the third
// and fourth place are let through: old ASCII domains have them.
var mailDomains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.CheckHyphens(false))

// mailDomain gives the ASCII form of a domain that mail can go to.
func mailDomain(s string) (ascii string, ok bool) {
	// What IDNA would change besides capitals and compositions (widths, ligatures, circled letters) is no way to write a
	// domain, only one to disguise it.
	if strings.ContainsFunc(s, isHiddenRune) || norm.NFKC.String(s) != norm.NFC.String(s) {
		return "", false
	}
	ascii, err := mailDomains.ToASCII(s)
	if err != nil {
		return "", false
	}
	if ascii == "localhost" {
		return ascii, true
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		if !isHostLabel(label) || isForgedLabel(label) {
			return "", false
		}
	}
	top := labels[len(labels)-1]
	// A top-level domain is never all digits (RFC 3696, 2), so no IP address passes for a name.
	return ascii, len(labels) > 1 && len(top) > 1 && strings.Trim(top, "0123456789") != ""
}

// isHiddenRune reports what a key leaves out and IDNA drops: a name that is kept must not contain what nobody sees.
func isHiddenRune(r rune) bool { return visible(r) < 0 }

// isHostLabel holds a label against RFC 1123, 2.1.
func isHostLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' &&
		!strings.ContainsFunc(s, func(r rune) bool { return r != '-' && !isASCIIAlnum(r) })
}

// isForgedLabel reports a label in another script that is no word of any: one with symbols in it (UTS #46 would let them
// pass, and some look like a slash), or with Latin letters beside Cyrillic or Greek ones, which no language does and forgers
// of domains do (UTS #39, 5.2).
func isForgedLabel(label string) bool {
	if !strings.HasPrefix(label, "xn--") {
		return false
	}
	text, err := mailDomains.ToUnicode(label)
	return err != nil || strings.ContainsFunc(text, isNoLabelRune) || hasLatin(text) && strings.ContainsFunc(text, isCyrillicOrGreek)
}

func isNoLabelRune(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune("-·・", r)
}

func isCyrillicOrGreek(r rune) bool { return unicode.In(r, unicode.Cyrillic, unicode.Greek) }

func hasLatin(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}
