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
)

// Main runs the command that args names (without the program's own name) until it is done or ctx ends, and gives the
// exit code: 0 done, 1 failed, 2 a command line or configuration that cannot be used. What failed is told on stderr, in
// one line that begins with "taskhouse: ".
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	err := p.run(args)
	for _, line := range failures(err) {
		_, _ = fmt.Fprintln(stderr, "taskhouse: "+line)
	}
	return ExitCode(err)
}

// commands are what taskhouse can be told to do. The options of config.Config are flags of all of them.
type commands struct {
	Serve           serveCommand           `cmd:"" default:"withargs" help:"Run the server. It is what happens without a command."`
	Worker          workerCommand          `cmd:"" help:"Run followers and jobs alone, beside servers that run with --no-worker or without."`
	Jobs            jobsCommand            `cmd:"" help:"Look after jobs: e-mails that are waiting, running, or were given up."`
	Mail            mailCommand            `cmd:"" help:"Try the mail server."`
	Migrate         migrateCommand         `cmd:"" help:"Look after the database's schema. The server migrates by itself when it starts."`
	Createsuperuser createsuperuserCommand `cmd:"" help:"Make an operator: an account above all companies."`
	Changepassword  changepasswordCommand  `cmd:"" help:"Give an account a new password, and end its sessions."`
	Companies       companiesCommand       `cmd:"" help:"List the companies, with how much is in them."`
	Users           usersCommand           `cmd:"" help:"List the accounts: their companies, and when they last signed in."`
	Demo            demoCommand            `cmd:"" help:"Make a sample company with weeks of history."`
	Doctor          doctorCommand          `cmd:"" help:"Look whether everything is well, and say what to do."`
	Check           checkCommand           `cmd:"" help:"Look at the settings; with --deploy, whether they are fit for production."`
	Healthy         healthyCommand         `cmd:"" help:"Ask the process that runs here whether it is ready: for containers."`
	Backup          backupCommand          `cmd:"" help:"Copy the embedded database into a file, while the server runs."`
	Restore         restoreCommand         `cmd:"" help:"Put a backup into the data folder."`
	Verify          verifyCommand          `cmd:"" help:"Read all of a database or backup: is it whole, and does it agree with itself?"`
	Move            moveCommand            `cmd:"" help:"Move everything to PostgreSQL, or back into an embedded database."`
	Company         companyCommand         `cmd:"" help:"Take one company out of this installation, or into it, or erase it."`
	Flush           flushCommand           `cmd:"" help:"Delete everything in the database. It asks for the database's name first."`
	Analytics       analyticsCommand       `cmd:"" aliases:"task_analytics" help:"Print the companies' tasks in figures."`
	External        externalCommand        `cmd:"" help:"Ask the source of outside tasks once, and print what it gives."`
	Config          configCommand          `cmd:"" help:"Print every option with its value and where it comes from; secrets stay hidden."`
	Completion      completionCommand      `cmd:"" help:"Print the script that completes this command line in bash, zsh or fish."`
	Version         versionCommand         `cmd:"" help:"Print the version."`

	ConfigFile  string           `name:"config" placeholder:"FILE" help:"File of NAME=value lines, the names as in the environment ($$TASKHOUSE_CONFIG)."`
	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`
}

// program is one run: where it reads and writes, and what its command line said.
type program struct {
	ctx            context.Context // the life of the process, handed to the one command
	stdin          io.Reader
	stdout, stderr io.Writer
	flags          map[string]string
}

func (p *program) run(args []string) error {
	var cmds commands
	flags := reflect.New(flagStruct())
	exited := false
	parser, err := kong.New(&cmds,
		kong.Name("taskhouse"),
		kong.Description("Taskhouse is a task manager for companies. Options may stand in the environment or a file as well."),
		kong.Vars{"version": app.Version()},
		kong.Embed(flags.Interface()),
		kong.Writers(p.stdout, p.stderr),
		// --help and --version end the process in kong; here they end the run.
		kong.Exit(func(int) { exited = true }),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, FlagsLast: true, WrapUpperBound: 110}),
	)
	if err != nil {
		return fmt.Errorf("build the command line: %w", err)
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
	return parsed.Run(p)
}

// config reads the options; a command that needs none does not fail for a bad one.
func (p *program) config() (config.Config, error) { return config.Load(p.flags, os.LookupEnv) }

type versionCommand struct{}

// Run prints one line.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintf(p.stdout, "taskhouse %s\n", app.Version())
	return err
}
