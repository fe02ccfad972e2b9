package notify

import (
	"crypto/x509"

	"github.com/taskhouse/taskhouse/internal/db"
)

// Trust makes the mailer verify servers with these certificates.
func (s *SMTP) Trust(pool *x509.CertPool) { s.tls.RootCAs = pool }

// Clean exports clean.
var Clean = clean

// MentionedNames exports mentionedNames.
var MentionedNames = mentionedNames

// NextDigest returns when the digest of a member who has turned it on is due after a time.
func NextDigest(hour int64, zone string, after db.Time) *db.Time {
	return digest{true, hour, zone}.next(after)
}

// Declaration is an entry of kinds.
type Declaration struct {
	Name            string
	OnTask, OnEvent bool
}

// Declarations returns the entries of kinds.
func Declarations() (all []Declaration) {
	for _, k := range kinds {
		all = append(all, Declaration{string(k.name), k.onTask != nil, k.onEvent != nil})
	}
	return all
}

// AccountMessage exports accountMessage.
var AccountMessage = accountMessage
