package form

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
	Required  = Rule{flags: required}  // it must be sent, unless the form is Partial
	Nullable  = Rule{flags: nullable}  // it may be null
	Blank     = Rule{flags: blank}     // it may be the empty string
	Raw       = Rule{flags: raw}       // the white space around it belongs to it: passwords
	Multiline = Rule{flags: multiline} // it may hold \n, \r and \t
	WriteOnly = Rule{flags: writeOnly} // no answer ever shows it
)

// Max limits a text to n code points.
func Max(n int) Rule { return Rule{max: n} }

// Doc is the sentence about the field in the document.
func Doc(s string) Rule { return Rule{doc: s} }

// Default is what an absent field stands for. It is only shown: the reader supplies it itself.
func Default(v any) Rule { return Rule{value: v} }

// Format is the field's format ("email", "uri"). It is only shown: the reader checks it itself.
func Format(s string) Rule { return Rule{format: s} }

func (r *Rule) has(f flag) bool { return r.flags&f != 0 }

// merge makes one rule of several; of two that set the same thing the last one holds.
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

// Field is what the document says of a field.
type Field struct {
	Name        string
	Type        string // "string", "integer", "boolean" or "array"
	Format      string // "date-time", "int64", or what the rule Format says
	Doc         string
	Required    bool
	Nullable    bool
	WriteOnly   bool
	ReadByQuery bool     // the reader called Strict: the field is a parameter of a query
	Enum        []string // what a Choice allows
	MaxLength   int      // in code points; 0 is no limit
	MaxItems    int      // of an array; 0 is no limit
	Items       *Field   // what an array is of
	Min, Max    *int64   // nil is no limit
	Default     any
}

// Describe runs read with no input and returns the fields it asks for, in order. Nothing fails while it runs: every field
// is absent, Fail does nothing and Err is nil; so read must ask for all its fields whatever it was sent.
func Describe(read func(*Form)) []Field {
	f := newForm()
	f.describing = true
	read(f)
	return f.fields
}

// describe notes a field, to whose Name, Type and limits it adds what the rules say.
func (f *Form) describe(d Field, r Rule) {
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
