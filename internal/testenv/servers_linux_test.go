package testenv

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// TestPostgresOfOnesOwn takes one server through all cases, because each start of PostgreSQL costs a second or two.
func TestPostgresOfOnesOwn(t *testing.T) {
	s := StartPostgres(t, PostgresOptions{Durable: true})
	at := s.URL()
	wantSetting(t, s, "fsync", "on")
	wantSetting(t, s, "synchronous_commit", "on")
	wantSetting(t, s, "full_page_writes", "on")
	execute(t, at, "CREATE TABLE kept (n integer)")

	ends := []struct {
		name string
		end  func() error
	}{
		{"kill -9", s.Kill9},
		{"immediate stop", s.StopImmediate},
		{"kill -9 again", s.Kill9},
	}
	for i, tt := range ends {
		execute(t, at, fmt.Sprintf("INSERT INTO kept VALUES (%d)", i))
		pids := append(proc.Descendants(s.process.Pid()), s.process.Pid())
		if err := tt.end(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		wantGone(t, pids)
		if err := tt.end(); err != nil {
			t.Errorf("%s of a server that is down: %v", tt.name, err)
		}
		if err := s.Start(); err != nil {
			t.Fatalf("start after %s: %v", tt.name, err)
		}
		if s.URL() != at {
			t.Errorf("after %s the server is at %s, not %s", tt.name, s.URL(), at)
		}
		var rows int
		if err := queryPostgres(at, "SELECT count(*) FROM kept", &rows); err != nil || rows != i+1 {
			t.Errorf("after %s: %d rows, %v; want %d", tt.name, rows, err, i+1)
		}
	}
	if err := s.Start(); err == nil {
		t.Error("a running server was started once more")
	}
	memory := sharedMemory(t, s)
	if err := s.Kill9(); err != nil { // the hardest end for Close
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if segments := readFile(t, "/proc/sysvipc/shm"); strings.Contains(segments, memory) {
		t.Errorf("the shared memory %s is left behind:\n%s", memory, segments)
	}
	if err := s.Start(); err == nil {
		t.Error("a closed server was started")
	}
	if _, err := os.Stat(s.scratch.dir); !os.IsNotExist(err) {
		t.Errorf("%s is left behind: %v", s.scratch.dir, err)
	}
}

func TestPostgresRefusesWhatIsNotForTests(t *testing.T) {
	at := Postgres(t)
	if strings.HasSuffix(postgres.server.String(), "(started)") {
		wantSetting(t, postgres.server, "fsync", "off")
	}
	const maker, reader = "testenv_maker", "testenv_reader"
	for _, role := range []string{maker, reader} {
		execute(t, at, "DROP ROLE IF EXISTS "+role)
		execute(t, at, "CREATE ROLE "+role+" LOGIN PASSWORD 'hidden'")
		t.Cleanup(func() { execute(t, at, "DROP ROLE "+role) })
	}
	execute(t, at, "ALTER ROLE "+maker+" CREATEDB")

	tests := []struct {
		name, url string
		want      string // in the error; empty: accepted
	}{
		{"a superuser", at, ""},
		{
			"a role that creates databases",
			changed(t, at, func(u *url.URL) { u.User = url.UserPassword(maker, "hidden") }), "",
		},
		{
			"a role that does not",
			changed(t, at, func(u *url.URL) { u.User = url.UserPassword(reader, "hidden") }),
			"ALTER ROLE \"testenv_reader\" CREATEDB",
		},
		{"another database", changed(t, at, func(u *url.URL) { u.Path = "/postgres" }), `"postgres"`},
		{"no server", "postgres://u:hidden@127.0.0.1:1/test", "127.0.0.1:1"},
		{"no URL", "postgres://u:hidden@127.0.0.1:port/test", "read TEST_DATABASE_URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := connectPostgres("TEST_DATABASE_URL", tt.url)
			if tt.want == "" {
				if err != nil || s.URL() != tt.url || !strings.HasSuffix(s.String(), "(given)") {
					t.Errorf("got %v, %v", s, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "hidden") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestRedisOfOnesOwn(t *testing.T) {
	s := StartRedis(t)
	at := s.URL()
	for name, end := range map[string]func() error{"kill -9": s.Kill9, "immediate stop": s.StopImmediate} {
		do(t, at, "SET", "kept", "no")
		pid := s.process.Pid()
		if err := end(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wantGone(t, []int{pid})
		if err := s.Start(); err != nil {
			t.Fatalf("start after %s: %v", name, err)
		}
		if got := do(t, at, "DBSIZE"); got != "0" {
			t.Errorf("after %s: %s keys, want none", name, got)
		}
	}
}

func TestRedisRefusesWhatIsNotForTests(t *testing.T) {
	at := StartRedis(t).URL()
	in := func(database string) string {
		return changed(t, at, func(u *url.URL) { u.Path = "/" + database })
	}
	do(t, in("1"), "SET", "user:42", "somebody's")

	tests := []struct {
		name, url string
		want      string
	}{
		{"an empty database", in("2"), ""},
		{"the same again", in("2"), ""},
		{"one in use", in("1"), "1 keys that are not of tests"},
		{"no such database", in("99"), "SELECT"},
		{"no server", "redis://:hidden@127.0.0.1:1/0", "127.0.0.1:1"},
		{"no URL", "127.0.0.1:6379 hidden", "redis://"},
		{"no Redis", "redis://:hidden@" + listenAs(t, "220 mail ESMTP\r\n"), "no Redis server"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := connectRedis(tt.url)
			if tt.want == "" {
				if err != nil || s.URL() != tt.url || !strings.HasSuffix(s.String(), "(given)") {
					t.Errorf("got %v, %v", s, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "hidden") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}

	// This comes last, because it locks out the other cases.
	do(t, at, "CONFIG", "SET", "requirepass", "hidden")
	if _, err := connectRedis(in("3")); err == nil {
		t.Error("no password was needed")
	}
	withPassword := changed(t, in("3"), func(u *url.URL) { u.User = url.UserPassword("", "hidden") })
	if _, err := connectRedis(withPassword); err != nil {
		t.Errorf("with the password: %v", err)
	}
	withUser := changed(t, in("3"), func(u *url.URL) { u.User = url.UserPassword("default", "hidden") })
	if _, err := connectRedis(withUser); err != nil {
		t.Errorf("with name and password: %v", err)
	}
}

// TestStartTakesAnotherPortWhenItsIsTaken starts a server on the port of another one, whose answers are the same as its
// own would be. Start must not take them for its own.
func TestStartTakesAnotherPortWhenItsIsTaken(t *testing.T) {
	other := StartRedis(t)
	tries := 0
	ports := func() (int, error) {
		if tries++; tries <= 2 {
			return other.port, nil
		}
		return freePort()
	}
	s := own(t, "redis", func() (*Server, error) { return newRedis(ports) })
	if tries != 3 || s.URL() == other.URL() {
		t.Errorf("after %d tries it is at %s, the other at %s", tries, s.URL(), other.URL())
	}
}

func TestAStartThatFailsShowsTheLog(t *testing.T) {
	s := StartRedis(t)
	if err := s.StopImmediate(); err != nil {
		t.Fatal(err)
	}
	command := s.command
	s.command = func(log *os.File) *exec.Cmd {
		cmd := command(log)
		cmd.Args = append(cmd.Args, "--no-such-option", "x")
		return cmd
	}
	err := s.Start()
	if err == nil || !strings.Contains(err.Error(), "no-such-option") {
		t.Errorf("got %v", err)
	}
}

func TestAGivenServerIsNotOurs(t *testing.T) {
	s := &Server{engine: "postgres", url: "postgres://host/test", version: "15.20"}
	calls := map[string]func() error{"Start": s.Start, "Kill9": s.Kill9, "StopImmediate": s.StopImmediate}
	for name, do := range calls {
		if err := do(); err == nil || !strings.Contains(err.Error(), "StartPostgres") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// asOwner names the variable that makes this test binary a process that owns servers, until it is killed.
const asOwner = "TESTENV_TEST_OWNER"

func beOwner() {
	p, err := newCluster(PostgresOptions{}, freePort)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r, err := newRedis(freePort)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("started", p.process.Pid(), r.process.Pid(), p.scratch.dir)
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with the test, should that not kill us
	os.Exit(1)
}

func TestServersDieWithTheirProcess(t *testing.T) {
	if _, err := thisMachine().postgres(); err != nil {
		without(t, "postgres", err)
	}
	if _, err := thisMachine().redis(); err != nil {
		without(t, "redis", err)
	}
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), asOwner+"=1")
	if _, err := owner.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	var postmaster, redis int
	var dir string
	if _, err := fmt.Sscanf(line, "started %d %d %s", &postmaster, &redis, &dir); err != nil {
		t.Fatalf("the owner says %q", line)
	}
	pids := append(proc.Descendants(postmaster), postmaster, redis)
	if len(pids) < 5 {
		t.Fatalf("only %v run", pids)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	wantGone(t, pids)

	// The kernel does not remove the directory; the start of the next server does.
	removeAbandoned(filepath.Dir(dir))
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is left behind: %v", dir, err)
	}
}

func TestADirectoryInUseIsNotRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := newScratch("redis", nil)
	if err != nil {
		t.Fatal(err)
	}
	removeAbandoned(filepath.Dir(s.dir))
	if _, err := os.Stat(s.path("lock")); err != nil {
		t.Errorf("it was taken for abandoned: %v", err)
	}
	if err := s.remove(); err != nil {
		t.Error(err)
	}
}

// sharedMemory returns the beginning of the line in /proc/sysvipc/shm, with key and id, of the segment that a killed
// server leaves behind.
func sharedMemory(t *testing.T, s *Server) string {
	t.Helper()
	var key, id int
	line := strings.Split(readFile(t, s.scratch.path("data/postmaster.pid")), "\n")[6]
	if _, err := fmt.Sscan(line, &key, &id); err != nil {
		t.Fatalf("the line of the shared memory in postmaster.pid is %q", line)
	}
	segment := fmt.Sprintf("%10d %10d ", key, id)
	if segments := readFile(t, "/proc/sysvipc/shm"); !strings.Contains(segments, segment) {
		t.Fatalf("no segment %q in\n%s", segment, segments)
	}
	return segment
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func execute(t *testing.T, at, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func wantSetting(t *testing.T, s *Server, name, want string) {
	t.Helper()
	var got string
	if err := queryPostgres(s.URL(), "SHOW "+name, &got); err != nil || got != want {
		t.Errorf("%s is %q, %v; want %s", name, got, err, want)
	}
}

func do(t *testing.T, at string, command ...string) string {
	t.Helper()
	answer, err := redisDo(at, command...)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func changed(t *testing.T, at string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	return u.String()
}

// listenAs answers each connection with a greeting, and returns its address.
func listenAs(t *testing.T, greeting string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, greeting)
		}
	}()
	return l.Addr().String()
}

// wantGone waits up to 5 s: the kernel does not announce the end of a process that is not our child.
func wantGone(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		for tries := 0; !proc.Gone(pid); tries++ {
			if tries == 500 {
				t.Fatalf("process %d of %v still runs after 5 s", pid, pids)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
