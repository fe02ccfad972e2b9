package crash_test

import (
	"flag"
	"testing"

	"github.com/taskhouse/taskhouse/test/server"
)

var cycles = flag.Int("crash.cycles", 0,
	"how many times to kill, on each engine; 0 is 5 on SQLite and 3 on PostgreSQL, with TEST_LONG 25 and 10")

// bin is the program, built once.
var bin string

func TestMain(m *testing.M) { server.Main(m, &bin) }
