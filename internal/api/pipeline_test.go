package api_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/api"
)

// TestPipelineIsAsDrawn fails if a step moves or is added, and the drawing does not follow.
func TestPipelineIsAsDrawn(t *testing.T) {
	text, err := os.ReadFile("../../docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, drawing, _ := strings.Cut(string(text), "\n## The life of a request")
	drawing, _, _ = strings.Cut(drawing, "\n## ")
	var drawn []string
	for line := range strings.Lines(drawing) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if slices.Contains(api.Steps(), name) {
			drawn = append(drawn, name)
		}
	}
	if d := cmp.Diff(api.Steps(), drawn); d != "" {
		t.Errorf("the steps of pipeline.go (-) and of docs/ARCHITECTURE.md (+) differ:\n%s", d)
	}
}
