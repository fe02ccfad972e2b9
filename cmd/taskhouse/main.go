// Command taskhouse is the task manager: one binary with the server and everything to look after it.
//
// This file holds the process's edge alone: signals, arguments, exit code.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/taskhouse/taskhouse/internal/cli"
)

func main() {
	ctx := untilSignal()
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// untilSignal returns a context that the first SIGTERM or interrupt cancels, so that running requests can finish. The
// second one ends the process at once, with 128 plus the number of the signal, as shells do.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		if n, ok := (<-signals).(syscall.Signal); ok {
			os.Exit(128 + int(n))
		}
		os.Exit(1)
	}()
	return ctx
}
