// Withservers runs the tests of all packages with one PostgreSQL and one Redis server, and judges the run:
//
//	go run ./internal/testenv/withservers -- go test -json ./...
//
// It uses the servers that the environment names, or else temporary ones (package testenv). The command gets them as
// TEST_DATABASE_URL and TEST_REDIS_URL, and REQUIRE_ENGINES, so that no test skips for lack of a server.
//
// If the command has -json, withservers reads its stream of events and prints a line per package and the whole output
// of failed tests. Such a run also fails for a skipped test or a package without tests that allowed-skips.txt does not
// list. It fails for fewer tests than floor.txt states, which finds tests that silently stopped running. So -json is
// for whole runs; leave it out for a run of a few packages. The last line is always withservers' own: N passed, N
// failed, N skipped.
//
// It is not a build tool: it builds nothing, retries nothing, and chooses no packages.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// exitUnusable is the exit code of a run that could not begin, or could not be watched to its end. Failed tests have
// another.
const exitUnusable = 2

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withservers:", err)
		code = exitUnusable
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	command, err := commandOf(args)
	if err != nil {
		return 0, err
	}
	watch, err := watcher(command)
	if err != nil {
		return 0, err
	}
	env, closeServers, err := openServers()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, closeServers()) }()
	return watch(command, env)
}

func commandOf(args []string) ([]string, error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return nil, errors.New("name the command to run: withservers -- go test -json PACKAGES")
	}
	return args, nil
}

// watcher chooses how to run the command, and reads the rules for it before any server starts.
func watcher(command []string) (func(command, env []string) (int, error), error) {
	if !slices.ContainsFunc(command, asksForJSON) {
		return passThrough, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	rules, err := readRules(filepath.Join(root, "internal", "testenv"))
	if err != nil {
		return nil, err
	}
	return func(command, env []string) (int, error) { return judge(command, env, rules, os.Stdout) }, nil
}

func asksForJSON(arg string) bool {
	name, value, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	return strings.HasPrefix(arg, "-") && name == "json" && value != "false"
}

// moduleRoot returns the nearest directory above with a go.mod: the command may be run from anywhere in the repository.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find the module: no go.mod in %s or above; run it inside the repository", start)
		}
	}
}

// openServers returns the environment for the command.
func openServers() (env []string, closeAll func() error, err error) {
	postgres, err := testenv.OpenPostgres()
	if err != nil {
		return nil, nil, err
	}
	redis, err := testenv.OpenRedis()
	if err != nil {
		return nil, nil, errors.Join(err, postgres.Close())
	}
	fmt.Printf("servers: postgres=%v redis=%v\n", postgres, redis)
	env = append(os.Environ(),
		"TEST_DATABASE_URL="+postgres.URL(),
		"TEST_REDIS_URL="+redis.URL(),
		"REQUIRE_ENGINES=sqlite,postgres,redis")
	return env, func() error { return errors.Join(redis.Close(), postgres.Close()) }, nil
}

func passThrough(command, env []string) (int, error) { return supervise(command, env, os.Stdout) }

// judge runs the command, reads its stream, and fails the run if it violates the rules.
func judge(command, env []string, rules rules, out io.Writer) (int, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("make a pipe for the output of %s: %w", command[0], err)
	}
	rep := newReport(out)
	read := make(chan error, 1)
	go func() { read <- rep.read(r) }()
	code, err := supervise(command, env, w)
	_ = w.Close()
	if err := errors.Join(err, finish(read, r)); err != nil {
		return 0, err
	}
	return rep.conclude(rules, code), nil
}

// finish waits for the reader. The command and its group have ended, and with them the writers; but a process that left
// the group may hold the pipe open.
func finish(read <-chan error, r *os.File) error {
	select {
	case err := <-read:
		return err
	case <-time.After(grace):
		_ = r.Close()
		return errors.New("the command has ended, but something that it started still holds its output open")
	}
}

// grace is how long the command may take to end after a signal, and its output after its end.
const grace = 10 * time.Second

// supervise runs the command in its own process group, forwards the signals that end a program, and ends the whole
// group afterwards.
func supervise(command, env []string, stdout *os.File) (int, error) {
	// Do this before the command starts: a signal in between would end only this process.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, stdout, os.Stderr
	p, err := proc.Start(cmd, syscall.SIGKILL)
	if err != nil {
		return 0, err
	}
	handOn(signals, p)
	return p.ExitCode(), p.SignalGroup(syscall.SIGKILL)
}

func handOn(signals <-chan os.Signal, p *proc.Process) {
	var overdue <-chan time.Time
	for {
		select {
		case <-p.Done():
			return
		case s := <-signals:
			if err := p.SignalGroup(s.(syscall.Signal)); err != nil {
				fmt.Fprintln(os.Stderr, "withservers:", err)
			}
			if overdue == nil {
				overdue = time.After(grace)
			}
		case <-overdue:
			if err := p.SignalGroup(syscall.SIGKILL); err != nil {
				fmt.Fprintln(os.Stderr, "withservers:", err)
			}
		}
	}
}
