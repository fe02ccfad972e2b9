package transfer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/analytics"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/snapshot"
	"github.com/taskhouse/taskhouse/internal/task"
)

// declared holds the declarations of the nouns. Add a line here for a new noun with tables.
var declared = merge(
	event.Travels,
	job.Travels,
	account.Travels,
	auth.Travels,
	task.Travels,
	notify.Travels,
	external.Travels,
	analytics.Travels,
)

// declarations holds the declarations of all nouns together.
type declarations struct {
	tables  map[string]event.Columns
	stay    map[string]string
	rebuilt []string
	numbers map[string]map[string]event.IDKind // by subject and path
	data    map[string]any
	own     map[event.IDKind]string // the table whose column id has ids of this kind
}

func merge(all ...event.Portable) declarations {
	d := declarations{
		tables:  map[string]event.Columns{},
		stay:    map[string]string{},
		numbers: map[string]map[string]event.IDKind{},
		data:    map[string]any{},
		own:     map[event.IDKind]string{},
	}
	for _, p := range all {
		maps.Copy(d.tables, p.Tables)
		maps.Copy(d.stay, p.Stay)
		maps.Copy(d.numbers, p.Numbers)
		maps.Copy(d.data, p.Data)
		d.rebuilt = append(d.rebuilt, p.Rebuilt...)
	}
	for name, columns := range d.tables {
		if kind, ok := columns.IDs["id"]; ok {
			d.own[kind] = name
		}
	}
	return d
}

// looksLikeID reports whether a column may hold ids, so that a noun must declare it.
func looksLikeID(column string) bool {
	return column == "id" || column == "assignee" ||
		strings.HasSuffix(column, "_id") || strings.HasSuffix(column, "_by") || strings.HasSuffix(column, "_to")
}

// companyTables returns the tables that travel with a company, in an order in which rows can be inserted. A table, or a
// column that looks like an id, is an error if no noun declares it.
func companyTables(all []snapshot.Table) (tables []snapshot.Table, err error) {
	for _, t := range all {
		if !t.Owned() || declared.stay[t.Name] != "" {
			continue
		}
		columns, ok := declared.tables[t.Name]
		if !ok {
			return nil, fmt.Errorf("table %s is not declared: add it to Tables or Stay in the portable.go of its noun",
				t.Name)
		}
		for _, c := range t.Columns {
			_, reset := columns.Reset[c]
			if looksLikeID(c) && columns.IDs[c] == "" && !reset {
				return nil, fmt.Errorf("the ids in %s.%s are not declared: add the column to IDs in the portable.go "+
					"of its noun", t.Name, c)
			}
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// travels reports whether a row goes with its company. The cursor of a follower whose rows an import computes anew does
// not.
func travels(table string, columns []string, row []any) bool {
	if table != "cursors" {
		return true
	}
	name, _ := row[slices.Index(columns, "name")].(string)
	return !slices.Contains(declared.rebuilt, name)
}

// resetValues resets the values of a row that belong to the installation.
func resetValues(table string, columns []string, row []any) {
	for i, c := range columns {
		if reset, ok := declared.tables[table].Reset[c]; ok && (reset.From == nil || reset.From == row[i]) {
			row[i] = reset.To
		}
	}
}
