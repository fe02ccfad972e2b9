package deploy_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/internal/testenv/proc"
	"github.com/taskhouse/taskhouse/test/server"
)

// ordinaryNginx is the configuration of a person who has read one page about nginx: no Host line, and gzip for
// everything.
const ordinaryNginx = `
pid DIR/pid;
events {}
http {
	access_log off;
	client_body_temp_path DIR/b; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f; uwsgi_temp_path DIR/u;
	scgi_temp_path DIR/s;
	gzip on;
	gzip_proxied any;
	gzip_min_length 1;
	gzip_types application/json;
	server {
		listen LISTEN;
		location / {
			proxy_pass http://NODE;
			proxy_set_header X-Forwarded-Host $host;
			proxy_set_header X-Forwarded-Port $server_port;
			proxy_set_header X-Forwarded-For $remote_addr;
			proxy_set_header Accept-Encoding "";
		}
	}
}`

// TestFault_P3_P4_P7_OrdinaryNginx uses a server without TASKHOUSE_PUBLIC_URL behind an nginx that sends another Host
// and weakens ETags.
func TestFault_P3_P4_P7_OrdinaryNginx(t *testing.T) {
	node := server.Start(t, server.Options{
		Bin: bin, Data: t.TempDir(), Env: map[string]string{"TASKHOUSE_TRUSTED_PROXIES": "127.0.0.1"},
	})
	address := server.FreeAddress(t)
	runNginx(t, address, strings.NewReplacer("LISTEN", address, "NODE", strings.TrimPrefix(node.URL, "http://")).
		Replace(ordinaryNginx))
	company := server.SignUp(t, "http://"+address, "Acme")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, in string, header ...string) (status int, tag string, out map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "tasks.example.com:" + port // the name in the browser
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Encoding", "gzip")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		content := io.Reader(a.Body)
		if a.Header.Get("Content-Encoding") == "gzip" {
			if content, err = gzip.NewReader(a.Body); err != nil {
				t.Fatal(err)
			}
		}
		_ = json.NewDecoder(content).Decode(&out) // an answer without a body has none
		return a.StatusCode, a.Header.Get("ETag"), out
	}

	status, _, out := ask("POST", "/api/session/", `{"username": "acme.owner", "password": "a-fine-long-phrase"}`,
		"Origin", "http://tasks.example.com:"+port)
	if status != http.StatusOK {
		t.Errorf("P3: signing in answers %d, %v", status, out)
	}
	auth := []string{"Authorization", "Bearer " + company.Token}
	for range 2 {
		if status, _, out = ask("POST", "/api/tasks/", `{"title": "Paint"}`, auth...); status != http.StatusCreated {
			t.Fatalf("a task: %d, %v", status, out)
		}
	}
	path := fmt.Sprintf("/api/tasks/%.0f/", out["id"])
	_, tag, _ := ask("GET", path, "", auth...)
	if !strings.HasPrefix(tag, "W/") {
		t.Fatalf("nginx has not weakened the tag %s", tag)
	}
	if status, _, out = ask("PATCH", path, `{"title": "Painted"}`, append(auth, "If-Match", tag)...); status != 200 {
		t.Errorf("P4: with its weakened tag a task answers %d, %v", status, out)
	}
	if status, _, _ = ask("PATCH", path, `{"title": "Lost"}`, append(auth, "If-Match", tag)...); status != 412 {
		t.Errorf("P4: with an old tag a task answers %d", status)
	}
	_, _, out = ask("GET", "/api/tasks/?page_size=1", "", auth...)
	if out["next"] != "/api/tasks/?page=2&page_size=1" {
		t.Errorf("P7: the next page is %v", out["next"])
	}
	_, _, out = ask("POST", "/api/auth/invitations/", "{}", auth...)
	if link, _ := out["url"].(string); !strings.HasPrefix(link, "/invitations/#") {
		t.Errorf("P7: the link is %q", link)
	}
	if said := node.Stderr(); strings.Count(said, "set TASKHOUSE_PUBLIC_URL") != 2 {
		t.Errorf("P7: the log does not name the setting at the start and at the first link:\n%s", said)
	}
}

// startNginx runs nginx with the configuration that compose mounts; only addresses and the place of its files are
// others.
func startNginx(t *testing.T, nodes [2]string) (address string) {
	t.Helper()
	b, err := os.ReadFile(folder + "compose/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	address = server.FreeAddress(t)
	runNginx(t, address, strings.NewReplacer(
		"serve1:8000", nodes[0], "serve2:8000", nodes[1], "listen 8080", "listen "+address,
		"/run/nginx.pid", "DIR/pid", "/dev/stderr", "DIR/error.log",
		"http {\n", "http {\n\tclient_body_temp_path DIR/b;\n\tproxy_temp_path DIR/p;\n\tfastcgi_temp_path DIR/f;\n"+
			"\tuwsgi_temp_path DIR/u;\n\tscgi_temp_path DIR/s;\n").
		Replace(string(b)))
	return address
}

// runNginx runs nginx with a configuration, in which DIR is the folder for its files, and waits until it listens.
func runNginx(t *testing.T, address, conf string) {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("nginx is not installed")
		}
	}
	dir := t.TempDir()
	conf = strings.ReplaceAll(conf, "DIR", dir)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte("daemon off;\nmaster_process off;\n"+conf), 0o600); err != nil {
		t.Fatal(err)
	}
	check := exec.CommandContext(t.Context(), program, "-t", "-q", "-c", path, "-p", dir, "-e", dir+"/error.log")
	if out, err := check.CombinedOutput(); err != nil {
		t.Fatalf("nginx refuses its configuration: %v\n%s", err, out)
	}
	p, err := proc.Start(exec.Command(program, "-c", path, "-p", dir, "-e", dir+"/error.log"), syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Signal(syscall.SIGKILL)
		<-p.Done()
		if log, _ := os.ReadFile(dir + "/error.log"); t.Failed() {
			t.Logf("nginx said:\n%s", log)
		}
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

var shell = regexp.MustCompile("(?s)```sh\n(.*?)```")

// The services of compose.yaml run as processes: a migration as the owner, two servers and a worker under a role that
// owns nothing, secrets in files, Redis, nginx before it all. The README's walk goes through it, and nothing fails
// while one server after the other is restarted.
func TestTwoServersAWorkerAndNginx(t *testing.T) {
	rows := dbtest.Empty(t, "postgres")
	redis := testenv.Redis(t)
	admin := dbtest.Admin(t, rows)
	u, err := url.Parse(rows.URL)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.TrimPrefix(u.Path, "/")
	login := "login_" + database
	// As roles.sh does; taskhouse_app and taskhouse_system are the server's, and there already.
	for _, sql := range []string{
		`CREATE ROLE ` + login + ` LOGIN NOINHERIT PASSWORD 'secret'`,
		`GRANT taskhouse_app, taskhouse_system TO ` + login,
		`REVOKE ALL ON DATABASE ` + database + ` FROM PUBLIC`, `GRANT CONNECT ON DATABASE ` + database + ` TO ` + login,
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	t.Cleanup(func() {
		_, _ = admin.Exec(context.Background(), `REVOKE ALL ON DATABASE `+database+` FROM `+login)
		_, _ = admin.Exec(context.Background(), `DROP ROLE `+login)
	})
	serving := *u
	serving.User = url.UserPassword(login, "secret")
	dir := t.TempDir()
	secret := func(name, value string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	env := map[string]string{
		"DATABASE_URL_FILE": secret("database_url", serving.String()), "REDIS_URL_FILE": secret("redis_url", redis),
		"TASKHOUSE_SECRET_KEY_FILE": secret("secret_key", strings.Repeat("4f1e9c0a7d3b5286", 4)),
		"TASKHOUSE_TRUSTED_PROXIES": "127.0.0.1", "TASKHOUSE_NOTIFY_DELAY": "0s", "EXTERNAL_TASKS_URL": "off",
	}
	migrate := server.Launch(
		t,
		server.Options{
			Bin:  bin,
			Data: filepath.Join(dir, "data"),
			Args: []string{"migrate", "up"},
			Env: map[string]string{
				"DATABASE_URL_FILE":          env["DATABASE_URL_FILE"],
				"TASKHOUSE_MIGRATE_URL_FILE": secret("migrate_url", rows.URL),
				"TASKHOUSE_SECRET_KEY_FILE":  env["TASKHOUSE_SECRET_KEY_FILE"],
			},
		},
	)
	if code := migrate.Exit(t); code != 0 {
		t.Fatalf("migrate ends with %d: %s", code, migrate.Stderr())
	}
	addrs := [2]string{server.FreeAddress(t), server.FreeAddress(t)}
	var nodes [2]*server.Server
	start := func(i int) {
		nodes[i] = server.Start(
			t,
			server.Options{
				Bin:  bin,
				Data: filepath.Join(dir, "data"),
				Env:  env,
				Args: []string{"serve", "--no-worker", "--addr=" + addrs[i]},
			},
		)
	}
	start(0)
	start(1)
	ops := server.FreeAddress(t)
	server.Launch(
		t,
		server.Options{
			Bin:  bin,
			Data: filepath.Join(dir, "data"),
			Env:  env,
			Args: []string{"worker", "--ops-addr=" + ops},
		},
	)
	site := "http://" + startNginx(t, addrs)
	await(t, "the worker", func() bool {
		cmd := exec.CommandContext(t.Context(), bin, "healthy", "--ops-addr="+ops)
		return cmd.Run() == nil
	})

	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- walk:begin -->")
	walk, _, _ := strings.Cut(rest, "<!-- walk:end -->")
	script := "set -euo pipefail\n"
	for _, b := range shell.FindAllStringSubmatch(walk, -1) {
		script += strings.ReplaceAll(b[1], "http://127.0.0.1:8000", site)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the README's walk: %v\n%s", err, out)
	}

	company := server.SignUp(t, site, "Acme")
	c := server.Client{URL: site, Token: company.Token}
	ws, answer, err := websocket.DefaultDialer.DialContext(t.Context(),
		strings.Replace(site, "http", "ws", 1)+"/ws/tasks/?since=0",
		http.Header{"Authorization": {"Bearer " + company.Token}})
	if err != nil {
		t.Fatalf("a WebSocket through nginx: %v", err)
	}
	defer func() { _ = errors.Join(answer.Body.Close(), ws.Close()) }()
	_ = ws.SetReadDeadline(time.Now().Add(20 * time.Second))
	c.Must(t, "POST", "/api/tasks/", map[string]any{"title": "Paint the fence", "assigned_to": company.Member}, nil)
	for {
		_, message, err := ws.ReadMessage()
		if err != nil {
			t.Fatalf("the live feed through nginx: %v", err)
		}
		if strings.Contains(string(message), "Paint the fence") {
			break
		}
	}
	await(t, "the worker's notification", func() bool {
		var n int
		err := admin.QueryRow(t.Context(),
			`SELECT count(*) FROM notifications WHERE company_id = $1 AND kind = 'assigned'`, company.ID).
			Scan(&n)
		return err == nil && n > 0
	})

	ctx, cancel := context.WithCancel(t.Context())
	var asked, failed atomic.Int64
	var clients sync.WaitGroup
	for n := range 4 {
		clients.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				var task struct{ ID int64 }
				title := fmt.Sprintf("client %d task %d", n, i)
				status, err := c.Call(t.Context(), "POST", "/api/tasks/", map[string]any{"title": title}, &task,
					"Idempotency-Key", title)
				if err != nil || status != http.StatusCreated {
					failed.Add(1)
					t.Errorf("%s: %d, %v", title, status, err)
					continue
				}
				status, err = c.Call(t.Context(), "GET", fmt.Sprintf("/api/tasks/%d/", task.ID), nil, nil)
				if err != nil || status != http.StatusOK {
					failed.Add(1)
					t.Errorf("reading %s: %d, %v", title, status, err)
				}
				asked.Add(2)
			}
		})
	}
	for i := range 2 {
		await(t, "some requests",
			func(before int64) func() bool { return func() bool { return asked.Load() > before+60 } }(asked.Load()))
		if code := nodes[i].Stop(t); code != 0 {
			t.Errorf("server %d ends with %d", i, code)
		}
		start(i)
		// nginx uses a server again two seconds after it failed (fail_timeout): an earlier restart of the other one
		// leaves none.
		time.Sleep(2500 * time.Millisecond)
	}
	cancel()
	clients.Wait()
	t.Logf("%d requests while both servers were restarted, %d failed", asked.Load(), failed.Load())
}

// await looks until something holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}
