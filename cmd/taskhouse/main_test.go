package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// The test binary plays the program: it waits for the first signal, and then drains for ever.
func TestMain(m *testing.M) {
	if os.Getenv("TASKHOUSE_TEST_SIGNALS") == "" {
		os.Exit(m.Run())
	}
	ctx := untilSignal()
	fmt.Println("running")
	<-ctx.Done()
	fmt.Println("draining")
	select {}
}

func TestThreat_F14_SecondSignalEndsAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		code   int
	}{{"interrupt", syscall.SIGINT, 130}, {"terminate", syscall.SIGTERM, 143}} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "TASKHOUSE_TEST_SIGNALS=1")
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stdout)
			for _, want := range []string{"running", "draining"} {
				if !lines.Scan() || lines.Text() != want {
					t.Fatalf("it says %q, want %q", lines.Text(), want)
				}
				if err := cmd.Process.Signal(c.signal); err != nil {
					t.Fatal(err)
				}
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != c.code {
				t.Errorf("it ended with %v, want code %d", err, c.code)
			}
		})
	}
}
