package openapi

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/form"
)

// No library makes the schemas. The two candidates sort an object's fields by name, but readers expect id and title
// first. The better one also panics on a nullable reference, which assigned_to_detail is.

// schema is the part of JSON Schema (2020-12) that our types need.
type schema struct {
	Ref                  string           `json:"$ref,omitzero"`
	Type                 types            `json:"type,omitempty"`
	Format               string           `json:"format,omitzero"`
	Description          string           `json:"description,omitzero"`
	Enum                 []string         `json:"enum,omitempty"`
	Default              any              `json:"default,omitzero"`
	Examples             []any            `json:"examples,omitempty"`
	Minimum              *int64           `json:"minimum,omitzero"`
	Maximum              *int64           `json:"maximum,omitzero"`
	MaxLength            int              `json:"maxLength,omitzero"`
	WriteOnly            bool             `json:"writeOnly,omitzero"`
	AnyOf                []*schema        `json:"anyOf,omitempty"`
	Items                *schema          `json:"items,omitzero"`
	MaxItems             int              `json:"maxItems,omitzero"`
	Properties           ordered[*schema] `json:"properties,omitzero"`
	Required             []string         `json:"required,omitempty"`
	MinProperties        int              `json:"minProperties,omitzero"`
	MaxProperties        int              `json:"maxProperties,omitzero"`
	AdditionalProperties *schema          `json:"additionalProperties,omitzero"`
}

// types holds one type, or two if the second is null.
type types []string

// MarshalJSONTo writes a single type as a string.
func (t types) MarshalJSONTo(e *jsontext.Encoder) error {
	if len(t) == 1 {
		return e.WriteToken(jsontext.String(t[0]))
	}
	return json.MarshalEncode(e, []string(t))
}

// ordered is a JSON object that keeps the order of its members.
type ordered[T any] []member[T]

type member[T any] struct {
	Name  string
	Value T
}

func (o *ordered[T]) add(name string, value T) { *o = append(*o, member[T]{name, value}) }

// get returns the value of a name, or the zero value.
func (o ordered[T]) get(name string) (value T) {
	for _, m := range o {
		if m.Name == name {
			return m.Value
		}
	}
	return value
}

// MarshalJSONTo writes the object.
func (o ordered[T]) MarshalJSONTo(e *jsontext.Encoder) error {
	if err := e.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, m := range o {
		if err := e.WriteToken(jsontext.String(m.Name)); err != nil {
			return err
		}
		if err := json.MarshalEncode(e, m.Value); err != nil {
			return err
		}
	}
	return e.WriteToken(jsontext.EndObject)
}

// enum is a string type that lists its values in the order of the document: a task's status, a role. Values has a value
// receiver. The tag enum of a field narrows the values.
type enum interface{ Values() []string }

// tabled is an answer whose JSON fields come from a table instead of struct tags.
type tabled interface{ Fields() []form.Field }

// schemas makes the schemas of Go types. It collects those of structs under their names; all others refer to them.
type schemas struct {
	named   ordered[*schema]
	objects map[reflect.Type]Object
}

func newSchemas(more map[reflect.Type]Object) *schemas {
	all := maps.Clone(objects)
	maps.Copy(all, more)
	return &schemas{objects: all}
}

const schemaPrefix = "#/components/schemas/"

func refer(name string) *schema { return &schema{Ref: schemaPrefix + name} }

// of returns the schema of a type.
func (s *schemas) of(t reflect.Type) *schema {
	switch t {
	case reflect.TypeFor[db.Time]():
		return &schema{Type: types{"string"}, Format: "date-time"}
	case reflect.TypeFor[event.Kind]():
		return &schema{Type: types{"string"}, Enum: event.Kinds()}
	case reflect.TypeFor[jsontext.Value](): // only the changes of an event are raw JSON
		return &schema{Type: types{"object"}, AdditionalProperties: s.name("Change", change)}
	case reflect.TypeFor[external.ID]():
		id := oneOfTypes("integer", "string")
		id.Examples = []any{1}
		return id
	case reflect.TypeFor[event.Entry]():
		return s.name(s.objects[t].Name, func() *schema { return s.event(t) })
	}
	if t.Kind() != reflect.Pointer { // a nil pointer would have the methods too
		switch v := reflect.Zero(t).Interface().(type) {
		case enum:
			return &schema{Type: types{"string"}, Enum: v.Values()}
		case tabled:
			return s.name(s.nameOf(t), func() *schema { return answerSchema(v.Fields()) })
		}
	}
	switch t.Kind() { //nolint:exhaustive // the other kinds panic below, in every test of the document
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Struct:
		return s.name(s.nameOf(t), func() *schema { return s.fields(t) })
	case reflect.Slice:
		return &schema{Type: types{"array"}, Items: s.of(t.Elem())}
	case reflect.Map:
		return &schema{Type: types{"object"}, AdditionalProperties: s.of(t.Elem())}
	case reflect.String:
		return &schema{Type: types{"string"}}
	case reflect.Float64:
		return &schema{Type: types{"number"}}
	case reflect.Bool:
		return &schema{Type: types{"boolean"}}
	case reflect.Int:
		return &schema{Type: types{"integer"}}
	case reflect.Int64:
		return &schema{Type: types{"integer"}, Format: "int64"}
	}
	panic("openapi: no schema for the type " + t.String())
}

// name returns a reference to a named schema, and builds the schema first if it does not exist.
func (s *schemas) name(name string, build func() *schema) *schema {
	if s.named.get(name) == nil {
		placeholder := &schema{} // ends the recursion of a type that contains itself
		s.named.add(name, placeholder)
		*placeholder = *build()
	}
	return refer(name)
}

// nameOf returns a type's name in the document. A list takes the name of its elements.
func (s *schemas) nameOf(t reflect.Type) string {
	if o, ok := s.objects[t]; ok {
		return o.Name
	}
	if f, ok := t.FieldByName("Results"); ok && strings.HasPrefix(t.Name(), "List[") {
		return s.nameOf(f.Type.Elem()) + "List"
	}
	return t.Name()
}

// fields returns the schema of a struct, made from its tags.
func (s *schemas) fields(t reflect.Type) *schema {
	o := &schema{Type: types{"object"}, Description: s.objects[t].Doc}
	if strings.HasPrefix(t.Name(), "List[") {
		o.Description = "A page of a list."
	}
	if e := s.objects[t].Example; e != nil {
		o.Examples = []any{e}
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		p := s.field(f)
		if o.Examples == nil {
			p.illustrate(name)
		}
		o.Properties.add(name, p)
		if !strings.HasPrefix(options, "omit") {
			o.Required = append(o.Required, name)
		}
	}
	return o
}

func (s *schemas) field(f reflect.StructField) *schema {
	p := s.of(f.Type)
	if v := f.Tag.Get("format"); v != "" {
		p.Format = v
	}
	if v := f.Tag.Get("enum"); v != "" {
		p.Enum = strings.Split(v, ",")
	}
	if f.Tag.Get("nullable") == "true" {
		p = p.orNull()
	}
	p.Description = f.Tag.Get("doc")
	return p
}

func (s *schema) orNull() *schema {
	if s.Ref != "" || len(s.Enum) > 0 { // an enum does not contain null
		return &schema{AnyOf: []*schema{s, {Type: types{"null"}}}}
	}
	s.Type = append(s.Type, "null")
	return s
}

// inputSchema returns the schema of a body with the fields that its form reads.
func inputSchema(fields []form.Field) *schema {
	o := &schema{Type: types{"object"}}
	for _, f := range fields {
		o.Properties.add(f.Name, fieldSchema(f))
		if f.Required {
			o.Required = append(o.Required, f.Name)
		}
	}
	return o
}

// answerSchema returns the schema of an answer that always has all of these fields.
func answerSchema(fields []form.Field) *schema {
	o := inputSchema(fields)
	for _, f := range fields {
		if !f.Required {
			o.Required = append(o.Required, f.Name)
		}
	}
	return o
}

// maxMeaningful is the largest maximum worth documenting; a larger one only reflects how numbers are stored.
const maxMeaningful = 1 << 31

func fieldSchema(f form.Field) *schema {
	s := &schema{
		Type: types{f.Type}, Format: f.Format, Description: f.Doc, Enum: slices.Clone(f.Enum), Default: f.Default,
		MaxLength: f.MaxLength, WriteOnly: f.WriteOnly, Minimum: f.Min,
	}
	if f.Items != nil {
		s.Items, s.MaxItems = fieldSchema(*f.Items), f.MaxItems
	}
	if f.Max != nil && *f.Max < maxMeaningful {
		s.Maximum = f.Max
	}
	s.illustrate(f.Name)
	if f.Nullable {
		s = s.orNull()
	}
	return s
}
