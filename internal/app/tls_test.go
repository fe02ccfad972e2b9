package app_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
)

// writeCertificate writes a certificate for a host, signed by itself, and its key.
func writeCertificate(t *testing.T, host, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour * 24 * 60),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// presented is the name of the certificate that a server shows.
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

// The files may be replaced at any time, and one of them may be written while they are read.
func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, "one.example", cert, key)
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
	writeCertificate(t, "two.example", cert, key)
	is("one.example") // looked at a moment ago
	now = now.Add(time.Minute)
	is("two.example")
	if err := os.WriteFile(key, []byte("half of a k"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	is("two.example")
	writeCertificate(t, "three.example", cert, key)
	now = now.Add(time.Minute)
	is("three.example")
	now = now.Add(-time.Hour) // the clock goes back
	writeCertificate(t, "four.example", cert, key)
	is("four.example")
	if _, err := presented(t, ln.Addr().String(), &tls.Config{MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("it speaks TLS 1.1")
	}
	if _, err := app.CertificateOf(cert, filepath.Join(dir, "none"), time.Now); err == nil {
		t.Error("without a key it starts")
	}
}

// Threat I18: who comes by http is led to the installation's own name and nowhere else, and sends nothing again that was secret.
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

// The whole program speaks TLS and HTTP/2, leads there from http, says that browsers shall stay, and is asked by healthy.
func TestServeOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, "localhost", cert, key)
	port := func() string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		return ln.Addr().String()
	}
	addr, plain := port(), port()
	args := []string{"--data=" + filepath.Join(dir, "data"), "--addr=" + addr, "--tls-cert=" + cert, "--tls-key=" + key, "--redirect-addr=" + plain, "--public-url=https://localhost"}
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- app.Main(ctx, append([]string{"serve"}, args...), strings.NewReader(""), io.Discard, &out)
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("it ended with %d:\n%s", code, out.String())
		}
	})
	pem, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost"}, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	get := func(url string) (status, major int, header http.Header) {
		for {
			a, err := client.Get(url)
			if err == nil {
				_ = a.Body.Close()
				return a.StatusCode, a.ProtoMajor, a.Header
			}
			select {
			case code := <-ended:
				ended <- code
				t.Fatalf("it ended with %d:\n%s", code, out.String())
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	status, major, header := get("https://" + addr + "/livez/")
	if status != 200 || major != 2 || header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d by HTTP/%d, HSTS %q", status, major, header.Get("Strict-Transport-Security"))
	}
	if status, _, header := get("http://" + plain + "/tasks/7"); status != 308 || header.Get("Location") != "https://localhost/tasks/7" {
		t.Errorf("http: %d to %q", status, header.Get("Location"))
	}
	var said bytes.Buffer
	if code := app.Main(t.Context(), append([]string{"healthy"}, args...), strings.NewReader(""), &said, &said); code != 0 {
		t.Errorf("healthy: %d, %s", code, said.String())
	}
}

// Threat M6: whoever listens where other machines come, without TLS, is told so.
func TestThreat_M6_ListeningInTheClear(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		told bool
	}{
		"this machine only":      {[]string{"--addr=127.0.0.1:0"}, false},
		"everybody":              {[]string{"--addr=0.0.0.0:0"}, true},
		"behind a proxy":         {[]string{"--addr=0.0.0.0:0", "--public-url=https://tasks.example.com"}, false},
		"behind one without TLS": {[]string{"--addr=[::]:0", "--public-url=http://tasks.example.com"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			var errs bytes.Buffer
			out := &greeted{cancel: cancel}
			if code := app.Main(ctx, append([]string{"serve", "--data=" + t.TempDir()}, c.args...), strings.NewReader(""), out, &errs); code != 0 {
				t.Fatalf("it ended with %d:\n%s", code, errs.String())
			}
			if told := strings.Contains(errs.String(), "in the clear"); told != c.told {
				t.Errorf("told so: %v\n%s", told, errs.String())
			}
		})
	}
}

// greeted ends the program when it says that it runs.
type greeted struct{ cancel context.CancelFunc }

func (g *greeted) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "running at") {
		g.cancel()
	}
	return len(b), nil
}
