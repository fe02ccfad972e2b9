package task_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taskhouse/taskhouse/internal/task"
)

// TestRankIsBetweenItsNeighbours checks that a rank between two others stays between them with any digits appended, and
// that newer tasks are higher up.
func TestRankIsBetweenItsNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.Int64Range(1, 1<<62), 2, 2, rapid.ID[int64]).Draw(t, "ids")
		low, high := task.RankOf(max(ids[0], ids[1])), task.RankOf(min(ids[0], ids[1]))
		if low >= high {
			t.Fatalf("the newer task has %s, the older one %s", low, high)
		}
		for i := range rapid.IntRange(1, 60).Draw(t, "moves") {
			m := task.Between(low, high)
			if m == "" || m <= low || m+"zzzzzz" >= high {
				t.Fatalf("move %d: %q is not between %q and %q", i, m, low, high)
			}
			m += rapid.StringMatching("[0-9A-Za-z]{6}").Draw(t, "own")
			if rapid.Bool().Draw(t, "up") {
				high = m
			} else {
				low = m
			}
		}
		if end := task.Between(low, ""); end <= low {
			t.Fatalf("%q is not after %q", end, low)
		}
	})
}

// TestRankOfAGapThatIsUsedAgainAndAgain moves tasks into the same place of one gap: a rank grows by one digit in five
// moves, and a thousand digits are still allowed.
func TestRankOfAGapThatIsUsedAgainAndAgain(t *testing.T) {
	low, high := task.RankOf(2), task.RankOf(1)
	for i := range 3_000 {
		m := task.Between(low, high)
		if m <= low || m >= high {
			t.Fatalf("move %d: %q is not between %q and %q", i, m, low, high)
		}
		high = m + "000001"
	}
	if len(high) > 1_000 {
		t.Fatalf("the rank has %d digits", len(high))
	}
	if got := task.Between("b", "a"); got != "" {
		t.Errorf("between b and a there is %q", got)
	}
	if got := task.Between("a", "a"); got != "" {
		t.Errorf("between a and a there is %q", got)
	}
	if got := task.Between("", strings.Repeat("0", 5)); got != "" {
		t.Errorf("below the least there is %q", got)
	}
}
