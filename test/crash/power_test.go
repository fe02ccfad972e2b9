package crash_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/test/audit"
	"github.com/taskhouse/taskhouse/test/server"
)

// A power loss leaves the synced part of SQLite's log, and any part of the later writes: whole, torn or as zeros. So
// the log is cut at the end of each acknowledged write, and at many places in between, with and without rubbish behind;
// of every such image all that was acknowledged by then must be there, and nothing by halves.
func TestThreat_F2_PowerLossAtEverySync_SQLite(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	file := filepath.Join(data, "taskhouse.db")
	o := server.Options{Bin: bin, Data: data, Args: []string{"serve", "--addr=127.0.0.1:0", "--no-worker"}}
	s := server.Start(t, o)
	company := server.SignUp(t, s.URL, "Acme")
	if code := s.Stop(t); code != 0 {
		t.Fatalf("it ends with %d", code)
	}
	main := read(t, file) // the log is folded into it, and gone
	s = server.Start(t, o)
	api := server.Client{URL: s.URL, Token: company.Token, HTTP: &http.Client{}}
	type ack struct {
		size int64
		task int64
	}
	size := func() int64 {
		i, err := os.Stat(file + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return i.Size()
	}
	begun := size()
	var acks []ack
	for i := range 40 {
		var got struct{ ID int64 }
		api.Must(t, "POST", "/api/tasks/",
			map[string]any{"title": fmt.Sprint("task ", i), "assigned_to": company.Member}, &got)
		acks = append(acks, ack{size(), got.ID})
	}
	s.Kill9()
	wal := read(t, file+"-wal")
	if !bytes.Equal(main, read(t, file)) || acks[0].size <= begun || acks[len(acks)-1].size > int64(len(wal)) {
		t.Fatal("the log was folded into the file meanwhile: this test says nothing")
	}
	// Where the power is cut: at each acknowledgement, and in between.
	const frame = 24 + 4096
	step := int64(frame*7 + 1111) // by and by every place in a frame
	if *cycles > 0 {
		step = frame / 4
	}
	var cuts []int64
	for _, a := range acks {
		cuts = append(cuts, a.size)
	}
	for at := begun; at < int64(len(wal)); at += step {
		cuts = append(cuts, at)
	}
	slices.Sort(cuts)
	lost := 0
	for n, cut := range cuts {
		image := filepath.Join(t.TempDir(), "taskhouse.db")
		left := slices.Clone(wal[:cut])
		switch n % 3 { // the later writes are missing, zeros, or partly there
		case 1:
			left = append(left, make([]byte, 3*frame)...)
		case 2:
			if rest := wal[cut:]; len(rest) > 2*frame {
				left = append(left, make([]byte, frame)...)
				left = append(left, rest[frame:2*frame]...)
			}
		}
		write(t, image, main)
		write(t, image+"-wal", left)
		d, err := db.Open(t.Context(), db.Options{Path: image})
		if err != nil {
			t.Fatal(err)
		}
		ledger := audit.New()
		torn, err := ledger.Read(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		for _, p := range torn {
			t.Errorf("cut at %d: torn: %s", cut, p)
		}
		for _, a := range acks {
			if _, there := ledger.Task(company.ID, a.task); !there && a.size <= cut {
				lost++
				t.Errorf("cut at %d: task %d was acknowledged when the log had %d bytes, and is lost", cut, a.task,
					a.size)
			}
		}
	}
	t.Logf("%d images, %d acknowledged, %d lost", len(cuts), len(acks), lost)
}

// An acknowledgement comes after the system was told to bring the log to the disk: strace sees it.
func TestThreat_F2_EveryAcknowledgedWriteWasSynced_SQLite(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	data, trace := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "trace")
	s := server.Start(t,
		server.Options{Bin: bin, Data: data, Args: []string{"serve", "--addr=127.0.0.1:0", "--no-worker"}})
	company := server.SignUp(t, s.URL, "Acme")
	api := server.Client{URL: s.URL, Token: company.Token}
	// It is attached to a server that ends with the test: one that strace started would outlive strace.
	pid := strings.TrimSpace(string(read(t, filepath.Join(data, "taskhouse.db.lock"))))
	tracer := exec.Command(strace, "-f", "-e", "trace=fsync,fdatasync", "-y", "-o", trace, "-p", pid)
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = tracer.Process.Kill()
		_ = tracer.Wait()
	})
	synced := func() int {
		b, _ := os.ReadFile(trace) // not there yet: nothing was seen
		return strings.Count(string(b), "taskhouse.db-wal>")
	}
	for i := 0; synced() == 0; i++ { // until it is attached
		if i == 200 {
			t.Skip("strace may not trace here, or names no files")
		}
		api.Must(t, "POST", "/api/tasks/", map[string]any{"title": fmt.Sprint("warming up ", i)}, nil)
		time.Sleep(10 * time.Millisecond)
	}
	for i := range 20 {
		before := synced()
		api.Must(t, "POST", "/api/tasks/", map[string]any{"title": fmt.Sprint("task ", i)}, nil)
		if synced() == before {
			t.Errorf("task %d was acknowledged, and its log was not synced", i)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
