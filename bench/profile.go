package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// profile runs the in-process benchmarks, each with a profile of its own: the server has no endpoint for it.
func profile(ctx context.Context, s settings) error {
	if err := os.MkdirAll(s.cpuprofile, 0o755); err != nil {
		return err
	}
	dir, err := filepath.Abs(s.cpuprofile)
	if err != nil {
		return err
	}
	for engine := range strings.SplitSeq(s.engines, ",") {
		for _, name := range []string{"List", "Get", "Statistics", "Create"} {
			if !s.wants(strings.ToLower(name)) {
				continue
			}
			file := filepath.Join(dir, strings.ToLower(name)+"-"+engine)
			cmd := exec.CommandContext(ctx, "go", "test", "./bench", "-run", "^$", "-bench",
				fmt.Sprintf("^Benchmark%s$/^%s$", name, engine), "-benchtime", "3s", "-cpuprofile", file+".cpu",
				"-memprofile", file+".mem", "-o", filepath.Join(dir, "bench.test"))
			cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
			if err := cmd.Run(); err != nil {
				return err
			}
		}
	}
	fmt.Printf("\nThe seeding is in the profiles too; leave it out:\n"+
		"  go tool pprof -ignore 'bench\\.(seed|open)' %s/bench.test %[1]s/list-sqlite.cpu\n", dir)
	return nil
}
