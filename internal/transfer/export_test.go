package transfer

import (
	"maps"
	"slices"

	"github.com/taskhouse/taskhouse/internal/event"
)

// CompanyTables gives tests companyTables.
var CompanyTables = companyTables

// DeclaredTables returns the tables that nouns declare, with their declared columns.
func DeclaredTables() map[string][]string {
	all := map[string][]string{}
	for name, columns := range declared.tables {
		all[name] = append(slices.Collect(maps.Keys(columns.IDs)), slices.Collect(maps.Keys(columns.Reset))...)
		all[name] = append(all[name], slices.Collect(maps.Keys(columns.Derived))...)
	}
	for name := range declared.stay {
		all[name] = nil
	}
	return all
}

// DeclaredNumbers returns the numbers and data that nouns declare for their events.
func DeclaredNumbers() (numbers map[string]map[string]event.IDKind, data map[string]any) {
	return declared.numbers, declared.data
}
