package form

import (
	"strings"
	"unicode"
)

// IsHidden reports whether r shows nothing: format characters, default ignorables (among them the Hangul fillers, which
// are letters in Unicode, but blank), controls other than spaces, and the blank Braille pattern.
func IsHidden(r rune) bool {
	if r >= ' ' && r <= '~' || unicode.IsSpace(r) {
		return false
	}
	return r == '\u2800' ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// showsNothing reports whether a reader of s sees nothing. Controls count as something, so that they are rejected.
func showsNothing(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && (!IsHidden(r) || unicode.IsControl(r)) {
			return false
		}
	}
	return true
}

// oneLine replaces each line separator by a space, and CR LF by one space. People paste titles from everywhere.
func oneLine(s string) string {
	if strings.ContainsFunc(s, isLineSeparator) {
		s = lineSeparators.Replace(s)
	}
	return s
}

var lineSeparators = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\v", " ", "\f", " ", "\u0085", " ",
	"\u2028", " ", "\u2029", " ")

func isLineSeparator(r rune) bool {
	return r >= '\n' && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// The directional formatting characters (UAX #9).
const (
	leftEmbedding  = '\u202a'
	rightEmbedding = '\u202b'
	popFormatting  = '\u202c'
	leftOverride   = '\u202d'
	rightOverride  = '\u202e'
	leftIsolate    = '\u2066'
	firstIsolate   = '\u2068'
	popIsolate     = '\u2069'
)

// directed removes overrides of the direction, which show a text in an order that its letters do not have, and closes
// embeddings and isolates, which would otherwise direct the text that follows on the page.
func directed(s string) string {
	if !strings.ContainsFunc(s, isDirection) {
		return s
	}
	var b strings.Builder
	var open []rune // the closing character of each embedding and isolate
	line := func(r rune) {
		switch {
		case r == leftOverride || r == rightOverride:
			return
		case r == leftEmbedding || r == rightEmbedding:
			open = append(open, popFormatting)
		case r >= leftIsolate && r <= firstIsolate:
			open = append(open, popIsolate)
		case r == popFormatting || r == popIsolate:
			if len(open) == 0 || open[len(open)-1] != r { // it closes nothing, or what was removed
				return
			}
			open = open[:len(open)-1]
		}
		b.WriteRune(r)
	}
	for _, r := range s {
		line(r)
	}
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteRune(open[i])
	}
	return b.String()
}

func isDirection(r rune) bool {
	return r >= leftEmbedding && r <= rightOverride || r >= leftIsolate && r <= popIsolate
}
