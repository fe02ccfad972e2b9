package cli

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/live"
	"github.com/taskhouse/taskhouse/internal/notify"
	"github.com/taskhouse/taskhouse/internal/page"
	"github.com/taskhouse/taskhouse/internal/task"
)

type doctorCommand struct {
	Deep    bool   `help:"Compare all tasks with the log, not the last 1000 only, and read the whole SQLite file."`
	Recount bool   `help:"Repair wrong counters of tasks by a recount."`
	Format  string `enum:"table,json" default:"table" help:"Output format: table or json."`
}

// Help returns the long help of the command.
func (doctorCommand) Help() string {
	return `Checks everything that an installation needs. Each line is ok, warn or fail, and suggests a fix. It
changes nothing, except with --recount. The server may run.

Exit codes: 0 no check failed, 1 a check failed, 2 the configuration is invalid.`
}

// Run checks the installation.
func (c doctorCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.StatementTimeout = time.Hour // the checks read a lot
	cfg.LogLevel = slog.LevelError
	var f findings
	f.ok("configuration", "%d options are valid", len(cfg.Settings()))
	checkDisk(&f, cfg)
	bar := p.newProgress("checking", "companies")
	p.checkDatabase(&f, cfg, c, bar)
	checkCertificate(&f, cfg)
	checkRedis(p.ctx, &f, cfg)
	checkSMTP(p.ctx, &f, cfg)
	bar.end()
	return p.print(f, c.Format)
}

// The free space of a disk, in bytes, below which doctor warns and fails.
const (
	warnFreeBytes = 1 << 30
	failFreeBytes = 100 << 20
)

func checkDisk(f *findings, cfg config.Config) {
	if cfg.DatabaseURL != "" && len(cfg.SecretKey) > 0 && len(cfg.ACMEHosts) == 0 {
		f.ok("disk", "this machine stores no data")
		return
	}
	if err := app.MakeDataFolder(cfg.Data); err != nil {
		f.fail("disk", "make the folder, or choose another with --data", "%v", err)
		return
	}
	free, err := freeSpace(cfg.Data)
	do := "free some space, or move the data folder to a larger disk"
	switch {
	case err != nil:
		f.warn("disk", "check the disk by other means", "the free space of %s is unknown: %v", cfg.Data, err)
	case free < failFreeBytes:
		f.fail("disk", do, "%s free in %s", config.FormatBytes(free>>20<<20), cfg.Data)
	case free < warnFreeBytes:
		f.warn("disk", do, "%s free in %s", config.FormatBytes(free>>20<<20), cfg.Data)
	default:
		f.ok("disk", "%s free in %s", config.FormatBytes(free>>30<<30), cfg.Data)
	}
}

func (p *program) checkDatabase(f *findings, cfg config.Config, c doctorCommand, bar *progress) {
	d, done, err := p.openToCheck(cfg)
	if err != nil {
		f.fail("database",
			"check that it runs, that DATABASE_URL or --data is right, and that no other program has the file open",
			"%v", err)
		return
	}
	defer done()
	before := time.Now()
	i, err := d.Inspect(p.ctx, c.Deep)
	took := time.Since(before)
	if err != nil {
		f.fail("database", "check that it runs and that the roles exist: taskhouse migrate up creates them", "%v", err)
		return
	}
	f.ok("database", "%s %s answers", map[string]string{"sqlite": "SQLite", "postgres": "PostgreSQL"}[d.Engine()],
		i.Version)
	checkClock(f, i.Now, before, took)
	if !checkSchema(p.ctx, f, d) {
		return
	}
	if d.Engine() == "postgres" {
		checkRoles(f, i)
	}
	checkFile(f, d, i)
	checkObjects(p.ctx, f, d)
	p.checkRows(f, d, c, bar)
}

// openToCheck opens the configured database, unless the command runs inside the server that has it open.
func (p *program) openToCheck(cfg config.Config) (d *db.DB, done func(), err error) {
	if p.inside != nil {
		return p.inside.db, func() {}, nil
	}
	if err := exists(cfg); err != nil {
		return nil, nil, err
	}
	if d, err = app.OpenDatabase(cfg, app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat)); err != nil {
		return nil, nil, err
	}
	return d, func() { _ = d.Close() }, nil
}

// checkFile checks that a SQLite file is intact and that each reference has its target. PostgreSQL ensures that itself.
func checkFile(f *findings, d *db.DB, i db.Inspection) {
	if d.Engine() != "sqlite" {
		return
	}
	if len(i.Damage) > 0 {
		f.fail("file", "stop the server, keep a copy of the folder, and restore a backup",
			"the file is damaged: %s", strings.Join(i.Damage, "; "))
		return
	}
	f.ok("file", "the file is whole")
}

// maxClockSkew is the largest tolerated difference between the database's clock and this machine's.
const maxClockSkew = 2 * time.Second

func checkClock(f *findings, now, before time.Time, took time.Duration) {
	off := now.Sub(before.Add(took/2)).Abs() - took/2
	if off > maxClockSkew {
		f.fail("clock", "synchronize both machines by NTP: tokens and due times depend on the clock",
			"the database's clock and this machine's differ by %s", off.Round(time.Millisecond))
		return
	}
	f.ok("clock", "the database's clock and this machine's agree")
}

func checkSchema(ctx context.Context, f *findings, d *db.DB) bool {
	all, err := d.Migrations(ctx)
	if err != nil {
		f.fail("schema", "run the version that created it, or restore a backup", "%v", err)
		return false
	}
	for _, m := range all {
		if m.Applied == 0 {
			f.fail("schema", "run the command, or start a server that may do it", "%v", m.Missing(d))
			return false
		}
	}
	if m, err := d.Moved(ctx); err != nil || m.To != "" || m.From != "" {
		f.fail("place",
			"run taskhouse move again where it was started, or taskhouse move --reopen to keep using this database",
			"%s", describeMove(m, err))
	}
	last := all[len(all)-1]
	f.ok("schema", "it is this version's: %04d_%s", last.Version, last.Name)
	return true
}

func describeMove(m db.Move, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case m.To != "":
		return "everything has moved to " + m.To
	}
	return "a move from " + m.From + " to here is incomplete"
}

func checkRoles(f *findings, i db.Inspection) {
	switch {
	case i.RoleAbove:
		f.fail("role", "ALTER ROLE "+i.Role+" NOSUPERUSER NOBYPASSRLS",
			"statements run as %s, which bypasses row security", i.Role)
	case len(i.Owned) > 0:
		f.fail("role", "transfer the tables to the role that migrates: ALTER TABLE ... OWNER TO ...",
			"statements run as %s, which owns %s", i.Role, strings.Join(i.Owned, ", "))
	default:
		f.ok("role", "statements run as %s, which is subject to row security and owns no table", i.Role)
	}
	const ordinary = "use an ordinary role in DATABASE_URL, and the owner in TASKHOUSE_MIGRATE_URL of migrate up " +
		"(deploy/compose/roles.sh)"
	switch {
	case i.LoginAbove:
		f.warn("login", ordinary, "the login role %s is a superuser or bypasses row security", i.Login)
	case i.LoginOwns:
		f.warn("login", ordinary, "the login role %s owns the tables: it could turn row security off", i.Login)
	default:
		f.ok("login", "the login role %s is not a superuser, and owns no table", i.Login)
	}
	if len(i.Unprotected) > 0 {
		f.fail("policies", "run taskhouse migrate up as the owner; if it has nothing to do, "+
			"restore the policies from a backup",
			"without forced row security or its policy: %s", strings.Join(i.Unprotected, ", "))
	} else {
		f.ok("policies", "every table with company data has forced row security")
	}
}

// sampledTasks is how many of the tasks changed last doctor compares without --deep.
const sampledTasks = 1000

func (p *program) checkRows(f *findings, d *db.DB, c doctorCommand, bar *progress) {
	if c.Recount {
		bar.rename("counting")
		if err := p.recount(d, bar); err != nil {
			f.fail("counters", "try again", "recount: %v", err)
		}
		bar.rename("checking")
	}
	limit := sampledTasks
	if c.Deep {
		limit = 0
	}
	checkContent(p.ctx, f, d, limit)
	dead, err := job.Count(p.ctx, d, job.Query{State: job.DeadLetter})
	switch {
	case err != nil:
		f.fail("jobs", "see the error", "%v", err)
	case dead > 0:
		f.warn("jobs", "see taskhouse jobs list --state=dead and taskhouse jobs retry", "%d jobs failed for good", dead)
	default:
		f.ok("jobs", "no job failed for good")
	}
}

// checkContent compares the rows with the log and with each other. It compares the limit tasks that changed last, or
// all of them if limit is 0.
func checkContent(ctx context.Context, f *findings, d *db.DB, limit int) {
	wrong, err := task.Recount(ctx, d)
	f.rows("counters", "run taskhouse doctor --recount, and report the bug: they should never differ",
		wrong, err, "they match a recount")
	wrong, err = task.RecountUsage(ctx, d)
	f.rows("usage", "run taskhouse doctor --recount; an older program beside this one does not count it",
		wrong, err, "what companies use matches a recount")
	wrong, events, err := event.Gaps(ctx, d)
	f.rows("log", "keep a copy of the database, and restore a backup: another program wrote to it",
		wrong, err, "%d events, numbered without a gap", events)
	wrong, compared, err := task.CompareLog(ctx, d, limit)
	f.rows("tasks", "keep a copy of the database, and restore a backup: another program wrote to it",
		wrong, err, "%d tasks match the log", compared)
}

func (f *findings) rows(check, do string, wrong []string, err error, good string, a ...any) {
	switch {
	case err != nil:
		f.fail(check, "see the error", "%v", err)
	case len(wrong) > 0:
		f.fail(check, do, "%s", few(wrong))
	default:
		f.ok(check, good, a...)
	}
}

// recount repairs the counters of every company.
func (p *program) recount(d *db.DB, bar *progress) error {
	s, err := p.newAuth(d)
	if err != nil {
		return err
	}
	all, err := everyPage(func(r page.Request) (*page.List[account.CompanySummary], error) {
		return s.Accounts.Companies(p.ctx, account.CompanySearch{Page: r})
	})
	if err != nil {
		return err
	}
	for i, company := range all {
		bar.show(int64(i), int64(len(all)))
		if err := task.RepairCounters(p.ctx, d, company.ID); err != nil {
			return err
		}
	}
	return nil
}

// renewalNotice is how long before its expiry a certificate should be renewed.
const renewalNotice = 14 * 24 * time.Hour

// checkCertificate checks the certificate in files. Certificates by ACME renew automatically.
func checkCertificate(f *findings, cfg config.Config) {
	if cfg.TLSCert == "" {
		if len(cfg.ACMEHosts) > 0 {
			f.ok("certificate", "fetched by ACME for %s, and kept in %s", strings.Join(cfg.ACMEHosts, ", "),
				filepath.Join(cfg.Data, "acme"))
		}
		return
	}
	public, err := url.Parse(cfg.PublicURL)
	if err != nil {
		f.fail("certificate", "set TASKHOUSE_PUBLIC_URL", "%v", err)
		return
	}
	loaded, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
	left := time.Duration(0)
	if err == nil {
		left = time.Until(loaded.Leaf.NotAfter)
	}
	switch {
	case err != nil:
		f.fail("certificate",
			"check that TASKHOUSE_TLS_CERT and TASKHOUSE_TLS_KEY name the files, and that the server may read them",
			"%v", err)
	case left <= 0:
		f.fail("certificate", "renew it: the server reloads the files", "it expired on %s",
			loaded.Leaf.NotAfter.Format(time.DateOnly))
	case loaded.Leaf.VerifyHostname(public.Hostname()) != nil:
		f.fail("certificate", "get one for the host of TASKHOUSE_PUBLIC_URL", "it is not valid for %s",
			public.Hostname())
	case left < renewalNotice:
		f.warn("certificate", "renew it: the server reloads the files", "it expires on %s",
			loaded.Leaf.NotAfter.Format(time.DateOnly))
	default:
		f.ok("certificate", "valid for %s until %s", public.Hostname(), loaded.Leaf.NotAfter.Format(time.DateOnly))
	}
}

func checkRedis(ctx context.Context, f *findings, cfg config.Config) {
	if cfg.RedisURL == "" {
		f.ok("redis", "not configured, and not needed")
		return
	}
	if cfg.DatabaseURL == "" {
		f.warn("redis", "unset REDIS_URL, or set DATABASE_URL",
			"an embedded database has one node and does not need it")
	}
	r, err := live.NewRedis(string(cfg.RedisURL), "taskhouse")
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		err = r.Ping(ctx)
	}
	if err != nil {
		f.fail("redis", "check that it runs and that REDIS_URL is right; "+
			"until then live updates from other nodes arrive up to a second late",
			"%s", redacted(err, string(cfg.RedisURL)))
		return
	}
	f.ok("redis", "it answers")
}

// redacted returns the text of an error without a secret URL.
func redacted(err error, secret string) string {
	return strings.ReplaceAll(err.Error(), secret, "(hidden)")
}

func checkSMTP(ctx context.Context, f *findings, cfg config.Config) {
	if cfg.SMTPURL == "" {
		f.warn("smtp", "set SMTP_URL to send mails", "mails are printed on the console")
		return
	}
	s, err := notify.NewSMTP(string(cfg.SMTPURL), cfg.MailFrom, cfg.MailDomain())
	if err == nil {
		err = s.Check(ctx)
	}
	if err != nil {
		f.fail("smtp", "check that the server runs and that SMTP_URL is right; taskhouse mail test ADDRESS tries again",
			"%s", redacted(err, string(cfg.SMTPURL)))
		return
	}
	f.ok("smtp", "the mail server accepts the connection and the sign-in")
}
