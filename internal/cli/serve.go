package cli

import (
	"fmt"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/demo"
)

type serveCommand struct {
	Demo     bool `help:"Create a sample company first if the database is empty, and print how to sign in."`
	NoWorker bool `name:"no-worker" help:"Leave followers and jobs to taskhouse worker."`
}

// Run serves until the context ends.
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
			_, _ = fmt.Fprintln(p.stdout, "The database is not empty: no sample company was created.")
		}
	}
	log := app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat)
	return app.Serve(p.ctx, cfg, log, p.stdout, !c.NoWorker, localCommands(cfg, log))
}

type workerCommand struct{}

// Run works until the context ends.
func (workerCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	log := app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat)
	return app.Work(p.ctx, cfg, log, p.stdout, localCommands(cfg, log))
}
