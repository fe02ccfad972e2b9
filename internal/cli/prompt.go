package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// asker asks questions on the terminal. Questions go to stderr, so that stdout has results only.
type asker struct {
	ctx      context.Context
	terminal *os.File // nil: standard input is not a terminal, or questions are off
	lines    *bufio.Reader
	out      io.Writer
}

func (p *program) asker(silent bool) *asker {
	a := &asker{ctx: p.ctx, out: p.stderr}
	if f, ok := p.stdin.(*os.File); ok && !silent && term.IsTerminal(int(f.Fd())) {
		a.terminal, a.lines = f, bufio.NewReader(f)
	}
	return a
}

func (a *asker) possible() bool { return a.terminal != nil }

// text asks for a line. Unless subject is empty, the line must not be empty. Errors name subject and flag.
func (a *asker) text(question, subject, flag string) (string, error) {
	if !a.possible() {
		return "", usage(fmt.Errorf("no terminal to ask for %s: use %s", subject, flag))
	}
	_, _ = fmt.Fprint(a.out, question)
	line, err := a.lines.ReadString('\n')
	line = strings.TrimSpace(line)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if line == "" && subject != "" {
		return "", usage(fmt.Errorf("%s is required", subject))
	}
	return line, nil
}

// hidden asks for a line without showing it.
func (a *asker) hidden(question string) (string, error) {
	fd := int(a.terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	_, _ = fmt.Fprint(a.out, question)
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		b, err := term.ReadPassword(fd)
		answers <- answer{b, err}
	}()
	select {
	case got := <-answers:
		_, _ = fmt.Fprintln(a.out)
		if got.err != nil {
			return "", fmt.Errorf("read the password: %w", got.err)
		}
		return string(got.text), nil
	case <-a.ctx.Done(): // Ctrl-C: turn the echo of the terminal on again
		_ = term.Restore(fd, before)
		_, _ = fmt.Fprintln(a.out)
		return "", a.ctx.Err()
	}
}
