package transfer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/snapshot"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// rows has the rows of one company, %[1]d, with two people: %[2]d, who belongs to that company alone, and 9, who
// belongs to both. Rows that must be gone when the company is erased contain the word canary%[1]d.
const rows = `
INSERT INTO companies (company_id, name, name_key, description, created_at, updated_at)
	VALUES (%[1]d, 'canary%[1]d Ltd', 'canary%[1]d ltd', 'canary%[1]d makes ÿ', 100, 101);
INSERT INTO heads (company_id, seq, epoch) VALUES (%[1]d, 5, 3);
INSERT INTO users (id, username, username_key, email, email_key, password, created_at)
	VALUES (%[2]d, 'canary%[1]d', 'canary%[1]d', 'canary%[1]d@example.com', 'canary%[1]d@example.com',
		'hash-canary%[1]d', 50);
INSERT INTO account_links (token_hash, user_id, purpose, email, email_key, created_at, expires_at)
	VALUES ('link-canary%[1]d', %[2]d, 'confirm', 'canary%[1]d@example.com', 'canary%[1]d@example.com', 50, 60);
INSERT INTO members (company_id, user_id, username, email, role, state, search_text, joined_at)
	VALUES (%[1]d, %[2]d, 'canary%[1]d', 'canary%[1]d@example.com', 'owner', 'active', 'canary%[1]d  ', 100);
INSERT INTO members (company_id, user_id, username, email, first_name, role, state, search_text, joined_at)
	VALUES (%[1]d, 9, 'both', 'both@example.com', 'canary%[1]d', 'member', 'active', 'both canary%[1]d ', 110);
INSERT INTO sessions (company_id, id, user_id, refresh_id, created_at, refreshed_at, expires_at)
	VALUES (%[1]d, 's-canary%[1]d', %[2]d, 'r-canary%[1]d', 100, 100, 9000000000000000);
INSERT INTO program_tokens (company_id, id, user_id, created_by, name, token_hash, hint, scopes, created_at,
		expires_at)
	VALUES (%[1]d, %[2]d6, %[2]d, 9, 'canary%[1]d', 'p-canary%[1]d', 'wxyz', 'tasks:read', 100, 9000000000000000);
INSERT INTO invitations (company_id, id, email, role, token_hash, created_by, created_at, expires_at)
	VALUES (%[1]d, %[2]d1, 'guest-canary%[1]d@example.com', 'guest', 't-canary%[1]d', %[2]d, 100, 9000000000000000);
INSERT INTO tasks (company_id, id, title, description, search_text, title_key, status, assigned_to, created_by, version,
		created_at, updated_at)
	VALUES (%[1]d, %[2]d2, 'canary%[1]d', '', 'canary%[1]d
', 'canary0!%[1]d', 'todo', 9, %[2]d, 2, 120, 130);
INSERT INTO tasks (company_id, id, title, description, search_text, title_key, status, assigned_to, created_by, version,
		created_at, updated_at)
	VALUES (%[1]d, %[2]d3, 'second', 'of canary%[1]d', 'second
of canary%[1]d', 'second', 'done', NULL, 9, 1, 121, 121);
INSERT INTO task_counts (company_id, status, assignee, n) VALUES (%[1]d, 'todo', 9, 1), (%[1]d, 'done', 0, 1);
INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data)
	VALUES (%[1]d, 1, 'company_created', 'company', %[1]d, %[2]d, 1, 100, 'canary%[1]d', '{}',
		'{"id":%[1]d,"name":"canary%[1]d Ltd","description":""}');
INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data)
	VALUES (%[1]d, 2, 'member_joined', 'member', 9, 9, 0, 110, 'both joined', '{}',
		'{"id":9,"username":"both","role":"member","is_active":true,"first_name":"","last_name":""}');
INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data)
	VALUES (%[1]d, 3, 'task_created', 'task', %[2]d2, %[2]d, 1, 120, 'canary%[1]d', '{}',
		'{"id":%[2]d2,"title":"canary%[1]d","description":"","status":"todo","assigned_to":null,' ||
		'"created_by":%[2]d,"company":%[1]d,"version":1}');
INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data)
	VALUES (%[1]d, 4, 'task_created', 'task', %[2]d3, 9, 1, 121, 'second', '{}',
		'{"id":%[2]d3,"title":"second","description":"of canary%[1]d","status":"done","assigned_to":null,' ||
		'"created_by":9,"company":%[1]d,"version":1}');
INSERT INTO events (company_id, seq, kind, subject, subject_id, actor_id, version, at, message, changes, data,
		operator_id)
	VALUES (%[1]d, 5, 'task_updated', 'task', %[2]d2, NULL, 2, 130, 'assigned',
		'{"assigned_to":{"old":null,"new":9}}',
		'{"id":%[2]d2,"title":"canary%[1]d","description":"","status":"todo","assigned_to":9,' ||
		'"created_by":%[2]d,"company":%[1]d,"version":2}', 8);
INSERT INTO idempotency_keys (company_id, user_id, key, request, answer, created_at)
	VALUES (%[1]d, %[2]d, 'k-canary%[1]d', 'h', '{"id":%[2]d2,"company":%[1]d,"created_by":%[2]d}', 120);
INSERT INTO cursors (company_id, name, seq) VALUES (%[1]d, 'notify', 4), (%[1]d, 'analytics', 5);
INSERT INTO jobs (company_id, id, kind, key, args, state, created_at, due_at)
	VALUES (%[1]d, %[2]d4, 'mail', '5.9.assigned', '{"to":"canary%[1]d"}', 'queued', 130, 130);
INSERT INTO notifications (company_id, id, user_id, kind, seq, actor_id, task_id, message, search_text, inbox, mail,
		created_at)
	VALUES (%[1]d, %[2]d5, 9, 'assigned', 5, %[2]d, %[2]d2, 'canary%[1]d', 'canary%[1]d', TRUE, 'queued', 130);
INSERT INTO told (company_id, task_id, seq) VALUES (%[1]d, %[2]d2, 5);
INSERT INTO external_sources (company_id, url, fields, header, secret, changed_at)
	VALUES (%[1]d, 'https://canary%[1]d.example.com', 'id=id', 'X-Key', 'sealed canary%[1]d', 7);
INSERT INTO notification_preferences (company_id, user_id, kind, inbox, email)
	VALUES (%[1]d, 9, 'assigned', TRUE, FALSE);
INSERT INTO digests (company_id, user_id, enabled, hour, time_zone, next_at)
	VALUES (%[1]d, 9, TRUE, 7, 'Europe/Berlin', 1000);
INSERT INTO analytics_tasks (company_id, task_id, created_at, started_at, finished_at)
	VALUES (%[1]d, %[2]d2, 120, 0, 0);
INSERT INTO analytics_steps (company_id, at, seq, deltas) VALUES (%[1]d, 120, 3, 'canary%[1]d');
INSERT INTO analytics_facts (company_id, grain, start, measure, a, b, n) VALUES (%[1]d, 0, 0, 1, 9, 2, 3);
`

// fill puts companies 1 and 2 into a database, with rows in every table.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	text := `INSERT INTO users (id, username, username_key, password, is_superuser, created_at)
	VALUES (8, 'root', 'root', 'hash', TRUE, 40);
INSERT INTO users (id, username, username_key, email, email_key, password, created_at)
	VALUES (9, 'both', 'both', 'both@example.com', 'both@example.com', 'hash', 41);
INSERT INTO operator_sessions (id, user_id, created_at, expires_at) VALUES ('o', 8, 41, 9000000000000000);
INSERT INTO account_links (token_hash, user_id, purpose, email, email_key, created_at, expires_at)
	VALUES ('hash', 9, 'reset', 'both@example.com', 'both@example.com', 41, 9000000000000000);
INSERT INTO account_mails (id, kind, args, created_at) VALUES ('m', 'reset', 'sealed', 41);
INSERT INTO installation_log (at, last_at, times, via, operator_id, act, company, subject, subject_id, detail)
	VALUES (42, 42, 1, 'api', 8, 'read', 1, 'tasks', 0, '');
INSERT INTO password_salt (id, secret) VALUES (1, 'secret');` +
		fmt.Sprintf(rows, 1, 3) + fmt.Sprintf(rows, 2, 4)
	run(t, d, strings.Split(text, ";")...)
	var last map[string]int64
	var tables []snapshot.Table
	err := snapshot.Read(t.Context(), d.Owner("a test"), func(s *snapshot.Reader) (err error) {
		if last, err = s.Serials(); err != nil {
			return err
		}
		tables = s.Tables
		for _, table := range s.Tables {
			n := 0
			if err := s.Rows(table, nil, func([]any) error { n++; return nil }); err != nil {
				return err
			}
			if n == 0 {
				t.Errorf("%s has no rows, so these tests do not cover it: add some to fixture_test.go", table.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// These rows came with their own ids, which PostgreSQL's sequences do not know.
	err = transfer.Load(t.Context(), d.Owner("a test"), func(f *transfer.Loader) error {
		for _, table := range tables {
			if err := f.Serial(table, last[table.Name]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	err := d.System("a test's rows").Write(context.WithoutCancel(t.Context()), func(tx *db.SystemTx) error {
		for _, sql := range statements {
			if strings.TrimSpace(sql) == "" {
				continue
			}
			if _, err := tx.Exec(sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sum(t *testing.T, d *db.DB) snapshot.Sums {
	t.Helper()
	s, err := snapshot.SumUp(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
