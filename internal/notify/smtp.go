package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/job"
)

// SMTP is the mailer that hands mails to an SMTP server. It reuses connections while mails follow each other.
type SMTP struct {
	host           string
	port           int
	user, password string
	implicit, none bool // TLS from the start; no TLS at all
	from           *netmail.Address
	domain         string // of message ids, in ASCII
	hello          string // the name in the greeting; if empty, the address of the connection (RFC 5321, 4.1.3)
	tls            *tls.Config

	mu   sync.Mutex
	auth mail.SMTPAuthType // the mechanism that the server has accepted; none before the first sign-in
	idle []*connection     // they may carry another mail; the one used last is at the end
}

const (
	deliveryTimeout = 20 * time.Second // of the whole dialogue about one mail
	// Servers close connections that carry many mails or stay idle, most of them later than this.
	maxMailsPerConnection = 50
	idleTimeout           = 3 * time.Second
	maxIdleConnections    = 32 // as many as there are jobs at a time
	quitTimeout           = time.Second
)

// NewSMTP parses smtp://user:password@host:port or smtps://...: smtps encrypts from the start, smtp by STARTTLS, and a
// server that does not offer it gets nothing. Only with ?tls=off are mails sent unencrypted, and then without a
// password: for a mail catcher on the same machine. from is the address that mails come from; domain is part of message
// ids. Servers are greeted with ?helo=, or else with the first of domain and the sender's domain that is a full name.
func NewSMTP(rawURL, from, domain string) (*SMTP, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("invalid URL")
	}
	s := &SMTP{host: u.Hostname(), user: u.User.Username(), implicit: u.Scheme == "smtps", domain: domain}
	s.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.host}
	s.password, _ = u.User.Password()
	s.port = 587
	if s.implicit {
		s.port = 465
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("invalid port in the URL (1 to 65535)")
		}
	}
	for name, values := range u.Query() {
		switch {
		case name == "tls" && len(values) == 1 && values[0] == "off":
			s.none = true
		case name == "helo" && len(values) == 1 && isFullName(values[0]):
			s.hello = values[0]
		default:
			return nil, errors.New("the only parameters are tls=off and helo=, with the full name of this host")
		}
	}
	switch {
	case s.host == "":
		return nil, errors.New("the URL has no host")
	case s.none && s.implicit:
		return nil, errors.New("smtps always uses TLS: use smtp with tls=off")
	case s.none && s.user != "":
		return nil, errors.New("a password is never sent unencrypted: remove tls=off or the user")
	}
	if s.from, err = netmail.ParseAddress(from); err != nil {
		return nil, fmt.Errorf("invalid sender address %q", from)
	}
	if s.from.Address, err = wireAddress(s.from.Address); err != nil {
		return nil, fmt.Errorf("invalid sender address %q: %w", from, err)
	}
	if strings.ContainsFunc(s.from.Address, func(r rune) bool { return r > unicode.MaxASCII }) {
		return nil, fmt.Errorf("invalid sender address %q: only its domain may have letters outside ASCII", from)
	}
	if s.domain, err = idna.Lookup.ToASCII(domain); err != nil {
		return nil, fmt.Errorf("invalid domain %q: %w", domain, err)
	}
	_, sender, _ := strings.Cut(s.from.Address, "@")
	for _, name := range []string{s.domain, sender} {
		if s.hello == "" && isFullName(name) {
			s.hello = name
		}
	}
	return s, nil
}

// isFullName reports whether a strict mail server takes a name for a full one: of two parts at least, and no address.
func isFullName(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil || strings.HasSuffix(name, ".localhost") {
		return false
	}
	ascii, err := idna.Lookup.ToASCII(name)
	return err == nil && ascii == name && strings.Contains(strings.Trim(name, "."), ".")
}

// addressLiteral returns the address of a connection as a name in a greeting (RFC 5321, 4.1.3).
func addressLiteral(c net.Conn) string {
	from, err := netip.ParseAddrPort(c.LocalAddr().String())
	switch ip := from.Addr().Unmap(); {
	case err != nil:
		return "[127.0.0.1]"
	case ip.Is4():
		return "[" + ip.String() + "]"
	default:
		return "[IPv6:" + ip.WithZone("").String() + "]"
	}
}

// Send hands one mail over. The mail counts as sent once the server has accepted its data, whatever follows. If the
// server refuses the address or the mail permanently, Send returns job.Dead.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, err := s.build(m)
	if err != nil {
		return job.Dead(err)
	}
	err = s.deliver(ctx, msg)
	if err == nil || msg.IsDelivered() {
		return nil
	}
	var se *mail.SendError
	if errors.As(err, &se) && se.ErrorCode() >= 500 &&
		(se.Reason == mail.ErrSMTPRcptTo || se.Reason == mail.ErrSMTPData || se.Reason == mail.ErrSMTPDataClose) {
		return job.Dead(fmt.Errorf("the mail server refuses the mail: %w", err))
	}
	return fmt.Errorf("send a mail by %s: %w", s.host, err)
}

// connection is a connection to the server after greeting and sign-in.
type connection struct {
	conn   net.Conn
	lib    *mail.Client
	client *smtp.Client
	mails  int
}

// deliver hands a mail over by an idle connection, or a new one. If the server has closed the idle connection in the
// meantime, it does not accept the sender. The server has nothing of the mail by then, so a new connection takes over.
func (s *SMTP) deliver(ctx context.Context, msg *mail.Msg) error {
	if t := s.take(); t != nil {
		if err := s.sendBy(ctx, t, msg); err == nil || !stale(err) || ctx.Err() != nil {
			return err
		}
	}
	t, err := s.open(ctx)
	if err != nil {
		return err
	}
	return s.sendBy(ctx, t, msg)
}

// stale reports whether a mail failed because its connection was no longer open.
func stale(err error) bool {
	var se *mail.SendError
	return errors.As(err, &se) && (se.Reason == mail.ErrConnCheck || se.Reason == mail.ErrSMTPMailFrom) &&
		(se.ErrorCode() == 0 || se.ErrorCode() == 421)
}

// sendBy hands a mail over by a connection. It closes the connection when ctx ends or the mail fails, and keeps it
// otherwise.
func (s *SMTP) sendBy(ctx context.Context, t *connection, msg *mail.Msg) error {
	stop := context.AfterFunc(ctx, func() { _ = t.conn.Close() })
	err := t.lib.SendWithSMTPClient(t.client, msg)
	if t.mails++; !stop() || err != nil {
		_ = t.conn.Close()
		return err
	}
	s.keep(t)
	return nil
}

// mechanisms are the ways to sign in, the best that both sides know first. A server may offer one that it refuses, such
// as NTLM on an Exchange server without a domain. Then the next one is tried, on another connection.
var mechanisms = []mail.SMTPAuthType{
	mail.SMTPAuthAutoDiscover, mail.SMTPAuthCramMD5, mail.SMTPAuthPlain, mail.SMTPAuthLogin,
}

// open makes a new connection.
func (s *SMTP) open(ctx context.Context) (*connection, error) {
	if s.user == "" {
		return s.openWith(ctx, mail.SMTPAuthNoAuth)
	}
	s.mu.Lock()
	accepted := s.auth
	s.mu.Unlock()
	if accepted != "" {
		if t, err := s.openWith(ctx, accepted); err == nil || !isAuthRefused(err) {
			return t, err
		}
	}
	var refusals []error
	for _, auth := range mechanisms {
		t, err := s.openWith(ctx, auth)
		switch {
		case err == nil:
			s.mu.Lock()
			s.auth = auth
			s.mu.Unlock()
			return t, nil
		case isAuthMissing(err) && len(refusals) > 0: // the first refusal says more
			continue
		case !isAuthRefused(err) || ctx.Err() != nil:
			return nil, err
		}
		refusals = append(refusals, err)
	}
	return nil, fmt.Errorf("the mail server refuses to sign in: %w", errors.Join(refusals...))
}

// isAuthRefused reports whether a server refused a way to sign in, or does not offer it (RFC 4954, 6).
func isAuthRefused(err error) bool {
	var answer *textproto.Error
	return isAuthMissing(err) ||
		errors.As(err, &answer) && slices.Contains([]int{500, 502, 504, 534, 535, 538}, answer.Code)
}

func isAuthMissing(err error) bool {
	return errors.Is(err, mail.ErrCramMD5AuthNotSupported) || errors.Is(err, mail.ErrPlainAuthNotSupported) ||
		errors.Is(err, mail.ErrLoginAuthNotSupported)
}

// openWith makes a new connection, and signs in by a mechanism.
func (s *SMTP) openWith(ctx context.Context, auth mail.SMTPAuthType) (t *connection, err error) {
	t = &connection{}
	if t.lib, err = s.client(auth, t); err != nil {
		return nil, err
	}
	if t.client, err = t.lib.DialToSMTPClientWithContext(ctx); err != nil {
		if t.conn != nil {
			_ = t.conn.Close()
		}
		return nil, err
	}
	return t, nil
}

// quit says goodbye to the server and closes the connection.
func (t *connection) quit() {
	if t.client.UpdateDeadline(quitTimeout) == nil {
		_ = t.lib.CloseWithSMTPClient(t.client) // the error does not matter: the server has accepted the mails
	}
	_ = t.conn.Close()
}

// take returns the idle connection that was used last, or nil if there is none.
func (s *SMTP) take() *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.idle)
	if n == 0 {
		return nil
	}
	t := s.idle[n-1]
	s.idle = s.idle[:n-1]
	return t
}

// keep keeps a connection idle for another mail until idleTimeout, within the limits.
func (s *SMTP) keep(t *connection) {
	mails := t.mails // read now: once the connection is idle, another goroutine may use it
	s.mu.Lock()
	kept := mails < maxMailsPerConnection && len(s.idle) < maxIdleConnections
	if kept {
		s.idle = append(s.idle, t)
	}
	s.mu.Unlock()
	if !kept {
		t.quit()
		return
	}
	time.AfterFunc(idleTimeout, func() {
		if s.drop(t, mails) {
			t.quit()
		}
	})
}

// drop removes a connection from the idle ones, if it has carried no other mail in the meantime.
func (s *SMTP) drop(t *connection, mails int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.idle, t)
	if i < 0 || t.mails != mails {
		return false
	}
	s.idle = slices.Delete(s.idle, i, i+1)
	return true
}

// client returns a client of the library for one connection, which it stores in t.
func (s *SMTP) client(auth mail.SMTPAuthType, t *connection) (*mail.Client, error) {
	policy := mail.TLSMandatory
	switch {
	case s.none:
		policy = mail.NoTLS
	case s.implicit: // the connection is TLS already, which the library notices
		policy = mail.TLSOpportunistic
	}
	options := []mail.Option{
		mail.WithPort(s.port), mail.WithTimeout(deliveryTimeout), mail.WithTLSPolicy(policy), mail.WithTLSConfig(s.tls),
		mail.WithoutNoop(),
		mail.WithDialContextFunc(func(dial context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(dial, network, address)
			if err != nil {
				return nil, err
			}
			t.conn = c
			if err := mail.WithHELO(cmp.Or(s.hello, addressLiteral(c)))(t.lib); err != nil {
				return nil, err
			}
			if !s.implicit {
				return c, nil
			}
			encrypted := tls.Client(c, s.tls)
			return encrypted, encrypted.HandshakeContext(dial)
		}),
	}
	if auth != mail.SMTPAuthNoAuth {
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(s.user), mail.WithPassword(s.password))
	}
	return mail.NewClient(s.host, options...)
}

// build makes the mail in its form on the wire, with these headers and no others.
func (s *SMTP) build(m Message) (*mail.Msg, error) {
	// An address that was stored without validation must not reach an SMTP command.
	if len(account.CheckEmail(m.To)) > 0 {
		return nil, errors.New("invalid recipient address")
	}
	to, err := wireAddress(m.To)
	if err != nil {
		return nil, err
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: m.From, Address: s.from.Address})
	msg.ToMailAddress(&netmail.Address{Name: m.ToName, Address: to})
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID + "@" + s.domain)
	msg.SetDateWithValue(m.Date)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answer from machines
	if m.Unsubscribe != "" {
		msg.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		msg.SetGenHeaderPreformatted(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return msg, nil
}

// wireAddress returns an address with its domain in ASCII (IDNA).
func wireAddress(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", errors.New("invalid e-mail address: it has no @")
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", fmt.Errorf("invalid domain in the e-mail address: %w", err)
	}
	return address[:at+1] + domain, nil
}

// Check connects to the server as for a mail (greeting, TLS and sign-in) and sends none.
func (s *SMTP) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deliveryTimeout)
	defer cancel()
	t, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer t.conn.Close()
	return t.lib.CloseWithSMTPClient(t.client)
}
