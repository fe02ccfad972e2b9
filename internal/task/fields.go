package task

import (
	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/form"
	"github.com/taskhouse/taskhouse/internal/markdown"
)

// The kinds of fields.
var (
	text    = textual((*form.Form).Text)
	status  = choice(func(p *Status) *string { return (*string)(p) })
	id      = numeric((*form.Form).ID)
	urgency = ranks()
	whole   = numeric[int64](nil) // no client sets one
	points  = numeric(readPoints).ranged("At least so many.", "At most so many.")
	day     = days()
	instant = instants().ranged("At this time or later.", "At this time or earlier.")
)

// fields declares every field of a task, in the order of its JSON. Reading a body, storing, comparing, undoing,
// restoring, JSON, filters and ordering follow from it.
//
// A new field needs a row here, a field of Task, a field of Fields if clients set it, and a migration that adds a
// column.
var fields = []field{
	&column[int64]{
		name: "id", kind: id, of: func(t *Task) *int64 { return &t.ID },
		written: asKey, sort: byIndex,
	},
	&column[string]{
		name: "title", kind: text, of: func(t *Task) *string { return &t.Title },
		set:  func(in *Fields) *form.Optional[string] { return &in.Title },
		body: rules(form.Required, form.Max(200)),
		sort: byScan, orderKey: func(t *Task) *string { return &t.titleKey }, orderBy: "title_key",
	},
	&column[string]{
		name: "description", kind: text, of: func(t *Task) *string { return &t.Description },
		set:  func(in *Fields) *form.Optional[string] { return &in.Description },
		body: rules(form.Blank, form.Multiline, form.Max(markdown.Max)),
	},
	&column[Status]{
		name: "status", kind: status, of: func(t *Task) *Status { return &t.Status },
		set:     func(in *Fields) *form.Optional[Status] { return &in.Status },
		body:    rules(form.Default(Todo)),
		bulk:    rules(form.Doc("The new status of all.")),
		initial: Todo,
		filter:  exact, filterDoc: "Tasks with one of these statuses.", counted: "status", sort: byScan,
	},
	&column[int64]{
		name: "assigned_to", label: "assignee", kind: id, nullable: func(t *Task) **int64 { return &t.AssignedTo },
		set:    func(in *Fields) *form.Optional[int64] { return &in.AssignedTo },
		body:   rules(form.Nullable, form.Doc("An active member of the company, or null.")),
		bulk:   rules(form.Nullable, form.Doc("The new assignee of all: an active member of the company, or null.")),
		valid:  activeMember,
		stale:  "The earlier assignee is no longer an active member.",
		filter: exact, filterDoc: "Tasks of these members. `me`: the caller; `none`: no one.", counted: "assignee",
	},
	person{"assigned_to_detail", func(t *Task) *account.MemberView { return t.AssignedToDetail }},
	&column[Priority]{
		name: "priority", kind: urgency, of: func(t *Task) *Priority { return &t.Priority },
		set:     func(in *Fields) *form.Optional[Priority] { return &in.Priority },
		body:    rules(form.Default(NoPriority.String())),
		bulk:    rules(form.Doc("The new priority of all.")),
		initial: NoPriority,
		filter:  exact, filterDoc: "Tasks with one of these priorities.",
		indexed: "priority > 0", others: "priority = 0", sort: byScan,
	},
	&column[string]{
		name: "start_date", kind: day, nullable: func(t *Task) **string { return &t.StartDate },
		set:  func(in *Fields) *form.Optional[string] { return &in.StartDate },
		body: rules(form.Nullable, form.Doc("Not after due_date.")),
		bulk: rules(form.Nullable, form.Doc("The new start date of all, or null.")),
		span: "start", sort: byScan,
	},
	&column[string]{
		name: "due_date", kind: day, nullable: func(t *Task) **string { return &t.DueDate },
		set: func(in *Fields) *form.Optional[string] { return &in.DueDate },
		body: rules(form.Nullable,
			form.Doc("Set alone, it moves due_at to this day at the same time of day; null removes both.")),
		bulk: rules(form.Nullable, form.Doc("The new due date of all, or null.")),
		span: "due", indexed: "due_date IS NOT NULL", others: "due_date IS NULL", sort: byScan,
	},
	&column[db.Time]{
		name: "due_at", kind: instant, nullable: func(t *Task) **db.Time { return &t.DueAt },
		set:  func(in *Fields) *form.Optional[db.Time] { return &in.DueAt },
		body: rules(form.Nullable, form.Doc("Sets due_date to its day in the company's time zone.")),
	},
	&column[int64]{
		name: "estimate", kind: points, nullable: func(t *Task) **int64 { return &t.Estimate },
		set:    func(in *Fields) *form.Optional[int64] { return &in.Estimate },
		body:   rules(form.Nullable, form.Doc("Points.")),
		bulk:   rules(form.Nullable, form.Doc("The new estimate of all, or null.")),
		filter: ranges, sort: byScan,
	},
	&column[db.Time]{ // settle sets it
		name: "completed_at", label: "completion", kind: instant,
		nullable: func(t *Task) **db.Time { return &t.CompletedAt },
		set:      func(in *Fields) *form.Optional[db.Time] { return &in.completedAt },
		span:     "completed", sort: byScan,
	},
	&column[int64]{
		name: "created_by", kind: id, of: func(t *Task) *int64 { return &t.CreatedBy },
		written: once, filter: exact, filterDoc: "Tasks that these members created. `me`: the caller.",
	},
	person{"created_by_detail", func(t *Task) *account.MemberView { return t.CreatedByDetail }},
	&column[int64]{
		name: "company", sql: "company_id", kind: id, of: func(t *Task) *int64 { return &t.Company },
		written: asKey,
	},
	&column[string]{ // the field "between" of a body sets it; see rank.go
		name: "rank", label: "place", kind: text, of: func(t *Task) *string { return &t.Rank },
		set: func(in *Fields) *form.Optional[string] { return &in.rank },
	},
	&column[int64]{
		name: "version", kind: whole, of: func(t *Task) *int64 { return &t.Version },
	},
	&column[db.Time]{
		name: "created_at", kind: instant, of: func(t *Task) *db.Time { return &t.CreatedAt },
		written: once, filter: ranges, span: "created", sort: byIndex,
	},
	&column[db.Time]{
		name: "updated_at", kind: instant, of: func(t *Task) *db.Time { return &t.UpdatedAt },
		filter: ranges, span: "updated", sort: byScan,
	},
}
