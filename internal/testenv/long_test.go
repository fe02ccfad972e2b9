package testenv_test

import (
	"testing"

	"github.com/taskhouse/taskhouse/internal/testenv"
)

func TestLong(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        int
	}{{"not set", "", 2}, {"set", "1", 100}} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(testenv.LongEnv, c.value)
			if got := testenv.Long(2, 100); got != c.want {
				t.Errorf("it returns %d, want %d", got, c.want)
			}
		})
	}
}
