// Package form reads and validates the fields of a JSON body, an HTML form or a query string, one call for each field.
// It collects the errors in the words of Django REST Framework. The same calls, run without input, describe the fields
// for the OpenAPI document, so that each rule is written once.
//
// The caller checks rules that need a row or a second field, and adds their messages with Fail. Nested objects are not
// supported, nor lists except those of ids, because no field needs them. The caller also limits the size of the input.
//
// The package has a JSON scanner of its own instead of a library. Errors must name line and column, depth is limited,
// and a body of a million elements must cost milliseconds. The tests compare the scanner with two libraries.
package form

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// Form is a body or query with the messages about it. It is for one goroutine.
type Form struct {
	input   members
	lists   map[string][]string // of an HTML form: all values of each field
	errors  map[string][]string
	partial bool
	large   bool // the input is too long to stay in memory for a part of it

	describing bool
	fields     []Field

	// Room for an ordinary body, so that it needs no allocations.
	names  [8]string
	values [8]value
}

// Optional is a field that may be absent or null.
type Optional[T any] struct {
	Set  bool // the client sent it, valid or not
	Null bool // the client sent null
	V    T    // zero unless the client sent a valid value
}

// Ptr returns a pointer to a copy of the value, or nil unless the field is Set and not Null. Use it only if Err is nil,
// because an invalid field is Set too.
func (o Optional[T]) Ptr() *T {
	if !o.Set || o.Null {
		return nil
	}
	return &o.V
}

// Sent returns the Optional of a field that was sent with this value.
func Sent[T any](v T) Optional[T] { return Optional[T]{Set: true, V: v} }

// Body reads data, which must be a single JSON object. It keeps no reference to data, and ignores unknown fields.
//
// It returns a failure of kind Malformed, with line and column, for violations of RFC 8259 and for JSON that parsers
// understand differently: duplicate names at any depth, invalid UTF-8, unpaired surrogates, numbers beyond float64,
// nesting deeper than 64. For JSON that is not an object the kind is Invalid.
func Body(data []byte) (*Form, error) {
	f := newForm()
	f.large = len(data) > largeBody
	s := scanner{src: string(data)}
	top, ok := s.document(&f.input)
	if !ok {
		return nil, s.malformed()
	}
	if top.kind != dict {
		return nil, fail.Invalid(fail.NonField, "Invalid data. Expected a dictionary, but got "+top.kind.python()+".")
	}
	return f, nil
}

// Query reads the parameters of a query, each given at most once. Every value is a string.
func Query(v url.Values) *Form {
	f := newForm()
	for name, given := range v {
		switch len(given) {
		case 0:
		case 1:
			f.input.add(name)
			f.input.values = append(f.input.values, value{kind: parameter, text: given[0]})
		default:
			f.input.add(name)
			f.input.values = append(f.input.values, value{kind: repeated})
		}
	}
	return f
}

// largeBody is the length in bytes above which texts do not share the memory of their body.
const largeBody = 4096

func newForm() *Form {
	f := &Form{}
	f.input.names, f.input.values = f.names[:0], f.values[:0]
	return f
}

// Fail adds a message about a rule that the caller checks. A field can have several.
func (f *Form) Fail(field, message string) {
	if f.describing {
		return
	}
	if f.errors == nil {
		f.errors = make(map[string][]string)
	}
	f.errors[field] = append(f.errors[field], message)
}

// Failed reports whether the field has a message so far.
func (f *Form) Failed(field string) bool { return len(f.errors[field]) > 0 }

// Partial disables Required for the fields read after it, as in a PATCH.
func (f *Form) Partial() { f.partial = true }

// Ignore accepts a parameter that has no effect, with one of these values or, without values, with any value. It does
// nothing if the parameter was read.
func (f *Form) Ignore(name string, values ...string) {
	i := f.input.find(name)
	if i < 0 || f.input.values[i].used {
		return
	}
	v := f.take(name, Rule{})
	if v.kind == parameter && len(values) > 0 && !slices.Contains(values, v.text) {
		f.Fail(name, `"`+shorten(v.text)+`" is not a valid choice.`)
	}
}

// Strict rejects parameters that were not read. Call it after reading a query.
func (f *Form) Strict() {
	for i := range f.fields {
		f.fields[i].ReadByQuery = true
	}
	for i, v := range f.input.values {
		if !v.used {
			// A query can have any bytes, and the answer in JSON must be UTF-8.
			f.Fail(strings.ToValidUTF8(f.input.names[i], "\uFFFD"), "Unknown parameter.")
		}
	}
}

// Err returns the messages so far as one failure of kind Invalid, or nil if there are none.
func (f *Form) Err() error {
	if len(f.errors) == 0 {
		return nil
	}
	return fail.InvalidFields(f.errors)
}

// take finds the value of a field and checks the rules that apply to every type. Only a readable value is to be parsed.
func (f *Form) take(name string, r Rule) value {
	i := f.input.find(name)
	if i < 0 {
		if r.has(required) && !f.partial {
			f.Fail(name, "This field is required.")
		}
		return value{}
	}
	f.input.values[i].used = true
	v := f.input.values[i]
	if v.text == "" && (v.kind == str || v.kind == entry) {
		v.kind = f.emptyAs(v.kind, r)
	}
	switch {
	case v.kind == null && !r.has(nullable):
		f.Fail(name, "This field may not be null.")
	case v.kind == repeated:
		f.Fail(name, "This parameter may be given only once.")
	case v.kind == parameter && !utf8.ValidString(v.text):
		f.Fail(name, notAString)
		v.kind = refused
	}
	return v
}

// emptyAs returns the kind of an empty text, in the words of Django REST Framework: an id that is empty is null, and a
// field that was left empty in an HTML form is null or absent where it may be.
func (f *Form) emptyAs(k kind, r Rule) kind {
	switch {
	case r.has(emptyIsNull), k == entry && r.has(nullable) && !r.has(blank):
		return null
	case k == entry && !r.has(required) && !r.has(blank) && !f.partial:
		return absent
	}
	return k
}

// members holds the names of an object in their order, and for the outermost object the values.
type members struct {
	names  []string
	values []value
	index  map[string]int // of names; nil while there are few
}

// few is the number of names up to which a linear search is cheaper than a map.
const few = 16

// add adds a name, and returns false for a duplicate.
func (m *members) add(name string) bool {
	if m.index == nil {
		if slices.Contains(m.names, name) {
			return false
		}
		m.names = append(m.names, name)
		if len(m.names) > few {
			m.index = make(map[string]int, 4*few)
			for i, n := range m.names {
				m.index[n] = i
			}
		}
		return true
	}
	// One map operation instead of two: a large body spends most of its time here.
	m.index[name] = len(m.names)
	m.names = append(m.names, name)
	return len(m.index) == len(m.names)
}

// find returns the index of a name, or -1.
func (m *members) find(name string) int {
	if m.index == nil {
		return slices.Index(m.names, name)
	}
	if i, ok := m.index[name]; ok {
		return i
	}
	return -1
}
