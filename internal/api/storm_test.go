package api_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/account"
	"github.com/taskhouse/taskhouse/internal/limit"
)

// TestThreat_R8_A34_ALoginStorm signs three hundred people in within a second, with load shedding. All get in, and other
// requests go on meanwhile.
func TestThreat_R8_A34_ALoginStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many seconds of all processors")
	}
	gate := limit.NewGate(time.Now, nil)
	s := newServer(t, "sqlite", func(s *server) { s.api.Gate = gate })
	const people = 300
	for i := range people {
		s.person(t, s.acme.id, fmt.Sprint("storm", i), account.Ordinary)
	}
	s.tryLogin(t, "storm0", password).want(t, 200) // its old hash is replaced
	alone := timed(func() { s.tryLogin(t, "storm0", password).want(t, 200) })
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
	took := time.Since(begin)
	t.Logf("%d people in %v, one alone %v; others' p99 %v, before %v", people, took.Round(time.Millisecond), alone, p99(busy), p99(quiet))
	// Their old hashes cost a second hash each, once. On a machine with nothing else to do, alone is 50 ms.
	if limit := max(15*time.Second, people*2*alone); took > limit {
		t.Errorf("%v, want at most %v", took, limit)
	}
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
