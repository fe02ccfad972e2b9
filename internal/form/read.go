package form

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// Messages that stand at several places.
const (
	notAString = "Not a valid string."
	holdsNUL   = "Null characters are not allowed."
)

// Text reads a string, without the white space around it unless the rules say Raw. NUL is refused, and so are the other
// control characters and the separators U+2028 and U+2029; Multiline allows line breaks and tabs.
func (f *Form) Text(name string, rules ...Rule) (o Optional[string]) {
	r := merge(rules)
	if f.describing {
		f.describe(Field{Name: name, Type: "string"}, r)
		return o
	}
	v := f.take(name, r)
	o.Set, o.Null = v.state()
	if !v.readable() {
		return o
	}
	s, messages := text(v, r)
	if f.failed(name, messages...) {
		return o
	}
	if f.large {
		s = strings.Clone(s) // whoever keeps a title must not keep the body it came in
	}
	o.V = s
	return o
}

// Choice reads a string that must be one of choices. With Blank it may be empty too.
func (f *Form) Choice(name string, choices []string, rules ...Rule) (o Optional[string]) {
	r := merge(rules)
	if f.describing {
		f.describe(Field{Name: name, Type: "string", Enum: slices.Clone(choices)}, r)
		return o
	}
	v := f.take(name, r)
	o.Set, o.Null = v.state()
	if v.readable() {
		o.V = f.choice(name, v, choices, r)
	}
	return o
}

// Enum is a string type that knows its values. The OpenAPI document lists them wherever the type occurs.
type Enum interface {
	~string
	Values() []string
}

// ChoiceOf is Choice for the values of a type.
func ChoiceOf[T Enum](f *Form, name string, rules ...Rule) Optional[T] {
	var zero T
	o := f.Choice(name, zero.Values(), rules...)
	return Optional[T]{Set: o.Set, Null: o.Null, V: T(o.V)}
}

// ID reads the number of a row, which is positive. Whether there is such a row, and one that this member may see, is the
// caller's to check; NoSuchID is the message for it.
func (f *Form) ID(name string, rules ...Rule) (o Optional[int64]) {
	r := merge(rules)
	if f.describing {
		f.describe(Field{Name: name, Type: "integer", Format: "int64", Min: limit(1)}, r)
		return o
	}
	v := f.take(name, r)
	o.Set, o.Null = v.state()
	if v.readable() {
		o.V = f.id(name, v)
	}
	return o
}

// Int reads an integer from least to most; math.MinInt64 and math.MaxInt64 stand for no limit.
func (f *Form) Int(name string, least, most int64, rules ...Rule) (o Optional[int64]) {
	r := merge(rules)
	if f.describing {
		f.describe(Field{Name: name, Type: "integer", Format: "int64", Min: limit(least), Max: limit(most)}, r)
		return o
	}
	v := f.take(name, r)
	o.Set, o.Null = v.state()
	if v.readable() {
		o.V = f.int(name, v, least, most)
	}
	return o
}

// Bool reads true or false; in a query also True, False, 1 and 0.
func (f *Form) Bool(name string, rules ...Rule) (o Optional[bool]) {
	r := merge(rules)
	if f.describing {
		f.describe(Field{Name: name, Type: "boolean"}, r)
		return o
	}
	v := f.take(name, r)
	o.Set, o.Null = v.state()
	if v.readable() {
		o.V = f.bool(name, v)
	}
	return o
}

// Time reads a time of RFC 3339, and as Django does one without seconds, without a zone, or a date alone; what is missing
// is 0, and the zone UTC. The result is in UTC and its year is one of 1 to 9999.
func (f *Form) Time(name string, rules ...Rule) (o Optional[time.Time]) {
	r := merge(rules)
	if f.describing {
		f.describe(Field{Name: name, Type: "string", Format: "date-time"}, r)
		return o
	}
	v := f.take(name, r)
	o.Set, o.Null = v.state()
	if v.readable() {
		o.V = f.time(name, v)
	}
	return o
}

// IDs reads a list of at most so many numbers of rows. With Nullable each of them may be null; the list itself may not.
func (f *Form) IDs(name string, most int, rules ...Rule) (o Optional[[]*int64]) {
	r := merge(rules)
	if f.describing {
		f.describe(Field{Name: name, Type: "array", MaxItems: most, Items: &Field{Type: "integer", Format: "int64", Min: limit(1), Nullable: r.has(nullable)}}, r)
		f.fields[len(f.fields)-1].Nullable = false
		return o
	}
	elements := r.has(nullable)
	r.flags &^= nullable
	v := f.take(name, r)
	o.Set, o.Null = v.state()
	if !v.readable() {
		return o
	}
	if v.kind != list {
		f.Fail(name, `Expected a list of items but got type "`+v.kind.python()+`".`)
		return o
	}
	var ids []*int64
	if err := json.Unmarshal([]byte(v.text), &ids); err != nil {
		f.Fail(name, "Incorrect type. Expected pk values.")
		return o
	}
	if len(ids) > most {
		f.Fail(name, fmt.Sprintf("Ensure this field has no more than %d elements.", most))
		return o
	}
	for _, id := range ids {
		switch {
		case id == nil && !elements:
			f.Fail(name, "This field may not be null.")
			return o
		case id != nil && *id < 1:
			f.Fail(name, NoSuchID(*id))
			return o
		}
	}
	o.V = ids
	return o
}

// NoSuchID is the message for an ID that leads to no row, or to one that must not be known.
func NoSuchID(id int64) string { return noSuchID(strconv.FormatInt(id, 10)) }

func noSuchID(id string) string { return `Invalid pk "` + shorten(id) + `" - object does not exist.` }

func limit(n int64) *int64 {
	if n == math.MinInt64 || n == math.MaxInt64 {
		return nil
	}
	return &n
}

// failed adds messages, and reports whether there were any.
func (f *Form) failed(name string, messages ...string) bool {
	for _, m := range messages {
		f.Fail(name, m)
	}
	return len(messages) > 0
}

// text is the text of a value, and all that is wrong with it.
func text(v value, r Rule) (s string, messages []string) {
	s, ok := v.string()
	if !ok {
		return "", []string{notAString}
	}
	if !r.has(raw) {
		s = strings.TrimFunc(s, isPadding)
	}
	if s == "" {
		if r.has(blank) {
			return "", nil
		}
		return "", []string{"This field may not be blank."}
	}
	if r.max > 0 && len(s) > r.max && (v.ascii || utf8.RuneCountInString(s) > r.max) {
		messages = append(messages, fmt.Sprintf("Ensure this field has no more than %d characters.", r.max))
	}
	if v.ascii && strings.IndexByte(s, '\u007f') < 0 {
		return s, messages // there is no other control character in it
	}
	if m := forbidden(s, r.has(multiline)); m != "" {
		messages = append(messages, m)
	}
	return s, messages
}

// isPadding reports whether r is white space to be trimmed. Vertical tab, form feed and NEL are not, though Python trims
// them: where they stand must not decide whether a control character is refused.
func isPadding(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r == ' ' || r == '\n' || r == '\r' || r == '\t'
	case r == '\u00a0', r == '\u1680', '\u2000' <= r && r <= '\u200a':
		return true
	}
	return r == '\u2028' || r == '\u2029' || r == '\u202f' || r == '\u205f' || r == '\u3000'
}

// forbidden is the message about the characters of s, or "".
func forbidden(s string, multiline bool) string {
	found := false
	for _, r := range s {
		switch {
		case ' ' <= r && r <= '~':
		case r == 0:
			return holdsNUL
		case multiline && (r == '\n' || r == '\r' || r == '\t'):
		case r < ' ', '\u007f' <= r && r <= '\u009f', r == '\u2028', r == '\u2029':
			found = true
		}
	}
	if found {
		return "Control characters are not allowed."
	}
	return ""
}

func (f *Form) choice(name string, v value, choices []string, r Rule) string {
	s, ok := v.string()
	if !ok {
		s = v.python()
	}
	if i := slices.Index(choices, s); ok && i >= 0 {
		return choices[i]
	}
	if ok && s == "" && r.has(blank) {
		return ""
	}
	if strings.IndexByte(s, 0) >= 0 {
		f.Fail(name, holdsNUL)
	} else {
		f.Fail(name, `"`+shorten(s)+`" is not a valid choice.`)
	}
	return ""
}

func (f *Form) id(name string, v value) int64 {
	switch {
	case v.kind == parameter && !plain(v.text):
		f.Fail(name, "Enter a number.")
		return 0
	case v.kind != parameter && v.kind != integer:
		f.Fail(name, "Incorrect type. Expected pk value, received "+v.kind.python()+".")
		return 0
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	if err != nil || n < 1 {
		f.Fail(name, noSuchID(v.python()))
		return 0
	}
	return n
}

func (f *Form) int(name string, v value, least, most int64) int64 {
	if v.kind != integer && (v.kind != parameter || !plain(v.text)) {
		f.Fail(name, "A valid integer is required.")
		return 0
	}
	// Beyond int64 the result is the nearest one, but that can be within the limits where there is none.
	n, err := strconv.ParseInt(v.text, 10, 64)
	switch {
	case n > most, err != nil && n > 0:
		f.Fail(name, fmt.Sprintf("Ensure this value is less than or equal to %d.", most))
	case n < least, err != nil:
		f.Fail(name, fmt.Sprintf("Ensure this value is greater than or equal to %d.", least))
	default:
		return n
	}
	return 0
}

func (f *Form) bool(name string, v value) bool {
	switch {
	case v.kind == yes, v.kind == parameter && slices.Contains(trues, v.text):
		return true
	case v.kind == no, v.kind == parameter && slices.Contains(falses, v.text):
		return false
	}
	f.Fail(name, "Must be a valid boolean.")
	return false
}

// The words for a truth value in a query: JSON's, Python's, and a digit.
var (
	trues  = []string{"true", "True", "1"}
	falses = []string{"false", "False", "0"}
)

func (f *Form) time(name string, v value) time.Time {
	s, _ := v.string() // of anything else this is "", which is no time either
	if strings.IndexByte(s, 0) >= 0 {
		f.Fail(name, holdsNUL)
		return time.Time{}
	}
	t, ok := parseTime(s)
	if !ok {
		f.Fail(name, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].")
		return time.Time{}
	}
	return t
}

// state is what an Optional says of a value.
func (v value) state() (set, isNull bool) { return v.kind != absent, v.kind == null }

// readable reports whether there is something to parse.
func (v value) readable() bool { return v.kind > refused }

// string is the text of a string or parameter; false for anything else.
func (v value) string() (string, bool) {
	switch {
	case v.kind == parameter, v.kind == str && !v.escaped:
		return v.text, true
	case v.kind == str:
		return unescape(v.text), true
	}
	return "", false
}

// plain reports whether s is a number of ASCII digits alone.
func plain(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// shorten cuts what a message repeats of the input.
func shorten(s string) string {
	const most = 100
	points := 0
	for i := range s {
		if points == most {
			return s[:i] + "…"
		}
		points++
	}
	return s
}
