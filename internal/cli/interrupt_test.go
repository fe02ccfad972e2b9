package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/cli"
)

func TestInterruptedCommandSaysWhatToDo(t *testing.T) {
	data := installation(t)
	edit(t, filepath.Join(data, "taskhouse.db"),
		`INSERT INTO companies (company_id, name, name_key, created_at, updated_at) VALUES (1, 'One', 'one', 1, 1)`,
		`INSERT INTO heads (company_id) VALUES (1)`,
		`INSERT INTO members (company_id, user_id, username, email, role, state, search_text, joined_at)
			VALUES (1, 1, 'untouched', '', 'owner', 'active', 'untouched  ', 1)`)
	file, archive := backup(t, data), filepath.Join(t.TempDir(), "archive")
	if code, _, stderr := run(t, "company", "export", "1", archive, "--data", data); code != 0 {
		t.Fatal(stderr)
	}
	folder := t.TempDir()
	out := filepath.Join(folder, "out")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"backup", out}, "no backup was made; run it again"},
		{[]string{"backup", "-"}, "no backup was made; run it again"},
		{[]string{"restore", file, "--data", filepath.Join(folder, "to")}, "either the old data or the backup"},
		{[]string{"verify", file}, "nothing was changed"},
		{[]string{"company", "export", "1", out}, "no archive was made; run it again"},
		{[]string{"company", "import", archive}, "nothing was imported; run it again"},
		{[]string{"doctor", "--recount"}, "run it again for the others"},
		{[]string{"move", "--to", filepath.Join(t.TempDir(), "moved")}, "run the same command again, and it continues"},
	} {
		t.Run(strings.Join(c.args[:2], " "), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			var stdout, stderr bytes.Buffer
			args := c.args
			if args[0] != "restore" {
				args = append(args, "--data", data)
			}
			code := cli.Main(ctx, args, strings.NewReader(""), &stdout, &stderr)
			said := stderr.String()
			if code != 1 || !strings.HasPrefix(said, "taskhouse: interrupted: ") || !strings.Contains(said, c.want) ||
				strings.Count(said, "\n") != 1 {
				t.Errorf("exit code %d, %q", code, said)
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
				t.Errorf("it left %v, %v", left, err)
			}
		})
	}
	left, err := filepath.Glob(filepath.Join(data, "backup-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the data folder has %q, %v", left, err)
	}
}

func TestMessagesHaveNoSQL(t *testing.T) {
	data := installation(t)
	file := filepath.Join(data, "taskhouse.db")
	edit(t, file, `DROP TABLE told`, `ALTER TABLE users RENAME COLUMN password TO passwort`)
	for _, args := range [][]string{
		{"users"},
		{"createsuperuser", "--username=root", "--email=root@example.com", "--no-input"},
		{"company", "export", "1", filepath.Join(t.TempDir(), "archive")},
		{"doctor"},
		{"verify", filepath.Join("testdata", "..", "main_test.go")},
		{"restore", filepath.Join("testdata", "..", "main_test.go")},
	} {
		code, stdout, stderr := run(t, append(args, "--data", data)...)
		if said := stdout + stderr; strings.Contains(said, "SELECT") || strings.Contains(said, "INSERT") ||
			strings.Contains(said, "$1") {
			t.Errorf("%s: exit code %d, %s", args, code, said)
		}
	}
	code, _, stderr := run(t, "restore", "main_test.go", "--data", data, "--log-level=debug")
	logged := strings.Contains(stderr, "a statement failed") && strings.Contains(stderr, "SELECT sqlite_version()")
	if code != 1 || !logged {
		t.Errorf("at debug: exit code %d, %s", code, stderr)
	}
}
