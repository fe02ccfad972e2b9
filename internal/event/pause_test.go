package event

import (
	"testing"
	"time"
)

func TestPauseGrowsWithTheLook(t *testing.T) {
	for _, c := range []struct {
		name       string
		took, want time.Duration
	}{
		{"a short look", 50 * time.Millisecond, 2 * time.Second},
		{"a long one", 500 * time.Millisecond, 9500 * time.Millisecond},
		{"one that takes for ever", 5 * time.Second, longest},
		{"a clock that was set back", -time.Hour, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := pause(2*time.Second, c.took); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
