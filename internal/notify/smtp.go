package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/job"
)

// SMTP is the mailer that hands mails to a server. Connections are used again while mails follow each other.
type SMTP struct {
	host           string
	port           int
	user, password string
	implicit, none bool // TLS from the start; no TLS at all
	from           *netmail.Address
	domain         string // of message ids and of the greeting
	tls            *tls.Config

	mu   sync.Mutex
	idle []*talk // that may carry another mail, the one used last at the end
}

const (
	// patience bounds the whole talk about one mail.
	patience = 20 * time.Second
	// A connection carries so many mails, and waits so long for the next: servers end both by themselves, most of them later. So
	// many wait at most: as many as there are jobs at a time.
	mailsPerTalk = 50
	idleTalk     = 3 * time.Second
	idleTalks    = 32
	// goodbye bounds what nobody waits for.
	goodbye = time.Second
)

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

// talk is a connection to the server, which has greeted and is signed in.
type talk struct {
	conn   net.Conn
	lib    *mail.Client
	client *smtp.Client
	mails  int
}

// deliver hands a mail over by a connection that is open already, or a new one. A connection that the server has meanwhile given up is
// noticed when it takes no sender; nothing of the mail is with the server by then, and a new one takes its place.
func (s *SMTP) deliver(ctx context.Context, msg *mail.Msg) error {
	if t := s.take(); t != nil {
		if err := s.over(ctx, t, msg); err == nil || !stale(err) || ctx.Err() != nil {
			return err
		}
	}
	t, err := s.open(ctx)
	if err != nil {
		return err
	}
	return s.over(ctx, t, msg)
}

// stale says whether a mail failed because its connection was no longer one.
func stale(err error) bool {
	var se *mail.SendError
	return errors.As(err, &se) && (se.Reason == mail.ErrConnCheck || se.Reason == mail.ErrSMTPMailFrom) && (se.ErrorCode() == 0 || se.ErrorCode() == 421)
}

// over hands a mail over by a connection, which ends with ctx whatever state it is in, and keeps it when it is as good as new.
func (s *SMTP) over(ctx context.Context, t *talk, msg *mail.Msg) error {
	stop := context.AfterFunc(ctx, func() { _ = t.conn.Close() })
	err := t.lib.SendWithSMTPClient(t.client, msg)
	if t.mails++; !stop() || err != nil {
		_ = t.conn.Close()
		return err
	}
	s.keep(t)
	return nil
}

// open makes a new connection.
func (s *SMTP) open(ctx context.Context) (t *talk, err error) {
	t = &talk{}
	if t.lib, err = s.client(&t.conn); err != nil {
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

// end says goodbye.
func (t *talk) end() {
	if t.client.UpdateDeadline(goodbye) == nil {
		_ = t.lib.CloseWithSMTPClient(t.client) // whatever it says: what the connection carried is the server's
	}
	_ = t.conn.Close()
}

// take is the idle connection that was used last, nil where there is none.
func (s *SMTP) take() *talk {
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

// keep lets a connection wait for another mail, for as long as that makes sense.
func (s *SMTP) keep(t *talk) {
	mails := t.mails // it is another mail's as soon as it waits
	s.mu.Lock()
	kept := mails < mailsPerTalk && len(s.idle) < idleTalks
	if kept {
		s.idle = append(s.idle, t)
	}
	s.mu.Unlock()
	if !kept {
		t.end()
		return
	}
	time.AfterFunc(idleTalk, func() {
		if s.drop(t, mails) {
			t.end()
		}
	})
}

// drop takes a connection out of those that wait, if it has carried no other mail meanwhile.
func (s *SMTP) drop(t *talk, mails int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.idle, t)
	if i < 0 || t.mails != mails {
		return false
	}
	s.idle = slices.Delete(s.idle, i, i+1)
	return true
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
	t, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer t.conn.Close()
	return t.lib.CloseWithSMTPClient(t.client)
}
