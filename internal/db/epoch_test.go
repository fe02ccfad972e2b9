package db

import "testing"

// TestEpochsOnlyGrow notes the epochs of two commits in another order than they were made. It compares callers verified
// before, between and after them. A caller verified after a commit and before its note has a newer epoch than the
// memory.
func TestEpochsOnlyGrow(t *testing.T) {
	e := newEpochs()
	stale := func(at int64) bool { return e.stale(&Tx{company: 1, epoch: at}) }
	if stale(1) {
		t.Error("a caller of a company without a noted epoch is stale")
	}
	e.note(1, 3)
	e.note(1, 2)
	for at, want := range map[int64]bool{1: true, 2: true, 3: false, 4: false, anyEpoch: false} {
		if got := stale(at); got != want {
			t.Errorf("a caller verified at %d: stale is %v", at, got)
		}
	}
	if e.stale(&Tx{company: 2, epoch: 1}) {
		t.Error("another company's epoch is compared")
	}
}
