package form

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// kind is the kind of a value that a client sent.
type kind uint8

const (
	absent    kind = iota
	null           // null
	repeated       // a parameter given more than once
	refused        // rejected already
	yes            // true
	no             // false
	integer        // a number with neither point nor exponent
	float          // any other number
	str            // a string
	list           // an array
	dict           // an object
	parameter      // a parameter of a query
	entry          // a field of an HTML form
	entries        // fields of an HTML form that are a list, such as ids[0]
	upload         // a file in an HTML form
)

// value is a well-formed part of the input.
type value struct {
	kind    kind
	escaped bool   // a str whose text still has its escapes
	ascii   bool   // a str of printable ASCII, or DEL, without escapes
	used    bool   // a field was read from it
	text    string // of a str the part between the quotes, otherwise the literal
}

// Our own bodies are one level deep and have a dozen values. With these limits, which are far above that, the cost of a
// body depends on its length only.
const (
	maxDepth  = 64     // of nested objects and lists
	maxValues = 10_000 // of all kinds and at all depths
	maxNumber = 300    // characters; without an exponent that is less than the largest float64
)

// scanner reads JSON in one pass and stops at the first error. Its methods start at byte i and advance it. On an error
// they set message and at, and return false.
type scanner struct {
	src     string
	i       int
	message string // of the error
	at      int    // byte of the error

	count  int        // of values so far
	levels []*members // the names of inner objects, one for each depth
}

// document reads the only value of the source, and adds the fields of an object to top.
func (s *scanner) document(top *members) (value, bool) {
	var v value
	var ok bool
	if s.next() == '{' {
		v, ok = value{kind: dict}, s.object(1, top)
	} else {
		v, ok = s.value(0)
	}
	if !ok {
		return v, false
	}
	s.next()
	if s.i < len(s.src) {
		return v, s.fail("Extra data", s.i)
	}
	return v, true
}

// fail records the error.
func (s *scanner) fail(message string, at int) bool {
	s.message, s.at = message, at
	return false
}

// malformed returns the error in Python's words, with line and column counted from 1 in characters.
func (s *scanner) malformed() error {
	before := s.src[:s.at]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return fail.Malformed("JSON parse error - %s at line %d column %d", s.message, line, column)
}

// next skips white space and returns the next byte, or 0 at the end of the source.
func (s *scanner) next() byte {
	for s.i < len(s.src) {
		c := s.src[s.i]
		if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
		s.i++
	}
	return 0
}

// value reads the value at i, inside of depth objects and lists.
func (s *scanner) value(depth int) (value, bool) {
	start := s.i
	if start == len(s.src) {
		return value{}, s.fail("Expecting value", start)
	}
	if s.count++; s.count > maxValues {
		return value{}, s.fail("More than "+strconv.Itoa(maxValues)+" values", start)
	}
	var k kind
	var ok bool
	switch c := s.src[start]; c {
	case '"':
		return s.string()
	case '{':
		k, ok = dict, s.object(depth+1, s.level(depth))
	case '[':
		k, ok = list, s.list(depth+1)
	case 't':
		k, ok = yes, s.literal("true")
	case 'f':
		k, ok = no, s.literal("false")
	case 'n':
		k, ok = null, s.literal("null")
	default:
		k, ok = s.number()
	}
	return value{kind: k, text: s.src[start:s.i]}, ok
}

// level returns an empty list for the names of an object inside of depth others. It reuses one list for each depth,
// because a body can have a hundred thousand objects side by side.
func (s *scanner) level(depth int) *members {
	for len(s.levels) <= depth {
		s.levels = append(s.levels, &members{})
	}
	m := s.levels[depth]
	m.names, m.index = m.names[:0], nil
	return m
}

// object reads an object at a depth and adds its names to m, at depth 1 also its values.
func (s *scanner) object(depth int, m *members) bool {
	if depth > maxDepth {
		return s.tooDeep()
	}
	s.i++
	if s.next() == '}' {
		s.i++
		return true
	}
	for {
		v, ok := s.member(depth, m)
		if !ok {
			return false
		}
		if depth == 1 {
			m.values = append(m.values, v)
		}
		switch s.next() {
		case ',':
			s.i++
			s.next()
		case '}':
			s.i++
			return true
		default:
			return s.fail("Expecting ',' delimiter", s.i)
		}
	}
}

// member reads a name, which must be new in m, and its value.
func (s *scanner) member(depth int, m *members) (value, bool) {
	start := s.i
	if start == len(s.src) || s.src[start] != '"' {
		return value{}, s.fail("Expecting property name enclosed in double quotes", start)
	}
	v, ok := s.string()
	if !ok {
		return v, false
	}
	name, _ := v.string()
	if !m.add(name) {
		return value{}, s.fail("Duplicate key "+strconv.Quote(shorten(name)), start)
	}
	if s.next() != ':' {
		return value{}, s.fail("Expecting ':' delimiter", s.i)
	}
	s.i++
	s.next()
	return s.value(depth)
}

// list reads a list at a depth.
func (s *scanner) list(depth int) bool {
	if depth > maxDepth {
		return s.tooDeep()
	}
	s.i++
	if s.next() == ']' {
		s.i++
		return true
	}
	for {
		if _, ok := s.value(depth); !ok {
			return false
		}
		switch s.next() {
		case ',':
			s.i++
			s.next()
		case ']':
			s.i++
			return true
		default:
			return s.fail("Expecting ',' delimiter", s.i)
		}
	}
}

func (s *scanner) tooDeep() bool {
	return s.fail("Nesting deeper than "+strconv.Itoa(maxDepth)+" levels", s.i)
}

// literal reads exactly this word.
func (s *scanner) literal(word string) bool {
	if !strings.HasPrefix(s.src[s.i:], word) {
		return s.fail("Expecting value", s.i)
	}
	s.i += len(word)
	return true
}

// number reads a number, or fails because no value starts here.
func (s *scanner) number() (kind, bool) {
	start, k := s.i, integer
	if s.src[s.i] == '-' {
		s.i++
	}
	first := s.i
	if s.digits(); s.i == first {
		return k, s.fail("Expecting value", start)
	}
	if s.src[first] == '0' {
		s.i = first + 1 // a digit after it does not belong to the number, and is an error
	}
	if s.part('.', false) {
		k = float
	}
	exponent := s.part('e', true) || s.part('E', true)
	if exponent {
		k = float
	}
	if !fits(s.src[start:s.i], exponent) {
		return k, s.fail("Number out of range", start)
	}
	return k, true
}

// fits reports whether float64 can represent the number; other languages read a larger one as infinity or as an error.
// A number that is too long does not fit either, because it costs more to convert than to send.
func fits(number string, exponent bool) bool {
	if len(number) > maxNumber || !exponent {
		return len(number) <= maxNumber
	}
	_, err := strconv.ParseFloat(number, 64)
	return err == nil
}

// part reads a fraction or exponent: mark, optional sign, digits. If it is incomplete, part reads nothing.
func (s *scanner) part(mark byte, signed bool) bool {
	start := s.i
	if start == len(s.src) || s.src[start] != mark {
		return false
	}
	s.i++
	if signed && s.i < len(s.src) && (s.src[s.i] == '+' || s.src[s.i] == '-') {
		s.i++
	}
	first := s.i
	if s.digits(); s.i == first {
		s.i = start
		return false
	}
	return true
}

func (s *scanner) digits() {
	i := s.i
	for i < len(s.src) && isDigit(s.src[i]) {
		i++
	}
	s.i = i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// string reads a string.
func (s *scanner) string() (value, bool) {
	v := value{kind: str, ascii: true}
	src, start := s.src, s.i+1
	for i := start; i < len(src); {
		c := src[i]
		switch {
		case ordinary[c]:
			i++
		case c == '"':
			v.text, s.i = src[start:i], i+1
			return v, v.ascii || s.utf8(v.text, start)
		case c >= utf8.RuneSelf:
			v.ascii = false
			i++
		case c != '\\':
			return v, s.fail("Invalid control character", i)
		case i+1 == len(src):
			i++
		default:
			n := s.escape(i)
			if n == 0 {
				return v, false
			}
			v.escaped, v.ascii, i = true, false, i+n
		}
	}
	return v, s.fail("Unterminated string starting", start-1)
}

// ordinary has the bytes that represent themselves in a string.
var ordinary = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// utf8 checks the text that starts at byte at.
func (s *scanner) utf8(text string, at int) bool {
	if utf8.ValidString(text) {
		return true
	}
	for i, r := range text {
		if _, size := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && size == 1 {
			return s.fail("Invalid UTF-8", at+i)
		}
	}
	return true
}

// escape returns the length of the escape at byte i, which is not the last byte, or 0 if it is invalid.
func (s *scanner) escape(i int) int {
	if strings.IndexByte(`"\/bfnrt`, s.src[i+1]) >= 0 {
		return 2
	}
	if s.src[i+1] != 'u' {
		s.fail(`Invalid \escape`, i)
		return 0
	}
	r, ok := unit(s.src[i:])
	switch {
	case !ok:
		s.fail(`Invalid \uXXXX escape`, i)
		return 0
	case !utf16.IsSurrogate(r):
		return 6
	}
	if second, ok := unit(s.src[i+6:]); ok && utf16.DecodeRune(r, second) != utf8.RuneError {
		return 12
	}
	s.fail("Unpaired surrogate", i)
	return 0
}

// unit returns the UTF-16 code unit of the \uXXXX at the start of s.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape resolves the escapes of a text that the scanner accepted.
func unescape(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		text = text[i:]
		if text[1] != 'u' {
			b.WriteByte(short(text[1]))
			text = text[2:]
			continue
		}
		r, _ := unit(text)
		text = text[6:]
		if utf16.IsSurrogate(r) {
			second, _ := unit(text)
			r, text = utf16.DecodeRune(r, second), text[6:]
		}
		b.WriteRune(r)
	}
}

// short returns the character of a two-character escape.
func short(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
