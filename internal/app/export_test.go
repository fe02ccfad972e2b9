package app

import (
	"crypto/tls"
	"io"
	"log/slog"
	"time"
)

// TerminalLogger returns the logger that NewLogger makes for a terminal.
func TerminalLogger(w io.Writer) *slog.Logger { return slog.New(terminalHandler(w, slog.LevelInfo)) }

// CertificateOf returns the TLS configuration of a server with a certificate in files.
func CertificateOf(cert, key string, now func() time.Time) (*tls.Config, error) {
	c := &certificate{cert: cert, key: key, log: slog.New(slog.DiscardHandler), now: now}
	if _, err := c.get(nil); err != nil {
		return nil, err
	}
	return modern(c.get), nil
}

// ToHTTPS redirects a request to https.
var ToHTTPS = toHTTPS
