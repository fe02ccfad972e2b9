package fail_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/taskhouse/taskhouse/internal/fail"
)

func TestIsLooksThroughWrapping(t *testing.T) {
	err := fmt.Errorf("find the task: %w", fail.NotFound())
	if !fail.Is(err, fail.KindNotFound) || fail.Is(err, fail.KindForbidden) || fail.Is(nil, fail.KindNotFound) {
		t.Error("Is does not tell a wrapped NotFound from others")
	}
}

func TestBecauseCarriesACauseThatIsNotShown(t *testing.T) {
	cause := errors.New("password=hunter2")
	e := fail.Unavailable("The database does not answer.", time.Second)
	with := e.Because(cause)
	if !errors.Is(with, cause) {
		t.Error("the cause is lost")
	}
	if with.Detail != e.Detail || e.Error() != e.Detail {
		t.Error("the cause is in what a client reads, or in the original")
	}
}

func TestThrottledNeverSaysZeroSeconds(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		time.Millisecond:        "Request was throttled. Expected available in 1 seconds.",
		1500 * time.Millisecond: "Request was throttled. Expected available in 2 seconds.",
	} {
		if got := fail.Throttled(wait).Detail; got != want {
			t.Errorf("%v: %q, want %q", wait, got, want)
		}
	}
}
