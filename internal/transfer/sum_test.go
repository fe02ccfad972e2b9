package transfer_test

import (
	"testing"

	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/snapshot"
)

func TestSumsAreEqualOnBothEnginesAndShowEveryChange(t *testing.T) {
	var both []snapshot.Sums
	for _, engine := range dbtest.Engines {
		d := dbtest.New(t, engine)
		empty := sum(t, d)
		fill(t, d)
		before := sum(t, d)
		both = append(both, before)
		if len(before.Differ(empty)) == 0 || before.Hash() == empty.Hash() {
			t.Errorf("%s: an empty database has the same sums", engine)
		}
		for _, change := range []struct{ table, do string }{
			{"tasks", `UPDATE tasks SET title = 'x' WHERE company_id = 1 AND id = 32`},
			{"users", `UPDATE users SET is_superuser = FALSE WHERE id = 8`},
			{"invitations", `UPDATE invitations SET accepted_at = 0 WHERE company_id = 1`},
			{"told", `DELETE FROM told WHERE company_id = 2`},
		} {
			run(t, d, change.do)
			after := sum(t, d)
			if got := before.Differ(after); len(got) != 1 || before.Hash() == after.Hash() {
				t.Errorf("%s: after %s they differ in %q, want %s", engine, change.do, got, change.table)
			}
			before = after
		}
	}
	if got := both[0].Differ(both[1]); len(got) > 0 || both[0].Hash() != both[1].Hash() {
		t.Errorf("the same rows have other sums on PostgreSQL: %q", got)
	}
}
