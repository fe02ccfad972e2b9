package api

import (
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/task"
)

// The schemas are made here and not by a library: the two at hand sort an object's fields by name, where a reader wants id
// and title first, and the better one panics on a reference that can be null, which assigned_to_detail is.

// schema is JSON Schema (2020-12) as far as our types need it.
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

// types is one type, or with null two.
type types []string

// MarshalJSONTo writes a single type as a string.
func (t types) MarshalJSONTo(e *jsontext.Encoder) error {
	if len(t) == 1 {
		return e.WriteToken(jsontext.String(t[0]))
	}
	return json.MarshalEncode(e, []string(t))
}

// ordered is a JSON object whose members keep their order.
type ordered[T any] []member[T]

type member[T any] struct {
	Name  string
	Value T
}

func (o *ordered[T]) add(name string, value T) { *o = append(*o, member[T]{name, value}) }

// get is the value of a name, or the zero value.
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

// object is what the document says of a Go type as a whole.
type object struct {
	name, doc string
	example   any // nil: the fields' own
}

// objects are the types that an answer holds. One that is missing goes by its Go name and has no words.
var objects = map[reflect.Type]object{
	reflect.TypeFor[account.MemberView]():      {name: "User", doc: "A person, as a member of one company."},
	reflect.TypeFor[account.Company]():         {name: "Company", doc: "Its members share its tasks, and nothing with anybody else."},
	reflect.TypeFor[auth.Tokens]():             {name: "Tokens", doc: "What a sign-in gives."},
	reflect.TypeFor[account.Invitation]():      {name: "Invitation", doc: "A way into a company, for one person, once."},
	reflect.TypeFor[task.Task]():               {name: "Task", doc: "One piece of work."},
	reflect.TypeFor[task.Statistics]():         {name: "Statistics", doc: "The company's tasks in numbers."},
	reflect.TypeFor[task.Moment]():             {name: "HistoryEntry", doc: "One change of a task."},
	reflect.TypeFor[external.Merged]():         {name: "MergedTasks", doc: "The company's newest tasks and those of another system."},
	reflect.TypeFor[external.Task]():           {name: "ExternalTask", doc: "A task of another system: shown, never stored."},
	reflect.TypeFor[external.State]():          {name: "ExternalState", doc: "How current the other system's tasks are."},
	reflect.TypeFor[analytics.Report]():        {name: "Report", doc: "The company's tasks in figures."},
	reflect.TypeFor[analytics.Company]():       {name: "ReportCompany", doc: "Whose figures they are."},
	reflect.TypeFor[analytics.Spread]():        {name: "Spread", doc: "How long things took: half of them at most the median."},
	reflect.TypeFor[event.Entry]():             {name: "Event", doc: "One change in the company, with what it happened to: exactly one of task, member, company, invitation and job."},
	reflect.TypeFor[auth.OperatorToken]():      {name: "OperatorToken", doc: "What an operator's sign-in gives; there is none to renew it with."},
	reflect.TypeFor[account.CompanySummary]():  {name: "CompanySummary", doc: "A company as an operator sees it from above."},
	reflect.TypeFor[account.AccountView]():     {name: "Account", doc: "An account, whatever companies it belongs to."},
	reflect.TypeFor[account.Membership]():      {name: "Membership", doc: "What an account is in a company."},
	reflect.TypeFor[auth.Session]():            {name: "Session", doc: "A sign-in to a company that can still be used."},
	reflect.TypeFor[account.AuditEntry]():      {name: "Deed", doc: "One event of the company's log, for people."},
	reflect.TypeFor[notify.SentNotification](): {name: "SentNotification", doc: "What somebody of a company was told."},
	reflect.TypeFor[Job]():                     {name: "Job", doc: "Work outside the database: a mail."},
	reflect.TypeFor[wellness]():                {name: "Health", doc: "A part that is well."},
	reflect.TypeFor[Problem](): {
		name: "Problem", doc: "A failure (RFC 9457).",
		example: problem(fail.Invalid("title", "This field is required."), 400, sampleID),
	},
}

// enum is a string type with a closed set of values: the document lists them without an `enum:` tag.
type enum interface{ Values() []string }

// tabled is an answer whose JSON fields follow from a table and not from struct tags. Fields describes what it marshals.
type tabled interface{ Fields() []form.Field }

// schemas makes the schemas of Go types; those of structs are collected, and everything else refers to them.
type schemas struct{ named ordered[*schema] }

const schemaPrefix = "#/components/schemas/"

func refer(name string) *schema { return &schema{Ref: schemaPrefix + name} }

// of is the schema of a type.
func (s *schemas) of(t reflect.Type) *schema {
	switch t {
	case reflect.TypeFor[db.Time]():
		return &schema{Type: types{"string"}, Format: "date-time"}
	case reflect.TypeFor[event.Kind]():
		return &schema{Type: types{"string"}, Enum: event.Kinds()}
	case reflect.TypeFor[jsontext.Value](): // the only raw JSON in an answer is what changed
		return &schema{Type: types{"object"}, AdditionalProperties: s.name("Change", change)}
	case reflect.TypeFor[external.ID]():
		return &schema{Type: types{"integer", "string"}, Examples: []any{1}}
	case reflect.TypeFor[event.Entry]():
		return s.name(objects[t].name, func() *schema { return s.event(t) })
	}
	switch v := reflect.Zero(t).Interface().(type) {
	case enum:
		return &schema{Type: types{"string"}, Enum: v.Values()}
	case tabled:
		return s.name(s.nameOf(t), func() *schema { return answerSchema(v.Fields()) })
	}
	switch t.Kind() { //nolint:exhaustive // the kinds that no answer has end in the panic, which every test of the document meets
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
	panic("the OpenAPI document knows no schema for " + t.String())
}

// name refers to a schema by name, and makes it where it is not made yet.
func (s *schemas) name(name string, build func() *schema) *schema {
	if s.named.get(name) == nil {
		placeholder := &schema{} // a type may hold itself
		s.named.add(name, placeholder)
		*placeholder = *build()
	}
	return refer(name)
}

// nameOf is a type's name in the document; a list is named after what it lists.
func (s *schemas) nameOf(t reflect.Type) string {
	if o, ok := objects[t]; ok {
		return o.name
	}
	if f, ok := t.FieldByName("Results"); ok && strings.HasPrefix(t.Name(), "List[") {
		return s.nameOf(f.Type.Elem()) + "List"
	}
	return t.Name()
}

// fields is the schema of a struct from its tags.
func (s *schemas) fields(t reflect.Type) *schema {
	o := &schema{Type: types{"object"}, Description: objects[t].doc}
	if strings.HasPrefix(t.Name(), "List[") {
		o.Description = "A part of a list."
	}
	if e := objects[t].example; e != nil {
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
	if s.Ref != "" || len(s.Enum) > 0 { // null is none of an enum's values
		return &schema{AnyOf: []*schema{s, {Type: types{"null"}}}}
	}
	s.Type = append(s.Type, "null")
	return s
}

// change is the schema of event.Change. Its values are a field's, and every field of ours is one of these.
func change() *schema {
	values := types{"string", "integer", "boolean", "null"}
	return &schema{
		Type: types{"object"}, Description: "What a field was and is. Of a private field (an e-mail address) both are null.",
		Properties: ordered[*schema]{{"old", &schema{Type: values}}, {"new", &schema{Type: values}}},
		Required:   []string{"old", "new"},
	}
}

// event is the schema of event.Entry, which marshals itself: after what every event has comes the subject under its own name.
func (s *schemas) event(t reflect.Type) *schema {
	id := func() *schema { return &schema{Type: types{"integer"}, Format: "int64"} }
	o := &schema{Type: types{"object"}, Description: objects[t].doc}
	for _, p := range []struct {
		name   string
		doc    string
		schema *schema
	}{
		{"type", "What happened.", s.of(reflect.TypeFor[event.Kind]())},
		{"seq", "The number in the company's log: from 1, without a gap.", id()},
		{"at", "", s.of(reflect.TypeFor[db.Time]())},
		{"actor", "Who did it: a member's id; null is the system, or an operator.", id().orNull()},
		{"operator", "The operator who did it, who is no member: a user id; null where it was a member or the system.", id().orNull()},
		{"message", "One line for people.", &schema{Type: types{"string"}}},
		{"changes", "By field, its old and new value.", s.of(reflect.TypeFor[jsontext.Value]())},
	} {
		p.schema.Description = p.doc
		p.schema.illustrate(p.name)
		o.Properties.add(p.name, p.schema)
		o.Required = append(o.Required, p.name)
	}
	subject := func(name, doc string, of *schema) {
		of.Description = doc
		o.Properties.add(name, of)
	}
	subject(event.Task, "Of `task_...`: the task after it, as every member sees it.", s.of(reflect.TypeFor[task.Task]()))
	subject(event.Member, "Of `member_...`: the member after it, without e-mail address and telephone number.", s.of(reflect.TypeFor[account.MemberView]()))
	subject(event.Company, "Of `company_...`: the company after it.", s.of(reflect.TypeFor[account.Company]()))
	subject(event.Invitation, "Of `invitation_...`: never its token or address.", &schema{
		Type:       types{"object"},
		Properties: ordered[*schema]{{"id", id()}, {"role", &schema{Type: types{"string"}, Enum: account.Roles}}},
		Required:   []string{"id", "role"},
	})
	subject(event.Job, "Of `job_...`: what an operator did to a job of the company's.", &schema{
		Type:       types{"object"},
		Properties: ordered[*schema]{{"id", id()}, {"kind", &schema{Type: types{"string"}}}, {"state", &schema{Type: types{"string"}, Enum: job.State("").Values()}}},
		Required:   []string{"id", "kind", "state"},
	})
	// Exactly one subject, said in a way that no generator of clients trips over, as they do over oneOf.
	o.MinProperties, o.MaxProperties = len(o.Required)+1, len(o.Required)+1
	return o
}

// inputSchema is the schema of a body from what its form asks for.
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

// noLimit is from where on a maximum only says how numbers are stored.
const noLimit = 1 << 31

func fieldSchema(f form.Field) *schema {
	s := &schema{
		Type: types{f.Type}, Format: f.Format, Description: f.Doc, Enum: slices.Clone(f.Enum), Default: f.Default,
		MaxLength: f.MaxLength, WriteOnly: f.WriteOnly, Minimum: f.Min,
	}
	if f.Items != nil {
		s.Items, s.MaxItems = fieldSchema(*f.Items), f.MaxItems
	}
	if f.Max != nil && *f.Max < noLimit {
		s.Maximum = f.Max
	}
	s.illustrate(f.Name)
	if f.Nullable {
		s = s.orNull()
	}
	return s
}

const sampleID = "MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI"

// samples are the examples of fields by name, wherever they stand. An optional field of a body without one is left out of the
// example of that body.
var samples = map[string]any{
	"username": "ada", "email": "ada@example.com", "password": "securepass123", "password_confirm": "securepass123",
	"current_password": "securepass123", "new_password": "an even better one",
	"first_name": "Ada", "last_name": "Lovelace", "phone": "+44 20 7946 0000", "company_name": "Acme Corp", "name": "Acme Corp",
	"access": "eyJhbGciOi...", "refresh": "eyJhbGciOi...", "token": sampleID, "url": "https://tasks.example.com/invitations/" + sampleID,
	"role": "member", "is_active": true,
	"title": "Paint the fence", "description": "All that is worth knowing.", "status": "in_progress", "assigned_to": 1,
	"type": "task_updated", "seq": 42, "actor": 1, "message": "Task updated: Paint the fence",
	"changes":     ordered[any]{{"status", ordered[any]{{"old", "todo"}, {"new", "in_progress"}}}},
	"total_tasks": 6, "by_user": ordered[any]{{"ada", 2}},
	"by_status": ordered[any]{{"todo", 3}, {"in_progress", 1}, {"done", 2}, {"cancelled", 0}},
}

// illustrate adds the example of a field of this name, if it is one that the field can have.
func (s *schema) illustrate(name string) {
	v, ok := samples[name]
	if !ok || s.Ref != "" || s.AnyOf != nil {
		return
	}
	kind := map[reflect.Kind]string{reflect.String: "string", reflect.Int: "integer", reflect.Bool: "boolean", reflect.Slice: "object"}[reflect.TypeOf(v).Kind()]
	if kind != s.Type[0] || s.Enum != nil && !slices.Contains(s.Enum, v.(string)) {
		return
	}
	s.Examples = []any{v}
}
