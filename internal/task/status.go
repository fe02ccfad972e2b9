package task

// Status is the state of a task's work.
type Status string

// The statuses.
const (
	Todo       Status = "todo" // the default of a new task
	InProgress Status = "in_progress"
	Done       Status = "done"
	Cancelled  Status = "cancelled"
)

// Statuses lists all statuses, in the order of a task's life.
var Statuses = []Status{Todo, InProgress, Done, Cancelled}

var statusNames = []string{string(Todo), string(InProgress), string(Done), string(Cancelled)}

// Values returns the names of all statuses; see form.Enum.
func (Status) Values() []string { return statusNames }

// Open reports whether a task with this status is still to be done.
func (s Status) Open() bool { return s == Todo || s == InProgress }
