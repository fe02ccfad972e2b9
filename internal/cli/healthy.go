package cli

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/config"
)

type healthyCommand struct {
	Timeout time.Duration `default:"3s" help:"How long to wait for the answer."`
}

// Help is the rest of the command's help.
func (healthyCommand) Help() string {
	return `Asks the server or worker that runs on this machine with the same settings, at TASKHOUSE_OPS_ADDR or else TASKHOUSE_ADDR: for containers, which have no curl. A worker needs TASKHOUSE_OPS_ADDR.

Exit codes: 0 it is ready, 1 it is not or does not answer, 2 the configuration cannot be read.`
}

// Run asks.
func (c healthyCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	addr := cfg.Addr
	if cfg.OpsAddr != "" {
		addr = cfg.OpsAddr
	}
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true}
	scheme := "http://"
	if cfg.OpsAddr == "" && cfg.SpeaksTLS() {
		// The certificate is for the name by which others come, which is not this machine's to itself. Nothing is sent that is secret.
		scheme, transport.TLSClientConfig = "https://", &tls.Config{InsecureSkipVerify: true, ServerName: serverName(cfg)} //nolint:gosec // G402: above
	}
	client := http.Client{Timeout: c.Timeout, Transport: transport}
	r, err := http.NewRequestWithContext(p.ctx, http.MethodGet, scheme+here(addr)+"/readyz/", nil)
	if err != nil {
		return err
	}
	a, err := client.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(io.LimitReader(a.Body, 4<<10))
	if err != nil {
		return err
	}
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready (%s): %s", a.Status, strings.ReplaceAll(strings.TrimSpace(string(body)), "\n", "; "))
	}
	return nil
}

// serverName is a name for which the process has a certificate: by ACME it has none without.
func serverName(cfg config.Config) string {
	if len(cfg.ACMEHosts) > 0 {
		return cfg.ACMEHosts[0]
	}
	return ""
}

// here is how this machine reaches what listens at addr.
func here(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	switch ip, err := netip.ParseAddr(host); {
	case host == "", err == nil && ip.IsUnspecified() && ip.Is4():
		host = "127.0.0.1"
	case err == nil && ip.IsUnspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, port)
}
