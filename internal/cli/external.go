package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/external"
)

type externalCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run fetches the tasks. An unreachable source is a failure here, unlike in the API.
func (c externalCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return External(p.ctx, cfg, p.stdout, c.JSON)
}

// External fetches the external tasks from the configured source once and prints them. Its errors have the full cause
// of a failure, unlike the API's: they are for the operator.
func External(ctx context.Context, cfg config.Config, out io.Writer, asJSON bool) error {
	source, err := app.NewSource(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	tasks, state := source.Tasks(ctx)
	if err := source.Err(); err != nil {
		return fmt.Errorf("external tasks from %s: %w", cfg.ExternalTasksURL, err)
	}
	if state.Status != external.OK {
		return fmt.Errorf("external tasks from %s: %w", cfg.ExternalTasksURL, ctx.Err())
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
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\n", config.Printable(v.ID.String()), done, config.Printable(v.Title))
	}
	return t.Flush()
}
