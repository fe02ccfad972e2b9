// Package proc starts programs that do not outlive this process, however it ends: normally, by a panic, or by kill -9.
//
// Test processes are often killed (a deadline, Ctrl-C, lack of memory), and then run no cleanup. So the kernel must end
// their servers. Only Linux offers that; on other systems Contained is false and a child is an ordinary one.
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
	err  error // of Wait; read it once done is closed
}

// Start runs cmd in its own process group, so that Ctrl-C at the terminal does not reach it directly. When this process
// ends, the kernel kills it.
//
// Set cmd's input and output to files only. Otherwise a process that it leaves behind delays its Done.
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

// Err waits for the end and returns how the program ended: nil, or an *exec.ExitError.
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

// ExitCode waits for the end and returns the status as a shell does: 128 plus the signal's number after a signal.
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

// Signal sends s to the program alone. It returns no error if the program has ended.
func (p *Process) Signal(s syscall.Signal) error {
	if p.Ended() {
		return nil
	}
	if err := p.cmd.Process.Signal(s); err != nil && !p.Ended() {
		return fmt.Errorf("send %v to %s (pid %d): %w", s, p.cmd.Path, p.Pid(), err)
	}
	return nil
}

// Account is a user of this machine under which a program can be started.
type Account struct {
	Name     string
	UID, GID int
}
