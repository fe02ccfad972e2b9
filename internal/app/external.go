package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/external"
)

// External asks the configured source of outside tasks once and prints what it gave. Here, unlike in the API, the cause of a
// failure is told in full: it is the operator who asks.
func External(ctx context.Context, cfg Config, out io.Writer, asJSON bool) error {
	source, err := newSource(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	tasks, state := source.Tasks(ctx)
	if err := source.Err(); err != nil {
		return fmt.Errorf("outside tasks from %s: %w", cfg.ExternalTasksURL, err)
	}
	if state.Status != external.OK {
		return fmt.Errorf("outside tasks from %s: %w", cfg.ExternalTasksURL, ctx.Err())
	}
	if asJSON {
		b, err := json.Marshal(tasks, jsontext.WithIndent("  "))
		_, _ = fmt.Fprintf(out, "%s\n", b)
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "ID\tDONE\tTITLE")
	for _, v := range tasks {
		done := "no"
		if v.Completed {
			done = "yes"
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\n", printable(v.ID.String()), done, printable(v.Title))
	}
	return t.Flush()
}
