package proc_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// parentOf names a variable with a program. If it is set, this test binary starts the program and prints its pid.
const parentOf = "PROC_TEST_PARENT_OF"

func TestMain(m *testing.M) {
	if program := os.Getenv(parentOf); program != "" {
		beParent(program)
	}
	os.Exit(m.Run())
}

func beParent(program string) {
	p, err := proc.Start(exec.Command(program, "60"), syscall.SIGKILL)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.Pid())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends, or kills us
	os.Exit(0)
}

func TestChildDiesWithItsParent(t *testing.T) {
	tests := []struct {
		name string
		end  func(parent *exec.Cmd, stdin io.Closer) error
	}{
		{"killed", func(parent *exec.Cmd, _ io.Closer) error { return parent.Process.Kill() }},
		{"exited", func(_ *exec.Cmd, stdin io.Closer) error { return stdin.Close() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parent := exec.Command(os.Args[0])
			parent.Env = append(os.Environ(), parentOf+"=sleep")
			stdin, err := parent.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			child := readPid(t, stdout)
			if proc.Gone(child) {
				t.Fatalf("the child %d does not run", child)
			}
			if err := tt.end(parent, stdin); err != nil {
				t.Fatal(err)
			}
			_ = parent.Wait()
			waitGone(t, child)
		})
	}
}

// TestChildOutlivesTheThreadThatAskedForIt ends the thread that asked for a child: a test that locks its goroutine to a
// thread ends that thread too. The child must not notice.
func TestChildOutlivesTheThreadThatAskedForIt(t *testing.T) {
	var p *proc.Process
	tid := onThreadThatEnds(func() { p = start(t, "sleep", "60") })
	if p == nil {
		t.FailNow()
	}
	defer func() { _ = p.KillTree() }()
	eventually(t, "the end of the thread", func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", tid))
		return os.IsNotExist(err)
	})
	select {
	case <-p.Done():
		t.Errorf("the child ended with the thread: %v", p.Err())
	case <-time.After(50 * time.Millisecond): // only time can show that nothing happens
	}
}

// onThreadThatEnds runs fn on a thread that then ends, and returns the thread's id. It cannot be the process's first
// thread: Go keeps that one.
func onThreadThatEnds(fn func()) (tid int) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if tid = syscall.Gettid(); tid == os.Getpid() {
			tid = onThreadThatEnds(fn) // on another thread, because this goroutine holds the first one
			runtime.UnlockOSThread()
			return
		}
		fn()
	}()
	<-done
	return tid
}

func TestKillTreeEndsChildrenInOtherSessions(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("sh", "-c", `setsid sleep 60 & sh -c 'sleep 60 & wait' & echo ready; wait`)
	cmd.Stdout = w
	p, err := proc.Start(cmd, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	_, _ = bufio.NewReader(r).ReadString('\n')
	var tree []int
	eventually(t, "three children", func() bool {
		tree = proc.Descendants(p.Pid())
		return len(tree) == 3
	})
	if err := p.KillTree(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range append(tree, p.Pid()) {
		if !proc.Gone(pid) {
			t.Errorf("%d of %v still runs", pid, tree)
		}
	}
	if err := p.KillTree(); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestExitCode(t *testing.T) {
	tests := []struct {
		script string
		want   int
	}{
		{"exit 0", 0},
		{"exit 7", 7},
		{"kill -9 $$", 137},
	}
	for _, tt := range tests {
		t.Run(tt.script, func(t *testing.T) {
			p := start(t, "sh", "-c", tt.script)
			if got := p.ExitCode(); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			if err := p.Signal(syscall.SIGTERM); err != nil {
				t.Errorf("signal to one that has ended: %v", err)
			}
			if err := p.SignalGroup(syscall.SIGTERM); err != nil {
				t.Errorf("signal to a group that has ended: %v", err)
			}
		})
	}
}

func TestStartNamesTheProgramItCannotStart(t *testing.T) {
	_, err := proc.Start(exec.Command("/nonexistent/postgres"), syscall.SIGKILL)
	if err == nil || !strings.Contains(err.Error(), "/nonexistent/postgres") {
		t.Errorf("got %v", err)
	}
}

func start(t *testing.T, name string, args ...string) *proc.Process {
	t.Helper()
	p, err := proc.Start(exec.Command(name, args...), syscall.SIGKILL)
	if err != nil {
		t.Error(err)
		runtime.Goexit()
	}
	return p
}

func readPid(t *testing.T, r io.Reader) int {
	t.Helper()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the parent says %q", line)
	}
	return pid
}

func waitGone(t *testing.T, pid int) {
	t.Helper()
	eventually(t, fmt.Sprintf("the end of %d", pid), func() bool { return proc.Gone(pid) })
}

// eventually polls for up to 5 s: the kernel reports a process only to its parent.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited 5 s for %s", what)
}
