// Package examples_test replays the worked examples of CONTRIBUTING on copies of the repository: each patch in
// docs/examples/changes must apply, and the commands in its head must pass. It does not run the web app's commands.
package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/testenv"
)

const (
	root    = "../.."
	changes = "docs/examples/changes"
)

// run finds the commands in the head of a patch: lines of the form "run: go test ...".
var run = regexp.MustCompile(`(?m)^run: (go .*)$`)

// TestExamples applies every example to a copy. With TEST_LONG it also runs the example's commands.
func TestExamples(t *testing.T) {
	patches, err := filepath.Glob(filepath.Join(root, changes, "*.patch"))
	if err != nil || len(patches) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	guide, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range patches {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".patch"), func(t *testing.T) {
			if !strings.Contains(string(guide), changes+"/"+name) {
				t.Errorf("CONTRIBUTING.md does not link to %s/%s", changes, name)
			}
			patch, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(string(patch), "\ndiff --git ")
			commands := run.FindAllStringSubmatch(head, -1)
			if len(commands) == 0 {
				t.Fatalf("%s has no line \"run: go test ...\" before its first diff", name)
			}
			dir := t.TempDir()
			duplicate(t, dir)
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, renumber(t, patch), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := command(t, dir, "git", "apply", "-C1", "--recount", path); err != nil {
				t.Fatalf("%s does not apply any more: make the change again, and write it with git diff -U1\n%s", name,
					out)
			}
			if !testenv.Long(false, true) {
				return
			}
			for _, c := range commands {
				// Without -race: the example is about the steps, and the suite has run with it.
				if out, err := command(t, dir, "bash", "-c", c[1]); err != nil {
					t.Errorf("%s: %v\n%s", c[1], err, out)
				}
			}
		})
	}
}

// migration finds the path of a migration in a patch, up to its number.
var migration = regexp.MustCompile(`(internal/db/migrations/)\d{4}_`)

// renumber gives the migration of an example the next number, so that a new migration of the product leaves the example
// as it is.
func renumber(t *testing.T, patch []byte) []byte {
	t.Helper()
	there, err := filepath.Glob(filepath.Join(root, "internal/db/migrations/*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	return migration.ReplaceAll(patch, fmt.Appendf(nil, "${1}%04d_", len(there)+1))
}

// duplicate copies the Go sources and the files that their tests read. The web app's sources and pages are included,
// because tests compare words and documentation with them.
func duplicate(t *testing.T, dir string) {
	t.Helper()
	out, err := command(t, root, "git", "ls-files", "--cached", "--others", "--exclude-standard")
	if err != nil {
		t.Skipf("the sources are not in a git repository: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) { // removed and not yet committed
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// command runs a program in a folder and returns its output.
func command(t *testing.T, dir, program string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	// With -trimpath the copies share what the compiler makes of the packages that an example leaves as they are.
	cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -trimpath",
		"GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), testenv.LongEnv+"=",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*")
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	return string(out), err
}
