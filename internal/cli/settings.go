package cli

type configCommand struct {
	JSON bool `name:"json" help:"Print for programs."`
}

// Run prints the effective options; that they can be read at all is checked on the way.
func (c configCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if c.JSON {
		return cfg.PrintJSON(p.stdout)
	}
	return cfg.Print(p.stdout)
}
