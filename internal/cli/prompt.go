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

// asker asks questions of the person at the terminal. Questions go to stderr, so that stdout has results only.
type asker struct {
	// ask returns the line that the person types, which the terminal does not show if it is hidden. It is nil if
	// standard input is not a terminal, or questions are off.
	ask func(question string, hidden bool) (string, error)
}

func (p *program) asker(silent bool) *asker {
	switch {
	case silent:
		return &asker{}
	case p.inside != nil:
		if p.inside.asks {
			return &asker{p.inside.ask}
		}
		return &asker{}
	}
	f, ok := p.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &asker{}
	}
	t := &terminalLines{ctx: p.ctx, terminal: f, lines: bufio.NewReader(f), out: p.stderr}
	return &asker{t.ask}
}

func (a *asker) possible() bool { return a.ask != nil }

// text asks for a line. Unless subject is empty, the line must not be empty. Errors name subject and flag.
func (a *asker) text(question, subject, flag string) (string, error) {
	if !a.possible() {
		return "", usage(fmt.Errorf("no terminal to ask for %s: use %s", subject, flag))
	}
	line, err := a.ask(question, false)
	if err != nil {
		return "", err
	}
	if line == "" && subject != "" {
		return "", usage(fmt.Errorf("%s is required", subject))
	}
	return line, nil
}

// terminalLines reads lines from a terminal.
type terminalLines struct {
	ctx      context.Context
	terminal *os.File
	lines    *bufio.Reader
	out      io.Writer
}

// ask asks for a line. Ctrl-C ends it.
func (t *terminalLines) ask(question string, hidden bool) (string, error) {
	fd := int(t.terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	_, _ = fmt.Fprint(t.out, question)
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		var got answer
		if hidden {
			var b []byte
			b, got.err = term.ReadPassword(fd)
			got.text = string(b)
		} else {
			got.text, got.err = t.lines.ReadString('\n')
			got.text = strings.TrimSpace(got.text)
		}
		answers <- got
	}()
	select {
	case got := <-answers:
		if hidden {
			_, _ = fmt.Fprintln(t.out)
		}
		if got.err != nil && (hidden || !errors.Is(got.err, io.EOF)) {
			return "", fmt.Errorf("read the answer: %w", got.err)
		}
		return got.text, nil
	case <-t.ctx.Done(): // turn the echo of the terminal on again
		_ = term.Restore(fd, before)
		_, _ = fmt.Fprintln(t.out)
		return "", t.ctx.Err()
	}
}
