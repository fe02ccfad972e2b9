package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files from what the tests see")

// TestReport reads streams of real runs of go test -json, without the times. Each golden file has the output for
// people.
func TestReport(t *testing.T) {
	allowed := map[name]bool{
		{"example.org/sample/skips", "TestAllowed"}: true,
		{"example.org/sample/nofiles", noTests}:     true,
	}
	tests := []struct {
		stream string
		code   int // of go test
		rules  rules
		want   int
	}{
		{stream: "good", rules: rules{allowed: allowed, floor: 7}, want: 0},
		{stream: "good-below-floor", rules: rules{allowed: allowed, floor: 8}, want: 1},
		{stream: "good-without-tests", rules: rules{floor: 7}, want: 1},
		{stream: "good-other-status", code: 3, rules: rules{allowed: allowed, floor: 7}, want: 3},
		{stream: "cached", rules: rules{allowed: allowed, floor: 1}, want: 0},
		{stream: "bench", rules: rules{allowed: allowed}, want: 1},
		{stream: "cover", rules: rules{allowed: allowed, floor: 7}, want: 0},
		{stream: "bad", code: 1, rules: rules{allowed: allowed, floor: 1}, want: 1},
		{stream: "skips", rules: rules{allowed: allowed, floor: 1}, want: 1},
		{stream: "cut", code: 1, rules: rules{allowed: allowed, floor: 1}, want: 1},
		{stream: "build", code: 1, rules: rules{allowed: allowed, floor: 1}, want: 1},
		{stream: "nosuch", code: 1, rules: rules{allowed: allowed}, want: 1},
		{stream: "killed", code: 137, rules: rules{allowed: allowed, floor: 1}, want: 137},
	}
	for _, tt := range tests {
		t.Run(tt.stream, func(t *testing.T) {
			file, _, _ := strings.Cut(tt.stream, "-")
			stream, err := os.Open(filepath.Join("testdata", file+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			var out bytes.Buffer
			r := newReport(&out)
			if err := r.read(stream); err != nil {
				t.Fatal(err)
			}
			got := r.conclude(tt.rules, tt.code)
			if got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
			golden(t, tt.stream, out.String())
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if it should, run the test with -update and read the difference. It is now:\n%s", path,
			got)
	}
}

func TestReportCountsATestThatRunsAgainOnce(t *testing.T) {
	run := func(outcome string) string {
		return `{"Action":"run","Package":"p","Test":"T"}
{"Action":"output","Package":"p","Test":"T","Output":"said by one that ends in ` + outcome + `\n"}
{"Action":"` + outcome + `","Package":"p","Test":"T"}
`
	}
	tests := []struct {
		name, stream, want string
	}{
		{"twice well", run("pass") + run("pass"), "1 passed, 0 failed, 0 skipped\n"},
		{"once ill", run("pass") + run("fail") + run("pass"), "0 passed, 1 failed, 0 skipped\n"},
		{"once skipped", run("skip") + run("pass"), "1 passed, 0 failed, 0 skipped\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			r := newReport(&out)
			if err := r.read(strings.NewReader(tt.stream + `{"Action":"pass","Package":"p"}`)); err != nil {
				t.Fatal(err)
			}
			r.conclude(rules{}, 0)
			if got := out.String(); !strings.HasSuffix(got, tt.want) {
				t.Errorf("got %q, want it to end in %q", got, tt.want)
			}
			if strings.Contains(out.String(), "ends in pass") {
				t.Errorf("it shows the output of a test that passed:\n%s", out.String())
			}
		})
	}
}

func TestReportTakesLinesOfAnyLength(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	stream := fmt.Sprintf(`{"Action":"run","Package":"p","Test":"T"}
{"Action":"output","Package":"p","Test":"T","Output":"%s\n"}
{"Action":"fail","Package":"p","Test":"T"}
{"Action":"fail","Package":"p"}`, long)
	var out bytes.Buffer
	if err := newReport(&out).read(strings.NewReader(stream)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), long) {
		t.Errorf("%d bytes of output, and not the line of %d", out.Len(), len(long))
	}
}
