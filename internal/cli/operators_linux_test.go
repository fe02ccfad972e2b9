package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/taskhouse/taskhouse/internal/cli"
)

// terminal returns the two ends of a pseudo-terminal: the person's, who types and reads, and the program's.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("this machine has no pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// shows reports whether a terminal shows typed characters.
func shows(t *testing.T, f *os.File) bool {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return s.Lflag&unix.ECHO != 0
}

// until waits until the terminal shows, or hides, typed characters.
func until(t *testing.T, f *os.File, show bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); shows(t, f) != show; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("the terminal does not come to show %v", show)
		}
	}
}

func TestPasswordsAreHiddenWhileTheyAreTyped(t *testing.T) {
	data := t.TempDir()
	t.Setenv("DATABASE_URL", "")
	t.Setenv("TASKHOUSE_DATA", data)
	t.Setenv("TASKHOUSE_SUPERUSER_PASSWORD", "")
	code := cli.Main(context.Background(), []string{"migrate", "up"}, strings.NewReader(""), io.Discard, os.Stderr)
	if code != 0 {
		t.Fatalf("migrate up: code %d", code)
	}
	args := []string{"createsuperuser", "--username=root", "--email=root@example.com"}

	t.Run("typed", func(t *testing.T) {
		person, program := terminal(t)
		var out, errs bytes.Buffer
		asks, questions, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan int, 1)
		go func() {
			code := cli.Main(context.Background(), args, program, &out, questions)
			_ = questions.Close()
			ended <- code
		}()
		for _, question := range []string{"Password: ", "Password again: "} {
			for b := make([]byte, 1); !strings.HasSuffix(errs.String(), question); errs.Write(b) {
				if _, err := asks.Read(b); err != nil {
					t.Fatalf("no %q after %q: %v", question, errs.String(), err)
				}
			}
			until(t, program, false)
			if _, err := person.WriteString("correct horse 7 battery\n"); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = errs.ReadFrom(asks)
		if code := <-ended; code != 0 || !strings.Contains(out.String(), "root (user 1) is an operator") {
			t.Errorf("code %d\n%s\n%s", code, out.String(), errs.String())
		}
		fd := int(person.Fd()) // once: asking for it makes it blocking
		if err := unix.SetNonblock(fd, true); err != nil {
			t.Fatal(err)
		}
		seen := make([]byte, 4096)
		n, _ := unix.Read(fd, seen)
		if text := string(seen[:max(n, 0)]) + out.String() + errs.String(); strings.Contains(text, "horse") {
			t.Errorf("the password is shown: %q", text)
		}
	})

	t.Run("broken off", func(t *testing.T) {
		_, program := terminal(t)
		ctx, cancel := context.WithCancel(context.Background())
		var out, errs bytes.Buffer
		ended := make(chan int, 1)
		go func() { ended <- cli.Main(ctx, args, program, &out, &errs) }()
		until(t, program, false)
		cancel()
		if code := <-ended; code != 1 {
			t.Errorf("code %d\n%s\n%s", code, out.String(), errs.String())
		}
		if !shows(t, program) {
			t.Error("the terminal goes on hiding what is typed")
		}
	})
}
