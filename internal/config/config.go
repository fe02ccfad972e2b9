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

// Config is every option of Taskhouse, one field each: the only place that says its name, default, rule and meaning.
//
// The tags: env is the name in the environment and in a configuration file; the flag is made from it (TASKHOUSE_MAX_BODY
// is --max-body, a secret DATABASE_URL is --database-url-file). default and example are text as a person writes it. check
// names a rule of checks, min and max bound a number or duration. option.go reads the tags, load.go finds the texts, and values.go parses them.
//
// A Config comes from Load and holds only checked values. Fields of type SecretURL, Key and []Key are secret: they print
// hidden however they are printed.
type Config struct {
	Addr           string         `env:"TASKHOUSE_ADDR" group:"Server" default:"127.0.0.1:8000" check:"address" example:"127.0.0.1:8000" help:"Address and port to listen on"`
	PublicURL      string         `env:"TASKHOUSE_PUBLIC_URL" group:"Server" check:"origin" example:"https://tasks.example.com" help:"How people reach this installation, for the links in answers; http://ADDR when not given"`
	TrustedProxies []netip.Prefix `env:"TASKHOUSE_TRUSTED_PROXIES" group:"Server" example:"10.0.0.0/8,127.0.0.1" help:"Proxies whose X-Forwarded-For is believed, as comma-separated networks or addresses"`
	AllowedOrigins []string       `env:"TASKHOUSE_ALLOWED_ORIGINS" group:"Server" check:"origin" example:"https://app.example.com" help:"Comma-separated origins of other sites whose pages may open the live feed"`
	CORSOrigins    []string       `env:"TASKHOUSE_CORS_ORIGINS" group:"Server" check:"origin" example:"https://app.example.com" help:"Comma-separated origins of other sites whose pages may use the API, with a token and never with the web app's cookies, and the live feed"`
	MaxBody        int64          `env:"TASKHOUSE_MAX_BODY" group:"Server" default:"1MiB" min:"1KiB" max:"1GiB" example:"1MiB" help:"Largest request body"`
	ShutdownGrace  time.Duration  `env:"TASKHOUSE_SHUTDOWN_GRACE" group:"Server" default:"8s" min:"0s" max:"10m" example:"8s" help:"How long requests may finish after SIGTERM"`

	TLSCert       string   `env:"TASKHOUSE_TLS_CERT" group:"HTTPS" check:"file" example:"/etc/taskhouse/fullchain.pem" help:"File with the certificate and its chain (PEM): the server then speaks HTTPS. It is read again when it changes"`
	TLSKey        string   `env:"TASKHOUSE_TLS_KEY" group:"HTTPS" check:"file" example:"/etc/taskhouse/privkey.pem" help:"File with the certificate's key (PEM)"`
	ACMEHosts     []string `env:"TASKHOUSE_ACME_HOSTS" group:"HTTPS" check:"host" example:"tasks.example.com" help:"Comma-separated names for which certificates are fetched by themselves (ACME), instead of files; kept in the data folder. Their port 443 must lead here, or port 80 to TASKHOUSE_REDIRECT_ADDR"`
	ACMEEmail     string   `env:"TASKHOUSE_ACME_EMAIL" group:"HTTPS" check:"mailbox" example:"admin@example.com" help:"Address at which the certificate authority reaches you"`
	ACMEDirectory string   `env:"TASKHOUSE_ACME_DIRECTORY" group:"HTTPS" default:"https://acme-v02.api.letsencrypt.org/directory" check:"url" example:"https://acme-staging-v02.api.letsencrypt.org/directory" help:"Directory of the certificate authority; its terms are agreed to by using it"`
	RedirectAddr  string   `env:"TASKHOUSE_REDIRECT_ADDR" group:"HTTPS" check:"address" example:"0.0.0.0:80" help:"Address and port that lead from http to https; none when not given"`

	AddressRate     Rate `env:"TASKHOUSE_ADDRESS_RATE" group:"Limits" default:"12000/1m" example:"12000/1m" help:"Requests from one address, or one IPv6 /64 network; off for no limit"`
	TokenRate       Rate `env:"TASKHOUSE_TOKEN_RATE" group:"Limits" default:"1800/1m" example:"1800/1m" help:"Requests of one session; off for no limit"`
	UserRate        Rate `env:"TASKHOUSE_USER_RATE" group:"Limits" default:"3000/1m" example:"3000/1m" help:"Requests of one user, by all sessions; off for no limit"`
	CompanyRate     Rate `env:"TASKHOUSE_COMPANY_RATE" group:"Limits" default:"30000/1m" example:"30000/1m" help:"Requests of one company, by all its members; off for no limit"`
	HeavyPerCompany int  `env:"TASKHOUSE_HEAVY_PER_COMPANY" group:"Limits" default:"2" min:"0" max:"1000" example:"2" help:"Searches and reports of one company that run at the same time on one node; 0 for no limit"`
	Shedding        bool `env:"TASKHOUSE_SHEDDING" group:"Limits" default:"true" example:"true" help:"Whether requests are refused with 503 at once when there is more to do than the machine can"`
	MaxConns        int  `env:"TASKHOUSE_MAX_CONNS" group:"Limits" default:"50000" min:"0" max:"10000000" example:"50000" help:"Most open connections of clients, live feed included; 0 for no limit"`
	ConnsPerAddress int  `env:"TASKHOUSE_CONNS_PER_ADDRESS" group:"Limits" default:"2000" min:"0" max:"10000000" example:"2000" help:"The same from one address, trusted proxies aside; 0 for no limit"`

	OpsAddr string `env:"TASKHOUSE_OPS_ADDR" group:"Operation" check:"address" example:"127.0.0.1:9090" help:"Address and port for /metrics and health, apart from what clients reach; none when not given. Keep it inside"`
	Pprof   bool   `env:"TASKHOUSE_PPROF" group:"Operation" default:"false" example:"true" help:"Whether profiles of the process can be taken there, at /debug/pprof/"`

	Data             string        `env:"TASKHOUSE_DATA" group:"Database" default:"./taskhouse-data" check:"path" example:"./taskhouse-data" help:"Folder of the embedded database and the generated signing key"`
	DatabaseURL      SecretURL     `env:"DATABASE_URL" group:"Database" check:"postgres,postgresql" example:"postgres://taskhouse:password@localhost:5432/taskhouse" help:"PostgreSQL instead of the embedded database"`
	MigrateURL       SecretURL     `env:"TASKHOUSE_MIGRATE_URL" group:"Database" check:"postgres,postgresql" example:"postgres://owner:password@localhost:5432/taskhouse" help:"PostgreSQL as the owner of the tables, for migrations only; DATABASE_URL when not given"`
	DatabaseConns    int           `env:"TASKHOUSE_DATABASE_CONNS" group:"Database" default:"auto" min:"2" max:"1000" example:"16" help:"Most open database connections; auto is two for each core, at least 8 (readers of SQLite: 4)"`
	StatementTimeout time.Duration `env:"TASKHOUSE_STATEMENT_TIMEOUT" group:"Database" default:"5s" min:"10ms" max:"1h" example:"5s" help:"Longest time for one statement"`

	SecretKey        Key           `env:"TASKHOUSE_SECRET_KEY" group:"Sign-in" example:"$(openssl rand -hex 32)" help:"Key that signs tokens, at least 32 bytes as hex or base64, the same on every node; when not given, generated once in the data folder"`
	OldSecretKeys    []Key         `env:"TASKHOUSE_OLD_SECRET_KEYS" group:"Sign-in" example:"OLDKEY1,OLDKEY2" help:"Comma-separated earlier keys: their tokens still verify, nothing new is signed with them"`
	AccessTTL        time.Duration `env:"TASKHOUSE_ACCESS_TTL" group:"Sign-in" default:"60m" min:"1s" max:"24h" example:"60m" help:"Life of an access token"`
	RefreshTTL       time.Duration `env:"TASKHOUSE_REFRESH_TTL" group:"Sign-in" default:"24h" min:"1s" max:"8760h" example:"24h" help:"Life of a refresh token"`
	LoginRate        Rate          `env:"TASKHOUSE_LOGIN_RATE" group:"Sign-in" default:"10/1m" example:"10/1m" help:"Sign-in attempts for one account from one address, ten times as many from all; off for no limit"`
	LoginAddressRate Rate          `env:"TASKHOUSE_LOGIN_ADDRESS_RATE" group:"Sign-in" default:"30/1m" example:"30/1m" help:"Sign-in attempts from one address; off for no limit"`
	RegisterRate     Rate          `env:"TASKHOUSE_REGISTER_RATE" group:"Sign-in" default:"20/1h" example:"20/1h" help:"Registrations from one address; off for no limit"`
	RefreshRate      Rate          `env:"TASKHOUSE_REFRESH_RATE" group:"Sign-in" default:"60/1m" example:"60/1m" help:"Token refreshes from one address; off for no limit"`

	FeedPerMember  int `env:"TASKHOUSE_FEED_PER_MEMBER" group:"Live feed" default:"50" min:"0" max:"1000000" example:"50" help:"Most connections to the live feed of one member on one node; 0 for no limit"`
	FeedPerCompany int `env:"TASKHOUSE_FEED_PER_COMPANY" group:"Live feed" default:"20000" min:"0" max:"1000000" example:"20000" help:"The same of one company"`
	FeedPerAddress int `env:"TASKHOUSE_FEED_PER_ADDRESS" group:"Live feed" default:"1000" min:"0" max:"1000000" example:"1000" help:"The same from one address"`

	LogLevel  slog.Level `env:"TASKHOUSE_LOG_LEVEL" group:"Log" default:"info" example:"info" help:"Least level that is logged: debug, info, warn or error"`
	LogFormat string     `env:"TASKHOUSE_LOG_FORMAT" group:"Log" default:"auto" check:"logformat" example:"json" help:"auto (coloured on a terminal, else text), text or json"`

	RedisURL         SecretURL     `env:"REDIS_URL" group:"Other services" check:"redis,rediss" example:"redis://localhost:6379/0" help:"Redis that carries wake-ups between several nodes on PostgreSQL, instead of PostgreSQL itself"`
	ExternalTasksURL SecretURL     `env:"EXTERNAL_TASKS_URL" group:"Other services" default:"https://jsonplaceholder.typicode.com/todos" check:"http,https,off" example:"https://tasks.example.com/todos" help:"Source of outside tasks that are shown beside a company's own; off for none"`
	ExternalPrivate  bool          `env:"EXTERNAL_TASKS_ALLOW_PRIVATE" group:"Other services" default:"false" example:"true" help:"Whether that source may be at a loopback or private address, or on another port than 80 and 443"`
	ExternalCompany  bool          `env:"EXTERNAL_TASKS_COMPANIES_ALLOW_PRIVATE" group:"Other services" default:"false" example:"true" help:"Whether the sources that companies set for themselves may be there too; whoever may sign up could then ask what only this machine reaches"`
	ExternalFields   string        `env:"EXTERNAL_TASKS_FIELDS" group:"Other services" default:"id=id,title=title,completed=completed" check:"fields" example:"list=results,id=number,title=title,completed=state:closed" help:"Where that source's objects have our fields; list names the member that holds them, and completed may name the text that means it"`
	SMTPURL          SecretURL     `env:"SMTP_URL" group:"Other services" check:"smtp,smtps" example:"smtps://user:password@mail.example.com:465" help:"Mail server for notifications: smtps, or smtp with STARTTLS, or smtp with ?tls=off for a catcher on the same machine; without it mails are shown on the console"`
	MailFrom         string        `env:"TASKHOUSE_MAIL_FROM" group:"Other services" check:"mailbox" example:"tasks@example.com" help:"Address that mails come from; taskhouse@ the host of the public URL when not given"`
	NotifyDelay      time.Duration `env:"TASKHOUSE_NOTIFY_DELAY" group:"Other services" default:"10s" min:"0s" max:"24h" example:"10s" help:"How long after a change people are told; what is undone by then is told to nobody"`

	// origin says where each option's value came from, by its env name.
	origin map[string]string
}

// derive fills what depends on other options or on the machine.
func (c *Config) derive() {
	if c.PublicURL == "" {
		c.PublicURL = PublicURL(c.Addr)
		switch {
		case len(c.ACMEHosts) > 0:
			c.PublicURL = "https://" + c.ACMEHosts[0]
		case c.TLSCert != "":
			c.PublicURL = SecureURL(c.Addr)
		}
	}
	if c.ExternalTasksURL == "off" {
		c.ExternalTasksURL = ""
	}
	if c.MailFrom == "" {
		c.MailFrom = "taskhouse@" + c.MailDomain()
	}
	if c.DatabaseConns == 0 {
		c.DatabaseConns = max(8, 2*runtime.GOMAXPROCS(0))
		if c.DatabaseURL == "" { // readers of a file compute, they do not wait; and each has pages of its own in memory
			c.DatabaseConns = max(4, 2*runtime.GOMAXPROCS(0))
		}
	}
}

// MailDomain is the host that mails come from, as it stands in their addresses and ids.
func (c *Config) MailDomain() string {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return "localhost"
	}
	return u.Hostname()
}

// PublicURL is the URL at which this machine reaches addr: an address that listens everywhere is reached as localhost.
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

// SecureURL is PublicURL where the server speaks TLS.
func SecureURL(addr string) string {
	host := strings.TrimPrefix(PublicURL(addr), "http://")
	return "https://" + strings.TrimSuffix(host, ":443")
}

// SpeaksTLS reports whether clients are served over TLS by this process itself.
func (c *Config) SpeaksTLS() bool { return c.TLSCert != "" || len(c.ACMEHosts) > 0 }

// conflicts are the rules between options, each told by the option to change.
func (c *Config) conflicts() map[string]error {
	out := map[string]error{}
	if c.RefreshTTL < c.AccessTTL {
		out["TASKHOUSE_REFRESH_TTL"] = fmt.Errorf("%s is shorter than the access token's %s (TASKHOUSE_ACCESS_TTL)", c.RefreshTTL, c.AccessTTL)
	}
	if c.OpsAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
		out["TASKHOUSE_OPS_ADDR"] = errors.New("this is where clients are served (TASKHOUSE_ADDR), and must be another port")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		out["TASKHOUSE_TLS_KEY"] = errors.New("a certificate and its key go together (TASKHOUSE_TLS_CERT)")
	}
	if c.TLSCert != "" && len(c.ACMEHosts) > 0 {
		out["TASKHOUSE_ACME_HOSTS"] = errors.New("certificates come from files (TASKHOUSE_TLS_CERT) or by ACME, not both")
	}
	if c.RedirectAddr != "" && !c.SpeaksTLS() {
		out["TASKHOUSE_REDIRECT_ADDR"] = errors.New("this is of no use without TASKHOUSE_TLS_CERT or TASKHOUSE_ACME_HOSTS")
	}
	if c.RedirectAddr != "" && c.RedirectAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
		out["TASKHOUSE_REDIRECT_ADDR"] = errors.New("this is where clients are served (TASKHOUSE_ADDR), and must be another port")
	}
	if c.Pprof && c.OpsAddr == "" {
		out["TASKHOUSE_PPROF"] = errors.New("this is of no use without TASKHOUSE_OPS_ADDR")
	}
	if c.MigrateURL != "" && c.DatabaseURL == "" {
		out["TASKHOUSE_MIGRATE_URL"] = errors.New("this is of no use without DATABASE_URL")
	}
	if c.SMTPURL != "" {
		if _, err := notify.NewSMTP(string(c.SMTPURL), "taskhouse@localhost", "localhost"); err != nil {
			out["SMTP_URL"] = err
		}
	}
	return out
}
