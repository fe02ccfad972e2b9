package notify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/notify/smtptest"
)

// mailer returns a mailer for a test's server. Its URL is scheme, the server's address and query.
func mailer(t *testing.T, s *smtptest.Server, scheme, query string) *notify.SMTP {
	t.Helper()
	m, err := notify.NewSMTP(scheme+s.Addr+query, "taskhouse@tasks.example.com", "tasks.example.com")
	if err != nil {
		t.Fatal(err)
	}
	m.Trust(s.Cert)
	return m
}

func message() notify.Message {
	return notify.Message{
		ID: "1.2.3.assigned.4", To: "jane@example.com", ToName: "Jane Doe", From: "Acme via Taskhouse",
		Subject: "Bob assigned you: Paint the fence",
		Text:    "Hello\n", HTML: "<p>Hello</p>\n",
		Unsubscribe: "https://tasks.example.com/api/notifications/unsubscribe/?token=x",
		Date:        time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
}

// headerNames lists the headers that every mail has, and no others.
var headerNames = []string{
	"Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-Id",
	"Mime-Version", "Subject", "To",
}

// parse parses a mail as its receiver does and compares its headers with the list.
func parse(t *testing.T, raw string) (headers map[string]string, text, html string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("a mail cannot be read: %v\n%s", err, raw)
	}
	headers = map[string]string{}
	var names []string
	for name, values := range m.Header {
		names = append(names, name)
		if len(values) != 1 {
			t.Errorf("%s is there %d times", name, len(values))
		}
		decoded, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil || strings.ContainsAny(decoded, "\r\n\x00") {
			t.Errorf("%s is %q, %v", name, decoded, err)
		}
		headers[name] = decoded
	}
	slices.Sort(names)
	if !slices.Equal(names, headerNames) {
		t.Errorf("the headers are %q, want %q", names, headerNames)
	}
	for line := range strings.Lines(raw) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes (RFC 5322, 2.1.1)", len(line))
		}
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("it is %q, %v", media, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return headers, text, html
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			text = string(b)
		} else {
			html = string(b)
		}
	}
}

func TestMailsOverTheWire(t *testing.T) {
	for _, c := range []struct {
		name          string
		options       smtptest.Options
		before, after string
		user          string
		fails         string // a part of the error; empty: it is sent
	}{
		{"STARTTLS", smtptest.Options{}, "smtp://", "", "", ""},
		{"STARTTLS and a password", smtptest.Options{Auth: true}, "smtp://jane:wonderland@", "", "jane", ""},
		{"TLS from the start", smtptest.Options{Implicit: true}, "smtps://", "", "", ""},
		{
			"TLS from the start and a password",
			smtptest.Options{Implicit: true, Auth: true},
			"smtps://jane:wonderland@",
			"", "jane", "",
		},
		{"unencrypted, on request", smtptest.Options{NoTLS: true}, "smtp://", "?tls=off", "", ""},
		{"X6 STARTTLS is not offered", smtptest.Options{NoTLS: true}, "smtp://", "", "", "STARTTLS"},
		{
			"X6 STARTTLS is not offered, and a password",
			smtptest.Options{NoTLS: true, Auth: true},
			"smtp://jane:wonderland@", "", "", "STARTTLS",
		},
		{"a wrong password", smtptest.Options{Auth: true}, "smtp://jane:looking-glass@", "", "", "535"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := smtptest.Start(t, c.options)
			err := mailer(t, s, c.before, c.after).Send(t.Context(), message())
			got := s.Mails()
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || len(got) > 0 ||
					strings.Contains(err.Error(), "looking-glass") || job.IsFinal(err) {
					t.Errorf("%v, with %d mails", err, len(got))
				}
				return
			}
			if err != nil || len(got) != 1 {
				t.Fatalf("%v, with %d mails", err, len(got))
			}
			if m := got[0]; m.TLS == c.options.NoTLS || m.User != c.user || m.From != "taskhouse@tasks.example.com" ||
				m.To != "jane@example.com" {
				t.Errorf("it came from %q to %q, TLS %v, user %q", m.From, m.To, m.TLS, m.User)
			}
			headers, text, html := parse(t, got[0].Raw)
			for name, want := range map[string]string{
				"From": `"Acme via Taskhouse" <taskhouse@tasks.example.com>`, "To": `"Jane Doe" <jane@example.com>`,
				"Subject":    "Bob assigned you: Paint the fence",
				"Message-Id": "<1.2.3.assigned.4@tasks.example.com>", "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
				"Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
				"List-Unsubscribe":      "<https://tasks.example.com/api/notifications/unsubscribe/?token=x>",
				"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
			} {
				if headers[name] != want {
					t.Errorf("%s: %q, want %q", name, headers[name], want)
				}
			}
			if strings.TrimSpace(text) != "Hello" || strings.TrimSpace(html) != "<p>Hello</p>" {
				t.Errorf("it says %q and %q", text, html)
			}
		})
	}
}

func TestAServerWithoutAGoodCertificateGetsNothing(t *testing.T) {
	for name, o := range map[string]smtptest.Options{
		"smtp://jane:wonderland@":  {Auth: true},
		"smtps://jane:wonderland@": {Implicit: true, Auth: true},
	} {
		s := smtptest.Start(t, o)
		m, err := notify.NewSMTP(name+s.Addr, "taskhouse@tasks.example.com", "tasks.example.com")
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Send(t.Context(), message()); err == nil || !strings.Contains(err.Error(), "certificate") ||
			len(s.Mails()) > 0 {
			t.Errorf("%s: %v, with %d mails", name, err, len(s.Mails()))
		}
	}
}

// TestThreat_X6_WhatAServerMayDo tries every fault and checks whether sending fails, and whether finally.
func TestThreat_X6_WhatAServerMayDo(t *testing.T) {
	for name, c := range map[string]struct {
		fault       smtptest.Fault
		fails, dead bool
		taken       int
	}{
		"nothing":                     {smtptest.None, false, false, 1},
		"cut at the start":            {smtptest.CutFirst, true, false, 0},
		"later":                       {smtptest.Temporary, true, false, 0},
		"no such user":                {smtptest.Permanent, true, true, 0},
		"no answer":                   {smtptest.Slow, true, false, 0},
		"cut before the data":         {smtptest.CutBefore, true, false, 0},
		"no room now":                 {smtptest.TempData, true, false, 0},
		"not this":                    {smtptest.PermData, true, true, 0},
		"taken, and cut before it is": {smtptest.CutAfter, true, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := smtptest.Start(t, smtptest.Options{})
			s.Fail(func() smtptest.Fault { return c.fault })
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			if c.fault != smtptest.Slow {
				cancel()
				ctx, cancel = context.WithTimeout(t.Context(), 20*time.Second)
			}
			defer cancel()
			began := time.Now()
			err := mailer(t, s, "smtp://", "").Send(ctx, message())
			if (err != nil) != c.fails || job.IsFinal(err) != c.dead || len(s.Mails()) != c.taken {
				t.Errorf("%v (final: %v), with %d mails", err, job.IsFinal(err), len(s.Mails()))
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestMailsThatFollowEachOtherShareAConnection sends mails one after the other, at the same time, and after the server
// has hung up.
func TestMailsThatFollowEachOtherShareAConnection(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{Auth: true})
	m := mailer(t, s, "smtp://jane:wonderland@", "")
	send := func(n int) {
		t.Helper()
		for i := range n {
			if err := m.Send(t.Context(), message()); err != nil {
				t.Fatalf("mail %d: %v", i, err)
			}
		}
	}
	send(50)
	if talks, mails := s.Connections(), len(s.Mails()); talks != 1 || mails != 50 {
		t.Errorf("%d mails by %d connections", mails, talks)
	}
	send(2) // a connection carries fifty
	if talks := s.Connections(); talks != 2 {
		t.Errorf("52 mails by %d connections", talks)
	}
	s.Cut()
	send(2)
	if talks, mails := s.Connections(), len(s.Mails()); talks != 3 || mails != 54 {
		t.Errorf("after the server has hung up: %d mails by %d connections", mails, talks)
	}
	// A refused mail ends its connection, and affects no other mail.
	fault := smtptest.Permanent
	s.Fail(func() smtptest.Fault { return fault })
	if err := m.Send(t.Context(), message()); !job.IsFinal(err) {
		t.Errorf("refused: %v", err)
	}
	fault = smtptest.None
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				if err := m.Send(t.Context(), message()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if talks, mails := s.Connections(), len(s.Mails()); talks > 3+8+1 || mails != 134 {
		t.Errorf("eight at a time: %d mails by %d connections", mails, talks)
	}
}

// TestASenderThatIsRefusedIsNotAskedTwice refuses the sender: a new connection replaces only one that is closed, not
// one whose server refuses.
func TestASenderThatIsRefusedIsNotAskedTwice(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m := mailer(t, s, "smtp://", "")
	if err := m.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	asked := 0
	s.Fail(func() smtptest.Fault { asked++; return smtptest.NoSender })
	if err := m.Send(t.Context(), message()); err == nil || job.IsFinal(err) || asked != 1 || s.Connections() != 1 {
		t.Errorf("%v, asked %d times by %d connections", err, asked, s.Connections())
	}
}

func TestSMTPURLs(t *testing.T) {
	for url, fails := range map[string]string{
		"smtp://localhost": "", "smtps://user:p%40ss@mail.example.com": "", "smtp://localhost:1025?tls=off": "",
		"smtp://": "host", "smtp://h:0": "port", "smtp://h:70000": "port", "smtp://h?tls=no": "tls=off",
		"smtp://h?verify=off": "tls=off",
		"smtps://h?tls=off":   "smtps", "smtp://u:hunter2@h?tls=off": "unencrypted",
	} {
		_, err := notify.NewSMTP(url, "a@example.com", "example.com")
		if (err != nil) != (fails != "") || err != nil &&
			(!strings.Contains(err.Error(), fails) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestThreat_I10_Addresses sends to addresses that could be stored without the validation of registration.
func TestThreat_I10_Addresses(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m := mailer(t, s, "smtp://", "")
	for _, to := range []string{
		"jane@example.com\r\nBcc: eve@example.com", "jane@example.com> ORCPT=rfc822;eve@example.com",
		`"v@x> ORCPT=x"@example.com`, "jane@exa mple.com", "jane", "", "jane@",
		"<jane@example.com>", "jane@example.com,eve@example.com", strings.Repeat("a", 300) + "@example.com",
		"jane@[127.0.0.1]", "jane\x00@example.com",
	} {
		v := message()
		v.To = to
		if err := m.Send(t.Context(), v); err == nil || !job.IsFinal(err) {
			t.Errorf("to %q: %v", to, err)
		}
	}
	if got := s.Mails(); len(got) > 0 {
		t.Errorf("%d mails were taken: %q", len(got), got[0].To)
	}
	v := message()
	v.To = "jane@bücher.example"
	if err := m.Send(t.Context(), v); err != nil || s.Mails()[0].To != "jane@xn--bcher-kva.example" {
		t.Errorf("%v, to %+v", err, s.Mails())
	}
}

func TestConsole(t *testing.T) {
	var b bytes.Buffer
	m := message()
	m.Text = "Hello Jane,\n\nBob assigned you: \x1b[2JPaint\n"
	if err := notify.NewConsole(&b).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	want := `
  | E-mail to Jane Doe <jane@example.com>
  | Subject: Bob assigned you: Paint the fence
  |
  | Hello Jane,
  | 
  | Bob assigned you: ?[2JPaint
  | (no mail server is configured: SMTP_URL)

`
	if b.String() != want {
		t.Errorf("it shows\n%s\nwant\n%s", b.String(), want)
	}
}

// TestFault_P8_DomainsOfTheSender shows that no letter outside ASCII reaches the envelope or a message id.
func TestFault_P8_DomainsOfTheSender(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	m, err := notify.NewSMTP("smtp://"+s.Addr, "it@bücher.example.com", "bücher.example.com")
	if err != nil {
		t.Fatal(err)
	}
	m.Trust(s.Cert)
	msg := message()
	msg.To = "jane@bücher.example.com"
	if err := m.Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	got := s.Mails()[0]
	const ascii = "@xn--bcher-kva.example.com"
	if got.From != "it"+ascii || got.To != "jane"+ascii ||
		got.Message.Header.Get("Message-Id") != "<"+msg.ID+ascii+">" {
		t.Errorf("from %q to %q: %s", got.From, got.To, got.Message.Header)
	}
	if _, err := notify.NewSMTP("smtp://"+s.Addr, "jürgen@example.com", "example.com"); err == nil {
		t.Error("a sender that needs SMTPUTF8 is accepted")
	}
}

// TestFault_P9_Greeting shows that a server is greeted with a full name, or an address literal if there is none.
func TestFault_P9_Greeting(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	for _, c := range []struct{ query, from, domain, want string }{
		{"", "it@example.com", "tasks.example.com", "tasks.example.com"},
		{"", "it@example.com", "localhost", "example.com"},
		{"", "it@bücher.example", "localhost", "xn--bcher-kva.example"},
		{"", "taskhouse@localhost", "localhost", "[127.0.0.1]"},
		{"?helo=mail.example.org", "it@example.com", "tasks.example.com", "mail.example.org"},
	} {
		m, err := notify.NewSMTP("smtp://"+s.Addr+c.query, c.from, c.domain)
		if err != nil {
			t.Fatal(err)
		}
		m.Trust(s.Cert)
		if err := m.Send(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
		all := s.Mails()
		if got := all[len(all)-1].Hello; got != c.want {
			t.Errorf("%s and %s greet with %q, want %q", c.from, c.domain, got, c.want)
		}
	}
	for _, query := range []string{"?helo=localhost", "?helo=a b.example.com", "?helo=10.0.0.1", "?helo=", "?name=x"} {
		if _, err := notify.NewSMTP("smtp://"+s.Addr+query, "it@example.com", "example.com"); err == nil {
			t.Errorf("%q is accepted", query)
		}
	}
}

// TestFault_P11_NextMechanism shows that a refused way to sign in is not the end if the server offers another one.
func TestFault_P11_NextMechanism(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{Auth: true, CramMD5: true})
	m := mailer(t, s, "smtp://jane:wonderland@", "")
	for range 2 {
		if err := m.Send(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
		s.Cut()
	}
	all := s.Mails()
	if len(all) != 2 || all[1].User != "jane" {
		t.Fatalf("mails: %+v", all)
	}
	if n := s.Connections(); n != 4 { // CRAM-MD5 twice, PLAIN, and PLAIN at once for the second mail
		t.Errorf("%d connections, want 4", n)
	}
	wrong := mailer(t, s, "smtp://jane:looking-glass@", "")
	if err := wrong.Send(t.Context(), message()); err == nil || !strings.Contains(err.Error(), "refuses to sign in") {
		t.Errorf("a wrong password ends with %v", err)
	}
}
