package cli_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// edit runs SQL on a SQLite file, as a person with a shell does.
func edit(t *testing.T, file string, statements ...string) {
	t.Helper()
	d, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	d.SetMaxOpenConns(1) // a pragma holds for a connection
	for _, s := range statements {
		if _, err := d.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

const testKey = "5a1f03c2b4d6e8f7091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70"

// installation returns a data folder with a database, a signing key and one account.
func installation(t *testing.T) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	if code, _, stderr := run(t, "migrate", "up", "--data", data); code != 0 {
		t.Fatal(stderr)
	}
	edit(t, filepath.Join(data, "taskhouse.db"), `INSERT INTO users
		(id, username, username_key, password, created_at) VALUES (1, 'untouched', 'untouched', '!', 1)`)
	if err := os.WriteFile(filepath.Join(data, "secret.key"), []byte(testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// backup makes a backup and returns its file.
func backup(t *testing.T, data string, more ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.db")
	if code, _, stderr := run(t, append([]string{"backup", file, "--data", data}, more...)...); code != 0 {
		t.Fatal(stderr)
	}
	return file
}

func TestThreat_F25_AlteredBackupIsRefused(t *testing.T) {
	whole := backup(t, installation(t))
	for name, c := range map[string]struct {
		sql  []string
		byte bool // change one byte of a row
		want string
	}{
		"trigger": {
			sql: []string{`CREATE TRIGGER up AFTER INSERT ON users BEGIN
				UPDATE users SET is_superuser = 1 WHERE id = NEW.id; END`},
			want: "the trigger up does not belong to this program",
		},
		"trigger named as SQLite's own": {
			sql: []string{
				`CREATE TRIGGER up AFTER INSERT ON users BEGIN UPDATE users SET is_superuser = 1; END`,
				`PRAGMA writable_schema = ON`,
				`UPDATE sqlite_master SET name = 'sqlite_stat1', sql = replace(sql, ' up ', ' sqlite_stat1 ')
					WHERE name = 'up'`,
			},
			want: "the trigger sqlite_stat1 does not belong to this program",
		},
		"view":       {sql: []string{`CREATE VIEW v AS SELECT * FROM users`}, want: "the view v does not belong"},
		"table":      {sql: []string{`CREATE TABLE t (a)`}, want: "the table t does not belong"},
		"index":      {sql: []string{`CREATE INDEX i ON users (password)`}, want: "the index i does not belong"},
		"lost index": {sql: []string{`DROP INDEX users_email`}, want: "the index users_email is missing or altered"},
		"another table": {
			sql:  []string{`ALTER TABLE users ADD COLUMN x TEXT`},
			want: "the table users is missing or altered",
		},
		"another default": {
			sql: []string{
				`PRAGMA writable_schema = ON`,
				`UPDATE sqlite_master SET sql = replace(sql, 'DEFAULT FALSE', 'DEFAULT TRUE') WHERE name = 'users'`,
			},
			want: "the table users is missing or altered",
		},
		"right": {
			sql:  []string{`UPDATE users SET is_superuser = 1`},
			want: "damaged or was altered: users has other rows",
		},
		"row": {
			sql: []string{`INSERT INTO users (username, username_key, password, created_at)
				VALUES ('b', 'b', '!', 1)`},
			want: "users has 1 rows, and 2 in the file",
		},
		"next id": {
			sql:  []string{`UPDATE sqlite_sequence SET seq = 9 WHERE name = 'users'`},
			want: "users has given ids",
		},
		"note": {
			sql:  []string{`UPDATE schema_backup SET value = 'x' WHERE name = 'made_at'`},
			want: "its notes do not",
		},
		"no hash": {sql: []string{`DELETE FROM schema_backup WHERE name = 'sha256'`}, want: "its notes do not match"},
		"byte":    {byte: true, want: "users has other rows"},
	} {
		t.Run(name, func(t *testing.T) {
			content, err := os.ReadFile(whole)
			if err != nil {
				t.Fatal(err)
			}
			if c.byte {
				content = bytes.Replace(content, []byte("untoucheduntouched"), []byte("untoucheXuntouched"), 1)
			}
			file := filepath.Join(t.TempDir(), "altered.db")
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
			edit(t, file, c.sql...)
			to := filepath.Join(t.TempDir(), "to")
			code, _, stderr := run(t, "restore", file, "--data", to)
			if code != 1 || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, "nothing was restored") {
				t.Errorf("restore: exit code %d, %s; want %s", code, stderr, c.want)
			}
			if _, err := os.Stat(to); !os.IsNotExist(err) {
				t.Errorf("restore left %s: %v", to, err)
			}
			code, stdout, stderr := run(t, "verify", file, "--data", to)
			if code != 1 || !strings.Contains(stdout, c.want) {
				t.Errorf("verify: exit code %d, %s%s; want %s", code, stdout, stderr, c.want)
			}
		})
	}
}

func TestBackupIsRestoredWhole(t *testing.T) {
	data := installation(t)
	file, to := backup(t, data), filepath.Join(t.TempDir(), "to")
	if code, stdout, stderr := run(t, "verify", file, "--data", data); code != 0 ||
		!strings.Contains(stdout, "every table is as the backup stored it") {
		t.Errorf("verify: exit code %d, %s%s", code, stdout, stderr)
	}
	if code, _, stderr := run(t, "restore", file, "--data", to); code != 0 || stderr != "" {
		t.Errorf("restore: exit code %d, %s", code, stderr)
	}
	// A backup by a version without checksums.
	edit(t, file, `DELETE FROM schema_backup WHERE name IN ('sums', 'sha256')`)
	code, _, stderr := run(t, "restore", file, "--data", to, "--replace")
	if code != 0 || !strings.Contains(stderr, "has no checksums") {
		t.Errorf("restore of an old backup: exit code %d, %s", code, stderr)
	}
	// A database with an object that restore refuses is not backed up, so that the refusal does not come too late.
	edit(t, filepath.Join(data, "taskhouse.db"), `CREATE VIEW v AS SELECT 1`)
	code, _, stderr = run(t, "backup", filepath.Join(t.TempDir(), "b.db"), "--data", data)
	if code != 1 || !strings.Contains(stderr, "the view v does not belong") {
		t.Errorf("backup with a view: exit code %d, %s", code, stderr)
	}
}
