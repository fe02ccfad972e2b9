package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/taskhouse/taskhouse/internal/config"
)

// secured holds the TLS configuration, and the handler that redirects from http.
type secured struct {
	config   *tls.Config
	redirect http.Handler
	fetch    func(ctx context.Context) // fetches certificates before clients need them; nil without ACME
}

// secure returns the configured TLS, or nil if this process speaks none.
func secure(cfg config.Config, log *slog.Logger) (*secured, error) {
	redirect := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { toHTTPS(w, r, cfg.PublicURL) })
	switch {
	case cfg.TLSCert != "":
		files := &certificate{cert: cfg.TLSCert, key: cfg.TLSKey, log: log, now: time.Now}
		if _, err := files.get(nil); err != nil {
			return nil, err
		}
		return &secured{modern(files.get), redirect, nil}, nil
	case len(cfg.ACMEHosts) > 0:
		folder := filepath.Join(cfg.Data, "acme")
		if err := os.MkdirAll(folder, 0o700); err != nil { // it holds private keys
			return nil, fmt.Errorf("keep certificates: %w", err)
		}
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(folder),
			HostPolicy: autocert.HostWhitelist(cfg.ACMEHosts...), Email: cfg.ACMEEmail,
			Client: &acme.Client{
				DirectoryURL: cfg.ACMEDirectory, HTTPClient: &http.Client{Timeout: acmeTimeout}, UserAgent: "taskhouse",
			},
		}
		c := modern(m.GetCertificate)
		c.NextProtos = append(c.NextProtos, acme.ALPNProto)
		fetch := func(ctx context.Context) { fetchAll(ctx, cfg.ACMEHosts, m.GetCertificate, log) }
		return &secured{c, m.HTTPHandler(redirect), fetch}, nil
	}
	return nil, nil //nolint:nilnil // nil is no TLS
}

// acmeTimeout bounds each request to the certificate authority. The server's own timeouts bound a handshake that waits.
const acmeTimeout = 30 * time.Second

// fetchAll fetches the certificates of all names before the first client connects: its handshake would time out before
// the authority has checked the name. It logs a name without a certificate at once.
func fetchAll(
	ctx context.Context, names []string, get func(*tls.ClientHelloInfo) (*tls.Certificate, error), log *slog.Logger,
) {
	for _, name := range names {
		if ctx.Err() != nil {
			return
		}
		c, err := get(&tls.ClientHelloInfo{ // a modern client, which gets an ECDSA certificate
			ServerName: name, SupportedCurves: []tls.CurveID{tls.CurveP256},
			SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
			CipherSuites:     []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		})
		if err != nil {
			log.Error("no certificate yet; will retry at the next connection: port 443 of the name must lead here, "+
				"or port 80 to TASKHOUSE_REDIRECT_ADDR", "name", name, "error", err)
			continue
		}
		log.Info("the certificate is ready", "name", name, "until", c.Leaf.NotAfter)
	}
}

// modern returns a configuration for TLS 1.3, and TLS 1.2 with forward secrecy and authenticated ciphers: Go's own
// choice, which Go keeps up to date.
func modern(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: []string{"h2", "http/1.1"}}
}

// certificate is read from files, which may be replaced at any time to renew it.
type certificate struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex
	loaded  *tls.Certificate
	stamps  [2]stamp // of the files that loaded came from
	checked time.Time
}

// stamp identifies a version of a file.
type stamp struct {
	at   time.Time
	size int64
}

// certificateCheckInterval is the least time between two checks of the files.
const certificateCheckInterval = 10 * time.Second

// get returns the certificate in the files. If they are unreadable, for instance in the middle of a renewal, it returns
// the previous one.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if since := now.Sub(c.checked); c.loaded != nil && since >= 0 && since < certificateCheckInterval {
		return c.loaded, nil
	}
	c.checked = now
	var stamps [2]stamp
	for i, name := range []string{c.cert, c.key} {
		if info, err := os.Stat(name); err == nil {
			stamps[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	if c.loaded != nil && stamps == c.stamps {
		return c.loaded, nil
	}
	loaded, err := tls.LoadX509KeyPair(c.cert, c.key)
	switch {
	case err != nil && c.loaded == nil:
		return nil, fmt.Errorf("read the certificate: %w: check TASKHOUSE_TLS_CERT and TASKHOUSE_TLS_KEY", err)
	case err != nil:
		c.log.Warn("cannot reload the certificate; the previous one stays in use", "error", err)
		return c.loaded, nil
	case c.loaded != nil:
		c.log.Info("reloaded the certificate", "until", loaded.Leaf.NotAfter)
	}
	c.loaded, c.stamps = &loaded, stamps
	return c.loaded, nil
}

// toHTTPS redirects to the same path of the public URL, whatever Host the client sent. It rejects requests other than
// GET and HEAD: their content was sent in the clear, and would be again.
func toHTTPS(w http.ResponseWriter, r *http.Request, public string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Use HTTPS.", http.StatusBadRequest)
		return
	}
	to := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	w.Header().Set("Connection", "close")
	http.Redirect(w, r, public+"/"+trimSlashes(to.RequestURI()), http.StatusPermanentRedirect)
}

// trimSlashes removes leading slashes: two of them would name another host.
func trimSlashes(path string) string {
	for len(path) > 0 && (path[0] == '/' || path[0] == '\\') {
		path = path[1:]
	}
	return path
}

// serveRedirect redirects clients without TLS until stop is called. Without an address for it, it does nothing.
func serveRedirect(cfg config.Config, s *secured, log *slog.Logger) (stop func(), err error) {
	if s == nil || cfg.RedirectAddr == "" {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", cfg.RedirectAddr)
	if err != nil {
		return nil, fmt.Errorf("listen for the redirect to https: %w: choose another address with --redirect-addr", err)
	}
	srv := &http.Server{
		Handler: s.redirect, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := srv.Serve(limitConnections(cfg, ln)); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the listener that redirects to https failed", "error", err)
		}
	}()
	log.Info("redirecting http to https", "addr", ln.Addr().String())
	return func() { _ = srv.Close(); <-ended }, nil
}
