package api_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/testenv"
)

// The generators of Go clients stop at a schema with a list of types, unless the second one is null. A union of types
// has a schema for each.
func TestNoSchemaHasAListOfTypes(t *testing.T) {
	raw, _ := readDocument(t)
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	unions := 0
	var walk func(where string, v any)
	walk = func(where string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if list, ok := v["type"].([]any); ok && (len(list) != 2 || !slices.Contains(list, any("null"))) {
				t.Errorf("%s has the types %v", where, list)
			}
			if _, ok := v["anyOf"]; ok {
				unions++
			}
			for name, inner := range v {
				walk(where+"/"+name, inner)
			}
		case []any:
			for i, inner := range v {
				walk(fmt.Sprint(where, "/", i), inner)
			}
		}
	}
	walk("", doc)
	if unions == 0 {
		t.Error("no schema is a union: the walk found nothing")
	}
}

// Each generator writes a client from the document, and the compiler accepts it. They are downloaded, which takes
// minutes.
func TestClientsAreGeneratedAndCompile(t *testing.T) {
	if !testenv.Long(false, true) {
		t.Skip("a long run only: it downloads and builds the generators")
	}
	raw, _ := readDocument(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "openapi.json"), string(raw))
	write(t, filepath.Join(dir, "go.mod"), "module clients\n\ngo 1.26.0\n")
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
	}
	run(
		"go",
		"run",
		"github.com/ogen-go/ogen/cmd/ogen@v1.24.0",
		"--target",
		"ogen",
		"--package",
		"ogen",
		"openapi.json",
	)
	if err := os.Mkdir(filepath.Join(dir, "oapi"), 0o700); err != nil {
		t.Fatal(err)
	}
	run("go", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2",
		"-generate", "types,client", "-package", "oapi", "-o", "oapi/client.go", "openapi.json")
	run("go", "mod", "tidy")
	run("go", "build", "./...")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
