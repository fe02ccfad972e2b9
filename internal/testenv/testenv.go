// Package testenv gives tests real servers, PostgreSQL and Redis, on any machine. It uses the servers that the
// environment names. Otherwise it starts temporary ones itself, once in a process and only when a test asks.
//
// If only Go is installed, the tests that need a server are skipped, with a hint how to get one. If CI is set, or
// REQUIRE_ENGINES names the engine (REQUIRE_ENGINES=sqlite,postgres,redis), they fail instead: a suite that runs half
// its tests must not look like one that passes. A server that exists and does not work always fails them.
//
// The servers that it starts end with this process, even after kill -9 (package proc). Two goroutines of that package
// live as long as the servers, proc.serve and proc.(*Process).reap; a check for leaks has to know them.
//
// It is not for the product: only tests import it, and the command withservers that runs them. It makes no schemas, and
// no databases other than an empty one: package db/dbtest does. Its users are superusers, so tests of the application's
// rights must connect under the application's own role.
package testenv

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Main runs the tests of a package, prints the engines that they used, ends the servers started for them, and exits:
//
//	func TestMain(m *testing.M) { testenv.Main(m) }
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run does the same as Main but returns the exit code, for a package with more work at the end.
func Run(m interface{ Run() int }) int {
	if err := checkRequired(os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	code := m.Run()
	fmt.Println(asked.line())
	for _, e := range []*engine{&postgres, &redis} {
		if err := e.close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

// SQLite records that a test used SQLite, and which version, for the line that Main prints. SQLite is part of the
// binary, so only the code that opens it knows the version.
func SQLite(version string) { asked.note("sqlite", version) }

// Postgres returns the URL of the empty database test on this process's PostgreSQL server. The user is a superuser, or
// on a given server at least a role that may create databases. All tests share the server: make a database for each.
func Postgres(tb testing.TB) string {
	tb.Helper()
	return postgres.shared(tb).URL()
}

// Redis returns the URL of a database on this process's Redis server. All tests share it at the same time: give each
// test a prefix for its keys and channels, and never flush.
func Redis(tb testing.TB) string {
	tb.Helper()
	return redis.shared(tb).URL()
}

// StartPostgres starts a server for tb alone, which may kill and restart it. tb's cleanup removes it. It never uses a
// server that the environment names. It takes one to two seconds.
func StartPostgres(tb testing.TB, o PostgresOptions) *Server {
	tb.Helper()
	return own(tb, "postgres", func() (*Server, error) { return newCluster(o, freePort) })
}

// StartRedis starts a server for tb alone, which may kill and restart it. tb's cleanup removes it.
func StartRedis(tb testing.TB) *Server {
	tb.Helper()
	return own(tb, "redis", func() (*Server, error) { return newRedis(freePort) })
}

// engine is a server that the tests of this process share.
type engine struct {
	name string
	open func() (*Server, error)
	used *usage

	once   sync.Once
	server *Server
	err    error
}

var (
	asked    usage
	postgres = engine{name: "postgres", open: OpenPostgres, used: &asked}
	redis    = engine{name: "redis", open: OpenRedis, used: &asked}
)

func (e *engine) shared(tb testing.TB) *Server {
	tb.Helper()
	e.once.Do(func() { e.server, e.err = e.open() })
	if e.err != nil {
		e.used.note(e.name, absence(e.err))
		without(tb, e.name, e.err)
	}
	e.used.note(e.name, e.server.String())
	return e.server
}

func (e *engine) close() error {
	if e.server == nil {
		return nil
	}
	return e.server.Close()
}

func own(tb testing.TB, name string, open func() (*Server, error)) *Server {
	tb.Helper()
	s, err := open()
	if err != nil {
		asked.note(name, absence(err))
		without(tb, name, fmt.Errorf("a server of the test's own, whatever the environment names: %w", err))
	}
	asked.note(name, s.String())
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("the log of %s ends:\n%s", name, s.scratch.logEnd())
		}
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// without ends a test that cannot get its server. It skips the test if the machine lacks the server and the engine is
// not required; otherwise the test fails.
func without(tb testing.TB, name string, err error) {
	tb.Helper()
	if absence(err) == broken {
		tb.Fatalf("%s does not work: %v", name, err)
	}
	if why := required(os.Getenv, name); why != "" {
		tb.Fatalf("%s requires %s: %v", why, name, err)
	}
	tb.Skipf("%v", err)
}

const broken = "broken"

// absence returns the text of the engines line for a missing engine.
func absence(err error) string {
	var m *missing
	if errors.As(err, &m) {
		return "missing"
	}
	return broken
}

// required returns the variable that forbids skipping the tests of an engine, or an empty text.
func required(getenv func(string) string, name string) string {
	if slices.Contains(engines(getenv), name) {
		return "REQUIRE_ENGINES"
	}
	if getenv("CI") != "" {
		return "CI"
	}
	return ""
}

func engines(getenv func(string) string) []string {
	return strings.FieldsFunc(getenv("REQUIRE_ENGINES"), func(r rune) bool { return r == ',' || r == ' ' })
}

// checkRequired rejects names of unknown engines: a misspelt engine would not be required at all.
func checkRequired(getenv func(string) string) error {
	for _, name := range engines(getenv) {
		if !slices.Contains(engineNames, name) {
			return fmt.Errorf("REQUIRE_ENGINES names %q: the engines are %s", name, strings.Join(engineNames, ", "))
		}
	}
	return nil
}

var engineNames = []string{"sqlite", "postgres", "redis"}

// usage records the engines that the tests asked for, and the servers that they got.
type usage struct {
	mu  sync.Mutex
	got map[string]string
}

// note keeps the first note: that of the shared server, if a test with its own server comes later.
func (u *usage) note(engine, got string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.got == nil {
		u.got = map[string]string{}
	}
	if _, ok := u.got[engine]; !ok {
		u.got[engine] = got
	}
}

func (u *usage) line() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	line := "engines:"
	for _, name := range engineNames {
		if got, ok := u.got[name]; ok {
			line += " " + name + "=" + got
		}
	}
	if len(u.got) == 0 {
		line += " none"
	}
	return line
}
