package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// house is the product in this process: its handler on a seeded database, and a member's token.
type house struct {
	handler  http.Handler
	auth     *auth.Service
	token    string
	measured company
}

// open seeds a fresh database of an engine and opens the product on it.
func open(tb testing.TB, engine string, tasks, total int) *house {
	tb.Helper()
	where := dbtest.Fresh(tb, engine)
	where.Conns = 8
	cfg, err := config.Load(map[string]string{"data": tb.TempDir()}, func(string) (string, bool) { return "", false })
	if err != nil {
		tb.Fatal(err)
	}
	// Callers of a benchmark ask faster than a limit allows.
	for _, rate := range []*config.Rate{&cfg.AddressRate, &cfg.TokenRate, &cfg.UserRate, &cfg.CompanyRate} {
		*rate = config.Rate{}
	}
	wired, err := app.Wire(cfg, dbtest.Open(tb, where), slog.New(slog.DiscardHandler), io.Discard, app.Overrides{})
	if err != nil {
		tb.Fatal(err)
	}
	h := &house{handler: wired.Handler(), auth: wired.API.Auth}
	h.signUp(tb, tasks)
	var to bulk
	if engine == "sqlite" {
		to, err = bulkSQLite(where.Path)
	} else {
		to, err = bulkPostgres(context.Background(), superuser(tb, where.URL))
	}
	if err != nil {
		tb.Fatal(err)
	}
	err = seed(to, population{companies: []company{h.measured}, total: total, others: 20, members: members})
	if err := errors.Join(err, to.finish()); err != nil {
		tb.Fatal(err)
	}
	return h
}

func superuser(b testing.TB, u string) string {
	to, err := url.Parse(u)
	if err != nil {
		b.Fatal(err)
	}
	admin, err := url.Parse(testenv.Postgres(b))
	if err != nil {
		b.Fatal(err)
	}
	to.User = admin.User
	return to.String()
}

func (h *house) signUp(b testing.TB, tasks int) {
	var user struct {
		ID      int64 `json:"id"`
		Company struct {
			ID int64 `json:"id"`
		} `json:"company"`
	}
	h.post(
		b,
		"/api/auth/register/",
		fmt.Sprintf(`{"username":"olga","email":"olga@example.com","password":%q,"password_confirm":%[1]q,`+
			`"company_name":"Measured"}`, password),
		&user,
	)
	var tokens struct {
		Access string `json:"access"`
	}
	h.post(b, "/api/auth/login/", fmt.Sprintf(`{"username":"olga","password":%q}`, password), &tokens)
	h.token, h.measured = tokens.Access, company{ID: user.Company.ID, Owner: user.ID, Tasks: tasks}
}

func (h *house) post(b testing.TB, path, body string, into any) {
	b.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if h.token != "" {
		r.Header.Set("Authorization", "Bearer "+h.token)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code >= 300 {
		b.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		b.Fatal(err)
	}
}

// sink is an http.ResponseWriter that keeps nothing, so that only the product is measured.
type sink struct {
	header http.Header
	status int
	size   int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(p []byte) (int, error) {
	s.size += len(p)
	return len(p), nil
}

// ask serves one request and reports the size of its answer.
func (h *house) ask(b testing.TB, method, target string, body []byte, want int) int {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		b.Fatal(err)
	}
	r := &http.Request{
		Method: method, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "localhost",
		RemoteAddr: "127.0.0.1:4000", RequestURI: target,
		Header: http.Header{"Authorization": {"Bearer " + h.token}}, Body: http.NoBody,
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	s := &sink{header: http.Header{}}
	h.handler.ServeHTTP(s, r)
	if s.status != want {
		b.Fatalf("%s %s: %d", method, target, s.status)
	}
	return s.size
}

// TestSeed asks the product about rows that it has not written: lists, counters and numbers must be as if it had.
func TestSeed(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			h := open(t, engine, 100, 2_000)
			var list struct {
				Count   int `json:"count"`
				Results []struct {
					ID int64 `json:"id"`
				} `json:"results"`
			}
			h.get(t, "/api/tasks/?page_size=100", &list)
			if list.Count != 100 || len(list.Results) != 100 {
				t.Errorf("a company seeded with 100 tasks counts %d and lists %d", list.Count, len(list.Results))
			}
			h.get(t, "/api/tasks/?search=the&page_size=1", &list) // counted by looking
			if list.Count != 100 {
				t.Errorf("a search for a word of every title finds %d of 100", list.Count)
			}
			var numbers struct {
				Total  int            `json:"total_tasks"`
				ByUser map[string]int `json:"by_user"`
			}
			h.get(t, "/api/tasks/statistics/", &numbers)
			if numbers.Total != 100 || len(numbers.ByUser) != members {
				t.Errorf("statistics: %+v, not of 100 tasks and %d members", numbers, members)
			}
			h.ask(t, "POST", "/api/tasks/", createdTask(h.measured.Owner), 201)
		})
	}
}

// get reads an answer into into.
func (h *house) get(tb testing.TB, target string, into any) {
	tb.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.Header.Set("Authorization", "Bearer "+h.token)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code != 200 {
		tb.Fatalf("GET %s: %d %s", target, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		tb.Fatal(err)
	}
}

// each runs fn on both engines.
func each(b *testing.B, fn func(b *testing.B, h *house)) {
	for _, engine := range dbtest.Engines {
		b.Run(engine, func(b *testing.B) {
			h := open(b, engine, 10_000, 100_000)
			b.ReportAllocs()
			b.ResetTimer()
			before := processorTime(b)
			fn(b, h)
			// On a shared machine, wall time includes other programs; this is the benchmark's own time.
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// processorTime returns the user and system time of this process, in nanoseconds.
func processorTime(b testing.TB) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkList(b *testing.B) {
	each(b, func(b *testing.B, h *house) {
		for b.Loop() {
			h.ask(b, "GET", "/api/tasks/", nil, 200)
		}
	})
}

func BenchmarkGet(b *testing.B) {
	each(b, func(b *testing.B, h *house) {
		target := "/api/tasks/" + fmt.Sprint(h.firstTask(b)) + "/"
		for b.Loop() {
			h.ask(b, "GET", target, nil, 200)
		}
	})
}

func BenchmarkStatistics(b *testing.B) {
	each(b, func(b *testing.B, h *house) {
		for b.Loop() {
			h.ask(b, "GET", "/api/tasks/statistics/", nil, 200)
		}
	})
}

// BenchmarkCreate has 32 writers in one company, whatever the number of cores.
func BenchmarkCreate(b *testing.B) {
	each(b, func(b *testing.B, h *house) {
		var wg sync.WaitGroup
		work := make(chan int)
		for range connections {
			wg.Go(func() {
				for range work {
					h.ask(b, "POST", "/api/tasks/", createdTask(h.measured.Owner), 201)
				}
			})
		}
		for b.Loop() {
			work <- 1
		}
		close(work)
		wg.Wait()
	})
}

// firstTask returns the id of the newest task of the company.
func (h *house) firstTask(b testing.TB) int64 {
	var page struct {
		Results []struct {
			ID int64 `json:"id"`
		} `json:"results"`
	}
	h.get(b, "/api/tasks/?page_size=1", &page)
	return page.Results[0].ID
}
