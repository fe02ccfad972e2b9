package app

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/secret"
)

// newNotices returns the service of notifications.
func newNotices(
	cfg config.Config, d *db.DB, keys []auth.Key, m notify.Mailer, log *slog.Logger,
) (*notify.Service, error) {
	links := make([][]byte, len(keys))
	for i, k := range keys {
		links[i] = k.Derive("unsubscribe")
	}
	box, err := newBox(keys)
	if err != nil {
		return nil, err
	}
	return &notify.Service{
		DB: d, Queue: job.NewQueue(), Mailer: m, Links: notify.NewLinks(links...), Secrets: box, Log: log,
		PublicURL: cfg.PublicURL,
	}, nil
}

// newBox returns a box that encrypts with the first key and decrypts with all.
func newBox(keys []auth.Key) (*secret.Box, error) {
	derived := make([][]byte, len(keys))
	for i, k := range keys {
		derived[i] = k.Derive("secrets")
	}
	return secret.New(derived...)
}

// NewMailer returns a mailer for the configured server, or one that prints mails on out.
func NewMailer(cfg config.Config, out io.Writer) (notify.Mailer, error) {
	if cfg.SMTPURL == "" {
		return notify.NewConsole(out), nil
	}
	s, err := notify.NewSMTP(string(cfg.SMTPURL), cfg.MailFrom, cfg.MailDomain())
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return s, nil
}
