package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Contained says that the kernel ends the children of this process when it ends.
const Contained = true

// jobs leads to the one thread that starts all children. The kernel sends the death signal when that thread ends, not
// when the process ends. So the thread must live as long as the process.
var jobs = sync.OnceValue(func() chan<- func() {
	ch := make(chan func())
	go serve(ch)
	return ch
})

// serve never returns. A goroutine that ends while locked to its thread ends that thread, and with it every child.
func serve(ch <-chan func()) {
	runtime.LockOSThread()
	for job := range ch {
		job()
	}
}

func start(cmd *exec.Cmd, death syscall.Signal) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = death
	started := make(chan error)
	jobs() <- func() { started <- cmd.Start() }
	return <-started
}

// Unprivileged returns the account for programs that refuse to run as root: "postgres", else "nobody". It returns nil
// if this process does not run as root.
func Unprivileged() *Account {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if a := lookup(name); a != nil {
			return a
		}
	}
	// Images built from nothing have no list of accounts; the kernel needs only the number.
	return &Account{Name: "nobody", UID: 65534, GID: 65534}
}

func lookup(name string) *Account {
	u, err := user.Lookup(name)
	if err != nil {
		return nil
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err1 != nil || err2 != nil {
		return nil
	}
	return &Account{Name: name, UID: uid, GID: gid}
}

// RunAs makes cmd run as a, without other groups. A nil a changes nothing.
func RunAs(cmd *exec.Cmd, a *Account) {
	if a == nil {
		return
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.UID), Gid: uint32(a.GID)}
}

// SignalGroup sends s to the program's process group, which may outlive the program. An empty group is not an error.
func (p *Process) SignalGroup(s syscall.Signal) error {
	if err := syscall.Kill(-p.Pid(), s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("send %v to the process group %d: %w", s, p.Pid(), err)
	}
	return nil
}

// killWait bounds the wait for the effect of SIGKILL; only a process stuck in the kernel takes longer.
const killWait = 10 * time.Second

// KillTree ends the program and all its descendants with SIGKILL, as a power cut does, and returns when they are gone.
// A signal to the process group would not reach them all: PostgreSQL gives each of its processes its own session.
func (p *Process) KillTree() error {
	if p.Ended() {
		return nil
	}
	// A stopped program starts no child that the search could miss.
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	stopped := func() bool { return p.Ended() || state(p.Pid()) == 'T' }
	if err := poll(stopped); err != nil {
		return fmt.Errorf("stop pid %d before its kill: %w", p.Pid(), err)
	}
	children := Descendants(p.Pid())
	for _, pid := range append(children, p.Pid()) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("kill -9 %d: %w", pid, err)
		}
	}
	if err := poll(func() bool { return p.Ended() && allGone(children) }); err != nil {
		return fmt.Errorf("wait for the end of %d and its children %v after kill -9: %w", p.Pid(), children, err)
	}
	return nil
}

// poll waits for an event that the kernel does not announce: the end of a process that is not our child.
func poll(until func() bool) error {
	timer := time.NewTimer(killWait)
	defer timer.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !until() {
		select {
		case <-tick.C:
		case <-timer.C:
			return fmt.Errorf("nothing happened for %v", killWait)
		}
	}
	return nil
}

func allGone(pids []int) bool {
	for _, pid := range pids {
		if !Gone(pid) {
			return false
		}
	}
	return true
}

// Gone reports whether no process runs under pid. A zombie counts as gone: it holds no resources, and if process 1 of a
// container never reaps its children, the zombie stays for ever.
func Gone(pid int) bool {
	s := state(pid)
	return s == 0 || s == 'Z' || s == 'X'
}

func state(pid int) byte {
	s, _ := stat(pid)
	return s
}

// Descendants returns the processes below pid as they are at this moment.
func Descendants(pid int) []int {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	children := map[int][]int{}
	for _, dir := range dirs {
		child, _ := strconv.Atoi(filepath.Base(dir))
		if s, parent := stat(child); s != 0 {
			children[parent] = append(children[parent], child)
		}
	}
	found := children[pid]
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}

// stat reads the state letter and the parent from proc_pid_stat(5); the state is 0 when there is no such process.
func stat(pid int) (state byte, parent int) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0
	}
	// The program's name precedes them in parentheses and may itself contain parentheses and spaces.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 2 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(fields[1])
	return fields[0][0], parent
}
