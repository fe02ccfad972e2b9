// Package server builds the real program and runs it as a process of its own, for tests that look at it from outside:
// its start, its answers, its end.
package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// Build builds the program into a folder and returns its path. It builds without the race detector, whatever the tests
// use: the tests kill the program as it is released.
func Build(dir string) (string, error) {
	bin := filepath.Join(dir, "taskhouse")
	cmd := exec.Command("go", "build", "-o", bin, "github.com/taskhouse/taskhouse/cmd/taskhouse")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return bin, nil
}

// Main runs the tests of a package that runs the program: it builds the program once and stores its path in bin.
func Main(m *testing.M, bin *string) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "taskhouse-test")
		if err == nil {
			defer func() { _ = os.RemoveAll(dir) }()
			*bin, err = Build(dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return testenv.Run(m)
	}())
}

// Options says how to run the program.
type Options struct {
	Bin  string
	Data string            // the data folder
	Env  map[string]string // in addition to those of every run here
	Args []string          // instead of serve on a free port
}

// patience bounds every wait: a machine that is busy with other tests can be slow, and is not wrong.
const patience = 30 * time.Second

// Server is a run of the program.
type Server struct {
	URL string

	p      *proc.Process
	stdout *os.File
	stderr string
	drawn  chan struct{} // closed when stdout has ended
}

var running = regexp.MustCompile(`Taskhouse is running at (https?://\S+)`)

// Start runs the program and returns when it listens. It is killed when the test ends, if it still runs.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := Launch(tb, o)
	url := make(chan string, 1)
	go func() {
		defer close(s.drawn)
		r := bufio.NewReader(s.stdout)
		for {
			line, err := r.ReadString('\n')
			if m := running.FindStringSubmatch(line); m != nil {
				url <- m[1]
			}
			if err != nil {
				return
			}
		}
	}()
	select {
	case s.URL = <-url:
	case <-s.drawn:
		tb.Fatalf("the program ended with %d instead of listening; it said:\n%s", s.p.ExitCode(), s.Stderr())
	case <-time.After(patience):
		tb.Fatalf("the program does not listen after %v; it said:\n%s", patience, s.Stderr())
	}
	return s
}

// Launch runs the program and returns at once. The caller reads its stdout.
func Launch(tb testing.TB, o Options) *Server {
	tb.Helper()
	args := o.Args
	if args == nil {
		args = []string{"serve", "--addr=127.0.0.1:0"}
	}
	cmd := exec.Command(o.Bin, args...)
	cmd.Dir = filepath.Dir(o.Bin)
	cmd.Env = environment(o)
	errs, err := os.CreateTemp(tb.TempDir(), "stderr")
	if err != nil {
		tb.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, errs
	p, err := proc.Start(cmd, syscall.SIGKILL)
	_, _ = w.Close(), errs.Close()
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{p: p, stdout: r, stderr: errs.Name(), drawn: make(chan struct{})}
	tb.Cleanup(func() {
		_ = p.Signal(syscall.SIGKILL)
		<-p.Done()
		_ = r.Close()
		if tb.Failed() {
			tb.Logf("the program said:\n%s", s.Stderr())
		}
	})
	return s
}

// environment returns the environment of every run: of the caller's only the variables that programs need, and no rate
// limits. A test of a limit sets it.
func environment(o Options) []string {
	env := []string{"TASKHOUSE_LOG_LEVEL=warn"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TASKHOUSE_MUTANT"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	for _, name := range []string{
		"LOGIN", "LOGIN_ADDRESS", "REGISTER", "REFRESH", "ADDRESS", "TOKEN", "USER", "COMPANY",
	} {
		env = append(env, "TASKHOUSE_"+name+"_RATE=off")
	}
	env = append(env, "TASKHOUSE_SHEDDING=off", "TASKHOUSE_HEAVY_PER_COMPANY=0", "TASKHOUSE_MAX_CONNS=0",
		"TASKHOUSE_CONNS_PER_ADDRESS=0")
	if o.Data != "" {
		env = append(env, "TASKHOUSE_DATA="+o.Data)
	}
	for name, value := range o.Env {
		env = append(env, name+"="+value)
	}
	return env
}

// FreeAddress returns an unused address, for options that must be known before a program runs.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// Stderr returns the text that the program has written to stderr so far.
func (s *Server) Stderr() string {
	b, err := os.ReadFile(s.stderr)
	if err != nil {
		return err.Error()
	}
	if len(b) > 4096 {
		b = append([]byte("...\n"), b[len(b)-4096:]...)
	}
	return string(b)
}

// Kill9 ends the program as a crash does, and returns when it is gone.
func (s *Server) Kill9() {
	_ = s.p.Signal(syscall.SIGKILL)
	<-s.p.Done()
}

// Memory returns the resident memory of the program, in bytes. Linux only, as the servers of these tests.
func (s *Server) Memory(tb testing.TB) int64 {
	tb.Helper()
	return s.memory(tb, "VmRSS:")
}

// MostMemory returns the peak of its resident memory since the start.
func (s *Server) MostMemory(tb testing.TB) int64 {
	tb.Helper()
	return s.memory(tb, "VmHWM:")
}

func (s *Server) memory(tb testing.TB, which string) int64 {
	tb.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.p.Pid()))
	if err != nil {
		tb.Fatal(err)
	}
	var kB int64
	_, rest, _ := strings.Cut(string(b), which)
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		tb.Fatal(err)
	}
	return kB << 10
}

// Signal sends the program a signal.
func (s *Server) Signal(sig syscall.Signal) error { return s.p.Signal(sig) }

// CPU returns the processor time of the program so far; ok is false on systems that do not report it.
func (s *Server) CPU() (d time.Duration, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.p.Pid()))
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	var ticks int64
	for _, i := range []int{11, 12} { // utime and stime, proc(5)
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, false
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100, true
}

// Exit waits for the end, and gives the code.
func (s *Server) Exit(tb testing.TB) int {
	tb.Helper()
	select {
	case <-s.p.Done():
	case <-time.After(patience):
		tb.Fatalf("the program still runs after %v", patience)
	}
	return s.p.ExitCode()
}

// Stop asks the program to end, and gives the code.
func (s *Server) Stop(tb testing.TB) int {
	tb.Helper()
	if err := s.p.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	return s.Exit(tb)
}

// Client calls a server as one caller.
type Client struct {
	URL, Token string
	HTTP       *http.Client
}

// Call sends in as JSON (nil: no body) and reads the answer into out (nil: not at all). An error is an answer that
// never came, whole; header is names and values by turns.
func (c Client) Call(ctx context.Context, method, path string, in, out any, header ...string) (status int, err error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return 0, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return 0, err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	h := c.HTTP
	if h == nil {
		h = http.DefaultClient
	}
	a, err := h.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = a.Body.Close() }()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return 0, err
	}
	if out != nil && a.StatusCode < 300 {
		err = json.Unmarshal(b, out)
	} else if a.StatusCode >= 300 {
		err = nil
	}
	return a.StatusCode, err
}

// Must sends a request as Call does, and stops the test unless it succeeds.
func (c Client) Must(tb testing.TB, method, path string, in, out any, header ...string) {
	tb.Helper()
	status, err := c.Call(tb.Context(), method, path, in, out, header...)
	if err != nil || status >= 300 {
		tb.Fatalf("%s %s: %d, %v", method, path, status, err)
	}
}

// Company is a company that signed up, with its owner and one more member.
type Company struct {
	ID, Owner, Member int64
	Token             string // the owner's
}

// SignUp founds a company.
func SignUp(tb testing.TB, url, name string) Company {
	tb.Helper()
	c := Client{URL: url}
	user := func(username string, more ...string) (id, company int64) {
		in := map[string]string{
			"username":         username,
			"email":            username + "@example.com",
			"password":         "a-fine-long-phrase",
			"password_confirm": "a-fine-long-phrase",
		}
		for i := 0; i+1 < len(more); i += 2 {
			in[more[i]] = more[i+1]
		}
		var u struct {
			ID      int64
			Company struct{ ID int64 }
		}
		c.Must(tb, "POST", "/api/auth/register/", in, &u)
		return u.ID, u.Company.ID
	}
	var out Company
	name = strings.ToLower(name)
	out.Owner, out.ID = user(name+".owner", "company_name", name)
	var tokens struct{ Access string }
	c.Must(tb, "POST", "/api/auth/login/",
		map[string]string{"username": name + ".owner", "password": "a-fine-long-phrase"}, &tokens)
	out.Token, c.Token = tokens.Access, tokens.Access
	var invitation struct{ Token string }
	c.Must(tb, "POST", "/api/auth/invitations/", map[string]string{"role": "member"}, &invitation)
	out.Member, _ = user(name+".member", "invitation_token", invitation.Token)
	return out
}
