package notify

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Console is the mailer of an installation without a mail server: it prints mails.
type Console struct {
	mu  sync.Mutex
	out io.Writer
}

// NewConsole returns a mailer that writes to out.
func NewConsole(out io.Writer) *Console { return &Console{out: out} }

// Send prints the text of a mail, set off from other output. Text from users cannot move the cursor: forms refuse
// control characters, and any that remain are printed as question marks.
func (c *Console) Send(_ context.Context, m Message) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  | E-mail to %s <%s>\n  | Subject: %s\n  |\n", m.ToName, m.To, m.Subject)
	for line := range strings.Lines(strings.TrimSpace(m.Text)) {
		b.WriteString("  | " + visible(strings.TrimRight(line, "\n")) + "\n")
	}
	b.WriteString("  | (no mail server is configured: SMTP_URL)\n\n")
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := io.WriteString(c.out, b.String())
	return err
}

// visible replaces control characters by question marks.
func visible(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, line)
}
