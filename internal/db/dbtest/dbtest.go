// Package dbtest gives each test a fresh, migrated database on each engine: a SQLite file, and a PostgreSQL database
// cloned from a template that is migrated once per process. It is for tests only.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

// Engines lists the engines that Each runs.
var Engines = []string{"sqlite", "postgres"}

// Each runs fn as a subtest for each engine, with a fresh database. Without a PostgreSQL server that subtest is
// skipped. It fails instead where the engine is required (see testenv).
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, e := range Engines {
		t.Run(e, func(t *testing.T) { fn(t, New(t, e)) })
	}
}

// New opens a fresh database of an engine, and closes and drops it when the test ends.
func New(t testing.TB, engine string) *db.DB {
	t.Helper()
	return Open(t, Fresh(t, engine))
}

// Open opens a database for the length of the test.
func Open(t testing.TB, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return d
}

// Fresh makes a fresh, migrated database of an engine and returns its options. It is removed when the test ends.
func Fresh(t testing.TB, engine string) db.Options {
	t.Helper()
	if engine == "postgres" {
		return db.Options{URL: clone(t), Conns: 16}
	}
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("make the SQLite template: %v", err)
	}
	testenv.SQLite(template.version)
	path := filepath.Join(t.TempDir(), "taskhouse.db")
	if err := os.WriteFile(path, template.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return db.Options{Path: path}
}

type sqliteFile struct {
	version string
	file    []byte
}

// sqliteTemplate returns a migrated file. It is kept in memory, so that no file stays behind.
var sqliteTemplate = sync.OnceValues(func() (f sqliteFile, err error) {
	dir, err := os.MkdirTemp("", "taskhouse-template")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "taskhouse.db")
	if err := migrate(db.Options{Path: path}); err != nil {
		return f, err
	}
	d, err := db.Open(context.Background(), db.Options{Path: path})
	if err != nil {
		return f, err
	}
	err = d.System("the engine's version").Read(context.Background(), func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&f.version) }, `SELECT sqlite_version()`)
	})
	if err := errors.Join(err, d.Close()); err != nil { // closing the last connection folds the log into the file
		return f, err
	}
	f.file, err = os.ReadFile(path)
	return f, err
})

func migrate(o db.Options) error {
	d, err := db.Open(context.Background(), o)
	if err != nil {
		return err
	}
	if _, err := d.Migrate(context.Background()); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return d.Close()
}

// owner is the role that tests connect as. Like an installation's role it owns its databases and is not a superuser.
const owner = "taskhouse_test_owner"

var pgTemplate = sync.OnceValues(func() (string, error) {
	name := "test_template_" + random()
	admin := os.Getenv(templateAdmin)
	err := adminExec(admin, `DO $$ BEGIN
		CREATE ROLE `+owner+` LOGIN CREATEROLE CREATEDB;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
	END $$`, `CREATE DATABASE `+name+` OWNER `+owner)
	if err != nil {
		return "", err
	}
	u, err := at(admin, name)
	if err != nil {
		return "", err
	}
	return name, migrate(db.Options{URL: u})
})

// templateAdmin names the environment variable that hands the server's address to pgTemplate, which has no testing.TB.
const templateAdmin = "TASKHOUSE_DBTEST_ADMIN"

// clone makes a database from the template and returns its URL.
func clone(t testing.TB) string {
	t.Helper()
	admin := testenv.Postgres(t)
	if err := os.Setenv(templateAdmin, admin); err != nil {
		t.Fatal(err)
	}
	template, err := pgTemplate()
	if err != nil {
		t.Fatalf("make the PostgreSQL template: %v", err)
	}
	name := "test_" + random()
	if err := adminExec(admin, `CREATE DATABASE `+name+` TEMPLATE `+template+` OWNER `+owner); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := adminExec(admin, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	u, err := at(admin, name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Empty makes an empty database of an engine and returns its options, for tests of migrations.
func Empty(t testing.TB, engine string) db.Options {
	t.Helper()
	if engine == "sqlite" {
		return db.Options{Path: filepath.Join(t.TempDir(), "taskhouse.db")}
	}
	clone(t) // for the owner's role
	admin := testenv.Postgres(t)
	name := "test_empty_" + random()
	if err := adminExec(admin, `CREATE DATABASE `+name+` OWNER `+owner); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := adminExec(admin, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	u, err := at(admin, name)
	if err != nil {
		t.Fatal(err)
	}
	return db.Options{URL: u}
}

// Admin connects to a database as the server's superuser, whom no lock stops: to look, or to break something on
// purpose.
func Admin(t testing.TB, o db.Options) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), AdminURL(t, o.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// AdminURL returns the URL of the same database for the server's superuser.
func AdminURL(t testing.TB, of string) string {
	t.Helper()
	u, err := url.Parse(of)
	if err != nil {
		t.Fatal(err)
	}
	a, err := url.Parse(testenv.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = a.User
	return u.String()
}

// at returns the URL of a database on the admin's server, for the owner.
func at(admin, name string) (string, error) {
	u, err := url.Parse(admin)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	u.User = url.User(owner)
	return u.String(), nil
}

func adminExec(admin string, statements ...string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer func() { _ = c.Close(ctx) }()
	for _, s := range statements {
		if _, err := c.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func random() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
