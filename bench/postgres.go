package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/taskhouse/taskhouse/internal/testenv"
)

// startPostgres starts a PostgreSQL of the run's own, as tests get one, but durable.
func startPostgres() (s *testenv.Server, err error) {
	defer func() {
		if v := recover(); v != nil {
			stopped, ok := v.(unavailable)
			if !ok {
				panic(v)
			}
			err = stopped.error
		}
	}()
	return testenv.StartPostgres(host{}, testenv.PostgresOptions{Durable: true}), nil
}

// host stands for the test that package testenv expects to serve: this program is none, and needs the same server.
type host struct{ testing.TB }

// unavailable is the value with which host panics if a test would end.
type unavailable struct{ error }

func (host) Helper() {}

// Cleanup leaves the end of the server to its Close.
func (host) Cleanup(func()) {}

func (host) Fatalf(format string, args ...any) { panic(unavailable{fmt.Errorf(format, args...)}) }

func (host) Skipf(format string, args ...any) {
	panic(
		unavailable{
			errors.Join(errors.New("the figures of PostgreSQL need one, or --engine sqlite leaves them out"),
				fmt.Errorf(format, args...)),
		},
	)
}
