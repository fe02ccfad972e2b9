package openapi

import (
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/task"
)

// Object names and describes a Go type in the document. A name is part of the contract: generated clients use it, so it
// stays when the type is renamed.
type Object struct {
	Name, Doc string
	Example   any // nil: made from the examples of the fields
}

// objects has the types of answers that need a name or words. Other types appear under their Go name without a
// description.
var objects = map[reflect.Type]Object{
	reflect.TypeFor[account.MemberView](): {Name: "User", Doc: "A person, as a member of one company."},
	reflect.TypeFor[account.Company](): {
		Name: "Company", Doc: "A tenant: its members share its data, nobody else sees it.",
	},
	reflect.TypeFor[auth.Tokens](): {Name: "Tokens", Doc: "The result of signing in."},
	reflect.TypeFor[account.Invitation](): {
		Name: "Invitation", Doc: "Lets one person join a company, once.",
	},
	reflect.TypeFor[task.Task]():       {Name: "Task", Doc: "One piece of work."},
	reflect.TypeFor[task.Statistics](): {Name: "Statistics", Doc: "Counts of the company's tasks."},
	reflect.TypeFor[task.Moment]():     {Name: "HistoryEntry", Doc: "One change of a task."},
	reflect.TypeFor[external.Merged](): {
		Name: "MergedTasks", Doc: "The newest tasks of the company and the other system.",
	},
	reflect.TypeFor[external.Task](): {
		Name: "ExternalTask", Doc: "A task of another system. It is never stored.",
	},
	reflect.TypeFor[external.State](): {
		Name: "ExternalState", Doc: "How current the other system's tasks are.",
	},
	reflect.TypeFor[analytics.Report](): {Name: "Report", Doc: "Statistics about the company's tasks."},
	reflect.TypeFor[analytics.Company](): {
		Name: "ReportCompany", Doc: "The company that a report is about.",
	},
	reflect.TypeFor[analytics.Spread](): {Name: "Spread", Doc: "The distribution of durations."},
	reflect.TypeFor[auth.OperatorToken](): {
		Name: "OperatorToken", Doc: "The result of an operator's sign-in, without refresh.",
	},
	reflect.TypeFor[account.CompanyDetail](): {
		Name: "CompanyDetail", Doc: "The company with its settings of time.",
	},
	reflect.TypeFor[account.CompanySummary](): {Name: "CompanySummary", Doc: "A company as operators see it."},
	reflect.TypeFor[account.AccountView]():    {Name: "Account", Doc: "A user account, across companies."},
	reflect.TypeFor[account.Membership]():     {Name: "Membership", Doc: "An account's role in one company."},
	reflect.TypeFor[auth.Session]():           {Name: "Session", Doc: "An active sign-in to a company."},
	reflect.TypeFor[account.AuditEntry]():     {Name: "Deed", Doc: "An entry of the company's audit log."},
	reflect.TypeFor[notify.SentNotification](): {
		Name: "SentNotification", Doc: "A notification as admins see it.",
	},
	reflect.TypeFor[event.Entry](): {
		Name: "Event",
		Doc:  "One change in the company, with exactly one subject: a task, member, company, invitation or job.",
	},
}

// oneOfTypes returns the schema of a value that has one of several types. It names each in a schema of its own: the
// generators of Go clients fail on a list of types.
func oneOfTypes(names ...string) *schema {
	s := &schema{}
	for _, name := range names {
		s.AnyOf = append(s.AnyOf, &schema{Type: types{name}})
	}
	return s
}

// change returns the schema of event.Change. The values are those of a field, and every field has one of these types.
func change() *schema {
	value := func() *schema {
		s := oneOfTypes("string", "integer", "boolean", "array", "null")
		s.AnyOf[3].Items = &schema{Type: types{"string"}}
		return s
	}
	return &schema{
		Type:        types{"object"},
		Description: "A field's old and new value. Both are null for private fields such as an e-mail address.",
		Properties:  ordered[*schema]{{"old", value()}, {"new", value()}},
		Required:    []string{"old", "new"},
	}
}

// event returns the schema of event.Entry, which has a MarshalJSON of its own: the subject follows the fields that all
// events share, under its own name.
func (s *schemas) event(t reflect.Type) *schema {
	id := func() *schema { return &schema{Type: types{"integer"}, Format: "int64"} }
	o := &schema{Type: types{"object"}, Description: s.objects[t].Doc}
	for _, p := range []struct {
		name   string
		doc    string
		schema *schema
	}{
		{"type", "The kind of event.", s.of(reflect.TypeFor[event.Kind]())},
		{"seq", "The sequence number in the company's event log. It starts at 1 and has no gaps.", id()},
		{"at", "", s.of(reflect.TypeFor[db.Time]())},
		{"actor", "The id of the member who made the change. Null for the system or an operator.", id().orNull()},
		{"operator", "The user id of the operator who made the change. Null for others.", id().orNull()},
		{"message", "A description in one line.", &schema{Type: types{"string"}}},
		{"changes", "The old and new value of each changed field.", s.of(reflect.TypeFor[jsontext.Value]())},
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
	subject(event.Task, "In `task_...` events: the task after the change, as every member sees it.",
		s.of(reflect.TypeFor[task.Task]()))
	subject(event.Member, "In `member_...` events: the member after the change, without e-mail and phone.",
		s.of(reflect.TypeFor[account.MemberView]()))
	subject(event.Company, "In `company_...` events: the company after the change.",
		s.of(reflect.TypeFor[account.Company]()))
	subject(event.Invitation, "In `invitation_...` events: the invitation without token and address.", &schema{
		Type: types{"object"},
		Properties: ordered[*schema]{
			{"id", id()}, {"role", &schema{Type: types{"string"}, Enum: account.Role("").Values()}},
		},
		Required: []string{"id", "role"},
	})
	subject(event.Job, "In `job_...` events: the company's job that an operator changed.", &schema{
		Type: types{"object"},
		Properties: ordered[*schema]{
			{"id", id()},
			{"kind", &schema{Type: types{"string"}}},
			{"state", &schema{Type: types{"string"}, Enum: job.State("").Values()}},
		},
		Required: []string{"id", "kind", "state"},
	})
	// The counts demand exactly one subject. Generators of clients handle them, and fail on oneOf.
	o.MinProperties, o.MaxProperties = len(o.Required)+1, len(o.Required)+1
	return o
}
