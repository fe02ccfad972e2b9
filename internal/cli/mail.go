package cli

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/notify"
)

type mailCommand struct {
	Test mailTest `cmd:"" help:"Send a test mail by SMTP_URL, or print it on the console."`
}

type mailTest struct {
	Address string `arg:"" help:"Recipient of the mail."`
}

// Run sends the mail.
func (c mailTest) Run(p *program) error {
	if len(account.CheckEmail(c.Address)) > 0 {
		return usage(fmt.Errorf("invalid e-mail address %q", c.Address))
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	m, err := app.NewMailer(cfg, p.stdout)
	if err != nil {
		return err
	}
	const text = "This is a test: mails from this Taskhouse reach you."
	err = m.Send(p.ctx, notify.Message{
		ID: "test." + rand.Text(), To: c.Address, From: "Taskhouse", Subject: "A test of Taskhouse", Date: time.Now(),
		Text: text + "\n", HTML: "<!doctype html>\n<p>" + text + "</p>\n",
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "sent to %s\n", c.Address)
	return err
}
