package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/cli"
)

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// serving runs a server on a data folder, until stop is called.
func serving(t *testing.T, data string) (url string, stop func()) {
	t.Helper()
	addr := freeAddress(t)
	ctx, cancel := context.WithCancel(t.Context())
	runs, ended := make(chan bool), make(chan int, 1)
	out := &started{then: func() { close(runs) }}
	var errs bytes.Buffer
	go func() {
		args := []string{"serve", "--data", data, "--addr", addr}
		ended <- cli.Main(ctx, args, strings.NewReader(""), out, &errs)
	}()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("the server ended with %d: %s", code, errs.String())
		}
	}
	t.Cleanup(stop)
	select {
	case <-runs:
	case code := <-ended:
		t.Fatalf("the server ended with %d: %s", code, errs.String())
	}
	return "http://" + addr, stop
}

// TestCommandsWhileTheServerRuns runs the commands of an operator on an embedded database that a server has open, and
// again without the server: output and exit code are the same.
func TestCommandsWhileTheServerRuns(t *testing.T) {
	data := installation(t)
	t.Setenv("TASKHOUSE_SUPERUSER_PASSWORD", "correct horse 7 battery")
	t.Setenv("TASKHOUSE_NEW_PASSWORD", "another horse 8 battery")
	url, stop := serving(t, data)
	if code := send(t, "POST", url+"/api/auth/register/", "", `{"username": "ada",
		"password": "securepass123", "password_confirm": "securepass123",
		"email": "ada@example.com", "company_name": "Acme"}`, nil); code != http.StatusCreated {
		t.Fatalf("register: %d", code)
	}
	socket, err := os.Stat(filepath.Join(data, "taskhouse.sock"))
	if err != nil || socket.Mode().Perm() != 0o600 {
		t.Fatalf("the socket: %v, %v", socket, err)
	}
	if folder, err := os.Stat(data); err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the data folder: %v, %v", folder, err)
	}
	if left, _ := filepath.Glob(filepath.Join(data, "socket-*")); len(left) > 0 {
		t.Errorf("it left %q", left)
	}

	// A password is changed without downtime: the old session ends, and the new password opens one.
	var old, fresh struct{ Access string }
	credentials := func(password string) string { return `{"username": "ada", "password": "` + password + `"}` }
	login := url + "/api/auth/login/"
	if code := send(t, "POST", login, "", credentials("securepass123"), &old); code != 200 {
		t.Fatalf("login: %d", code)
	}
	if code, out, errs := run(t, "changepassword", "ada", "--data", data); code != 0 ||
		out != "the password of ada is changed; all its sessions have ended\n" {
		t.Fatalf("changepassword: %d, %s%s", code, out, errs)
	}
	if code := send(t, "GET", url+"/api/tasks/", old.Access, "", nil); code != http.StatusUnauthorized {
		t.Errorf("the old session answers %d", code)
	}
	if code := send(t, "POST", login, "", credentials("another horse 8 battery"), &fresh); code != 200 {
		t.Errorf("the new password answers %d", code)
	}
	if code, out, errs := run(t, "createsuperuser", "--username=root", "--no-input", "--data", data); code != 0 ||
		!strings.Contains(out, "root (user 3) is an operator") {
		t.Errorf("createsuperuser: %d, %s%s", code, out, errs)
	}
	var long bytes.Buffer
	code := cli.Main(t.Context(), []string{"changepassword", "ada", "--password-stdin", "--data", data},
		strings.NewReader("a third horse 9 battery\nrest"), &long, &long)
	if code != 0 {
		t.Errorf("changepassword from standard input: %d, %s", code, long.String())
	}
	if code := send(t, "POST", login, "", credentials("a third horse 9 battery"), &fresh); code != 200 {
		t.Errorf("the password from standard input answers %d", code)
	}

	// A company is exported beside the server, erased, and imported through it.
	archive := filepath.Join(t.TempDir(), "acme")
	for _, c := range [][2]string{
		{"company export 1 " + archive, "company 1 with 1 members"},
		{"company erase 1 --yes-erase=Acme", "the disk space of erased rows is overwritten"},
	} {
		if code, out, errs := run(t, append(strings.Fields(c[0]), "--data", data)...); code != 0 ||
			!strings.Contains(out, c[1]) {
			t.Fatalf("%s: %d, %s%s", c[0], code, out, errs)
		}
	}
	if code := send(t, "GET", url+"/api/tasks/", fresh.Access, "", nil); code != http.StatusUnauthorized {
		t.Errorf("a session of the erased company answers %d", code)
	}
	if code, out, errs := run(t, "company", "import", archive, "--data", data); code != 0 ||
		!strings.Contains(out, "Acme is company 2 here") {
		t.Fatalf("company import: %d, %s%s", code, out, errs)
	}
	if code, out, errs := run(t, "company", "budget", "2", "--tasks=5", "--data", data); code != 0 ||
		!strings.Contains(out, "operator") {
		t.Errorf("company budget: %d, %s%s", code, out, errs)
	}

	type outcome struct {
		code        int
		stdout, err string
	}
	seen := map[string]outcome{}
	same := []string{
		"companies", "companies --format=json", "users", "users --search=ada", "jobs list", "jobs retry 99",
		"jobs cancel 99", "migrate up", "migrate status", "company budget 2", "company budget 77",
		"company erase 2 --yes-erase=Other", "company scrub", "analytics --format=csv --as-of=2026-01-01",
		"doctor --recount", "changepassword nobody", "createsuperuser --username=root --no-input",
		"company import " + filepath.Join(data, "missing"), "company import " + filepath.Join(data, "secret.key"),
	}
	for _, args := range same {
		code, stdout, stderr := run(t, append(strings.Fields(args), "--data", data)...)
		seen[args] = outcome{code, stdout, stderr}
	}
	stop()
	if _, err := os.Lstat(filepath.Join(data, "taskhouse.sock")); !os.IsNotExist(err) {
		t.Errorf("the server has left its socket: %v", err)
	}
	for _, args := range same {
		code, stdout, stderr := run(t, append(strings.Fields(args), "--data", data)...)
		if got := (outcome{code, stdout, stderr}); got != seen[args] {
			t.Errorf("%s: through the server %+v\nwithout it %+v", args, seen[args], got)
		}
	}
}

// send sends a request and returns the status.
func send(t *testing.T, method, url, token, body string, into any) (status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if into != nil {
		if err := json.NewDecoder(a.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	return a.StatusCode
}

// apart lists the commands that do not run inside a server, with the reason.
var apart = map[string]string{
	"serve":          "it is the server",
	"worker":         "it is a server",
	"mail test":      "it reads no row",
	"check":          "it reads the settings only",
	"healthy":        "it asks the server by HTTP",
	"external":       "it reads no row",
	"config":         "it reads the settings only",
	"completion":     "it reads nothing",
	"version":        "it reads nothing",
	"backup":         "it opens the file beside the server",
	"verify":         "it opens the file beside the server",
	"company export": "it opens the file beside the server",
	"restore":        "it replaces the file: no server may run",
	"move":           "it locks out writers: no server may run",
	"flush":          "it deletes everything: no server may run",
	"demo":           "it sets the clock back, and a running server would mail about the sample",
}

// changing lists the commands that change something, each of which says what to do after an interruption.
var changing = []string{
	"backup", "restore", "move", "flush", "demo", "company export", "company import", "company budget", "company erase",
	"company scrub", "createsuperuser", "changepassword", "resetpassword", "jobs retry", "jobs cancel", "mail test",
	"migrate up", "doctor", "verify",
}

func TestEveryCommandHasAPlace(t *testing.T) {
	all, err := cli.Commands()
	if err != nil || len(all) < 25 {
		t.Fatalf("%d commands, %v", len(all), err)
	}
	for _, c := range all {
		if _, listed := apart[c.Name]; listed == c.InServer {
			t.Errorf("%s: runs inside a server: %v; listed as apart: %v", c.Name, c.InServer, listed)
		}
		if changes := slices.Contains(changing, c.Name); changes != c.Explains {
			t.Errorf("%s: says what to do after an interruption: %v; listed as changing: %v",
				c.Name, c.Explains, changes)
		}
	}
}

// TestSocketOfAKilledServer shows that a socket without a process behind it is no obstacle.
func TestSocketOfAKilledServer(t *testing.T) {
	data := installation(t)
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(data, "taskhouse.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code, out, errs := run(t, "users", "--data", data); code != 0 || !strings.Contains(out, "untouched") {
			t.Errorf("without a server: %d, %s%s", code, out, errs)
		}
		_, stop := serving(t, data)
		if code, out, errs := run(t, "users", "--data", data); code != 0 || !strings.Contains(out, "untouched") {
			t.Errorf("through the server: %d, %s%s", code, out, errs)
		}
		stop()
	}
}

// TestSocketInALongFolder has a path that is longer than a socket's may be.
func TestSocketInALongFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), strings.Repeat("long ", 40))
	if code, _, errs := run(t, "migrate", "up", "--data", data); code != 0 {
		t.Fatal(errs)
	}
	serving(t, data)
	if code, out, errs := run(t, "users", "--data", data); code != 0 || !strings.Contains(out, "USERNAME") {
		t.Errorf("%d, %s%s", code, out, errs)
	}
}

// TestThreat_M7_SocketRefuses shows that only the user of the server opens its socket, from the first moment on. It
// also shows which commands the server runs for no client.
func TestThreat_M7_SocketRefuses(t *testing.T) {
	data := installation(t)
	if err := os.Chmod(data, 0o755); err != nil { // as an operator may have made it
		t.Fatal(err)
	}
	serving(t, data)
	socket, err := os.Stat(filepath.Join(data, "taskhouse.sock"))
	if err != nil || socket.Mode().Perm() != 0o600 {
		t.Fatalf("the socket: %v, %v", socket, err)
	}
	_, version, _ := run(t, "version")
	version = strings.TrimSpace(strings.TrimPrefix(version, "taskhouse "))
	for name, c := range map[string]struct{ version, command, arguments, says string }{
		"another version":    {"v0.0.1", "users", "{}", "restart the server"},
		"a command apart":    {version, "flush", "{}", "does not run inside"},
		"an unknown command": {version, "x", "{}", "knows no command"},
		"half a command":     {version, "jobs", "{}", "does not run inside"},
		"bad arguments":      {version, "users", "[]", "read the arguments"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("unix", filepath.Join(data, "taskhouse.sock"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := fmt.Fprintf(conn, `{"Version": %q, "Command": [%q], "Arguments": %s}`,
				c.version, c.command, c.arguments); err != nil {
				t.Fatal(err)
			}
			var said []byte
			for dec := json.NewDecoder(conn); ; {
				var m struct {
					Err  []byte
					Code *int
				}
				if err := dec.Decode(&m); err != nil {
					t.Fatal(err)
				}
				if said = append(said, m.Err...); m.Code != nil {
					if *m.Code == 0 || !strings.Contains(string(said), c.says) {
						t.Errorf("code %d, %s", *m.Code, said)
					}
					return
				}
			}
		})
	}
}

// TestInterruptedCommandInAServer interrupts a command that waits for its client, and one whose client goes away.
func TestInterruptedCommandInAServer(t *testing.T) {
	data := installation(t)
	serving(t, data)
	ctx, cancel := context.WithCancel(t.Context())
	input, _ := io.Pipe() // nothing comes
	waits := &waiting{Reader: input, reads: cancel}
	var said bytes.Buffer
	code := cli.Main(ctx, []string{"company", "import", "-", "--data", data}, waits, io.Discard, &said)
	if want := "taskhouse: interrupted: nothing was imported; run it again\n"; code != 1 || said.String() != want {
		t.Errorf("code %d, %q", code, said.String())
	}
	if left, _ := filepath.Glob(filepath.Join(data, "taskhouse-*")); len(left) > 0 {
		t.Errorf("it left %q", left)
	}
	if code, _, errs := run(t, "users", "--data", data); code != 0 {
		t.Errorf("afterwards: %d, %s", code, errs)
	}
}

// waiting is a reader that reports its first read.
type waiting struct {
	io.Reader
	reads func()
}

func (w *waiting) Read(b []byte) (int, error) {
	w.reads()
	return w.Reader.Read(b)
}
