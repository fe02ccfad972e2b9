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
	Deep    bool   `help:"Compare every task with the log, and read all of a SQLite file; else the last 1000 tasks that changed."`
	Recount bool   `help:"Count the tasks of each company anew, where a counter is wrong."`
	Format  string `enum:"table,json" default:"table" help:"How it is printed: table or json."`
}

// Help is the rest of the command's help.
func (doctorCommand) Help() string {
	return `Looks at everything that an installation needs: each line is ok, warn or fail, and says what to do. It changes nothing, save with --recount. An embedded database has one owner: stop the server first.

Exit codes: 0 nothing failed, 1 something did, 2 the configuration cannot be read.`
}

// Run looks.
func (c doctorCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.StatementTimeout = time.Hour // these questions are long ones
	cfg.LogLevel = slog.LevelError
	var f findings
	f.ok("configuration", "%d options can be read", len(cfg.Settings()))
	checkDisk(&f, cfg)
	p.checkDatabase(&f, cfg, c)
	checkCertificate(&f, cfg)
	checkRedis(p.ctx, &f, cfg)
	checkSMTP(p.ctx, &f, cfg)
	return p.print(f, c.Format)
}

// The room that a disk should have, in bytes.
const (
	littleRoom = 1 << 30
	noRoom     = 100 << 20
)

func checkDisk(f *findings, cfg config.Config) {
	if cfg.DatabaseURL != "" && len(cfg.SecretKey) > 0 {
		f.ok("disk", "nothing is stored on this machine")
		return
	}
	if err := app.MakeDataFolder(cfg.Data); err != nil {
		f.fail("disk", "make the folder, or choose another with --data", "%v", err)
		return
	}
	free, err := freeSpace(cfg.Data)
	do := "make room, or move the data folder to a larger disk"
	switch {
	case err != nil:
		f.warn("disk", "look at the disk by other means", "the room in %s is not known: %v", cfg.Data, err)
	case free < noRoom:
		f.fail("disk", do, "%s are free in %s", config.FormatBytes(free>>20<<20), cfg.Data)
	case free < littleRoom:
		f.warn("disk", do, "%s are free in %s", config.FormatBytes(free>>20<<20), cfg.Data)
	default:
		f.ok("disk", "%s are free in %s", config.FormatBytes(free>>30<<30), cfg.Data)
	}
}

func (p *program) checkDatabase(f *findings, cfg config.Config, c doctorCommand) {
	d, err := app.OpenDatabase(cfg, app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat))
	if err != nil {
		f.fail("database", "see that it runs, that DATABASE_URL or --data is right, and that no server has the file open", "%v", err)
		return
	}
	defer func() { _ = d.Close() }()
	before := time.Now()
	i, err := d.Inspect(p.ctx, c.Deep)
	took := time.Since(before)
	if err != nil {
		f.fail("database", "see that it runs, and that the roles exist: taskhouse migrate up makes them", "%v", err)
		return
	}
	f.ok("database", "%s %s answers", map[string]string{"sqlite": "SQLite", "postgres": "PostgreSQL"}[d.Engine()], i.Version)
	checkClock(f, i.Now, before, took)
	if !checkSchema(p.ctx, f, d) {
		return
	}
	if d.Engine() == "postgres" {
		checkRoles(f, i)
	}
	checkFile(f, d, i)
	p.checkRows(f, d, c)
}

// checkFile tells whether a SQLite file is whole, and each reference in it leads somewhere. PostgreSQL sees to that by itself.
func checkFile(f *findings, d *db.DB, i db.Inspection) {
	if d.Engine() != "sqlite" {
		return
	}
	if len(i.Damage) > 0 {
		f.fail("file", "stop the server, keep a copy of the folder, and restore a backup", "the file is damaged: %s", strings.Join(i.Damage, "; "))
		return
	}
	f.ok("file", "the file is whole")
}

// skew is how far the two clocks may be apart.
const skew = 2 * time.Second

func checkClock(f *findings, now, before time.Time, took time.Duration) {
	off := now.Sub(before.Add(took/2)).Abs() - took/2
	if off > skew {
		f.fail("clock", "let both machines keep time by NTP: tokens and due times go by it", "the database's clock and this machine's are %s apart", off.Round(time.Millisecond))
		return
	}
	f.ok("clock", "the database's clock and this machine's agree")
}

func checkSchema(ctx context.Context, f *findings, d *db.DB) bool {
	all, err := d.Migrations(ctx)
	if err != nil {
		f.fail("schema", "run the version that made it, or restore a backup", "%v", err)
		return false
	}
	for _, m := range all {
		if m.Applied == 0 {
			f.fail("schema", "run taskhouse migrate up, or start the server, which does it", "%04d_%s is missing", m.Version, m.Name)
			return false
		}
	}
	if m, err := d.Moved(ctx); err != nil || m.To != "" || m.From != "" {
		f.fail("place", "run taskhouse move again where it was begun; or taskhouse move --reopen to take it back", "%s", movedWords(m, err))
	}
	last := all[len(all)-1]
	f.ok("schema", "it is this version's: %04d_%s", last.Version, last.Name)
	return true
}

func movedWords(m db.Move, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case m.To != "":
		return "everything has moved to " + m.To
	}
	return "it is being moved here from " + m.From + ", and is not whole"
}

func checkRoles(f *findings, i db.Inspection) {
	switch {
	case i.RoleAbove:
		f.fail("role", "ALTER ROLE "+i.Role+" NOSUPERUSER NOBYPASSRLS", "statements run as %s, which is above row security", i.Role)
	case len(i.Owned) > 0:
		f.fail("role", "give the tables to the role that migrates: ALTER TABLE ... OWNER TO ...", "statements run as %s, which owns %s", i.Role, strings.Join(i.Owned, ", "))
	default:
		f.ok("role", "statements run as %s, which is below row security and owns nothing", i.Role)
	}
	if i.LoginAbove {
		f.warn("login", "let DATABASE_URL name an ordinary role, and TASKHOUSE_MIGRATE_URL the owner", "%s connects, and is a superuser or above row security", i.Login)
	} else {
		f.ok("login", "%s connects, and is no superuser", i.Login)
	}
	if len(i.Unprotected) > 0 {
		f.fail("policies", "run taskhouse migrate up as the owner; if it says that there is nothing to do, restore the policies from a backup", "without forced row security or its policy: %s", strings.Join(i.Unprotected, ", "))
	} else {
		f.ok("policies", "every table of companies has forced row security")
	}
}

const sampled = 1000

func (p *program) checkRows(f *findings, d *db.DB, c doctorCommand) {
	if c.Recount {
		if err := p.recount(d); err != nil {
			f.fail("counters", "try again", "counting anew: %v", err)
		}
	}
	limit := sampled
	if c.Deep {
		limit = 0
	}
	checkContent(p.ctx, f, d, limit)
	dead, err := job.Count(p.ctx, d, job.Query{State: job.Failed})
	switch {
	case err != nil:
		f.fail("jobs", "see the error", "%v", err)
	case dead > 0:
		f.warn("jobs", "see taskhouse jobs list --state=dead, and taskhouse jobs retry", "%d jobs were given up", dead)
	default:
		f.ok("jobs", "none was given up")
	}
}

// checkContent holds the rows against the log and against each other; of the tasks the last limit ones that changed, or with 0 all of them.
func checkContent(ctx context.Context, f *findings, d *db.DB, limit int) {
	wrong, err := task.Recount(ctx, d)
	f.rows("counters", "run taskhouse doctor --recount, and report it: they should never differ", wrong, err, "they are what a recount gives")
	wrong, events, err := event.Gaps(ctx, d)
	f.rows("log", "keep a copy of the database, and restore a backup: something else wrote to it", wrong, err, "%d events, numbered without a gap", events)
	wrong, compared, err := task.CompareLog(ctx, d, limit)
	f.rows("tasks", "keep a copy of the database, and restore a backup: something else wrote to it", wrong, err, "%d tasks are as the log has them", compared)
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

// recount counts the tasks of every company anew.
func (p *program) recount(d *db.DB) error {
	s, err := newAuth(d)
	if err != nil {
		return err
	}
	all, err := everyPage(func(r page.Request) (*page.List[account.CompanySummary], error) {
		return s.Accounts.Companies(p.ctx, account.CompanySearch{Page: r})
	})
	if err != nil {
		return err
	}
	bar := newProgress(p.stderr, "counting")
	defer bar.end()
	for i, company := range all {
		if err := task.RepairCounters(p.ctx, d, company.ID); err != nil {
			return err
		}
		bar.show(i+1, len(all))
	}
	return nil
}

// expiring is how long before its end a certificate should have been renewed.
const expiring = 14 * 24 * time.Hour

// checkCertificate looks at the certificate in files. One by ACME renews itself.
func checkCertificate(f *findings, cfg config.Config) {
	if cfg.TLSCert == "" {
		if len(cfg.ACMEHosts) > 0 {
			f.ok("certificate", "fetched by ACME for %s, and kept in %s", strings.Join(cfg.ACMEHosts, ", "), filepath.Join(cfg.Data, "acme"))
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
		f.fail("certificate", "let TASKHOUSE_TLS_CERT and TASKHOUSE_TLS_KEY name the files, and whoever runs the server read them", "%v", err)
	case left <= 0:
		f.fail("certificate", "renew it: the server reads the new files by itself", "it has ended on %s", loaded.Leaf.NotAfter.Format(time.DateOnly))
	case loaded.Leaf.VerifyHostname(public.Hostname()) != nil:
		f.fail("certificate", "get one for the host of TASKHOUSE_PUBLIC_URL", "it is not for %s", public.Hostname())
	case left < expiring:
		f.warn("certificate", "renew it: the server reads the new files by itself", "it ends on %s", loaded.Leaf.NotAfter.Format(time.DateOnly))
	default:
		f.ok("certificate", "it is for %s, until %s", public.Hostname(), loaded.Leaf.NotAfter.Format(time.DateOnly))
	}
}

func checkRedis(ctx context.Context, f *findings, cfg config.Config) {
	if cfg.RedisURL == "" {
		f.ok("redis", "none is configured, and none is needed")
		return
	}
	if cfg.DatabaseURL == "" {
		f.warn("redis", "leave REDIS_URL out, or set DATABASE_URL", "it is of no use to an embedded database, which has one node")
	}
	r, err := live.NewRedis(string(cfg.RedisURL), "taskhouse")
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		err = r.Ping(ctx)
	}
	if err != nil {
		f.fail("redis", "see that it runs and that REDIS_URL is right; until then nodes hear of each other only every two seconds", "%s", without(err, string(cfg.RedisURL)))
		return
	}
	f.ok("redis", "it answers")
}

// without is what an error says, without a secret URL.
func without(err error, secret string) string {
	return strings.ReplaceAll(err.Error(), secret, "(hidden)")
}

func checkSMTP(ctx context.Context, f *findings, cfg config.Config) {
	if cfg.SMTPURL == "" {
		f.warn("smtp", "set SMTP_URL, if mails should be sent", "mails are shown on the console")
		return
	}
	s, err := notify.NewSMTP(string(cfg.SMTPURL), cfg.MailFrom, cfg.MailDomain())
	if err == nil {
		err = s.Check(ctx)
	}
	if err != nil {
		f.fail("smtp", "see that the server runs and that SMTP_URL is right; taskhouse mail test ADDRESS tries again", "%s", without(err, string(cfg.SMTPURL)))
		return
	}
	f.ok("smtp", "the mail server takes the connection and the sign-in")
}
