package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
)

// build makes the server as it is released.
func build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "taskhouse")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/taskhouse")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return path, nil
}

// place is where a server keeps its data.
type place struct {
	binary, data, databaseURL string
}

// server is the running product.
type server struct {
	*child
	addr  string
	ready time.Duration // from the start of the process to the first 200
}

// The load meets a server without followers and jobs, so that the cost of a request is separate from its later effects.
const withoutWorker = "--no-worker"

// unreached is a rate that is counted and never met: all of the load comes from one address, and by few sessions.
const unreached = "1000000000/1m"

// serve starts the product and returns when it answers.
func (p place) serve(level string, flags ...string) (*server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	env := []string{
		"TASKHOUSE_ADDR=" + addr, "TASKHOUSE_DATA=" + p.data, "DATABASE_URL=" + p.databaseURL,
		"TASKHOUSE_LOG_LEVEL=" + level,
		// With a rate limit of sign-ins the limit would be measured, and an expired token would end the run.
		"TASKHOUSE_LOGIN_RATE=off", "TASKHOUSE_LOGIN_ADDRESS_RATE=off", "TASKHOUSE_REGISTER_RATE=off",
		"TASKHOUSE_REFRESH_RATE=off",
		// The work is measured, not the refusals.
		"TASKHOUSE_ADDRESS_RATE=" + unreached, "TASKHOUSE_TOKEN_RATE=" + unreached, "TASKHOUSE_USER_RATE=" + unreached,
		"TASKHOUSE_COMPANY_RATE=" + unreached,
		"TASKHOUSE_SHEDDING=off", "TASKHOUSE_HEAVY_PER_COMPANY=0", "TASKHOUSE_MAX_CONNS=0",
		"TASKHOUSE_CONNS_PER_ADDRESS=0",
		"TASKHOUSE_FEED_PER_MEMBER=0", "TASKHOUSE_FEED_PER_ADDRESS=0", "TASKHOUSE_ACCESS_TTL=24h",
		"TASKHOUSE_REFRESH_TTL=48h",
	}
	began := time.Now()
	c, err := start(exec.Command(p.binary, append([]string{"serve"}, flags...)...), env,
		filepath.Join(p.data, "..", "server.log"))
	if err != nil {
		return nil, err
	}
	s := &server{child: c, addr: addr}
	if err := s.await(began); err != nil {
		return nil, errors.Join(err, s.stop(), errors.New(s.said()))
	}
	return s, nil
}

// await polls as fast as a connection can be refused.
func (s *server) await(began time.Time) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	for time.Since(began) < 30*time.Second {
		if s.Ended() {
			return fmt.Errorf("the server ended: %w", s.Err())
		}
		r, err := client.Get("http://" + s.addr + "/readyz/")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				s.ready = time.Since(began)
				return nil
			}
		}
		time.Sleep(200 * time.Microsecond)
	}
	return errors.New("the server gave no 200 within 30 s")
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// ask sends one request and reads the answer into into, and gives its bytes.
func (s *server) ask(method, path, token string, body, into any) ([]byte, error) {
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequest(method, "http://"+s.addr+path, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, b)
	}
	if into == nil {
		return b, nil
	}
	return b, json.Unmarshal(b, into)
}

const password = "correct-horse-battery"

// person is a member who signs in.
type person struct {
	name  string
	token string
	company
}

// found signs a company up, with the number of tasks that it will have.
func (s *server) found(name string, tasks int) (*person, error) {
	var user struct {
		ID      int64 `json:"id"`
		Company struct {
			ID int64 `json:"id"`
		} `json:"company"`
	}
	_, err := s.ask("POST", "/api/auth/register/", "", map[string]any{
		"username": name, "email": name + "@example.com", "first_name": "Olga", "last_name": "Petrova",
		"company_name": "Company of " + name,
		"password":     password, "password_confirm": password,
	}, &user)
	if err != nil {
		return nil, err
	}
	return &person{name: name, company: company{ID: user.Company.ID, Owner: user.ID, Tasks: tasks}}, nil
}

func (s *server) login(p *person) error {
	var tokens struct {
		Access string `json:"access"`
	}
	_, err := s.ask("POST", "/api/auth/login/", "", map[string]any{"username": p.name, "password": password}, &tokens)
	p.token = tokens.Access
	return err
}
