package cli_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/cli"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

// TestServeOverTLS runs the whole program with TLS and HTTP/2, the redirect from http, HSTS, and the health check.
func TestServeOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	testenv.Certificate(t, "localhost", cert, key)
	port := func() string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		return ln.Addr().String()
	}
	addr, plain := port(), port()
	args := []string{
		"--data=" + filepath.Join(dir, "data"),
		"--addr=" + addr,
		"--tls-cert=" + cert,
		"--tls-key=" + key,
		"--redirect-addr=" + plain,
		"--public-url=https://localhost",
	}
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, append([]string{"serve"}, args...), strings.NewReader(""), io.Discard, &out)
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
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: pool, ServerName: "localhost"},
			ForceAttemptHTTP2: true,
		},
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
	status, _, header = get("http://" + plain + "/tasks/7")
	if location := header.Get("Location"); status != 308 || location != "https://localhost/tasks/7" {
		t.Errorf("http: %d to %q", status, location)
	}
	var said bytes.Buffer
	healthy := append([]string{"healthy"}, args...)
	if code := cli.Main(t.Context(), healthy, strings.NewReader(""), &said, &said); code != 0 {
		t.Errorf("healthy: %d, %s", code, said.String())
	}
}

// TestThreat_M6_ListeningInTheClear checks the warning of a server that other machines can reach without TLS.
func TestThreat_M6_ListeningInTheClear(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		warn bool
	}{
		"this machine only":      {[]string{"--addr=127.0.0.1:0"}, false},
		"all machines":           {[]string{"--addr=0.0.0.0:0"}, true},
		"behind a proxy":         {[]string{"--addr=0.0.0.0:0", "--public-url=https://tasks.example.com"}, false},
		"behind one without TLS": {[]string{"--addr=[::]:0", "--public-url=http://tasks.example.com"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			var errs bytes.Buffer
			out := &greeted{cancel: cancel}
			args := append([]string{"serve", "--data=" + t.TempDir()}, c.args...)
			if code := cli.Main(ctx, args, strings.NewReader(""), out, &errs); code != 0 {
				t.Fatalf("it ended with %d:\n%s", code, errs.String())
			}
			if warned := strings.Contains(errs.String(), "in the clear"); warned != c.warn {
				t.Errorf("warned: %v, want %v\n%s", warned, c.warn, errs.String())
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
