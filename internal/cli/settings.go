package cli

type configCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the effective options. It fails if one is invalid.
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
