package cli_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/cli"
)

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		name  string
		n, of int64
		took  time.Duration
		want  string
	}{
		{"only time", 0, 0, 12 * time.Second, "moving, 12 s"},
		{"no end", 1_234_567, 0, 10 * time.Second, "moving 1,234,567 rows, 123,456/s, 10 s"},
		{"part", 500, 2000, 2 * time.Second, "moving [=====               ]  25% 500 rows, 250/s, 2 s"},
		{"more than all", 30, 20, time.Second, "moving [====================] 100% 30 rows, 30/s, 1 s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := cli.ProgressLine("moving", "rows", c.n, c.of, c.took); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// screen is a terminal that tells when a text appears on it.
type screen struct {
	text  strings.Builder
	want  string
	shown chan struct{}
}

func (s *screen) IsTerminal() bool { return true }

func (s *screen) Write(b []byte) (int, error) {
	n, err := s.text.Write(b)
	if s.shown != nil && strings.Contains(s.text.String(), s.want) {
		close(s.shown)
		s.shown = nil
	}
	return n, err
}

// TestLongCommandShowsProgress copies the archive of an import from a slow standard input. It ends the input when the
// terminal has shown how far the command is.
func TestLongCommandShowsProgress(t *testing.T) {
	data := installation(t)
	input, feed := io.Pipe()
	shown := make(chan struct{})
	terminal := &screen{want: "bytes, ", shown: shown}
	go func() {
		_, _ = feed.Write([]byte("no archive"))
		<-shown
		_ = feed.Close()
	}()
	code := cli.Main(t.Context(), []string{"company", "import", "-", "--data", data}, input, io.Discard, terminal)
	said := terminal.text.String()
	if code != 1 || !strings.Contains(said, "\r\x1b[Kreading standard input 10 bytes, ") {
		t.Errorf("exit code %d, %q", code, said)
	}
}
