package crash_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/test/audit"
	"github.com/taskhouse/taskhouse/test/server"
)

var before = flag.String(
	"crash.before",
	"",
	"a revision of git: its program runs on the database that this one migrates (F17). "+
		"Without it that is this program too, and the step is made up",
)

// later is a step as the next release may take one (docs/operations.md): it adds.
const later = `
ALTER TABLE tasks ADD COLUMN colour TEXT NOT NULL DEFAULT 'none';
ALTER TABLE events ADD COLUMN weight BIGINT;
CREATE TABLE colours (company_id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (company_id, name));
CREATE INDEX tasks_colour ON tasks (company_id, colour);
` + newer

// Threat F17: a node of the next release has migrated, and nodes of the previous release continue: they read, write and
// are ready. The writes of both are whole.
func TestThreat_F17_GoesOnUnderANewerSchema(t *testing.T) {
	rows := dbtest.Empty(t, "postgres")
	env := map[string]string{
		"DATABASE_URL":           rows.URL,
		"TASKHOUSE_SECRET_KEY":   "4f1e9c0a7d3b52866e8f0b1c2d3a495867f0e1d2c3b4a5968778695a4b3c2d1e",
		"TASKHOUSE_NOTIFY_DELAY": "0s",
	}
	old := bin
	if *before != "" {
		old = programOf(t, *before)
	}
	first := server.Start(t, server.Options{Bin: old, Data: t.TempDir(), Env: env})
	acme := server.SignUp(t, first.URL, "Acme")
	nodes := []string{first.URL}
	var mu sync.RWMutex
	var made, failed atomic.Int64
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for n := range 6 {
		clients.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				mu.RLock()
				c := server.Client{URL: nodes[(n+i)%len(nodes)], Token: acme.Token}
				mu.RUnlock()
				var got struct {
					ID      int64
					Version int64
				}
				title := fmt.Sprintf("client %d task %d", n, i)
				for _, r := range []struct {
					method, path string
					in           any
					want         int
				}{
					{
						"POST", "/api/tasks/",
						map[string]any{"title": title, "assigned_to": acme.Member},
						http.StatusCreated,
					},
					{"PATCH", "/api/tasks/%d/", map[string]any{"status": "in_progress"}, http.StatusOK},
					{"GET", "/api/tasks/%d/history/", nil, http.StatusOK},
					{"GET", "/api/tasks/?ordering=-created_at&page_size=5", nil, http.StatusOK},
					{"GET", "/api/tasks/statistics/", nil, http.StatusOK},
					{"GET", "/api/notifications/", nil, http.StatusOK},
				} {
					path := r.path
					if got.ID != 0 && path != "/api/tasks/" {
						path = strings.Replace(path, "%d", fmt.Sprint(got.ID), 1)
					}
					var out any
					if r.method == "POST" {
						out = &got
					}
					if status, err := c.Call(t.Context(), r.method, path, r.in, out); err != nil || status != r.want {
						failed.Add(1)
						t.Errorf("%s %s at %s: %d, %v", r.method, path, c.URL, status, err)
						return
					}
				}
				made.Add(1)
			}
		})
	}
	more := func() {
		t.Helper()
		end := time.Now().Add(30 * time.Second)
		for was := made.Load(); made.Load() < was+60; time.Sleep(time.Millisecond) {
			if failed.Load() > 0 || time.Now().After(end) {
				t.Fatalf("after %d tasks it does not go on", made.Load())
			}
		}
	}
	more()
	if *before == "" {
		if _, err := dbtest.Admin(t, rows).Exec(t.Context(), later); err != nil {
			t.Fatal(err)
		}
	} else {
		second := server.Start(t, server.Options{Bin: bin, Data: t.TempDir(), Env: env})
		mu.Lock()
		nodes = append(nodes, second.URL)
		mu.Unlock()
	}
	more()
	for _, url := range nodes {
		(server.Client{URL: url}).Must(t, "GET", "/readyz/", nil, nil)
	}
	close(stop)
	clients.Wait()
	torn, err := audit.New().Read(t.Context(), dbtest.Open(t, rows))
	if err != nil || len(torn) > 0 {
		t.Errorf("%v, %q", err, torn)
	}
	t.Logf("%d tasks made, changed and read on %d nodes, before and after the step: %d failed, %d torn", made.Load(),
		len(nodes), failed.Load(), len(torn))
}

// programOf builds the program of a revision.
func programOf(t *testing.T, revision string) string {
	t.Helper()
	git := exec.CommandContext(t.Context(), "git", "archive", "--format=tar", revision)
	git.Dir = "../.."
	whole, err := git.Output()
	if err != nil {
		t.Fatalf("git archive %s: %v", revision, err)
	}
	dir := t.TempDir()
	for r := tar.NewReader(bytes.NewReader(whole)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, name, b)
	}
	program := filepath.Join(dir, "taskhouse-before")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/taskhouse")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program of %s: %v\n%s", revision, err, out)
	}
	return program
}
