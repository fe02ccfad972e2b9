package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// tick is the unit of processor time in /proc: 10 ms on every Linux that Go runs on (USER_HZ is part of its ABI).
const tick = 10 * time.Millisecond

// procStat holds a process's figures from /proc.
type procStat struct {
	parent   int
	own      time.Duration // user and system
	children time.Duration // of children that have ended and were waited for
}

func readStat(pid int) (s procStat, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	// The second field is the program's name in parentheses, with whatever in it.
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(fields) < 15 {
		return s, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	n := func(field int) int {
		v, e := strconv.Atoi(fields[field-3])
		err = errors.Join(err, e)
		return v
	}
	s.parent = n(4)
	s.own = time.Duration(n(14)+n(15)) * tick
	s.children = time.Duration(n(16)+n(17)) * tick
	return s, err
}

// processor returns the processor time of one process so far.
func processor(pid int) (time.Duration, error) {
	s, err := readStat(pid)
	return s.own, err
}

// family returns the processor time of a process and its children, living and dead: PostgreSQL with its backends. A
// child that ends during the reading would count twice or not at all, so it reads again until none did.
func family(pid int) (time.Duration, error) {
	for {
		before, err := readStat(pid)
		if err != nil {
			return 0, err
		}
		living, err := childrenOf(pid)
		if err != nil {
			return 0, err
		}
		after, err := readStat(pid)
		if err != nil {
			return 0, err
		}
		if after.children == before.children {
			return after.own + after.children + living, nil
		}
	}
}

// childrenOf returns the processor time of the children that live, or have ended and were not yet waited for.
func childrenOf(pid int) (sum time.Duration, err error) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	for _, p := range paths {
		child, e := strconv.Atoi(filepath.Base(filepath.Dir(p)))
		if e != nil {
			continue
		}
		if s, e := readStat(child); e == nil && s.parent == pid {
			sum += s.own
		}
	}
	return sum, err
}

// memory returns the resident memory of a process now, and its peak, in bytes.
func memory(pid int) (now, peak int64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		name, value, _ := strings.Cut(line, ":")
		kB, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kB << 10
		case "VmHWM":
			peak = kB << 10
		}
	}
	return now, peak, nil
}

// child is a process of this run; it ends with it, however that ends.
type child struct {
	*proc.Process
	log string // its stderr
}

// start runs a program with exactly this environment.
func start(cmd *exec.Cmd, env []string, log string) (*child, error) {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // the child has its own
	cmd.Stderr, cmd.Env = f, env
	p, err := proc.Start(cmd, syscall.SIGKILL)
	if err != nil {
		return nil, err
	}
	return &child{p, log}, nil
}

// stop ends it as an operator does, and fails if it does not end well.
func (c *child) stop() error {
	if err := c.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.Done():
		return c.Err()
	case <-time.After(15 * time.Second):
		_ = c.Signal(syscall.SIGKILL)
		return fmt.Errorf("pid %d was still there 15 s after SIGTERM", c.Pid())
	}
}

// said returns the last lines of its stderr.
func (c *child) said() string {
	b, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}
