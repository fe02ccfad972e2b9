package app

import (
	"crypto/tls"
	"io"
	"log/slog"
	"time"
)

// TerminalLogger is what NewLogger gives for a terminal, which a test has not.
func TerminalLogger(w io.Writer) *slog.Logger { return slog.New(terminalHandler(w, slog.LevelInfo)) }

// CertificateOf is how a server speaks TLS with a certificate in files.
func CertificateOf(cert, key string, now func() time.Time) (*tls.Config, error) {
	c := &certificate{cert: cert, key: key, log: slog.New(slog.DiscardHandler), now: now}
	if _, err := c.get(nil); err != nil {
		return nil, err
	}
	return modern(c.get), nil
}

// ToHTTPS answers who comes without TLS.
var ToHTTPS = toHTTPS
