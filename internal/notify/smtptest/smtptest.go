// Package smtptest runs a mail server for tests that fails on request.
package smtptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Fault says what goes wrong with one mail.
type Fault int

// The faults, in the order of an SMTP dialogue.
const (
	None      Fault = iota
	CutFirst        // the connection is cut when the sender is named
	NoSender        // 450 to the sender
	Temporary       // 451 to the recipient
	Permanent       // 550 to the recipient
	Slow            // no answer to the recipient until the client gives up
	CutBefore       // the connection is cut when the data begins
	TempData        // 452 to the data
	PermData        // 554 to the data
	CutAfter        // the data is accepted, and the connection is cut before the answer
)

// Mail is a mail that the server has accepted.
type Mail struct {
	From, To string
	Raw      string
	Message  *mail.Message
	TLS      bool
	User     string
	Hello    string // the client's name for itself
}

// Server is a running mail server.
type Server struct {
	Addr string
	Cert *x509.CertPool // it verifies the server

	mu    sync.Mutex
	on    func(point string)
	fault func() Fault
	mails []Mail
	conns []*smtp.Conn
	fresh chan struct{}
}

// Options configure a server.
type Options struct {
	NoTLS    bool // STARTTLS is not offered
	Implicit bool // TLS from the start
	Auth     bool // requires the user "jane" with the password "wonderland"
	CramMD5  bool // offers CRAM-MD5 before PLAIN, and refuses it
	Addr     string
}

// Start starts a server that stops when the test ends.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	cert, pool := certificate(tb)
	s := &Server{Cert: pool, fresh: make(chan struct{}, 1)}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return s.session(c, o) }))
	srv.Domain, srv.AllowInsecureAuth, srv.ErrorLog = "mail.example", true, silent{}
	srv.ReadTimeout, srv.WriteTimeout = time.Minute, time.Minute
	settings := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if !o.NoTLS {
		srv.TLSConfig = settings
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", o.Addr)
	if err != nil {
		tb.Fatal(err)
	}
	s.Addr = ln.Addr().String()
	if o.Implicit {
		ln = tls.NewListener(ln, settings)
	}
	done := make(chan struct{})
	go func() { _ = srv.Serve(ln); close(done) }()
	tb.Cleanup(func() { _ = srv.Close(); <-done })
	return s
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// Mails returns the mails that the server has accepted so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Fresh returns a channel with a value if a mail was accepted since the last receive.
func (s *Server) Fresh() <-chan struct{} { return s.fresh }

// On makes the server call a function at each point of a dialogue: "mail", "data" (all of it has arrived), "taken" (the
// client may know by now that the mail is accepted), "reset".
func (s *Server) On(call func(point string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = call
}

// Fail makes the server ask a function for the fault of each mail, once when the client names the sender.
func (s *Server) Fail(next func() Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = next
}

// Connections returns how many connections there were on which the client greeted.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Cut closes all connections, as servers do with idle ones.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_ = c.Conn().Close()
	}
}

func (s *Server) at(point string) {
	s.mu.Lock()
	call := s.on
	s.mu.Unlock()
	if call != nil {
		call(point)
	}
}

func (s *Server) session(c *smtp.Conn, o Options) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.conns, c) { // after STARTTLS the library starts a new session
		s.conns = append(s.conns, c)
	}
	return &session{s: s, c: c, auth: o.Auth, cramMD5: o.CramMD5}, nil
}

// session is one connection, which carries mails one after the other.
type session struct {
	s       *Server
	c       *smtp.Conn
	auth    bool
	cramMD5 bool
	user    string
	fault   Fault
	mail    Mail
}

func (v *session) AuthMechanisms() []string {
	switch {
	case v.cramMD5:
		return []string{"CRAM-MD5", sasl.Plain}
	case v.auth:
		return []string{sasl.Plain}
	}
	return nil
}

func (v *session) Auth(mechanism string) (sasl.Server, error) {
	if mechanism != sasl.Plain {
		return nil, smtp.ErrAuthUnsupported
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "jane" || password != "wonderland" {
			return smtp.ErrAuthFailed
		}
		v.user = user
		return nil
	}), nil
}

func (v *session) Mail(from string, _ *smtp.MailOptions) error {
	v.s.at("mail")
	if v.auth && v.user == "" {
		return smtp.ErrAuthRequired
	}
	v.mail, v.fault = Mail{From: from}, None
	v.s.mu.Lock()
	next := v.s.fault
	v.s.mu.Unlock()
	if next != nil {
		v.fault = next()
	}
	switch v.fault {
	case CutFirst:
		return v.c.Conn().Close()
	case NoSender:
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not now"}
	}
	return nil
}

func (v *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.mail.To = to
	switch v.fault {
	case Temporary:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	case Permanent:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	case Slow:
		_, _ = io.Copy(io.Discard, v.c.Conn()) // until the client gives up
		return errors.New("gone")
	}
	return nil
}

func (v *session) Data(r io.Reader) error {
	if v.fault == CutBefore {
		return v.c.Conn().Close()
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.s.at("data")
	switch v.fault {
	case TempData:
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "no room now"}
	case PermData:
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not this"}
	}
	_, v.mail.TLS = v.c.TLSConnectionState()
	v.mail.Raw, v.mail.User, v.mail.Hello = string(b), v.user, v.c.Hostname()
	v.mail.Message, _ = mail.ReadMessage(strings.NewReader(v.mail.Raw))
	v.s.mu.Lock()
	v.s.mails = append(v.s.mails, v.mail)
	v.s.mu.Unlock()
	select {
	case v.s.fresh <- struct{}{}:
	default:
	}
	v.s.at("taken")
	if v.fault == CutAfter {
		return v.c.Conn().Close()
	}
	return nil
}

func (v *session) Reset() { v.s.at("reset") }

func (v *session) Logout() error { return nil }

// certificate returns a certificate for 127.0.0.1 and localhost, and the pool that verifies it.
func certificate(tb testing.TB) (tls.Certificate, *x509.CertPool) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"}, NotBefore: now.Add(-time.Hour),
		NotAfter:    now.Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP("127.0.0.1")}, DNSNames: []string{"localhost"}, IsCA: true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		tb.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}
