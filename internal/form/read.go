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
	"github.com/go-json-experiment/json/jsontext"
)

// Messages with several uses.
const (
	notAString = "Not a valid string."
	holdsNUL   = "Null characters are not allowed."
)

// read reads one field. It calls describe when the fields are only listed, and parse for a value that is neither absent
// nor null. Neither may keep its arguments: a field costs no allocation.
func read[T any](f *Form, name string, rules []Rule, describe func() Field, parse func(value, Rule) T) (o Optional[T]) {
	r := merge(rules)
	if f.describing {
		f.describe(name, describe(), r)
		return o
	}
	v := f.take(name, r)
	o.Set, o.Null = v.kind != absent, v.kind == null
	if v.readable() {
		o.V = parse(v, r)
	}
	return o
}

// Text reads a string, or a number as its text. It trims the white space around it, and rejects NUL and the other
// control characters; Multiline allows line breaks and tabs. In a body it turns line separators into spaces unless the
// rules include Multiline, takes a text that shows nothing for an empty one, and lets no text direct the letters of
// another one. With Raw it changes nothing.
func (f *Form) Text(name string, rules ...Rule) Optional[string] {
	return read(f, name, rules,
		func() Field { return Field{Type: "string"} },
		func(v value, r Rule) string { return f.text(name, v, r) })
}

// Choice reads a string that must be one of choices. With Blank it may be empty too.
func (f *Form) Choice(name string, choices []string, rules ...Rule) Optional[string] {
	return read(f, name, rules,
		func() Field { return Field{Type: "string", Enum: slices.Clone(choices)} },
		func(v value, r Rule) string { return f.choice(name, v, choices, r) })
}

// Enum is a string type that knows its values. The OpenAPI document lists them wherever the type occurs.
type Enum interface {
	~string
	Values() []string
}

// ChoiceOf reads a Choice of the values of a type.
func ChoiceOf[T Enum](f *Form, name string, rules ...Rule) Optional[T] {
	var zero T
	o := f.Choice(name, zero.Values(), rules...)
	return Optional[T]{Set: o.Set, Null: o.Null, V: T(o.V)}
}

// ID reads a positive row id. The caller checks that the row exists and that this member may see it; NoSuchID is the
// message if not.
func (f *Form) ID(name string, rules ...Rule) Optional[int64] {
	r := merge(rules)
	r.flags |= emptyIsNull
	return read(f, name, []Rule{r},
		func() Field { return Field{Type: "integer", Format: "int64", Min: limit(1)} },
		func(v value, _ Rule) int64 { return f.id(name, v) })
}

// Int reads an integer from least to most; math.MinInt64 and math.MaxInt64 mean no limit.
func (f *Form) Int(name string, least, most int64, rules ...Rule) Optional[int64] {
	return read(f, name, rules,
		func() Field { return Field{Type: "integer", Format: "int64", Min: limit(least), Max: limit(most)} },
		func(v value, _ Rule) int64 { return f.int(name, v, least, most) })
}

// Bool reads true or false; in a query also True, False, 1 and 0.
func (f *Form) Bool(name string, rules ...Rule) Optional[bool] {
	return read(f, name, rules,
		func() Field { return Field{Type: "boolean"} },
		func(v value, _ Rule) bool { return f.bool(name, v) })
}

// Time reads an RFC 3339 time. Like Django it also accepts one without seconds, without a zone, or a date alone;
// omitted parts are 0, and the zone UTC. The result is in UTC, and its year is 1 to 9999.
func (f *Form) Time(name string, rules ...Rule) Optional[time.Time] {
	return read(f, name, rules,
		func() Field { return Field{Type: "string", Format: "date-time"} },
		func(v value, _ Rule) time.Time { return f.time(name, v) })
}

// Date reads a date of the form YYYY-MM-DD, from 0001-01-01 to 9999-12-31.
func (f *Form) Date(name string, rules ...Rule) Optional[string] {
	return read(f, name, rules,
		func() Field { return Field{Type: "string", Format: "date"} },
		func(v value, _ Rule) string { return f.date(name, v) })
}

// IsDate reports whether Date accepts a text.
func IsDate(s string) bool {
	_, ok := parseTime(s, false)
	return ok && len(s) == len(time.DateOnly)
}

// maxListed is how many values Listed and Choices read.
const maxListed = 50

// Listed reads a parameter of a query with up to 50 values, separated by commas. element describes a value. check
// returns the message about a value that is not allowed, and "" for one that is.
func (f *Form) Listed(name string, element Field, check func(string) string, rules ...Rule) Optional[[]string] {
	return read(f, name, rules,
		func() Field { return Field{Type: "array", Items: &element} },
		func(v value, _ Rule) []string {
			s, _ := v.string()
			return f.checkAll(name, strings.Split(s, ","), check)
		})
}

// Choices reads a list of choices, without duplicates and in the order of choices. With Required it must not be empty.
func (f *Form) Choices(name string, choices []string, rules ...Rule) Optional[[]string] {
	return read(f, name, rules,
		func() Field {
			return Field{
				Type: "array", MaxItems: len(choices), Items: &Field{Type: "string", Enum: slices.Clone(choices)},
			}
		},
		func(v value, r Rule) []string { return f.choices(name, v, choices, r) })
}

// OneOf returns a check for Listed: the values that are allowed are choices, and the message lists them.
func OneOf(choices []string) func(string) string {
	return func(s string) string {
		switch {
		case slices.Contains(choices, s):
			return ""
		case strings.IndexByte(s, 0) >= 0:
			return holdsNUL
		}
		return `"` + shorten(s) + `" is not a valid choice. Choose from: ` + strings.Join(choices, ", ") + `.`
	}
}

// IDs reads a list of at most so many row ids. With Nullable its elements may be null; the list itself may not.
func (f *Form) IDs(name string, most int, rules ...Rule) Optional[[]*int64] {
	r := merge(rules)
	nullElements := r.has(nullable)
	r.flags &^= nullable
	return read(f, name, []Rule{r},
		func() Field {
			element := &Field{Type: "integer", Format: "int64", Min: limit(1), Nullable: nullElements}
			return Field{Type: "array", MaxItems: most, Items: element}
		},
		func(v value, _ Rule) []*int64 { return f.ids(name, v, most, nullElements) })
}

// ReadID reads an id from a text as a query has it, and returns the message about a text that is none.
func ReadID(s string) (id int64, wrong string) {
	f := Form{}
	if id = f.id("", value{kind: parameter, text: s}); f.Failed("") {
		wrong = f.errors[""][0]
	}
	return id, wrong
}

// NoSuchID returns the message for an ID of no row, or of a row that the caller must not know of.
func NoSuchID(id int64) string { return noSuchID(strconv.FormatInt(id, 10)) }

func noSuchID(id string) string { return `Invalid pk "` + shorten(id) + `" - object does not exist.` }

func limit(n int64) *int64 {
	if n == math.MinInt64 || n == math.MaxInt64 {
		return nil
	}
	return &n
}

// text returns the text of a value, or "" after adding all messages about it.
func (f *Form) text(name string, v value, r Rule) string {
	s, ok := v.asText()
	if !ok {
		f.Fail(name, notAString)
		return ""
	}
	if !r.has(raw) {
		s = tidy(s, v, r)
	}
	if s == "" {
		if !r.has(blank) {
			f.Fail(name, "This field may not be blank.")
		}
		return ""
	}
	failed := false
	if r.max > 0 && len(s) > r.max && (v.ascii || utf8.RuneCountInString(s) > r.max) {
		f.Fail(name, fmt.Sprintf("Ensure this field has no more than %d characters.", r.max))
		failed = true
	}
	// DEL is the only control character that ASCII text can have here.
	if !v.ascii || strings.IndexByte(s, '\u007f') >= 0 {
		if m := forbidden(s, r.has(multiline)); m != "" {
			f.Fail(name, m)
			failed = true
		}
	}
	switch {
	case failed:
		return ""
	case f.large:
		return strings.Clone(s) // a kept title must not keep its whole body in memory
	}
	return s
}

// checkAll returns texts without the white space around them, or nil if one of them is not allowed.
func (f *Form) checkAll(name string, texts []string, check func(string) string) []string {
	if len(texts) > maxListed {
		f.Fail(name, fmt.Sprintf("Ensure this parameter has no more than %d values.", maxListed))
		return nil
	}
	for i, s := range texts {
		s = strings.TrimFunc(s, isPadding)
		if m := check(s); m != "" {
			f.Fail(name, m)
			return nil
		}
		texts[i] = s
	}
	return texts
}

func (f *Form) choices(name string, v value, choices []string, r Rule) []string {
	var texts []string
	switch v.kind {
	case list:
		if err := json.Unmarshal([]byte(v.text), &texts); err != nil {
			f.Fail(name, notAString)
			return nil
		}
	case entry, entries:
		texts = slices.Clone(f.lists[name])
	default:
		f.Fail(name, `Expected a list of items but got type "`+v.kind.python()+`".`)
		return nil
	}
	if len(texts) == 0 && r.has(required) {
		f.Fail(name, "This list may not be empty.")
		return nil
	}
	texts = f.checkAll(name, texts, OneOf(choices))
	return slices.DeleteFunc(slices.Clone(choices), func(c string) bool { return !slices.Contains(texts, c) })
}

// tidy removes the padding of a text, and in a body its line separators, directions and hidden characters alone.
func tidy(s string, v value, r Rule) string {
	hidden := !v.ascii && v.kind != parameter
	if hidden && !r.has(multiline) {
		s = oneLine(s)
	}
	s = strings.TrimFunc(s, isPadding)
	if !hidden || r.has(exact) {
		return s
	}
	if showsNothing(s) {
		return ""
	}
	return directed(s)
}

func (f *Form) ids(name string, v value, most int, nullElements bool) []*int64 {
	var ids []*int64
	var ok bool
	switch v.kind {
	case list:
		ids, ok = jsonIDs(v.text)
	case entry, entries:
		ids, ok = textIDs(f.lists[name])
	default:
		f.Fail(name, `Expected a list of items but got type "`+v.kind.python()+`".`)
		return nil
	}
	if !ok {
		f.Fail(name, "Incorrect type. Expected pk values.")
		return nil
	}
	if len(ids) > most {
		f.Fail(name, fmt.Sprintf("Ensure this field has no more than %d elements.", most))
		return nil
	}
	for _, id := range ids {
		switch {
		case id == nil && !nullElements:
			f.Fail(name, "This field may not be null.")
			return nil
		case id != nil && *id < 1:
			f.Fail(name, NoSuchID(*id))
			return nil
		}
	}
	return ids
}

// jsonIDs returns the ids of a list in JSON, whose elements are numbers, texts of digits, or null.
func jsonIDs(text string) (ids []*int64, ok bool) {
	var elements []jsontext.Value
	if json.Unmarshal([]byte(text), &elements) != nil {
		return nil, false
	}
	ids = make([]*int64, len(elements))
	for i, e := range elements {
		s := string(e)
		switch e.Kind() {
		case 'n':
			continue
		case '"':
			if s = s[1 : len(s)-1]; !plain(s) {
				return nil, false
			}
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, false
		}
		ids[i] = &n
	}
	return ids, true
}

// textIDs returns the ids of a list in an HTML form, in which an empty text is null.
func textIDs(texts []string) (ids []*int64, ok bool) {
	ids = make([]*int64, len(texts))
	for i, s := range texts {
		if s == "" {
			continue
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || !plain(s) {
			return nil, false
		}
		ids[i] = &n
	}
	return ids, true
}

// isPadding reports whether r is white space to trim. Vertical tab, form feed and NEL are not, although Python trims
// them: where they are no line separators, they must be rejected at any position.
func isPadding(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r == ' ' || r == '\n' || r == '\r' || r == '\t'
	case r == '\u00a0', r == '\u1680', '\u2000' <= r && r <= '\u200a':
		return true
	}
	return r == '\u2028' || r == '\u2029' || r == '\u202f' || r == '\u205f' || r == '\u3000'
}

// forbidden returns the message about the characters of s, or "".
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
	case v.kind != parameter && v.kind != integer && !v.isDigits():
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
	if v.kind != integer && (v.kind != parameter || !plain(v.text)) && (v.kind != entry || !signed(v.text)) {
		f.Fail(name, "A valid integer is required.")
		return 0
	}
	// Beyond int64, ParseInt returns the nearest int64, which is within the limits if there are none.
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
	case v.kind == entry && slices.Contains(postedTrues, v.text):
		return true
	case v.kind == entry && slices.Contains(postedFalses, v.text):
		return false
	}
	f.Fail(name, "Must be a valid boolean.")
	return false
}

// The spellings of a boolean in a query: JSON's, Python's, and a digit.
var (
	trues  = []string{"true", "True", "1"}
	falses = []string{"false", "False", "0"}
)

// The spellings in an HTML form: those of Django REST Framework.
var (
	postedTrues  = []string{"true", "True", "TRUE", "t", "T", "yes", "Yes", "YES", "y", "Y", "on", "On", "ON", "1"}
	postedFalses = []string{"false", "False", "FALSE", "f", "F", "no", "No", "NO", "n", "N", "off", "Off", "OFF", "0"}
)

func (f *Form) time(name string, v value) time.Time {
	s, _ := v.string() // "" for other kinds, which is no time either
	if strings.IndexByte(s, 0) >= 0 {
		f.Fail(name, holdsNUL)
		return time.Time{}
	}
	t, ok := parseTime(s, v.kind == parameter || v.kind == entry)
	if !ok {
		f.Fail(name, "Datetime has wrong format. Use one of these formats instead: "+
			"YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].")
		return time.Time{}
	}
	return t
}

func (f *Form) date(name string, v value) string {
	s, _ := v.string() // "" for other kinds, which is no date either
	switch {
	case strings.IndexByte(s, 0) >= 0:
		f.Fail(name, holdsNUL)
	case !IsDate(s):
		f.Fail(name, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
	default:
		return s
	}
	return ""
}

// readable reports whether there is a value to parse.
func (v value) readable() bool { return v.kind > refused }

// string returns the text of a string or parameter, and false for other kinds.
func (v value) string() (string, bool) {
	switch {
	case v.kind == parameter, v.kind == entry, v.kind == str && !v.escaped:
		return v.text, true
	case v.kind == str:
		return unescape(v.text), true
	}
	return "", false
}

// asText returns the text of a string or a number, and false for other kinds.
func (v value) asText() (string, bool) {
	if v.kind == integer || v.kind == float {
		return scalar(v), true
	}
	return v.string()
}

// isDigits reports whether a text in a body has nothing but digits.
func (v value) isDigits() bool { return (v.kind == str || v.kind == entry) && plain(v.text) }

// signed reports whether s is an integer.
func signed(s string) bool { return plain(strings.TrimPrefix(s, "-")) }

// plain reports whether s consists of ASCII digits.
func plain(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// shorten shortens input for a message.
func shorten(s string) string {
	const most = 100 // code points
	points := 0
	for i := range s {
		if points == most {
			return s[:i] + "…"
		}
		points++
	}
	return s
}
