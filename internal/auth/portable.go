package auth

import "github.com/taskhouse/taskhouse/internal/event"

// Travels declares that sessions and tokens do not go along with a company.
var Travels = event.Portable{Stay: map[string]string{
	"sessions":       "they hold for the signing key of the installation",
	"program_tokens": "programs know the address of the installation, and a copy must not obey them too",
}}
