package cli

import (
	"errors"
	"fmt"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/demo"
)

type demoCommand struct {
	Name  string `default:"Alder and Finch Bakery" help:"Name of the company."`
	Weeks int    `default:"8" help:"Length of its history in weeks, 1 to 104."`
	Tasks int    `default:"160" help:"Number of tasks, 1 to 20000."`
	Seed  uint64 `default:"1" help:"Seed of the random history."`
}

// Help returns the long help of the command.
func (demoCommand) Help() string {
	return `Creates a company of ten people with weeks of history, by the same operations that people use, so that its
log, history and figures are consistent. It sends no mail. It prints how to sign in.

Exit codes: 0 created, 1 failed (the name of the company or of a person is taken), 2 an invalid number.`
}

// Run creates the company.
func (c demoCommand) Run(p *program) error {
	if c.Weeks < 1 || c.Weeks > 104 || c.Tasks < 1 || c.Tasks > 20_000 {
		return usage(errors.New("--weeks must be 1 to 104, and --tasks 1 to 20000"))
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	_, err = p.makeDemo(cfg, demo.Options(c), false)
	return err
}

// makeDemo creates a sample company, with a progress bar on a terminal.
func (p *program) makeDemo(cfg config.Config, o demo.Options, onlyEmpty bool) (made bool, err error) {
	bar := p.newProgress("creating the sample company", "steps")
	defer bar.end()
	log := app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat)
	show := func(n, of int) { bar.show(int64(n), int64(of)) }
	made, err = demo.Make(p.ctx, cfg, log, p.stdout, o, onlyEmpty, show)
	if err != nil {
		return false, fmt.Errorf("create the sample company: %w", inWords(err))
	}
	return made, nil
}
