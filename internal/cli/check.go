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
	Deploy bool   `help:"Hold the settings against what production needs."`
	Format string `enum:"table,json" default:"table" help:"How it is printed: table or json."`
}

// Help is the rest of the command's help.
func (checkCommand) Help() string {
	return `Looks at settings alone, and connects to nothing; taskhouse doctor looks at the rest.

Exit codes: 0 nothing failed, 1 something did, 2 the configuration cannot be read.`
}

// Run looks.
func (c checkCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	var f findings
	f.ok("configuration", "%d options can be read", len(cfg.Settings()))
	if c.Deploy {
		checkDeploy(&f, cfg)
	}
	return p.print(f, c.Format)
}

func checkDeploy(f *findings, cfg config.Config) {
	public, err := url.Parse(cfg.PublicURL)
	switch {
	case cfg.Setting("TASKHOUSE_PUBLIC_URL").Source == "default":
		f.fail("public-url", "set TASKHOUSE_PUBLIC_URL to how people reach this installation", "none is given: links in mails and answers lead to %s", cfg.PublicURL)
	case err != nil || public.Scheme != "https":
		f.fail("public-url", "put a proxy with TLS in front, or set TASKHOUSE_TLS_CERT or TASKHOUSE_ACME_HOSTS, and set TASKHOUSE_PUBLIC_URL to the https URL", "%s is not https: passwords and tokens go over the wire in the clear", cfg.PublicURL)
	default:
		f.ok("public-url", "%s", cfg.PublicURL)
	}
	several := cfg.DatabaseURL != ""
	switch {
	case len(cfg.SecretKey) > 0:
		f.ok("secret-key", "it is given")
	case several:
		f.fail("secret-key", "set TASKHOUSE_SECRET_KEY to the same on every node: openssl rand -hex 32", "none is given: each node makes one of its own, and takes no other's tokens")
	default:
		f.warn("secret-key", "set TASKHOUSE_SECRET_KEY, or keep the file in your backups", "it is in %s: who loses it signs everybody out", app.KeyFile(cfg.Data))
	}
	checkListening(f, cfg)
	switch {
	case cfg.SMTPURL == "":
		f.fail("smtp", "set SMTP_URL", "no mail server: mails are shown on the console")
	case strings.Contains(string(cfg.SMTPURL), "tls=off"):
		f.fail("smtp", "leave tls=off out of SMTP_URL", "mails are sent in the clear")
	default:
		f.ok("smtp", "a mail server is set")
	}
	checkDeployDatabase(f, cfg)
	checkLimits(f, cfg)
	if cfg.LoginRate.Count == 0 || cfg.LoginAddressRate.Count == 0 || cfg.RegisterRate.Count == 0 || cfg.RefreshRate.Count == 0 {
		f.fail("rates", "leave TASKHOUSE_LOGIN_RATE, _LOGIN_ADDRESS_RATE, _REGISTER_RATE and _REFRESH_RATE at their defaults", "a limit of attempts is off: passwords can be guessed without end")
	} else {
		f.ok("rates", "attempts are limited")
	}
	if cfg.LogLevel < slog.LevelInfo {
		f.warn("log", "set TASKHOUSE_LOG_LEVEL to info", "debug lines are many")
	} else {
		f.ok("log", "level %s", strings.ToLower(cfg.LogLevel.String()))
	}
	if cfg.ExternalPrivate {
		f.warn("external", "leave EXTERNAL_TASKS_ALLOW_PRIVATE out, unless the source is your own", "the source of outside tasks may be at a private address")
	} else {
		f.ok("external", "the source of outside tasks must be a public one")
	}
	for _, o := range slices.Concat(cfg.AllowedOrigins, cfg.CORSOrigins) {
		if strings.HasPrefix(o, "http://") {
			f.warn("origins", "allow https origins only", "pages of %s may ask, and are not https", o)
		}
	}
}

// checkLimits looks at what keeps the server from being asked for more than it can do.
func checkLimits(f *findings, cfg config.Config) {
	var off []string
	for name, is := range map[string]bool{
		"TASKHOUSE_ADDRESS_RATE": cfg.AddressRate.Count == 0, "TASKHOUSE_TOKEN_RATE": cfg.TokenRate.Count == 0, "TASKHOUSE_USER_RATE": cfg.UserRate.Count == 0,
		"TASKHOUSE_COMPANY_RATE": cfg.CompanyRate.Count == 0, "TASKHOUSE_HEAVY_PER_COMPANY": cfg.HeavyPerCompany == 0, "TASKHOUSE_SHEDDING": !cfg.Shedding,
		"TASKHOUSE_MAX_CONNS": cfg.MaxConns == 0, "TASKHOUSE_CONNS_PER_ADDRESS": cfg.ConnsPerAddress == 0,
	} {
		if is {
			off = append(off, name)
		}
	}
	slices.Sort(off)
	switch {
	case len(off) > 0:
		f.warn("limits", "leave them at their defaults, unless something in front limits as well", "off: %s; one client can take the machine from all others", strings.Join(off, ", "))
	case cfg.DatabaseURL != "" && cfg.RedisURL == "":
		f.ok("limits", "each node limits for itself; with REDIS_URL nodes count together")
	default:
		f.ok("limits", "requests, work at the same time and connections are limited")
	}
}

// checkListening looks at who could reach the server past TLS.
func checkListening(f *findings, cfg config.Config) {
	host, _, err := net.SplitHostPort(cfg.Addr)
	ip, ipErr := netip.ParseAddr(host)
	local := host == "localhost" || ipErr == nil && ip.IsLoopback()
	switch {
	case err != nil:
		f.fail("listening", "set TASKHOUSE_ADDR", "%v", err)
	case cfg.SpeaksTLS() && cfg.RedirectAddr == "":
		f.warn("listening", "set TASKHOUSE_REDIRECT_ADDR=0.0.0.0:80", "%s speaks TLS, and nothing leads there from http", cfg.Addr)
	case cfg.SpeaksTLS():
		f.ok("listening", "%s speaks TLS, and %s leads there from http", cfg.Addr, cfg.RedirectAddr)
	case !local && len(cfg.TrustedProxies) == 0:
		f.fail("listening", "listen on 127.0.0.1 behind a proxy with TLS, or name the proxies in TASKHOUSE_TRUSTED_PROXIES and let nobody else reach the port", "%s can be reached from outside without TLS", cfg.Addr)
	case len(cfg.TrustedProxies) == 0:
		f.warn("listening", "set TASKHOUSE_TRUSTED_PROXIES=127.0.0.1 for a proxy on this machine", "behind a proxy all clients share the limits of one address")
	default:
		f.ok("listening", "%s, behind %s", cfg.Addr, cfg.Setting("TASKHOUSE_TRUSTED_PROXIES").Value)
	}
}

func checkDeployDatabase(f *findings, cfg config.Config) {
	if cfg.DatabaseURL == "" {
		f.ok("database", "SQLite in %s: one node, and backups are yours to make", cfg.Data)
		return
	}
	u, err := url.Parse(string(cfg.DatabaseURL))
	remote := err == nil && u.Hostname() != "" && u.Hostname() != "localhost" && !strings.HasPrefix(u.Hostname(), "127.")
	switch mode := queryOf(u, err, "sslmode"); {
	case remote && (mode == "" || mode == "disable" || mode == "allow" || mode == "prefer"):
		f.warn("database", "add sslmode=verify-full to DATABASE_URL", "the way to the database may be in the clear")
	default:
		f.ok("database", "PostgreSQL")
	}
	if cfg.MigrateURL == "" {
		f.warn("migrations", "set TASKHOUSE_MIGRATE_URL to the owner of the tables, and let DATABASE_URL be an ordinary role", "the role that serves requests owns the tables")
	} else {
		f.ok("migrations", "the owner of the tables has a connection of its own")
	}
	if cfg.RedisURL == "" {
		f.ok("redis", "none: several nodes wake each other through PostgreSQL, which is enough for a few; set REDIS_URL for many")
	} else {
		f.ok("redis", "several nodes wake each other through it")
	}
}

func queryOf(u *url.URL, err error, name string) string {
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}
