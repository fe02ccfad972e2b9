package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/cli"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// doctor runs the command on a PostgreSQL database and returns its findings by check.
func doctor(t *testing.T, o db.Options) map[string]cli.Finding {
	t.Helper()
	t.Setenv("DATABASE_URL", o.URL)
	t.Setenv("TASKHOUSE_MIGRATE_URL", o.MigrateURL)
	t.Setenv("TASKHOUSE_DATA", t.TempDir())
	var out, errs bytes.Buffer
	cli.Main(context.Background(), []string{"doctor", "--format=json"}, strings.NewReader(""), &out, &errs)
	var all []cli.Finding
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out.String(), errs.String())
	}
	found := map[string]cli.Finding{}
	for _, f := range all {
		if f.State != "ok" && f.Do == "" {
			t.Errorf("%s: nothing to do about it", f.Check)
		}
		found[f.Check] = f
	}
	return found
}

// TestDoctorSeesBrokenLocks breaks each part of PostgreSQL's row security once, and doctor reports it.
func TestDoctorSeesBrokenLocks(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	if err := dbtest.Open(t, o).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := dbtest.Admin(t, o)
	for _, step := range []struct{ name, check, state, detail, sql string }{
		{"whole", "policies", "ok", "", `SELECT 1`},
		{"whole", "role", "ok", "", `SELECT 1`},
		{"not forced", "policies", "fail", "tasks", `ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY`},
		{"no policy", "policies", "fail", "members, tasks", `DROP POLICY company ON members`},
		{"a policy of another kind", "policies", "fail", "events", `ALTER POLICY company ON events WITH CHECK (true)`},
		{
			"a gap", "log", "fail", "the head is at 7",
			`WITH c AS (INSERT INTO companies (name, name_key, created_at, updated_at)
				VALUES ('a', 'a', 1, 1) RETURNING company_id)
			INSERT INTO heads (company_id, seq) SELECT company_id, 7 FROM c`,
		},
		{
			"a newer schema",
			"schema",
			"fail",
			"newer than this program",
			`INSERT INTO schema_versions VALUES (9999, 'future', 'x', 1)`,
		},
	} {
		if _, err := c.Exec(t.Context(), step.sql); err != nil {
			t.Fatal(err)
		}
		if f := doctor(t, o)[step.check]; f.State != step.state || !strings.Contains(f.Detail, step.detail) {
			t.Errorf("%s: %+v", step.name, f)
		}
	}
}

func TestDoctorWithoutADatabase(t *testing.T) {
	f := doctor(t, db.Options{URL: "postgres://jane:hunter2@127.0.0.1:1/taskhouse"})
	if d := f["database"]; d.State != "fail" || strings.Contains(d.Detail, "hunter2") {
		t.Errorf("%+v", d)
	}
}

// TestDoctorChecksTheDisk gives the server a place for everything but its certificates, which are in the data folder.
func TestDoctorChecksTheDisk(t *testing.T) {
	const none = "this machine stores no data"
	gone := db.Options{URL: "postgres://jane@127.0.0.1:1/taskhouse"}
	t.Setenv("TASKHOUSE_SECRET_KEY", strings.Repeat("k", 64))
	if d := doctor(t, gone)["disk"]; d.Detail != none {
		t.Errorf("with database and key elsewhere: %+v", d)
	}
	t.Setenv("TASKHOUSE_ACME_HOSTS", "tasks.example.com")
	if d := doctor(t, gone)["disk"]; d.State == "" || d.Detail == none {
		t.Errorf("with certificates by ACME: %+v", d)
	}
}
