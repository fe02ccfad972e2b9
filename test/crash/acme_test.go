package crash_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
	"github.com/taskhouse/taskhouse/test/server"
)

// A certificate authority gives a certificate to a server that shows that it has the name, which is kept: it is Pebble, Let's Encrypt's own
// for tests, as a process, built from tools/go.mod.
func TestCertificateByACME(t *testing.T) {
	dir := t.TempDir()
	pebble := filepath.Join(dir, "pebble")
	build := exec.Command("go", "build", "-modfile=../../tools/go.mod", "-o", pebble, "github.com/letsencrypt/pebble/v2/cmd/pebble")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build Pebble: %v\n%s", err, out)
	}
	addr, directory, root := freeAddr(t), freeAddr(t), filepath.Join(dir, "authority.pem")
	authority(t, pebble, directory, root, addr)
	data := t.TempDir()
	run := func() *server.Server {
		return server.Start(t, server.Options{
			Bin: bin, Data: data, Args: []string{"serve", "--addr=" + addr, "--acme-hosts=tasks.example.com", "--acme-directory=https://" + directory + "/dir"},
			Env: map[string]string{"SSL_CERT_FILE": root, "TASKHOUSE_LOG_LEVEL": "debug"},
		})
	}
	s := run()
	first := shown(t, addr, "tasks.example.com")
	if !strings.Contains(first.Issuer.CommonName, "Pebble") || first.VerifyHostname("tasks.example.com") != nil {
		t.Errorf("a certificate of %s for %v", first.Issuer.CommonName, first.DNSNames)
	}
	if _, err := tls.Dial("tcp", addr, &tls.Config{ServerName: "elsewhere.example.com", InsecureSkipVerify: true}); err == nil {
		t.Error("it shows a certificate for a name that is not its own")
	}
	if info, err := os.Stat(filepath.Join(data, "acme")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of keys: %v, %v", info.Mode(), err)
	}
	s.Stop(t)
	run()
	if again := shown(t, addr, "tasks.example.com"); again.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Error("after a restart it has another certificate: the authority would soon give no more")
	}
}

func shown(t *testing.T, addr, name string) *x509.Certificate {
	t.Helper()
	var last error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		c, err := tls.Dial("tcp", addr, &tls.Config{ServerName: name, InsecureSkipVerify: true})
		if last = err; err == nil {
			defer c.Close()
			return c.ConnectionState().PeerCertificates[0]
		}
	}
	t.Fatalf("no certificate: %v", last)
	return nil
}

// authority runs Pebble, which looks for every name at addr. Its own certificate is written to root.
func authority(t *testing.T, pebble, directory, root, addr string) {
	t.Helper()
	dir := t.TempDir()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(addr)
	number, _ := net.LookupPort("tcp", port)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": directory, "managementListenAddress": freeAddr(t), "certificate": root, "privateKey": filepath.Join(dir, "key.pem"), "httpPort": 1, "tlsPort": number,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		root: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), filepath.Join(dir, "key.pem"): pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		filepath.Join(dir, "config.json"): config,
	} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(pebble, "-config", filepath.Join(dir, "config.json"), "-dnsserver", names(t))
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	p, err := proc.Start(cmd, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Signal(syscall.SIGKILL); <-p.Done() })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", directory)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// names is a name server to which every name is this machine.
func names(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			answer := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionAvailable: true}, Questions: m.Questions}
			if q.Type == dnsmessage.TypeA {
				answer.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
			}
			if out, err := answer.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return conn.LocalAddr().String()
}

func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
