package deploy_test

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

	"github.com/taskhouse/taskhouse/internal/testenv/proc"
	"github.com/taskhouse/taskhouse/test/server"
)

const name = "tasks.example.com"

// A certificate authority gives a certificate to a server that shows that a name leads to it, and the server keeps it.
// The authority is Pebble, Let's Encrypt's own for tests, and its name server; both are built from tools/acme.mod, and
// so only where CI is set.
func TestCertificateByACME(t *testing.T) {
	if os.Getenv("CI") == "" {
		t.Skip("it builds a certificate authority: set CI=true")
	}
	addr, directory, root := server.FreeAddress(t), server.FreeAddress(t), filepath.Join(t.TempDir(), "authority.pem")
	authority(t, directory, root, addr)
	data := t.TempDir()
	run := func() *server.Server {
		return server.Start(t, server.Options{
			Bin: bin, Data: data, Args: []string{
				"serve", "--addr=" + addr, "--acme-hosts=" + name, "--acme-directory=https://" + directory + "/dir",
			},
			Env: map[string]string{"SSL_CERT_FILE": root, "TASKHOUSE_LOG_LEVEL": "info"},
		})
	}
	s := run()
	first := shown(t, s, addr)
	if !strings.Contains(first.Issuer.CommonName, "Pebble") || first.VerifyHostname(name) != nil {
		t.Errorf("a certificate of %s for %v", first.Issuer.CommonName, first.DNSNames)
	}
	if c, err := tls.Dial("tcp", addr, &tls.Config{
		ServerName: "elsewhere.example.com", InsecureSkipVerify: true,
	}); err == nil {
		_ = c.Close()
		t.Error("it shows a certificate for a name that is not its own")
	}
	if info, err := os.Stat(filepath.Join(data, "acme")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of keys: %v, %v", info.Mode(), err)
	}
	s.Stop(t)
	if again := shown(t, run(), addr); again.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Error("after a restart it has another certificate: the authority would soon give no more")
	}
}

// shown returns the certificate that a client gets, once the server reports that it has one.
func shown(t *testing.T, s *server.Server, addr string) *x509.Certificate {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for ; !strings.Contains(s.Stderr(), "the certificate is ready"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("there is no certificate after a minute")
		}
	}
	c, err := tls.Dial("tcp", addr, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0]
}

// authority runs the authority, to which every name leads to addr. Its own certificate is written to root.
func authority(t *testing.T, directory, root, addr string) {
	t.Helper()
	dir := t.TempDir()
	key := ownCertificate(t, root)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": directory, "managementListenAddress": server.FreeAddress(t), "certificate": root,
		"privateKey": key, "httpPort": 1, "tlsPort": json.Number(port),
		"profiles": map[string]any{"default": map[string]any{"description": "as ever", "validityPeriod": 7776000}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	dns := server.FreeAddress(t)
	start(t, tool(t, dir, "pebble-challtestsrv"), "-defaultIPv4=127.0.0.1", "-defaultIPv6=", "-dnsserver="+dns,
		"-management="+server.FreeAddress(t), "-http01=", "-https01=", "-tlsalpn01=", "-doh=")
	start(t, tool(t, dir, "pebble"), "-config="+file, "-dnsserver="+dns)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
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

func tool(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	build := exec.Command("go", "build", "-modfile=../../tools/acme.mod", "-o", path,
		"github.com/letsencrypt/pebble/v2/cmd/"+name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}

func start(t *testing.T, path string, args ...string) {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	said, err := os.Create(path + ".log")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = said, said
	p, err := proc.Start(cmd, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Signal(syscall.SIGKILL)
		<-p.Done()
		_ = said.Close()
		if b, err := os.ReadFile(said.Name()); err == nil && t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(path), b)
		}
	})
}

// ownCertificate makes the one that the authority itself speaks TLS with, and gives the file of its key.
func ownCertificate(t *testing.T, root string) (keyFile string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	keyFile = root + ".key"
	for file, block := range map[string]*pem.Block{
		root: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return keyFile
}
