package app

import (
	"crypto/tls"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"
)

// TerminalLogger is what NewLogger gives for a terminal, which a test has not.
func TerminalLogger(w io.Writer) *slog.Logger { return slog.New(terminalHandler(w, slog.LevelInfo)) }

// Failures are the lines that Main prints of an error.
var Failures = failures

// Cell is a text as a cell of a CSV.
var Cell = cell

// DemoCreations are when the tasks of a sample company are made whose history ends at an instant.
func DemoCreations(end time.Time, o DemoOptions) (made []time.Time) {
	h := &demo{options: o, random: rand.New(rand.NewPCG(o.Seed, 7))}
	h.until(end)
	for n := range o.Tasks {
		made = append(made, h.creation(n))
	}
	return made
}

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
