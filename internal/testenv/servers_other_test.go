//go:build !linux

package testenv

import (
	"strings"
	"testing"
)

const asOwner = "TESTENV_TEST_OWNER"

func beOwner() {}

func TestServersAreNotStartedHere(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("REQUIRE_ENGINES", "")
	for name, start := range map[string]func(testing.TB){
		"postgres": func(tb testing.TB) { StartPostgres(tb, PostgresOptions{}) },
		"redis":    func(tb testing.TB) { StartRedis(tb) },
	} {
		if got := ended(start); !strings.HasPrefix(got, "skipped") || !strings.Contains(got, "start one yourself") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
