package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// PostgresOptions configure a server for tests of durability and faults. The zero value gives a fast temporary server.
type PostgresOptions struct {
	// Durable leaves fsync, synchronous_commit and full_page_writes at the server's default: on.
	Durable bool
}

// OpenPostgres returns the server that the environment names, or else starts a fast temporary one. The caller closes
// it. Tests call Postgres instead. The error says which program is missing and how to get it.
func OpenPostgres() (*Server, error) {
	name, url := givenPostgres(os.Getenv)
	if url != "" {
		return connectPostgres(name, url)
	}
	return newCluster(PostgresOptions{}, freePort)
}

// givenPostgres returns the variable that names a server, and its value. It never takes DATABASE_URL alone, which may
// name the product's database.
func givenPostgres(getenv func(string) string) (name, url string) {
	if url := getenv("TEST_DATABASE_URL"); url != "" {
		return "TEST_DATABASE_URL", url
	}
	if url := getenv("DATABASE_URL"); url != "" && getenv("TEST_USE_DATABASE_URL") == "1" {
		return "DATABASE_URL", url
	}
	return "", ""
}

// connectPostgres rejects a server on which the tests cannot work, or might do harm.
func connectPostgres(name, url string) (*Server, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if !strings.HasPrefix(config.Database, "test") {
		return nil, fmt.Errorf(
			"%s names the database %q, whose name does not start with test: make one that is only for tests", name,
			config.Database)
	}
	s := &Server{engine: "postgres", url: url}
	var creates bool
	err = queryPostgres(url, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user", &creates)
	if err != nil {
		return nil, fmt.Errorf("use the server that %s names: %w", name, err)
	}
	if !creates {
		return nil, fmt.Errorf(
			"%s: the role %q may not create databases, and each test needs its own: ALTER ROLE %[2]q CREATEDB", name,
			config.User)
	}
	return s, s.readVersion()
}

// newCluster makes a cluster in its own directory and starts its server.
func newCluster(o PostgresOptions, freePort func() (int, error)) (*Server, error) {
	if !proc.Contained {
		return nil, &missing{
			what: "a PostgreSQL server",
			hint: "tests start one on Linux only; start one yourself and name its test database in TEST_DATABASE_URL",
		}
	}
	bin, err := thisMachine().postgres()
	if err != nil {
		return nil, err
	}
	sc, err := newScratch("postgres", proc.Unprivileged())
	if err != nil {
		return nil, err
	}
	s := &Server{engine: "postgres", scratch: sc, quit: syscall.SIGQUIT}
	s.command = func(log *os.File) *exec.Cmd {
		return sc.command(log, filepath.Join(bin, "postgres"), postgresArgs(sc.path("data"), s.port, o)...)
	}
	s.ready = func(pid int) bool { return postmasterReady(sc.path("data"), pid) }
	if err := s.initialise(bin, freePort); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) initialise(bin string, freePort func() (int, error)) error {
	if err := initdb(bin, s.scratch); err != nil {
		return err
	}
	if err := s.startAnywhere(freePort); err != nil {
		return err
	}
	s.url = postgresURL(s.port, "test")
	if err := queryPostgres(postgresURL(s.port, "postgres"), "CREATE DATABASE test"); err != nil {
		return fmt.Errorf("create the database test: %w", err)
	}
	return s.readVersion()
}

func postgresURL(port int, database string) string {
	return "postgres://postgres@" + address(port) + "/" + database + "?sslmode=disable"
}

func initdb(bin string, sc *scratch) error {
	log, err := sc.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := sc.command(log, filepath.Join(bin, "initdb"),
		"-D", sc.path("data"), "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8")
	p, err := proc.Start(cmd, syscall.SIGKILL)
	if errors.Is(err, os.ErrPermission) && sc.account != nil {
		// A container may give root no other users to switch to, and PostgreSQL refuses to run as root.
		return &missing{
			what: "a PostgreSQL server that root can start as user " + sc.account.Name,
			hint: "run the tests as another user, or name a test database in TEST_DATABASE_URL (" + err.Error() + ")",
		}
	}
	if err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return fmt.Errorf("make a cluster with %s: %w; it says:\n%s", cmd.Path, err, sc.logEnd())
	}
	return nil
}

func postgresArgs(data string, port int, o PostgresOptions) []string {
	args := []string{
		"-D", data,
		"-p", strconv.Itoa(port),
		"-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", // a socket's path may have 107 bytes, and TMPDIR can be longer
		"-c", "max_connections=200", // many tests at once, each with its own pool
	}
	if !o.Durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	return args
}

// postmasterReady reads the same file as pg_ctl: the server writes its pid into its data directory, and "ready" once it
// takes connections. A connection would not prove whose server answers: another one may have taken the port first.
func postmasterReady(data string, pid int) bool {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	return len(lines) >= 8 && lines[0] == strconv.Itoa(pid) && strings.TrimSpace(lines[7]) == "ready"
}

func (s *Server) readVersion() error {
	var v string
	if err := queryPostgres(s.url, "SHOW server_version", &v); err != nil {
		return fmt.Errorf("ask PostgreSQL for its version: %w", err)
	}
	s.version, _, _ = strings.Cut(v, " ") // 15.20 (Debian 15.20-0+deb12u1)
	return nil
}

// queryPostgres runs one statement on its own connection. If into has destinations, it reads the one row of the answer.
func queryPostgres(url, statement string, into ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), serverWait)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if len(into) == 0 {
		_, err = conn.Exec(ctx, statement)
		return err
	}
	return conn.QueryRow(ctx, statement).Scan(into...)
}
