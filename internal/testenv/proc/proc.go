// Package proc starts programs that do not outlive this process, however it ends: at its end, at a panic, at a kill -9.
//
// Test processes are killed all the time (a deadline, Ctrl-C, a lack of memory), and nothing of theirs runs then. So it
// is the kernel that must end their servers, and only Linux does that for the asking; elsewhere Contained is false and
// a child is an ordinary one.
//
// It is not for programs that the product starts (it starts none), and does not restart a program that ends.
package proc

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
)

// Process is a started program.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of Wait; to be read once done is closed
}

// Start runs cmd in a process group of its own, so that a Ctrl-C at the terminal does not reach it by itself. When this
// process ends, the kernel sends it death.
//
// Give cmd files and no other readers or writers, or a process that it leaves behind holds up its Done.
func Start(cmd *exec.Cmd, death syscall.Signal) (*Process, error) {
	if err := start(cmd, death); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go p.reap()
	return p, nil
}

func (p *Process) reap() {
	p.err = p.cmd.Wait()
	close(p.done)
}

// Done returns a channel that is closed when the program has ended. Its children may still run.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err waits for the end and says how the program ended: nil, or an *exec.ExitError.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Ended reports whether the program has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Pid returns the process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// ExitCode waits for the end and gives the status as a shell does: 128 and the signal's number after a signal.
func (p *Process) ExitCode() int {
	var exit *exec.ExitError
	if !errors.As(p.Err(), &exit) {
		return 0
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}

// Signal sends s to the program alone. A program that has ended is no error.
func (p *Process) Signal(s syscall.Signal) error {
	if p.Ended() {
		return nil
	}
	if err := p.cmd.Process.Signal(s); err != nil && !p.Ended() {
		return fmt.Errorf("send %v to %s (pid %d): %w", s, p.cmd.Path, p.Pid(), err)
	}
	return nil
}

// Account is a user of this machine that a program can be started as.
type Account struct {
	Name     string
	UID, GID int
}
