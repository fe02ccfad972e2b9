package task

import (
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
)

// kind reads and writes the values of one kind of field.
type kind[T any] struct {
	read func(f *form.Form, name string, rules ...form.Rule) form.Optional[T]
	json func(b []byte, v T) ([]byte, error)
	dest func(*T) any // the destination of a scan
	arg  func(T) any  // the parameter of a statement

	// A cursor holds the values of the ordering as texts.
	text  func(T) string
	parse func(string) (T, error)

	// An exact filter has several values: the description of one, and one from its text, or the message about it.
	element form.Field
	one     func(string) (v T, wrong string)

	// A value below and one above all others, which stand for null in an ordering, and the SQL of a value.
	least, most T
	literal     func(T) string

	// The bounds of a range: their descriptions, and the last value that an upper bound includes; nil: itself.
	from, until string
	end         func(T) T
}

// ranged returns a kind whose fields can be filtered by bounds, with the descriptions of both.
func (k kind[T]) ranged(from, until string) kind[T] {
	k.from, k.until = from, until
	return k
}

// reader reads a field of one kind from a form.
type reader[T any] = func(f *form.Form, name string, rules ...form.Rule) form.Optional[T]

func textual[T ~string](read reader[T]) kind[T] {
	return kind[T]{
		read: read, json: func(b []byte, v T) ([]byte, error) { return jsontext.AppendQuote(b, v) },
		dest: func(p *T) any { return p }, arg: func(v T) any { return string(v) },
		text: func(v T) string { return string(v) }, parse: func(s string) (T, error) { return T(s), nil },
		element: form.Field{Type: "string"}, one: func(s string) (T, string) { return T(s), "" },
	}
}

// choice returns the kind of an enumeration. A column is scanned into the underlying string.
func choice[T form.Enum](asString func(*T) *string) kind[T] {
	k := textual(form.ChoiceOf[T])
	k.dest = func(p *T) any { return asString(p) }
	var zero T
	check := form.OneOf(zero.Values())
	k.element = form.Field{Type: "string", Enum: zero.Values()}
	k.one = func(s string) (T, string) { return T(s), check(s) }
	return k
}

// ranks returns the kind of a priority: a name for clients, and its rank in the table.
func ranks() kind[Priority] {
	k := numeric(readPriority)
	k.json = func(b []byte, v Priority) ([]byte, error) { return jsontext.AppendQuote(b, v.String()) }
	k.dest = func(p *Priority) any { return (*int64)(p) }
	check := form.OneOf(priorityNames)
	k.element = form.Field{Type: "string", Enum: priorityNames}
	k.one = func(s string) (p Priority, wrong string) {
		if wrong = check(s); wrong == "" {
			_ = p.UnmarshalText([]byte(s)) // check has accepted it
		}
		return p, wrong
	}
	return k
}

// days returns the kind of a date without a time, YYYY-MM-DD, whose order is that of its text.
func days() kind[string] {
	k := textual((*form.Form).Date)
	k.least, k.most, k.literal = "", "~", func(v string) string { return "'" + v + "'" }
	return k
}

func numeric[T ~int64](read reader[T]) kind[T] {
	return kind[T]{
		read: read, json: func(b []byte, v T) ([]byte, error) { return strconv.AppendInt(b, int64(v), 10), nil },
		dest: func(p *T) any { return p }, arg: func(v T) any { return int64(v) },
		text:  func(v T) string { return strconv.FormatInt(int64(v), 10) },
		parse: func(s string) (T, error) { n, err := strconv.ParseInt(s, 10, 64); return T(n), err },
		least: math.MinInt64 + 1, most: math.MaxInt64,
		literal: func(v T) string { return strconv.FormatInt(int64(v), 10) },
		element: form.Field{Type: "string", Format: "id"},
		one:     func(s string) (T, string) { id, wrong := form.ReadID(s); return T(id), wrong },
	}
}

// readPoints reads an estimate.
func readPoints(f *form.Form, name string, rules ...form.Rule) form.Optional[int64] {
	return f.Int(name, 0, maxEstimate, rules...)
}

// readInstant reads a time and converts it to the stored type.
func readInstant(f *form.Form, name string, rules ...form.Rule) form.Optional[db.Time] {
	o := f.Time(name, rules...)
	return form.Optional[db.Time]{Set: o.Set, Null: o.Null, V: db.At(o.V)}
}

// instants returns the kind of a time. Clients see milliseconds, so an upper bound includes its whole millisecond.
func instants() kind[db.Time] {
	k := numeric(readInstant)
	k.json = func(b []byte, v db.Time) ([]byte, error) {
		b, err := v.AppendText(append(b, '"'))
		return append(b, '"'), err
	}
	k.end = func(v db.Time) db.Time {
		if v%1000 == 0 {
			return v + 999
		}
		return v
	}
	return k
}
