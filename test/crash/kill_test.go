package crash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/audit"
	"github.com/taskhouse/taskhouse/test/server"
)

// writers is how many clients write at once, half of them in each of two companies.
const writers = 8

// site is an installation that is killed again and again.
type site struct {
	t       *testing.T
	options server.Options
	running *server.Server
	ledger  *audit.Ledger
	writers []*writer
	rng     *rand.Rand

	acked      int
	lost, torn int
}

func newSite(t *testing.T, o server.Options) *site {
	s := &site{t: t, options: o, ledger: audit.New(), rng: rand.New(rand.NewPCG(rand.Uint64(), 0))}
	s.start()
	companies := []server.Company{server.SignUp(t, s.running.URL, "Acme"), server.SignUp(t, s.running.URL, "Globex")}
	for i := range writers {
		c := companies[i%2]
		w := &writer{
			company: c,
			name:    fmt.Sprintf("writer %d", i),
			rng:     rand.New(rand.NewPCG(s.rng.Uint64(), uint64(i))),
		}
		w.client.Token = c.Token
		s.writers = append(s.writers, w)
	}
	s.connect()
	return s
}

// start runs the program, and gives every client its address and a connection of its own.
func (s *site) start() {
	s.t.Helper()
	s.running = server.Start(s.t, s.options)
	s.connect()
}

func (s *site) connect() {
	for _, w := range s.writers {
		w.client.URL, w.client.HTTP = s.running.URL, &http.Client{
			Transport: &http.Transport{},
			Timeout:   30 * time.Second,
		}
	}
}

// load lets the clients write, calls kill at a random moment after some of their answers, and returns when they have
// all noticed.
func (s *site) load(kill func()) {
	var acked atomic.Int64
	after := int64(1 + s.rng.IntN(30*writers))
	enough := make(chan struct{})
	var once sync.Once
	var done sync.WaitGroup
	for _, w := range s.writers {
		done.Go(func() {
			if err := w.run(context.Background(), func() {
				if acked.Add(1) >= after {
					once.Do(func() { close(enough) })
				}
			}); err != nil {
				s.t.Errorf("%s: %v", w.name, err)
			}
			once.Do(func() { close(enough) })
		})
	}
	<-enough
	time.Sleep(time.Duration(s.rng.IntN(3000)) * time.Microsecond) // a moment that nothing in the program decides
	kill()
	done.Wait()
	s.acked += int(acked.Load())
	for _, w := range s.writers {
		w.client.HTTP.CloseIdleConnections()
	}
}

// check reads the database after the kill, and compares it with itself and with the acknowledged writes.
func (s *site) check(o db.Options) {
	s.t.Helper()
	d, err := db.Open(s.t.Context(), o)
	if err != nil {
		s.t.Fatalf("open what the kill left: %v", err)
	}
	torn, err := s.ledger.Read(s.t.Context(), d)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.torn += len(torn)
	for _, p := range torn {
		s.t.Errorf("torn: %s", p)
	}
	for _, w := range s.writers {
		lost := w.lost(s.ledger)
		s.lost += len(lost)
		for _, p := range lost {
			s.t.Errorf("lost: %s", p)
		}
		for _, title := range s.ledger.Twice(w.company.ID) {
			s.t.Errorf("the creation %q was applied %d times", title, s.ledger.Created(w.company.ID, title))
		}
	}
}

// settle lets every client find out the result of its last request.
func (s *site) settle() {
	s.t.Helper()
	for _, w := range s.writers {
		w.settle(s.t, s.ledger)
	}
}

// report logs the totals.
func (s *site) report(n int) {
	s.t.Logf("%d cycles, %d acknowledged, %d lost, %d torn", n, s.acked, s.lost, s.torn)
	if s.acked < n {
		s.t.Errorf("%d answers in %d cycles: nothing was tested", s.acked, n)
	}
}

// count returns the number of cycles: that of the flag, else a short or a long one.
func count(short, long int) int {
	if *cycles > 0 {
		return *cycles
	}
	return testenv.Long(short, long)
}

func TestThreat_F1_KillUnderWriteLoad_SQLite(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := newSite(t, server.Options{Bin: bin, Data: data})
	n := count(5, 25)
	for range n {
		s.load(s.running.Kill9)
		// The test reads a copy, so that the program itself is the first to open the file after the kill.
		left := filepath.Join(t.TempDir(), "taskhouse.db")
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(filepath.Join(data, "taskhouse.db"+suffix))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(left+suffix, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.check(db.Options{Path: left})
		s.start()
		s.settle()
		if t.Failed() {
			break
		}
	}
	if code := s.running.Stop(t); code != 0 {
		t.Errorf("a stop after all of it ends with %d", code)
	}
	s.check(db.Options{Path: filepath.Join(data, "taskhouse.db")})
	s.report(n)
}

func TestThreat_F3_KillUnderWriteLoad_PostgreSQL(t *testing.T) {
	cluster := testenv.StartPostgres(t, testenv.PostgresOptions{Durable: true})
	u := database(t, cluster)
	s := newSite(t,
		server.Options{Bin: bin, Data: filepath.Join(t.TempDir(), "data"), Env: map[string]string{"DATABASE_URL": u}})
	n := count(3, 10)
	for i := range n {
		killsServer := i%3 == 2
		if killsServer {
			s.load(func() {
				if err := cluster.Kill9(); err != nil {
					t.Error(err)
				}
			})
			if err := cluster.Start(); err != nil {
				t.Fatal(err)
			}
		} else {
			s.load(s.running.Kill9)
			backendsGone(t, cluster.URL())
		}
		s.check(db.Options{URL: u})
		if killsServer {
			s.connect()
			ready(t, s.running.URL)
		} else {
			s.start()
		}
		s.settle()
		if t.Failed() {
			break
		}
	}
	if code := s.running.Stop(t); code != 0 {
		t.Errorf("a stop after all of it ends with %d", code)
	}
	s.check(db.Options{URL: u})
	s.report(n)
}

// database makes an empty database on a cluster, owned by a role as an installation has it, and returns its URL.
func database(t *testing.T, cluster *testenv.Server) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	for _, sql := range []string{
		`CREATE ROLE taskhouse LOGIN CREATEROLE`, `CREATE DATABASE taskhouse OWNER taskhouse`,
	} {
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	u, err := url.Parse(cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	u.User, u.Path = url.User("taskhouse"), "/taskhouse"
	return u.String()
}

// backendsGone waits until PostgreSQL has noticed that its client is gone: earlier statements are then committed or
// rolled back.
func backendsGone(t *testing.T, admin string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	for n := 1; n > 0; {
		err := c.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'taskhouse'`).
			Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			if _, err := c.Exec(t.Context(), `SELECT pg_sleep(0.01)`); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// ready asks until the program says that it can serve again.
func ready(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if status, err := (server.Client{URL: url}).Call(ctx, "GET", "/readyz/", nil, nil); err == nil &&
			status == http.StatusOK {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("not ready within 10 s of the database's return")
		case <-tick.C:
		}
	}
}
