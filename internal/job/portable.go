package job

import "github.com/taskhouse/taskhouse/internal/event"

// Travels declares that jobs do not go along with a company.
var Travels = event.Portable{
	Stay:    map[string]string{"jobs": "a mail would be sent by both installations"},
	Numbers: map[string]map[string]event.IDKind{event.Job: {"id": event.JobID}},
	Data:    map[string]any{event.Job: public{}},
}
