package event

import (
	"testing"
	"time"
)

func TestPauseGrowsWithThePoll(t *testing.T) {
	for _, c := range []struct {
		name       string
		took, want time.Duration
	}{
		{"a short poll", 50 * time.Millisecond, 2 * time.Second},
		{"a long one", 500 * time.Millisecond, 9500 * time.Millisecond},
		{"an endless one", 5 * time.Second, maxPollPause},
		{"a clock that was set back", -time.Hour, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := pollPause(2*time.Second, c.took); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
