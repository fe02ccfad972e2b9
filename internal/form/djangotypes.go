package form

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// python returns the name of the kind in Python, which some of Django's messages contain.
func (k kind) python() string {
	switch k {
	case null:
		return "NoneType"
	case yes, no:
		return "bool"
	case integer:
		return "int"
	case float:
		return "float"
	case list, entries:
		return "list"
	case dict:
		return "dict"
	case upload:
		return "InMemoryUploadedFile"
	}
	return "str"
}

// python returns Python's str(v), or its beginning if it is long.
func (v value) python() string {
	switch v.kind {
	case str, parameter, entry:
		s, _ := v.string()
		return s
	case entries, upload:
		return v.kind.python()
	case list, dict:
		return container(v.text)
	}
	return scalar(v)
}

// scalar returns Python's repr(v) for values other than list and dict.
func scalar(v value) string {
	switch v.kind {
	case null:
		return "None"
	case yes:
		return "True"
	case no:
		return "False"
	case float:
		return pythonFloat(v.text)
	case str:
		s, _ := v.string()
		return quote(s)
	}
	if v.text == "-0" {
		return "0"
	}
	return v.text
}

// container returns the repr of a list or dict. It needs no stack, because repr has the same brackets, commas and
// colons as JSON.
func container(json string) string {
	const most = 1000 // bytes; more than a message shows
	var b strings.Builder
	s := scanner{src: json}
	for b.Len() < most {
		switch c := s.next(); c {
		case 0:
			return b.String()
		case '[', ']', '{', '}':
			s.i++
			b.WriteByte(c)
		case ',', ':':
			s.i++
			b.WriteByte(c)
			b.WriteByte(' ')
		default:
			v, _ := s.value(0)
			b.WriteString(scalar(v))
		}
	}
	return b.String()
}

// pythonFloat returns the repr of a float: the shortest digits that identify it, with an exponent below 1e-4 and from
// 1e16 on.
func pythonFloat(number string) string {
	x, _ := strconv.ParseFloat(number, 64)
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// quote returns the repr of a string.
func quote(s string) string {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	var b strings.Builder
	b.WriteRune(mark)
	for _, r := range s {
		switch {
		case r == mark, r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(escapeRune(r))
		}
	}
	b.WriteRune(mark)
	return b.String()
}

// escapeRune returns the repr of a character that is not printable.
func escapeRune(r rune) string {
	hex := strconv.FormatInt(int64(r), 16)
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return `\x` + strings.Repeat("0", 2-len(hex)) + hex
	case r < 0x10000:
		return `\u` + strings.Repeat("0", 4-len(hex)) + hex
	}
	return `\U` + strings.Repeat("0", 8-len(hex)) + hex
}
