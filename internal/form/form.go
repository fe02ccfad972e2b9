// Package form reads the fields of a JSON body or of a query string, one call a field, and collects what is wrong with
// them in Django REST Framework's own words. The same calls, run without input, describe the fields for the OpenAPI
// document; so a field's rule stands in one place.
//
// It is not for rules that need a row or a second field: the caller checks those and adds its message with Fail. Nor does
// it limit the size of what it reads: that is the adaptor's work.
package form

import (
	"net/url"
	"time"
)

// Form is one body or query being read. It is for one goroutine, and done with after Err.
type Form struct {
	describing bool
	fields     []Field
}

// Optional is a field that may be absent or null.
type Optional[T any] struct {
	Set  bool // the client sent the field, rightly or wrongly
	Null bool // it sent null
	V    T    // the value; zero unless one was sent and kept every rule
}

// Ptr is the value, or nil unless the field is Set and not Null.
func (o Optional[T]) Ptr() *T {
	if !o.Set || o.Null {
		return nil
	}
	return &o.V
}

// Field is what the OpenAPI document says of a field.
type Field struct {
	Name        string
	Type        string // "string", "integer" or "boolean"
	Format      string // "date-time", "int64", or what the rule Format says
	Doc         string
	Required    bool
	Nullable    bool
	WriteOnly   bool
	ReadByQuery bool // the reader ended with Strict: the field is a parameter of the query
	Enum        []string
	MaxLength   int    // in code points; 0 is no limit
	Min, Max    *int64 // nil is no limit
	Default     any
}

// Body reads a JSON object.
func Body(data []byte) (*Form, error) { return &Form{}, nil }

// Query reads a query string.
func Query(v url.Values) *Form { return &Form{} }

// Describe runs read with no input and returns the fields that it asked for, in order.
func Describe(read func(*Form)) []Field {
	f := &Form{describing: true}
	read(f)
	return f.fields
}

// Rule is what must hold for a field, or what the document says of it.
type Rule struct {
	flags  flag
	max    int
	doc    string
	format string
	value  any
}

type flag uint8

const (
	required flag = 1 << iota
	nullable
	blank
	raw
	multiline
	writeOnly
)

// The rules without a parameter.
var (
	Required  = Rule{flags: required}  // the field must be sent
	Nullable  = Rule{flags: nullable}  // it may be null
	Blank     = Rule{flags: blank}     // it may be the empty string
	Raw       = Rule{flags: raw}       // white space at its ends is kept: passwords
	Multiline = Rule{flags: multiline} // it may hold \n, \r and \t
	WriteOnly = Rule{flags: writeOnly} // it is never shown again
)

// Max limits a text to n code points.
func Max(n int) Rule { return Rule{max: n} }

// Doc is the field's sentence in the document.
func Doc(s string) Rule { return Rule{doc: s} }

// Default is the value that the document gives for an absent field; the reader supplies it itself.
func Default(v any) Rule { return Rule{value: v} }

// Format is the field's format in the document ("email", "uri"); the reader checks it itself.
func Format(s string) Rule { return Rule{format: s} }

// Text reads a string.
func (f *Form) Text(name string, rules ...Rule) Optional[string] { return Optional[string]{} }

// Choice reads one of choices.
func (f *Form) Choice(name string, choices []string, rules ...Rule) Optional[string] {
	return Optional[string]{}
}

// ID reads a positive integer.
func (f *Form) ID(name string, rules ...Rule) Optional[int64] { return Optional[int64]{} }

// Int reads an integer from min to max.
func (f *Form) Int(name string, min, max int64, rules ...Rule) Optional[int64] {
	return Optional[int64]{}
}

// Bool reads true or false.
func (f *Form) Bool(name string, rules ...Rule) Optional[bool] { return Optional[bool]{} }

// Time reads a time.
func (f *Form) Time(name string, rules ...Rule) Optional[time.Time] { return Optional[time.Time]{} }

// Fail adds a message of another rule.
func (f *Form) Fail(field, message string) {}

// Failed reports whether the field has a message.
func (f *Form) Failed(field string) bool { return false }

// Partial stops enforcing Required from here on: a PATCH.
func (f *Form) Partial() {}

// Strict makes every key that was not asked for an error; query readers call it last.
func (f *Form) Strict() {}

// Err is nil, or all messages as one failure of kind Invalid.
func (f *Form) Err() error { return nil }
