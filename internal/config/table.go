package config

// table describes every option. The order of Config decides the order in which people see them.
var table = []Option{
	{
		Name: "TASKHOUSE_ADDR", Group: "Server", Default: "127.0.0.1:8000", check: "address",
		Example: "127.0.0.1:8000",
		Help:    "Address and port to listen on",
	},
	{
		Name: "TASKHOUSE_PUBLIC_URL", Group: "Server", check: "origin", Example: "https://tasks.example.com",
		Help: "URL at which people reach this installation, for links in mails and answers; http://ADDR if " +
			"unset",
	},
	{
		Name: "TASKHOUSE_TRUSTED_PROXIES", Group: "Server", Example: "10.0.0.0/8,127.0.0.1",
		Help: "Comma-separated networks or addresses of proxies whose X-Forwarded-For is trusted",
	},
	{
		Name: "TASKHOUSE_ALLOWED_ORIGINS", Group: "Server", check: "origin", Example: "https://app.example.com",
		Help: "Comma-separated origins of other sites whose pages may open the live feed",
	},
	{
		Name: "TASKHOUSE_CORS_ORIGINS", Group: "Server", check: "origin", Example: "https://app.example.com",
		Help: "Comma-separated origins (CORS) of other sites whose pages may use the API and the live feed. " +
			"They need a token: the web app's cookies never work there",
	},
	{
		Name: "TASKHOUSE_SECURITY_CONTACT", Group: "Server", check: "contact", Example: "mailto:security@example.com",
		Help: "Address for reports of weaknesses, in /.well-known/security.txt: mailto: or https. If unset, " +
			"security@ the host of TASKHOUSE_PUBLIC_URL (RFC 2142)",
	},
	{
		Name: "TASKHOUSE_MAX_BODY", Group: "Server", Default: "1MiB", min: "1KiB", max: "1GiB", Example: "1MiB",
		Help: "Largest request body",
	},
	{
		Name: "TASKHOUSE_SHUTDOWN_GRACE", Group: "Server", Default: "8s", min: "0s", max: "10m", Example: "8s",
		Help: "How long requests may take to finish after SIGTERM",
	},
	{
		Name: "TASKHOUSE_TLS_CERT", Group: "HTTPS", check: "file", Example: "/etc/taskhouse/fullchain.pem",
		Help: "File with the certificate and its chain (PEM). If set, the server speaks HTTPS. It reloads the " +
			"file when it changes",
	},
	{
		Name: "TASKHOUSE_TLS_KEY", Group: "HTTPS", check: "file", Example: "/etc/taskhouse/privkey.pem",
		Help: "File with the certificate's private key (PEM)",
	},
	{
		Name: "TASKHOUSE_ACME_HOSTS", Group: "HTTPS", check: "host", Example: "tasks.example.com",
		Help: "Comma-separated host names for which to fetch certificates automatically (ACME), instead of " +
			"reading files. They are kept in the data folder. Port 443 of each host must lead here, or port " +
			"80 to TASKHOUSE_REDIRECT_ADDR",
	},
	{
		Name: "TASKHOUSE_ACME_EMAIL", Group: "HTTPS", check: "mailbox", Example: "admin@example.com",
		Help: "E-mail address at which the certificate authority can reach you",
	},
	{
		Name: "TASKHOUSE_ACME_DIRECTORY", Group: "HTTPS",
		Default: "https://acme-v02.api.letsencrypt.org/directory", check: "url",
		Example: "https://acme-staging-v02.api.letsencrypt.org/directory",
		Help:    "ACME directory of the certificate authority. By using it you agree to its terms",
	},
	{
		Name: "TASKHOUSE_REDIRECT_ADDR", Group: "HTTPS", check: "address", Example: "0.0.0.0:80",
		Help: "Address and port of a listener that redirects http to https; no redirect if unset",
	},
	{
		Name: "TASKHOUSE_ADDRESS_RATE", Group: "Limits", Default: "12000/1m", Example: "12000/1m",
		Help: "Rate limit for requests from one address, or from one IPv6 /64 network; off for no limit",
	},
	{
		Name: "TASKHOUSE_TOKEN_RATE", Group: "Limits", Default: "1800/1m", Example: "1800/1m",
		Help: "Rate limit for requests of one session; off for no limit",
	},
	{
		Name: "TASKHOUSE_USER_RATE", Group: "Limits", Default: "3000/1m", Example: "3000/1m",
		Help: "Rate limit for requests of one user in all sessions; off for no limit",
	},
	{
		Name: "TASKHOUSE_COMPANY_RATE", Group: "Limits", Default: "30000/1m", Example: "30000/1m",
		Help: "Rate limit for requests of all members of a company; off for no limit",
	},
	{
		Name: "TASKHOUSE_HEAVY_PER_COMPANY", Group: "Limits", Default: "2", min: "0", max: "1000", Example: "2",
		Help: "Most searches and reports of one company that run at the same time on one node; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_SHEDDING", Group: "Limits", Default: "true", Example: "true",
		Help: "Reject requests with 503 at once when the machine is overloaded (load shedding)",
	},
	{
		Name: "TASKHOUSE_MAX_CONNS", Group: "Limits", Default: "50000", min: "0", max: "10000000",
		Example: "50000",
		Help:    "Most open client connections, live feed included; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_CONNS_PER_ADDRESS", Group: "Limits", Default: "2000", min: "0", max: "10000000",
		Example: "2000",
		Help:    "Most open client connections from one address, except trusted proxies; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_BUDGET_TASKS", Group: "Budgets of a company", Default: "1000000", min: "0", max: "1000000000",
		Example: "1000000",
		Help: "Most tasks of a company; 0 for no limit. An operator can give a company a limit of its own, " +
			"here and below",
	},
	{
		Name: "TASKHOUSE_BUDGET_BYTES", Group: "Budgets of a company", Default: "4GiB", min: "0B", max: "1024GiB",
		Example: "4GiB",
		Help:    "Most bytes of a company's texts and log; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_BUDGET_MEMBERS", Group: "Budgets of a company", Default: "5000", min: "0", max: "10000000",
		Example: "5000",
		Help:    "Most members of a company, deactivated ones included; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_BUDGET_INVITATIONS", Group: "Budgets of a company", Default: "500", min: "0", max: "1000000",
		Example: "500",
		Help:    "Most open invitations of a company; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_BUDGET_INVITATION_MAILS", Group: "Budgets of a company", Default: "200", min: "0",
		max: "1000000", Example: "200",
		Help: "Most invitations that a company mails in 24 hours; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_BUDGET_INVITATION_MAILS_PER_MEMBER", Group: "Budgets of a company", Default: "100",
		min: "0", max: "1000000", Example: "100",
		Help: "Most invitations that one member mails in 24 hours; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_BUDGET_REQUESTS", Group: "Budgets of a company", Default: "1000", min: "0", max: "1000000",
		Example: "1000",
		Help:    "Most requests of a company at the same time on one node; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_INVITATION_MAIL_RATE", Group: "Budgets of a company", Default: "5/24h", Example: "5/24h",
		Help: "Rate limit for invitations that all companies together mail to one address; off for no limit",
	},
	{
		Name: "TASKHOUSE_OPS_ADDR", Group: "Operation", check: "address", Example: "127.0.0.1:9090",
		Help: "Address and port of a separate listener for /metrics and health checks; no listener if unset. " +
			"Keep it private",
	},
	{
		Name: "TASKHOUSE_PPROF", Group: "Operation", Default: "false", Example: "true",
		Help: "Serve profiles of the process at /debug/pprof/ on TASKHOUSE_OPS_ADDR",
	},
	{
		Name: "TASKHOUSE_DATA", Group: "Database", Default: "./taskhouse-data", check: "path",
		Example: "./taskhouse-data",
		Help:    "Folder of the embedded database and the generated signing key",
	},
	{ //nolint:gosec // G101: an example, not a credential
		Name: "DATABASE_URL", Group: "Database", check: "postgres,postgresql",
		Example: "postgres://taskhouse:password@localhost:5432/taskhouse",
		Help:    "PostgreSQL to use instead of the embedded database",
	},
	{ //nolint:gosec // G101: an example, not a credential
		Name: "TASKHOUSE_MIGRATE_URL", Group: "Database", check: "postgres,postgresql",
		Example: "postgres://owner:password@localhost:5432/taskhouse",
		Help:    "PostgreSQL as the owner of the tables, used for migrations only; DATABASE_URL if unset",
	},
	{
		Name: "TASKHOUSE_DATABASE_CONNS", Group: "Database", Default: "auto", min: "2", max: "1000",
		Example: "16",
		Help: "Most open database connections. auto means two per CPU core, but at least 8 (for SQLite: " +
			"readers, at least 4)",
	},
	{
		Name: "TASKHOUSE_STATEMENT_TIMEOUT", Group: "Database", Default: "5s", min: "10ms", max: "1h",
		Example: "5s",
		Help:    "Timeout of one SQL statement",
	},
	{
		Name: "TASKHOUSE_DATABASE_WAIT", Group: "Database", Default: "1m", min: "0s", max: "1h", Example: "1m",
		Help: "How long a starting server waits for a database that does not answer yet; 0s to give up at once",
	},
	{
		Name: "TASKHOUSE_SECRET_KEY", Group: "Sign-in", Example: "$(openssl rand -hex 32)",
		Help: "Key that signs tokens: at least 32 bytes as hex or base64, the same on every node. If unset, a " +
			"key is generated once in the data folder",
	},
	{
		Name: "TASKHOUSE_OLD_SECRET_KEYS", Group: "Sign-in", Example: "OLDKEY1,OLDKEY2",
		Help: "Comma-separated earlier keys. Tokens signed with them are still accepted; new tokens use " +
			"TASKHOUSE_SECRET_KEY",
	},
	{
		Name: "TASKHOUSE_ACCESS_TTL", Group: "Sign-in", Default: "60m", min: "1s", max: "24h", Example: "60m",
		Help: "Lifetime of an access token",
	},
	{
		Name: "TASKHOUSE_REFRESH_TTL", Group: "Sign-in", Default: "24h", min: "1s", max: "8760h", Example: "24h",
		Help: "Lifetime of a refresh token",
	},
	{
		Name: "TASKHOUSE_SESSION_AGE", Group: "Sign-in", Default: "2160h", min: "1s", max: "87600h", Example: "2160h",
		Help: "Lifetime of a session however often it is renewed; after it people sign in again",
	},
	{
		Name: "TASKHOUSE_LOGIN_RATE", Group: "Sign-in", Default: "10/1m", Example: "10/1m",
		Help: "Rate limit for sign-in attempts on one account from one address, and from one known device or " +
			"session. Attempts from all addresses may be ten times as many; off for no limit",
	},
	{
		Name: "TASKHOUSE_LOGIN_ADDRESS_RATE", Group: "Sign-in", Default: "30/1m", Example: "30/1m",
		Help: "Rate limit for sign-in attempts from one address; off for no limit",
	},
	{
		Name: "TASKHOUSE_REGISTER_RATE", Group: "Sign-in", Default: "20/1h", Example: "20/1h",
		Help: "Rate limit for sign-ups from one address, and for requests to reset a password; off for no limit",
	},
	{
		Name: "TASKHOUSE_CONFIRM_ADDRESSES", Group: "Sign-in", Default: "true", Example: "true",
		Help: "Mail a link to each new e-mail address that confirms it. Where SMTP_URL is set, an unconfirmed new " +
			"address neither signs in nor gets mails about tasks",
	},
	{
		Name: "TASKHOUSE_REFRESH_RATE", Group: "Sign-in", Default: "60/1m", Example: "60/1m",
		Help: "Rate limit for token refreshes from one address; off for no limit",
	},
	{
		Name: "TASKHOUSE_FEED_PER_MEMBER", Group: "Live feed", Default: "50", min: "0", max: "1000000",
		Example: "50",
		Help:    "Most live feed connections of one member on one node; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_FEED_PER_COMPANY", Group: "Live feed", Default: "20000", min: "0", max: "1000000",
		Example: "20000",
		Help:    "Most live feed connections of one company on one node; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_FEED_PER_ADDRESS", Group: "Live feed", Default: "1000", min: "0", max: "1000000",
		Example: "1000",
		Help:    "Most live feed connections from one address on one node; 0 for no limit",
	},
	{
		Name: "TASKHOUSE_LOG_LEVEL", Group: "Log", Default: "info", Example: "info",
		Help: "Lowest level that is logged: debug, info, warn or error",
	},
	{
		Name: "TASKHOUSE_LOG_FORMAT", Group: "Log", Default: "auto", check: "logformat", Example: "json",
		Help: "Log format: auto (coloured on a terminal, else text), text or json",
	},
	{
		Name: "REDIS_URL", Group: "Other services", check: "redis,rediss", Example: "redis://localhost:6379/0",
		Help: "Redis for wake-ups between several nodes on PostgreSQL; if unset, PostgreSQL carries them",
	},
	{
		Name: "EXTERNAL_TASKS_URL", Group: "Other services",
		Default: "https://jsonplaceholder.typicode.com/todos", check: "http,https,off",
		Example: "https://tasks.example.com/todos",
		Help:    "Source of external tasks that are shown next to a company's own tasks; off for none",
	},
	{
		Name: "EXTERNAL_TASKS_ALLOW_PRIVATE", Group: "Other services", Default: "false", Example: "true",
		Help: "Allow EXTERNAL_TASKS_URL to be at a loopback or private address, or at a port other than 80 and " +
			"443",
	},
	{
		Name: "EXTERNAL_TASKS_COMPANIES_ALLOW_PRIVATE", Group: "Other services", Default: "false",
		Example: "true",
		Help: "Allow company-configured sources at private addresses. Warning: anyone who can sign up could " +
			"then reach services on your private network (SSRF)",
	},
	{
		Name: "EXTERNAL_TASKS_FIELDS", Group: "Other services", Default: "id=id,title=title,completed=completed",
		check: "fields", Example: "list=results,id=number,title=title,completed=state:closed",
		Help: "Maps our fields to the members of the source's objects. list names the member that holds the " +
			"objects; completed may name the text that means done",
	},
	{ //nolint:gosec // G101: an example, not a credential
		Name: "SMTP_URL", Group: "Other services", check: "smtp,smtps",
		Example: "smtps://user:password@mail.example.com:465",
		Help: "Mail server for notifications: smtps, or smtp with STARTTLS, or smtp with ?tls=off for a mail " +
			"catcher on the same machine. If unset, mails are printed on the console",
	},
	{
		Name: "TASKHOUSE_MAIL_FROM", Group: "Other services", check: "mailbox", Example: "tasks@example.com",
		Help: "Sender address of mails; taskhouse@ the host of the public URL if unset",
	},
	{
		Name: "TASKHOUSE_NOTIFY_DELAY", Group: "Other services", Default: "10s", min: "0s", max: "24h",
		Example: "10s",
		Help:    "Delay before notifying about a change. Changes undone within it are not notified",
	},
}
