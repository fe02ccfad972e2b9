package transfer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/db/dbtest"
	"github.com/taskhouse/taskhouse/internal/transfer"
)

// Imports and erasures are acts in the log of the installation, which keeps what was done to a company that is gone.
func TestThreat_A39_CompaniesThatComeAndGoAreNoted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		file, _ := export(t, d, 1)
		if _, err := transfer.Erase(t.Context(), d, 1); err != nil {
			t.Fatal(err)
		}
		done, err := archive(t, file).Import(t.Context(), d, transfer.Import{SamePeople: true})
		if err != nil {
			t.Fatal(err)
		}
		type act struct {
			Name, Via string
			Company   int64
		}
		got, err := db.Read(t.Context(), d.System("a test"), func(tx *db.SystemTx) ([]act, error) {
			return db.All(tx, func(r db.Row, a *act) error { return r.Scan(&a.Name, &a.Via, &a.Company) },
				`SELECT act, via, company FROM installation_log ORDER BY id`)
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []act{
			{"read", "api", 1},
			{"company_erased", "command", 1},
			{"company_imported", "command", done.Company},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	})
}
