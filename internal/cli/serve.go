package cli

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/demo"
)

type serveCommand struct {
	Demo     bool `help:"Make a sample company first, if the database is empty, and say how to sign in."`
	NoWorker bool `name:"no-worker" help:"Run no followers and no jobs: some taskhouse worker does."`
}

// Run serves until the program's context ends.
func (c serveCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if c.Demo {
		made, err := p.makeDemo(cfg, demo.Options{Name: "Alder and Finch Bakery", Weeks: 8, Tasks: 160, Seed: 1}, true)
		if err != nil {
			return err
		}
		if !made {
			_, _ = fmt.Fprintln(p.stdout, "The database is not empty: no sample company is made.")
		}
	}
	return app.Serve(p.ctx, cfg, app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat), p.stdout, !c.NoWorker)
}

type workerCommand struct{}

// Run works until the program's context ends.
func (workerCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return app.Work(p.ctx, cfg, app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat), p.stdout)
}
