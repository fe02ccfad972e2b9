package task

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// columns lists the fields with a column in the table tasks, in the order of a row.
var columns = func() (all []storedField) {
	for _, f := range fields {
		if c, ok := f.(storedField); ok {
			all = append(all, c)
		}
	}
	return all
}()

// columnNamed maps names in JSON to stored fields.
var columnNamed = func() map[string]storedField {
	named := make(map[string]storedField, len(columns))
	for _, c := range columns {
		named[c.key()] = c
	}
	return named
}()

// fromTasks limits every statement to the tasks of the transaction's company.
const fromTasks = ` FROM tasks WHERE company_id = $1`

// Statements, or beginnings of statements, with every column. search_text and title_key are written with them, and no
// answer has them.
var (
	selectTask  = `SELECT ` + columnList(columns) + fromTasks
	selectKeyed = `SELECT ` + columnList(columns) + `, title_key` + fromTasks
	insertTask  = insertSQL(createdColumns) + ` RETURNING id`
	restoreTask = insertSQL(restoredColumns)
	updateTask  = updateSQL(`search_text = $3, title_key = $4, `, 5, changedColumns)
	updateRest  = updateSQL(``, 3, restColumns) // leaves the texts as they are
)

// The columns that are written when a task is created, restored and changed.
var (
	createdColumns  = columnsWritten(always, once)
	restoredColumns = append([]storedField{columnNamed["id"]}, createdColumns...)
	changedColumns  = columnsWritten(always)
	restColumns     = slices.DeleteFunc(columnsWritten(always), func(c storedField) bool { return searched[c.key()] })
)

// searched are the fields that search_text and title_key are made of.
var searched = map[string]bool{"title": true, "description": true}

func columnsWritten(when ...writing) (some []storedField) {
	for _, c := range columns {
		for _, w := range when {
			if c.writing() == w {
				some = append(some, c)
			}
		}
	}
	return some
}

func columnList(columns []storedField) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.column()
	}
	return strings.Join(names, ", ")
}

func insertSQL(columns []storedField) string {
	marks := ""
	for i := range columns {
		marks += fmt.Sprintf(", $%d", i+4)
	}
	return `INSERT INTO tasks (company_id, search_text, title_key, ` + columnList(columns) +
		`) VALUES ($1, $2, $3` + marks + `)`
}

func updateSQL(first string, from int, columns []storedField) string {
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = fmt.Sprintf("%s = $%d", c.column(), i+from)
	}
	return `UPDATE tasks SET ` + first + strings.Join(sets, ", ") + ` WHERE company_id = $1 AND id = $2`
}

// update writes a changed task at the commit. Texts that did not change are not sent, nor folded again.
func update(tx *db.Tx, t *Task, changes event.Changes) error {
	for name := range searched {
		if _, changed := changes[name]; changed {
			return tx.AtCommit(updateTask, args(t, changedColumns, t.ID)...)
		}
	}
	return tx.AtCommit(updateRest, values(t, restColumns, t.ID)...)
}

// searchText returns the text that a search in tasks looks at.
func searchText(title, description string) string { return db.Fold(title + "\n" + description) }

// args returns the parameters of a statement: its own ones, search_text, title_key, and the values of columns.
func args(t *Task, columns []storedField, own ...any) []any {
	return values(t, columns, append(own, searchText(t.Title, t.Description), titleKey(t.Title))...)
}

// values are some parameters of a statement's own, and those of columns.
func values(t *Task, columns []storedField, own ...any) []any {
	all := make([]any, 0, len(own)+len(columns))
	all = append(all, own...)
	for _, c := range columns {
		all = append(all, c.arg(t))
	}
	return all
}

func scan(r db.Row, t *Task) error {
	dests := make([]any, len(columns))
	for i, c := range columns {
		dests[i] = c.dest(t)
	}
	return scanInto(r, t, dests)
}

// scanKeyed scans a row of a list that is ordered by title.
func scanKeyed(r db.Row, t *Task) error {
	dests := make([]any, len(columns), len(columns)+1)
	for i, c := range columns {
		dests[i] = c.dest(t)
	}
	return scanInto(r, t, append(dests, &t.titleKey))
}

func scanInto(r db.Row, t *Task, dests []any) error {
	err := r.Scan(dests...)
	if t.Rank == "" {
		t.Rank = rankOf(t.ID)
	}
	return err
}
