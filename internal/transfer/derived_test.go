package transfer_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

// altered returns an archive with another value in a column of a table's first row, and with a checksum that matches.
// The table "" is the head.
func altered(t *testing.T, file []byte, table, column string, value any) []byte {
	t.Helper()
	decode := func(line string, into any) {
		t.Helper()
		dec := json.NewDecoder(strings.NewReader(line))
		dec.UseNumber()
		if err := dec.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSuffix(plainText(t, file), "\n"), "\n")
	var head map[string]any
	decode(lines[0], &head)
	done := false
	for i, line := range lines[:len(lines)-1] {
		switch {
		case i == 0 && table == "":
			head[column] = value
			b, _ := json.Marshal(head)
			lines[i], done = string(b), true
		case i > 0 && !done && strings.HasPrefix(line, `["`+table+`",`):
			var row []any
			decode(line, &row)
			columns, _ := head["tables"].(map[string]any)[table].([]any)
			row[1+slices.Index(columns, any(column))] = value
			b, _ := json.Marshal(row)
			lines[i], done = string(b), true
		}
	}
	if !done {
		t.Fatalf("the archive has no %s", table)
	}
	var tail map[string]any
	decode(lines[len(lines)-1], &tail)
	h := sha256.Sum256([]byte(strings.Join(lines[:len(lines)-1], "\n") + "\n"))
	tail["sha256"] = hex.EncodeToString(h[:])
	b, _ := json.Marshal(tail)
	lines[len(lines)-1] = string(b)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, strings.Join(lines, "\n")+"\n")
	_ = z.Close()
	return packed.Bytes()
}

func TestThreat_F25_ArchiveWithAlteredDerivedValuesIsRefused(t *testing.T) {
	d := dbtest.New(t, "sqlite")
	fill(t, d)
	file, _ := export(t, d, 1)
	for _, c := range []struct {
		table, column string
		value         any
		want          string // part of the error; "" if it is accepted
	}{
		{"users", "created_at", 51, ""}, // altered itself breaks nothing
		{"users", "username", "root", `users.username_key is "canary1", and must be "root"`},
		{"users", "username_key", "root", `users.username_key is "root", and must be "canary1"`},
		{"users", "email", "root@example.com", "users.email_key"},
		{"users", "email_key", "root@example.com", "users.email_key"},
		{"companies", "name", "Other", "companies.name_key"},
		{"companies", "name_key", "other", "companies.name_key"},
		{"", "name", "Other", "its first line says"},
		{"members", "username", "root", `the member "root" has the account "canary1"`},
		{"task_counts", "n", 7, "the counter of tasks"},
		{"tasks", "status", "cancelled", "the counter of tasks"},
		{"heads", "seq", 6, "its log has 5 events"},
		{"events", "seq", 9, "its log has 5 events up to number 9"},
		{"cursors", "seq", 6, "the cursor of notify is at event 6"},
	} {
		bad := altered(t, file, c.table, c.column, c.value)
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bad)), nil }
		_, err := transfer.OpenArchive(open)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s.%s = %v: %v, want %q", c.table, c.column, c.value, err, c.want)
		}
	}
}

// TestImportComputesSearchTexts exports texts that another version folded otherwise.
func TestImportComputesSearchTexts(t *testing.T) {
	from := dbtest.New(t, "sqlite")
	fill(t, from)
	run(t, from, `UPDATE tasks SET search_text = 'old', title_key = ''`, `UPDATE members SET search_text = 'old'`,
		`UPDATE notifications SET search_text = ''`)
	file, _ := export(t, from, 1)
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			to := dbtest.New(t, engine)
			done, err := archive(t, file).Import(t.Context(), to, transfer.Import{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				table, text string
			}{
				{"tasks", "canary1\n"},
				{"tasks", "second\nof canary1"},
				{"members", "canary1  "},
				{"members", "both canary1 "},
				{"notifications", "canary1"},
			} {
				holds(t, to, `SELECT count(*) FROM `+c.table+` WHERE company_id = $1 AND search_text = '`+c.text+`'`,
					done.Company, 1)
			}
			holds(
				t,
				to,
				`SELECT count(*) FROM tasks WHERE company_id = $1 AND title_key = 'canary0!1'`,
				done.Company,
				1,
			)
		})
	}
}

func TestArchiveForCustomerWithholdsSharedPasswords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		run(t, d, `UPDATE users SET password = 'hash-of-both' WHERE id = 9`)
		whole, _ := export(t, d, 1)
		if text := plainText(t, whole); !strings.Contains(text, "hash-of-both") {
			t.Error("an ordinary archive lacks a password hash")
		}
		var b bytes.Buffer
		_, withheld, err := transfer.ExportForCustomer(t.Context(), d, 1, &b)
		if err != nil || withheld != 1 {
			t.Fatalf("%d, %v", withheld, err)
		}
		text := plainText(t, b.Bytes())
		if strings.Contains(text, "hash-of-both") || !strings.Contains(text, "hash-canary1") {
			t.Error("want the hash of the person of this company alone")
		}
		done, err := archive(t, b.Bytes()).Import(t.Context(), dbtest.New(t, "sqlite"), transfer.Import{})
		if err != nil || done.NoPassword != 1 || done.People != 2 {
			t.Errorf("%+v, %v", done, err)
		}
		// An operator's password opens more than the company too.
		run(t, d, `UPDATE users SET is_superuser = TRUE WHERE id = 3`)
		b.Reset()
		_, withheld, err = transfer.ExportForCustomer(t.Context(), d, 1, &b)
		if err != nil || withheld != 2 || strings.Contains(plainText(t, b.Bytes()), "hash-canary1") {
			t.Errorf("of an operator: %d, %v", withheld, err)
		}
	})
}
