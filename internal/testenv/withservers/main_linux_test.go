package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

func TestSuperviseGivesTheCommandsExitCode(t *testing.T) {
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
			got, err := supervise(shell(tt.script), os.Environ(), os.Stdout)
			if err != nil || got != tt.want {
				t.Errorf("got %d, %v; want %d", got, err, tt.want)
			}
		})
	}
	if _, err := supervise([]string{"/nonexistent/go"}, nil, os.Stdout); err == nil {
		t.Error("a command that does not exist was run")
	}
}

func TestSuperviseHandsOnSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(s.String(), func(t *testing.T) {
			script := fmt.Sprintf(`trap 'exit 7' %d; echo ready; while :; do sleep 0.05; done`, int(s))
			code, _ := superviseUntil(t, script, func(string) {
				if err := syscall.Kill(os.Getpid(), s); err != nil {
					t.Error(err)
				}
			})
			if code != 7 {
				t.Errorf("got %d, want the 7 of its trap", code)
			}
		})
	}
}

func TestSuperviseLeavesNothingBehind(t *testing.T) {
	_, line := superviseUntil(t, `sleep 60 >/dev/null 2>&1 & echo $!`, func(string) {})
	var pid int
	if _, err := fmt.Sscan(line, &pid); err != nil {
		t.Fatalf("the command says %q", line)
	}
	for tries := 0; !proc.Gone(pid); tries++ {
		if tries == 500 {
			t.Fatalf("%d still runs", pid)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestJudgeReadsTheStreamOfTheCommand(t *testing.T) {
	// A process that is left in the background holds the pipe open, until the group is killed.
	script := "cat testdata/bad.jsonl; sleep 60 & exit 1"
	var out bytes.Buffer
	code, err := judge(shell(script), os.Environ(), rules{}, &out)
	if err != nil || code != 1 {
		t.Errorf("got %d, %v; want 1", code, err)
	}
	if got, want := out.String(), "\n4 passed, 4 failed, 0 skipped\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want it to end in %s", got, want)
	}
	if code, err := judge([]string{"/nonexistent/go"}, nil, rules{}, &out); err == nil {
		t.Errorf("a command that does not exist: %d", code)
	}
}

func shell(script string) []string { return []string{"sh", "-c", script} }

// superviseUntil supervises a script, calls then with the first line that it prints, and returns that line too.
func superviseUntil(t *testing.T, script string, then func(line string)) (code int, line string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(r).ReadString('\n')
		then(line)
		lines <- line
	}()
	code, err = supervise(shell(script), os.Environ(), w)
	_ = w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return code, <-lines
}
