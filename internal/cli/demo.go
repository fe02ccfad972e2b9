package cli

import (
	"errors"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/demo"
)

type demoCommand struct {
	Name  string `default:"Alder and Finch Bakery" help:"The company's name."`
	Weeks int    `default:"8" help:"How many weeks its history goes back, 1 to 104."`
	Tasks int    `default:"160" help:"How many tasks it has, 1 to 20000."`
	Seed  uint64 `default:"1" help:"Another number makes another history."`
}

// Help is the rest of the command's help.
func (demoCommand) Help() string {
	return `A company of ten people with weeks of history, made by the same operations that people use, so that its log, history and figures are true. No mail is sent to anybody. It prints how to sign in.

Exit codes: 0 made, 1 refused (there is a company or a person of that name) or failed, 2 a number that cannot be used.`
}

// Run makes the company.
func (c demoCommand) Run(p *program) error {
	if c.Weeks < 1 || c.Weeks > 104 || c.Tasks < 1 || c.Tasks > 20_000 {
		return usage(errors.New("--weeks is 1 to 104, and --tasks 1 to 20000"))
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	_, err = p.makeDemo(cfg, demo.Options(c), false)
	return err
}

// makeDemo makes a sample company, with a progress bar on a terminal.
func (p *program) makeDemo(cfg config.Config, o demo.Options, onlyEmpty bool) (made bool, err error) {
	bar := newProgress(p.stderr, "making the sample company")
	defer bar.end()
	made, err = demo.Make(p.ctx, cfg, app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat), p.stdout, o, onlyEmpty, bar.show)
	return made, inWords(err)
}
