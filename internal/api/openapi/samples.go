package openapi

import (
	"reflect"
	"slices"
)

const sampleID = "MTQ3RZ2LSKX5JJ4CJUWZ4R3GGI"

// samples has an example for every field of a name, in any object. The example of a body leaves out optional fields
// without one.
var samples = map[string]any{
	"username": "ada", "email": "ada@example.com", "password": "securepass123", "password_confirm": "securepass123",
	"current_password": "securepass123", "new_password": "an even better one",
	"first_name": "Ada", "last_name": "Lovelace", "phone": "+44 20 7946 0000",
	"company_name": "Acme Corp", "name": "Acme Corp",
	"access": "eyJhbGciOi...", "refresh": "eyJhbGciOi...", "token": sampleID,
	"url":  "https://tasks.example.com/invitations/" + sampleID,
	"role": "member", "is_active": true,
	"title": "Paint the fence", "description": "All that is worth knowing.", "status": "in_progress", "assigned_to": 1,
	"type": "task_updated", "seq": 42, "actor": 1, "message": "Task updated: Paint the fence",
	"changes":     ordered[any]{{"status", ordered[any]{{"old", "todo"}, {"new", "in_progress"}}}},
	"total_tasks": 6, "by_user": ordered[any]{{"ada", 2}},
	"by_status": ordered[any]{{"todo", 3}, {"in_progress", 1}, {"done", 2}, {"cancelled", 0}},
}

// illustrate adds the sample for a field of this name if the schema allows it.
func (s *schema) illustrate(name string) {
	v, ok := samples[name]
	if !ok || s.Ref != "" || s.AnyOf != nil {
		return
	}
	if sampleType(v) != s.Type[0] || s.Enum != nil && !slices.Contains(s.Enum, v.(string)) {
		return
	}
	s.Examples = []any{v}
}

func sampleType(v any) string {
	switch reflect.TypeOf(v).Kind() { //nolint:exhaustive // samples holds no other kinds
	case reflect.Int:
		return "integer"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "object" // ordered
	}
	return "string"
}
