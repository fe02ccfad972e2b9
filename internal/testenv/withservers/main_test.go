package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

func TestAsksForJSON(t *testing.T) {
	for arg, want := range map[string]bool{
		"-json": true, "--json": true, "-json=true": true, "-json=false": false, "json": false, "-jsonx": false,
		"": false,
	} {
		if got := asksForJSON(arg); got != want {
			t.Errorf("%q: got %v", arg, got)
		}
	}
}

func TestCommandOf(t *testing.T) {
	for _, args := range [][]string{{"--", "go", "test"}, {"go", "test"}} {
		if got, err := commandOf(args); err != nil || len(got) != 2 || got[0] != "go" {
			t.Errorf("%v: got %v, %v", args, got, err)
		}
	}
	for _, args := range [][]string{nil, {"--"}} {
		if _, err := commandOf(args); err == nil {
			t.Errorf("%v: accepted", args)
		}
	}
}

// TestRunGivesTheCommandServers runs the whole command, with servers that it starts itself.
func TestRunGivesTheCommandServers(t *testing.T) {
	testenv.Postgres(t) // skips the test if this machine has no PostgreSQL
	testenv.Redis(t)
	t.Setenv("TEST_DATABASE_URL", "")
	t.Setenv("TEST_USE_DATABASE_URL", "")
	t.Setenv("TEST_REDIS_URL", "")
	file := filepath.Join(t.TempDir(), "env")
	t.Setenv("FILE", file)
	code, err := run(
		[]string{"--", "sh", "-c", `echo "$TEST_DATABASE_URL $TEST_REDIS_URL $REQUIRE_ENGINES" > "$FILE"; exit 7`},
	)
	if err != nil || code != 7 {
		t.Errorf("got %d, %v; want the command's 7", code, err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^postgres://\S+/test\S* redis://\S+ sqlite,postgres,redis\n$`)
	if !want.Match(got) {
		t.Errorf("the command got %s, want %s", got, want)
	}
}
