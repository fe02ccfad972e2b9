//go:build !linux

package proc

import (
	"errors"
	"os/exec"
	"syscall"
)

// Contained says that the kernel ends the children of this process when it ends.
const Contained = false

func start(cmd *exec.Cmd, _ syscall.Signal) error { return cmd.Start() }

// Unprivileged returns nil: no program runs under another account here.
func Unprivileged() *Account { return nil }

// RunAs changes nothing here.
func RunAs(*exec.Cmd, *Account) {}

// SignalGroup sends s to the program alone: it has no process group of its own here.
func (p *Process) SignalGroup(s syscall.Signal) error { return p.Signal(s) }

// KillTree returns an error: it is not supported here.
func (p *Process) KillTree() error {
	return errors.New("kill a process with its descendants: only done on Linux")
}
