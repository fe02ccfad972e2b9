package db

import (
	"strings"

	"golang.org/x/text/cases"
)

// maxWords bounds a search; further words are ignored.
const maxWords = 8

var escaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// SearchWords are the words of a search as patterns for `LIKE $n ESCAPE '\'` against text folded by Fold: a row matches when
// all of them occur in it. Folding here and not in the database makes both engines find the same.
func SearchWords(search string) (patterns []string) {
	for _, w := range strings.Fields(Fold(search)) {
		if patterns = append(patterns, "%"+escaper.Replace(w)+"%"); len(patterns) == maxWords {
			break
		}
	}
	return patterns
}

// Fold is text as searches compare it: Unicode case folding.
func Fold(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return cases.Fold().String(s) // a Caser may keep state: one for each call
		}
	}
	return strings.ToLower(s)
}
