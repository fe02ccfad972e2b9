package form_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/taskhouse/taskhouse/internal/form"
)

var update = flag.Bool("update", false, "write the golden files")

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		name string
		read func(*form.Form)
	}{
		{"body", func(f *form.Form) {
			title := f.Text("title", form.Required, form.Max(200), form.Doc("What is to be done."))
			f.Text("description", form.Blank, form.Multiline)
			f.Choice("status", statuses, form.Default("todo"))
			f.ID("assigned_to", form.Nullable, form.Doc("A member."))
			f.Int("size", 1, 100)
			f.Int("offset", math.MinInt64, math.MaxInt64, form.Default(0))
			f.Bool("urgent")
			f.Time("due", form.Nullable)
			f.Text("email", form.Required, form.Max(254), form.Format("email"))
			f.Text("password", form.Required, form.Raw, form.WriteOnly, form.Max(128), form.Format("password"))
			if title.V == "" {
				f.Fail("title", "It is absent, of course.")
			}
			if f.Err() != nil || f.Failed("title") {
				f.Text("never", form.Doc("A description has no faults."))
			}
		}},
		{"partial", func(f *form.Form) {
			f.Text("before", form.Required)
			f.Partial()
			f.Text("after", form.Required)
		}},
		{"query", func(f *form.Form) {
			f.Choice("status", statuses)
			f.ID("assigned_to")
			f.Text("search", form.Max(100))
			f.Time("created_at__gte")
			f.Strict()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got bytes.Buffer
			for _, d := range form.Describe(c.read) {
				if err := json.NewEncoder(&got).Encode(d); err != nil {
					t.Fatal(err)
				}
			}
			golden(t, filepath.Join("testdata", c.name+".golden"), got.Bytes())
		})
	}
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s:\n%s", path, got)
	}
}
