package task

import (
	"fmt"
	"strings"

	"github.com/taskhouse/taskhouse/internal/db"
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

// Statements, or beginnings of statements, with every column. search_text is written with them and never read.
var (
	selectTask  = `SELECT ` + columnList(columns) + fromTasks
	insertTask  = insertSQL(createdColumns) + ` RETURNING id`
	restoreTask = insertSQL(restoredColumns)
	updateTask  = updateSQL()
)

// The columns that are written when a task is created, restored and changed.
var (
	createdColumns  = columnsWritten(always, once)
	restoredColumns = append([]storedField{columnNamed["id"]}, createdColumns...)
	changedColumns  = columnsWritten(always)
)

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
		marks += fmt.Sprintf(", $%d", i+3)
	}
	return `INSERT INTO tasks (company_id, search_text, ` + columnList(columns) + `) VALUES ($1, $2` + marks + `)`
}

func updateSQL() string {
	sets := ""
	for i, c := range changedColumns {
		sets += fmt.Sprintf(", %s = $%d", c.column(), i+4)
	}
	return `UPDATE tasks SET search_text = $3` + sets + ` WHERE company_id = $1 AND id = $2`
}

// args returns the parameters of a statement: its own ones, search_text, and the values of columns.
func args(t *Task, columns []storedField, own ...any) []any {
	all := make([]any, 0, len(own)+1+len(columns))
	all = append(append(all, own...), db.Fold(t.Title+"\n"+t.Description))
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
	err := r.Scan(dests...)
	if t.Rank == "" {
		t.Rank = rankOf(t.ID)
	}
	return err
}
