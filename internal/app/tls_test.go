package app_test

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

// presented returns the name of the certificate that a server presents.
func presented(t *testing.T, addr string, c *tls.Config) (string, error) {
	t.Helper()
	c.InsecureSkipVerify = true
	conn, err := (&tls.Dialer{Config: c}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName, nil
}

// TestCertificateIsReadAgain replaces the files of a certificate, and leaves one of them half written.
func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	testenv.Certificate(t, "one.example", cert, key)
	now := time.Now()
	c, err := app.CertificateOf(cert, key, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", c)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	is := func(want string) {
		t.Helper()
		if got, err := presented(t, ln.Addr().String(), &tls.Config{}); err != nil || got != want {
			t.Errorf("it shows %q, %v; want %q", got, err, want)
		}
	}
	is("one.example")
	testenv.Certificate(t, "two.example", cert, key)
	is("one.example") // the files were checked a moment ago
	now = now.Add(time.Minute)
	is("two.example")
	if err := os.WriteFile(key, []byte("half of a k"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	is("two.example")
	testenv.Certificate(t, "three.example", cert, key)
	now = now.Add(time.Minute)
	is("three.example")
	now = now.Add(-time.Hour) // the clock goes back
	testenv.Certificate(t, "four.example", cert, key)
	is("four.example")
	if _, err := presented(t, ln.Addr().String(), &tls.Config{MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("it speaks TLS 1.1")
	}
	if _, err := app.CertificateOf(cert, filepath.Join(dir, "none"), time.Now); err == nil {
		t.Error("without a key it starts")
	}
}

// TestThreat_I18_I19_RedirectLeadsHome checks that a client without TLS is redirected only to the installation's own
// name, and does not send a secret again.
func TestThreat_I18_I19_RedirectLeadsHome(t *testing.T) {
	for _, c := range []struct{ method, target, want string }{
		{"GET", "/", "https://tasks.example.com/"},
		{"GET", "/tasks/7?x=1&y=%2F", "https://tasks.example.com/tasks/7?x=1&y=%2F"},
		{"HEAD", "/api/tasks/", "https://tasks.example.com/api/tasks/"},
		{"GET", "//evil.com/x", "https://tasks.example.com/evil.com/x"},
		{"GET", "/%5Cevil.com", "https://tasks.example.com/%5Cevil.com"},
		{"GET", "/%2F%2Fevil.com", "https://tasks.example.com/%2F%2Fevil.com"},
		{"POST", "/api/auth/login/", ""},
	} {
		r := httptest.NewRequest(c.method, "http://evil.com"+c.target, nil)
		w := httptest.NewRecorder()
		app.ToHTTPS(w, r, "https://tasks.example.com")
		if got := w.Header().Get("Location"); got != c.want {
			t.Errorf("%s %s leads to %q, not %q", c.method, c.target, got, c.want)
		}
		if c.want == "" && w.Code != 400 {
			t.Errorf("%s %s: %d", c.method, c.target, w.Code)
		}
	}
}
