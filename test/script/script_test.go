package script_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/test/server"
)

// bin is the program, built once.
var bin string

func TestMain(m *testing.M) { server.Main(m, &bin) }

// TestScripts runs every script on each engine, with an empty database. A script of one engine says so in its name.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, engine := range dbtest.Engines {
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar")
			if on := strings.TrimPrefix(filepath.Ext(name), "."); on != "" && on != engine {
				continue
			}
			t.Run(engine+"/"+name, func(t *testing.T) {
				address, other := "", ""
				if strings.HasPrefix(name, "move") { // to the other engine
					other = dbtest.Empty(t, "postgres").URL
				}
				if engine == "postgres" {
					address = dbtest.Empty(t, engine).URL
				}
				testscript.Run(t, testscript.Params{
					Files: []string{file}, RequireExplicitExec: true, RequireUniqueNames: true,
					Condition: func(c string) (bool, error) { return c == engine, nil },
					Setup: func(e *testscript.Env) error {
						port, err := freePort()
						e.Setenv("PATH", filepath.Dir(bin)+string(os.PathListSeparator)+e.Getenv("PATH"))
						e.Setenv("TASKHOUSE_DATA", filepath.Join(e.WorkDir, "data"))
						e.Setenv("ADDR", port)
						e.Setenv("ENGINE", engine)
						e.Setenv("DATABASE", "taskhouse.db")
						e.Setenv("OTHER_URL", other)
						if address != "" {
							e.Setenv("DATABASE_URL", address)
							e.Setenv("DATABASE", nameOf(address))
							e.Setenv("ADMIN_URL", dbtest.AdminURL(t, address))
						}
						return err
					},
					Cmds: map[string]func(*testscript.TestScript, bool, []string){"get": get, "post": post, "upstream": upstream},
				})
			})
		}
	}
}

// nameOf is the database that a URL leads to.
func nameOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}

// freePort is an address that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// get asks for a URL until somebody answers, and prints the status and the body: get http://127.0.0.1:8000/readyz/
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 || neg {
		ts.Fatalf("usage: get URL")
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		a, err := http.Get(args[0])
		if err == nil {
			b, err := io.ReadAll(a.Body)
			_ = a.Body.Close()
			ts.Check(err)
			_, err = fmt.Fprintf(ts.Stdout(), "%d %s\n", a.StatusCode, b)
			ts.Check(err)
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("nobody answers: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// post sends a file to a URL as JSON, and fails unless that makes something: post http://127.0.0.1:8000/api/auth/register/ ada.json
func post(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: post URL FILE")
	}
	a, err := http.Post(args[0], "application/json", strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	b, err := io.ReadAll(a.Body)
	_ = a.Body.Close()
	ts.Check(err)
	if a.StatusCode != http.StatusCreated {
		ts.Fatalf("%d %s", a.StatusCode, b)
	}
}

// upstream starts a server that answers every request with a file, until the script ends, and sets a variable to its URL:
// upstream URL todos.json
func upstream(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: upstream NAME FILE")
	}
	body := ts.ReadFile(args[1])
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.URL)
}

var shell = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestReadmeWalkThrough runs the README's commands as they stand there, in an empty folder against a fresh server; only the
// port is another. A command that fails ends it.
func TestReadmeWalkThrough(t *testing.T) {
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the README's commands need %s: %v", program, err)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- walk:begin -->")
	walk, _, whole := strings.Cut(rest, "<!-- walk:end -->")
	blocks := shell.FindAllStringSubmatch(walk, -1)
	if !whole || len(blocks) == 0 {
		t.Fatal("the README has no ```sh block between walk:begin and walk:end")
	}
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			o := server.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "data")}
			if engine == "postgres" {
				o.Env = map[string]string{"DATABASE_URL": dbtest.Empty(t, engine).URL}
			}
			s := server.Start(t, o)
			text := "set -euo pipefail\n"
			for _, b := range blocks {
				text += strings.ReplaceAll(b[1], "http://127.0.0.1:8000", s.URL)
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-c", text)
			cmd.Dir = t.TempDir()
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
