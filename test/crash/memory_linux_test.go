package crash_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/test/server"
)

// little is the memory limit of the program in this test: half of that in the deployment files.
const little = 256 << 20

// confined runs the program in a memory cgroup if the machine allows one; otherwise it only passes the limit to the
// program. It returns which.
func confined(t *testing.T) (program string, env map[string]string, really bool) {
	env = map[string]string{"TASKHOUSE_SHEDDING": "on", "TASKHOUSE_LOG_LEVEL": "error"}
	// version 1, as far as this process' own group may have children, and version 2
	for _, c := range []struct{ group, limit string }{
		{"/sys/fs/cgroup/memory/taskhouse-test", "memory.limit_in_bytes"},
		{"/sys/fs/cgroup/taskhouse-test", "memory.max"},
	} {
		group := fmt.Sprint(c.group, os.Getpid())
		if os.Mkdir(group, 0o755) != nil {
			continue
		}
		t.Cleanup(func() {
			for range 100 { // the kernel takes its time after the last process
				if os.Remove(group) == nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Errorf("%s is left behind", group)
		})
		if os.WriteFile(filepath.Join(group, c.limit), fmt.Append(nil, little), 0o600) != nil {
			continue
		}
		program = filepath.Join(t.TempDir(), "confined")
		write(t, program, fmt.Appendf(nil, "#!/bin/sh\necho $$ >%s/cgroup.procs && exec %s \"$@\"\n", group, bin))
		if err := os.Chmod(program, 0o700); err != nil {
			t.Fatal(err)
		}
		return program, env, true
	}
	env["GOMEMLIMIT"] = fmt.Sprint(little - 96<<20) // as it would find out by itself
	return bin, env, false
}

// Threat F23: far more load than memory comes at once: large bodies, pages that their clients do not read, sign-ins.
// A part is refused, the program survives, and when the load ends every request is answered.
func TestThreat_F23_LittleMemory(t *testing.T) {
	program, env, really := confined(t)
	s := server.Start(t, server.Options{Bin: program, Data: t.TempDir(), Env: env})
	acme := server.SignUp(t, s.URL, "acme")
	client := server.Client{URL: s.URL, Token: acme.Token}
	long := strings.Repeat("读完这些需要一辈子。", 1900)
	for range 100 {
		client.Must(t, "POST", "/api/tasks/", map[string]any{"title": "Read this", "description": long}, nil)
	}
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Second)
	defer stop()
	var wg sync.WaitGroup
	var shed, other atomic.Int64
	repeat := func(times int, do func(h *http.Client) (*http.Response, error)) {
		for range times {
			wg.Go(func() {
				h := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
				defer h.CloseIdleConnections()
				for ctx.Err() == nil {
					a, err := do(h)
					if err != nil {
						other.Add(1)
						continue
					}
					_, _ = io.Copy(io.Discard, a.Body)
					_ = a.Body.Close()
					if a.StatusCode == http.StatusServiceUnavailable {
						shed.Add(1)
						time.Sleep(20 * time.Millisecond) // somewhat as it is told
					}
				}
			})
		}
	}
	large := fmt.Appendf(nil, `{"title":"x","description":"%s"}`, bytes.Repeat([]byte("y"), 1<<20-100))
	repeat(150, func(h *http.Client) (*http.Response, error) {
		r, err := http.NewRequest("POST", s.URL+"/api/tasks/", bytes.NewReader(large))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+acme.Token)
		r.Header.Set("Content-Type", "application/json")
		return h.Do(r)
	})
	repeat(20, func(h *http.Client) (*http.Response, error) {
		return h.Post(s.URL+"/api/auth/login/", "application/json",
			strings.NewReader(`{"username":"nobody","password":"no such person"}`))
	})
	for i := range 200 {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * 15 * time.Millisecond) // not so many at once that they would be too much work
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil { // the other side has to keep the rest
				t.Error(err)
			}
			fmt.Fprintf(conn,
				"GET /api/tasks/?page_size=100 HTTP/1.1\r\nHost: example.com\r\nAuthorization: Bearer %s\r\n\r\n",
				acme.Token)
			<-ctx.Done() // and not a byte is read
		})
	}
	for ctx.Err() == nil {
		if status, err := client.Call(t.Context(), "GET", "/livez/", nil, nil); err != nil || status != http.StatusOK {
			t.Errorf("meanwhile livez is answered with %d, %v", status, err)
			stop()
		}
		time.Sleep(50 * time.Millisecond)
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	over := time.Now()
	for status := 0; status != http.StatusOK; {
		var err error
		if status, err = client.Call(t.Context(), "GET", "/api/tasks/?page_size=1", nil, nil); err != nil ||
			time.Since(over) > 10*time.Second {
			t.Fatalf("when it is over, a page is answered with %d, %v", status, err)
		}
	}
	if shed.Load() == 0 {
		t.Error("nothing was refused: there was memory for all of it")
	}
	most := s.MostMemory(t)
	if !really &&
		most > little+64<<20 { // with pages of the program itself, which the system takes back when it needs them
		t.Errorf("it had %d MiB, of %d", most>>20, little>>20)
	}
	t.Logf("confined %t: %d refused, %d without an answer; at most %d MiB of %d; everybody is answered %v after it",
		really, shed.Load(), other.Load(), most>>20, little>>20, time.Since(over).Round(time.Millisecond))
}
