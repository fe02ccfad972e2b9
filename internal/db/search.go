package db

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxSearchWords bounds a search; further words are ignored.
const maxSearchWords = 8

var escaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// SearchWords returns the words of a search as patterns for `LIKE $n ESCAPE '\'` against text folded by Fold. A row
// matches if all of them occur in it. The fold happens here and not in the database, so that both engines find the same
// rows.
func SearchWords(search string) (patterns []string) {
	for _, w := range strings.Fields(Fold(search)) {
		if patterns = append(patterns, "%"+escaper.Replace(w)+"%"); len(patterns) == maxSearchWords {
			break
		}
	}
	return patterns
}

// Fold returns text as searches compare it: with Unicode case folding, and composed (NFC). The same letter may be one
// character, or a letter with its marks behind it.
func Fold(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			folded := cases.Fold().String(norm.NFC.String(s)) // a Caser may keep state: one for each call
			return norm.NFC.String(folded)
		}
	}
	return strings.ToLower(s)
}
