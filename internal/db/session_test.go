package db_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv/proc"
)

// TestFault_P2_DefaultsOfTheServer shows that the product sets what it relies on, whatever the database's defaults are.
func TestFault_P2_DefaultsOfTheServer(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	admin := dbtest.Admin(t, o)
	cfg, err := pgx.ParseConfig(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{
		"default_transaction_isolation = 'serializable'", "default_transaction_read_only = on",
		"synchronous_commit = off", "row_security = off", "client_encoding = 'LATIN1'", "TimeZone = 'Asia/Tokyo'",
		"statement_timeout = '31s'", "lock_timeout = '32s'", "idle_session_timeout = '33s'",
		"idle_in_transaction_session_timeout = '34s'", "standard_conforming_strings = off",
	} {
		name := pgx.Identifier{cfg.Database}.Sanitize()
		if _, err := admin.Exec(t.Context(), "ALTER DATABASE "+name+" SET "+setting); err != nil {
			t.Fatal(err)
		}
	}
	d := dbtest.Open(t, o)
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	company := newCompany(t, d, "Bücher für Kyōto")
	door := d.SystemScope(company, "a test")

	var got string
	err = door.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&got) }, `SELECT concat_ws(' ',
			current_setting('transaction_isolation'), current_setting('transaction_read_only'),
			current_setting('synchronous_commit'), current_setting('row_security'), current_setting('TimeZone'),
			current_setting('lock_timeout'), current_setting('idle_session_timeout'),
			current_setting('standard_conforming_strings'))
			FROM heads WHERE company_id = $1`)
	})
	if want := "read committed off on on UTC 0 0 on"; err != nil || got != want {
		t.Errorf("a transaction runs with %q (%v), want %q", got, err, want)
	}

	// A migration or a command of the owner takes as long as it must.
	err = d.Owner("a test").Write(t.Context(), func(tx *db.OwnerTx) error {
		return tx.Query(func(r db.Row) error { return r.Scan(&got) }, `SELECT concat_ws(' ',
			current_setting('transaction_isolation'), current_setting('statement_timeout'),
			current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'))`)
	})
	if want := "read committed 0 0 0"; err != nil || got != want {
		t.Errorf("the owner's transaction runs with %q (%v), want %q", got, err, want)
	}

	// Writers of one row take turns. Under a stricter isolation a part of them fails.
	var all sync.WaitGroup
	failed := make(chan error, 200)
	for range 8 {
		all.Go(func() {
			for range 25 {
				err := door.Write(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(`UPDATE heads SET epoch = epoch WHERE company_id = $1`)
					return err
				})
				if err != nil {
					failed <- err
				}
			}
		})
	}
	all.Wait()
	if n := len(failed); n > 0 {
		t.Errorf("%d of 200 writes failed: %v", n, <-failed)
	}
}

func newCompany(t *testing.T, d *db.DB, name string) (id int64) {
	t.Helper()
	err := d.System("a test's company").Write(t.Context(), func(tx *db.SystemTx) error {
		scan := func(r db.Row) error { return r.Scan(&id) }
		if err := tx.Query(scan, `INSERT INTO companies (name, name_key, created_at, updated_at)
			VALUES ($1, $1, $2, $2) RETURNING company_id`, name, tx.Now); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO heads (company_id) VALUES ($1)`, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestFault_P1_TransactionPooler shows that the product refuses a pooler that gives each transaction another
// connection: SET ROLE would have no effect there, and row security would be off. A pooler of sessions is welcome.
func TestFault_P1_TransactionPooler(t *testing.T) {
	o := dbtest.Fresh(t, "postgres")
	for _, mode := range []string{"session", "transaction"} {
		t.Run(mode, func(t *testing.T) {
			pooled := o
			pooled.URL = startPgBouncer(t, o.URL, mode)
			d, err := db.Open(t.Context(), pooled)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			_, err = d.Migrate(t.Context())
			if refused := err != nil && strings.Contains(err.Error(), "pool_mode"); refused != (mode == "transaction") {
				t.Errorf("the schema is prepared with %v", err)
			}
		})
	}
	// A pooler that comes later is noticed in each transaction.
	d := dbtest.Open(t, o)
	door := d.SystemScope(newCompany(t, d, "Acme"), "a test")
	db.ResetRoles(t, d)
	kinds := map[string]func(context.Context, func(*db.Tx) error) error{"read": door.Read, "write": door.Write}
	for name, run := range kinds {
		seen := false
		err := run(t.Context(), func(tx *db.Tx) error {
			return tx.Query(func(db.Row) error { seen = true; return nil }, `SELECT 1 FROM heads WHERE company_id = $1`)
		})
		if !errors.Is(err, db.ErrPooled) || seen {
			t.Errorf("a %s without the role ends with %v, and has read rows: %v", name, err, seen)
		}
	}
}

// startPgBouncer runs PgBouncer in front of a database, and returns the URL of the database behind it.
func startPgBouncer(t *testing.T, behind, mode string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			t.Skip("pgbouncer is not installed")
		}
	}
	u, err := url.Parse(behind)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("/tmp", "pgbouncer") // the user that it runs as must reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	name := strings.TrimPrefix(u.Path, "/")
	config := fmt.Sprintf(`[databases]
%s = host=%s port=%s dbname=%s user=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = %s
`, name, u.Hostname(), u.Port(), name, u.User.Username(), port, mode)
	file := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-q", file)
	if os.Getuid() == 0 { // it refuses to run as root
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		cmd = exec.Command(program, "-q", "-u", "nobody", file)
	}
	said := &strings.Builder{}
	cmd.Stderr = said
	p, err := proc.Start(cmd, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Signal(syscall.SIGKILL)
		<-p.Done()
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("pgbouncer does not answer: %v: %s", err, said)
		}
	}
	u.Host = address
	query := u.Query()
	query.Set("default_query_exec_mode", "exec") // before 1.21 it keeps no prepared statements
	u.RawQuery = query.Encode()
	return u.String()
}
