package crash_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/testenv"
	"github.com/taskhouse/taskhouse/test/server"
)

// A database moves to PostgreSQL and back, and the command is killed again and again on the way; nothing that was
// acknowledged is lost, people stay signed in, and the numbers of events go on.
func TestMoveIsKilledAndGoesOn(t *testing.T) {
	cluster := testenv.StartPostgres(t, testenv.PostgresOptions{})
	u := database(t, cluster)
	base := t.TempDir()
	embedded := server.Options{Bin: bin, Data: filepath.Join(base, "data")}
	postgres := server.Options{Bin: bin, Data: embedded.Data, Env: map[string]string{"DATABASE_URL": u}}
	back := server.Options{Bin: bin, Data: filepath.Join(base, "back")}
	if code := command(t, embedded, "demo", "--weeks=6", "--tasks=1500"); code != 0 {
		t.Fatal("no sample company")
	}
	s := newSite(t, embedded)
	kills := 0
	for _, way := range []struct {
		from, to server.Options
		place    string
		rows     db.Options
	}{
		{embedded, postgres, u, db.Options{URL: u}},
		{postgres, back, back.Data, db.Options{Path: filepath.Join(back.Data, "taskhouse.db")}},
	} {
		s.load(s.running.Kill9)
		if way.from.Env != nil {
			backendsGone(t, cluster.URL())
		}
		began := time.Now()
		for tries := 0; ; tries++ {
			o := way.from
			o.Args = []string{"move", "--to=" + way.place}
			m := server.Launch(t, o)
			if tries < count(2, 8) {
				time.Sleep(time.Duration(s.rng.IntN(250*(1+tries%3))) * time.Millisecond) // any moment
				m.Kill9()
				kills++
				backendsGone(t, cluster.URL())
				continue
			}
			if code := m.Exit(t); code != 0 {
				t.Fatalf("move ends with %d: %s", code, m.Stderr())
			}
			break
		}
		t.Logf("moved to %s, in %v with the kills", way.place, time.Since(began).Round(time.Millisecond))
		// The old place refuses to be served.
		refused(t, way.from, 1, "has moved to")
		s.check(way.rows)
		s.options = way.to
		s.start() // with the tokens of before
		s.settle()
		var log struct {
			Count   int64
			Results []struct{ Seq int64 }
		}
		w := s.writers[0]
		w.client.Must(t, http.MethodGet, "/api/events/?after=0", nil, &log)
		if want := s.ledger.Head(w.company.ID); log.Count < want || len(log.Results) == 0 || log.Results[0].Seq != 1 {
			t.Errorf("the log has %d events, it had %d", log.Count, want)
		}
	}
	if code := s.running.Stop(t); code != 0 {
		t.Errorf("a stop after all of it ends with %d", code)
	}
	s.check(db.Options{Path: filepath.Join(back.Data, "taskhouse.db")})
	t.Logf("%d kills of the move, %d acknowledged, %d lost, %d torn", kills, s.acked, s.lost, s.torn)
}

// command runs the program to its end.
func command(t *testing.T, o server.Options, args ...string) int {
	t.Helper()
	o.Args = args
	p := server.Launch(t, o)
	code := p.Exit(t)
	if code != 0 {
		t.Logf("%s: %s", fmt.Sprint(args), p.Stderr())
	}
	return code
}
