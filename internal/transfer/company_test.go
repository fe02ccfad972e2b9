package transfer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/snapshot"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

func export(t *testing.T, d *db.DB, company int64) (file []byte, tail transfer.Tail) {
	t.Helper()
	var b bytes.Buffer
	tail, err := transfer.Export(t.Context(), d, company, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), tail
}

func archive(t *testing.T, file []byte) *transfer.Archive {
	t.Helper()
	a, err := transfer.OpenArchive(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil })
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func state(t *testing.T, d *db.DB, company int64) string {
	t.Helper()
	s, err := transfer.State(t.Context(), d, company)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCompanyGoesToAnotherInstallationAndHasTheSameState(t *testing.T) {
	for _, way := range ways {
		t.Run(way.from+" to "+way.to, func(t *testing.T) {
			from, to := dbtest.New(t, way.from), dbtest.New(t, way.to)
			fill(t, from)
			// Other rows take the ids there.
			run(t, to, `INSERT INTO users (id, username, username_key, password, created_at)
					VALUES (40, 'other', 'other', 'x', 1)`,
				`INSERT INTO companies (company_id, name, name_key, created_at, updated_at)
					VALUES (17, 'Other', 'other', 1, 1)`)
			want := state(t, from, 2)
			file, tail := export(t, from, 2)
			rows := []int64{tail.Rows["users"], tail.Rows["tasks"], tail.Rows["events"], tail.Rows["cursors"]}
			if tail.State != want || !slices.Equal(rows, []int64{2, 2, 5, 1}) {
				t.Fatalf("the archive ends with %+v, want state %s", tail, want)
			}
			lines := plainText(t, file)
			for _, word := range []string{"canary1", "canary1@example.com", "hash-canary1"} {
				if strings.Contains(lines, word) {
					t.Errorf("the archive of company 2 has %q of company 1", word)
				}
			}
			for _, word := range []string{"s-canary2", "r-canary2", "k-canary2"} {
				if strings.Contains(lines, word) {
					t.Errorf("the archive has %q, which belongs to the installation", word)
				}
			}
			done, err := archive(t, file).Import(t.Context(), to, transfer.Import{})
			if err != nil {
				t.Fatal(err)
			}
			if got := state(t, to, done.Company); got != want || done.Company == 2 || done.People != 2 {
				t.Errorf("imported %+v with state %s, want %s", done, got, want)
			}
			again, tail2 := export(t, to, done.Company)
			if tail2.State != want || len(again) == 0 {
				t.Errorf("exported again it has state %s, want %s", tail2.State, want)
			}
			// The ids in the log are those of the rows.
			holds(t, to, `SELECT count(*) FROM tasks t
				JOIN events e ON e.company_id = t.company_id AND e.subject_id = t.id AND e.subject = 'task'
				WHERE t.company_id = $1 AND e.data LIKE
					'{"id":' || t.id || ',%"created_by":' || t.created_by || ',"company":' || t.company_id || ',%'`,
				done.Company, 3)
			holds(t, to, `SELECT count(*) FROM members m JOIN events e ON e.company_id = m.company_id
					AND e.changes = '{"assigned_to":{"old":null,"new":' || m.user_id || '}}'
				WHERE m.company_id = $1 AND m.username = 'both'`, done.Company, 1)
			holds(t, to, `SELECT count(*) FROM users u JOIN members m ON m.user_id = u.id
				WHERE m.company_id = $1 AND u.is_superuser`, done.Company, 0)
			// A change is another state.
			run(t, to, `UPDATE tasks SET title = 'x' WHERE title = 'second'`)
			if state(t, to, done.Company) == want {
				t.Error("another title is the same state")
			}
		})
	}
}

func holds(t *testing.T, d *db.DB, sql string, company, want int64) {
	t.Helper()
	var n int64
	err := d.System("a test looks").Read(t.Context(), func(tx *db.SystemTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&n) }, sql, company)
	})
	if err != nil || n != want {
		t.Errorf("%s\ngives %d, %v, want %d", sql, n, err, want)
	}
}

func plainText(t *testing.T, file []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestImportRefusesAndLeavesNothing(t *testing.T) {
	from := dbtest.New(t, "sqlite")
	fill(t, from)
	file, _ := export(t, from, 1)
	text := plainText(t, file)
	pack := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return b.Bytes()
	}
	tail := strings.LastIndex(text, "\n{") + 1
	lastRow := strings.LastIndex(text[:tail-1], "\n") + 1
	for name, bad := range map[string][]byte{
		"cut":            file[:len(file)-9],
		"a line less":    pack(text[:lastRow] + text[tail:]),
		"a word changed": pack(strings.Replace(text, "canary1 makes", "canary1 made!", 1)),
		"no tail":        pack(text[:tail]),
		"not an archive": []byte("hello"),
		"another format": pack(`{"format":"x"}` + "\n" + `{"sha256":"x"}` + "\n"),
		"empty":          pack(""),
	} {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bad)), nil }
		if _, err := transfer.OpenArchive(open); err == nil {
			t.Errorf("%s: the archive is accepted", name)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		for _, c := range []struct {
			how  transfer.Import
			do   []string
			word string
		}{
			{
				transfer.Import{},
				nil,
				"canary1, both; if they are the same people",
			},
			{
				transfer.Import{SamePeople: true},
				nil,
				"a company of this name",
			},
			{
				transfer.Import{SamePeople: true},
				[]string{`UPDATE users SET email_key = 'else' WHERE id = 9`},
				"another e-mail address, or with none: both",
			},
			{
				transfer.Import{SamePeople: true},
				[]string{
					`UPDATE users SET email_key = 'both@example.com' WHERE id = 9`,
					`UPDATE companies SET name_key = 'x' WHERE company_id = 1`,
				},
				"under another name",
			},
		} {
			run(t, d, c.do...)
			before := sum(t, d)
			_, err := archive(t, file).Import(t.Context(), d, c.how)
			if err == nil || !strings.Contains(err.Error(), c.word) {
				t.Errorf("%+v: %v, want %q", c.how, err, c.word)
			}
			after := sum(t, d)
			for i := range after { // ids that a failed import took are not given again
				after[i].Last = before[i].Last
			}
			if wrong := before.Differ(after); len(wrong) > 0 {
				t.Errorf("%+v: the failed import left rows: %q", c.how, wrong)
			}
		}
		// Erase the company and import it. One of its people has kept the account.
		run(t, d, `UPDATE companies SET name_key = 'canary1 ltd' WHERE company_id = 1`)
		want := state(t, d, 1)
		if _, err := transfer.Erase(t.Context(), d, 1); err != nil {
			t.Fatal(err)
		}
		done, err := archive(t, file).Import(t.Context(), d, transfer.Import{SamePeople: true})
		if err != nil || done.People != 1 || done.Known != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		if got := state(t, d, done.Company); got != want {
			t.Errorf("state %s, want %s", got, want)
		}
		if done.Company == 1 {
			t.Error("the id of an erased company is given again")
		}
	})
}

func TestThreat_T27_AnErasedCompanyLeavesNothing(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		o := dbtest.Fresh(t, "sqlite")
		d := dbtest.Open(t, o)
		fill(t, d)
		if found(t, filepath.Dir(o.Path), "canary1") == nil {
			t.Fatal("the canaries cannot be found before: this test says nothing")
		}
		erase(t, d)
		if err := transfer.Scrub(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if in := found(t, filepath.Dir(o.Path), "canary1"); in != nil {
			t.Errorf("canaries are left in %q", in)
		}
		if found(t, filepath.Dir(o.Path), "canary2") == nil {
			t.Error("the other company is gone too")
		}
	})
	t.Run("postgres", func(t *testing.T) {
		o := dbtest.Fresh(t, "postgres")
		d := dbtest.Open(t, o)
		fill(t, d)
		c := dbtest.Admin(t, o)
		var folder string
		err := c.QueryRow(t.Context(), `SELECT current_setting('data_directory') || '/base/' || oid
			FROM pg_database WHERE datname = current_database()`).Scan(&folder)
		if err != nil {
			t.Fatal(err)
		}
		checkpoint := func() {
			t.Helper()
			if _, err := c.Exec(t.Context(), `CHECKPOINT`); err != nil {
				t.Fatal(err)
			}
		}
		checkpoint()
		if _, err := os.ReadDir(folder); err != nil {
			t.Skipf("the server's files cannot be read here: %v", err)
		}
		if found(t, folder, "canary1") == nil {
			t.Fatal("the canaries cannot be found before: this test says nothing")
		}
		// A transaction can see the rows while they are erased, and for a moment longer. Until it ends PostgreSQL keeps
		// them.
		looking, err := dbtest.Admin(t, o).Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := looking.Exec(t.Context(), `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
			t.Fatal(err)
		}
		if _, err := looking.Exec(t.Context(), `SELECT count(*) FROM companies`); err != nil {
			t.Fatal(err)
		}
		erase(t, d)
		over := time.AfterFunc(300*time.Millisecond, func() {
			_ = looking.Rollback(context.WithoutCancel(t.Context()))
		})
		defer over.Stop()
		if err := transfer.Scrub(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		checkpoint()
		if in := found(t, folder, "canary1"); in != nil {
			t.Errorf("canaries are left in %q", in)
		}
		if found(t, folder, "canary2") == nil {
			t.Error("the other company is gone too")
		}
	})
}

// erase erases company 1 and checks the remaining rows.
func erase(t *testing.T, d *db.DB) {
	t.Helper()
	other := state(t, d, 2)
	done, err := transfer.Erase(t.Context(), d, 1)
	if err != nil {
		t.Fatal(err)
	}
	if done.People != 1 || !slices.Equal(done.Kept, []string{"both (in another company)"}) {
		t.Errorf("%+v: one account goes, one stays", done)
	}
	if _, err := transfer.NameOf(t.Context(), d, 1); err == nil {
		t.Error("the erased company still has a name")
	}
	if state(t, d, 2) != other {
		t.Error("the other company has changed")
	}
	err = snapshot.Read(t.Context(), d.Owner("a test"), func(s *snapshot.Reader) error {
		for _, table := range s.Tables {
			err := s.Rows(table, nil, func(row []any) error {
				for i, v := range row {
					text, _ := v.(string)
					ofCompany := table.Columns[i] == "company_id" && v == int64(1)
					if strings.Contains(text, "canary1") || ofCompany {
						t.Errorf("%s.%s is %v", table.Name, table.Columns[i], v)
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// found returns the files in a folder that contain a word.
func found(t *testing.T, folder, word string) (in []string) {
	t.Helper()
	all, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		b, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(word)) {
			in = append(in, f.Name())
		}
	}
	return in
}
