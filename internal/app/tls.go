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

// secured is how the process speaks TLS, and what it answers to those who do not.
type secured struct {
	config   *tls.Config
	redirect http.Handler
	fetch    func(ctx context.Context) // fetches certificates before somebody needs them; nil where there is nothing to fetch
}

// secure makes it of the configuration; nil where a proxy speaks TLS, or nobody.
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
		if err := os.MkdirAll(folder, 0o700); err != nil { // whose keys these are
			return nil, fmt.Errorf("keep certificates: %w", err)
		}
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(folder), HostPolicy: autocert.HostWhitelist(cfg.ACMEHosts...), Email: cfg.ACMEEmail,
			Client: &acme.Client{DirectoryURL: cfg.ACMEDirectory, HTTPClient: &http.Client{Timeout: acmeTimeout}, UserAgent: "taskhouse"},
		}
		c := modern(m.GetCertificate)
		c.NextProtos = append(c.NextProtos, acme.ALPNProto)
		fetch := func(ctx context.Context) { fetchAll(ctx, cfg.ACMEHosts, m.GetCertificate, log) }
		return &secured{c, m.HTTPHandler(redirect), fetch}, nil
	}
	return nil, nil //nolint:nilnil // no TLS is one of the answers
}

// acmeTimeout bounds each question to the certificate authority. A handshake that waits for a certificate is bounded by the server's own.
const acmeTimeout = 30 * time.Second

// fetchAll has the certificates of all names there before the first client comes, whose handshake would be over before the authority has
// looked; and it tells at once of a name for which there is none.
func fetchAll(ctx context.Context, names []string, get func(*tls.ClientHelloInfo) (*tls.Certificate, error), log *slog.Logger) {
	for _, name := range names {
		if ctx.Err() != nil {
			return
		}
		c, err := get(&tls.ClientHelloInfo{ // as a client of today asks, who takes the smaller kind
			ServerName: name, SupportedCurves: []tls.CurveID{tls.CurveP256}, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
			CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		})
		if err != nil {
			log.Error("there is no certificate yet; it is tried again when somebody comes: port 443 of the name must lead here, or port 80 to TASKHOUSE_REDIRECT_ADDR",
				"name", name, "error", err)
			continue
		}
		log.Info("there is a certificate", "name", name, "until", c.Leaf.NotAfter)
	}
}

// modern is TLS 1.2 with forward secrecy and authenticated ciphers, or 1.3: Go's own choice of them, which is kept up to date.
func modern(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: []string{"h2", "http/1.1"}}
}

// certificate is one in files, which whoever renews it may replace at any time.
type certificate struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu     sync.Mutex
	loaded *tls.Certificate
	of     [2]stamp // the files that it was read from
	looked time.Time
}

// stamp tells whether a file is still the same.
type stamp struct {
	at   time.Time
	size int64
}

// lookAgain is how often the files are looked at.
const lookAgain = 10 * time.Second

// get is the certificate of the files. Where they have become unreadable, the one before goes on: half of a renewal is none.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if since := now.Sub(c.looked); c.loaded != nil && since >= 0 && since < lookAgain {
		return c.loaded, nil
	}
	c.looked = now
	var of [2]stamp
	for i, name := range []string{c.cert, c.key} {
		if info, err := os.Stat(name); err == nil {
			of[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	if c.loaded != nil && of == c.of {
		return c.loaded, nil
	}
	loaded, err := tls.LoadX509KeyPair(c.cert, c.key)
	switch {
	case err != nil && c.loaded == nil:
		return nil, fmt.Errorf("read the certificate: %w: TASKHOUSE_TLS_CERT and TASKHOUSE_TLS_KEY name it", err)
	case err != nil:
		c.log.Warn("the certificate cannot be read again; the one before goes on", "error", err)
		return c.loaded, nil
	case c.loaded != nil:
		c.log.Info("the certificate was read again", "until", loaded.Leaf.NotAfter)
	}
	c.loaded, c.of = &loaded, of
	return c.loaded, nil
}

// toHTTPS leads to the same path of the installation's own URL, whatever Host the client sent. What changes something is refused: its
// content has been sent in the clear, and would be again.
func toHTTPS(w http.ResponseWriter, r *http.Request, public string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Use HTTPS.", http.StatusBadRequest)
		return
	}
	to := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	w.Header().Set("Connection", "close")
	http.Redirect(w, r, public+"/"+trimSlashes(to.RequestURI()), http.StatusPermanentRedirect)
}

// trimSlashes leaves no slash at the beginning: two of them would be another host.
func trimSlashes(path string) string {
	for len(path) > 0 && (path[0] == '/' || path[0] == '\\') {
		path = path[1:]
	}
	return path
}

// redirect serves those who come without TLS, until stop is called; nobody without an address for it.
func redirect(cfg config.Config, s *secured, log *slog.Logger) (stop func(), err error) {
	if s == nil || cfg.RedirectAddr == "" {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", cfg.RedirectAddr)
	if err != nil {
		return nil, fmt.Errorf("listen for those who come without TLS: %w: choose another address with --redirect-addr", err)
	}
	srv := &http.Server{
		Handler: s.redirect, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := srv.Serve(bounded(cfg, ln)); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the listener that leads to https ended", "error", err)
		}
	}()
	log.Info("http leads to https", "addr", ln.Addr().String())
	return func() { _ = srv.Close(); <-ended }, nil
}
