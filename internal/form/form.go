// Package form reads the fields of a JSON body or of a query string, one call a field, and collects what is wrong with
// them in Django REST Framework's own words. The same calls, run without input, describe the fields for the OpenAPI
// document; so a field's rule stands in one place.
//
// It is not for rules that need a row or a second field: the caller checks those and adds its message with Fail. It reads
// no nested objects, and no lists but those of ids, since no field of ours is one, and does not limit the size of what it is given: that is the
// adaptor's work.
//
// A body is read by a scanner of this package and not by a library, because a refusal names line and column, depth is
// limited, and a body of a million elements must cost milliseconds; the tests hold it to two libraries' answers.
package form

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// Form is one body or query being read, and the messages about it. It is for one goroutine.
type Form struct {
	input   members
	errors  map[string][]string
	partial bool
	large   bool // the input is too long to be kept for a part of it

	describing bool
	fields     []Field

	// Room for an ordinary body, so that it costs no allocations of its own.
	names  [8]string
	values [8]value
}

// Optional is a field that may be absent or null.
type Optional[T any] struct {
	Set  bool // the client sent it, rightly or wrongly
	Null bool // it sent null
	V    T    // the value; zero unless one was sent that kept every rule
}

// Ptr is a copy of the value, or nil unless the field is Set and not Null. It is of use only when Err is nil: a field
// that broke a rule is Set too.
func (o Optional[T]) Ptr() *T {
	if !o.Set || o.Null {
		return nil
	}
	return &o.V
}

// Sent returns the Optional of a field that was sent with this value.
func Sent[T any](v T) Optional[T] { return Optional[T]{Set: true, V: v} }

// Body reads data, which must be one JSON object and nothing else; it keeps no reference to data.
//
// It fails with kind Malformed, naming line and column, for what RFC 8259 does not allow and for what two readers could
// understand differently: names given twice at any depth, invalid UTF-8, unpaired surrogates, numbers that no float64
// holds, nesting deeper than 64. Any other JSON value is kind Invalid. Fields that nobody asks for are ignored.
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

// Query reads the parameters of a query, each of which may be given once. Every value is a string.
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

// largeBody is the length in bytes from which a text no longer shares the memory of its body.
const largeBody = 4096

func newForm() *Form {
	f := &Form{}
	f.input.names, f.input.values = f.names[:0], f.values[:0]
	return f
}

// Fail adds the message of a rule that the caller checked. A field can have several.
func (f *Form) Fail(field, message string) {
	if f.describing {
		return
	}
	if f.errors == nil {
		f.errors = make(map[string][]string)
	}
	f.errors[field] = append(f.errors[field], message)
}

// Failed reports whether the field has a message by now.
func (f *Form) Failed(field string) bool { return len(f.errors[field]) > 0 }

// Partial makes Required mean nothing from here on, as in a PATCH.
func (f *Form) Partial() { f.partial = true }

// Strict adds a message for every key that was not asked for. Readers of a query call it last.
func (f *Form) Strict() {
	for i := range f.fields {
		f.fields[i].ReadByQuery = true
	}
	for i, v := range f.input.values {
		if !v.asked {
			// The key goes into an answer in JSON, and a query can spell any bytes.
			f.Fail(strings.ToValidUTF8(f.input.names[i], "\uFFFD"), "Unknown parameter.")
		}
	}
}

// Err is nil, or every message so far as one failure of kind Invalid.
func (f *Form) Err() error {
	if len(f.errors) == 0 {
		return nil
	}
	return fail.InvalidFields(f.errors)
}

// take finds what was sent for a field and checks what holds for every type. There is nothing to parse in a value that
// is not readable.
func (f *Form) take(name string, r Rule) value {
	i := f.input.find(name)
	if i < 0 {
		if r.has(required) && !f.partial {
			f.Fail(name, "This field is required.")
		}
		return value{}
	}
	f.input.values[i].asked = true
	v := f.input.values[i]
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

// members are the names of an object in the order they were sent, and for the outermost one their values too.
type members struct {
	names  []string
	values []value
	index  map[string]int // of names; nil while there are few
}

// few is the number of names up to which looking at each is cheaper than a map.
const few = 16

// add takes in a name, and refuses one that is there already.
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
	// One step in the map and not two: a large body spends most of its time here.
	m.index[name] = len(m.names)
	m.names = append(m.names, name)
	return len(m.index) == len(m.names)
}

// find is the place of a name, or -1.
func (m *members) find(name string) int {
	if m.index == nil {
		return slices.Index(m.names, name)
	}
	if i, ok := m.index[name]; ok {
		return i
	}
	return -1
}
