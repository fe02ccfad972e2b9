// Package feed_test looks at the live feed from outside, on the real program: clients that are cut off, servers that
// are killed, a broker that comes and goes.
package feed_test

import (
	"flag"
	"testing"

	"github.com/taskhouse/taskhouse/test/server"
)

var cycles = flag.Int("feed.cycles", 0,
	"how many faults the clients live through, on each engine; 0 is 10, with TEST_LONG 50")

// bin is the program, built once.
var bin string

func TestMain(m *testing.M) { server.Main(m, &bin) }
