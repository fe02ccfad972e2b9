// Package zone loads time zones by the names that every node knows.
//
// A machine's own zone files have names that others lack ("posix/UTC", "localtime", "Europe//Berlin"). A node that met
// such a name in the database could not tell the time by it. So a name counts only if it is in the IANA data that the
// program carries.
package zone

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a small container has no zone files
)

// ErrUnknown reports a name that is not in the data of the program.
var ErrUnknown = errors.New("this is no time zone")

//go:embed names.txt
var list string

// names holds the names of the IANA data, as the toolchain embeds it.
var names = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.Lines(list) {
		all[strings.TrimSpace(name)] = true
	}
	return all
})

// Load returns the time zone of an IANA name such as "Europe/Berlin", or ErrUnknown.
func Load(name string) (*time.Location, error) {
	if !names()[name] {
		return nil, ErrUnknown
	}
	if z, ok := loaded.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err == nil {
		loaded.Store(name, z)
	}
	return z, err
}

// loaded holds zones by their names, because making one reads all of its history. The names are few.
var loaded sync.Map
