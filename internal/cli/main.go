// Package cli holds the commands of the taskhouse program: it parses the command line, runs one command and prints its
// result.
//
// It does not hold the rules of companies, members or tasks, and does not wire the server: packages app and demo do the
// work of serve, worker and demo.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"

	"github.com/alecthomas/kong"

	"github.com/taskhouse/taskhouse/internal/app"
	"github.com/taskhouse/taskhouse/internal/config"
	"github.com/taskhouse/taskhouse/internal/db"
)

// Main runs the command that args names (without the program's own name) until it is done or ctx ends. It returns the
// exit code: 0 done, 1 failed, 2 an unusable command line or configuration. It reports a failure on stderr, in lines
// that begin with "taskhouse: ".
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	err := p.run(args)
	p.logStatement(err)
	return p.end(err)
}

// end reports an error on stderr and returns its exit code.
func (p *program) end(err error) int {
	for _, line := range failures(err) {
		_, _ = fmt.Fprintln(p.stderr, "taskhouse: "+line)
	}
	return ExitCode(err)
}

// commands declares the command line. The options of config.Config are flags of every command.
type commands struct {
	Serve           serveCommand           `cmd:"" default:"withargs" help:"Run the server (the default command)."`
	Worker          workerCommand          `cmd:"" help:"Run followers and jobs, apart from the servers."`
	Jobs            jobsCommand            `cmd:"" help:"List, retry and cancel jobs (e-mails)."`
	Mail            mailCommand            `cmd:"" help:"Test the mail server."`
	Migrate         migrateCommand         `cmd:"" help:"Migrate the database's schema (the server does it at start)."`
	Createsuperuser createsuperuserCommand `cmd:"" help:"Create an operator: an account above all companies."`
	Changepassword  changepasswordCommand  `cmd:"" help:"Set an account's password and end its sessions."`
	Resetpassword   resetpasswordCommand   `cmd:"" help:"Print a link that sets a new password for an account."`
	Companies       companiesCommand       `cmd:"" help:"List the companies and their sizes."`
	Users           usersCommand           `cmd:"" help:"List the accounts, their companies and last sign-ins."`
	Demo            demoCommand            `cmd:"" help:"Create a sample company with weeks of history."`
	Doctor          doctorCommand          `cmd:"" help:"Check the installation and suggest fixes."`
	Check           checkCommand           `cmd:"" help:"Check the settings; with --deploy, for production."`
	Healthy         healthyCommand         `cmd:"" help:"Health check: report if the local server or worker is ready."`
	Backup          backupCommand          `cmd:"" help:"Back up the embedded database while the server runs."`
	Restore         restoreCommand         `cmd:"" help:"Restore a backup into the data folder."`
	Verify          verifyCommand          `cmd:"" help:"Check that a database or backup is whole and consistent."`
	Move            moveCommand            `cmd:"" help:"Move all data to PostgreSQL, or to an embedded database."`
	Company         companyCommand         `cmd:"" help:"Export, import or erase one company."`
	Flush           flushCommand           `cmd:"" help:"Delete all data, after a confirmation."`
	Analytics       analyticsCommand       `cmd:"" aliases:"task_analytics" help:"Print reports on companies' tasks."`
	External        externalCommand        `cmd:"" help:"Fetch the external tasks once and print them."`
	Config          configCommand          `cmd:"" help:"Print every option, its value and source; secrets are hidden."`
	Completion      completionCommand      `cmd:"" help:"Print the completion script for bash, zsh or fish."`
	Version         versionCommand         `cmd:"" help:"Print the version."`

	ConfigFile string `name:"config" placeholder:"FILE" help:"File of NAME=value lines ($$TASKHOUSE_CONFIG)."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`
}

// program is one run of the command line.
type program struct {
	ctx            context.Context // ends when the process should stop
	stdin          io.Reader
	stdout, stderr io.Writer
	flags          map[string]string
	inside         *session // not nil: the command runs inside a server, for a client
}

func (p *program) run(args []string) error {
	var cmds commands
	exited := false
	// Kong ends the process after --help and --version; here they end the run.
	parser, flags, err := newParser(&cmds, p.stdout, p.stderr, func(int) { exited = true })
	if err != nil {
		return err
	}
	if len(args) > 0 && args[0] == completeCommand {
		complete(p.stdout, parser.Model.Node, args[1:])
		return nil
	}
	parsed, err := parser.Parse(args)
	if exited {
		return nil
	}
	if err != nil {
		return usage(fmt.Errorf("%w; see taskhouse --help", err))
	}
	p.flags = flagTexts(flags.Elem())
	if cmds.ConfigFile != "" {
		p.flags["config"] = cmds.ConfigFile
	}
	if ran, err := p.throughServer(parsed); ran {
		return err
	}
	return p.afterInterrupt(parsed.Selected().Target.Interface(), parsed.Run(p))
}

// newParser returns the parser of the command line. The flags are the options of config.Config, as texts.
func newParser(
	cmds *commands, stdout, stderr io.Writer, exit func(int),
) (parser *kong.Kong, flags reflect.Value, err error) {
	flags = reflect.New(flagStruct())
	parser, err = kong.New(cmds,
		kong.Name("taskhouse"),
		kong.Description("Taskhouse is a task manager for companies. "+
			"Options can also come from the environment or a file."),
		kong.Vars{"version": app.Version()},
		kong.Embed(flags.Interface()),
		kong.Writers(stdout, stderr),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, FlagsLast: true, WrapUpperBound: 110}),
	)
	if err != nil {
		return nil, flags, fmt.Errorf("build the command line: %w", err)
	}
	return parser, flags, nil
}

// logStatement logs the SQL of a failed statement at debug: the message of the failure does not show it.
func (p *program) logStatement(err error) {
	if sql := db.StatementOf(err); sql != "" {
		if cfg, problem := p.config(); problem == nil {
			app.NewLogger(p.stderr, cfg.LogLevel, cfg.LogFormat).Debug("a statement failed", "sql", sql)
		}
	}
}

// config reads the options. Only the commands that need them call it, so that "version" works with a bad one.
func (p *program) config() (config.Config, error) {
	if p.inside != nil {
		return p.inside.cfg, nil
	}
	return config.Load(p.flags, os.LookupEnv)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintf(p.stdout, "taskhouse %s\n", app.Version())
	return err
}
