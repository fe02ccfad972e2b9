package form_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/taskhouse/taskhouse/internal/form"
)

var (
	statuses = []string{"todo", "in_progress", "done", "cancelled"}
	ordinary = []byte(`{"title": "Write the report", "status": "in_progress", "assigned_to": 42}`)
)

type newTask struct {
	Title      string `json:"title"`
	Status     string `json:"status"`
	AssignedTo *int64 `json:"assigned_to"`
}

// BenchmarkBody reads and checks three fields; for comparison, two libraries only read them.
func BenchmarkBody(b *testing.B) {
	b.Run("form", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := form.Body(ordinary)
			if err != nil {
				b.Fatal(err)
			}
			title := f.Text("title", form.Required, form.Max(200))
			status := f.Choice("status", statuses)
			person := f.ID("assigned_to", form.Nullable)
			if f.Err() != nil || title.V == "" || status.V == "" || person.V != 42 {
				b.Fatal(f.Err())
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var t newTask
			if err := json.Unmarshal(ordinary, &t); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json-v2", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var t newTask
			if err := jsonv2.Unmarshal(ordinary, &t); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// large returns bodies that are expensive to read.
func large() map[string]string {
	keys := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	const mib = 1 << 20
	return map[string]string{
		"list of a million": `{"x":[` + strings.Repeat("1,", 999_999) + `1]}`,
		"lists in lists":    `{"x":[` + strings.Repeat("[[[[[[[[]]]]]]]],", mib/17) + `1]}`,
		"too deep":          strings.Repeat("[", mib),
		"long text":         `{"title":"` + strings.Repeat("a", mib) + `"}`,
		"escaped text":      `{"title":"` + strings.Repeat(`\u00e9`, mib/6) + `"}`,
		"exponents":         `{"x":[` + strings.Repeat("1e300,", mib/6) + `1]}`,
		"long number":       `{"x":` + strings.Repeat("1", mib) + `}`,
		"many objects":      `{"x":[` + strings.Repeat(`{"a":1},`, mib/8) + `1]}`,
		"many names":        `{` + keys(80_000, `"k%d":1`) + `}`,
		"many inner names":  `{"x":{` + keys(80_000, `"k%d":1`) + `}}`,
		"white space":       strings.Repeat(" ", mib) + "{}",
		"many lines":        strings.Repeat("\n", mib) + "x",
	}
}

func BenchmarkLarge(b *testing.B) {
	for name, body := range large() {
		b.Run(name, func(b *testing.B) {
			data := []byte(body)
			b.ReportAllocs()
			for b.Loop() {
				f, err := form.Body(data)
				if err == nil {
					f.Text("title", form.Max(200))
				}
			}
		})
	}
}
