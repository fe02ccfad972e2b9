package notify

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
)

const (
	maxMentions     = 50  // names of one text that are looked up
	maxMentionBytes = 600 // a user name has 150 characters of at most 4 bytes
)

// newMentions returns the active members whose @username occurs in a text and did not occur in the text before.
func newMentions(tx *db.Tx, now, before string) ([]int64, error) {
	var fresh []string
	old := mentionedNames(before)
	for _, n := range mentionedNames(now) {
		if !slices.Contains(old, n) && len(fresh) < maxMentions {
			fresh = append(fresh, n)
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	var all []string
	for _, n := range fresh {
		all = append(all, candidates(n)...)
	}
	people, err := account.MembersByUsername(tx, all...)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, n := range fresh {
		for _, c := range candidates(n) { // the longest name that a member has
			i := slices.IndexFunc(people, func(p account.Member) bool { return strings.EqualFold(p.Username, c) })
			if i >= 0 {
				ids = append(ids, people[i].ID)
				break
			}
		}
	}
	return unique(ids), nil
}

// mentionedNames returns the text behind each @ that begins a word, up to the first character that a user name cannot
// have. A name before a slash is no mention: it is a package, as in @types/node, or a path.
func mentionedNames(text string) (all []string) {
	previous := ' '
	text = norm.NFC.String(text) // a name has no marks of its own
	for i, r := range text {
		if r == '@' && !isNameRune(previous) {
			n, after := text[i+1:], ""
			if end := strings.IndexFunc(n, func(r rune) bool { return !isNameRune(r) }); end >= 0 {
				n, after = n[:end], n[end:]
			}
			if n != "" && !strings.HasPrefix(after, "/") && len(n) <= maxMentionBytes && !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
		previous = r
	}
	return all
}

// candidates returns a name, and the shorter names without the punctuation at its end: a sentence may end with a name.
func candidates(n string) []string {
	all := []string{n}
	for n != "" && strings.ContainsRune(".+-@", rune(n[len(n)-1])) {
		n = n[:len(n)-1]
		if n != "" {
			all = append(all, n)
		}
	}
	return all
}

// isNameRune reports whether a user name may have r; account.CheckUsername has the rule.
func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("_.+-@", r)
}
