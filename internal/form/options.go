package form

// Rule restricts or documents a field.
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
	exact
	emptyIsNull // an empty text means null
)

// The rules without a parameter.
var (
	Required  = Rule{flags: required}  // must be sent, unless the form is Partial
	Nullable  = Rule{flags: nullable}  // may be null
	Blank     = Rule{flags: blank}     // may be the empty string
	Raw       = Rule{flags: raw}       // keeps the white space around it, for passwords
	Multiline = Rule{flags: multiline} // may contain \n, \r and \t
	WriteOnly = Rule{flags: writeOnly} // appears in no answer
	Exact     = Rule{flags: exact}     // keeps hidden characters and directions, so that the caller can reject them
)

// Max limits a text to n code points.
func Max(n int) Rule { return Rule{max: n} }

// Doc describes the field in the document.
func Doc(s string) Rule { return Rule{doc: s} }

// Default documents the value of an absent field. The caller supplies it.
func Default(v any) Rule { return Rule{value: v} }

// Format documents the field's format ("email", "uri"). The caller checks it.
func Format(s string) Rule { return Rule{format: s} }

func (r *Rule) has(f flag) bool { return r.flags&f != 0 }

// merge combines rules. The last one with a setting wins.
func merge(rules []Rule) Rule {
	var m Rule
	for i := range rules {
		r := &rules[i]
		m.flags |= r.flags
		if r.max != 0 {
			m.max = r.max
		}
		if r.doc != "" {
			m.doc = r.doc
		}
		if r.format != "" {
			m.format = r.format
		}
		if r.value != nil {
			m.value = r.value
		}
	}
	return m
}

// Field describes a field for the document.
type Field struct {
	Name        string
	Type        string // "string", "integer", "boolean" or "array"
	Format      string // "date-time", "int64", or that of the rule Format
	Doc         string
	Required    bool
	Nullable    bool
	WriteOnly   bool
	ReadByQuery bool     // a parameter of a query: the caller used Strict
	Enum        []string // the values of a Choice
	MaxLength   int      // in code points; 0: no limit
	MaxItems    int      // of an array; 0: no limit
	Items       *Field   // the elements of an array
	Min, Max    *int64   // nil: no limit
	Default     any
}

// Describe runs read without input and returns the fields that it reads, in order. During the run every field is
// absent, Fail does nothing and Err returns nil. So read must read all its fields whatever the input is.
func Describe(read func(*Form)) []Field {
	f := newForm()
	f.describing = true
	read(f)
	return f.fields
}

// describe lists a field with its type, limits and rules.
func (f *Form) describe(name string, d Field, r Rule) {
	d.Name = name
	d.Doc = r.doc
	d.Required = r.has(required) && !f.partial
	d.Nullable = r.has(nullable)
	d.WriteOnly = r.has(writeOnly)
	d.MaxLength = r.max
	d.Default = r.value
	if r.format != "" {
		d.Format = r.format
	}
	f.fields = append(f.fields, d)
}
