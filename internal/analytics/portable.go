package analytics

import "github.com/taskhouse/taskhouse/internal/event"

// Travels declares that an export leaves the figures out: the follower computes them again.
var Travels = event.Portable{
	Stay: map[string]string{
		"analytics_tasks": "they are computed again from the log",
		"analytics_steps": "they are computed again from the log",
		"analytics_facts": "they are computed again from the log",
	},
	Rebuilt: []string{Follower.Name},
}
