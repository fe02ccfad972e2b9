package notify

import (
	"crypto/x509"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Trust has the mailer verify servers with these certificates.
func (s *SMTP) Trust(pool *x509.CertPool) { s.tls.RootCAs = pool }

// Clean is clean.
var Clean = clean

// Names is names.
var Names = names

// NextDigest is when the mail of the day is due.
var NextDigest = func(hour int64, zone string) Digest { return Digest{digest{true, hour, zone}} }

// Digest is how a member wants the mail of the day.
type Digest struct{ d digest }

// Next is when it is due after a time.
func (d Digest) Next(after db.Time) *db.Time { return d.d.next(after) }
