package testenv

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// Server is a PostgreSQL or Redis server on this machine, which this process started or was given. Its methods may be
// called from any goroutine.
type Server struct {
	engine  string // as in the engines line and REQUIRE_ENGINES
	url     string
	version string

	// The other fields are set only if this process started the server.
	scratch *scratch
	port    int
	command func(log *os.File) *exec.Cmd
	ready   func(pid int) bool // whether exactly the process pid answers
	quit    syscall.Signal     // ends it at once, and leaves no processes or shared memory behind

	mu      sync.Mutex
	process *proc.Process // the last one started; it may have ended
	killed  bool          // it was last ended by Kill9
	closed  bool
}

// URL returns the address for a superuser (PostgreSQL) or any client (Redis). Start does not change it.
func (s *Server) URL() string { return s.url }

// String returns the server in the engines line: 15.20(started).
func (s *Server) String() string {
	if s.scratch == nil {
		return s.version + "(given)"
	}
	return s.version + "(started)"
}

// Start starts the server again, on the same port and the same data, and returns when it answers. PostgreSQL has then
// recovered from its end; Redis stores nothing and starts empty.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mine("start it again"); err != nil {
		return err
	}
	return s.start()
}

// Kill9 ends all processes of the server with SIGKILL, as a crash does, and returns when they are gone.
func (s *Server) Kill9() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mine("kill -9 it"); err != nil {
		return err
	}
	if err := s.process.KillTree(); err != nil {
		return fmt.Errorf("kill -9 %s: %w", s.engine, err)
	}
	s.killed = true
	return nil
}

// StopImmediate ends the server at once: PostgreSQL drops its clients and writes no checkpoint ("immediate shutdown").
func (s *Server) StopImmediate() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mine("stop it"); err != nil {
		return err
	}
	return s.stop()
}

// Close ends the server and removes its data. A server that this process was given stays as it is.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scratch == nil || s.closed {
		return nil
	}
	s.closed = true
	if s.killed {
		// PostgreSQL's shared memory outlives a SIGKILL, and a machine has few segments. The next start takes it over.
		_ = s.start()
	}
	return errors.Join(s.stop(), s.scratch.remove())
}

// mine returns an error unless this process started the server and has not closed it.
func (s *Server) mine(verb string) error {
	if s.scratch == nil {
		return fmt.Errorf("the %s server was given: %s yourself, or get one of your own from Start%s", s.engine, verb,
			title(s.engine))
	}
	if s.closed {
		return fmt.Errorf("the %s server is closed: too late to %s", s.engine, verb)
	}
	return nil
}

func title(engine string) string { return strings.ToUpper(engine[:1]) + engine[1:] }

// serverWait bounds each start and stop of a server. The longest is recovery on a loaded machine with a slow disk.
const serverWait = 60 * time.Second

// errExited reports a server that ended instead of answering.
var errExited = errors.New("it exited")

func (s *Server) start() error {
	if s.process != nil && !s.process.Ended() {
		return fmt.Errorf("start %s: it runs already, as pid %d", s.engine, s.process.Pid())
	}
	log, err := s.scratch.openLog()
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own descriptor
	p, err := proc.Start(s.command(log), s.quit)
	if err != nil {
		return err
	}
	s.process, s.killed = p, false
	if err := s.await(p); err != nil {
		_ = p.KillTree()
		return fmt.Errorf("start %s on port %d: %w; its log ends:\n%s", s.engine, s.port, err, s.scratch.logEnd())
	}
	return nil
}

func (s *Server) await(p *proc.Process) error {
	deadline := time.NewTimer(serverWait)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !s.ready(p.Pid()) {
		select {
		case <-p.Done():
			return fmt.Errorf("%w (%w)", errExited, p.Err())
		case <-deadline.C:
			return fmt.Errorf("no answer within %v", serverWait)
		case <-tick.C:
		}
	}
	return nil
}

func (s *Server) stop() error {
	if s.process == nil {
		return nil
	}
	if err := s.process.Signal(s.quit); err != nil {
		return err
	}
	select {
	case <-s.process.Done():
		return nil
	case <-time.After(serverWait):
		return fmt.Errorf("stop %s: pid %d still runs %v after %v", s.engine, s.process.Pid(), serverWait, s.quit)
	}
}

// startAnywhere starts the server for the first time: another process may take the port between the search for it and
// the server's bind.
func (s *Server) startAnywhere(freePort func() (int, error)) error {
	var err error
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.start(); err == nil || !errors.Is(err, errExited) || !s.portTaken() {
			return err
		}
	}
	return err
}

func (s *Server) portTaken() bool {
	return strings.Contains(s.scratch.logEnd(), "Address already in use")
}

// freePort finds a port below those that the kernel gives to outgoing connections (32768 and up). One of those could be
// taken when the server starts again. A client that retries while the server is down would sooner or later get the very
// port as its own, and connect to itself.
func freePort() (int, error) {
	const low, high = 20000, 32000
	for range 100 {
		port := low + rand.IntN(high-low)
		if l, err := net.Listen("tcp", address(port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, fmt.Errorf("find a free port for a server: 100 of %d to %d on 127.0.0.1 were taken", low, high)
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
