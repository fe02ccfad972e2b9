package testenv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// scratch is the directory of one server: its data, its log, and a lock that this process holds until it ends.
type scratch struct {
	dir     string
	account *proc.Account // the user of the server; nil is this process's own user
	unlock  func()
}

const scratchPrefix = "taskhouse-test-"

// newScratch makes a directory that account can use, or this process's own user if account is nil. The locked file in
// it shows later runs that it has an owner: the next run removes the directories of killed processes.
func newScratch(engine string, account *proc.Account) (*scratch, error) {
	s := &scratch{account: account}
	base, err := s.base()
	if err != nil {
		return nil, err
	}
	removeAbandoned(base)
	if s.dir, err = os.MkdirTemp(base, scratchPrefix+engine+"-"); err != nil {
		return nil, fmt.Errorf("make a directory for %s: %w", engine, err)
	}
	// MkdirTemp denies access to all other users, the server's user too.
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return nil, fmt.Errorf("open %s to the user of %s: %w", s.dir, engine, err)
	}
	if s.unlock, err = lock(s.path("lock")); err != nil {
		return nil, fmt.Errorf("lock %s: %w", s.dir, err)
	}
	return s, s.mkdir("data")
}

// base returns the first usable directory for temporary files: only root may be able to use TMPDIR.
func (s *scratch) base() (string, error) {
	tried := []string{os.TempDir(), "/tmp", "/var/tmp", "/dev/shm"}
	for _, dir := range tried {
		if s.account == nil || openToAll(filepath.Join(dir, "data")) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("find a directory for temporary files that user %s can reach, among %s: set TMPDIR to one",
		s.account.Name, strings.Join(tried, ", "))
}

func (s *scratch) path(name string) string { return filepath.Join(s.dir, name) }

func (s *scratch) mkdir(name string) error {
	if err := os.Mkdir(s.path(name), 0o700); err != nil {
		return fmt.Errorf("make a data directory: %w", err)
	}
	if s.account == nil {
		return nil
	}
	if err := os.Chown(s.path(name), s.account.UID, s.account.GID); err != nil {
		return fmt.Errorf("give %s to user %s: %w", s.path(name), s.account.Name, err)
	}
	return nil
}

// command prepares a program that runs here, as the server's user, and writes to the log.
func (s *scratch) command(log *os.File, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = s.dir
	// PGPORT, PGDATA and the like would redirect the server, and a translated log could not be searched.
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PG") }),
		"LC_ALL=C")
	cmd.Stdout, cmd.Stderr = log, log
	proc.RunAs(cmd, s.account)
	return cmd
}

// openLog opens the file to which all programs of the server write.
func (s *scratch) openLog() (*os.File, error) {
	f, err := os.OpenFile(s.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of a server: %w", err)
	}
	return f, nil
}

// logEnd returns the last lines of the log, for a person to read.
func (s *scratch) logEnd() string {
	text, err := os.ReadFile(s.path("log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

func (s *scratch) remove() error {
	s.unlock()
	return os.RemoveAll(s.dir)
}

// removeAbandoned removes the directories of killed processes. The directories that it cannot remove belong to another
// user.
func removeAbandoned(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, scratchPrefix+"*"))
	for _, dir := range dirs {
		if unlock, err := inherit(filepath.Join(dir, "lock")); err == nil {
			_ = os.RemoveAll(dir)
			unlock()
		}
	}
}
