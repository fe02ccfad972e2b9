package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/taskhouse/taskhouse/internal/form"
)

// The maximum lengths of names, in characters (code points).
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

// UsernameKey returns the key by which usernames are unique: two names with one key are the same name. Case,
// composition, width and invisible characters make no difference (NFKC and case folding without default ignorables: UAX
// #31's NFKC_Casefold).
func UsernameKey(s string) string { return foldName(s) }

// EmailKey returns the key by which e-mail addresses are compared: as UsernameKey, with the domain in its ASCII form
// (RFC 5891). It folds the local part too. A mail server may distinguish its case, but none does, and people do not.
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

// CompanyKey returns the key by which company names are unique: as UsernameKey, with white space collapsed, and with
// Latin letters for their look-alikes. It is empty for a name without visible characters; reject such a name.
//
// It maps letters of Greek, Cyrillic, Armenian, Coptic, Cherokee and Lisu, and the odd forms of Latin, after the data
// of UTS #39. It is not for display, and does not prevent every confusion: digits (O and 0, l and 1) and pairs of
// letters (rn and m) stay distinct, because honest names differ by them.
func CompanyKey(s string) string {
	s = norm.NFC.String(s)
	if hasLatin(s) {
		s = besideLatin.Replace(s)
	}
	s = lunate.Replace(s)
	// NFKD decomposes, so that a Cyrillic letter with a mark becomes the Latin letter with that mark.
	s = norm.NFKD.String(foldName(s))
	s = strings.Map(latinLike, s)
	s = strings.ReplaceAll(s, "i\u0307", "i") // folding turns a Turkish capital I with its dot into these two
	return strings.Join(strings.Fields(foldName(s)), " ")
}

// foldName computes NFKC_Casefold. It removes invisible characters first: between two marks they would keep the marks
// from being ordered.
func foldName(s string) string {
	if isLowerASCII(s) {
		return s
	}
	s = norm.NFKC.String(strings.Map(visible, s))
	return norm.NFKC.String(strings.Map(foldCherokee, cases.Fold().String(s)))
}

// isLowerASCII reports whether folding leaves a name unchanged, as it does most.
func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' || c == 0x7f || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// visible returns r, or -1 if r shows nothing.
func visible(r rune) rune {
	if form.IsHidden(r) {
		return -1
	}
	return r
}

// foldCherokee folds Cherokee. Its small letters fold to capitals, as in no other script, and cases.Fold leaves them
// out.
func foldCherokee(r rune) rune {
	switch {
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	}
	return r
}

// CheckUsername returns a message for each fault of a username, and none for a good one. The rule is that of Django's
// UnicodeUsernameValidator: letters and numbers of any script, and @ . + - _; no combining marks, so it rejects a
// decomposed é. It also rejects the Hangul fillers, which are letters in Unicode, but invisible.
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

// IsWordRune reports whether \w of a Python regular expression matches r: letters, numbers and the underscore, and no
// combining marks.
func IsWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// CheckEmail returns a message for each fault of an e-mail address, and none for a good one. An address is
// local@domain. The local part is an ASCII dot-atom of at most 64 characters (RFC 5321, 4.5.3.1.1; RFC 5322, 3.2.3).
// The domain is a host name with at least one dot, or localhost. A domain in another script is good if IDNA turns it
// into a host name.
//
// It rejects quoted local parts, comments and address literals, although Django accepts the first and the last. They
// can contain characters that break out of a header or an SMTP command, and real addresses do not need them.
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
	// IDNA can make four bytes of one character. A longer text cannot be an address, so it is not mapped.
	if at < 0 || len(s) > 4*maxEmail || !isDotAtom(s[:at]) {
		return false
	}
	ascii, ok := mailDomain(s[at+1:])
	return ok && at+1+len(ascii) <= maxEmail
}

// isDotAtom checks the local part against RFC 5322, 3.2.3.
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

// mailDomains maps as a resolver does (UTS #46), so that it accepts exactly the domains that can receive mail. It
// accepts hyphens in the third and fourth place, because old ASCII domains have them.
var mailDomains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.CheckHyphens(false))

// mailDomain returns the ASCII form of a domain that can receive mail.
func mailDomain(s string) (ascii string, ok bool) {
	// Apart from case and composition, the forms that IDNA would change (widths, ligatures, circled letters) only
	// disguise a domain.
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

// isHiddenRune reports whether r is invisible. Keys leave such characters out and IDNA drops them, so a stored name
// must not have them.
func isHiddenRune(r rune) bool { return visible(r) < 0 }

// isHostLabel checks a label against RFC 1123, 2.1.
func isHostLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' &&
		!strings.ContainsFunc(s, func(r rune) bool { return r != '-' && !isASCIIAlnum(r) })
}

// isForgedLabel reports whether a label in another script cannot be a word. It may have symbols (UTS #46 accepts them,
// and some look like a slash), or mix Latin letters with Cyrillic or Greek ones, as no language does, but forgers of
// domains do (UTS #39, 5.2).
func isForgedLabel(label string) bool {
	if !strings.HasPrefix(label, "xn--") {
		return false
	}
	text, err := mailDomains.ToUnicode(label)
	return err != nil || strings.ContainsFunc(text, isNoLabelRune) ||
		hasLatin(text) && strings.ContainsFunc(text, isCyrillicOrGreek)
}

func isNoLabelRune(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune("-·・", r)
}

func isCyrillicOrGreek(r rune) bool { return unicode.In(r, unicode.Cyrillic, unicode.Greek) }

func hasLatin(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
}
