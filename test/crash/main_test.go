package crash_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/server"
)

var cycles = flag.Int("crash.cycles", 0, "how many times to kill, on each engine; 0 is 25 on SQLite and 10 on PostgreSQL")

// bin is the program, built once.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "taskhouse-crash")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		bin, err = server.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return testenv.Run(m)
}
