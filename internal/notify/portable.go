package notify

import (
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// Travels declares how the tables of notifications travel with a company.
var Travels = event.Portable{Tables: map[string]event.Columns{
	"notifications": {
		IDs: map[string]event.IDKind{
			"company_id": event.CompanyID, "id": event.NotificationID, "user_id": event.UserID,
			"actor_id": event.UserID, "task_id": event.TaskID,
		},
		Reset: map[string]event.Reset{"mail": {From: "queued", To: "none"}}, // its job stays behind
		Derived: map[string]event.Derived{"search_text": {Of: func(text func(string) string) string {
			return db.Fold(text("message"))
		}}},
	},
	"told":                     {IDs: map[string]event.IDKind{"company_id": event.CompanyID, "task_id": event.TaskID}},
	"notification_preferences": {IDs: map[string]event.IDKind{"company_id": event.CompanyID, "user_id": event.UserID}},
	"digests":                  {IDs: map[string]event.IDKind{"company_id": event.CompanyID, "user_id": event.UserID}},
}}
