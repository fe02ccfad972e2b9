package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/taskhouse/taskhouse/internal/db"
)

func printTable[T any](w io.Writer, head string, all []T, row func(T) string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, head) // a tabwriter keeps its errors for Flush
	for _, v := range all {
		_, _ = fmt.Fprintln(table, row(v))
	}
	return table.Flush()
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func moment(t *db.Time) string {
	if t == nil {
		return "-"
	}
	return t.Std().Format(time.RFC3339)
}
