// Package config holds the options of Taskhouse: their names, defaults and rules, and how they are read from flags, the
// environment and a file.
//
// It opens nothing and starts nothing: packages app and cli act on a Config.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/notify"
)

// Config holds the value of every option. The env tag is the option's name in the environment and in a configuration
// file, and finds its row in table, which has the default, rules and help.
//
// A Config comes from Load and holds only checked values. Fields of type SecretURL, Key and []Key are secret: fmt, JSON
// and logs print them hidden.
type Config struct {
	Addr            string         `env:"TASKHOUSE_ADDR"`
	PublicURL       string         `env:"TASKHOUSE_PUBLIC_URL"`
	TrustedProxies  []netip.Prefix `env:"TASKHOUSE_TRUSTED_PROXIES"`
	AllowedOrigins  []string       `env:"TASKHOUSE_ALLOWED_ORIGINS"`
	CORSOrigins     []string       `env:"TASKHOUSE_CORS_ORIGINS"`
	SecurityContact string         `env:"TASKHOUSE_SECURITY_CONTACT"`
	MaxBody         int64          `env:"TASKHOUSE_MAX_BODY"`
	ShutdownGrace   time.Duration  `env:"TASKHOUSE_SHUTDOWN_GRACE"`

	TLSCert       string   `env:"TASKHOUSE_TLS_CERT"`
	TLSKey        string   `env:"TASKHOUSE_TLS_KEY"`
	ACMEHosts     []string `env:"TASKHOUSE_ACME_HOSTS"`
	ACMEEmail     string   `env:"TASKHOUSE_ACME_EMAIL"`
	ACMEDirectory string   `env:"TASKHOUSE_ACME_DIRECTORY"`
	RedirectAddr  string   `env:"TASKHOUSE_REDIRECT_ADDR"`

	AddressRate     Rate `env:"TASKHOUSE_ADDRESS_RATE"`
	TokenRate       Rate `env:"TASKHOUSE_TOKEN_RATE"`
	UserRate        Rate `env:"TASKHOUSE_USER_RATE"`
	CompanyRate     Rate `env:"TASKHOUSE_COMPANY_RATE"`
	HeavyPerCompany int  `env:"TASKHOUSE_HEAVY_PER_COMPANY"`
	Shedding        bool `env:"TASKHOUSE_SHEDDING"`
	MaxConns        int  `env:"TASKHOUSE_MAX_CONNS"`
	ConnsPerAddress int  `env:"TASKHOUSE_CONNS_PER_ADDRESS"`

	BudgetTasks       int   `env:"TASKHOUSE_BUDGET_TASKS"`
	BudgetBytes       int64 `env:"TASKHOUSE_BUDGET_BYTES"`
	BudgetMembers     int   `env:"TASKHOUSE_BUDGET_MEMBERS"`
	BudgetInvitations int   `env:"TASKHOUSE_BUDGET_INVITATIONS"`
	BudgetMails       int   `env:"TASKHOUSE_BUDGET_INVITATION_MAILS"`
	BudgetMemberMails int   `env:"TASKHOUSE_BUDGET_INVITATION_MAILS_PER_MEMBER"`
	BudgetRequests    int   `env:"TASKHOUSE_BUDGET_REQUESTS"`
	MailRate          Rate  `env:"TASKHOUSE_INVITATION_MAIL_RATE"`

	OpsAddr string `env:"TASKHOUSE_OPS_ADDR"`
	Pprof   bool   `env:"TASKHOUSE_PPROF"`

	Data             string        `env:"TASKHOUSE_DATA"`
	DatabaseURL      SecretURL     `env:"DATABASE_URL"`
	MigrateURL       SecretURL     `env:"TASKHOUSE_MIGRATE_URL"`
	DatabaseConns    int           `env:"TASKHOUSE_DATABASE_CONNS"`
	StatementTimeout time.Duration `env:"TASKHOUSE_STATEMENT_TIMEOUT"`
	DatabaseWait     time.Duration `env:"TASKHOUSE_DATABASE_WAIT"`

	SecretKey        Key           `env:"TASKHOUSE_SECRET_KEY"`
	OldSecretKeys    []Key         `env:"TASKHOUSE_OLD_SECRET_KEYS"`
	AccessTTL        time.Duration `env:"TASKHOUSE_ACCESS_TTL"`
	RefreshTTL       time.Duration `env:"TASKHOUSE_REFRESH_TTL"`
	SessionAge       time.Duration `env:"TASKHOUSE_SESSION_AGE"`
	LoginRate        Rate          `env:"TASKHOUSE_LOGIN_RATE"`
	LoginAddressRate Rate          `env:"TASKHOUSE_LOGIN_ADDRESS_RATE"`
	RegisterRate     Rate          `env:"TASKHOUSE_REGISTER_RATE"`
	RefreshRate      Rate          `env:"TASKHOUSE_REFRESH_RATE"`
	ConfirmAddresses bool          `env:"TASKHOUSE_CONFIRM_ADDRESSES"`

	FeedPerMember  int `env:"TASKHOUSE_FEED_PER_MEMBER"`
	FeedPerCompany int `env:"TASKHOUSE_FEED_PER_COMPANY"`
	FeedPerAddress int `env:"TASKHOUSE_FEED_PER_ADDRESS"`

	LogLevel  slog.Level `env:"TASKHOUSE_LOG_LEVEL"`
	LogFormat string     `env:"TASKHOUSE_LOG_FORMAT"`

	RedisURL         SecretURL     `env:"REDIS_URL"`
	ExternalTasksURL SecretURL     `env:"EXTERNAL_TASKS_URL"`
	ExternalPrivate  bool          `env:"EXTERNAL_TASKS_ALLOW_PRIVATE"`
	ExternalCompany  bool          `env:"EXTERNAL_TASKS_COMPANIES_ALLOW_PRIVATE"`
	ExternalFields   string        `env:"EXTERNAL_TASKS_FIELDS"`
	SMTPURL          SecretURL     `env:"SMTP_URL"`
	MailFrom         string        `env:"TASKHOUSE_MAIL_FROM"`
	NotifyDelay      time.Duration `env:"TASKHOUSE_NOTIFY_DELAY"`

	// origin is the source of each option's value, by its env name.
	origin map[string]string
	// guessedURL is the PublicURL that derive made of the listening address.
	guessedURL string
}

// derive fills the options that depend on others or on the machine.
func (c *Config) derive() {
	if c.PublicURL == "" {
		c.PublicURL = PublicURL(c.Addr)
		switch {
		case len(c.ACMEHosts) > 0:
			c.PublicURL = "https://" + c.ACMEHosts[0]
		case c.TLSCert != "":
			c.PublicURL = SecureURL(c.Addr)
		}
		if len(c.ACMEHosts) == 0 {
			c.guessedURL = c.PublicURL
		}
	}
	if c.ExternalTasksURL == "off" {
		c.ExternalTasksURL = ""
	}
	if c.MailFrom == "" {
		c.MailFrom = "taskhouse@" + c.MailDomain()
	}
	if c.SecurityContact == "" {
		c.SecurityContact = "mailto:security@" + c.MailDomain()
	}
	if c.DatabaseConns == 0 {
		c.DatabaseConns = max(8, 2*runtime.GOMAXPROCS(0))
		if c.DatabaseURL == "" { // readers of a file compute and do not wait, and each holds its own pages in memory
			c.DatabaseConns = max(4, 2*runtime.GOMAXPROCS(0))
		}
	}
}

// GuessedURL reports whether PublicURL is not configured, but derived from the address that the process listens on.
// Then it is right only for clients on this machine.
func (c *Config) GuessedURL() bool {
	return c.guessedURL != "" && c.PublicURL == c.guessedURL
}

// MailDomain returns the host part of the sender address and of message ids.
func (c *Config) MailDomain() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return "localhost"
	}
	return u.Hostname()
}

// PublicURL returns the URL at which this machine reaches addr. An address that listens everywhere is reached as
// localhost.
func PublicURL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + strings.TrimSuffix(net.JoinHostPort(host, port), ":80")
}

// SecureURL returns the https form of PublicURL.
func SecureURL(addr string) string {
	host := strings.TrimPrefix(PublicURL(addr), "http://")
	return "https://" + strings.TrimSuffix(host, ":443")
}

// SpeaksTLS reports whether this process itself serves clients over TLS.
func (c *Config) SpeaksTLS() bool { return c.TLSCert != "" || len(c.ACMEHosts) > 0 }

// conflicts checks the rules between options. It returns each problem under the name of the option to change.
func (c *Config) conflicts() map[string]error {
	out := map[string]error{}
	if c.RefreshTTL < c.AccessTTL {
		out["TASKHOUSE_REFRESH_TTL"] = fmt.Errorf(
			"%s is shorter than the access token's %s (TASKHOUSE_ACCESS_TTL)", c.RefreshTTL, c.AccessTTL)
	}
	if c.OpsAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
		out["TASKHOUSE_OPS_ADDR"] = errors.New("the port is already used by TASKHOUSE_ADDR: choose another")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		out["TASKHOUSE_TLS_KEY"] = errors.New(
			"a certificate and its key need each other: set TASKHOUSE_TLS_CERT and TASKHOUSE_TLS_KEY")
	}
	if c.TLSCert != "" && len(c.ACMEHosts) > 0 {
		out["TASKHOUSE_ACME_HOSTS"] = errors.New(
			"choose one source of certificates: files (TASKHOUSE_TLS_CERT) or ACME (TASKHOUSE_ACME_HOSTS)")
	}
	if c.RedirectAddr != "" && !c.SpeaksTLS() {
		out["TASKHOUSE_REDIRECT_ADDR"] = errors.New(
			"it has no effect without TASKHOUSE_TLS_CERT or TASKHOUSE_ACME_HOSTS")
	}
	if c.RedirectAddr != "" && c.RedirectAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
		out["TASKHOUSE_REDIRECT_ADDR"] = errors.New("the port is already used by TASKHOUSE_ADDR: choose another")
	}
	if c.Pprof && c.OpsAddr == "" {
		out["TASKHOUSE_PPROF"] = errors.New("it has no effect without TASKHOUSE_OPS_ADDR")
	}
	if c.MigrateURL != "" && c.DatabaseURL == "" {
		out["TASKHOUSE_MIGRATE_URL"] = errors.New("it has no effect without DATABASE_URL")
	}
	if c.SMTPURL != "" {
		if _, err := notify.NewSMTP(string(c.SMTPURL), "taskhouse@localhost", "localhost"); err != nil {
			out["SMTP_URL"] = err
		}
	}
	return out
}
