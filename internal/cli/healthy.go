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
	Timeout time.Duration `default:"3s" help:"Timeout of the request."`
}

// Help returns the long help of the command.
func (healthyCommand) Help() string {
	return `Asks the server or worker on this machine whether it is ready, at TASKHOUSE_OPS_ADDR or else
TASKHOUSE_ADDR. It needs the same settings. Use it as the health check of containers without curl. A worker needs
TASKHOUSE_OPS_ADDR.

Exit codes: 0 ready, 1 not ready or no answer, 2 the configuration is invalid.`
}

// Run asks for /readyz/.
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
		// The certificate is for the public name, not for this address. The request contains no secret.
		scheme = "https://"
		transport.TLSClientConfig = &tls.Config{
			InsecureSkipVerify: true, //nolint:gosec // G402: see above
			ServerName:         serverName(cfg),
		}
	}
	client := http.Client{Timeout: c.Timeout, Transport: transport}
	r, err := http.NewRequestWithContext(p.ctx, http.MethodGet, scheme+localAddress(addr)+"/readyz/", nil)
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
		return fmt.Errorf("not ready (%s): %s", a.Status,
			strings.ReplaceAll(strings.TrimSpace(string(body)), "\n", "; "))
	}
	return nil
}

// serverName returns a name for which the process has a certificate. With ACME it has none for an empty name.
func serverName(cfg config.Config) string {
	if len(cfg.ACMEHosts) > 0 {
		return cfg.ACMEHosts[0]
	}
	return ""
}

// localAddress returns the address at which this machine reaches a listener at addr.
func localAddress(addr string) string {
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
