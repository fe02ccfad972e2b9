package cli_test

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/cli"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
)

// roleLayout makes the roles of deploy/compose/roles.sh for a database: it returns the URL of its owner, and that of a
// login that owns nothing.
func roleLayout(t *testing.T, owner string) (login string) {
	t.Helper()
	admin := dbtest.Admin(t, db.Options{URL: owner})
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.TrimPrefix(u.Path, "/")
	role := "login_" + database
	for _, sql := range []string{
		`CREATE ROLE ` + role + ` LOGIN NOINHERIT PASSWORD 'secret'`,
		`GRANT taskhouse_app, taskhouse_system TO ` + role,
		`REVOKE ALL ON DATABASE ` + database + ` FROM PUBLIC`, `GRANT CONNECT ON DATABASE ` + database + ` TO ` + role,
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	t.Cleanup(func() {
		_, _ = admin.Exec(context.Background(), `REVOKE ALL ON DATABASE `+database+` FROM `+role)
		_, _ = admin.Exec(context.Background(), `DROP ROLE `+role)
	})
	u.User = url.UserPassword(role, "secret")
	return u.String()
}

// started calls a function when the program says that it runs.
type started struct {
	bytes.Buffer
	then func()
}

func (s *started) Write(b []byte) (int, error) {
	n, err := s.Buffer.Write(b)
	if s.then != nil && strings.Contains(s.String(), "is running") {
		s.then()
		s.then = nil
	}
	return n, err
}

// TestEveryCommandInTheRoleLayout runs every command under a role that owns nothing, as the servers of compose and
// Kubernetes run: it works, or says which URL it needs and changes nothing. With the owner's URL it works.
func TestEveryCommandInTheRoleLayout(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	login := roleLayout(t, o.URL)
	dir := t.TempDir()
	archive := filepath.Join(dir, "archive")
	for _, s := range new(config.Config).Settings() {
		t.Setenv(s.Name, "")
		t.Setenv(s.Name+"_FILE", "")
	}
	t.Setenv("DATABASE_URL", login)
	t.Setenv("TASKHOUSE_DATA", filepath.Join(dir, "data"))
	t.Setenv("TASKHOUSE_SECRET_KEY", strings.Repeat("4f1e9c0a7d3b5286", 4))
	t.Setenv("EXTERNAL_TASKS_URL", "off")
	t.Setenv("TASKHOUSE_SUPERUSER_PASSWORD", "correct horse 7 battery")
	t.Setenv("TASKHOUSE_NEW_PASSWORD", "another horse 8 battery")
	ops := freeAddress(t)

	const needsOwner = "TASKHOUSE_MIGRATE_URL"
	walked := map[string]bool{}
	for _, c := range []struct {
		command string
		args    string
		code    int
		says    string // on stdout or stderr
	}{
		{"migrate status", "", 0, "0001_ground"},
		{"migrate up", "", 0, "nothing to migrate"},
		{"createsuperuser", "--username=root --no-input", 0, "root (user 1) is an operator"},
		{"changepassword", "root", 0, "the password of root is changed"},
		{"resetpassword", "root", 0, "/reset-password#"},
		{"demo", "--weeks=1 --tasks=10 --name=Acme", 0, "Acme has 10 people"},
		{"companies", "", 0, "Acme"},
		{"users", "", 0, "root"},
		{"jobs list", "", 0, "ATTEMPTS"},
		{"jobs retry", "999999", 1, "no job 999999 is dead or cancelled"},
		{"jobs cancel", "999999", 1, "no job 999999 is queued or running"},
		{"mail test", "a@example.com", 0, "sent to a@example.com"},
		{"doctor", "", 0, "owns no table"},
		{"check", "--deploy", 1, "TASKHOUSE_MIGRATE_URL is unset"},
		{"analytics", "", 0, "Company performance"},
		{"external", "", 1, "external tasks"},
		{"config", "", 0, "DATABASE_URL"},
		{"completion", "bash", 0, "complete -o default"},
		{"version", "", 0, "taskhouse "},
		{"verify", "", 0, "all of it: "},
		{"backup", filepath.Join(dir, "backup"), 2, "make the backup with pg_dump"},
		{"restore", filepath.Join(dir, "backup"), 2, "unset DATABASE_URL"},
		{"company budget", "1 --tasks=500", 0, "operator"},
		{"company export", "1 " + archive, 0, "10 tasks"},
		{"company import", archive + " --same-people", 1, "a company of this name exists here already"},
		{"company scrub", "", 1, needsOwner},
		{"company erase", "1 --yes-erase=Acme", 1, needsOwner},
		{"move", "--to=" + filepath.Join(dir, "moved"), 1, needsOwner},
		{"flush", "--yes-delete=" + nameOf(t, o.URL), 1, needsOwner},
		{"worker", "", 0, "is running"},
		{"serve", "--addr=127.0.0.1:0", 0, "is running"},
		{"healthy", "", 0, ""},
	} {
		walked[c.command] = true
		t.Run(c.command, func(t *testing.T) {
			args := append(strings.Fields(c.command), strings.Fields(c.args)...)
			code, said := runLong(t, ops, args...)
			if code != c.code || !strings.Contains(said, c.says) || strings.Contains(said, "SQLSTATE 42P01") ||
				c.code == 0 && strings.Contains(said, "permission denied") {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, c.code, c.says, said)
			}
			if c.says != needsOwner {
				return
			}
			if _, said := runLong(t, ops, "companies"); !strings.Contains(said, "Acme") {
				t.Errorf("it was refused, and has changed something:\n%s", said)
			}
		})
	}
	all, err := cli.Commands()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if !walked[c.Name] {
			t.Errorf("%s does not run here: how does it behave under a role that owns nothing?", c.Name)
		}
	}

	for _, args := range []string{
		"migrate status", "doctor", "verify", "company scrub", "company erase 1 --yes-erase=Acme",
		"company import " + archive, "flush --yes-delete=" + nameOf(t, o.URL), "as login: company import " + archive,
		"move --to=" + filepath.Join(dir, "moved"),
	} {
		args, asLogin := strings.CutPrefix(args, "as login: ")
		t.Setenv("TASKHOUSE_MIGRATE_URL", o.URL)
		if asLogin {
			t.Setenv("TASKHOUSE_MIGRATE_URL", "")
		}
		if code, said := runLong(t, ops, strings.Fields(args)...); code != 0 {
			t.Errorf("%s, as the login: %v: exit code %d\n%s", args, asLogin, code, said)
		}
	}
	// The move is visible to the login.
	t.Setenv("TASKHOUSE_MIGRATE_URL", "")
	if code, said := runLong(t, ops, "companies"); code != 1 || !strings.Contains(said, "has moved to") {
		t.Errorf("after a move: exit code %d\n%s", code, said)
	}
}

// runLong runs a command. A server or worker runs until it says so; a health check meanwhile has a server to ask.
func runLong(t *testing.T, ops string, args ...string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var errs bytes.Buffer
	out := &started{then: cancel}
	if args[0] == "healthy" {
		args = append(args, "--ops-addr="+ops)
		asked := make(chan int, 1)
		var answer bytes.Buffer
		server := &started{then: func() {
			go func() {
				asked <- cli.Main(t.Context(), args, strings.NewReader(""), &answer, &answer)
				cancel()
			}()
		}}
		serve := []string{"serve", "--addr=127.0.0.1:0", "--ops-addr=" + ops}
		if code := cli.Main(ctx, serve, strings.NewReader(""), server, &errs); code != 0 {
			t.Fatalf("the server ended with %d: %s", code, errs.String())
		}
		return <-asked, answer.String()
	}
	code = cli.Main(ctx, args, strings.NewReader(""), out, &errs)
	return code, out.String() + errs.String()
}

func nameOf(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

// TestRoleLayoutBeforeTheSchema shows that a login without a schema learns the command and the setting.
func TestRoleLayoutBeforeTheSchema(t *testing.T) {
	o := dbtest.Empty(t, "postgres")
	login := roleLayout(t, o.URL)
	t.Setenv("DATABASE_URL", login)
	t.Setenv("TASKHOUSE_MIGRATE_URL", "")
	t.Setenv("TASKHOUSE_DATA", t.TempDir())
	t.Setenv("TASKHOUSE_SECRET_KEY", strings.Repeat("4f1e9c0a7d3b5286", 4))
	for _, args := range []string{"companies", "serve --addr=127.0.0.1:0", "worker", "migrate up", "doctor"} {
		code, said := runLong(t, "", strings.Fields(args)...)
		if code != 1 || !strings.Contains(said, "run `taskhouse migrate up`") ||
			!strings.Contains(said, "TASKHOUSE_MIGRATE_URL") || strings.Contains(said, "42P01") {
			t.Errorf("%s: exit code %d\n%s", args, code, said)
		}
	}
	if code, said := runLong(t, "", "migrate", "status"); code != 0 || !strings.Contains(said, "not yet") {
		t.Errorf("migrate status: exit code %d\n%s", code, said)
	}
	t.Setenv("TASKHOUSE_MIGRATE_URL", o.URL)
	if code, said := runLong(t, "", "migrate", "up"); code != 0 || !strings.Contains(said, "0001_ground") {
		t.Errorf("migrate up as the owner: exit code %d\n%s", code, said)
	}
}

// TestNoCommandLeavesADatabase shows that commands on rows make no database in a folder that has none, and that an
// import does, because it fills it.
func TestNoCommandLeavesADatabase(t *testing.T) {
	for _, args := range []string{
		"companies", "users", "jobs list", "analytics", "createsuperuser --username=a --no-input",
	} {
		data := filepath.Join(t.TempDir(), "data")
		t.Setenv("TASKHOUSE_SUPERUSER_PASSWORD", "correct horse 7 battery")
		code, _, stderr := run(t, append(strings.Fields(args), "--data", data)...)
		if code != 1 || !strings.Contains(stderr, "no database in") {
			t.Errorf("%s: exit code %d, %s", args, code, stderr)
		}
		if _, err := os.Stat(data); !os.IsNotExist(err) {
			t.Errorf("%s left %s: %v", args, data, err)
		}
	}
}
