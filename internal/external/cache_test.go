package external_test

import (
	"testing"

	"github.com/taskhouse/taskhouse/internal/external"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

// TestNodesShareAnswers lets two nodes with one Redis fetch from one source.
func TestNodesShareAnswers(t *testing.T) {
	redis := testenv.Redis(t)
	u := newUpstream(t, say(todos))
	c := newClock()
	node := func(secret string) *external.Source {
		t.Helper()
		cache, err := external.NewRedis(redis, t.Name()+" "+u.URL+" ")
		if err != nil {
			t.Fatal(err)
		}
		o := external.Options{URL: u.URL, AllowPrivate: true, Now: c.Now, Cache: cache}
		if secret != "" {
			o.Header, o.Secret = "Authorization", secret
		}
		return newSource(t, o)
	}
	first, second := node(""), node("")
	for i, s := range []*external.Source{first, second, first} {
		if tasks, state := s.Tasks(t.Context()); len(tasks) != external.Shown || state.Status != external.OK ||
			tasks[2].ID.String() != "three" {
			t.Errorf("%d: %v, %+v", i, tasks, state)
		}
	}
	if n := u.hits.Load(); n != 1 {
		t.Errorf("two nodes asked %d times, want once", n)
	}
	node("another secret").Tasks(t.Context())
	if n := u.hits.Load(); n != 2 {
		t.Errorf("another secret is another source: asked %d times in all, want 2", n)
	}
	c.advance(external.Fresh)
	if _, state := node("").Tasks(t.Context()); state.Status != external.OK || u.hits.Load() != 3 {
		t.Errorf("an answer that is no longer fresh comes from the cache: %+v, asked %d times", state,
			u.hits.Load())
	}
}

// TestWithoutTheCache uses an unreachable cache: the source answers as without one.
func TestWithoutTheCache(t *testing.T) {
	u := newUpstream(t, say(todos))
	cache, err := external.NewRedis("redis://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	s := newSource(t, external.Options{URL: u.URL, AllowPrivate: true, Cache: cache})
	if tasks, state := s.Tasks(t.Context()); len(tasks) != external.Shown || state.Status != external.OK {
		t.Errorf("%v, %+v", tasks, state)
	}
	if _, err := external.NewRedis("http://example.com", ""); err == nil {
		t.Error("an http URL is taken for Redis")
	}
}
