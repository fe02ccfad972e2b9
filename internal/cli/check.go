package cli

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
)

type checkCommand struct {
	Deploy bool   `help:"Check whether the settings are fit for production."`
	Format string `enum:"table,json" default:"table" help:"Output format: table or json."`
}

// Help returns the long help of the command.
func (checkCommand) Help() string {
	return `Checks the settings only and connects to nothing; taskhouse doctor checks the rest.

Exit codes: 0 no check failed, 1 a check failed, 2 the configuration is invalid.`
}

// Run checks the settings.
func (c checkCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	var f findings
	f.ok("configuration", "%d options are valid", len(cfg.Settings()))
	if c.Deploy {
		checkDeploy(&f, cfg)
	}
	return p.print(f, c.Format)
}

func checkDeploy(f *findings, cfg config.Config) {
	public, err := url.Parse(cfg.PublicURL)
	switch {
	case cfg.Setting("TASKHOUSE_PUBLIC_URL").Source == "default":
		f.fail("public-url", "set TASKHOUSE_PUBLIC_URL to the URL of this installation",
			"unset: links in mails and answers point to %s", cfg.PublicURL)
	case err != nil || public.Scheme != "https":
		f.fail("public-url", "put a proxy with TLS in front, or set TASKHOUSE_TLS_CERT or TASKHOUSE_ACME_HOSTS; "+
			"then set TASKHOUSE_PUBLIC_URL to the https URL",
			"%s is not https: passwords and tokens are sent unencrypted", cfg.PublicURL)
	default:
		f.ok("public-url", "%s", cfg.PublicURL)
	}
	several := cfg.DatabaseURL != ""
	switch {
	case len(cfg.SecretKey) > 0:
		f.ok("secret-key", "set")
	case several:
		f.fail("secret-key", "set TASKHOUSE_SECRET_KEY to the same value on every node: openssl rand -hex 32",
			"unset: each node generates its own key and rejects the tokens of other nodes")
	default:
		f.warn("secret-key", "set TASKHOUSE_SECRET_KEY, or back up the file",
			"the key is in %s: if it is lost, everyone is signed out", app.KeyFile(cfg.Data))
	}
	checkListening(f, cfg)
	switch {
	case cfg.SMTPURL == "":
		f.fail("smtp", "set SMTP_URL", "no mail server: mails are printed on the console")
	case strings.Contains(string(cfg.SMTPURL), "tls=off"):
		f.fail("smtp", "remove tls=off from SMTP_URL", "mails are sent unencrypted")
	default:
		f.ok("smtp", "a mail server is configured")
	}
	checkDeployDatabase(f, cfg)
	checkLimits(f, cfg)
	if cfg.LoginRate.Count == 0 || cfg.LoginAddressRate.Count == 0 ||
		cfg.RegisterRate.Count == 0 || cfg.RefreshRate.Count == 0 {
		f.fail("rates", "leave TASKHOUSE_LOGIN_RATE, _LOGIN_ADDRESS_RATE, _REGISTER_RATE and _REFRESH_RATE "+
			"at their defaults",
			"a rate limit of attempts is off: attackers can guess passwords without limit")
	} else {
		f.ok("rates", "sign-in attempts are limited")
	}
	if cfg.LogLevel < slog.LevelInfo {
		f.warn("log", "set TASKHOUSE_LOG_LEVEL to info", "the debug level writes many lines")
	} else {
		f.ok("log", "level %s", strings.ToLower(cfg.LogLevel.String()))
	}
	if cfg.ExternalPrivate {
		f.warn("external", "unset EXTERNAL_TASKS_ALLOW_PRIVATE, unless the source is your own",
			"the source of external tasks may be at a private address")
	} else {
		f.ok("external", "the source of external tasks must be at a public address")
	}
	for _, o := range slices.Concat(cfg.AllowedOrigins, cfg.CORSOrigins) {
		if strings.HasPrefix(o, "http://") {
			f.warn("origins", "allow https origins only", "pages of %s may use the API or the feed, and are not https",
				o)
		}
	}
}

// checkLimits checks the rate limits, load shedding and connection limits.
func checkLimits(f *findings, cfg config.Config) {
	var off []string
	for name, is := range map[string]bool{
		"TASKHOUSE_ADDRESS_RATE":      cfg.AddressRate.Count == 0,
		"TASKHOUSE_TOKEN_RATE":        cfg.TokenRate.Count == 0,
		"TASKHOUSE_USER_RATE":         cfg.UserRate.Count == 0,
		"TASKHOUSE_COMPANY_RATE":      cfg.CompanyRate.Count == 0,
		"TASKHOUSE_HEAVY_PER_COMPANY": cfg.HeavyPerCompany == 0,
		"TASKHOUSE_SHEDDING":          !cfg.Shedding,
		"TASKHOUSE_MAX_CONNS":         cfg.MaxConns == 0,
		"TASKHOUSE_CONNS_PER_ADDRESS": cfg.ConnsPerAddress == 0,
	} {
		if is {
			off = append(off, name)
		}
	}
	slices.Sort(off)
	switch {
	case len(off) > 0:
		f.warn("limits", "leave them at their defaults, unless a proxy in front has limits",
			"off: %s; one client can exhaust the machine", strings.Join(off, ", "))
	case cfg.DatabaseURL != "" && cfg.RedisURL == "":
		f.ok("limits", "each node counts on its own; with REDIS_URL the nodes share their counts")
	default:
		f.ok("limits", "requests, concurrency and connections are limited")
	}
}

// checkListening checks whether clients can reach the server without TLS.
func checkListening(f *findings, cfg config.Config) {
	host, _, err := net.SplitHostPort(cfg.Addr)
	ip, ipErr := netip.ParseAddr(host)
	local := host == "localhost" || ipErr == nil && ip.IsLoopback()
	switch {
	case err != nil:
		f.fail("listening", "set TASKHOUSE_ADDR", "%v", err)
	case cfg.SpeaksTLS() && cfg.RedirectAddr == "":
		f.warn("listening", "set TASKHOUSE_REDIRECT_ADDR=0.0.0.0:80",
			"%s speaks TLS, but http is not redirected to it", cfg.Addr)
	case cfg.SpeaksTLS():
		f.ok("listening", "%s speaks TLS, and %s redirects http to it", cfg.Addr, cfg.RedirectAddr)
	case !local && len(cfg.TrustedProxies) == 0:
		f.fail("listening", "listen on 127.0.0.1 behind a proxy with TLS, or set TASKHOUSE_TRUSTED_PROXIES "+
			"and let only the proxies reach the port",
			"%s can be reached from outside without TLS", cfg.Addr)
	case len(cfg.TrustedProxies) == 0:
		f.warn("listening", "set TASKHOUSE_TRUSTED_PROXIES=127.0.0.1 for a proxy on this machine",
			"behind a proxy, all clients share the rate limit of one address")
	default:
		f.ok("listening", "%s, behind %s", cfg.Addr, cfg.Setting("TASKHOUSE_TRUSTED_PROXIES").Value)
	}
}

func checkDeployDatabase(f *findings, cfg config.Config) {
	if cfg.DatabaseURL == "" {
		f.ok("database", "SQLite in %s: one node only; make backups yourself", cfg.Data)
		return
	}
	u, err := url.Parse(string(cfg.DatabaseURL))
	remote := false
	if err == nil {
		host := u.Hostname()
		remote = host != "" && host != "localhost" && !strings.HasPrefix(host, "127.")
	}
	switch mode := queryOf(u, err, "sslmode"); {
	case remote && (mode == "" || mode == "disable" || mode == "allow" || mode == "prefer"):
		f.warn("database", "add sslmode=verify-full to DATABASE_URL",
			"the connection to the database may be unencrypted")
	default:
		f.ok("database", "PostgreSQL")
	}
	switch {
	case cfg.MigrateURL == "":
		f.ok("migrations", "TASKHOUSE_MIGRATE_URL is unset: the role of DATABASE_URL migrates, "+
			"or taskhouse migrate up elsewhere does; taskhouse doctor says whether that role owns the tables")
	case roleOf(string(cfg.MigrateURL)) == roleOf(string(cfg.DatabaseURL)):
		f.warn("migrations", "name the owner of the tables in TASKHOUSE_MIGRATE_URL, "+
			"and an ordinary role in DATABASE_URL (deploy/compose/roles.sh)",
			"DATABASE_URL and TASKHOUSE_MIGRATE_URL name the same role, so the role that serves owns the tables")
	default:
		f.ok("migrations", "the owner of the tables has its own connection; servers do not need it, "+
			"only migrate up does")
	}
	if cfg.RedisURL == "" {
		f.ok("redis",
			"unset: nodes wake each other through PostgreSQL, which is enough for a few; set REDIS_URL for many")
	} else {
		f.ok("redis", "nodes wake each other through it")
	}
}

// roleOf returns the role in a database's URL.
func roleOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	if name := u.Query().Get("user"); name != "" {
		return name
	}
	return u.User.Username()
}

func queryOf(u *url.URL, err error, name string) string {
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}
