package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// machine holds the properties on which a figure depends in addition to the product.
type machine struct {
	cpu    string
	memory string
	system string
	sync   time.Duration // of 4 kB appended to a file, the median
	commit string
}

func thisMachine(dir string) machine {
	m := machine{
		cpu:    field("/proc/cpuinfo", "model name"),
		memory: field("/proc/meminfo", "MemTotal"),
		system: runtime.GOOS + "/" + runtime.GOARCH,
		sync:   syncTime(dir),
		commit: "unknown",
	}
	if out, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output(); err == nil {
		m.commit = strings.TrimSpace(string(out))
		if out, err := exec.Command("git", "status", "--porcelain", "--untracked-files=no").Output(); err != nil ||
			len(out) > 0 {
			m.commit += " with uncommitted changes"
		}
	}
	return m
}

// field returns the first value of a name in a table of /proc.
func field(path, name string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

// syncTime returns how long the disk takes to store the data of a commit.
func syncTime(dir string) time.Duration {
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	var took []float64
	for range 100 {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil || f.Sync() != nil {
			return 0
		}
		took = append(took, float64(time.Since(began)))
	}
	return time.Duration(median(took))
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s; fsync of 4 kB: %.2f ms", m.cpu, cores(), m.memory, m.system,
		m.sync.Seconds()*1000)
}
