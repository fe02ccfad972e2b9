package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/fail"
	"github.com/taskhouse/taskhouse/internal/job"
	"github.com/taskhouse/taskhouse/internal/page"
)

type jobsCommand struct {
	List   jobsList   `cmd:"" help:"List jobs, newest first."`
	Retry  jobsRetry  `cmd:"" help:"Queue a dead or cancelled job again."`
	Cancel jobsCancel `cmd:"" help:"Cancel a queued or running job."`
}

type jobsList struct {
	State string `enum:",queued,running,done,dead,cancelled" default:"" help:"queued, running, done, dead, cancelled."`
	Limit int    `default:"50" help:"Most jobs to list."`
}

// Run prints the jobs as a table.
func (c jobsList) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error {
		rows, err := job.List(p.ctx, d, job.Query{State: job.State(c.State)}, page.First(page.Down, c.Limit))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "JOB\tCOMPANY\tKIND\tKEY\tSTATE\tATTEMPTS\tCREATED\tNEXT\tERROR")
		for _, r := range rows {
			next := "-"
			if r.DueAt != 0 {
				next = r.DueAt.Std().Format(time.RFC3339)
			}
			_, _ = fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n",
				r.ID, r.Company, config.Printable(r.Kind), config.Printable(r.Key), r.State, r.Attempts,
				r.CreatedAt.Std().Format(time.RFC3339), next, config.Printable(app.OneLine(r.Error)))
		}
		return table.Flush()
	})
}

type jobsRetry struct {
	ID int64 `arg:"" help:"Number of the job."`
}

// Run queues the job.
func (c jobsRetry) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error {
		return noJob(job.FromShell(p.ctx, d, c.ID, job.Retry), c.ID, "dead or cancelled")
	})
}

type jobsCancel struct {
	ID int64 `arg:"" help:"Number of the job."`
}

// Run cancels the job.
func (c jobsCancel) Run(p *program) error {
	return p.withDatabase(func(d *db.DB) error {
		return noJob(job.FromShell(p.ctx, d, c.ID, job.Cancel), c.ID, "queued or running")
	})
}

func noJob(err error, id int64, state string) error {
	if fail.Is(err, fail.KindNotFound) || fail.Is(err, fail.KindConflict) {
		return fmt.Errorf("no job %d is %s; see taskhouse jobs list", id, state)
	}
	return err
}
