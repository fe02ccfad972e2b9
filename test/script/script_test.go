package script_test

import (
	"context"
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
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/notify/smtptest"
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
				catcher := smtptest.Start(t, smtptest.Options{NoTLS: true})
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
						e.Setenv("CATCHER", "smtp://"+catcher.Addr+"?tls=off")
						if address != "" {
							e.Setenv("DATABASE_URL", address)
							e.Setenv("DATABASE", nameOf(address))
							e.Setenv("ADMIN_URL", dbtest.AdminURL(t, address))
						}
						return err
					},
					Cmds: map[string]func(*testscript.TestScript, bool, []string){
						"get":      get,
						"post":     post,
						"upstream": upstream,
						"mailed":   mailed(catcher),
						"refuse":   refuse(catcher),
					},
				})
			})
		}
	}
}

// nameOf returns the database that a URL leads to.
func nameOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}

// freePort returns an unused address.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// get asks for a URL until a server answers, and prints the status and the body: get http://127.0.0.1:8000/readyz/
// With the name of an account it signs in first.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || len(args) > 2 || neg {
		ts.Fatalf("usage: get URL [USERNAME]")
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, args[0], http.NoBody)
	ts.Check(err)
	if len(args) == 2 {
		signIn(ts, r, args[1])
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		a, err := http.DefaultClient.Do(r)
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

// signIn has an account ask, whose password is the same in all scripts.
func signIn(ts *testscript.TestScript, r *http.Request, username string) {
	var tokens struct{ Access string }
	_, err := server.Client{URL: "http://" + r.URL.Host}.Call(r.Context(), "POST", "/api/auth/login/",
		map[string]string{"username": username, "password": "securepass123"}, &tokens)
	ts.Check(err)
	r.Header.Set("Authorization", "Bearer "+tokens.Access)
}

// post sends a file to a URL as JSON, and fails unless that makes something: post
// http://127.0.0.1:8000/api/auth/register/ ada.json With the name of an account it signs in first.
func post(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 || neg {
		ts.Fatalf("usage: post URL FILE [USERNAME]")
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, args[0],
		strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	if len(args) == 3 {
		signIn(ts, r, args[2])
	}
	a, err := http.DefaultClient.Do(r)
	ts.Check(err)
	b, err := io.ReadAll(a.Body)
	_ = a.Body.Close()
	ts.Check(err)
	if a.StatusCode != http.StatusCreated {
		ts.Fatalf("%d %s", a.StatusCode, b)
	}
}

// upstream starts a server that answers every request with a file, until the script ends, and sets a variable to its
// URL: upstream URL todos.json
func upstream(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: upstream NAME FILE")
	}
	body := ts.ReadFile(args[1])
	s := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.URL)
}

// mailed waits until the catcher at $CATCHER has taken so many mails: mailed 1
func mailed(s *smtptest.Server) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) != 1 || neg {
			ts.Fatalf("usage: mailed N")
		}
		n, err := strconv.Atoi(args[0])
		ts.Check(err)
		for limit := time.After(30 * time.Second); len(s.Mails()) < n; {
			select {
			case <-s.Fresh():
			case <-limit:
				ts.Fatalf("%d mails came, want %d", len(s.Mails()), n)
			}
		}
	}
}

// refuse has the catcher refuse the next mail for good, and with wait waits until it has: refuse; refuse wait
func refuse(s *smtptest.Server) func(*testscript.TestScript, bool, []string) {
	refused := make(chan struct{})
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) == 0 && !neg {
			var once sync.Once
			s.Fail(func() (f smtptest.Fault) {
				once.Do(func() { f = smtptest.Permanent; close(refused) })
				return f
			})
			return
		}
		select {
		case <-refused:
		case <-time.After(30 * time.Second):
			ts.Fatalf("no mail came")
		}
	}
}

var shell = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestReadmeWalkThrough runs the README's commands as they stand there, in an empty folder against a fresh server; only
// the port is another. A command that fails ends it.
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
