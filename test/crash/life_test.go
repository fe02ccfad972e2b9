package crash_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/test/audit"
	"github.com/taskhouse/taskhouse/test/server"
)

// each runs fn on a fresh installation of each engine, with where its rows are.
func each(t *testing.T, fn func(t *testing.T, o server.Options, rows db.Options)) {
	t.Run("sqlite", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		fn(t, server.Options{Bin: bin, Data: data}, db.Options{Path: filepath.Join(data, "taskhouse.db")})
	})
	t.Run("postgres", func(t *testing.T) {
		o := dbtest.Empty(t, "postgres")
		fn(
			t,
			server.Options{
				Bin:  bin,
				Data: filepath.Join(t.TempDir(), "data"),
				Env:  map[string]string{"DATABASE_URL": o.URL},
			},
			o,
		)
	})
}

// refused runs the program, which must end with a code and one line.
func refused(t *testing.T, o server.Options, code int, words ...string) {
	t.Helper()
	s := server.Launch(t, o)
	if got := s.Exit(t); got != code {
		t.Errorf("it ends with %d, want %d", got, code)
	}
	said := s.Stderr()
	if strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "taskhouse: ") {
		t.Errorf("it says %q, want one line that begins with its name", said)
	}
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("it says %q, and not a word of %q", said, w)
		}
	}
}

func TestThreat_F19_SecondProcessOnTheSameFolderIsRefused(t *testing.T) {
	o := server.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "data")}
	first := server.Start(t, o)
	refused(t, o, 1, "taskhouse.db", "another")
	o.Args = []string{"demo"} // one of the commands that need the file for themselves
	refused(t, o, 1, "taskhouse.db", "another")
	(server.Client{URL: first.URL}).Must(t, "GET", "/readyz/", nil, nil)
	if code := first.Stop(t); code != 0 {
		t.Errorf("the first one ends with %d", code)
	}
	o.Args = nil
	server.Start(t, o) // the lock is gone with its holder
}

func TestThreat_F18_NewerSchemaIsRefused(t *testing.T) {
	each(t, func(t *testing.T, o server.Options, rows db.Options) {
		server.Start(t, o).Stop(t)
		if rows.URL != "" { // the schema's versions are out of the program's reach there
			if _, err := dbtest.Admin(t, rows).Exec(t.Context(), newer); err != nil {
				t.Fatal(err)
			}
		} else {
			d, err := db.Open(t.Context(), rows)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.System("a newer program migrated").Write(t.Context(), func(tx *db.SystemTx) error {
				_, err := tx.Exec(newer)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, o, 1, "newer than this program", "from_the_future")
	})
}

const newer = `INSERT INTO schema_versions (version, name, hash, applied_at) VALUES (9999, 'from_the_future', '', 1)`

func TestBadConfigurationEndsWith2(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		word string
	}{
		{"flag", []string{"serve", "--addr=nonsense"}, nil, "--addr"},
		{"environment", []string{"serve"}, map[string]string{"TASKHOUSE_MAX_BODY": "much"}, "TASKHOUSE_MAX_BODY"},
		{"database URL", []string{"serve"}, map[string]string{"DATABASE_URL": "mysql://u:hunter2@h/d"}, "DATABASE_URL"},
		{"secret key", []string{"serve"}, map[string]string{"TASKHOUSE_SECRET_KEY": "hunter2"}, "TASKHOUSE_SECRET_KEY"},
		{"file of a secret", []string{"serve"}, map[string]string{"TASKHOUSE_SECRET_KEY_FILE": "/nowhere"}, "/nowhere"},
		{"unknown flag", []string{"serve", "--bogus"}, nil, "--bogus"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			s := server.Launch(t, server.Options{Bin: bin, Data: data, Args: c.args, Env: c.env})
			if code := s.Exit(t); code != 2 {
				t.Errorf("it ends with %d, want 2", code)
			}
			if said := s.Stderr(); strings.Count(said, "\n") != 1 || !strings.Contains(said, c.word) ||
				strings.Contains(said, "hunter2") {
				t.Errorf("it says %q, want one line about %s, without the secret", said, c.word)
			}
			if _, err := os.Stat(data); err == nil {
				t.Error("it made the data folder first")
			}
		})
	}
}

func TestDataIsItsOwnersAlone(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	data := filepath.Join(t.TempDir(), "data")
	s := server.Start(t, server.Options{Bin: bin, Data: data})
	server.SignUp(t, s.URL, "Acme")
	want := map[string]fs.FileMode{
		".":                0o700,
		"secret.key":       0o600,
		"taskhouse.db":     0o600,
		"taskhouse.db-wal": 0o600,
		"taskhouse.db-shm": 0o600,
	}
	for name, mode := range want {
		if i, err := os.Stat(filepath.Join(data, name)); err != nil {
			t.Error(err)
		} else if i.Mode().Perm() != mode {
			t.Errorf("%s is %o, want %o", name, i.Mode().Perm(), mode)
		}
	}
	files, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if i, err := f.Info(); err != nil || i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v, %v: others may look", f.Name(), i.Mode(), err)
		}
	}
}

// TestReadyWithinASecond takes the best of three, because the machine may be busy with other tests.
func TestReadyWithinASecond(t *testing.T) {
	each(t, func(t *testing.T, o server.Options, _ db.Options) {
		for _, what := range []string{"from nothing", "on its data"} {
			best := time.Hour
			for range 3 {
				if what == "from nothing" && o.Env == nil {
					o.Data = filepath.Join(t.TempDir(), "data")
				}
				began := time.Now()
				s := server.Start(t, o)
				(server.Client{URL: s.URL}).Must(t, "GET", "/readyz/", nil, nil)
				best = min(best, time.Since(began))
				s.Stop(t)
			}
			t.Logf("%s: first 200 after %v", what, best.Round(time.Millisecond))
			if best > time.Second {
				t.Errorf("%s: ready after %v", what, best)
			}
		}
	})
}

// halfSent is a request that the program is in the middle of: it has answered the headers with 100 Continue and waits
// for the rest of the body.
type halfSent struct {
	net.Conn
	answers *bufio.Reader
	rest    string
}

func sendHalf(t *testing.T, url, token, title string) halfSent {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	body := fmt.Sprintf(`{"title": %q}`, title)
	const headers = "POST /api/tasks/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" +
		"Content-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n"
	if _, err := fmt.Fprintf(c, headers, token, len(body)); err != nil {
		t.Fatal(err)
	}
	h := halfSent{Conn: c, answers: bufio.NewReader(c), rest: body}
	if line, err := h.answers.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("the headers are answered %q, %v", line, err)
	}
	if _, err := h.answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return h
}

// finish sends the rest and reads the answer.
func (h halfSent) finish(t *testing.T) (id int64) {
	t.Helper()
	if _, err := h.Write([]byte(h.rest)); err != nil {
		t.Error(err)
		return 0
	}
	a, err := http.ReadResponse(h.answers, nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer func() { _ = a.Body.Close() }()
	var got answer
	if err := json.NewDecoder(a.Body).Decode(&got); a.StatusCode != http.StatusCreated || err != nil {
		t.Errorf("a request under way is answered %d, %v", a.StatusCode, err)
	}
	return got.ID
}

// noNewOnes waits until a program that was told to stop takes no connections.
func noNewOnes(t *testing.T, url string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			return
		}
		_ = c.Close()
		if time.Now().After(deadline) {
			t.Fatal("it still takes connections 10 s after SIGTERM")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestThreat_F13_SIGTERMLetsRequestsUnderWayFinish(t *testing.T) {
	each(t, func(t *testing.T, o server.Options, rows db.Options) {
		s := server.Start(t, o)
		c := server.SignUp(t, s.URL, "Acme")
		var half []halfSent
		for i := range 8 {
			half = append(half, sendHalf(t, s.URL, c.Token, fmt.Sprintf("under way %d", i)))
		}
		began := time.Now()
		if err := s.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		noNewOnes(t, s.URL)
		var ids []int64
		for _, h := range half {
			ids = append(ids, h.finish(t))
		}
		if code := s.Exit(t); code != 0 {
			t.Errorf("it ends with %d", code)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v to end", took)
		}
		l := audit.New()
		problems, err := l.Read(t.Context(), dbtest.Open(t, rows))
		if err != nil || len(problems) > 0 {
			t.Errorf("%v %q", err, problems)
		}
		for _, id := range ids {
			if _, ok := l.Task(c.ID, id); !ok {
				t.Errorf("task %d was answered and is not there", id)
			}
		}
	})
}

func TestThreat_F13_ARequestThatNeverEndsHoldsUpNothing(t *testing.T) {
	s := server.Start(
		t,
		server.Options{
			Bin:  bin,
			Data: filepath.Join(t.TempDir(), "data"),
			Env:  map[string]string{"TASKHOUSE_SHUTDOWN_GRACE": "200ms"},
		},
	)
	c := server.SignUp(t, s.URL, "Acme")
	sendHalf(t, s.URL, c.Token, "never")
	began := time.Now()
	if code := s.Stop(t); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v to end", took)
	}
}

func TestThreat_F14_SecondSIGTERMEndsAtOnce(t *testing.T) {
	s := server.Start(
		t,
		server.Options{
			Bin:  bin,
			Data: filepath.Join(t.TempDir(), "data"),
			Env:  map[string]string{"TASKHOUSE_SHUTDOWN_GRACE": "10m"},
		},
	)
	c := server.SignUp(t, s.URL, "Acme")
	sendHalf(t, s.URL, c.Token, "never")
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	noNewOnes(t, s.URL)
	if code := s.Stop(t); code != 128+int(syscall.SIGTERM) {
		t.Errorf("it ends with %d", code)
	}
}

// TestClosedDatabase closes a database twice, as a test and its cleanup may do, and reads after it.
func TestClosedDatabase(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			d := dbtest.New(t, engine) // closes it a second time
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- d.Ping(context.WithoutCancel(t.Context())) }()
			select {
			case err := <-ended:
				if err == nil {
					t.Error("a closed database answers")
				}
			case <-time.After(10 * time.Second):
				t.Error("a read of a closed database waits for ever")
			}
		})
	}
}
