package event

// IDKind says what an id identifies. Ids are unique in an installation, so a company that goes to another installation
// gets new ids there.
type IDKind string

// The kinds of ids, and two words for columns and keys without one fixed kind.
const (
	CompanyID      IDKind = "company"
	UserID         IDKind = "user"
	TaskID         IDKind = "task"
	InvitationID   IDKind = "invitation"
	NotificationID IDKind = "notification"
	JobID          IDKind = "job" // jobs stay behind, so their ids in old events stay as they are

	SubjectID IDKind = "of the subject" // the column subject says which kind
	NoID      IDKind = "a number"       // looks like an id, or is a number in an event, and identifies nothing
)

// Portable declares how a noun travels when a company goes into an archive and to another installation. Each noun
// declares its own tables beside them, and package transfer reads the declarations. An export fails on a table, a
// column that looks like an id, or a number in an event that no noun declares. A test fails before that.
type Portable struct {
	Tables map[string]Columns // the tables that travel
	Stay   map[string]string  // the tables that stay behind, with the reason
	// Rebuilt names the followers whose tables stay behind. They start again from event 1 after an import.
	Rebuilt []string
	// Numbers declares, for each subject of events, the numbers in their data and changes: the path of keys, such as
	// "created_by_detail.id", and the kind of id. The old and new value of a change have the path of their field.
	Numbers map[string]map[string]IDKind
	// Data holds, for each subject, a value of the type that its events carry as data.
	Data map[string]any
}

// Columns declares the columns of a table that need care. The others travel as they are.
type Columns struct {
	IDs     map[string]IDKind
	Reset   map[string]Reset
	Derived map[string]Derived
}

// Derived declares a column whose value follows from other columns of its row. Of computes it from their texts. An
// import refuses an archive with another value in a Strict column, and computes the others again.
type Derived struct {
	Of     func(text func(column string) string) string
	Strict bool
}

// Reset replaces a value that belongs to the installation.
type Reset struct {
	From any // the value that is replaced; nil replaces every value
	To   any
}

// Travels declares the log's own tables.
var Travels = Portable{
	Tables: map[string]Columns{
		"heads": {
			IDs: map[string]IDKind{"company_id": CompanyID},
			Reset: map[string]Reset{ // budgets are the installation's to give
				"max_tasks": {}, "max_bytes": {}, "max_members": {}, "max_invitations": {}, "max_invitation_mails": {},
				"max_requests": {},
				// An import counts them again: ids in the log may have other lengths there.
				"tasks": {To: int64(0)}, "bytes": {To: int64(0)}, "members": {To: int64(0)},
			},
		},
		"events": {
			IDs: map[string]IDKind{"company_id": CompanyID, "subject_id": SubjectID, "actor_id": UserID},
			Reset: map[string]Reset{
				"operator_id": {},       // operators are above companies, and stay behind
				"trace":       {To: ""}, // traces are the installation's
			},
		},
		"cursors": {IDs: map[string]IDKind{"company_id": CompanyID}},
	},
	Stay: map[string]string{"idempotency_keys": "they are answers of the installation, kept for a day"},
}
