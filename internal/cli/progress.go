package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
)

// progress shows on a terminal how far a command is, how fast it works, and since when. It shows nothing elsewhere, and
// nothing of a command that is done within a second.
type progress struct {
	unit string

	mu    sync.Mutex
	out   io.Writer // nil: not a terminal
	what  string
	n, of int64
	began time.Time
	stop  chan struct{}
	drawn bool
}

const (
	progressPatience = time.Second            // how long a command may take without a word
	progressRedraw   = 200 * time.Millisecond // between two drawings
	barWidth         = 20
)

// newProgress begins to show what the command does. The caller must call end.
func (p *program) newProgress(what, unit string) *progress {
	b := &progress{what: what, unit: unit}
	if !app.IsTerminal(p.stderr) {
		return b
	}
	b.out, b.began, b.stop = p.stderr, time.Now(), make(chan struct{})
	go b.redraw(b.stop)
	return b
}

// during shows a command that runs one long step: fn.
func (p *program) during(what string, fn func() error) error {
	b := p.newProgress(what, "")
	defer b.end()
	return fn()
}

func (b *progress) redraw(stop chan struct{}) {
	t := time.NewTicker(progressRedraw)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-t.C:
			b.mu.Lock()
			if took := now.Sub(b.began); b.out != nil && took >= progressPatience {
				b.drawn = true
				_, _ = io.WriteString(b.out, "\r\x1b[K"+progressLine(b.what, b.unit, b.n, b.of, took))
			}
			b.mu.Unlock()
		}
	}
}

// progressLine returns the line for n of of units, after some time. If of is 0, the end is unknown.
func progressLine(what, unit string, n, of int64, took time.Duration) string {
	line := what
	if of > 0 {
		part := min(n, of)
		full := int(barWidth * part / of)
		line += fmt.Sprintf(" [%s%s] %3d%%", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*part/of)
	}
	if n > 0 {
		rate := int64(float64(n) / took.Seconds())
		line += fmt.Sprintf(" %s %s, %s/s", grouped(n), unit, grouped(rate))
	}
	return line + fmt.Sprintf(", %d s", int(took.Seconds()))
}

// grouped writes a number with a comma before each group of three digits.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// show sets how much is done, of how much. It draws nothing itself, so it may be called often.
func (b *progress) show(n, of int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n, b.of = n, of
}

// add counts further units, of an unknown number.
func (b *progress) add(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n += n
}

// rename says that another step has begun, whose rate is its own.
func (b *progress) rename(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.what != what {
		b.what, b.n, b.of = what, 0, 0
	}
}

// clear clears the line, before the command prints a result.
func (b *progress) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out != nil && b.drawn {
		_, _ = io.WriteString(b.out, "\r\x1b[K")
		b.drawn = false
	}
}

// end clears the line. It may be called twice.
func (b *progress) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out == nil {
		return
	}
	close(b.stop)
	if b.drawn {
		_, _ = io.WriteString(b.out, "\r\x1b[K")
	}
	b.out = nil
}
