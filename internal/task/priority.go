package task

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/form"
)

// Priority says how urgent a task is. Its number is its rank, which orders lists.
type Priority int64

// The priorities, by rank.
const (
	NoPriority Priority = iota // the default of a new task
	Low
	Medium
	High
	Urgent
)

var priorityNames = []string{"none", "low", "medium", "high", "urgent"}

// Values returns the names of all priorities, by rank.
func (Priority) Values() []string { return priorityNames }

// String returns the name.
func (p Priority) String() string {
	if p < 0 || int(p) >= len(priorityNames) {
		return priorityNames[NoPriority]
	}
	return priorityNames[p]
}

// MarshalText returns the name.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name.
func (p *Priority) UnmarshalText(b []byte) error {
	i := slices.Index(priorityNames, string(b))
	if i < 0 {
		return fmt.Errorf("%.40q is not a priority; the priorities are %s", b, strings.Join(priorityNames, ", "))
	}
	*p = Priority(i)
	return nil
}

// readPriority reads the name of a priority.
func readPriority(f *form.Form, name string, rules ...form.Rule) form.Optional[Priority] {
	o := f.Choice(name, priorityNames, rules...)
	return form.Optional[Priority]{
		Set: o.Set, Null: o.Null, V: Priority(max(0, slices.Index(priorityNames, o.V))),
	}
}
