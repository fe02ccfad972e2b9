package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// progress draws a progress bar on a terminal, and nothing elsewhere.
type progress struct {
	out   *os.File // nil: not a terminal
	what  string
	shown int
}

func newProgress(out io.Writer, what string) *progress {
	p := &progress{what: what, shown: -1}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.out = f
	}
	return p
}

const barWidth = 30

func (p *progress) show(n, of int) {
	percent := 100 * n / max(of, 1)
	if p.out == nil || percent == p.shown {
		return
	}
	p.shown = percent
	full := barWidth * percent / 100
	_, _ = fmt.Fprintf(p.out, "\r%s [%s%s] %3d%%", p.what, strings.Repeat("=", full),
		strings.Repeat(" ", barWidth-full), percent)
}

// end clears the bar.
func (p *progress) end() {
	if p.out != nil {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
}
