package crash_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/test/server"
)

// A disk that is full refuses changes and nothing else; when there is room again, everything goes on without a restart.
func TestThreat_F5_DiskFull_SQLite(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk cannot be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(disk, "ballast")
	write(t, ballast, make([]byte, 18<<20))
	data := filepath.Join(disk, "data")
	s := newSite(t, server.Options{Bin: bin, Data: data})
	api := server.Client{URL: s.running.URL, Token: s.writers[0].company.Token}
	big := strings.Repeat("x", 20000)
	var ids []int64
	refusals := 0
	for i := 0; refusals < 5 && i < 2000; i++ {
		var got struct{ ID int64 }
		status, err := api.Call(t.Context(), "POST", "/api/tasks/",
			map[string]any{"title": fmt.Sprint("task ", i), "description": big}, &got)
		switch {
		case err != nil:
			t.Fatal(err)
		case status == http.StatusCreated:
			ids = append(ids, got.ID)
		case status == http.StatusInsufficientStorage || status == http.StatusServiceUnavailable:
			refusals++
		default:
			t.Fatalf("a full disk is answered with %d", status)
		}
	}
	if refusals == 0 || len(ids) == 0 {
		t.Fatalf("%d refused, %d taken: the disk was never full", refusals, len(ids))
	}
	reads := func(when string) {
		t.Helper()
		for _, id := range ids {
			if status, err := api.Call(t.Context(), "GET", fmt.Sprintf("/api/tasks/%d/", id), nil, nil); err != nil ||
				status != http.StatusOK {
				t.Fatalf("%s: task %d is answered with %d, %v", when, id, status, err)
			}
		}
		if status, err := api.Call(t.Context(), "GET", "/livez/", nil, nil); err != nil || status != http.StatusOK {
			t.Errorf("%s: livez is answered with %d, %v", when, status, err)
		}
	}
	reads("while the disk is full")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		api.Must(t, "POST", "/api/tasks/", map[string]any{"title": fmt.Sprint("there is room again ", i)}, nil)
	}
	reads("when there is room again")
	s.load(s.running.Kill9)
	s.check(db.Options{Path: filepath.Join(data, "taskhouse.db")})
	t.Logf(
		"%d tasks taken, then %d refused with 507 or 503; %d acknowledged after there was room again, %d lost, %d torn",
		len(ids), refusals, s.acked, s.lost, s.torn)
}
