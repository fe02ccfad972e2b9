package db

import (
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/fail"
)

// The head row of a company counts what the company uses: its tasks, the bytes of their texts and of its log, and its
// members. The statement that takes an event's number changes the counts, under the lock of the row, and fails if a
// budget is passed. So the counts are exact whatever happens at once, and cost no statement.

// Budgets bound what each company may use, unless it has a bound of its own in its head. 0 is no bound.
type Budgets struct {
	Tasks           int64
	Bytes           int64 // of the texts of tasks, and of the log
	Members         int64 // active and inactive ones
	Invitations     int64 // open ones
	InvitationMails int64 // in 24 hours
	Requests        int64 // inside the gate at once, on each node
}

// Use is what a transaction adds to the usage of its company; below zero is what it gives back.
type Use struct{ Tasks, Bytes, Members int64 }

// Use adds to the usage of the company. The next event of the transaction carries it into the head row.
func (t *Tx) Use(u Use) {
	t.use.Tasks += u.Tasks
	t.use.Bytes += u.Bytes
	t.use.Members += u.Members
}

// Budgets returns the installation's budgets.
func (t *Tx) Budgets() Budgets { return t.db.budgets }

// usageSets is the part of an UPDATE of heads that changes the usage. A budget that is passed makes its column NULL,
// which no column may be: the failure names the budget. %[1]d and the numbers after it are parameters.
const usageSets = `tasks = CASE WHEN CAST($%[1]d AS BIGINT) > 0
			AND tasks + $%[1]d > NULLIF(COALESCE(max_tasks, CAST($%[2]d AS BIGINT)), 0) THEN NULL
			ELSE tasks + $%[1]d END,
		bytes = CASE WHEN CAST($%[3]d AS BIGINT) > 0
			AND bytes + $%[3]d > NULLIF(COALESCE(max_bytes, CAST($%[4]d AS BIGINT)), 0) THEN NULL
			ELSE bytes + CAST($%[5]d AS BIGINT) END,
		members = CASE WHEN CAST($%[6]d AS BIGINT) > 0
			AND members + $%[6]d > NULLIF(COALESCE(max_members, CAST($%[7]d AS BIGINT)), 0) THEN NULL
			ELSE members + $%[6]d END`

// UsageSets returns the part of an UPDATE of heads that changes the usage, with parameters numbered from first.
func UsageSets(first int) string {
	n := make([]any, usageArgs)
	for i := range n {
		n[i] = first + i
	}
	return fmt.Sprintf(usageSets, n...) //nolint:staticcheck // SA5009: n has usageArgs numbers
}

// usageArgs is the number of UsageSets' parameters.
const usageArgs = 7

// TakeUse returns the parameters of UsageSets: the usage that Use has added and the bytes of an event. An event that
// does not grow what the company has, such as a deletion, passes no budget of bytes.
func (t *Tx) TakeUse(eventBytes int, grows bool) []any {
	u, most := t.use, t.db.budgets
	t.use = Use{}
	u.Bytes += int64(eventBytes)
	bounded := u.Bytes
	if !grows {
		bounded = 0
	}
	return []any{u.Tasks, most.Tasks, bounded, most.Bytes, u.Bytes, u.Members, most.Members}
}

// overBudget returns the failure of a head row with NULL in this column, or nil if the column is no usage.
func overBudget(table, column string) error {
	if table == "heads" && (column == "tasks" || column == "bytes" || column == "members") {
		return fail.OverBudget(column)
	}
	return nil
}

// notNull returns the table and column of SQLite's failure "NOT NULL constraint failed: heads.tasks (1299)".
func notNull(message string) (table, column string) {
	_, name, _ := strings.Cut(message, "NOT NULL constraint failed: ")
	name, _, _ = strings.Cut(name, " ")
	table, column, _ = strings.Cut(name, ".")
	return table, column
}
