package testenv

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

func TestMain(m *testing.M) {
	if os.Getenv(asOwner) != "" {
		beOwner()
	}
	Main(m)
}

// spy is a test that records how it was ended.
type spy struct {
	testing.TB
	ended string
}

func (s *spy) Helper() {}

func (s *spy) Skipf(format string, a ...any) { s.end("skipped: "+format, a...) }

func (s *spy) Fatalf(format string, a ...any) { s.end("failed: "+format, a...) }

func (s *spy) end(format string, a ...any) {
	s.ended = fmt.Sprintf(format, a...)
	panic(s) // the real methods do not return either
}

// ended runs fn as a test and returns how it was ended, or an empty text.
func ended(fn func(testing.TB)) string {
	s := &spy{}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(s) {
				panic(r)
			}
		}()
		fn(s)
	}()
	return s.ended
}

func TestAnEngineThatCannotBeHad(t *testing.T) {
	var (
		absent = fmt.Errorf("looking around: %w", &missing{what: "PostgreSQL", hint: "install it"})
		full   = errors.New("disk full")
	)
	tests := []struct {
		name string
		env  map[string]string
		err  error
		want string
	}{
		{"missing", nil, absent, "skipped: looking around: PostgreSQL not found: install it"},
		{"missing in CI", map[string]string{"CI": "true"}, absent, "failed: CI requires postgres: "},
		{
			"missing and required",
			map[string]string{"REQUIRE_ENGINES": "sqlite,postgres"},
			absent,
			"failed: REQUIRE_ENGINES requires postgres: ",
		},
		{"missing, another required", map[string]string{"REQUIRE_ENGINES": "sqlite, redis"}, absent, "skipped: "},
		{"broken", nil, full, "failed: postgres does not work: disk full"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{"CI", "REQUIRE_ENGINES"} {
				t.Setenv(name, tt.env[name])
			}
			e := &engine{name: "postgres", open: func() (*Server, error) { return nil, tt.err }, used: &usage{}}
			for _, which := range []string{"first", "second"} {
				if got := ended(func(tb testing.TB) { e.shared(tb) }); !strings.HasPrefix(got, tt.want) {
					t.Errorf("the %s test: got %q, want %q", which, got, tt.want)
				}
			}
		})
	}
}

func TestAnEngineIsOpenedOnceForAllTests(t *testing.T) {
	opened := 0
	e := &engine{name: "postgres", used: &usage{}, open: func() (*Server, error) {
		opened++
		return &Server{url: "postgres://given", version: "15.20"}, nil
	}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := e.shared(t).URL(); got != "postgres://given" {
				t.Errorf("got %s", got)
			}
		})
	}
	wg.Wait()
	if opened != 1 {
		t.Errorf("opened %d times", opened)
	}
	if got, want := e.used.line(), "engines: postgres=15.20(given)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnginesLine(t *testing.T) {
	var u usage
	if got, want := u.line(), "engines: none"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	u.note("redis", "7.0.15(started)")
	u.note("sqlite", "3.54.1")
	u.note("postgres", "missing")
	u.note("redis", "another")
	if got, want := u.line(), "engines: sqlite=3.54.1 postgres=missing redis=7.0.15(started)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCheckRequired(t *testing.T) {
	tests := []struct {
		value string
		ok    bool
	}{
		{"", true},
		{"sqlite,postgres,redis", true},
		{"postgres redis", true},
		{"postgresql", false},
	}
	for _, tt := range tests {
		t.Run(tt.value, func(t *testing.T) {
			err := checkRequired(func(string) string { return tt.value })
			if (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestGivenPostgres(t *testing.T) {
	const product, tests = "postgres://host/product", "postgres://host/test"
	cases := []struct {
		name string
		env  map[string]string
		want string
	}{
		{"nothing", nil, ""},
		{"for tests", map[string]string{"TEST_DATABASE_URL": tests, "DATABASE_URL": product}, tests},
		{"the product's is not taken", map[string]string{"DATABASE_URL": product}, ""},
		{"unless told so", map[string]string{"DATABASE_URL": product, "TEST_USE_DATABASE_URL": "1"}, product},
		{"told something else", map[string]string{"DATABASE_URL": product, "TEST_USE_DATABASE_URL": "no"}, ""},
		{
			"for tests before all",
			map[string]string{"TEST_DATABASE_URL": tests, "DATABASE_URL": product, "TEST_USE_DATABASE_URL": "1"},
			tests,
		},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			name, got := givenPostgres(func(name string) string { return tt.env[name] })
			if got != tt.want || got != tt.env[name] {
				t.Errorf("got %s=%s, want %s", name, got, tt.want)
			}
		})
	}
}
