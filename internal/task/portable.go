package task

import "github.com/taskhouse/taskhouse/internal/event"

// Travels declares the tables, columns and JSON keys of tasks for the export of a company.
var Travels = event.Portable{
	Tables: map[string]event.Columns{
		"tasks": {
			IDs: map[string]event.IDKind{
				"company_id": event.CompanyID, "id": event.TaskID, "assigned_to": event.UserID,
				"created_by": event.UserID,
			},
			Derived: map[string]event.Derived{"search_text": {Of: func(text func(string) string) string {
				return searchText(text("title"), text("description"))
			}}, "title_key": {Of: func(text func(string) string) string { return titleKey(text("title")) }}},
		},
		"task_counts": {IDs: map[string]event.IDKind{"company_id": event.CompanyID, "assignee": event.UserID}},
	},
	Numbers: map[string]map[string]event.IDKind{event.Task: {
		"id": event.TaskID, "company": event.CompanyID, "version": event.NoID,
		"estimate":    event.NoID,
		"assigned_to": event.UserID, "assigned_to_detail.id": event.UserID,
		"assigned_to_detail.company.id": event.CompanyID,
		"created_by":                    event.UserID, "created_by_detail.id": event.UserID,
		"created_by_detail.company.id": event.CompanyID,
	}},
	Data: map[string]any{event.Task: Task{}},
}
