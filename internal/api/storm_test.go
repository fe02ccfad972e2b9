package api_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// TestThreat_R8_A34_ALoginStorm signs three hundred people in within a second, with load shedding. All get in, and
// other requests go on meanwhile.
func TestThreat_R8_A34_ALoginStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many seconds of all processors")
	}
	gate := limit.NewGate(time.Now, nil)
	s := newServer(t, "sqlite", func(s *server) {
		s.api.Gate = gate
		s.auth.Hasher = auth.NewHasher(0, 10*time.Minute) // the machine may be busy with other tests
	})
	const people = 300
	for i := range people {
		s.person(t, s.acme.id, fmt.Sprint("storm", i), account.Ordinary)
	}
	s.tryLogin(t, "storm0", password).want(t, 200)
	// The hashes of all are made of the address of one, so that nobody's has to be replaced.
	err := s.db.System("a test").Write(t.Context(), func(tx *db.SystemTx) error {
		_, err := tx.Exec(`UPDATE users SET email_key = 'storm0@mail.example',
			password = (SELECT password FROM users WHERE username = 'storm0') WHERE username LIKE 'storm%'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	other := s.globex.owner
	probe := func() time.Duration { return timed(func() { other.get(t, "/api/tasks/").want(t, 200) }) }
	var quiet, busy []time.Duration
	for range 100 {
		quiet = append(quiet, probe())
	}
	done := make(chan struct{})
	var all sync.WaitGroup
	begin := time.Now()
	for i := range people {
		all.Go(func() {
			<-time.After(time.Duration(i) * time.Second / people)
			if a := s.tryLogin(t, fmt.Sprint("storm", i), password); a.status != 200 {
				t.Errorf("number %d is answered %d\n%s", i, a.status, a.body)
			}
		})
	}
	go func() { all.Wait(); close(done) }()
	for open := true; open; {
		busy = append(busy, probe())
		select {
		case <-done:
			open = false
		case <-time.After(5 * time.Millisecond):
		}
	}
	// The clock also measures what else the machine does, so the times are only told.
	t.Logf("%d people in %v; others' p99 %v, before %v", people, time.Since(begin).Round(time.Millisecond), p99(busy),
		p99(quiet))
}

func timed(fn func()) time.Duration {
	begin := time.Now()
	fn()
	return time.Since(begin)
}

func p99(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)*99/100]
}
