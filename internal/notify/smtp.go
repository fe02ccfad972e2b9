package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/job"
)

// SMTP is the mailer that hands mails to a server.
type SMTP struct {
	host           string
	port           int
	user, password string
	implicit, none bool // TLS from the start; no TLS at all
	from           *netmail.Address
	domain         string // of message ids and of the greeting
	tls            *tls.Config
}

// patience bounds the whole talk about one mail.
const patience = 20 * time.Second

// NewSMTP reads smtp://user:password@host:port or smtps://...: smtps encrypts from the start, smtp by STARTTLS, and a server that
// does not offer it gets nothing. Only with ?tls=off is a mail sent in the clear, and then without a password: for a catcher on
// the same machine. from is the address that mails come from; domain stands in message ids.
func NewSMTP(rawURL, from, domain string) (*SMTP, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("this is no URL")
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
			return nil, errors.New("this has no port between 1 and 65535")
		}
	}
	for name, values := range u.Query() {
		if name != "tls" || len(values) != 1 || values[0] != "off" {
			return nil, errors.New("the only parameter is tls=off")
		}
		s.none = true
	}
	switch {
	case s.host == "":
		return nil, errors.New("this is a URL without a host")
	case s.none && s.implicit:
		return nil, errors.New("smtps is TLS: tls=off goes with smtp")
	case s.none && s.user != "":
		return nil, errors.New("a password is not sent in the clear: leave out tls=off, or the user")
	}
	if s.from, err = netmail.ParseAddress(from); err != nil {
		return nil, fmt.Errorf("%q is no address that mails could come from", from)
	}
	return s, nil
}

// Send hands one mail over. It is sent once the server has taken its data, whatever comes after that; a server that refuses the
// address or the mail for good is job.Dead.
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
	if errors.As(err, &se) && se.ErrorCode() >= 500 && (se.Reason == mail.ErrSMTPRcptTo || se.Reason == mail.ErrSMTPData || se.Reason == mail.ErrSMTPDataClose) {
		return job.Dead(fmt.Errorf("the mail server refuses it: %w", err))
	}
	return fmt.Errorf("send a mail by %s: %w", s.host, err)
}

// deliver opens a connection for one mail, which ends with ctx whatever state it is in.
func (s *SMTP) deliver(ctx context.Context, msg *mail.Msg) error {
	var conn net.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close()
		}
	}()
	c, err := s.client(&conn)
	if err != nil {
		return err
	}
	client, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	cut := conn
	defer context.AfterFunc(ctx, func() { _ = cut.Close() })()
	if err := c.SendWithSMTPClient(client, msg); err != nil {
		return err
	}
	_ = c.CloseWithSMTPClient(client) // the mail is the server's by now
	return nil
}

// client is the library's, for one connection, which it puts into conn.
func (s *SMTP) client(conn *net.Conn) (*mail.Client, error) {
	policy := mail.TLSMandatory
	switch {
	case s.none:
		policy = mail.NoTLS
	case s.implicit: // the connection is TLS already; the library sees it when it looks for what it could do
		policy = mail.TLSOpportunistic
	}
	options := []mail.Option{
		mail.WithPort(s.port), mail.WithTimeout(patience), mail.WithTLSPolicy(policy), mail.WithTLSConfig(s.tls), mail.WithHELO(s.domain), mail.WithoutNoop(),
		mail.WithDialContextFunc(func(dial context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(dial, network, address)
			if err != nil {
				return nil, err
			}
			*conn = c
			if !s.implicit {
				return c, nil
			}
			t := tls.Client(c, s.tls)
			return t, t.HandshakeContext(dial)
		}),
	}
	if s.user != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.user), mail.WithPassword(s.password))
	}
	return mail.NewClient(s.host, options...)
}

// build makes the mail as it goes over the wire. Its headers are these and no others.
func (s *SMTP) build(m Message) (*mail.Msg, error) {
	if len(account.CheckEmail(m.To)) > 0 { // also where it came in past the rule, it must not reach an SMTP command
		return nil, errors.New("this is no e-mail address that mail can go to")
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

// wireAddress is an address with its domain in ASCII.
func wireAddress(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", errors.New("this is no e-mail address")
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", fmt.Errorf("the domain of the address: %w", err)
	}
	return address[:at+1] + domain, nil
}

// Check talks to the server as before a mail, and sends none: connection, greeting, TLS and sign-in.
func (s *SMTP) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var conn net.Conn
	c, err := s.client(&conn)
	if err != nil {
		return err
	}
	client, err := c.DialToSMTPClientWithContext(ctx)
	if conn != nil {
		defer conn.Close()
	}
	if err != nil {
		return err
	}
	return c.CloseWithSMTPClient(client)
}
