package analytics_test

import (
	"flag"
	"os"
	"testing"

	"github.com/taskhouse/taskhouse/internal/testenv"
)

// TestMain sets the number of histories, which -rapid.checks=N overrides.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.checks": testenv.Long("4", "12"), "rapid.nofailfile": "true"} {
		if !given[name] {
			if err := flag.Set(name, value); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(testenv.Run(m))
}
