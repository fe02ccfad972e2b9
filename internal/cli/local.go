package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
)

// localCommand is a command on the rows of the database. While a server has the embedded database open, such a command
// runs inside the server: see throughServer.
type localCommand interface{ runsInServer() }

func (jobsList) runsInServer()               {}
func (jobsRetry) runsInServer()              {}
func (jobsCancel) runsInServer()             {}
func (migrateUp) runsInServer()              {}
func (migrateStatus) runsInServer()          {}
func (createsuperuserCommand) runsInServer() {}
func (changepasswordCommand) runsInServer()  {}
func (resetpasswordCommand) runsInServer()   {}
func (companiesCommand) runsInServer()       {}
func (usersCommand) runsInServer()           {}
func (doctorCommand) runsInServer()          {}
func (companyImport) runsInServer()          {}
func (companyBudget) runsInServer()          {}
func (companyErase) runsInServer()           {}
func (companyScrub) runsInServer()           {}
func (analyticsCommand) runsInServer()       {}

// fileReader is a command that reads a file. The client reads it, because the server may not, and may be elsewhere in
// the file system. The command gets it as its standard input.
type fileReader interface {
	fromStandardInput() (file string, command any)
}

func (c companyImport) fromStandardInput() (file string, command any) {
	file, c.File = c.File, standard
	return file, c
}

// localRequest is the first message of a client.
type localRequest struct {
	Version   string
	Command   []string          // the names of the command: company, budget
	Arguments json.RawMessage   // the fields of its struct
	Variables map[string]string // the environment that the command reads itself
	Asks      bool              // a person at a terminal answers questions
	Terminals [2]bool           // whether standard output and standard error are terminals
}

// localReply is a message of the server, with one field set.
type localReply struct {
	Out  []byte    `json:",omitempty"`
	Err  []byte    `json:",omitempty"`
	Read bool      `json:",omitempty"` // the command wants the next bytes of standard input
	Ask  *question `json:",omitempty"`
	Code *int      `json:",omitempty"` // the command has ended
}

type question struct {
	Text   string
	Hidden bool
}

// localInput is a later message of a client.
type localInput struct {
	Data      []byte `json:",omitempty"`
	End       bool   `json:",omitempty"` // of standard input
	Answer    string `json:",omitempty"`
	Failed    string `json:",omitempty"` // why the client could not read or ask
	Interrupt bool   `json:",omitempty"`
}

// greetTimeout bounds how long a client may take to send its request.
const greetTimeout = 10 * time.Second

// session is a command that runs inside a server, with the streams of its client.
type session struct {
	cfg       config.Config
	db        *db.DB
	events    *event.Log
	variables map[string]string
	asks      bool

	ctx     context.Context
	cancel  context.CancelFunc
	c       net.Conn
	input   []byte // of standard input, not read yet
	ended   bool   // nothing follows the input
	mu      sync.Mutex
	enc     *json.Encoder
	answers chan localInput // to the questions and reads of the command, one at a time
}

// localCommands returns the function that a server runs for each client.
func localCommands(cfg config.Config, log *slog.Logger) app.LocalCommand {
	return func(ctx context.Context, c net.Conn, d *db.DB, events *event.Log) {
		began := time.Now()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		_ = c.SetReadDeadline(began.Add(greetTimeout))
		dec := json.NewDecoder(bufio.NewReader(c))
		var r localRequest
		if err := dec.Decode(&r); err != nil {
			return // a client that only looked whether a server is there
		}
		_ = c.SetReadDeadline(time.Time{})
		s := &session{
			cfg: cfg, db: d, events: events, variables: r.Variables, asks: r.Asks,
			enc: json.NewEncoder(c), answers: make(chan localInput, 1),
			ctx:    db.WithStatementTimeout(ctx, time.Hour), // an operator's command may read everything
			cancel: cancel, c: c,
		}
		go func() {
			defer cancel() // also when the client goes away
			for {
				var in localInput
				if err := dec.Decode(&in); err != nil || in.Interrupt {
					return
				}
				select {
				case s.answers <- in:
				case <-ctx.Done():
					return
				}
			}
		}()
		code := s.run(r, log)
		s.send(localReply{Code: &code})
		log.Info("an operator's command ran", "command", strings.Join(r.Command, " "), "code", code,
			"ms", time.Since(began).Milliseconds())
	}
}

// run runs the command and returns its exit code. A panic ends the command, and not the server.
func (s *session) run(r localRequest, log *slog.Logger) (code int) {
	p := &program{
		ctx: s.ctx, stdin: readerFunc(s.read), inside: s,
		stdout: &stream{s, false, r.Terminals[0]}, stderr: &stream{s, true, r.Terminals[1]},
	}
	defer func() {
		if v := recover(); v != nil {
			log.Error("an operator's command crashed", "command", strings.Join(r.Command, " "), "panic", fmt.Sprint(v),
				"stack", string(debug.Stack()))
			code = p.end(errors.New("the command crashed: the server's log says where"))
		}
	}()
	if r.Version != app.Version() {
		return p.end(fmt.Errorf("the running server is taskhouse %s, and this program %s: restart the server, "+
			"or use its program", app.Version(), r.Version))
	}
	command, err := decodeCommand(r)
	if err != nil {
		return p.end(err)
	}
	return p.end(p.afterInterrupt(command, command.Run(p)))
}

// runner is a command.
type runner interface{ Run(p *program) error }

// decodeCommand returns the command that a client names, with its arguments.
func decodeCommand(r localRequest) (runner, error) {
	var cmds commands
	parser, _, err := newParser(&cmds, io.Discard, io.Discard, func(int) {})
	if err != nil {
		return nil, err
	}
	node := parser.Model.Node
	for _, name := range r.Command {
		i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == name })
		if i < 0 {
			return nil, usage(fmt.Errorf("the server knows no command %q", strings.Join(r.Command, " ")))
		}
		node = node.Children[i]
	}
	into := reflect.New(node.Target.Type())
	if _, ok := into.Elem().Interface().(localCommand); !ok {
		return nil, usage(fmt.Errorf("the command %q does not run inside a server", strings.Join(r.Command, " ")))
	}
	if err := json.Unmarshal(r.Arguments, into.Interface()); err != nil {
		return nil, usage(fmt.Errorf("read the arguments: %w", err))
	}
	command, ok := into.Elem().Interface().(runner)
	if !ok {
		return nil, usage(fmt.Errorf("%q is no command", strings.Join(r.Command, " ")))
	}
	return command, nil
}

// send sends a message. It ends the command if the client has gone away.
func (s *session) send(r localReply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var until time.Time // a person may read a long result page by page
	if r.Err != nil {   // progress is reported inside transactions, which must not wait for a client that has stopped
		until = time.Now().Add(reportTimeout)
	}
	_ = s.c.SetWriteDeadline(until)
	if err := s.enc.Encode(r); err != nil {
		s.cancel()
	}
}

// reportTimeout bounds how long a report waits for the client to take it.
const reportTimeout = 5 * time.Second

// answer waits for the client's answer to a message.
func (s *session) answer(r localReply) (localInput, error) {
	s.send(r)
	select {
	case in := <-s.answers:
		if in.Failed != "" {
			return in, errors.New(in.Failed)
		}
		return in, nil
	case <-s.ctx.Done():
		return localInput{}, s.ctx.Err()
	}
}

// ask has the client's person answer a question.
func (s *session) ask(text string, hidden bool) (string, error) {
	in, err := s.answer(localReply{Ask: &question{text, hidden}})
	return in.Answer, err
}

// read reads the client's standard input.
func (s *session) read(b []byte) (int, error) {
	for len(s.input) == 0 && !s.ended {
		in, err := s.answer(localReply{Read: true})
		if err != nil {
			return 0, err
		}
		s.input, s.ended = in.Data, in.End
	}
	n := copy(b, s.input)
	s.input = s.input[n:]
	if n == 0 && s.ended {
		return 0, io.EOF
	}
	return n, nil
}

// stream is the client's standard output or standard error.
type stream struct {
	s        *session
	err      bool
	terminal bool
}

// Write sends b to the client.
func (w *stream) Write(b []byte) (int, error) {
	if err := w.s.ctx.Err(); err != nil && !w.err {
		return 0, err
	}
	r := localReply{Out: b}
	if w.err {
		r = localReply{Err: b}
	}
	w.s.send(r)
	return len(b), nil
}

// IsTerminal reports whether the client's stream is a terminal.
func (w *stream) IsTerminal() bool { return w.terminal }

// endedElsewhere is the outcome of a command that ran inside a server, which has reported its failure.
type endedElsewhere struct{ code int }

// Error implements error.
func (e endedElsewhere) Error() string { return fmt.Sprintf("the command ended with %d", e.code) }

// ExitCode returns the exit code of the command.
func (e endedElsewhere) ExitCode() int { return e.code }

// throughServer runs a command inside the server that has the embedded database open. It reports whether there is such
// a server. Without one, the command opens the database itself.
func (p *program) throughServer(parsed *kong.Context) (ran bool, err error) {
	command := parsed.Selected().Target.Interface()
	if _, ok := command.(localCommand); !ok {
		return false, nil
	}
	cfg, err := p.config()
	if err != nil || cfg.DatabaseURL != "" {
		return false, nil //nolint:nilerr // the command reports it
	}
	c, err := app.DialLocal(p.ctx, cfg.Data)
	if err != nil {
		return false, nil //nolint:nilerr // there is no server; else the lock of the database names its process
	}
	defer func() { _ = c.Close() }()
	input := p.stdin
	if reads, ok := command.(fileReader); ok {
		file, with := reads.fromStandardInput()
		if file != standard {
			f, err := os.Open(file)
			if err != nil {
				return true, err
			}
			defer func() { _ = f.Close() }()
			input, command = f, with
		}
	}
	arguments, err := json.Marshal(command)
	if err != nil {
		return true, err
	}
	ask := p.asker(false)
	r := localRequest{
		Version: app.Version(), Arguments: arguments, Variables: map[string]string{}, Asks: ask.possible(),
		Terminals: [2]bool{app.IsTerminal(p.stdout), app.IsTerminal(p.stderr)},
	}
	for n := parsed.Selected(); n.Parent != nil; n = n.Parent {
		r.Command = append([]string{n.Name}, r.Command...)
	}
	for _, name := range []string{superuserPassword, newPassword} {
		r.Variables[name] = os.Getenv(name)
	}
	code, err := (&client{p: p, c: c, input: input, ask: ask}).run(r)
	if err == nil && code != 0 {
		err = endedElsewhere{code}
	}
	return true, err
}

// client is the shell's end of a command that runs inside a server.
type client struct {
	p     *program
	c     net.Conn
	input io.Reader
	ask   *asker

	mu  sync.Mutex
	enc *json.Encoder
}

// run sends the command, serves its streams, and returns its exit code.
func (l *client) run(r localRequest) (code int, err error) {
	l.enc = json.NewEncoder(l.c)
	l.send(r)
	defer context.AfterFunc(l.p.ctx, func() { l.send(localInput{Interrupt: true}) })()
	dec := json.NewDecoder(bufio.NewReader(l.c))
	for {
		var m localReply
		if err := dec.Decode(&m); err != nil {
			return 0, fmt.Errorf("the server ended before the command did (%w): see whether it is done, "+
				"and run it again", err)
		}
		switch {
		case m.Code != nil:
			return *m.Code, nil
		case m.Ask != nil:
			go l.answer(*m.Ask)
		case m.Read:
			go l.read()
		default:
			if _, err := l.p.stdout.Write(m.Out); err != nil {
				return 0, err
			}
			if _, err := l.p.stderr.Write(m.Err); err != nil {
				return 0, err
			}
		}
	}
}

// send sends a message. If the server has gone, run reports it.
func (l *client) send(m any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.enc.Encode(m)
}

func (l *client) answer(q question) {
	text, err := l.ask.ask(q.Text, q.Hidden)
	if err != nil {
		l.send(localInput{Failed: err.Error()})
		return
	}
	l.send(localInput{Answer: text})
}

// read sends the next bytes of standard input.
func (l *client) read() {
	b := make([]byte, copyBytes)
	n, err := l.input.Read(b)
	in := localInput{Data: b[:n], End: errors.Is(err, io.EOF)}
	if err != nil && !in.End {
		in.Failed = err.Error()
	}
	l.send(in)
}

// copyBytes is the most that one message has of standard input.
const copyBytes = 32 << 10
