package task

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/form"
)

// field is a field of a task as answers and events show it.
type field interface {
	key() string // its name in JSON
	appendJSON(b []byte, t *Task) ([]byte, error)
}

// storedField is a field with a column in the table tasks. Every field that clients set is one.
type storedField interface {
	field

	// The table.
	column() string
	writing() writing
	dest(t *Task) any // the destination of a scan
	arg(t *Task) any  // the parameter of a statement

	// Setting. For a field that clients do not set, these do nothing.
	readBody(f *form.Form, in *Fields)
	readBulk(f *form.Form, in *Fields)
	given(in *Fields) bool
	start(t *Task, in *Fields)                              // sets the value of a new task
	change(t *Task, in *Fields, changes event.Changes) bool // sets the value, and reports whether it differs
	check(tx *db.Tx, who account.Caller, t *Task) error     // rejects, as Invalid, a value that is not allowed now

	// The log.
	decode(d *jsontext.Decoder, t *Task) error
	decodeChange(d *jsontext.Decoder, in *Fields) error
	holds(t *Task, in *Fields) bool // whether the task has the value of in
	refusal() (changedSince, gone string)

	// Lists.
	readFilter(f *form.Form, by filter) []condition
	counter() string
	sorting() sorting
	ordered(down bool) string // the SQL that a list is ordered by
	// Of a field with a partial index: the conditions of the tasks in it and of the others, where the others come in an
	// order, and whether a value for a cursor is that of the others.
	partial() (used, unused string)
	unusedFirst(down bool) bool
	isUnused(cursor string) bool
	keyed() bool // whether ordered is a key, which a row must be read with
	cursor(t *Task) string
	cursorArg(s string, down bool) (any, error)
}

// writing tells when a column is written.
type writing int

// The times of writing.
const (
	always writing = iota
	once           // when the task is created
	asKey          // when the task is created, to identify the row
)

// filter tells how a field filters lists.
type filter int

// The filters.
const (
	exact  filter = iota + 1 // ?status=todo,in_progress
	ranges                   // ?created_at__gte=2026-01-01&created_at__lte=2026-01-31
	spans                    // ?due_before=+7d&due_after=2026-01-31
)

// sorting is the cost of ordering a list by a field; 0: lists cannot be ordered by it.
type sorting int

// The costs.
const (
	byIndex sorting = iota + 1 // an index has the order: a page is read without the rest
	byScan                     // all rows are read and sorted
)

// column is a stored field with the Go type T.
type column[T comparable] struct {
	name string // in bodies, answers and events; also in the table, unless sql gives another name
	sql  string
	kind kind[T]

	// The place of the value in a Task: of for a column that is NOT NULL, nullable for one that may be NULL.
	of       func(*Task) *T
	nullable func(*Task) **T
	written  writing

	// The place of the value in Fields; nil: clients do not set the field.
	set func(*Fields) *form.Optional[T]
	// The rules of a body; nil: bodies do not have the field.
	body []form.Rule
	// The rules of a bulk change; nil: bulk changes do not have the field.
	bulk []form.Rule
	// The value of a new task if the client gives none; a nullable field is null then.
	initial T
	// valid rejects, as Invalid, a value that is not allowed now.
	valid func(tx *db.Tx, who account.Caller, name string, v T) error

	label string // the name in the message of a refused undo, if the field has changed since; "": name
	stale string // the reason for refusing an undo if valid rejects the earlier value

	filter    filter // exact or ranges
	filterDoc string
	span      string // the name of the filters by days: created_before, created_after
	counted   string // the column of task_counts that has the value
	indexed   string // the condition of a partial index of the column and the id
	others    string // the condition of the tasks that are not in it
	sort      sorting
	// Lists are ordered by another column than the value's, which a row of such a list has in orderKey.
	orderBy  string
	orderKey func(*Task) *string
}

// rules lists the rules of a field. Without rules the list is empty, not nil: nil means that clients cannot set the
// field.
func rules(r ...form.Rule) []form.Rule { return append([]form.Rule{}, r...) }

func (c *column[T]) key() string { return c.name }

func (c *column[T]) get(t *Task) (v T, null bool) {
	if c.nullable == nil {
		return *c.of(t), false
	}
	if p := *c.nullable(t); p != nil {
		return *p, false
	}
	return v, true
}

func (c *column[T]) put(t *Task, v T, null bool) {
	switch {
	case c.nullable == nil:
		*c.of(t) = v
	case null:
		*c.nullable(t) = nil
	default:
		*c.nullable(t) = &v
	}
}

func (c *column[T]) appendJSON(b []byte, t *Task) ([]byte, error) {
	v, null := c.get(t)
	if null {
		return append(b, "null"...), nil
	}
	return c.kind.json(b, v)
}

func (c *column[T]) column() string {
	if c.sql != "" {
		return c.sql
	}
	return c.name
}

func (c *column[T]) writing() writing { return c.written }

func (c *column[T]) dest(t *Task) any {
	if c.nullable != nil {
		return c.nullable(t)
	}
	return c.kind.dest(c.of(t))
}

func (c *column[T]) arg(t *Task) any {
	v, null := c.get(t)
	if null {
		return nil
	}
	return c.kind.arg(v)
}

func (c *column[T]) readBody(f *form.Form, in *Fields) {
	if c.body != nil {
		*c.set(in) = c.kind.read(f, c.name, c.body...)
	}
}

func (c *column[T]) readBulk(f *form.Form, in *Fields) {
	if c.bulk != nil {
		*c.set(in) = c.kind.read(f, c.name, c.bulk...)
	}
}

func (c *column[T]) given(in *Fields) bool { return c.set != nil && c.set(in).Set }

func (c *column[T]) start(t *Task, in *Fields) {
	if c.set == nil {
		return
	}
	if o := c.set(in); o.Set {
		c.put(t, o.V, o.Null)
	} else {
		c.put(t, c.initial, true)
	}
}

func (c *column[T]) change(t *Task, in *Fields, changes event.Changes) bool {
	if !c.given(in) || c.holds(t, in) {
		return false
	}
	o := c.set(in)
	changes[c.name] = event.Change{Old: boxed(c.get(t)), New: boxed(o.V, o.Null)}
	c.put(t, o.V, o.Null)
	return true
}

func boxed[T any](v T, null bool) any {
	if null {
		return nil
	}
	return v
}

func (c *column[T]) check(tx *db.Tx, who account.Caller, t *Task) error {
	v, null := c.get(t)
	if c.valid == nil || null {
		return nil
	}
	return c.valid(tx, who, c.name, v)
}

func (c *column[T]) decode(d *jsontext.Decoder, t *Task) error {
	if c.nullable != nil {
		return json.UnmarshalDecode(d, c.nullable(t))
	}
	return json.UnmarshalDecode(d, c.of(t))
}

func (c *column[T]) decodeChange(d *jsontext.Decoder, in *Fields) error {
	if c.set == nil {
		return d.SkipValue()
	}
	o := c.set(in)
	*o = form.Optional[T]{Set: true, Null: d.PeekKind() == 'n'}
	if o.Null {
		return d.SkipValue()
	}
	return json.UnmarshalDecode(d, &o.V)
}

func (c *column[T]) holds(t *Task, in *Fields) bool {
	v, null := c.get(t)
	o := c.set(in)
	return null == o.Null && (null || v == o.V)
}

func (c *column[T]) refusal() (changedSince, gone string) {
	if c.label != "" {
		return c.label, c.stale
	}
	return c.name, c.stale
}

func (c *column[T]) counter() string  { return c.counted }
func (c *column[T]) sorting() sorting { return c.sort }

func (c *column[T]) keyed() bool { return c.orderKey != nil }

func (c *column[T]) readFilter(f *form.Form, by filter) []condition {
	switch {
	case by == spans && c.span != "":
		_, instants := any(c.initial).(db.Time)
		return readSpan(f, c, c.span, instants)
	case c.filter != by:
		return nil
	case by == exact:
		return c.readExact(f)
	}
	from := c.kind.read(f, c.name+"__gte", form.Doc(c.kind.from))
	until := c.kind.read(f, c.name+"__lte", form.Doc(c.kind.until))
	var both []condition
	if until.Set {
		last := until.V
		if c.kind.end != nil {
			last = c.kind.end(last)
		}
		both = append(both, compare{c, "<=", c.kind.arg(last)})
	}
	if from.Set {
		both = append(both, compare{c, ">=", c.kind.arg(from.V)})
	}
	return both
}

// The words in place of a value. `me` is for fields that hold a member's id.
const (
	wordNone = "none"
	wordMe   = "me"
)

// readExact reads several values, one of which a task must have.
func (c *column[T]) readExact(f *form.Form) []condition {
	in := among{field: c}
	values := []T{}
	o := f.Listed(c.name, c.kind.element, func(s string) string {
		switch {
		case s == wordNone && c.nullable != nil:
			in.none = true
			return ""
		case s == wordMe && strings.Contains(c.filterDoc, "`me`"):
			in.me = true
			return ""
		}
		v, wrong := c.kind.one(s)
		values = append(values, v)
		return wrong
	}, form.Doc(c.filterDoc))
	if !o.Set {
		return nil
	}
	for i, v := range values {
		if slices.Index(values, v) == i {
			in.values = append(in.values, c.kind.arg(v))
		}
	}
	if c.indexed != "" && c.nullable == nil && !slices.Contains(values, c.initial) {
		in.and = " AND " + c.indexed
	}
	return []condition{in}
}

func (c *column[T]) ordered(down bool) string {
	switch {
	case c.orderKey != nil:
		return c.orderBy
	case c.nullable == nil:
		return c.column()
	case down:
		return "coalesce(" + c.column() + ", " + c.kind.literal(c.kind.least) + ")"
	}
	return "coalesce(" + c.column() + ", " + c.kind.literal(c.kind.most) + ")"
}

func (c *column[T]) partial() (used, unused string) { return c.indexed, c.others }

func (c *column[T]) unusedFirst(down bool) bool { return c.nullable == nil && !down }

func (c *column[T]) isUnused(cursor string) bool {
	if c.nullable != nil {
		return cursor == ""
	}
	return cursor == c.kind.text(c.initial)
}

// cursor returns the value for a cursor; "" stands for null.
func (c *column[T]) cursor(t *Task) string {
	if c.orderKey != nil {
		return *c.orderKey(t)
	}
	v, null := c.get(t)
	if null {
		return ""
	}
	return c.kind.text(v)
}

func (c *column[T]) cursorArg(s string, down bool) (any, error) {
	switch {
	case c.orderKey != nil:
		return s, nil
	case s != "" || c.nullable == nil:
		v, err := c.kind.parse(s)
		return c.kind.arg(v), err
	case down:
		return c.kind.arg(c.kind.least), nil
	}
	return c.kind.arg(c.kind.most), nil
}

// person is a field that shows the member behind an id. It is filled in for each reader and not stored.
type person struct {
	name string
	of   func(*Task) *account.MemberView
}

func (p person) key() string { return p.name }

func (p person) appendJSON(b []byte, t *Task) ([]byte, error) {
	if u := p.of(t); u != nil {
		return u.AppendJSON(b)
	}
	return append(b, "null"...), nil
}
