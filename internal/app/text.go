package app

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Escape returns s with control, format and separator characters escaped as in JSON (\u001b). Bytes that are not valid
// UTF-8 become U+FFFD.
func Escape(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if !strings.ContainsFunc(s, hostile) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if !hostile(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

func hostile(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// OneLine joins the lines of an error that lists its attempts, as a failure to connect to a database does.
func OneLine(s string) string {
	var b strings.Builder
	for row := range strings.Lines(s) {
		row = strings.TrimSpace(row)
		switch {
		case row == "":
			continue
		case b.Len() > 0 && strings.HasSuffix(b.String(), ":"):
			b.WriteString(" ")
		case b.Len() > 0:
			b.WriteString("; ")
		}
		b.WriteString(row)
	}
	return b.String()
}
