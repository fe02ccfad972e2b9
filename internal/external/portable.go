package external

import "github.com/taskhouse/taskhouse/internal/event"

// Travels declares that a company's source does not go along with it.
var Travels = event.Portable{Stay: map[string]string{
	"external_sources": "the secret is sealed with the installation's key: an admin sets the source again",
}}
