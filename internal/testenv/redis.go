package testenv

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// OpenRedis returns the server that TEST_REDIS_URL names, or else starts one without persistence. The caller closes it.
// Tests call Redis instead. The error says which program is missing and how to get it.
func OpenRedis() (*Server, error) {
	if given := os.Getenv("TEST_REDIS_URL"); given != "" {
		return connectRedis(given)
	}
	return newRedis(freePort)
}

// redisMark is the key that marks a database as one for tests. Several processes share the database at the same time,
// so it is not empty for all of them; but the first process found it empty.
const redisMark = "taskhouse-test"

func connectRedis(given string) (*Server, error) {
	info, err := redisDo(given, "INFO", "server")
	if err != nil {
		return nil, fmt.Errorf("use the server that TEST_REDIS_URL names: %w", err)
	}
	if err := markRedis(given); err != nil {
		return nil, err
	}
	return &Server{engine: "redis", url: given, version: infoField(info, "redis_version")}, nil
}

// markRedis rejects a database that holds other data than that of earlier tests.
func markRedis(given string) error {
	size, err := redisDo(given, "DBSIZE")
	if err != nil {
		return fmt.Errorf("count the keys of the database that TEST_REDIS_URL names: %w", err)
	}
	if size == "0" {
		if _, err := redisDo(given, "SET", redisMark, "the keys of this database are those of tests"); err != nil {
			return fmt.Errorf("mark the database that TEST_REDIS_URL names as one for tests: %w", err)
		}
		return nil
	}
	// Read the mark last: another process may have set it between the two reads.
	marked, err := redisDo(given, "EXISTS", redisMark)
	if err != nil {
		return fmt.Errorf("look for the mark of tests in the database that TEST_REDIS_URL names: %w", err)
	}
	if marked != "1" {
		return fmt.Errorf(
			"TEST_REDIS_URL names a database with %s keys that are not of tests: "+
				"name an empty one (redis://host:port/9)",
			size,
		)
	}
	return nil
}

func newRedis(freePort func() (int, error)) (*Server, error) {
	if !proc.Contained {
		return nil, &missing{
			what: "a Redis server",
			hint: "tests start one on Linux only; start one yourself and name an empty database of it " +
				"in TEST_REDIS_URL",
		}
	}
	program, err := thisMachine().redis()
	if err != nil {
		return nil, err
	}
	sc, err := newScratch("redis", nil)
	if err != nil {
		return nil, err
	}
	// SIGTERM would do no more: the server stores nothing.
	s := &Server{engine: "redis", scratch: sc, quit: syscall.SIGKILL}
	s.command = func(log *os.File) *exec.Cmd {
		return sc.command(log, program, redisArgs(sc.path("data"), s.port)...)
	}
	s.ready = func(pid int) bool { return s.readRedis(pid) }
	if err := s.startAnywhere(freePort); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func redisArgs(dir string, port int) []string {
	return []string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir,
		"--save", "", "--appendonly", "no", "--daemonize", "no",
	}
}

// readRedis asks the server for its process id: an answer on the port does not prove that it is this process's server.
func (s *Server) readRedis(pid int) bool {
	s.url = "redis://" + address(s.port) + "/0"
	// The timeout is short, because readRedis is repeated. A silent server on the port means that this process's server
	// has failed to bind it and ended.
	info, err := redisAsk(s.url, 500*time.Millisecond, "INFO", "server")
	if err != nil || infoField(info, "process_id") != strconv.Itoa(pid) {
		return false
	}
	s.version = infoField(info, "redis_version")
	return true
}

func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// redisDo sends one command and returns the answer as text.
func redisDo(given string, command ...string) (string, error) {
	return redisAsk(given, 5*time.Second, command...)
}

// redisAsk sends one command on its own connection. A driver for four commands would be one more dependency.
func redisAsk(given string, timeout time.Duration, command ...string) (string, error) {
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "redis" || u.Host == "" {
		// The error leaves out the text, and the parser's error that quotes it: it may contain a password.
		return "", errors.New("the URL is not of the form redis://[user:password@]host:port[/database]")
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(u.Hostname(), port), timeout)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return "", err
	}
	return converse(conn, append(redisLogin(u), command))
}

// redisLogin returns the commands that the URL requires before the first one.
func redisLogin(u *url.URL) [][]string {
	var commands [][]string
	if password, ok := u.User.Password(); ok {
		auth := []string{"AUTH"}
		if name := u.User.Username(); name != "" {
			auth = append(auth, name)
		}
		commands = append(commands, append(auth, password))
	}
	if database := strings.Trim(u.Path, "/"); database != "" {
		commands = append(commands, []string{"SELECT", database})
	}
	return commands
}

// converse sends the commands in order and returns the last answer.
func converse(conn io.ReadWriter, commands [][]string) (answer string, err error) {
	r := bufio.NewReader(conn)
	for _, c := range commands {
		var b strings.Builder
		fmt.Fprintf(&b, "*%d\r\n", len(c))
		for _, word := range c {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
		}
		if _, err := io.WriteString(conn, b.String()); err != nil {
			return "", fmt.Errorf("send %s: %w", c[0], err)
		}
		if answer, err = readAnswer(r); err != nil {
			return "", fmt.Errorf("%s: %w", c[0], err)
		}
	}
	return answer, nil
}

// readAnswer reads one answer of the Redis protocol (RESP2) that is not a list.
func readAnswer(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("an empty answer: this is no Redis server")
	}
	kind, rest := line[0], line[1:]
	switch kind {
	case '+', ':':
		return rest, nil
	case '-':
		return "", errors.New(rest)
	case '$':
		return readBulk(r, rest)
	default:
		return "", fmt.Errorf("the answer starts with %q: this is no Redis server", kind)
	}
}

func readBulk(r *bufio.Reader, length string) (string, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 || n > 1<<20 {
		return "", fmt.Errorf("an answer of %q bytes", length)
	}
	b := make([]byte, n+len("\r\n"))
	if _, err := io.ReadFull(r, b); err != nil {
		return "", err
	}
	return string(b[:n]), nil
}
